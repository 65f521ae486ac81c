"""What is known of each column: distribution, missing, distinct, range, and its role."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Signal
from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.widgets.cells import Cell, Value
from mlops_desktop.gui.widgets.forms import Debounce
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, set_shown
from mlops_desktop.gui.widgets.long_table import LongTable
from mlops_desktop.gui.widgets.simple_table import TableColumn

from .data_state import ColumnLine, DataState
from .words import ROLE_STATUS

_COLUMNS = (
    TableColumn("name", "Column"),
    TableColumn("type", "Type"),
    TableColumn("role", "Role"),
    TableColumn("bars", "Distribution"),
    TableColumn("missing", "Missing", right=True),
    TableColumn("distinct", "Distinct", right=True),
    TableColumn("minimum", "Min", right=True),
    TableColumn("middle", "Typical", right=True),
    TableColumn("maximum", "Max", right=True),
    TableColumn("note", "Note", stretch=1),
)
_ROLE = 2
_LONGEST_NAME = 32


class ProfilePanel(QWidget):
    """A line for each column."""

    column_chosen = Signal(str)
    columns_seen = Signal(list)
    """Names of the columns on screen, once scrolling pauses."""
    role_wanted = Signal(str, object)
    """Column, and where a menu goes."""

    def __init__(self) -> None:
        super().__init__()
        self.table = LongTable(tr("Columns"))
        self._note = Label("", "small", "muted")
        self._lines: tuple[ColumnLine, ...] = ()
        self.setLayout(column(self._note, self.table, spacing=4, margins=(6, 4, 6, 0)))
        set_shown(self._note, False)
        self.table.clicked.connect(self._on_clicked)
        self.table.menu_wanted.connect(self.role_wanted)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._seeing = Debounce(self)
        self.table.verticalScrollBar().valueChanged.connect(self._seeing.poke)
        self._seeing.fired.connect(self._on_seen)

    def show_state(self, state: DataState) -> None:
        """Show the columns."""
        if state.columns == self._lines:
            return
        self._lines = state.columns
        known = [c for c in state.columns if c.distinct is not None]
        columns = _COLUMNS if known or not state.columns else _COLUMNS[: _ROLE + 1]
        self.table.show_rows(
            columns,
            tuple(c.name for c in state.columns),
            lambda i: cells(self._lines[i])[: len(columns)],
            chosen=self.table.chosen,
        )
        sampled = any(not c.exact for c in known)
        text = ""
        if len(known) < len(state.columns):
            text = tr("{} of {} columns looked at so far; others as they come on screen").format(
                len(known), len(state.columns)
            )
        elif sampled:
            text = tr("≈ from a sample of the rows")
        if len(known) < len(state.columns):
            self._seeing.poke()
        self._note.setText(text)
        set_shown(self._note, bool(text))

    def _on_seen(self) -> None:
        first = max(self.table.rowAt(0), 0)
        last = self.table.rowAt(self.table.viewport().height() - 1)
        self.columns_seen.emit([c.name for c in self._lines[first : last + 1 if last >= 0 else None]])

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == _ROLE:
            rect = self.table.visualRect(index)
            at: QPoint = self.table.viewport().mapToGlobal(rect.bottomLeft())
            self.role_wanted.emit(self._lines[index.row()].name, at)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.column_chosen.emit(self._lines[index.row()].name)


def shortened(name: str) -> str:
    """A name that leaves room for the rest of its line."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def cells(line: ColumnLine) -> Sequence[Value]:
    """The cells of a column's line."""
    known = line.distinct is not None
    about = "" if line.exact else "≈"
    return (
        Cell(shortened(line.name), strong=True, tip=line.name if len(line.name) > _LONGEST_NAME else ""),
        Cell(line.type, role="muted"),
        Cell(line.role, chip=ROLE_STATUS[line.role], icon=""),
        Cell(bars=line.bars) if line.bars else Cell(),
        Cell(line.missing_words, role="warn" if (line.missing or 0) > 0.5 else "text"),
        Cell(f"{about}{line.distinct:,}" if known else ""),
        Cell(line.minimum),
        Cell(line.middle),
        Cell(line.maximum),
        Cell(line.note, role="warn" if line.warns else "muted"),
    )
