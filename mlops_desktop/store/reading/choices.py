"""Types that a person chose for a column, whatever was found by itself."""

from __future__ import annotations

from dataclasses import replace

from mlops_desktop.domain.imports import ColumnType, ImportOptions, Problem, Remedy
from mlops_desktop.store.reading.proofs import (
    Reading,
    big_integer,
    boolean,
    clock,
    formatted_date,
    instant,
    integer,
    iso_date,
    real,
    text,
    timestamp,
)
from mlops_desktop.store.reading.values import BOOLEANS, ColumnValues

_WHY = "As you chose."
TYPES = (
    ColumnType.TEXT,
    ColumnType.INTEGER,
    ColumnType.DECIMAL,
    ColumnType.BOOLEAN,
    ColumnType.DATE,
    ColumnType.TIMESTAMP,
    ColumnType.INSTANT,
    ColumnType.TIME,
    ColumnType.BIG_INTEGER,
)
"""Types that a person can choose for a column of text."""


def choices(found: ColumnType) -> tuple[str, ...]:
    """What a text column of a type can be changed to."""
    return tuple(kind.value for kind in TYPES if kind is not found)


def chosen_reading(
    column: str, kind: ColumnType, found: Reading, values: ColumnValues, options: ImportOptions
) -> Reading:
    """The reading of a column in the type that a person chose.

    Values that are none of that type are an error with row and column, or missing where the remedy
    ``missing`` was chosen for the problem ``<column>:unreadable``.
    """
    reading = found if found.type is kind else _reading(kind, values, options)
    missing = tuple(
        s for name in ("token", "empty") if name in values.classes for s in _spelled(values, name)
    )
    lost = options.remedies.get(f"{column}:unreadable") == "missing"
    if kind is ColumnType.TEXT:
        return replace(reading, why=_WHY)
    return replace(
        reading,
        why=reading.why,
        missing=tuple(dict.fromkeys(spelling.strip(" ") for spelling in (*reading.missing, *missing))),
        trims=True,
        is_chosen=True,
        misfits_are_missing=lost,
        has_values=True,
    )


def _spelled(values: ColumnValues, name: str) -> tuple[str, ...]:
    return values.classes[name].spellings or ((values.classes[name].example,) if name == "token" else ("",))


def _reading(kind: ColumnType, values: ColumnValues, options: ImportOptions) -> Reading:
    if kind is ColumnType.INTEGER:
        return _loose_integer()
    if kind is ColumnType.BIG_INTEGER:
        return big_integer(_WHY)
    if kind is ColumnType.DECIMAL:
        return _decimal(values, options)
    if kind is ColumnType.BOOLEAN:
        yes = {w for word, _ in BOOLEANS.values() for w in (word, word.title(), word.upper())}
        no = {w for _, word in BOOLEANS.values() for w in (word, word.title(), word.upper())}
        return boolean({*yes, "1"}, {*no, "0"}, _WHY)
    if kind is ColumnType.DATE:
        return _date(values, options)
    simple = {ColumnType.TIMESTAMP: timestamp, ColumnType.INSTANT: instant, ColumnType.TIME: clock}
    return simple[kind](_WHY) if kind in simple else text(_WHY)


def _loose_integer() -> Reading:
    """Whole numbers, also with leading zeros or a plus sign: a person said that they are numbers."""
    return replace(integer(_WHY), proof="{x} IS NOT NULL AND regexp_full_match({v}, '[-+]?[0-9]+([.]0*)?')")


def _decimal(values: ColumnValues, options: ImportOptions) -> Reading:
    kinds = set(values.classes)
    stripped = "%$€£¥" if kinds & {"percent", "currency"} else ""
    comma = options.decimal_mark == "," or (
        options.decimal_mark is None and kinds & {"comma", "comma and points", "comma and spaces"} != set()
    )
    if comma:
        return real(
            f"{_WHY} The comma is the decimal mark.", marks=".' \u00a0\u202f", decimal=",", stripped=stripped
        )
    why = f"{_WHY} Commas are thousands marks." if kinds & {"comma of three", "commas"} else _WHY
    return real(why, marks=",' \u00a0\u202f", stripped=stripped)


def _date(values: ColumnValues, options: ImportOptions) -> Reading:
    marks = {
        kind.split(" ")[1] for kind in values.classes if kind.startswith("date ") and kind != "date / year"
    }
    if len(marks) != 1:
        return iso_date(_WHY)
    mark = marks.pop()
    first = "month first" if options.date_order == "month first" else "day first"
    format_ = f"%m{mark}%d{mark}%Y" if first == "month first" else f"%d{mark}%m{mark}%Y"
    return formatted_date(
        f"[0-9]{{1,2}}[{mark}][0-9]{{1,2}}[{mark}][0-9]{{4}}", (format_,), f"{_WHY} {first.capitalize()}."
    )


def unreadable(column: str, kind: ColumnType, count: int, row: int, value: str, *, lost: bool) -> Problem:
    """The problem of values that are none of the type that was chosen."""
    remedies = (
        Remedy("refuse", "Refuse the import"),
        Remedy("missing", "Read as missing"),
        Remedy("text", "Column as text"),
    )
    what = f"“{value[:80]}” is no {kind.value}" + (f", and {count - 1} more are not." if count > 1 else ".")
    ordered = tuple(sorted(remedies, key=lambda r: r.key != "missing")) if lost else remedies
    return Problem(
        f"{column}:unreadable",
        "warning" if lost else "error",
        what,
        row=row,
        column=column,
        count=count,
        remedies=ordered,
    )
