"""Rows of a version for the long table: asked page by page through the facade. No Qt."""

from __future__ import annotations

from typing import Any

from mlops_desktop.domain.datasets import Condition, SortKey
from mlops_desktop.domain.tables import Table

CELLS_OF_A_PAGE = 100_000
"""A page has at most this many cells: a table with thousands of columns comes in fewer rows at a time."""


def page_rows(columns: int, most: int = 500, least: int = 20) -> int:
    """Rows of a page of a table with so many columns."""
    return max(least, min(most, CELLS_OF_A_PAGE // max(columns, 1)))


class VersionRows:
    """The rows of one version; called on another thread than the window's.

    Parameters
    ----------
    project : Project
        The facade.
    ref : str
        The version, as ``bikes@3``.
    """

    def __init__(self, project: Any, ref: str) -> None:
        self._project = project
        self.ref = ref

    def page(self, query: Any, first: int, count: int) -> Table:
        """Rows `first` to `first + count` in the order and with the filters of `query`."""
        return self._project.datasets.rows(self.ref, first, count, None, _sort(query), _where(query))

    def count(self, query: Any) -> int:
        """Exact number of rows that match."""
        table: Table = self._project.datasets.rows(self.ref, 0, 0, None, [], _where(query))
        return table.total_rows


def _sort(query: Any) -> list[SortKey]:
    return [SortKey(key.column, key.descending) for key in query.sort]


def _where(query: Any) -> list[Condition]:
    return list(query.where or ())
