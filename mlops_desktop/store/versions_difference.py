"""What differs between two versions, comparing only what they don't share.

Two stretches are shared when they are the same rows of the same file under the same patch and every compared column
has the same physical name and list of types in both; of the same rows under different patches only those in either
patch can differ. Without a key, row 7 is compared with row 7, so a stretch is shared only at the same position.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final

import duckdb
import msgspec

from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, Where
from mlops_desktop.domain.tables import Table

from .pieces import Part, Version, living_rows, whole
from .pieces_columns import Column, matched, row_hash, with_type
from .pieces_sql import Reader, parquet
from .versions_files import VersionFiles
from .versions_patches import temp_table
from .versions_read import VersionReader
from .versions_stretches import Stretch, paired

Pair = tuple[Column, Column]
"""A column of the first version, and the one of the second that continues it."""

SHOWN_ROWS: Final = 100
"""Rows of each kind that a difference shows."""

SAMPLED_ROWS: Final = 100
"""Rows that may have changed in which the columns are looked for that have."""


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
        self._versions = first, second
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
        with ExitStack() as temps:
            rows = self._differing(temps)
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

    def _rows(
        self, version: Version, places: Sequence[tuple[Any, ...]], columns: Sequence[Column] | None = None
    ) -> Table:
        at = [(int(k), int(row)) for k, row in places]
        shown = version.columns if columns is None else columns
        return self._reader.rows_in(self._cursor, version, at, shown, 0, len(at))

    def _differing(self, temps: ExitStack) -> str:
        """A temp table of the rows that differ: piece and row `ak, aat` of the first version, `bk, bat` of the second."""
        sides = self._unshared()
        if not any(stretch.patches for side in sides for stretch in side):
            joined, differs = self._joined(sides, self._compared), "ak is null or bk is null or ah <> bh"
            return temps.enter_context(temp_table(self._cursor, f"from ({joined}) where {differs}"))
        both = "ak is not null and bk is not null"
        rows = temps.enter_context(temp_table(self._cursor, self._joined(sides, ())))
        changed = self._changed(temps, f"select ak, aat, bk, bat from {rows} where {both}")
        found = [f"select ak, aat, bk, bat from {rows} where not ({both})", *(f"from {t}" for t in changed)]
        return temps.enter_context(temp_table(self._cursor, " union all ".join(found)))

    def _changed(self, temps: ExitStack, candidates: str) -> list[str]:
        """Temp tables of the rows in `candidates` that differ in a compared column.

        Patches say which rows may have changed, and most have, often in a column or two: those that tell the first rows
        apart are read first, and the others for the rows that are left.
        """
        tables: list[str] = []
        pairs = self._compared
        pending = temps.enter_context(temp_table(self._cursor, candidates))
        while pairs and (sample := self._places(pending, "ak, aat, bk, bat", "true", SAMPLED_ROWS)):
            telling = self._telling(sample, pairs) or pairs
            pairs = [pair for pair in pairs if pair not in telling]
            tables.append(temps.enter_context(temp_table(self._cursor, self._changed_sql(pending, telling))))
            rest = f"from {pending} anti join {tables[-1]} using (ak, aat)"
            pending = temps.enter_context(temp_table(self._cursor, rest))
        return tables

    def _telling(self, sample: Sequence[tuple[Any, ...]], pairs: Sequence[Pair]) -> list[Pair]:
        """The fewest of `pairs` that tell all rows of `sample` apart which any of them tells apart."""
        before = self._rows(self._first, [place[:2] for place in sample], [old for old, _ in pairs])
        after = self._rows(self._second, [place[2:] for place in sample], [new for _, new in pairs])
        told = [
            {row for row, (old, new) in enumerate(zip(*values, strict=True)) if old != new}
            for values in zip(before.columns, after.columns, strict=True)
        ]
        left, telling = set[int]().union(*told), list[Pair]()
        while left:
            most = max(range(len(pairs)), key=lambda number: len(told[number] & left))
            telling.append(pairs[most])
            left -= told[most]
        return telling

    def _changed_sql(self, pending: str, pairs: Sequence[Pair]) -> str:
        sides: list[str] = []
        for side, (k, at) in enumerate((("ak", "aat"), ("bk", "bat"))):
            reader = self._reader_of(side, pairs)
            pieces = whole(self._versions[side].pieces)
            found = self._cursor.execute(f"select distinct {k} from {pending}").fetchall()
            branches = [
                reader.at(pieces[n], f"select {at} as _at from {pending} where {k} = {n}") for (n,) in found
            ]
            sides.append(f"select _k, _at, {digest(pairs, side)} as h from ({' union all '.join(branches)})")
        # Outer joins, which are made in the order they stand in: of inner ones the hashes were joined first, n x n.
        return (
            f"select c.* from {pending} as c left join ({sides[0]}) as o on o._k = c.ak and o._at = c.aat"
            f" left join ({sides[1]}) as n on n._k = c.bk and n._at = c.bat where o.h is distinct from n.h"
        )

    def _joined(self, stretches: Sequence[Sequence[Stretch]], pairs: Sequence[Pair]) -> str:
        """SQL: the rows of both sides' stretches side by side, and the hashes `ah` and `bh` of what `pairs` hold there."""
        first, second = (self._side(side, stretches[side], pairs) for side in (0, 1))
        if self._key is None:
            condition = "o._position = n._position"
        else:
            self._check_key(first, second)
            condition = " and ".join(f"o.key{i} is not distinct from n.key{i}" for i in range(len(self._key)))
        return (
            "select o._k as ak, o._at as aat, n._k as bk, n._at as bat, o.h as ah, n.h as bh"
            f" from ({first}) as o full join ({second}) as n on {condition}"
        )

    def _side(self, side: int, stretches: Sequence[Stretch], pairs: Sequence[Pair]) -> str:
        keys = [pair[side] for pair in self._key or []]
        reader = self._reader_of(side, [*(self._key or []), *pairs])
        branches = [self._stretch_sql(reader, side, s) for s in stretches] or [reader.sql([])]
        items = [f"{c.sql} as key{i}" for i, c in enumerate(keys)] or ["_position"]
        source = " union all ".join(branches)
        return f"select _k, _at, {', '.join(items)}, {digest(pairs, side)} as h from ({source})"

    def _reader_of(self, side: int, pairs: Sequence[Pair]) -> Reader:
        columns = [pair[side] for pair in pairs]
        by_position = self._key is None
        return Reader(self._versions[side].files, self._files.path, columns, place=True, position=by_position)

    def _stretch_sql(self, reader: Reader, side: int, stretch: Stretch) -> str:
        deleted = self._files.deleted(self._cursor, stretch.piece)
        before = living_rows(stretch.piece.first, stretch.low, deleted)
        position = whole(self._versions[side].pieces)[stretch.k].position + before
        rows = living_rows(stretch.low, stretch.high, deleted)
        part = Part(stretch.k, stretch.piece, stretch.low, stretch.high, rows, position)
        if stretch.patches is None:
            return reader.part(part)
        patches = (f"select _at from {parquet(self._files.path(p))}" for p in stretch.patches)
        return reader.at(part, " union all ".join(patches))

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
        pieces = self._versions[side].pieces
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


def digest(pairs: Sequence[Pair], side: int) -> str:
    """SQL: hash of the values in the columns of one side of `pairs`, over those that have any."""
    columns = [pair[side] for pair in pairs]
    return row_hash((c.sql, c.sql_type) for c in columns if c.types)


def comparable(old: Column, new: Column) -> Pair:
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


def key_pairs(pairs: Sequence[Pair], key: Sequence[str]) -> list[Pair]:
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
