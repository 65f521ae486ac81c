"""Pages of filters and sorts: the index behind them is made once and kept while somebody pages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import duckdb

from mlops_desktop.domain.tables import Table

from .versions import FilterIndex, SortIndex, Versions

KEPT_BYTES: Final = 256_000_000
"""Bytes of indexes that are kept; the one used longest ago goes first."""

SortBy = tuple[tuple[str, bool], ...]
"""(Written name, descending) for each column to sort by."""
_Key = tuple[int, str, SortBy]


class Pages:
    """Gives pages of versions in any order; safe for many threads, each with its own cursor.

    Parameters
    ----------
    versions : Versions
        The project's versions.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._lock = threading.Lock()
        self._making: dict[_Key, threading.Lock] = {}
        self._kept: OrderedDict[_Key, FilterIndex | SortIndex] = OrderedDict()

    def page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version_id: int,
        condition: str,
        by: SortBy,
        span: tuple[int, int],
        columns: Sequence[str] | None,
    ) -> Table:
        """A page of the rows for which `condition` holds, sorted.

        Parameters
        ----------
        condition : str
            SQL over physical names; empty for all rows.
        by : tuple of (written name, descending)
            What to sort by; empty for the version's order.
        span : (int, int)
            Number of the first row, from 0, and how many.
        columns : list of str, optional
            Written names; None: all.
        """
        versions = self._versions
        if not condition and not by:
            return versions.page(cursor, version_id, *span, columns)
        index = self._index(cursor, version_id, condition, by)
        if isinstance(index, SortIndex):
            return versions.sorted_page(cursor, index, *span, columns)
        return versions.filtered_page(cursor, index, *span, columns)

    def forget(self, version_id: int) -> None:
        """Drop what is kept of a version."""
        with self._lock:
            for key in [k for k in self._kept if k[0] == version_id]:
                del self._kept[key]

    def _index(
        self, cursor: duckdb.DuckDBPyConnection, version_id: int, condition: str, by: SortBy
    ) -> FilterIndex | SortIndex:
        key = (version_id, condition, by)
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:  # a second request for the same order waits instead of sorting again
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            made = (
                self._versions.sort_index(cursor, version_id, by, condition or None)
                if by
                else self._versions.filter_index(cursor, version_id, condition)
            )
            self._keep(key, made)
        return made

    def _keep(self, key: _Key, made: FilterIndex | SortIndex) -> None:
        with self._lock:
            self._kept[key] = made
            self._making.pop(key, None)
            while len(self._kept) > 1 and sum(map(_size_bytes, self._kept.values())) > KEPT_BYTES:
                self._kept.popitem(last=False)


def _size_bytes(index: FilterIndex | SortIndex) -> int:
    return index.positions.nbytes if isinstance(index, SortIndex) else 64 * len(index.positions)
