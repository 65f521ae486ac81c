"""Exports of versions to files outside the project: CSV and Parquet, whole or not at all, never over another file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from mlops_desktop.domain.datasets import DatasetVersion, ExportedFile
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError, Where
from mlops_desktop.system import staged

from .pieces import Version
from .pieces_columns import Column, identifier, labels, literal
from .watching import watched

if TYPE_CHECKING:
    from .session import Session
    from .work import Work

KINDS: Final = (".csv", ".parquet")
GUARD: Final = "'"
"""What is set before a cell that a spreadsheet would run."""
_RUNS: Final = "'*[=+@\\t\\r-].*"
"""A text that a spreadsheet would run, or that looks like a guarded one, so that taking one guard away is exact."""


class Exports:
    """Exports of a project's versions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(self, reference: str, file: str) -> ExportPlan:
        """An export that can begin.

        Raises
        ------
        NotFoundError
            There is no such version, or no such folder.
        ConflictError
            The file exists.
        InvalidInputError
            The file's name doesn't say a kind that can be written.
        """
        version, target = self._session.datasets.version(reference), Path(file)
        if target.suffix.casefold() not in KINDS:
            raise InvalidInputError(
                f"{target.name} doesn't say what to write.",
                remedy=f"Let its name end in {' or '.join(KINDS)}.",
                where=Where(field="file", file=file),
            )
        if not target.parent.is_dir():
            raise NotFoundError(f"There is no folder {target.parent}.", where=Where(field="file", file=file))
        check_free(target)
        return ExportPlan(version, target, f"Export {version.ref} to {target.name}")


@dataclass(frozen=True)
class ExportPlan:
    """An export that can begin."""

    version: DatasetVersion
    target: Path
    title: str

    def run(self, work: Work) -> ExportedFile:
        """Write the file beside its place, then give it its name."""
        try:
            with staged(self.target, over=False) as temp:
                rows, notes = self._write(work, temp)
                work.progress("Finishing")
        except FileExistsError as error:
            raise taken(self.target) from error
        return ExportedFile(str(self.target), rows, self.target.stat().st_size, notes)

    def _write(self, work: Work, temp: Path) -> tuple[int, list[str]]:
        session = work.session
        stored = session.versions.version(session.cursor, self.version.version_id)
        with watched(session.cursor, work, f"Writing {self.target.name}"):
            if self.target.suffix.casefold() == ".csv":
                return write_csv(session, stored, temp)
            rows = session.versions.export_to_parquet(session.cursor, self.version.version_id, temp)
            return rows, renamed(stored.columns)


def check_free(target: Path) -> None:
    """Raise `ConflictError` where something stands under the name of `target`, a dead link too."""
    if target.exists() or target.is_symlink():
        raise taken(target)


def taken(target: Path) -> ConflictError:
    """The error that a file stands under the name of `target`."""
    return ConflictError(
        f"{target.name} exists already; nothing is ever overwritten.",
        remedy="Choose another name, or move that file away.",
        where=Where(field="file", file=str(target)),
    )


def write_csv(session: Session, version: Version, path: Path) -> tuple[int, list[str]]:
    """Write a version's rows in order as CSV; returns their number and what had to be changed, in words."""
    cursor = session.cursor
    scan = session.versions.scan(cursor, version.version_id, position=True)
    names = [guarded_name(label) for label in labels(version.columns)]
    items = [f"{guarded(c)} as {identifier(n)}" for c, n in zip(version.columns, names, strict=True)]
    found = cursor.execute(
        f"copy (select {', '.join(items)} from ({scan}) order by _position) to {literal(str(path))}"
        " (format csv, header true, use_tmp_file false)"
    ).fetchone()
    assert found is not None
    notes = renamed(version.columns)
    notes += [
        f"The column “{label}” is written as {name}, so that no spreadsheet runs it."
        for label, name in zip(labels(version.columns), names, strict=True)
        if name != label
    ]
    return int(found[0]), notes + _guarded_cells(cursor, scan, version)


def _guarded_cells(cursor: duckdb.DuckDBPyConnection, scan: str, version: Version) -> list[str]:
    texts = [c for c in version.columns if c.sql_type == "VARCHAR" and c.types]
    if not texts:
        return []
    counts = cursor.execute(
        f"select {', '.join(f'count(*) filter ({runs(c)})' for c in texts)} from ({scan})"
    ).fetchone()
    assert counts is not None
    return [
        f"{count:,} cells of “{c.name}” that a spreadsheet would run as a formula begin with {GUARD} now; "
        "without it each is as it was."
        for c, count in zip(texts, counts, strict=True)
        if count
    ]


def runs(column: Column) -> str:
    """SQL: whether a spreadsheet would run the text; a plain negative number it wouldn't."""
    return (
        f"regexp_full_match({column.sql}, {literal(_RUNS)}, 's') and try_cast({column.sql} as double) is null"
    )


def guarded(column: Column) -> str:
    """SQL: the column as a CSV holds it."""
    if column.sql_type != "VARCHAR" or not column.types:
        return column.text_sql if column.boolean_words else column.sql
    return f"case when {runs(column)} then {literal(GUARD)} || {column.sql} else {column.sql} end"


def guarded_name(name: str) -> str:
    """A column's name that no spreadsheet runs."""
    return GUARD + name if name.lstrip(GUARD).startswith(("=", "+", "-", "@", "\t", "\r")) else name


def renamed(columns: tuple[Column, ...]) -> list[str]:
    """A word for each column that is written under another name, since two differ by nothing but case."""
    return [
        f"The column “{c.name}” is written as “{label}”: another has the same name but for the case of its letters."
        for c, label in zip(columns, labels(columns), strict=True)
        if c.name != label
    ]
