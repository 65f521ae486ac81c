"""How the columns of the next file meet those of the data set: matched by name, types kept, differences told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from mlops_desktop.domain.datasets import DatasetVersion
from mlops_desktop.domain.imports import ColumnType, ImportOptions, ImportReport, Problem, Remedy, column_type

from .pieces import Prepared
from .pieces_columns import NO_TYPE, Column, matched, with_type
from .pieces_sql import values_table

EXACT_WHOLE: Final = 2**53
"""Largest whole number up to which every one is a double."""

MISSING_ROWS: Final = "missing rows"
"""Key of the problem that a merge's file lacks rows of the data set."""

_LACKS: Final = {
    "append": "The new rows have no values there.",
    "merge": "The rows keep the values that they have there.",
    "replace": "The new version is without.",
}
"""What becomes of columns that the file lacks."""

_EARLIER: Final = {
    (ColumnType.BOOLEAN, ColumnType.TEXT): " Earlier rows have the words true and false there.",
    (
        ColumnType.DECIMAL,
        ColumnType.TEXT,
    ): " Earlier rows have their numbers there as a program writes them (3.0).",
}
"""What earlier rows hold in a column that has become text."""


def with_remembered(options: ImportOptions, remembered: ImportOptions) -> ImportOptions:
    """What a person said now, and where nothing was said now, what was said before."""
    said = {name: value for name, value in msgspec.structs.asdict(options).items() if value is not None}
    said["types"] = {**remembered.types, **options.types}
    said["remedies"] = {**remembered.remedies, **options.remedies}
    return msgspec.structs.replace(remembered, **said)


def keeping_text(options: ImportOptions, columns: Sequence[Column]) -> ImportOptions:
    """`options` under which a column that is text so far stays text, unless a person chose another type.

    A file of codes in which none has a leading zero this time would else come in as numbers; one with “No” alone in
    a column of yes and no as text.
    """
    kept = {c.name: ColumnType.TEXT for c in columns if c.types and c.sql_type == "VARCHAR"}
    expected = {c.name: ColumnType.BOOLEAN for c in columns if c.types and c.sql_type == "BOOLEAN"}
    return msgspec.structs.replace(options, types={**kept, **options.types}, expected=expected)


def fitted_types(
    cursor: duckdb.DuckDBPyConnection,
    staged: Path,
    names: Sequence[str],
    types: Sequence[str],
    columns: Sequence[Column],
) -> tuple[str, ...]:
    """Types for the staged columns, those of the data set where every staged value is exact in them.

    Whole numbers join a column of decimals where a double holds each of them, dates one of timestamps.
    """
    fitted = list(types)
    whole: dict[int, str] = {}
    for number, (old, type_) in enumerate(zip(matched(columns, names), types, strict=True)):
        if old is None or not old.types:
            continue
        if type_ == "DATE" and old.sql_type == "TIMESTAMP":
            fitted[number] = "TIMESTAMP"
        elif old.sql_type == "DOUBLE" and column_type(type_) is ColumnType.INTEGER:
            whole[number] = _all_exact(f"c{number}")
    if whole:
        source = values_table(staged, len(names))
        found = cursor.execute(f"select {', '.join(whole.values())} from {source}").fetchone()
        assert found is not None
        for number, exact in zip(whole, found, strict=True):
            fitted[number] = "DOUBLE" if exact else types[number]
    return tuple(fitted)


def exact_columns(
    cursor: duckdb.DuckDBPyConnection,
    scan: Callable[[Sequence[str]], str],
    names: Sequence[str],
    types: Sequence[str],
    columns: Sequence[Column],
) -> frozenset[int]:
    """Numbers of the staged columns in whose type every value that the data set has so far is exact.

    Parameters
    ----------
    scan : callable
        SQL that reads the data set's columns of these written names.
    types : sequence of str
        Of the staged columns, as `fitted_types` gave them.
    """
    found: set[int] = set()
    whole: dict[int, Column] = {}
    for number, (old, type_) in enumerate(zip(matched(columns, names), types, strict=True)):
        if old is not None and old.types and old.sql_type == "DATE" and type_ == "TIMESTAMP":
            found.add(number)
        elif old is not None and type_ == "DOUBLE" and column_type(old.type) is ColumnType.INTEGER:
            whole[number] = old
    if whole:
        tests = ", ".join(_all_exact(c.sql) for c in whole.values())
        row = cursor.execute(f"select {tests} from ({scan([c.name for c in whole.values()])})").fetchone()
        assert row is not None
        found |= {number for number, exact in zip(whole, row, strict=True) if exact}
    return frozenset(found)


