"""The whole way of one file: open, understand, prove and write, and report."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from mlops_desktop.domain.errors import CancelledError, ResourceError
from mlops_desktop.domain.imports import ImportOptions, ImportReport
from mlops_desktop.store.reading.asked import check_options
from mlops_desktop.store.reading.csv import repair_and_read
from mlops_desktop.store.reading.readers import read
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source, open_source, sha256_of
from mlops_desktop.store.reading.sql import Cursor
from mlops_desktop.store.reading.staging import (
    Physical,
    Typed,
    check_chosen,
    decisions_of,
    failure,
    misfit,
    type_columns,
    widen,
    write,
)
from mlops_desktop.store.reading.watching import Progress, watched

_ALL_ROWS_BYTES = 24 << 20
"""Texts up to this size have the types decided by all rows before the first pass that writes."""


_ATTEMPTS = 4
"""A text may turn out irregular once, and its values twice not of the types that were found first."""


@dataclass(frozen=True)
class SourceFacts:
    """The file that was imported, as it was."""

    path: Path
    sha256: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True)
class StagedFile:
    """One Parquet file with all rows of a source, in order."""

    path: Path
    names: tuple[str, ...]
    """Written names, unique and not empty."""
    physical: tuple[str, ...]
    """Names in the Parquet file, in the same order."""
    types: tuple[str, ...]
    """DuckDB types, in the same order."""
    no_value_yet: frozenset[str]
    """Written names of columns without any value: they take the type of the first that comes."""
    rows: int
    source: SourceFacts
    report: ImportReport
    seconds: float = 0.0
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Written name of a column of yes and no to its word for no and its word for yes."""


def stage(
    cursor: Cursor,
    path: Path,
    options: ImportOptions,
    target: Path,
    physical: Physical,
    progress: Progress = lambda stage, share: None,
) -> StagedFile:
    """Read a file and write all its rows as one Parquet file.

    Parameters
    ----------
    cursor : Cursor
        A cursor of an open DuckDB, used by nobody else meanwhile; `interrupt` cancels.
    path : Path
        The file as a person named it.
    options : ImportOptions
        What the person fixed.
    target : Path
        The Parquet file to write; its folder also takes what has to be written on the way.
    physical : callable
        Gives the names in the Parquet file for the written ones.
    progress : callable
        Told the stage; may raise `CancelledError`.

    Raises
    ------
    NotFoundError, FileError
        What can't be read, by what it is, with row and line where there is one; or it changed while it was read.
    CancelledError, ResourceError
        Interrupted; or no room.
    """
    began = time.monotonic()
    check_options(options)
    with open_source(path, target.parent) as source, ThreadPoolExecutor(1) as pool:
        progress("Looking at the file", None)
        cursor.execute("SET TimeZone='UTC'")
        try:
            relation = read(cursor, source, options, all_rows=True)
            digest = None if relation.sha256 else pool.submit(sha256_of, source.alias)
            with watched(cursor, progress, "Reading and proving every row"):
                typed, names, rows = _write(cursor, source, relation, options, physical, target)
        except (
            Exception
        ) as error:  # whatever a file means that is written to meanwhile, the change is said first
            target.unlink(missing_ok=True)
            if not isinstance(error, duckdb.InterruptException | CancelledError | ResourceError):
                source.check_unchanged()
            if isinstance(error, duckdb.Error):
                raise failure(source, error) from error
            raise
        source.check_unchanged()
        sha256 = digest.result() if digest else relation.sha256
        facts = SourceFacts(path, sha256, source.size_bytes, source.mtime_ns)
        return _staged(typed, names, rows, target, facts, time.monotonic() - began)


def _is_small(source: Source, relation: Relation) -> bool:
    content = relation.content or source.alias
    return content.stat().st_size <= _ALL_ROWS_BYTES


def _write(
    cursor: Cursor,
    source: Source,
    relation: Relation,
    options: ImportOptions,
    physical: Physical,
    target: Path,
) -> tuple[Typed, tuple[str, ...], int]:
    """Write; where the shape or a value does not fit, look at all rows and write once more."""
    typed: Typed | None = None
    for attempt in range(_ATTEMPTS):
        try:
            if typed is None:
                typed = type_columns(cursor, source, relation, options, all_rows=_is_small(source, relation))
                typed = check_chosen(cursor, source, typed, refuse=True)
            names = tuple(physical(relation.names))
            rows = write(cursor, typed, names, target)
            _check_rows(relation, rows)
            return typed, names, rows
        except duckdb.Error as error:
            if attempt + 1 == _ATTEMPTS or isinstance(error, duckdb.InterruptException):
                raise
            relation, typed = _recovered(cursor, source, relation, typed, options, error)
    raise AssertionError("the loop returns or raises")


def _recovered(
    cursor: Cursor,
    source: Source,
    relation: Relation,
    typed: Typed | None,
    options: ImportOptions,
    error: duckdb.Error,
) -> tuple[Relation, Typed | None]:
    """What to try next: wider types, or a text of which every record was looked at.

    A value that does not fit may come from rows that the parallel reader cut wrongly within quotes, so a text with
    quotes is looked at first.
    """
    is_misfit = misfit(error) is not None
    if typed is not None and is_misfit and not (relation.has_quotes and relation.rows is None):
        try:
            return relation, widen(cursor, source, typed, options)
        except duckdb.InvalidInputException as other:
            error = other
    if is_misfit or "CSV" in str(error) or "beyond the last name" in str(error):
        return repair_and_read(source, relation.content or source.alias, options), None
    raise error


def _check_rows(relation: Relation, rows: int) -> None:
    """Compare what was written with what the file has by our own count."""
    if relation.rows is None and rows == relation.lines:
        return
    expected = relation.rows if relation.rows is not None else relation.count() if relation.count else rows
    if rows != expected:
        raise duckdb.InvalidInputException(f"CSV reader gave {rows} rows of {expected}")


def _staged(
    typed: Typed, names: tuple[str, ...], rows: int, target: Path, facts: SourceFacts, seconds: float
) -> StagedFile:
    relation = typed.relation
    empty = frozenset(n for n, r in zip(relation.names, typed.readings, strict=True) if not r.has_values)
    report = ImportReport(
        relation.format,
        rows,
        len(relation.names),
        relation.options,
        decisions_of(typed),
        (*relation.problems, *typed.problems),
        typed.widened,
        relation.skipped_lines,
    )
    words = {n: r.words for n, r in zip(relation.names, typed.readings, strict=True) if r.words}
    return StagedFile(target, relation.names, names, typed.types, empty, rows, facts, report, seconds, words)
