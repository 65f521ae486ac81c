"""What a cell of a workbook holds, as text and as a type."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

EXACT_CELL = 10**15
"""Whole numbers from here on have more digits than a workbook keeps of a number."""


def is_long(cell: Any) -> bool:
    """Whether a cell is a whole number of more digits than a workbook keeps."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and EXACT_CELL <= abs(cell) < 1e40


def kind_of(cell: Any) -> str:
    """What a cell holds; empty for nothing."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53):
        return "whole"
    if isinstance(cell, float):
        return "number"
    if isinstance(cell, datetime):
        return "timestamp"
    if isinstance(cell, date):
        return "date"
    if isinstance(cell, time):
        return "time"
    return "duration" if isinstance(cell, timedelta) else "text"


def text_of(cell: Any) -> str:
    """A cell as text, from which its value can be had again."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, timedelta):
        seconds = cell.total_seconds()
        hours, rest = divmod(round(seconds, 3), 3600)
        minutes, left = divmod(rest, 60)
        return f"{int(hours):02d}:{int(minutes):02d}:{left:06.3f}".removesuffix(".000")
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)


def declared(column: str, kinds: set[str]) -> tuple[str | None, str]:
    """DuckDB type and SQL of a column by the kinds of its cells; `None` leaves it to its values."""
    exact: tuple[tuple[set[str], str], ...] = (
        ({"boolean"}, "BOOLEAN"),
        ({"whole"}, "BIGINT"),
        ({"whole", "number"}, "DOUBLE"),
        ({"date"}, "DATE"),
        ({"date", "timestamp"}, "TIMESTAMP"),
        ({"time"}, "TIME"),
    )
    for allowed, kind in exact:
        if kinds and kinds <= allowed:
            return kind, f"CAST({column} AS {kind})"
    return (
        (None, column)
        if "duration" not in kinds and not {"boolean", "text"} <= kinds
        else ("VARCHAR", column)
    )
