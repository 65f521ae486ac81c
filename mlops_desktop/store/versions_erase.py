"""Erasing a person from every version of a data set.

Positions never move, so that slices and versions go on sharing files: each file is written again with the person's
rows blank, and a patch marks those rows deleted, unless the patch has another person's row there. The lists then get
one UPDATE. Rows that no version shows any more (under a patch, outside a slice) are blanked too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import msgspec
import numpy as np

from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError

from .pieces import Piece, Positions, StoredFile, living_rows
from .pieces_columns import Column, identifier, is_float, literal
from .pieces_sql import parquet
from .versions_files import VersionFiles
from .versions_rows import named
from .versions_rows import newest as newest_of


class Move(msgspec.Struct, frozen=True):
    """A piece before and after."""

    before: Piece
    after: Piece


class Erasure(msgspec.Struct, frozen=True):
    """Files without the person, ready to take the place of those with."""

    dataset_id: int
    newest: int
    moves: tuple[Move, ...]
    files: tuple[StoredFile, ...]
    old_files: tuple[str, ...]
    """To be deleted once the erasure is committed (`Versions.collect_files`)."""
    rows: int
    """Rows of the newest version that go."""


class Eraser:
    """Finds a person's rows and writes files without them.

    Parameters
    ----------
    files : VersionFiles
        Where files are kept.
    cursor : duckdb.DuckDBPyConnection
        The job's own.
    stored : mapping
        Every file that the data set's versions name.
    columns : sequence of Column
        The columns that hold the person's mark: same written name, of any version there has been.
    values : sequence of str
        The person's mark, as text.
    """

    def __init__(
        self,
        files: VersionFiles,
        cursor: duckdb.DuckDBPyConnection,
        stored: Mapping[str, StoredFile],
        columns: Sequence[Column],
        values: Sequence[str],
    ) -> None:
        self._files = files
        self._cursor = cursor
        self._stored = stored
        self._columns = columns
        self._values = values
        self._blanked: dict[str, tuple[StoredFile, Positions]] = {}
        self._patches: dict[tuple[str, str | None], StoredFile | None] = {}
        self._deleted: dict[str, Positions] = {}
        self.written: list[StoredFile] = []

    def moves(self, pieces: Sequence[Piece]) -> list[Move]:
        """What becomes of those `pieces` that hold rows of the person, or lie over them."""
        moves = [Move(piece, self._after(piece)) for piece in pieces]
        return [move for move in moves if move.before != move.after]

    def _after(self, piece: Piece) -> Piece:
        file, gone = self._blank(piece.file)
        patch = self._patch(piece, gone)
        if patch is None or (file.name == piece.file and patch.name == piece.patch):
            return piece
        if patch.name not in self._deleted:
            sql = f"select _at from {parquet(self._files.path(patch.name))} where _deleted order by _at"
            self._deleted[patch.name] = np.asarray(self._cursor.execute(sql).fetchnumpy()["_at"], np.int64)
        rows = living_rows(piece.first, piece.end, self._deleted[patch.name])
        return msgspec.structs.replace(piece, file=file.name, patch=patch.name, rows=rows)

    def _blank(self, name: str) -> tuple[StoredFile, Positions]:
        """The file with the person's rows all missing, and which rows those are."""
        if name not in self._blanked:
            file = self._stored[name]
            gone = self._found(file, "file_row_number")
            self._blanked[name] = (self._rewritten(file, gone) if len(gone) else file, gone)
        return self._blanked[name]

    def _found(self, file: StoredFile, row: str) -> Positions:
        condition = self._condition(file.columns)
        source = parquet(self._files.path(file.name), numbered=row == "file_row_number")
        found = self._cursor.execute(
            f"select {row} as _position from {source} where {condition} order by _position"
        ).fetchnumpy()["_position"]
        return np.asarray(found, np.int64)

    def _condition(self, held: Mapping[str, str]) -> str:
        tests = ["false"]
        for column in self._columns:
            type_ = held.get(column.physical)
            if type_ is None:
                continue
            tests += [f"cast({column.sql} as varchar) = {literal(value)}" for value in self._values]
            if any(
                is_float(t) for t in (type_, *column.types)
            ):  # it is shown as 3.0 where a file says 3, or both ways
                tests += [
                    f"try_cast({column.sql} as double) = try_cast({literal(value)} as double)"
                    for value in self._values
                ]
        return " or ".join(tests)

    def _rewritten(self, file: StoredFile, gone: Positions) -> StoredFile:
        items = [
            f"cast(case when _f.file_row_number in ({rows_sql(gone)}) then null else _f.{identifier(name)} end"
            f" as {type_}) as {identifier(name)}"
            for name, type_ in file.columns.items()
        ]
        source = parquet(self._files.path(file.name), numbered=True)
        written = self._files.write(
            self._cursor,
            f"select {', '.join(items) or 'cast(null as boolean) as _k'} from {source} as _f"
            " order by _f.file_row_number",
            file.columns,
        )
        self.written.append(written)
        return written

    def _patch(self, piece: Piece, gone: Positions) -> StoredFile | None:
        """The patch that also marks the rows `gone` of its file, and holds no row of the person."""
        key = piece.file, piece.patch
        if key not in self._patches:
            self._patches[key] = self._new_patch(piece, gone)
        return self._patches[key]

    def _new_patch(self, piece: Piece, gone: Positions) -> StoredFile | None:
        if piece.patch is None:
            if not len(gone):
                return None
            return self._write_patch(
                f"select unnest({gone.tolist()}) as _at, true as _deleted order by _at", {}
            )
        patch = self._stored[piece.patch]
        source = parquet(self._files.path(patch.name))
        held = np.asarray(self._cursor.execute(f"select _at from {source}").fetchnumpy()["_at"], np.int64)
        mine, more = self._found(patch, "_at"), np.setdiff1d(gone, held)
        if not len(mine) and not len(more):
            return patch
        inside = f"_p._at in ({rows_sql(mine)})"
        kept = [
            f"cast(case when {inside} then null else _p.{identifier(n)} end as {t}) as {identifier(n)}"
            for n, t in patch.columns.items()
        ]
        blank = [f"cast(null as {t}) as {identifier(n)}" for n, t in patch.columns.items()]
        return self._write_patch(
            f"from (select {', '.join(['_p._at', f'_p._deleted or {inside} as _deleted', *kept])} from {source} as _p"
            f" union all select {', '.join(['_at', 'true', *blank])} from ({rows_sql(more)}) as _m(_at)) order by _at",
            patch.columns,
        )

    def _write_patch(self, select: str, columns: Mapping[str, str]) -> StoredFile:
        written = self._files.write(self._cursor, select, columns)
        self.written.append(written)
        return written


