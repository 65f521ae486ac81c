"""SQL that reads pieces.

Rows come in any order unless an ORDER BY asks for `_k, _at` (piece, row of its file) or `_position`: the join that
hides patched rows loses the order. `_position` is a window function over a piece with deletions, which DuckDB doesn't
prune, so it is there only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from .pieces import Part, StoredFile
from .pieces_columns import Column, chained, identifier, literal

WIDE: Final = 200
"""Columns from which a table is wide."""


GROUP_ROWS = 40_960
"""Rows of a row group: a page of a table reads whole ones (8 ms instead of 19 of DuckDB's 122,880 on 1 M x 20 rows)."""


LEVEL: Final = 1
"""Of zstd: files 4 % larger than at DuckDB's 3, written in three quarters of the processor's time (5 M x 20 rows)."""


def written_as(columns: int, group_rows: int = GROUP_ROWS) -> str:
    """SQL: the options with which a table of so many columns is written as Parquet.

    DuckDB holds a megabyte for the dictionary of each text column and thread, also where a table has ten rows: 5,000
    columns don't fit into four gigabytes. A wide table gets small dictionaries. Without a temp file of DuckDB's own beside
    the one it is written to: that one is left where the disk is full.
    """
    dictionary = ", string_dictionary_page_size_limit 32768" if columns > WIDE else ""
    return (
        f"format parquet, compression zstd, compression_level {LEVEL}"
        f", row_group_size {group_rows}, use_tmp_file false{dictionary}"
    )


PathOf = Callable[[str], Path]
"""Path of a stored file by its name."""


def parquet(path: Path, *, numbered: bool = False) -> str:
    """SQL table function that reads one Parquet file as it is (a folder named `x=1` adds no column)."""
    options = ", file_row_number=true" if numbered else ""
    return f"read_parquet({literal(str(path))}, hive_partitioning=false{options})"


def column_sql(column: Column, table: str, held: Mapping[str, str]) -> str:
    """SQL: the value of `column` in a file that holds the columns `held`, in the column's newest type."""
    if not column.types or column.physical not in held:
        return f"cast(null as {column.sql_type})"
    return chained(f"{table}.{column.sql}", held[column.physical], column.types)


def named(columns: Sequence[Column], table: str, held: Mapping[str, str]) -> list[str]:
    """SQL items of a SELECT: each column under its physical name."""
    return [f"{column_sql(c, table, held)} as {c.sql}" for c in columns]


class Reader:
    """Makes the SQL that reads parts of one version.

    Parameters
    ----------
    files : mapping
        The version's files by name.
    path_of : callable
        Path of a stored file by its name.
    columns : sequence of Column
        What to read, in order.
    place : bool
        Give `_k` and `_at` too.
    position : bool
        Give `_position` too: the row's position in the version, from 0.
    """

    def __init__(
        self,
        files: Mapping[str, StoredFile],
        path_of: PathOf,
        columns: Sequence[Column],
        *,
        place: bool = False,
        position: bool = False,
    ) -> None:
        self._files = files
        self._path_of = path_of
        self._columns = columns
        self._place = place
        self._position = position

    def sql(self, parts: Sequence[Part]) -> str:
        """A SELECT of all `parts`, unordered."""
        if not parts:
            extra = self._items("null", "null", "null")
            return f"select {', '.join([*extra, *named(self._columns, '', {})])} where false"
        return "\nunion all\n".join(self.part(part) for part in parts)

    def part(self, part: Part) -> str:
        """A SELECT of one part."""
        return self._plain(part) if part.piece.patch is None else self._patched(part)

    def at(self, part: Part, places: str) -> str:
        """A SELECT of those living rows of `part` whose `_at` the SQL `places` gives.

        A row comes from the patch alone where the patch has it, so the file isn't read where the patch has them all.
        Positions are right in parts without a deleted row only.
        """
        file = self._files[part.piece.file]
        within = f"_at >= {part.low} and _at < {part.high}"
        wanted = f"(select _at from ({places}) where {within}) as _w"
        base = ", ".join(["_f.file_row_number as _at", *named(self._columns, "_f", file.columns)])
        of_file, over = wanted, ""
        if part.piece.patch is not None:
            patch = self._files[part.piece.patch]
            patch_sql = parquet(self._path_of(patch.name))
            of_file = f"(select _w._at from {wanted} anti join (select _at from {patch_sql} where {within}) as _p on _p._at = _w._at) as _w"
            items = ", ".join(["_p._at as _at", *named(self._columns, "_p", patch.columns)])
            over = (
                f"\nunion all select {items} from {patch_sql} as _p semi join {wanted} on _w._at = _p._at"
                " where not _p._deleted"
            )
        file_sql = parquet(self._path_of(file.name), numbered=True)
        inner = (
            f"select {base} from {file_sql} as _f semi join {of_file} on _w._at = _f.file_row_number{over}"
        )
        items = self._items(str(part.k), "_at", f"{part.position - part.low} + _at")
        return f"select {', '.join([*items, *(c.sql for c in self._columns)])} from ({inner})"

    def _items(self, k: str, at: str, position: str) -> list[str]:
        items = [f"cast({k} as bigint) as _k", f"cast({at} as bigint) as _at"] if self._place else []
        if self._position:
            items.append(f"cast({position} as bigint) as _position")
        return items or ([] if self._columns else ["1 as _k"])

    def _plain(self, part: Part) -> str:
        file = self._files[part.piece.file]
        at = "_f.file_row_number"
        items = self._items(str(part.k), at, f"{part.position - part.low} + {at}")
        items += named(self._columns, "_f", file.columns)
        everything = part.low == 0 and part.high == file.rows
        numbered = self._place or self._position or not everything
        where = "" if everything else f" where {at} >= {part.low} and {at} < {part.high}"
        return f"select {', '.join(items)} from {parquet(self._path_of(file.name), numbered=numbered)} as _f{where}"

    def _patched(self, part: Part) -> str:
        inner = self._overlaid(part)
        if part.rows == part.high - part.low:
            position = f"{part.position - part.low} + _at"
        else:
            position = f"{part.position - 1} + row_number() over (order by _at)"
        items = self._items(str(part.k), "_at", position) + [c.sql for c in self._columns]
        return f"select {', '.join(items)} from ({inner})"

    def _overlaid(self, part: Part) -> str:
        piece = part.piece
        assert piece.patch is not None
        file, patch = self._files[piece.file], self._files[piece.patch]
        file_sql = parquet(self._path_of(file.name), numbered=True)
        patch_sql = parquet(self._path_of(patch.name))
        base = ", ".join(["_f.file_row_number as _at", *named(self._columns, "_f", file.columns)])
        over = ", ".join(["_p._at as _at", *named(self._columns, "_p", patch.columns)])
        return (
            f"select {base} from {file_sql} as _f"
            f" anti join (select _at from {patch_sql} where _at >= {part.low} and _at < {part.high}) as _p"
            f" on _p._at = _f.file_row_number"
            f" where _f.file_row_number >= {part.low} and _f.file_row_number < {part.high}\n"
            f"union all select {over} from {patch_sql} as _p"
            f" where not _p._deleted and _p._at >= {part.low} and _p._at < {part.high}"
        )


def ordered(parts: Sequence[Part]) -> bool:
    """Whether reading `parts` keeps the version's order by itself: one file, no patch."""
    return len(parts) == 0 or (len(parts) == 1 and parts[0].piece.patch is None)


def values_table(path: Path, count: int) -> str:
    """SQL: a staged file with its columns as c0, c1, ..., whatever their names, and its rows as `_r`."""
    names = ", ".join([*(f"c{i}" for i in range(count)), "_r"])
    return f"{parquet(path, numbered=True)} as _n({names})"


__all__ = [
    "PathOf",
    "Reader",
    "column_sql",
    "identifier",
    "named",
    "ordered",
    "parquet",
    "values_table",
    "written_as",
]
