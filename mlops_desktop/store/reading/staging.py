"""From a relation to one Parquet file: every type proved on every row in the pass that writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import msgspec

from mlops_desktop.domain.errors import CancelledError, ResourceError
from mlops_desktop.domain.imports import (
    ColumnType,
    Decision,
    ImportOptions,
    Problem,
    Remedy,
    Spelling,
    Widened,
)
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.store.pieces_sql import written_as
from mlops_desktop.store.reading.choices import choices, chosen_reading, unreadable
from mlops_desktop.store.reading.json_layouts import doubled_key
from mlops_desktop.store.reading.native import native
from mlops_desktop.store.reading.proofs import NO_UNDERSCORE, Reading, text
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal, name
from mlops_desktop.store.reading.types import Marks, decide
from mlops_desktop.store.reading.values import ColumnValues, examine

Physical = Callable[[Sequence[str]], Sequence[str]]
"""Gives the names in the Parquet file for written ones."""

_OF_TEXTS = (ColumnType.TEXT, ColumnType.DATE, ColumnType.TIME, ColumnType.TIMESTAMP, ColumnType.INSTANT)
_UNDECIDED = {
    "date order": (
        Remedy("text", "Kept as text"),
        Remedy("day first", "Day first"),
        Remedy("month first", "Month first"),
    ),
    "decimal mark": (
        Remedy("text", "Kept as text"),
        Remedy(".", "The point is the decimal mark"),
        Remedy(",", "The comma is the decimal mark"),
    ),
}
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
    marks = _marks_of(relation, options, values)
    readings: list[Reading] = []
    problems: list[Problem] = []
    for place, declared in enumerate(relation.types):
        if declared is not None:
            readings.append(native(declared, relation.converted.get(place)))
            continue
        reading = decide(values[place], _asked_of(relation.names[place], options), marks)
        if place in relation.texts and reading.type not in _OF_TEXTS and reading.has_values:
            reading = text("Texts in the file, kept as written.")
        chosen = options.types.get(relation.names[place])
        if chosen is None:
            reading = _as_expected(relation.names[place], reading, values[place], options)
        else:
            reading = chosen_reading(relation.names[place], chosen, reading, values[place], options)
        if options.missing:
            reading = replace(reading, missing=(*reading.missing, *options.missing))
        if reading.problem:
            problems.append(_undecided(relation.names[place], reading))
        readings.append(reading)
    return Typed(relation, tuple(readings), values, problems=tuple(problems))


def _marks_of(relation: Relation, options: ImportOptions, values: dict[int, ColumnValues]) -> Marks:
    """What the columns say together of the decimal mark."""
    comma = options.decimal_mark == "," or any(
        {"comma", "comma and points", "comma and spaces"} & v.classes.keys()
        and decide(v, options).type is ColumnType.DECIMAL
        for v in values.values()
    )
    plain = any(
        not seen.is_grouped
        for v in values.values()
        for kind, seen in v.classes.items()
        if kind in ("point", "loose point", "exponent", "point and commas")
    )
    return Marks(comma, open=relation.options.delimiter == ";" and not plain)


def _asked_of(column: str, options: ImportOptions) -> ImportOptions:
    """The options for one column: what was chosen for it alone stands above what holds for all."""
    mark = options.remedies.get(f"{column}:decimal mark")
    order = options.remedies.get(f"{column}:date order")
    if mark == "." or mark == ",":
        options = msgspec.structs.replace(options, decimal_mark=mark)
    if order == "day first" or order == "month first":
        options = msgspec.structs.replace(options, date_order=order)
    return options


def _as_expected(column: str, reading: Reading, values: ColumnValues, options: ImportOptions) -> Reading:
    """A column with one word of yes and no alone is one of both words if the data set has it so."""
    words = set(values.classes) - {"empty"}
    if (
        options.expected.get(column) is not ColumnType.BOOLEAN
        or reading.type is not ColumnType.TEXT
        or not words
        or not all(name.startswith("bool ") for name in words)
    ):
        return reading
    found = chosen_reading(column, ColumnType.BOOLEAN, reading, values, options)
    return replace(found, why="One word alone, read as in the data set so far.", is_chosen=False)


def _undecided(column: str, reading: Reading) -> Problem:
    return Problem(
        f"{column}:{reading.undecided}",
        "warning",
        reading.problem,
        row=reading.problem_row,
        column=column,
        remedies=_UNDECIDED[reading.undecided],
    )


def _fits(typed: Typed, place: int) -> tuple[str, str, str]:
    """SQL of a column's missing cells, its proof and the text read, over ``c`` (text) and ``x`` (value) columns."""
    reading, column = typed.readings[place], f"c{place}"
    plain = f"trim({column}, ' ')" if reading.trims else column
    missing = f"{column} IS NULL"
    if reading.missing:
        tokens = ", ".join(literal(token) for token in reading.missing)
        missing += f" OR trim({column}, ' ') IN ({tokens})"
    proof = reading.proof_of(plain, f"x{place}")
    if not typed.relation.has_underscores:
        proof = proof.replace(NO_UNDERSCORE.replace("{v}", plain), "true")
    return missing, proof, plain


