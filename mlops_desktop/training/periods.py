"""Calendar periods and windows before a moment, as people write them: ``2012-10``, ``6 months``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.errors import InvalidInputError, Where

_CALENDAR: Final[tuple[tuple[str, Literal["Y", "M", "D"]], ...]] = (
    (r"\d{4}", "Y"),
    (r"\d{4}-\d{2}", "M"),
    (r"\d{4}-\d{2}-\d{2}", "D"),
)
"""How people write a year, a month, a day, and numpy's unit of it."""
_UNITS = {"row": "rows", "day": "D", "week": "W", "month": "M", "year": "Y"}


@dataclass(frozen=True)
class Window:
    """What lies before a moment and may be trained on."""

    count: int | None = None
    """None: everything."""
    unit: str = "rows"
    """``rows``, or a numpy unit: ``D``, ``W``, ``M``, ``Y``."""

    @property
    def words(self) -> str:
        """How a sentence about the split goes on."""
        if self.count is None:
            return ""
        word = {"rows": "row", "D": "day", "W": "week", "M": "month", "Y": "year"}[self.unit]
        return f", trained on the {self.count:,} {word}{'' if self.count == 1 else 's'} before"

    def before(self, rows: Array, times: Array, moment: Any) -> Array:
        """Those of the positions `rows` (all before `moment`) that lie in the window."""
        if self.count is None:
            return rows
        if self.unit == "rows":
            return rows[np.argsort(times[rows], kind="stable")][-self.count :]
        if times.dtype.kind != "M":
            raise InvalidInputError(
                "A window of days or months needs a column of dates or times.",
                where=Where(field="train_window"),
            )
        return rows[times[rows] >= _earlier(moment, self.count, self.unit)]


def _earlier(moment: Any, count: int, unit: str) -> np.datetime64:
    """The moment `count` units before, at the same place in its month or year (or on its last day)."""
    at = np.datetime64(moment, "us")
    if unit in ("D", "W"):
        return at - np.timedelta64(count * (7 if unit == "W" else 1), "D")
    month = at.astype("datetime64[M]")
    inside = at - month.astype("datetime64[us]")
    start = month - np.timedelta64(count * (12 if unit == "Y" else 1), "M")
    return min(
        start.astype("datetime64[us]") + inside, (start + np.timedelta64(1, "M")).astype("datetime64[us]")
    )


def window_of(text: str) -> Window:
    """The window that ``6 months``, ``90 days`` or ``1000 rows`` names; everything if empty.

    Raises
    ------
    InvalidInputError
        It is none of these.
    """
    if not text.strip():
        return Window()
    found = re.fullmatch(r"\s*(?:last\s+)?(\d+)\s*(row|day|week|month|year)s?\s*", text, re.IGNORECASE)
    if found is None or int(found[1]) == 0:
        raise InvalidInputError(
            f"“{text}” is no window to train on.",
            remedy="Write it as 6 months, 90 days or 1000 rows.",
            where=Where(field="train_window"),
        )
    return Window(int(found[1]), _UNITS[found[2].lower()])


def period_bounds(text: str, back: int = 0) -> tuple[np.datetime64, np.datetime64, str]:
    """Start (included), end (not included) and name of a period, or of the one `back` periods before it.

    Raises
    ------
    InvalidInputError
        `text` is no period.
    """
    first, dots, last = text.strip().partition("..")
    start, end, unit = _one_period(first.strip(), text)
    if dots:
        _, end, _ = _one_period(last.strip(), text)
        length = end.astype("datetime64[us]") - start.astype("datetime64[us]")
        if length <= np.timedelta64(0, "us"):
            raise _no_period(text)
        begin = start.astype("datetime64[us]") - back * length
        return begin, begin + length, text if not back else str(begin.astype("datetime64[D]"))
    step = (end - start) * back
    name = text.strip() if not back else _period_name(start - step, unit)
    return (start - step).astype("datetime64[us]"), (end - step).astype("datetime64[us]"), name


def _one_period(text: str, whole: str) -> tuple[Any, Any, str]:
    """Start and end in the period's own unit."""
    quarter = re.fullmatch(r"(\d{4})-?Q([1-4])", text, re.IGNORECASE)
    if quarter:
        start = np.datetime64(f"{quarter[1]}-{int(quarter[2]) * 3 - 2:02d}", "M")
        return start, start + np.timedelta64(3, "M"), "Q"
    for pattern, unit in _CALENDAR:
        if re.fullmatch(pattern, text):
            try:
                start = np.datetime64(text, unit)
            except ValueError:
                break
            return start, start + np.timedelta64(1, unit), unit
    raise _no_period(whole)


def _period_name(start: Any, unit: str) -> str:
    if unit == "Q":
        month = int(start.astype(int)) % 12
        return f"{str(start)[:4]}-Q{month // 3 + 1}"
    return str(start)


def _no_period(text: str) -> InvalidInputError:
    return InvalidInputError(
        f"“{text}” is no period to test on.",
        remedy="Write it as 2012-10, 2012, 2012-Q4, 2012-10-05 or 2012-10-01..2012-10-15.",
        where=Where(field="test_period"),
    )
