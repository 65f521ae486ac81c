"""Is the difference real? Each metric of a run against others, with the interval drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.compare_state import (
    VERDICT_STATUS,
    VERDICT_WORDS,
    CompareState,
    DifferenceLine,
    RunMark,
)
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import Cell, Reach, Value
from mlops_desktop.gui.widgets.layouts import column
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn


class DifferenceTable(QWidget):
    """Metrics of the first run and of each other, the difference, its interval, and what follows.

    Parameters
    ----------
    fits_rows : bool
        As high as its rows; else it scrolls.
    """

    def __init__(self, *, fits_rows: bool = True) -> None:
        super().__init__()
        self._fits_rows = fits_rows
        self._marks: tuple[RunMark, ...] = ()
        self._state: CompareState | None = None
        self._table: SimpleTable | None = None
        theme().changed.connect(self._restyle)
        self._box = column(spacing=0)
        self.setLayout(self._box)

    def show_state(self, state: CompareState) -> None:
        """Show the lines of `state`."""
        if self._table is None or state.marks != self._marks:
            if self._table is not None:
                self._box.removeWidget(self._table)
                self._table.hide()
                self._table.deleteLater()
            self._marks = state.marks
            self._table = SimpleTable(_columns(state.marks), dense=True, fits_rows=self._fits_rows)
            self._table.setAccessibleName(tr("Is the difference real?"))
            self._box.addWidget(self._table)
        self._state = state
        alone = len(state.marks) == 2
        self._table.set_rows([(line.key, _cells(line, alone=alone)) for line in state.lines])

    def _restyle(self) -> None:
        if self._state is not None:
            self.show_state(self._state)


def _columns(marks: Sequence[RunMark]) -> list[TableColumn]:
    """One other run is named in the header, several have a column that says which."""
    alone = len(marks) == 2
    against = [] if alone else [TableColumn("against", tr("Against"), sortable=False)]
    return [
        TableColumn("metric", tr("Metric"), sortable=False),
        *against,
        TableColumn("first", marks[0].label, right=True, sortable=False),
        TableColumn("other", marks[1].label if alone else tr("Other"), right=True, sortable=False),
        TableColumn("difference", tr("Difference"), right=True, sortable=False),
        TableColumn("interval", tr("95 % interval"), right=True, sortable=False),
        TableColumn("span", tr("worse · better"), stretch=1, sortable=False),
        TableColumn("verdict", tr("Verdict"), sortable=False),
    ]


def _cells(line: DifferenceLine, *, alone: bool) -> list[Value]:
    colour = theme().series_colour(line.other.colour)
    against = [] if alone else [Cell(line.other.label, dot=colour, tip=line.other.title)]
    verdict = Cell(tr(VERDICT_WORDS[line.verdict]), chip=VERDICT_STATUS[line.verdict], tip=line.why)
    return [
        line.metric,
        *against,
        Cell(line.first_text, strong=True),
        line.other_text,
        line.difference,
        Cell(line.interval, role="muted", tip=line.why),
        _span(line),
        verdict,
    ]


def _span(line: DifferenceLine) -> Cell:
    if line.span is None:
        return Cell("", tip=line.why)
    low, middle, high = line.span
    reach = Reach(((middle, line.line_role),), (-1.0, 1.0), (low, high), 0.0, line.line_role)
    return Cell(f"{line.interval}, {tr(VERDICT_WORDS[line.verdict])}", reach=reach)
