"""The columns that a write leads to, and the rows of its staged file in those columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import duckdb
import msgspec

from mlops_desktop.domain.errors import InvalidInputError

from .pieces import Counts, Piece, Prepared, Staged, StoredFile, Version
from .pieces_columns import (
    Column,
    fresh_name,
    identifier,
    kept_type,
    matched,
    physical_names,
    stored_as,
    types_of,
    with_type,
)
from .pieces_sql import parquet, values_table
from .versions_files import VersionFiles


class Target(msgspec.Struct, frozen=True):
    """Columns of the version to be, and which column of the staged file each comes from."""

    columns: tuple[Column, ...]
    sources: dict[str, int]
    """Physical name to number of the staged column; a column that isn't here keeps its old values."""
    valueless: frozenset[int] = frozenset()
    """Numbers of the staged columns that hold no value."""

    def given(self) -> list[Column]:
        """The columns that the staged file has."""
        return [c for c in self.columns if c.physical in self.sources]

    def value(self, column: Column) -> str:
        """SQL: the staged value of `column` as a file keeps it."""
        number = self.sources[column.physical]
        if (
            number in self.valueless
        ):  # whatever type its file has, of which there may be no cast to the column's
            return f"cast(null as {column.sql_type})"
        return stored_as(f"_n.c{number}", column.sql_type)


def staged_type(staged: Staged, number: int) -> str | None:
    """Type of the staged column `number`, None if it holds no value."""
    return None if number in staged.valueless or staged.rows == 0 else kept_type(staged.types[number])


def _joined(types: tuple[str, ...], staged: Staged, number: int) -> tuple[str, ...]:
    """The list `types` of a column after the staged values have joined it."""
    new = staged_type(staged, number)
    if new is not None and number in staged.exact and types and types[-1] != new:
        return (*types, new)
    return with_type(types, new)


def continued(parent: Version | None, staged: Staged, used: Collection[str]) -> Target:
    """The parent's columns, widened where the staged values need it, and then the new ones (append, merge)."""
    old = parent.columns if parent else ()
    names = physical_names(old, staged.names, used)
    sources = {name: number for number, name in enumerate(names)}
    kept = [
        msgspec.structs.replace(
            c,
            types=_joined(c.types, staged, sources[c.physical]),
            words=c.words if c.types else staged.words.get(sources[c.physical], ()),
        )
        if c.physical in sources
        else c
        for c in old
    ]
    known = {c.physical for c in old}
    added = [
        Column(staged.names[i], name, with_type((), staged_type(staged, i)), staged.words.get(i, ()))
        for name, i in sources.items()
        if name not in known
    ]
    return Target((*kept, *added), sources, staged.valueless)


def replaced(parent: Version, staged: Staged, used: Collection[str]) -> Target:
    """The staged columns with their own types, each continuing the parent's where its type allows (replace)."""
    names = physical_names(parent.columns, staged.names, used)
    taken = {n.casefold() for n in (*used, *names, *(c.physical for c in parent.columns))}
    columns: list[Column] = []
    for number, (name, old) in enumerate(zip(names, matched(parent.columns, staged.names), strict=True)):
        type_ = staged_type(staged, number)
        types = with_type(old.types if old else (), type_)
        if (
            type_ is not None and types[-1] != type_
        ):  # it became narrower: no old value can be read in this type
            name = fresh_name(physical_names((), [staged.names[number]], taken)[0], taken)
            taken.add(name.casefold())
            types = (type_,)
        words = staged.words.get(number) or (old.words if old else ())
        columns.append(Column(staged.names[number], name, types, words))
    return Target(tuple(columns), {c.physical: n for n, c in enumerate(columns)}, staged.valueless)


def staged_rows(target: Target, columns: Sequence[Column]) -> str:
    """SQL items: the staged values of those `columns` that hold any, under their physical names."""
    items = [f"{target.value(c)} as {c.sql}" for c in columns if c.types]
    return ", ".join(items) or "cast(null as boolean) as _k"  # a file needs a column to have rows


def write_staged(
    files: VersionFiles, cursor: duckdb.DuckDBPyConnection, target: Target, staged: Staged, first: int = 0
) -> StoredFile:
    """The staged rows from number `first` on as a stored file: the very same file where it is fit, else written again."""
    given = target.given()
    if first == 0 and fits(cursor, target, staged):
        held = {c.physical: c.types[-1] for c in given if staged_type(staged, target.sources[c.physical])}
        return files.keep(cursor, staged.path, StoredFile("", staged.rows, 0, held))
    where = f" where _r >= {first}" if first else ""
    select = f"select {staged_rows(target, given)} from {values_table(staged.path, len(staged.names))}{where}"
    return files.write(cursor, select, types_of(given))


def fits(cursor: duckdb.DuckDBPyConnection, target: Target, staged: Staged) -> bool:
    """Whether the staged file has the target's names and types and can be published as it is."""
    found = described(cursor, staged)
    by_number = {target.sources[c.physical]: c for c in target.given()}
    for number, (name, type_) in enumerate(found):
        column = by_number[number]
        if name != column.physical:
            return False
        if staged_type(staged, number) is not None and type_ != column.types[-1]:
            return False
    return True


def described(cursor: duckdb.DuckDBPyConnection, staged: Staged) -> list[tuple[str, str]]:
    """Names and types of the staged file's columns as its reader gives them."""
    rows: list[tuple[Any, ...]] = cursor.execute(f"describe from {parquet(staged.path)}").fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]


def check_staged(cursor: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Raise where the staged file isn't what it says: a fault of its reader, found before anything is written."""
    if not staged.names:
        raise InvalidInputError("A data set needs at least one column.", reason="The table has none.")
    rows = cursor.execute(f"select count(*) from {parquet(staged.path)}").fetchone()
    width = len(described(cursor, staged))
    if rows is None or rows[0] != staged.rows or not width == len(staged.names) == len(staged.types):
        raise ValueError(
            f"staged file has {width} columns and {rows} rows, not {len(staged.names)} and {staged.rows}"
        )


def prepared(
    parent: Version | None,
    dataset_id: int,
    columns: Sequence[Column],
    pieces: Sequence[Piece],
    files: Sequence[StoredFile],
    counts: Counts,
) -> Prepared:
    """A version ready to commit, with what it does to the columns of its parent."""
    old = {c.physical: c for c in parent.columns} if parent else {}
    new = {c.physical: c for c in columns}
    before = matched(parent.columns if parent else (), [c.name for c in columns])
    retyped = [
        (c.name, o.type, c.type)
        for o, c in zip(before, columns, strict=True)
        if o is not None and o.type != c.type
    ]
    kept = {o.physical for o in before if o is not None}
    return Prepared(
        dataset_id=dataset_id,
        parent=parent.version_id if parent else None,
        columns=tuple(new.values()),
        pieces=tuple(pieces),
        files=tuple(files),
        counts=counts,
        columns_added=tuple(c.name for o, c in zip(before, columns, strict=True) if o is None),
        columns_removed=tuple(c.name for c in old.values() if c.physical not in kept),
        columns_retyped=tuple(retyped),
    )


__all__ = [
    "Target",
    "check_staged",
    "continued",
    "identifier",
    "prepared",
    "replaced",
    "staged_rows",
    "staged_type",
    "write_staged",
]
