"""Words of SQL that the readers share."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

Cursor = duckdb.DuckDBPyConnection
"""A cursor of the project's DuckDB, or a connection of its own."""


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def numbered(count: int) -> Sequence[str]:
    """The names ``c0``, ``c1`` ... by which all sources hand on their columns."""
    return [f"c{place}" for place in range(count)]
