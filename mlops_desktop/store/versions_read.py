"""Reading versions: pages at any place, pages of a filter, pages of a sort, and export to one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray

from mlops_desktop.domain.errors import ConflictError
from mlops_desktop.domain.tables import Table

from .pieces import Part, Piece, Positions, Version, parts, place_of, whole
from .pieces_columns import Column, found_column, identifier, labels
from .pieces_sql import Reader, ordered
from .versions_files import VersionFiles, one

EVERY: Final = 500
"""Matches between two entries of a filter's index."""

_PLAIN: Final = frozenset(
    {
        "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "FLOAT", "DOUBLE", "VARCHAR", "BLOB",
    }
)  # fmt: skip


class FilterIndex(msgspec.Struct, frozen=True):
    """Where the matches of a condition are in a version: the position of every 500th."""

    version_id: int
    condition: str
    positions: tuple[int, ...]
    """Position of match number 0, 500, 1000, ..."""
    matches: int
    version_rows: int
    """Rows of the version when it was made; fewer after an erasure, and then it must be made again."""


class SortIndex(msgspec.Struct, frozen=True):
    """The positions of a version's rows in another order."""

    version_id: int
    positions: NDArray[Any]
    """uint32 or int64; 4 or 8 bytes a row."""
    version_rows: int


