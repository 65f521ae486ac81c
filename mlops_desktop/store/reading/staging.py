"""From a relation to one Parquet file: every type proved on every row in the pass that writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from mlops_desktop.domain.errors import CancelledError, ResourceError
from mlops_desktop.domain.imports import ColumnType, Decision, ImportOptions, Problem, Remedy, Widened
from mlops_desktop.store.reading.native import native
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal, name
from mlops_desktop.store.reading.types import Reading, decide, text
from mlops_desktop.store.reading.values import ColumnValues, examine

Physical = Callable[[Sequence[str]], Sequence[str]]
Progress = Callable[[str, float | None], None]
"""Called with the stage in words and the share done, if it is known; may raise to cancel."""

_OF_TEXTS = (ColumnType.TEXT, ColumnType.DATE, ColumnType.TIME, ColumnType.TIMESTAMP, ColumnType.INSTANT)
_SAMPLE_ROWS = 3000
_MISFIT = "does-not-fit:"


@dataclass(frozen=True)
class Typed:
    """A relation with a reading for each column."""

    relation: Relation
    readings: tuple[Reading, ...]
    values: dict[int, ColumnValues]
    widened: tuple[Widened, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def types(self) -> tuple[str, ...]:
        """DuckDB types in order."""
        return tuple(reading.duckdb for reading in self.readings)


def type_columns(
    cursor: Cursor, source: Source, relation: Relation, options: ImportOptions, *, all_rows: bool
) -> Typed:
    """Decide a reading for each column, from all rows or from those that are quick to read."""
    told = [place for place, declared in enumerate(relation.types) if declared is None]
    rows = relation.sql if all_rows else f"(SELECT * FROM {relation.first_rows} LIMIT {_SAMPLE_ROWS})"
    values = examine(cursor, rows, told, options.missing) if told else {}
    return _decided(source, relation, options, values)


def _decided(
    source: Source, relation: Relation, options: ImportOptions, values: dict[int, ColumnValues]
) -> Typed:
    comma = options.decimal_mark == "," or any(
        {"comma", "comma and points", "comma and spaces"} & v.classes.keys()
        and decide(v, options).type is ColumnType.DECIMAL
        for v in values.values()
    )
    readings: list[Reading] = []
    problems: list[Problem] = []
    for place, declared in enumerate(relation.types):
        if declared is not None:
            readings.append(native(declared, relation.converted.get(place)))
            continue
        reading = decide(values[place], options, comma_decimals=comma)
        if place in relation.texts and reading.type not in _OF_TEXTS and reading.has_values:
            reading = text("Texts in the file, kept as written.")
        chosen = options.types.get(relation.names[place])
        if chosen is not None and chosen is not reading.type:
            reading = text("As you chose.") if chosen is ColumnType.TEXT else reading
        if options.missing:
            reading = replace(reading, missing=(*reading.missing, *options.missing))
        if reading.problem:
            problems.append(_undecided(relation.names[place], reading))
        readings.append(reading)
    return Typed(relation, tuple(readings), values, problems=tuple(problems))


def _undecided(column: str, reading: Reading) -> Problem:
    remedies = (
        Remedy("text", "Kept as text"),
        Remedy("day first", "Day first"),
        Remedy("month first", "Month first"),
    )
    return Problem(
        f"{column}:date order",
        "warning",
        reading.problem,
        row=reading.problem_row,
        column=column,
        remedies=remedies,
    )


def expression(column: str, reading: Reading, place: int) -> str:
    """The SQL of a column in its type; an error where a value does not fit."""
    if reading.value == "{v}" and reading.proof == "true" and not reading.missing:
        return column
    plain = f"trim({column}, ' ')" if reading.trims else column
    value, proof = reading.value.format(v=plain), reading.proof.format(v=plain)
    missing = f"{column} IS NULL"
    if reading.missing:
        missing += f" OR {plain} IN ({', '.join(literal(token) for token in reading.missing)})"
    if reading.duckdb in ("DOUBLE", "FLOAT"):
        value = f"({value}) + 0"
    failed = f"error({literal(f'{_MISFIT}{place}:')} || {column}::VARCHAR)"
    return f"CASE WHEN {missing} THEN NULL WHEN {proof} THEN {value} ELSE {failed} END::{reading.duckdb}"


def write(cursor: Cursor, typed: Typed, physical: Sequence[str], target: Path) -> int:
    """One COPY of all rows in their order into `target`; the number of rows."""
    columns = ", ".join(
        f"{expression(f'c{place}', reading, place)} AS {name(physical[place])}"
        for place, reading in enumerate(typed.readings)
    )
    statement = f"COPY (SELECT {columns} FROM {typed.relation.sql}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
    row = cursor.execute(statement).fetchone()
    rows = int(row[0]) if row else 0
    if typed.relation.rows not in (None, rows):
        raise duckdb.InvalidInputException(f"CSV reader gave {rows} rows of {typed.relation.rows}")
    return rows


def misfit(error: duckdb.Error) -> int | None:
    """The column whose proof failed, if that is what the error says."""
    found = re.search(rf"{_MISFIT}(\d+):", str(error))
    return int(found.group(1)) if found else None


def widen(cursor: Cursor, source: Source, typed: Typed, options: ImportOptions) -> Typed:
    """Decide again by all rows for the columns in which some value does not fit."""
    relation = typed.relation
    failing = _failing(cursor, typed)
    values = {**typed.values, **examine(cursor, relation.sql, failing, options.missing)}
    again = _decided(source, relation, options, values)
    widened = [
        Widened(relation.names[place], old.type, new.type, *_first_odd(values[place], typed.values[place]))
        for place in failing
        for old, new in [(typed.readings[place], again.readings[place])]
        if old.type is not new.type
    ]
    return replace(again, widened=(*typed.widened, *widened))


def _failing(cursor: Cursor, typed: Typed) -> list[int]:
    """Columns of text with a value that their reading does not take."""
    tests: list[str] = []
    places: list[int] = []
    for place, reading in enumerate(typed.readings):
        if typed.relation.types[place] is None and reading.proof != "true":
            plain = f"trim(c{place}, ' ')" if reading.trims else f"c{place}"
            missing = f"c{place} IS NULL"
            if reading.missing:
                missing += f" OR {plain} IN ({', '.join(literal(token) for token in reading.missing)})"
            tests.append(f"bool_or(NOT ({missing} OR coalesce({reading.proof.format(v=plain)}, false)))")
            places.append(place)
    if not tests:
        return []
    row = cursor.execute(f"SELECT {', '.join(tests)} FROM {typed.relation.sql}").fetchone() or ()
    return [place for place, fails in zip(places, row, strict=True) if fails]


def _first_odd(now: ColumnValues, before: ColumnValues) -> tuple[int | None, str]:
    """The first value of a class that was not seen before."""
    new = [seen for kind, seen in now.classes.items() if kind not in before.classes]
    first = min(new, key=lambda seen: seen.first_row, default=None)
    return (first.first_row, first.example[:80]) if first else (None, "")


def decisions_of(typed: Typed) -> tuple[Decision, ...]:
    """What was decided about the format and each column."""
    columns = [
        Decision(
            name_,
            "no value yet" if not reading.has_values else reading.type.value,
            reading.why,
            _choices(reading) if declared is None else (),
            is_column=True,
            notable=reading.notable,
        )
        for name_, reading, declared in zip(
            typed.relation.names, typed.readings, typed.relation.types, strict=True
        )
    ]
    return (*typed.relation.decisions, *columns)


def _choices(reading: Reading) -> tuple[str, ...]:
    kinds = (
        ColumnType.TEXT,
        ColumnType.INTEGER,
        ColumnType.DECIMAL,
        ColumnType.BOOLEAN,
        ColumnType.DATE,
        ColumnType.TIMESTAMP,
    )
    return tuple(kind.value for kind in kinds if kind is not reading.type)


def failure(source: Source, error: duckdb.Error) -> Exception:
    """The expected error that a failure of DuckDB means."""
    said = str(error)
    if isinstance(error, duckdb.InterruptException):
        return CancelledError("The import was cancelled.", reason="Nothing was changed.")
    if isinstance(error, duckdb.OutOfMemoryException) or "No space left" in said:
        return ResourceError(
            f"There is not enough room to import {source.name}.",
            reason=said.splitlines()[0],
            remedy=f"Make room (about {source.size_bytes / 1e6:.0f} MB) and import it again.",
        )
    line = re.search(r"on Line: (\d+)", said)
    return source.error(
        f"{source.name} can't be read: {said.splitlines()[0]}",
        line=int(line.group(1)) if line else None,
    )
