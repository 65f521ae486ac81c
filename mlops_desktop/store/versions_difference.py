"""What differs between two versions, comparing only what they don't share.

Two stretches are shared when they are the same rows of the same file under the same patch and every compared column
has the same physical name and list of types in both; of the same rows under different patches only those in either
patch can differ. Without a key, row 7 is compared with row 7, so a stretch is shared only at the same position.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import duckdb
import msgspec

from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, Where
from mlops_desktop.domain.tables import Table

from .pieces import Part, Piece, Version, living_rows, whole
from .pieces_columns import Column, matched, row_hash, with_type
from .pieces_sql import Reader, parquet
from .versions_files import VersionFiles
from .versions_patches import temp_table
from .versions_read import VersionReader

SHOWN_ROWS: Final = 100
"""Rows of each kind that a difference shows."""


class Difference(msgspec.Struct, frozen=True):
    """What there is in the second version that isn't in the first, and the other way round."""

    new: int
    changed: int
    removed: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    columns_retyped: tuple[tuple[str, str, str], ...]
    """Written name, type before, type after."""
    new_rows: Table
    """The first of the new rows, as the second version has them."""
    removed_rows: Table
    """The first of the removed rows, as the first version has them."""
    before: Table
    """The first of the changed rows, as the first version has them."""
    after: Table
    """The same rows as the second version has them."""


class Stretch(msgspec.Struct, frozen=True):
    """Rows `low` to `high` (exclusive) of the file of piece number `k`, which may differ."""

    k: int
    piece: Piece
    low: int
    high: int
    patches: tuple[str, ...] | None = None
    """Only rows in one of these patches may differ; None: all of them."""


class Comparison:
    """Compares two versions.

    Parameters
    ----------
    files : VersionFiles
        Where files are kept.
    cursor : duckdb.DuckDBPyConnection
        The caller's own.
    first, second : Version
        What to compare.
    key : sequence of str, optional
        Written names of the columns that tell rows apart; None compares by position.
    """

    def __init__(
        self,
        files: VersionFiles,
        cursor: duckdb.DuckDBPyConnection,
        first: Version,
        second: Version,
        key: Sequence[str] | None,
    ) -> None:
        self._files = files
        self._cursor = cursor
        self._first = first
        self._second = second
        self._reader = VersionReader(files)
        pairs = [
            comparable(old, new)
            for old, new in zip(
                matched(first.columns, [c.name for c in second.columns]), second.columns, strict=True
            )
            if old is not None
        ]
        self._key = key_pairs(pairs, key) if key is not None else None
        keys = self._key or []
        self._compared = [pair for pair in pairs if pair not in keys]
        self._shareable = all(
            old.physical == new.physical and old.types == new.types for old, new in [*keys, *self._compared]
        )

    def difference(self, shown_rows: int) -> Difference:
        """Count what differs, and show the first rows of each kind."""
        with temp_table(self._cursor, self._differing()) as rows:
            counts = self._cursor.execute(
                f"select count(*) filter (ak is null), count(*) filter (ak is not null and bk is not null),"
                f" count(*) filter (bk is null) from {rows}"
            ).fetchone()
            assert counts is not None
            new = self._places(rows, "bk, bat", "ak is null", shown_rows)
            removed = self._places(rows, "ak, aat", "bk is null", shown_rows)
            changed = self._places(rows, "bk, bat, ak, aat", "ak is not null and bk is not null", shown_rows)
        before = matched(self._first.columns, [c.name for c in self._second.columns])
        pairs = list(zip(before, self._second.columns, strict=True))
        kept = {old.physical for old in before if old is not None}
        return Difference(
            *(int(n) for n in counts),
            columns_added=tuple(c.name for old, c in pairs if old is None),
            columns_removed=tuple(c.name for c in self._first.columns if c.physical not in kept),
            columns_retyped=tuple((c.name, o.type, c.type) for o, c in pairs if o and o.type != c.type),
            new_rows=self._rows(self._second, new),
            removed_rows=self._rows(self._first, removed),
            before=self._rows(self._first, [place[2:] for place in changed]),
            after=self._rows(self._second, [place[:2] for place in changed]),
        )

    def _places(self, rows: str, items: str, condition: str, limit: int) -> list[tuple[Any, ...]]:
        sql = f"select {items} from {rows} where {condition} order by {items} limit {limit}"
        return self._cursor.execute(sql).fetchall()

    def _rows(self, version: Version, places: Sequence[tuple[Any, ...]]) -> Table:
        at = [(int(k), int(row)) for k, row in places]
        return self._reader.rows_in(self._cursor, version, at, version.columns, 0, len(at))

    def _differing(self) -> str:
        mine, theirs = self._unshared()
        first = self._side(self._first, mine, 0)
        second = self._side(self._second, theirs, 1)
        if self._key is None:
            condition = "o._position = n._position"
        else:
            self._check_key(first, second)
            condition = " and ".join(f"o.key{i} is not distinct from n.key{i}" for i in range(len(self._key)))
        return (
            f"select o._k as ak, o._at as aat, n._k as bk, n._at as bat from ({first}) as o"
            f" full join ({second}) as n on {condition} where o._k is null or n._k is null or o.h <> n.h"
        )

    def _side(self, version: Version, stretches: Sequence[Stretch], side: int) -> str:
        compared = [pair[side] for pair in self._compared]
        keys = [pair[side] for pair in self._key or []]
        typed = [c for c in compared if c.types]
        by_position = self._key is None
        reader = Reader(version.files, self._files.path, [*keys, *compared], place=True, position=by_position)
        branches = [self._stretch_sql(reader, version, s) for s in stretches] or [reader.sql([])]
        items = [f"{c.sql} as key{i}" for i, c in enumerate(keys)] or ["_position"]
        digest = row_hash((c.sql, c.sql_type) for c in typed)
        return f"select _k, _at, {', '.join(items)}, {digest} as h from ({' union all '.join(branches)})"

    def _stretch_sql(self, reader: Reader, version: Version, stretch: Stretch) -> str:
        deleted = self._files.deleted(self._cursor, stretch.piece)
        before = living_rows(stretch.piece.first, stretch.low, deleted)
        position = whole(version.pieces)[stretch.k].position + before
        rows = living_rows(stretch.low, stretch.high, deleted)
        sql = reader.part(Part(stretch.k, stretch.piece, stretch.low, stretch.high, rows, position))
        if stretch.patches is None:
            return sql
        either = " union all ".join(
            f"select _at from {parquet(self._files.path(p))} where _at >= {stretch.low} and _at < {stretch.high}"
            for p in stretch.patches
        )
        return f"select * from ({sql}) where _at in ({either})"

    def _unshared(self) -> tuple[list[Stretch], list[Stretch]]:
        mine = [Stretch(k, p, p.first, p.end) for k, p in enumerate(self._first.pieces)]
        theirs = [Stretch(k, p, p.first, p.end) for k, p in enumerate(self._second.pieces)]
        if not self._shareable:
            return mine, theirs
        _, mine, theirs = paired(mine, theirs, self._same)
        pairs, mine, theirs = paired(mine, theirs, self._same_file)
        for old, new in pairs:
            patches = tuple(p for p in (old.piece.patch, new.piece.patch) if p is not None)
            mine.append(msgspec.structs.replace(old, patches=patches))
            theirs.append(msgspec.structs.replace(new, patches=patches))
        return mine, theirs

    def _same(self, old: Stretch, new: Stretch, low: int) -> bool:
        if old.piece.file != new.piece.file or old.piece.patch != new.piece.patch:
            return False
        return self._key is not None or self._position(0, old, low) == self._position(1, new, low)

    def _same_file(self, old: Stretch, new: Stretch, low: int) -> bool:
        if old.piece.file != new.piece.file:
            return False
        if self._key is not None:
            return True
        complete = all(s.piece.rows == s.piece.span for s in (old, new))
        return complete and self._position(0, old, low) == self._position(1, new, low)

    def _position(self, side: int, stretch: Stretch, low: int) -> int:
        pieces = (self._first, self._second)[side].pieces
        deleted = self._files.deleted(self._cursor, stretch.piece)
        before = sum(piece.rows for piece in pieces[: stretch.k])
        return before + living_rows(stretch.piece.first, low, deleted)

    def _check_key(self, *sides: str) -> None:
        assert self._key is not None
        keys = ", ".join(f"key{i}" for i in range(len(self._key)))
        for side in sides:
            twice = f"select {keys} from ({side}) group by {keys} having count(*) > 1 limit 1"
            values = self._cursor.execute(twice).fetchone()
            if values is not None:
                raise InvalidInputError(
                    f"The key doesn't tell rows apart: {', '.join(map(str, values))} stands twice.",
                    remedy="Choose another key, or compare by position.",
                    where=Where(column=self._key[0][0].name),
                )


