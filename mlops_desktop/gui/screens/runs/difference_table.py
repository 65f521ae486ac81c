"""Is the difference real? Each metric of a run against others, with the interval drawn."""

from __future__ import annotations

from mlops_desktop.gui.screens.runs.compare_state import (
    VERDICT_STATUS,
    VERDICT_WORDS,
    CompareState,
    DifferenceLine,
)
from mlops_desktop.gui.screens.runs.words import tr
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import Cell, Reach, Value
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn


def difference_table() -> SimpleTable:
    """An empty table; fill it with `show_differences`."""
    columns = [
        TableColumn("metric", tr("Metric"), stretch=1, sortable=False),
        TableColumn("against", tr("Against"), sortable=False),
        TableColumn("first", tr("This run"), right=True, sortable=False),
        TableColumn("other", tr("Other"), right=True, sortable=False),
        TableColumn("difference", tr("Difference"), right=True, sortable=False),
        TableColumn("interval", tr("95 % interval"), right=True, sortable=False),
        TableColumn("span", tr("worse · better"), sortable=False),
        TableColumn("verdict", tr("Verdict"), sortable=False),
    ]
    table = SimpleTable(columns, dense=True, fits_rows=True)
    table.setAccessibleName(tr("Is the difference real?"))
    return table


def show_differences(table: SimpleTable, state: CompareState, most: int | None = None) -> None:
    """Show the lines of `state`, or the first `most` of them."""
    lines = state.lines if most is None else state.lines[:most]
    table.set_rows([(line.key, _cells(line)) for line in lines])


def _cells(line: DifferenceLine) -> list[Value]:
    verdict = Cell(VERDICT_WORDS[line.verdict], chip=VERDICT_STATUS[line.verdict], tip=line.why)
    return [
        line.metric,
        Cell(line.other.label, dot=theme().series_colour(line.other.colour), tip=line.other.title),
        Cell(line.first_text, strong=True),
        line.other_text,
        line.difference,
        Cell(line.interval, role="muted"),
        _span(line),
        verdict,
    ]


def _span(line: DifferenceLine) -> Cell:
    if line.span is None:
        return Cell(line.why, role="muted", tip=line.why)
    low, middle, high = line.span
    reach = Reach(((middle, line.line_role),), (-1.0, 1.0), (low, high), 0.0, line.line_role)
    return Cell(f"{line.interval}, {VERDICT_WORDS[line.verdict]}", reach=reach)
