"""Cells of the table of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtGui import QColor

from mlops_desktop.domain.run_pages import METRIC, RunLine
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.run_state import when
from mlops_desktop.gui.screens.runs.table_state import (
    STATE_STATUS,
    Arranged,
    ColumnSpec,
    duration,
    metric_text,
    value_of,
)
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import Cell, Value, as_cell

EMPTY_DOT = QColor(0, 0, 0, 0)


def cells_of(state: Arranged, colours: Mapping[int, int]) -> Callable[[int], Sequence[Value]]:
    """What makes the cells of a row; empty ones for a line that has not come.

    Parameters
    ----------
    colours : mapping
        Chosen run to its index of colour.
    """
    keys = [c.key for c in state.columns]

    def make(row: int) -> Sequence[Value]:
        line = state.lines.get(state.order[row])
        if line is None:
            return [Cell(dot=EMPTY_DOT), *(Cell("") for _ in keys)]
        return [_dot(line, colours), *(_cell(line, key) for key in keys)]

    return make


def as_tsv(columns: Sequence[ColumnSpec], lines: Sequence[RunLine]) -> str:
    """Titles and lines as tab-separated text, as the table shows them."""
    written = ["\t".join(tr(c.title) for c in columns)]
    written += ["\t".join(as_cell(_cell(line, c.key), c.decimals).text for c in columns) for line in lines]
    return "\n".join(written)


def _dot(line: RunLine, colours: Mapping[int, int]) -> Cell:
    if line.run_id in colours:
        return Cell(dot=theme().series_colour(colours[line.run_id]))
    return Cell(dot=EMPTY_DOT)


def _cell(line: RunLine, key: str) -> Value:
    if key == "run":
        return Cell(f"#{line.run_id}")
    if key == "name":
        return Cell(line.name, icon="note" if line.has_notes else None, tip=line.error)
    if key == "state":
        return Cell(tr(line.state), chip=STATE_STATUS.get(line.state, "neutral"), tip=line.error)
    if key == "tags":
        return (
            Cell(", ".join(line.tags), chip="neutral")
            if len(line.tags) == 1
            else Cell(", ".join(line.tags), "muted")
        )
    if key == "time":
        return Cell(duration(line.seconds) or "—", role="text" if line.seconds is not None else "muted")
    if key == "started":
        from datetime import datetime

        return when(line.created_at, datetime.now().astimezone())
    if key.startswith(METRIC):
        name = key.removeprefix(METRIC)
        text = metric_text(name, line.metrics.get(name))
        return Cell(text, role="muted" if text == "—" else "text")
    value = value_of(line, key)
    return value if isinstance(value, int | float) or value is None else str(value)
