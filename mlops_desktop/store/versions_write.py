"""The heavy half of every write: reads the parent and the staged file, makes final files, and changes no row."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb

from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, Where

from .pieces import Counts, Piece, Prepared, Staged, Version, leading, whole
from .pieces_columns import Column, is_nested, matched, row_hash
from .pieces_sql import Reader, values_table
from .versions_files import VersionFiles, one
from .versions_patches import Limits, Patcher, temp_table
from .versions_targets import Target, check_staged, continued, prepared, replaced, write_staged


class VersionWriter:
    """Prepares versions; `Versions` commits them.

    Parameters
    ----------
    files : VersionFiles
        Where files are kept.
    limits : Limits
        When a piece is written again instead of being patched.
    """

    def __init__(self, files: VersionFiles, limits: Limits) -> None:
        self._files = files
        self._limits = limits

    def append(
        self,
        cursor: duckdb.DuckDBPyConnection,
        dataset_id: int,
        parent: Version | None,
        staged: Staged,
        used: Collection[str],
    ) -> Prepared:
        """The parent's rows and then the staged ones; the first version has no parent."""
        check_staged(cursor, staged)
        target = continued(parent, staged, used)
        pieces = list(parent.pieces) if parent else []
        written = [write_staged(self._files, cursor, target, staged)] if staged.rows else []
        pieces += [Piece(file.name, 0, file.rows, file.rows) for file in written]
        staged.path.unlink(missing_ok=True)
        counts = Counts(new=staged.rows, kept=parent.rows if parent else 0)
        return prepared(parent, dataset_id, target.columns, pieces, written, counts)

    def replace(
        self, cursor: duckdb.DuckDBPyConnection, parent: Version, staged: Staged, used: Collection[str]
    ) -> Prepared:
        """The staged rows; the longest run of leading rows that equal the parent's is shared with it."""
        check_staged(cursor, staged)
        target = replaced(parent, staged, used)
        shared = self._shared_rows(cursor, parent, target, staged)
        pieces = leading(parent.pieces, shared, lambda piece: self._files.deleted(cursor, piece))
        written = [write_staged(self._files, cursor, target, staged, shared)] if staged.rows > shared else []
        pieces += [Piece(file.name, 0, file.rows, file.rows) for file in written]
        staged.path.unlink(missing_ok=True)
        counts = Counts(new=staged.rows - shared, removed=parent.rows - shared, kept=shared)
        return prepared(parent, parent.dataset_id, target.columns, pieces, written, counts)

    def _shared_rows(
        self, cursor: duckdb.DuckDBPyConnection, parent: Version, target: Target, staged: Staged
    ) -> int:
        shorter = min(parent.rows, staged.rows)
        if shorter == 0:
            return 0
        typed = [c for c in target.columns if c.types]
        reader = Reader(parent.files, self._files.path, typed, position=True)
        old_hash = row_hash((c.sql, c.sql_type) for c in typed)
        new_hash = row_hash((target.value(c), c.sql_type) for c in typed)
        first = one(
            cursor,
            f"select min(_o._position) from (select _position, {old_hash} as h"
            f" from ({reader.sql(whole(parent.pieces))})) as _o"
            f" join (select _r, {new_hash} as h from {values_table(staged.path, len(staged.names))}) as _m"
            " on _o._position = _m._r where _o.h <> _m.h",
        )[0]
        return shorter if first is None else int(first)

    def merge(
        self,
        cursor: duckdb.DuckDBPyConnection,
        parent: Version,
        staged: Staged,
        used: Collection[str],
        key: Sequence[str],
        remove_missing: bool,
    ) -> Prepared:
        """The parent's rows with the staged ones laid over them by key, new ones at the end.

        Raises
        ------
        InvalidInputError
            A key value is missing or stands twice, in the staged file or in the parent.
        NotFoundError
            A key column isn't in both.
        """
        check_staged(cursor, staged)
        target = continued(parent, staged, used)
        keys = key_columns(parent, target, key)
        self._check_keys(cursor, parent, target, staged, keys)
        with temp_table(cursor, self._changes_sql(parent, target, staged, keys, remove_missing)) as changes:
            new, removed, changed = one(
                cursor,
                "select count(*) filter (_k is null), count(*) filter (r is null),"
                f" count(*) filter (_k is not null and r is not null) from {changes}",
            )
            patcher = Patcher(self._files, self._limits, cursor, parent, target, staged)
            pieces = patcher.apply(changes)
            if new:
                pieces += patcher.new_rows(changes)
        staged.path.unlink(missing_ok=True)
        counts = Counts(new, changed, removed, parent.rows - removed - changed)
        return prepared(parent, parent.dataset_id, target.columns, pieces, patcher.written, counts)

    def _changes_sql(
        self, parent: Version, target: Target, staged: Staged, keys: Sequence[Column], remove_missing: bool
    ) -> str:
        compared = [c for c in target.given() if c.types and c not in keys]
        reader = Reader(parent.files, self._files.path, [*keys, *compared], place=True)
        old_keys = ", ".join(f"{c.sql} as key{i}" for i, c in enumerate(keys))
        new_keys = ", ".join(f"{target.value(c)} as key{i}" for i, c in enumerate(keys))
        old_hash = row_hash((c.sql, c.sql_type) for c in compared)
        new_hash = row_hash((target.value(c), c.sql_type) for c in compared)
        using = ", ".join(f"key{i}" for i in range(len(keys)))
        join, missing = ("full", " or n.r is null") if remove_missing else ("right", "")
        return (
            f"select o._k, o._at, n.r from"
            f" (select _k, _at, {old_keys}, {old_hash} as h from ({reader.sql(whole(parent.pieces))})) as o"
            f" {join} join (select _r as r, {new_keys}, {new_hash} as h"
            f" from {values_table(staged.path, len(staged.names))}) as n"
            f" using ({using}) where o._k is null or o.h <> n.h{missing}"
        )

    def _check_keys(
        self,
        cursor: duckdb.DuckDBPyConnection,
        parent: Version,
        target: Target,
        staged: Staged,
        keys: Sequence[Column],
    ) -> None:
        new = ", ".join(f"{target.value(c)} as key{i}" for i, c in enumerate(keys))
        rows = f"select {new}, _r as _row from {values_table(staged.path, len(staged.names))}"
        check_key(cursor, rows, keys, "the new file")
        reader = Reader(parent.files, self._files.path, keys, position=True)
        old = ", ".join(f"{c.sql} as key{i}" for i, c in enumerate(keys))
        rows = f"select {old}, _position as _row from ({reader.sql(whole(parent.pieces))})"
        check_key(cursor, rows, keys, "the version it is merged into")

    def delete_rows(self, cursor: duckdb.DuckDBPyConnection, parent: Version, condition: str) -> Prepared:
        """The parent without the rows for which `condition` holds (SQL over physical names and `_position`)."""
        positioned = "_position" in condition.casefold()
        reader = Reader(parent.files, self._files.path, parent.columns, place=True, position=positioned)
        select = (
            f"select _k, _at, cast(null as bigint) as r from ({reader.sql(whole(parent.pieces))})"
            f" where ({condition}\n)"
        )
        with temp_table(cursor, select) as changes:
            removed = int(one(cursor, f"select count(*) from {changes}")[0])
            patcher = Patcher(self._files, self._limits, cursor, parent, Target(parent.columns, {}))
            pieces = patcher.apply(changes)
        counts = Counts(removed=removed, kept=parent.rows - removed)
        return prepared(parent, parent.dataset_id, parent.columns, pieces, patcher.written, counts)