def rows_sql(rows: Positions) -> str:
    """SQL: a subquery that gives `rows`."""
    return f"select unnest(cast({rows.tolist()} as bigint[]))"


def prepare_erasure(
    files: VersionFiles,
    cursor: duckdb.DuckDBPyConnection,
    dataset_id: int,
    newest: int,
    stored: Mapping[str, StoredFile],
    column: str,
    values: Sequence[str],
) -> Erasure:
    """Find the rows in which `column` (written name) has one of `values`, in whatever version, and write files without.

    Raises
    ------
    InvalidInputError
        No value is given: missing values are nobody's mark.
    NotFoundError
        No version of the data set ever had the column.
    """
    if not values:
        raise InvalidInputError("An erasure needs the value that marks the person.")
    names = cursor.execute(
        "select physical from column_name where dataset_id = ? and written = ? order by physical",
        [dataset_id, column],
    ).fetchall()
    if not names:
        raise NotFoundError(f"No version of this data set ever had a column “{column}”.")
    schemas = cursor.execute("select schema from version where dataset_id = ?", [dataset_id]).fetchall()
    known = [c for row in schemas for c in msgspec.json.decode(row[0], type=list[Column])]
    columns = [
        Column(column, physical, tuple(sorted({t for c in known if c.physical == physical for t in c.types})))
        for (physical,) in names
    ]
    rows = cursor.execute(
        "select distinct p.file, p.first, p.span, p.rows, p.patch from piece as p"
        " join version as v using (version_id) where v.dataset_id = ?",
        [dataset_id],
    ).fetchall()
    eraser = Eraser(files, cursor, stored, columns, values)
    pieces = [Piece(*row) for row in rows]
    moves = eraser.moves(pieces)
    becomes = {m.before: m.after for m in moves}
    kept = named(becomes.get(piece, piece) for piece in pieces)
    old_files = named(becomes) - kept
    ours = cursor.execute(
        "select file, first, span, rows, patch from piece where version_id = ?", [newest]
    ).fetchall()
    lost = {m.before: m.before.rows - m.after.rows for m in moves}
    erased = sum(lost.get(Piece(*row), 0) for row in ours)
    return Erasure(dataset_id, newest, tuple(moves), tuple(eraser.written), tuple(sorted(old_files)), erased)


def commit_erasure(cursor: duckdb.DuckDBPyConnection, erasure: Erasure) -> None:
    """Let every list of the data set name the new files, inside the caller's transaction.

    Raises
    ------
    ConflictError
        The data set has a newer version, which may hold the person too.
    """
    dataset = erasure.dataset_id
    if newest_of(cursor, dataset) != erasure.newest:
        raise ConflictError(
            "The data set has moved on.",
            reason="Another version was added while the erasure was being made.",
            remedy="Erase again: it will look through the newest version too.",
        )
    lists = [
        [m.before.file for m in erasure.moves],
        [m.before.first for m in erasure.moves],
        [m.before.span for m in erasure.moves],
        [m.before.patch for m in erasure.moves],
        [m.after.file for m in erasure.moves],
        [m.after.patch for m in erasure.moves],
        [m.after.rows for m in erasure.moves],
    ]
    cursor.execute(
        "update piece set file = m.f2, patch = m.p2, rows = m.n from (select unnest(?::varchar[]) as f,"
        " unnest(?::bigint[]) as a, unnest(?::bigint[]) as b, unnest(?::varchar[]) as p, unnest(?::varchar[]) as f2,"
        " unnest(?::varchar[]) as p2, unnest(?::bigint[]) as n) as m where piece.file = m.f and piece.first = m.a"
        " and piece.span = m.b and piece.patch is not distinct from m.p"
        " and piece.version_id in (select version_id from version where dataset_id = ?)",
        [*lists, dataset],
    )
    mine = "(select version_id from version where dataset_id = ?)"
    cursor.execute(f"delete from piece where rows = 0 and version_id in {mine}", [dataset])
    cursor.execute(
        "update version set rows = (select coalesce(sum(p.rows), 0) from piece as p"
        " where p.version_id = version.version_id) where dataset_id = ?",
        [dataset],
    )