class VersionReader:
    """Reads versions that are loaded.

    Parameters
    ----------
    files : VersionFiles
        Where files are kept.
    """

    def __init__(self, files: VersionFiles) -> None:
        self._files = files

    def chosen(self, version: Version, names: Sequence[str] | None) -> list[Column]:
        """The version's columns by written name, or all."""
        return list(version.columns) if names is None else [found_column(version.columns, n) for n in names]

    def scan(
        self,
        version: Version,
        columns: Sequence[Column] | None = None,
        *,
        position: bool = False,
        place: bool = False,
    ) -> str:
        """SQL: a SELECT of all rows, columns under their physical names, in no order.

        Parameters
        ----------
        columns : sequence of Column, optional
            All of the version's unless given.
        position, place : bool
            Also `_position` (from 0), or `_k` and `_at` (piece, row of its file); both order the rows.
        """
        chosen = version.columns if columns is None else columns
        reader = Reader(version.files, self._files.path, chosen, position=position, place=place)
        return reader.sql(whole(version.pieces))

    def labelled_scan(self, version: Version) -> str:
        """SQL: a SELECT of all rows with the columns named as people know them."""
        names = zip(version.columns, labels(version.columns), strict=True)
        items = ", ".join(f"{c.sql} as {identifier(label)}" for c, label in names)
        return f"select {items} from ({self.scan(version)})"

    def parts(self, cursor: duckdb.DuckDBPyConnection, version: Version, start: int, stop: int) -> list[Part]:
        """The parts of `version` that hold its rows `start` to `stop` (exclusive)."""

        def deleted(piece: Piece) -> Positions:
            return self._files.deleted(cursor, piece)

        return parts(version.pieces, start, stop, deleted)

    def spans(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        spans: Sequence[tuple[int, int]],
        columns: Sequence[Column],
    ) -> str:
        """SQL: a SELECT of the rows at these positions (from, to exclusive), in no order; other row groups aren't read."""
        found = [part for start, stop in spans for part in self.parts(cursor, version, start, stop)]
        return Reader(version.files, self._files.path, columns).sql(found)

    def page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        first_row: int,
        count: int,
        columns: Sequence[str] | None = None,
    ) -> Table:
        """The rows from `first_row` on, at most `count`."""
        chosen = self.chosen(version, columns)
        found = self.parts(cursor, version, first_row, first_row + max(count, 0))
        reader = Reader(version.files, self._files.path, chosen, place=True)
        sql = f"select {shown(chosen)} from ({reader.sql(found)}) order by _k, _at"
        return table(cursor, sql, chosen, first_row, version.rows)

    def filter_index(
        self, cursor: duckdb.DuckDBPyConnection, version: Version, condition: str, every: int = EVERY
    ) -> FilterIndex:
        """Find the rows for which `condition` (SQL over physical names and `_position`) holds."""
        rows = cursor.execute(
            f"select _position from (select _position,"
            f" row_number() over (order by _position) - 1 as n from ({self.scan(version, position=True)})"
            f" where ({condition}\n)) where n % {every} = 0 order by n"
        ).fetchall()
        if not rows:
            return FilterIndex(version.version_id, condition, (), 0, version.rows)
        last = int(rows[-1][0])
        tail = self._range(cursor, version, last, version.rows, version.columns)
        after = int(one(cursor, f"select count(*) from ({tail}) where ({condition}\n)")[0])
        positions = tuple(int(row[0]) for row in rows)
        matches = (len(positions) - 1) * every + after
        return FilterIndex(version.version_id, condition, positions, matches, version.rows)

    def filtered_page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        index: FilterIndex,
        first_row: int,
        count: int,
        columns: Sequence[str] | None = None,
        every: int = EVERY,
    ) -> Table:
        """The matches from number `first_row` on, at most `count`."""
        check_current(version, index)
        chosen = self.chosen(version, columns)
        count = max(min(count, index.matches - first_row), 0)
        low, high = first_row // every, -(-(first_row + count) // every)
        start = index.positions[low] if count else 0
        stop = (
            index.positions[high] if count and high < len(index.positions) else version.rows if count else 0
        )
        source = self._range(cursor, version, start, stop, version.columns)
        sql = (
            f"select {shown(chosen)} from ({source}) where ({index.condition}\n)"
            f" order by _position limit {count} offset {first_row - low * every}"
        )
        return table(cursor, sql, chosen, first_row, index.matches)

    def _range(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        start: int,
        stop: int,
        columns: Sequence[Column],
    ) -> str:
        reader = Reader(version.files, self._files.path, columns, position=True)
        return reader.sql(self.parts(cursor, version, start, stop))

    def sort_index(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        by: Sequence[tuple[str, bool]],
        condition: str | None = None,
    ) -> SortIndex:
        """The order of the rows (of those that match) by columns; missing values last, ties as they stand.

        Parameters
        ----------
        by : sequence of (written name, descending)
            What to sort by.
        """
        chosen = [(found_column(version.columns, name), descending) for name, descending in by]
        order = ", ".join(f"{c.sql} {'desc' if descending else 'asc'} nulls last" for c, descending in chosen)
        columns = None if condition else list(dict.fromkeys(c for c, _ in chosen))
        where = f" where ({condition}\n)" if condition else ""
        sql = (
            f"select _position from ({self.scan(version, columns, position=True)}){where}"
            f" order by {order}{', ' if order else ''}_position"
        )
        found = cursor.execute(sql).fetchnumpy()["_position"]
        kind = np.uint32 if version.rows < 2**32 else np.int64
        return SortIndex(version.version_id, np.asarray(found, kind), version.rows)

    def sorted_page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        index: SortIndex,
        first_row: int,
        count: int,
        columns: Sequence[str] | None = None,
    ) -> Table:
        """The rows from number `first_row` of the order on, at most `count`."""
        check_current(version, index)
        chosen = self.chosen(version, columns)
        wanted = [int(p) for p in index.positions[first_row : first_row + max(count, 0)]]

        def deleted(piece: Piece) -> Positions:
            return self._files.deleted(cursor, piece)

        places = [place_of(version.pieces, p, deleted) for p in wanted]
        return self.rows_in(cursor, version, places, chosen, first_row, len(index.positions))

    def rows_in(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        places: Sequence[tuple[int, int]],
        columns: Sequence[Column],
        first_row: int,
        total_rows: int,
    ) -> Table:
        """The rows at `places` (number of the piece, row of its file), in that order, by a semi-join."""
        reader = Reader(version.files, self._files.path, columns, place=True)
        wanted = {k for k, _ in places}
        # Each piece has its own join below the union, so that row groups are pruned by the rows wanted.
        branches = [
            f"select {', '.join(['_position', '_at', *(c.sql for c in columns)])} from ({reader.part(part)}) as _s"
            f" join (select unnest({[n for n, (k, _) in enumerate(places) if k == part.k]}) as _position,"
            f" unnest({[at for k, at in places if k == part.k]}) as _w) as _t on _s._at = _t._w"
            for part in whole(version.pieces)
            if part.k in wanted
        ]
        source = " union all ".join(branches) or f"select 0 as _position, * from ({reader.sql([])})"
        return table(
            cursor,
            f"select {shown(columns)} from ({source}) order by _position",
            columns,
            first_row,
            total_rows,
        )

    def export(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version: Version,
        path: Path,
        columns: Sequence[str] | None = None,
        condition: str | None = None,
    ) -> int:
        """Write the rows (that match) to one Parquet file, in order, under written names; returns their number."""
        chosen = self.chosen(version, columns)
        by_physical = dict(zip((c.physical for c in version.columns), labels(version.columns), strict=True))
        items = ", ".join(f"{c.sql} as {identifier(by_physical[c.physical])}" for c in chosen)
        where = f" where ({condition}\n)" if condition else ""
        in_order = ordered(whole(version.pieces))
        scan = self.scan(
            version,
            version.columns if condition else chosen,
            place=not in_order,
            position=bool(condition) and "_position" in str(condition).casefold(),
        )
        order = "" if in_order else " order by _k, _at"
        return self._files.copy(cursor, f"select {items} from ({scan}){where}{order}", path, len(chosen))


def check_current(version: Version, index: FilterIndex | SortIndex) -> None:
    """Raise ConflictError where an erasure has moved the rows since `index` was made."""
    if index.version_rows != version.rows:
        raise ConflictError("Rows of this version were erased.", remedy="Filter or sort it again.")


def shown(columns: Sequence[Column]) -> str:
    """SQL items: values as a `Table` holds them, what isn't a plain value as its text."""
    items = [c.sql if c.sql_type in _PLAIN else f"cast({c.sql} as varchar)" for c in columns]
    return ", ".join(items) or "1"


def table(
    cursor: duckdb.DuckDBPyConnection, sql: str, columns: Sequence[Column], first_row: int, total_rows: int
) -> Table:
    """What the query gives, as a page."""
    rows = cursor.execute(sql).fetchall()
    values = [list(v) for v in zip(*rows, strict=True)] if rows else [[] for _ in columns]
    return Table(
        [c.name for c in columns], [c.type for c in columns], values[: len(columns)], first_row, total_rows
    )


__all__ = ["FilterIndex", "SortIndex", "VersionReader", "shown", "table"]