def restored(parent: Version, source: Version) -> Prepared:
    """The version `source` again, after `parent`: a new list of the same pieces."""
    left = list(parent.pieces)
    kept = 0
    for piece in source.pieces:
        if piece in left:
            left.remove(piece)
            kept += piece.rows
    counts = Counts(new=source.rows - kept, removed=parent.rows - kept, kept=kept)
    return prepared(parent, parent.dataset_id, source.columns, source.pieces, [], counts)


def key_columns(parent: Version, target: Target, key: Sequence[str]) -> list[Column]:
    """The key's columns.

    Raises
    ------
    NotFoundError
        A column isn't in both the parent and the staged file.
    InvalidInputError
        The key is empty, or one of its columns is nested.
    """
    if not key:
        raise InvalidInputError("A merge needs a key.", remedy="Choose the column that tells rows apart.")
    by_name = {c.name: c for c in reversed(target.columns)}
    known = {c.physical for c in parent.columns}
    found: list[Column] = []
    for name in dict.fromkeys(key):
        column = by_name.get(name)
        if column is None or column.physical not in known or column.physical not in target.sources:
            where = "data set" if column is None or column.physical not in known else "new file"
            raise NotFoundError(f"The {where} has no column “{name}” to merge by.", where=Where(column=name))
        if is_nested(column.sql_type):
            raise InvalidInputError(
                f"“{name}” holds lists or structs and can't be a key.", where=Where(column=name)
            )
        found.append(column)
    return found


def check_key(cursor: duckdb.DuckDBPyConnection, rows: str, keys: Sequence[Column], source: str) -> None:
    """Refuse `rows` (SQL giving key0, key1, ..., _row) where a key is missing or stands twice."""
    names = [f"key{i}" for i in range(len(keys))]
    missing = " or ".join(f"{n} is null" for n in names)
    row = one(cursor, f"select min(_row) from ({rows}) where {missing}")[0]
    shown = ", ".join(f"“{c.name}”" for c in keys)
    column = keys[0].name if len(keys) == 1 else None
    if row is not None:
        raise InvalidInputError(
            f"Row {row + 1} of {source} has no value in the key {shown}.",
            remedy="Choose a key that every row has, or give the row one.",
            where=Where(row=row + 1, column=column),
        )
    twice = cursor.execute(
        f"select {', '.join(f'cast({n} as varchar)' for n in names)}, min(_row), max(_row)"
        f" from ({rows}) group by {', '.join(names)} having count(*) > 1 order by min(_row) limit 1"
    ).fetchone()
    if twice is not None:
        *values, first, last = twice
        raise InvalidInputError(
            f"Rows {first + 1} and {last + 1} of {source} have the same key: {shown} is {', '.join(map(repr, values))}.",
            remedy="Choose a key that tells all rows apart, or remove the double rows.",
            where=Where(row=last + 1, column=column),
        )


__all__ = ["VersionWriter", "check_key", "key_columns", "matched", "restored"]
