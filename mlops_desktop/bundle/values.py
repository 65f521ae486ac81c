"""Columns of typed values, out of text (CSV) and out of JSON.

In memory a column is an array by its type:

* ``integer``, ``decimal``: float64, NaN where missing; ``time``: the same, in seconds since midnight.
* ``boolean``: float64, 0, 1 or NaN where missing.
* ``date``, ``timestamp``: datetime64[us] in UTC or local time as trained, NaT where missing.
* ``text``: object array of ``str``, None where missing. Text without letters is missing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .spelling import NumberReader, Spelling, TwofoldError

Array = npt.NDArray[Any]
Columns = dict[str, Array]

MISSING_WORDS = frozenset(
    (
        "",
        "na",
        "n/a",
        "#n/a",
        "n.a.",
        "nan",
        "null",
        "none",
        "nil",
        "<na>",
        "nat",
        "-",
        "--",
        "?",
        ".",
        "missing",
        "\\n",
    )
)
"""What counts as missing in a CSV column of another type than text, in small letters."""
TRUE_WORDS = frozenset({"true", "t", "yes", "y", "on", "ja", "oui", "1", "1.0"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "off", "nein", "non", "0", "0.0"})
_FAR_YEAR = re.compile(r"(-\d{1,6}|\+?\d{5,6}|0000)-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?")
"""Years that Python's own dates don't reach, as numpy writes them."""
_LAST_YEAR = 290_000
"""Microseconds since 1970 reach so far."""
_TYPE_WORDS = {
    "integer": "a number",
    "decimal": "a number",
    "boolean": "true or false",
    "date": "a date as 2012-10-31",
    "timestamp": "a time as 2012-10-31 18:00",
    "time": "a time of day as 18:00",
    "text": "text",
}


@dataclass(frozen=True)
class Input:
    """A column that the model takes."""

    name: str
    type: str
    used: bool = True
    minimum: float | None = None
    """Smallest number that training had."""
    maximum: float | None = None
    categories: tuple[str, ...] = field(default=())
    spelling: Spelling = field(default=Spelling())
    """How the file of the training data wrote its values."""


def inputs_of(signature: Mapping[str, Any]) -> list[Input]:
    """The inputs in ``signature.json``."""
    return [_input(entry) for entry in signature["inputs"]]


def _input(entry: Mapping[str, Any]) -> Input:
    low, high = entry.get("minimum"), entry.get("maximum")
    return Input(
        name=str(entry["name"]),
        type=str(entry["type"]),
        used=bool(entry.get("used", True)),
        minimum=float(low) if isinstance(low, int | float) else None,
        maximum=float(high) if isinstance(high, int | float) else None,
        categories=tuple(str(c) for c in entry.get("categories", ())),
        spelling=Spelling.of(entry.get("spelling") or {}),
    )


def from_text(values: Sequence[str | None], wanted: Input, first_row: int = 1) -> Array:
    """The column `wanted` out of the cells of a CSV file.

    Parameters
    ----------
    first_row : int
        Number of the first value's row, for messages.

    Raises
    ------
    InputError
        A cell is no value of the column's type.
    """
    declared = wanted.spelling.missing
    if declared:
        values = [None if v is not None and v.strip() in declared else v for v in values]
    if wanted.type == "text":
        return _objects(v or None for v in values)
    known = [None if _is_missing_word(v) else v for v in values]
    return _array(wanted, known, _text_reader(wanted, known), first_row)


def _text_reader(wanted: Input, values: Sequence[str | None]) -> Callable[[Any], Any]:
    """What reads the cells of a column, also as the file of the training data wrote them."""
    spelling, reader = wanted.spelling, _TEXT_READERS[wanted.type]
    if reader is _text_number and not spelling.is_plain:
        return NumberReader(spelling, values)
    if reader is _instant and spelling.dates:
        return lambda text: _instant(text) if text.strip()[4:5] == "-" else spelling.moment(text)
    return reader


def from_json(values: Sequence[Any], wanted: Input, first_row: int = 1) -> Array:
    """The column `wanted` out of JSON values; nothing is converted that could lose anything.

    Raises
    ------
    InputError
        A value is of another type: a text for a number, a number for a text, true for 1.
    """
    if wanted.type == "text":
        return _objects(_json_text(v, wanted, row) for row, v in enumerate(values, first_row))
    reader = _JSON_READERS[wanted.type]
    return _array(wanted, values, reader, first_row)


def _array(wanted: Input, values: Iterable[Any], reader: Callable[[Any], Any], first_row: int) -> Array:
    """Read each value that isn't missing."""
    found: list[Any] = []
    missing: Any = None if wanted.type in ("date", "timestamp") else math.nan
    for row, value in enumerate(values, first_row):
        if value is None:
            found.append(missing)
            continue
        try:
            found.append(reader(value))
        except TwofoldError as error:
            raise _twofold(value, wanted, row, str(error)) from None
        except (ValueError, TypeError, OverflowError):
            raise unfit(value, wanted, row) from None
    if wanted.type in ("date", "timestamp"):
        return np.array(found, dtype="datetime64[us]")
    return np.array(found, dtype=np.float64) + 0.0