def expression(typed: Typed, place: int) -> str:
    """The SQL of a column in its type; an error where a value does not fit."""
    reading = typed.readings[place]
    if reading.is_plain:
        return f"c{place}"
    missing, proof, _ = _fits(typed, place)
    value = f"x{place} + 0" if reading.duckdb in ("DOUBLE", "FLOAT") else f"x{place}"
    failed = f"error({literal(f'{_MISFIT}{place}:')} || c{place}::VARCHAR)"
    if reading.misfits_are_missing:
        failed = "NULL"
    return f"CASE WHEN {missing} THEN NULL WHEN {proof} THEN {value} ELSE {failed} END::{reading.duckdb}"


def with_values(typed: Typed, places: Sequence[int]) -> str:
    """The relation with a value column ``x`` beside each text column ``c`` that is not written as it stands."""
    shown: list[str] = []
    for place in places:
        reading = typed.readings[place]
        shown.append(f"c{place}")
        if not reading.is_plain:
            shown.append(f"{reading.value_of(_fits(typed, place)[2])} AS x{place}")
    return f"(SELECT {', '.join(shown)} FROM {typed.relation.sql})"


def write(cursor: Cursor, typed: Typed, physical: Sequence[str], target: Path) -> int:
    """One COPY of all rows in their order into `target`; the number of rows."""
    columns = ", ".join(
        f"{expression(typed, place)} AS {name(physical[place])}" for place in range(len(typed.readings))
    )
    source = with_values(typed, range(len(typed.readings)))
    row = cursor.execute(
        f"COPY (SELECT {columns} FROM {source}) TO {literal(str(target))} ({written_as(len(physical))})"
    ).fetchone()
    return int(row[0]) if row else 0


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


def check_chosen(cursor: Cursor, source: Source, typed: Typed, *, refuse: bool) -> Typed:
    """Look for values that are none of the type that a person chose, in all rows of the relation.

    Raises
    ------
    FileError
        With row and column, where `refuse` and no remedy was chosen.
    """
    problems: list[Problem] = []
    for place, reading in enumerate(typed.readings):
        if not reading.is_chosen or reading.is_plain:
            continue
        missing, proof, _ = _fits(typed, place)
        row = cursor.execute(
            f"SELECT count(*), min(r), arg_min(v, r) FROM (SELECT row_number() OVER () AS r, c{place} AS v, "
            f"NOT ({missing} OR coalesce({proof}, false)) AS odd FROM {with_values(typed, [place])}) WHERE odd"
        ).fetchone()
        if not row or not row[0]:
            continue
        column, lost = typed.relation.names[place], reading.misfits_are_missing
        problem = unreadable(column, reading.type, int(row[0]), int(row[1]), str(row[2]), lost=lost)
        if refuse and not lost:
            raise source.error(
                f"Row {problem.row}, column {column}: {problem.what}",
                remedy="Choose that such values are missing, or keep the column as text.",
                row=problem.row,
                column=column,
            )
        problems.append(problem)
    return replace(typed, problems=(*typed.problems, *problems))


def _failing(cursor: Cursor, typed: Typed) -> list[int]:
    """Columns of text with a value that their reading does not take."""
    places = [
        place
        for place, reading in enumerate(typed.readings)
        if typed.relation.types[place] is None and not reading.is_plain and not reading.is_chosen
    ]
    if not places:
        return []
    tests: list[str] = []
    for place in places:
        missing, proof, _ = _fits(typed, place)
        tests.append(f"bool_or(NOT ({missing} OR coalesce({proof}, false)))")
    row = cursor.execute(f"SELECT {', '.join(tests)} FROM {with_values(typed, places)}").fetchone() or ()
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
            choices(reading.type) if declared is None else (),
            is_column=True,
            notable=reading.notable,
            is_local=reading.is_local,
            spelling=_spelling(reading),
        )
        for name_, reading, declared in zip(
            typed.relation.names, typed.readings, typed.relation.types, strict=True
        )
    ]
    return (*typed.relation.decisions, *columns)


def _spelling(reading: Reading) -> Spelling | None:
    """How the values of a column were written; None where plainly."""
    missing = tuple(word for word in reading.missing if word)
    found = msgspec.structs.replace(reading.spelling, missing=missing)
    return found if found != Spelling() else None


def failure(source: Source, error: duckdb.Error) -> Exception:
    """The expected error that a failure of DuckDB means."""
    said = str(error)
    if isinstance(error, duckdb.InterruptException):
        return CancelledError("The import was cancelled.", reason="Nothing was changed.")
    full = "No space left" in said
    if full or isinstance(error, duckdb.OutOfMemoryException):
        lacking = "is no room on the disk" if full else "is not enough memory"
        return ResourceError(
            f"There {lacking} for the rows of {source.name}.",
            reason=said.splitlines()[0],
            remedy=f"Make room (about {size_words(source.size_bytes)}) and do it again."
            if full
            else "Close other programs and do it again.",
        )
    twice = re.search(r'in (?:line|record/value) (\d+): .* has duplicate key "(.*)"', said, re.S)
    if twice:
        return doubled_key(source, int(twice.group(1)), twice.group(2))
    line = re.search(r"on Line: (\d+)", said)
    return source.error(
        f"{source.name} can't be read: {source.told(said)}",
        line=int(line.group(1)) if line else None,
    )
