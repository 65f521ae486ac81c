"""What a person wants of a file so far: kept with the place, so that Alt+Left brings it back. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from mlops_desktop.domain.datasets import Dataset, ImportMode, Role
from mlops_desktop.domain.imports import ColumnType, ImportOptions
from mlops_desktop.gui.words import file_name

View = Literal["first", "problems", "last", "changes"]
FOUND_BY_ITSELF = ImportOptions()
FIRST_DECISIONS = 12
MORE_DECISIONS = 40
_UNIQUE: frozenset[Role] = frozenset({"target", "time"})
_SUFFIXES = frozenset(
    [
        "csv",
        "tsv",
        "tab",
        "txt",
        "parquet",
        "pq",
        "xlsx",
        "xls",
        "json",
        "jsonl",
        "ndjson",
        "arrow",
        "feather",
        "ipc",
        "gz",
        "zst",
        "zip",
    ]
)


@dataclass(frozen=True, slots=True)
class ImportIntent:
    """What a person said of a file.

    Parameters
    ----------
    path : str
        The file; empty while none is chosen.
    options : ImportOptions
        What the person fixed, and nothing that was found by itself.
    mode : str
        "new", or how a version of `dataset` comes about.
    dataset : str
        Name of the data set; empty takes the file's name.
    key : tuple of str
        Columns that tell rows apart, for a merge.
    roles : tuple of (str, Role)
        Roles that the person set, by column.
    view : str, optional
        Rows shown; None shows those around problems where there are any.
    settled : bool
        Whether the person (or a proposal) has said where the rows go; before, a proposal may come.
    """

    path: str = ""
    options: ImportOptions = FOUND_BY_ITSELF
    mode: ImportMode = "new"
    dataset: str = ""
    key: tuple[str, ...] = ()
    roles: tuple[tuple[str, Role], ...] = ()
    message: str = ""
    view: View | None = None
    decisions: int = FIRST_DECISIONS
    settled: bool = False

    @property
    def question(self) -> tuple[str, ImportOptions, str, ImportMode]:
        """What the preview depends on; an answer to another question is late."""
        return (self.path, self.options, self.dataset if self.mode != "new" else "", self.mode)


_OF_FORMAT = {"date order": "date_order", "decimal mark": "decimal_mark"}
"""Options that decide what no row of a column does, by the problem's name."""


def with_option(intent: ImportIntent, name: str, value: Any) -> ImportIntent:
    """Fix one option of the format; None lets it be found by itself again."""
    return replace(intent, options=msgspec.structs.replace(intent.options, **{name: value}))


def with_type(intent: ImportIntent, column: str, kind: ColumnType | None) -> ImportIntent:
    """Choose the type of a column; None lets it be found by itself again."""
    types = {c: t for c, t in intent.options.types.items() if c != column}
    if kind is not None:
        types[column] = kind
    remedies = {k: r for k, r in intent.options.remedies.items() if k != f"{column}:unreadable"}
    return replace(intent, options=msgspec.structs.replace(intent.options, types=types, remedies=remedies))


def with_remedy(intent: ImportIntent, problem: str, remedy: str) -> ImportIntent:
    """Choose what is done about a problem.

    To keep a column as text is a type, an order of dates or a decimal mark one of the format.
    """
    column, _, what = problem.rpartition(":")
    if what in ("unreadable", *_OF_FORMAT) and remedy == "text":
        return with_type(intent, column, ColumnType.TEXT)
    if what in _OF_FORMAT:
        return with_option(with_type(intent, column, None), _OF_FORMAT[what], remedy)
    remedies = {**intent.options.remedies, problem: remedy}
    return replace(intent, options=msgspec.structs.replace(intent.options, remedies=remedies))


def without_odd_rows(intent: ImportIntent) -> ImportIntent:
    """Leave out rows with more or fewer values than the table has columns."""
    return with_remedy(with_remedy(intent, "long_rows", "leave_out"), "short_rows", "leave_out")


def ways_out(intent: ImportIntent, field: str | None) -> list[tuple[str, ImportIntent]]:
    """What can be chosen where a file can't be read as it is: words, and the intent that they lead to.

    Parameters
    ----------
    field : str, optional
        Of the error: the option or remedy by which the file can be read after all.
    """
    if field == "remedies.names":
        return [
            ("The first column has no name", with_remedy(intent, "names", "first")),
            ("The last column has no name", with_remedy(intent, "names", "last")),
        ]
    if field == "remedies.long_rows":
        return [("Leave out the rows that don't fit", without_odd_rows(intent))]
    if field == "options.quote":
        return [("Nothing is quoted", with_option(intent, "quote", ""))]
    return []


def with_role(intent: ImportIntent, column: str, role: Role) -> ImportIntent:
    """Say what a column is for; a second target or time column makes the one before a feature."""
    others = tuple(
        (c, "feature" if r == role and role in _UNIQUE else r) for c, r in intent.roles if c != column
    )
    return replace(intent, roles=(*others, (column, role)))


def without_choices(intent: ImportIntent) -> ImportIntent:
    """Everything found by itself again: format, types, remedies."""
    return replace(intent, options=ImportOptions())


def chosen_count(options: ImportOptions) -> int:
    """How many things a person fixed about the reading."""
    told = msgspec.structs.asdict(options)
    fixed = sum(value is not None for value in told.values() if not isinstance(value, dict))
    return fixed + len(options.types) + len(options.remedies)


def suggested_name(path: str) -> str:
    """A name for the data set of a file: the file's own without its endings."""
    parts = file_name(path).split(".")
    while len(parts) > 1 and parts[-1].lower() in _SUFFIXES:
        parts.pop()
    name = ".".join(parts).replace("@", " ").strip()[:300]
    return f"data {name}" if name.isdecimal() else name or "data"


def proposed(intent: ImportIntent, columns: Sequence[str], datasets: Sequence[Dataset]) -> ImportIntent:
    """Where the rows might go: into the data set with the same columns, as people mostly want it.

    A file of the same name as the last one is taken to hold all rows again, another one to hold further rows.
    """
    if intent.settled or intent.dataset or intent.mode != "new":
        return replace(intent, settled=True)
    name, wanted = suggested_name(intent.path), set(columns)
    same = [d for d in datasets if d.newest and {c.name for c in d.newest.columns} == wanted]
    best = max(same, key=lambda d: (d.name == name, name.startswith(d.name), len(d.name)), default=None)
    if best is None or best.newest is None:
        taken = {d.name for d in datasets}
        free = (
            name
            if name not in taken
            else next(n for i in range(2, len(taken) + 3) if (n := f"{name} {i}") not in taken)
        )
        return replace(intent, dataset=free, mode="new", settled=True)
    again = file_name(intent.path) == best.newest.source
    return replace(intent, dataset=best.name, mode="replace" if again else "append", settled=True)
