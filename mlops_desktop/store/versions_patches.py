"""Changed and deleted rows become patches; a piece that is patched too much is written again.

The changes are a temp table `(_k, _at, r)`: piece and row of its file, and the staged row that takes its place. No `r`
means deleted, no `_k` means a new row.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec

from .pieces import Piece, Staged, StoredFile, Version, whole
from .pieces_columns import Column, identifier, stored_as, types_of
from .pieces_sql import PathOf, Reader, named, parquet, values_table
from .versions_files import VersionFiles
from .versions_targets import Target, staged_rows

PENDING = "pending"
"""Name of a patch that isn't published yet, in the reader's eyes."""


PATCH_GROUP_ROWS = 20_480
"""Rows of a row group of a patch: a page needs few of them, and reads whole groups."""


class Limits(msgspec.Struct, frozen=True):
    """When a piece is written again instead of being patched."""

    patch_share: float = 0.12
    """Rows of its patch over rows of the piece: ten merges of a hundredth each stay below it, wherever they fall."""
    patches_share: float = 0.75
    """Rows of all patches since the file was written over rows of the piece. A patch holds every change since then, so
    ten merges of a hundredth add up to 0.55 and leave the file as it is; many small ones come to a new one in the end."""

    def exceeded(self, piece: Piece, patch_rows: int) -> bool:
        """Whether `piece` with a new patch of `patch_rows` rows should be written again."""
        spent = piece.patched + patch_rows
        return patch_rows > self.patch_share * piece.span or spent > self.patches_share * piece.span


@contextmanager
def temp_table(cursor: duckdb.DuckDBPyConnection, select: str) -> Generator[str]:
    """A temp table of what `select` gives, for the block."""
    name = identifier(f"changes_{secrets.token_hex(8)}")
    cursor.execute(f"create temp table {name} as {select}")
    try:
        yield name
    finally:
        cursor.execute(f"drop table if exists {name}")


class Patcher:
    """Applies a table of changes to the pieces of a version.

    Parameters
    ----------
    files : VersionFiles
        Where files are kept.
    limits : Limits
        When pieces are written again.
    cursor : duckdb.DuckDBPyConnection
        The job's own.
    parent : Version
        The version that is changed.
    target : Target
        Columns after the change.
    staged : Staged, optional
        Where changed rows come from; deletions need none.
    """

    def __init__(
        self,
        files: VersionFiles,
        limits: Limits,
        cursor: duckdb.DuckDBPyConnection,
        parent: Version,
        target: Target,
        staged: Staged | None = None,
    ) -> None:
        self._files = files
        self._limits = limits
        self._cursor = cursor
        self._parent = parent
        self._target = target
        self._staged = staged
        self.written: list[StoredFile] = []

    def apply(self, changes: str) -> list[Piece]:
        """The pieces after the changes in the table `changes`, without its new rows; files go to `written`."""
        rows = self._cursor.execute(
            f"select _k, count(*) - count(r) from {changes} where _k is not null group by _k"
        ).fetchall()
        removed = {int(k): int(n) for k, n in rows}
        pieces: list[Piece] = []
        for k, piece in enumerate(self._parent.pieces):
            if k not in removed:
                pieces.append(piece)
            elif piece.rows > removed[k]:
                pieces.append(self._patched(changes, k, piece.rows - removed[k]))
        return pieces

    def new_rows(self, changes: str) -> list[Piece]:
        """A piece of the new rows in `changes`, in the source's order; none where there are none."""
        assert self._staged is not None
        given = self._target.given()
        file = self._files.write(
            self._cursor,
            f"select {staged_rows(self._target, given)} from {changes} as _c"
            f" join {values_table(self._staged.path, len(self._staged.names))} on _n._r = _c.r"
            " where _c._k is null order by _c.r",
            types_of(given),
        )
        self.written.append(file)
        return [Piece(file.name, 0, file.rows, file.rows)]

    def _patched(self, changes: str, k: int, rows: int) -> Piece:
        piece = self._parent.pieces[k]
        temp = self._files.temp()
        try:
            count = self._files.copy(
                self._cursor,
                self._patch_sql(changes, k),
                temp,
                len(self._target.columns),
                group_rows=PATCH_GROUP_ROWS,
            )
            patch = StoredFile(PENDING, count, 0, types_of(self._target.columns))
            if self._limits.exceeded(piece, count):
                return self._rewritten(msgspec.structs.replace(piece, patch=PENDING, rows=rows), patch, temp)
            patch = self._files.keep(self._cursor, temp, patch)
        finally:
            temp.unlink(missing_ok=True)
        self.written.append(patch)
        return msgspec.structs.replace(piece, patch=patch.name, rows=rows, patched=piece.patched + count)

    def _rewritten(self, piece: Piece, patch: StoredFile, temp: Path) -> Piece:
        files = {**self._parent.files, PENDING: patch}
        path_of: PathOf = lambda name: temp if name == PENDING else self._files.path(name)  # noqa: E731
        select = rewritten_sql(
            Reader(files, path_of, self._target.columns, place=True), self._target.columns, piece
        )
        file = self._files.write(self._cursor, select, types_of(self._target.columns))
        self.written.append(file)
        return Piece(file.name, 0, file.rows, file.rows)

    def _patch_sql(self, changes: str, k: int) -> str:
        piece = self._parent.pieces[k]
        typed = [c for c in self._target.columns if c.types]
        nothing = [f"cast(null as {c.sql_type}) as {c.sql}" for c in typed]
        branches = [
            f"select _at, true as _deleted, {', '.join(nothing) or 'null as _k'}"
            f" from {changes} where _k = {k} and r is null"
        ]
        if self._staged is not None:
            branches.append(self._changed_sql(changes, k, typed))
        if piece.patch is not None:
            held = self._parent.files[piece.patch].columns
            items = ", ".join(named(typed, "_p", held)) or "null as _k"
            branches.append(
                f"select _p._at, _p._deleted, {items} from {parquet(self._files.path(piece.patch))} as _p"
                f" anti join (select _at from {changes} where _k = {k}) as _c on _c._at = _p._at"
                f" where _p._at >= {piece.first} and _p._at < {piece.end}"
            )
        return f"from ({' union all '.join(branches)}) order by _at"

    def _changed_sql(self, changes: str, k: int, typed: list[Column]) -> str:
        assert self._staged is not None
        kept = [c for c in typed if c.physical not in self._target.sources]
        items = [
            f"_o.{c.sql} as {c.sql}" if c in kept else f"{self._target.value(c)} as {c.sql}" for c in typed
        ]
        source = (
            f"{changes} as _c join {values_table(self._staged.path, len(self._staged.names))} on _n._r = _c.r"
        )
        if kept:
            reader = Reader(self._parent.files, self._files.path, kept, place=True)
            source += f" join ({reader.part(whole(self._parent.pieces)[k])}) as _o on _o._at = _c._at"
        return f"select _c._at, false as _deleted, {', '.join(items) or 'null as _k'} from {source} where _c._k = {k}"


def rewritten_sql(reader: Reader, columns: tuple[Column, ...], piece: Piece) -> str:
    """SQL: the living rows of `piece` in order, in the newest types, as a file of their own."""
    items = [f"{stored_as(c.sql, c.types[-1])} as {c.sql}" for c in columns if c.types]
    part = whole([piece])[0]
    return (
        f"select {', '.join(items) or 'cast(null as boolean) as _k'} from ({reader.part(part)}) order by _at"
    )
