"""The split of a training over the periods of its time column: handles to words and back. No Qt."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mlops_desktop.domain.training_checks import Period
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.words import counted

Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Positions between periods, from 0 to their number: train from, test from, test to (not included)."""

    train_from: int
    test_from: int
    test_to: int

    def moved(self, handle: int, place: int, count: int) -> TimeSplit:
        """The split with handle 0, 1 or 2 at `place`, kept apart from its neighbours.

        Parameters
        ----------
        count : int
            Number of periods.
        """
        if handle == 0:
            return TimeSplit(min(max(place, 0), self.test_from - 1), self.test_from, self.test_to)
        if handle == 1:
            at = min(max(place, 1), self.test_to - 1)
            return TimeSplit(min(self.train_from, at - 1), at, self.test_to)
        return TimeSplit(self.train_from, self.test_from, min(max(place, self.test_from + 1), count))


def unit_of(periods: Sequence[Period]) -> Unit:
    """What a period is."""
    if not periods or len(periods[0].label) == 4:
        return "year"
    if len(periods[0].label) == 7:
        return "month"
    if len(periods) > 1:
        days = min(_days(a, b) for a, b in itertools.pairwise(periods))
        return "week" if days >= 7 else "day"
    return "day"


def _days(first: Period, second: Period) -> int:
    return (date.fromisoformat(second.start) - date.fromisoformat(first.start)).days


def time_split(
    periods: Sequence[Period], test_period: str, train_window: str, test_share: float
) -> TimeSplit | None:
    """Where the handles stand for what a split says; None where it can't be shown in whole periods.

    Without `test_period` the test is as many of the last periods as come nearest to `test_share` of the rows.
    """
    if len(periods) < 2:
        return None
    if test_period:
        found = _test_places(periods, test_period)
    else:
        found = (_from_share(periods, test_share), len(periods))
    if found is None or not 0 < found[0] < found[1] <= len(periods):
        return None
    train_from = _train_place(periods, found[0], train_window)
    return None if train_from is None else TimeSplit(train_from, *found)


def _from_share(periods: Sequence[Period], test_share: float) -> int:
    total = sum(p.rows for p in periods)
    rows, place = 0, len(periods)
    while place > 1 and rows < test_share * total:
        place -= 1
        rows += periods[place].rows
    return min(place, len(periods) - 1)


def _test_places(periods: Sequence[Period], text: str) -> tuple[int, int] | None:
    first, dots, last = text.strip().partition("..")
    starts = [i for i, p in enumerate(periods) if _is(p, first)]
    ends = [i for i, p in enumerate(periods) if _is(p, last if dots else first)]
    return (starts[0], ends[-1] + 1) if starts and ends else None


def _is(period: Period, text: str) -> bool:
    """Whether `period` is, or lies in, what is written."""
    text = text.strip()
    quarter = re.fullmatch(r"(\d{4})-?Q([1-4])", text, re.IGNORECASE)
    if quarter:
        months = [f"{quarter[1]}-{int(quarter[2]) * 3 - k:02d}" for k in (2, 1, 0)]
        return period.start[:7] in months and len(period.label) >= 7
    return period.label == text or (len(period.label) > len(text) and period.start.startswith(text))


def _train_place(periods: Sequence[Period], test_from: int, window: str) -> int | None:
    if not window.strip():
        return 0
    found = re.fullmatch(r"\s*(?:last\s+)?(\d+)\s*(day|week|month|year)s?\s*", window, re.IGNORECASE)
    if found is None:
        return None
    count, unit = int(found[1]), found[2].lower()
    own = unit_of(periods)
    if unit != own:
        per = {("year", "month"): 12.0, ("week", "day"): 7.0, ("day", "week"): 1 / 7}.get((unit, own))
        if per is None or not (count * per).is_integer():
            return None
        count = int(count * per)
    return max(test_from - count, 0)


def split_words(periods: Sequence[Period], split: TimeSplit) -> tuple[str, str]:
    """The `test_period` and `train_window` that say where the handles stand."""
    first, last = periods[split.test_from], periods[split.test_to - 1]
    unit = unit_of(periods)
    if unit == "week":
        end = date.fromisoformat(last.start).toordinal() + 6
        test = f"{first.start}..{date.fromordinal(end).isoformat()}"
    else:
        test = first.label if first is last else f"{first.label}..{last.label}"
    count = split.test_from - split.train_from
    return test, "" if split.train_from == 0 else f"{count} {unit}{'' if count == 1 else 's'}"


def legend_words(periods: Sequence[Period], split: TimeSplit) -> tuple[str, str, str]:
    """What the colours mean: train, test, and what is left out."""
    unit = unit_of(periods)
    count = split.test_from - split.train_from
    rows = sum(p.rows for p in periods[split.train_from : split.test_from])
    train = tr("train on {}, {:,} rows").format(units(count, unit), rows)
    tested = periods[split.test_from : split.test_to]
    name = shown_label(tested[0].label)
    if len(tested) > 1:
        name = tr("{} to {}").format(name, shown_label(tested[-1].label))
    test = tr("test on {}, {:,} rows").format(name, sum(p.rows for p in tested))
    older, newer = split.train_from > 0, split.test_to < len(periods)
    if older and newer:
        return train, test, tr("older and newer rows left out")
    return train, test, tr("older rows left out") if older else tr("newer rows left out") if newer else ""


def units(count: int, unit: Unit) -> str:
    """``6 months``, in the person's language."""
    one, many = {
        "day": ("1 day", "{:,} days"),
        "week": ("1 week", "{:,} weeks"),
        "month": ("1 month", "{:,} months"),
        "year": ("1 year", "{:,} years"),
    }[unit]
    return counted(count, one, many)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shown_label(label: str, *, short: bool = False) -> str:
    """``Oct 2012`` for ``2012-10``; ``Oct`` alone if `short` (January keeps its year)."""
    if not re.fullmatch(r"\d{4}-\d{2}", label):
        return label[5:] if short and len(label) == 10 else label
    month = _MONTHS[int(label[5:]) - 1]
    return month if short and label[5:] != "01" else f"{month} {label[:4]}"
