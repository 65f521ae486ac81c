"""The rows that make versions: which pieces each has, which files there are, which names were ever used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import duckdb
import msgspec

from mlops_desktop.domain.errors import ConflictError, NotFoundError

from .pieces import Piece, Prepared, StoredFile, Version
from .pieces_columns import Column
from .versions_files import VersionFiles, one


def newest(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> int | None:
    """Id of the data set's newest version, None if it has none."""
    return one(cursor, "select max(version_id) from version where dataset_id = ?", dataset_id)[0]


def load(cursor: duckdb.DuckDBPyConnection, version_id: int) -> Version:
    """The version as stored.

    Raises
    ------
    NotFoundError
        There is none of this id (any more).
    """
    row = cursor.execute(
        "select dataset_id, parent, schema, rows from version where version_id = ?", [version_id]
    ).fetchone()
    if row is None:
        raise NotFoundError("This version doesn't exist any more.", reason="It was deleted.")
    found = cursor.execute(
        "select file, first, span, rows, patch, patched from piece where version_id = ? order by k",
        [version_id],
    ).fetchall()
    pieces = tuple(Piece(*piece) for piece in found)
    columns = msgspec.json.decode(row[2], type=tuple[Column, ...])
    return Version(version_id, row[0], row[1], columns, row[3], pieces, stored(cursor, named(pieces)))


def named(pieces: Iterable[Piece]) -> set[str]:
    """Every file that `pieces` name."""
    return {name for piece in pieces for name in (piece.file, piece.patch) if name is not None}


def stored(cursor: duckdb.DuckDBPyConnection, names: Collection[str]) -> dict[str, StoredFile]:
    """Those of the files `names` that are noted."""
    rows = cursor.execute(
        "select name, rows, size_bytes, columns from file where name in (select unnest(?::varchar[]))",
        [sorted(names)],
    ).fetchall()
    return {r[0]: StoredFile(r[0], r[1], r[2], msgspec.json.decode(r[3], type=dict[str, str])) for r in rows}


def files_of(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> dict[str, StoredFile]:
    """Every file that a version of the data set names."""
    rows = cursor.execute(
        "select distinct unnest([file, patch]) from piece join version using (version_id) where dataset_id = ?",
        [dataset_id],
    ).fetchall()
    return stored(cursor, [row[0] for row in rows if row[0] is not None])


def files_named(cursor: duckdb.DuckDBPyConnection) -> dict[str, StoredFile]:
    """Every file that any version names."""
    rows = cursor.execute("select distinct unnest([file, patch]) from piece").fetchall()
    return stored(cursor, [row[0] for row in rows if row[0] is not None])


def used_names(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> list[str]:
    """Every physical name the data set has ever used."""
    rows = cursor.execute("select physical from column_name where dataset_id = ?", [dataset_id]).fetchall()
    return [str(row[0]) for row in rows]


def add_files(cursor: duckdb.DuckDBPyConnection, files: VersionFiles, new: Sequence[StoredFile]) -> None:
    """Note new files.

    Raises
    ------
    ConflictError
        One is gone from the disk, or its bytes are noted with other columns.
    """
    by_name = {file.name: file for file in new}
    columns = [msgspec.json.encode(file.columns).decode() for file in by_name.values()]
    values = zip(*((f.name, f.rows, f.size_bytes) for f in by_name.values()), strict=True)
    if by_name:
        cursor.execute(
            "insert into file select unnest(?::varchar[]), unnest(?::bigint[]), unnest(?::bigint[]),"
            " unnest(?::varchar[]) on conflict do nothing",
            [*map(list, values), columns],
        )
    for known in stored(cursor, by_name).values():
        if known.columns != by_name[known.name].columns or not files.path(known.name).is_file():
            raise gone()


def add(cursor: duckdb.DuckDBPyConnection, files: VersionFiles, prepared: Prepared, version_id: int) -> None:
    """Add a version.

    Raises
    ------
    ConflictError
        The data set has moved on, or a file is gone.
    """
    if newest(cursor, prepared.dataset_id) != prepared.parent:
        raise ConflictError(
            "The data set has moved on.",
            reason="Another version was added while this one was being made.",
            remedy="Do it again: it will start from the newest version.",
        )
    add_files(cursor, files, prepared.files)
    names = named(prepared.pieces)
    if len(stored(cursor, names)) != len(names):
        raise gone()
    columns = msgspec.json.encode(prepared.columns).decode()
    cursor.execute(
        "insert into version values (?, ?, ?, ?, ?)",
        [version_id, prepared.dataset_id, prepared.parent, columns, prepared.rows],
    )
    rows: list[tuple[Any, ...]] = [
        (k, p.file, p.first, p.span, p.patch, p.rows, p.patched) for k, p in enumerate(prepared.pieces)
    ]
    if rows:
        cursor.execute(
            "insert into piece select ?, unnest(?::bigint[]), unnest(?::varchar[]), unnest(?::bigint[]),"
            " unnest(?::bigint[]), unnest(?::varchar[]), unnest(?::bigint[]), unnest(?::bigint[])",
            [version_id, *map(list, zip(*rows, strict=True))],
        )
    cursor.execute(
        "insert into column_name select ?, unnest(?::varchar[]), unnest(?::varchar[]) on conflict do nothing",
        [prepared.dataset_id, [c.physical for c in prepared.columns], [c.name for c in prepared.columns]],
    )


def gone() -> ConflictError:
    """A file that was prepared, or that the parent had, isn't there any more."""
    return ConflictError(
        "A file of this version is gone.",
        reason="It was erased, or collected before the version was added.",
        remedy="Do it again.",
    )


def drop(cursor: duckdb.DuckDBPyConnection, version_id: int) -> None:
    """Take a version's list away."""
    cursor.execute("delete from piece where version_id = ?", [version_id])
    cursor.execute("delete from version where version_id = ?", [version_id])


def drop_dataset(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> None:
    """Take away every version of a data set, and its names."""
    mine = "(select version_id from version where dataset_id = ?)"
    cursor.execute(f"delete from piece where version_id in {mine}", [dataset_id])
    cursor.execute("delete from version where dataset_id = ?", [dataset_id])
    cursor.execute("delete from column_name where dataset_id = ?", [dataset_id])