def unfit(value: object, wanted: Input, row: int) -> InputError:
    """The error that `value` is none of the column's type."""
    shown = f"“{value}”" if isinstance(value, str) else f"the {_kind(value)} {_json_word(value)}"
    text = f"Row {row}, column “{wanted.name}”: {shown} is not {_type_words(wanted)}."
    return InputError(text, row=row, column=wanted.name)


def _type_words(wanted: Input) -> str:
    """What a value of the column has to be, with the forms that are taken."""
    spelling = wanted.spelling
    if spelling.decimal != "." and wanted.type in ("integer", "decimal"):
        return "a number as 1234.5 or 1234,5"
    if spelling.dates and wanted.type in ("date", "timestamp"):
        return f"{_TYPE_WORDS[wanted.type]} or {datetime(2012, 10, 31, 18, 0).strftime(spelling.dates[0])}"
    return _TYPE_WORDS[wanted.type]


def _twofold(value: object, wanted: Input, row: int, numbers: str) -> InputError:
    """The error that `value` is one number in the plain form and another in that of the training data."""
    text = (
        f"Row {row}, column “{wanted.name}”: “{value}” may be {numbers}, for the training data had a decimal comma "
        "and no other row decides. Write it without marks of thousands and with a point, such as 1234.5."
    )
    return InputError(text, row=row, column=wanted.name)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "value"
    return "number" if isinstance(value, int | float) else "value"


def _json_word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:80]


def _objects(values: Iterable[str | None]) -> Array:
    found = list(values)
    column = np.empty(len(found), dtype=object)
    column[:] = found
    return column


def _is_missing_word(value: str | None) -> bool:
    return value is None or (len(value) < 12 and value.strip().lower() in MISSING_WORDS)


def _text_number(value: str) -> float:
    if "_" in value:
        raise ValueError(value)
    return float(value)


def _text_boolean(value: str) -> float:
    word = value.strip().lower()
    if word in TRUE_WORDS:
        return 1.0
    if word in FALSE_WORDS:
        return 0.0
    raise ValueError(value)


def _instant(value: str) -> datetime | np.datetime64:
    text = value.strip()
    if (far := _FAR_YEAR.fullmatch(text)) is not None and abs(int(far[1])) <= _LAST_YEAR:
        return np.datetime64(text.replace(" ", "T"), "us")
    if not text[:4].isdecimal() or text[4:5] != "-":
        raise ValueError(value)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _seconds(value: str) -> float:
    moment = time.fromisoformat(value.strip())
    return moment.hour * 3600.0 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


def _json_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)


def _json_boolean(value: object) -> float:
    if isinstance(value, bool):
        return float(value)
    raise TypeError(value)


def _json_instant(value: object) -> datetime | date | np.datetime64:
    if isinstance(value, datetime):
        return _instant(value.isoformat())
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _instant(value)
    raise TypeError(value)


def _json_seconds(value: object) -> float:
    if isinstance(value, time):
        return _seconds(value.isoformat())
    if isinstance(value, str):
        return _seconds(value)
    raise TypeError(value)


def _json_text(value: object, wanted: Input, row: int) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    raise unfit(value, wanted, row)


_TEXT_READERS: dict[str, Callable[[Any], Any]] = {
    "integer": _text_number,
    "decimal": _text_number,
    "boolean": _text_boolean,
    "date": _instant,
    "timestamp": _instant,
    "time": _seconds,
}
_JSON_READERS: dict[str, Callable[[Any], Any]] = {
    "integer": _json_number,
    "decimal": _json_number,
    "boolean": _json_boolean,
    "date": _json_instant,
    "timestamp": _json_instant,
    "time": _json_seconds,
}