def expected_types(
    names: Sequence[str],
    types: Sequence[str],
    columns: Sequence[Column],
    mode: str,
    exact: Callable[[Sequence[str]], frozenset[int]],
) -> dict[str, str]:
    """Written name to the type that each column of a previewed file will have in the data set.

    Parameters
    ----------
    types : sequence of str
        As the preview found them; `NO_TYPE` for a column without a value.
    columns : sequence of Column
        Of the data set.
    mode : str
        How the file joins it.
    exact : callable
        As `exact_columns`, of the types to be.
    """
    fitted = list(types)
    for number, (old, type_) in enumerate(zip(matched(columns, names), types, strict=True)):
        was = old.type if old is not None else NO_TYPE
        whole = was == "DOUBLE" and column_type(type_) is ColumnType.INTEGER and type_ != NO_TYPE
        if whole or (was, type_) == ("TIMESTAMP", "DATE"):
            fitted[number] = was
    if mode == "replace":
        return dict(zip(names, fitted, strict=True))
    as_they_are = exact(fitted)
    return {
        name: type_
        if old is None or number in as_they_are or NO_TYPE in (old.type, type_)
        else with_type(old.types, type_)[-1]
        for number, (name, type_, old) in enumerate(zip(names, fitted, matched(columns, names), strict=True))
    }


def _all_exact(whole: str) -> str:
    """SQL: whether each of these whole numbers is a double."""
    return f"coalesce(max(greatest({whole}, -{whole}::hugeint)) <= {EXACT_WHOLE}, true)"


def column_problems(
    before: DatasetVersion, names: Sequence[str], types: Mapping[str, str], mode: str
) -> list[Problem]:
    """What a person has to be told of columns that are new, missing, or of another type than in `before`.

    Parameters
    ----------
    names : sequence of str
        Written names of the file's columns.
    types : mapping
        Written name to the type that the column will have; a column that isn't in it isn't compared.
    mode : {"append", "replace", "merge"}
        How the file joins the data set.
    """
    old = {c.name: c.storage for c in before.columns}
    missing = [n for n in old if n not in names]
    new = [n for n in names if n not in old]
    found: list[Problem] = []
    if missing:
        what = f"The file lacks {_columns(missing)} of {before.ref}. {_LACKS[mode]}"
        found.append(_about(missing, "missing columns", what))
    if new:
        what = f"The file has {_columns(new).replace('the column', 'a column')} that {before.ref} lacks."
        earlier = "" if mode == "replace" else " Earlier rows have no values there."
        found.append(_about(new, "new columns", what + earlier))
    for name, type_ in types.items():
        was = old.get(name, NO_TYPE)
        if NO_TYPE not in (was, type_) and column_type(was) is not column_type(type_):
            what = f"Its type is {column_type(type_).value} now, it was {column_type(was).value} in {before.ref}."
            if mode != "replace":
                what += _EARLIER.get((column_type(was), column_type(type_)), "")
            found.append(Problem(f"{name}:changed type", "warning", what, column=name))
    return found


def _columns(names: Sequence[str]) -> str:
    listed = ", ".join(f"“{n}”" for n in names[:20]) + (
        f" and {len(names) - 20} more" if len(names) > 20 else ""
    )
    return f"{'the column' if len(names) == 1 else f'{len(names)} columns'} {listed}"


def _about(names: Sequence[str], key: str, what: str) -> Problem:
    column = names[0] if len(names) == 1 else None
    return Problem(key, "warning", what, column=column, count=len(names))


def final_types(prepared: Prepared, names: Sequence[str]) -> dict[str, str]:
    """Written name to type of the file's columns, as the prepared version has them."""
    return {c.name: c.type for c in prepared.columns if c.name in names}


def told(
    report: ImportReport,
    before: DatasetVersion | None,
    prepared: Prepared,
    problems: Sequence[Problem],
    said: ImportOptions,
    mode: str,
) -> ImportReport:
    """The reader's report with what the file means for the data set.

    Parameters
    ----------
    said : ImportOptions
        What a person said; a text column that nobody chose stays text because it was.
    mode : str
        How the file joined the data set.
    """
    if before is None:
        return report
    removed = prepared.counts.removed
    extra = list(problems)
    if removed and MISSING_ROWS not in said.remedies:
        stay = prepared.counts.changed + prepared.counts.kept
        extra += _removed(before, removed) if stay else _all_removed(before, removed, mode)
    decisions = tuple(
        msgspec.structs.replace(d, why=f"As in {before.ref}.")
        if d.is_column and d.why == "As you chose." and d.about not in said.types
        else d
        for d in report.decisions
    )
    return msgspec.structs.replace(report, decisions=decisions, problems=(*extra, *report.problems))


def _all_removed(before: DatasetVersion, rows: int, mode: str) -> list[Problem]:
    """A merge in which no key of the file is one of the data set's: perhaps they are written otherwise."""
    if mode != "merge":
        return []
    what = (
        f"None of the {rows:,} rows of {before.ref} is in the file: no key is the same. "
        "Keys may be written otherwise, as 01 and 1."
    )
    remedies = (Remedy("remove", "Removed"), Remedy("keep", "Keep them"))
    return [Problem(MISSING_ROWS, "warning", what, count=rows, remedies=remedies)]


def _removed(before: DatasetVersion, rows: int) -> list[Problem]:
    what = (
        f"{rows:,} rows of {before.ref} are not in the file."
        if rows > 1
        else f"A row of {before.ref} is not in the file."
    )
    remedies = (Remedy("remove", "Removed"), Remedy("keep", "Keep them"))
    return [Problem(MISSING_ROWS, "note", what, count=rows, remedies=remedies)]