def paired(
    mine: Sequence[Stretch], theirs: Sequence[Stretch], same: Callable[[Stretch, Stretch, int], bool]
) -> tuple[list[tuple[Stretch, Stretch]], list[Stretch], list[Stretch]]:
    """Pairs of stretches over the same rows for which ``same(old, new, first row)`` holds, and what is left of each side."""
    pairs: list[tuple[Stretch, Stretch]] = []
    left: list[Stretch] = []
    others = list(theirs)
    todo = deque(mine)
    while todo:
        old = todo.popleft()
        for i, new in enumerate(others):
            low, high = max(old.low, new.low), min(old.high, new.high)
            if low < high and same(old, new, low):
                pairs.append((_cut(old, low, high), _cut(new, low, high)))
                others[i : i + 1] = _around(new, low, high)
                todo.extendleft(reversed(_around(old, low, high)))
                break
        else:
            left.append(old)
    return pairs, left, others


def _cut(stretch: Stretch, low: int, high: int) -> Stretch:
    return msgspec.structs.replace(stretch, low=low, high=high)


def _around(stretch: Stretch, low: int, high: int) -> list[Stretch]:
    sides = [_cut(stretch, stretch.low, low), _cut(stretch, high, stretch.high)]
    return [side for side in sides if side.low < side.high]


def comparable(old: Column, new: Column) -> tuple[Column, Column]:
    """Both columns cast on to a type in which they can be compared.

    Where one list of types goes on from the other, the shorter is read as the longer one: 3 that became 3.0 and then
    '3.0' hasn't changed.
    """
    longer = max(old.types, new.types, key=len)
    if (
        old.physical == new.physical
        and longer[: len(old.types)] == old.types
        and longer[: len(new.types)] == new.types
    ):
        types = longer, longer
    else:
        ends = [c.types[-1] if c.types else None for c in (old, new)]
        types = with_type(old.types, ends[1]), with_type(new.types, ends[0])
    return msgspec.structs.replace(old, types=types[0]), msgspec.structs.replace(new, types=types[1])


def key_pairs(pairs: Sequence[tuple[Column, Column]], key: Sequence[str]) -> list[tuple[Column, Column]]:
    """The pairs of the key's columns.

    Raises
    ------
    NotFoundError
        A key column isn't in both versions.
    """
    by_name = {new.name: (old, new) for old, new in reversed(pairs)}
    for name in key:
        if name not in by_name:
            raise NotFoundError(
                f"The two versions don't both have a column “{name}”.", where=Where(column=name)
            )
    return [by_name[name] for name in dict.fromkeys(key)]
