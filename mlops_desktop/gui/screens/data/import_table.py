"""The table of a preview: chips for type and role above each column, marks at the cells that don't fit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mlops_desktop.domain.imports import Severity
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.cells import draw_line
from mlops_desktop.gui.widgets.chip_header import ChipHeader, HeaderChip, HeaderColumn

from .import_state import ColumnView, ImportState, RowView
from .words import ROLE_STATUS

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_INKS: dict[Severity, tuple[str, str]] = {
    "error": ("bad", "bad_soft"),
    "warning": ("warn", "warn_soft"),
    "note": ("accent_text", "accent_soft"),
}
_WIDEST = 240
_NARROWEST = 76
_MEASURED_COLUMNS = 60
_CHIP_ROOM = 84
"""Px that the widest chip needs."""
_LONGEST = 400
"""Letters of a value that are drawn at most."""


class PreviewModel(QAbstractTableModel):
    """Rows and columns of the preview."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[ColumnView, ...] = ()
        self.rows: tuple[RowView, ...] = ()
        self.marks: dict[tuple[int, int], Severity] = {}

    def show_table(
        self,
        columns: tuple[ColumnView, ...],
        rows: tuple[RowView, ...],
        marks: dict[tuple[int, int], Severity],
    ) -> None:
        """Show another table; one of the same shape keeps widths, cursor and place."""
        same = len(rows) == len(self.rows) and [c.name for c in columns] == [c.name for c in self.columns]
        if not same:
            self.beginResetModel()
        self.columns, self.rows, self.marks = columns, rows, marks
        if not same:
            self.endResetModel()
        elif rows and columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(columns) - 1), [_DISPLAY])

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows, bands too."""
        return len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns."""
        return len(self.columns)

    def text(self, row: int, column: int) -> str | None:
        """The text of a cell, None where it is missing."""
        cells = self.rows[row].cells
        return cells[column] if column < len(cells) else None

    def severity(self, row: int, column: int) -> Severity | None:
        """What is wrong with a cell."""
        return self.marks.get((self.rows[row].number, column))

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, the whole text as tooltip, words for a screen reader."""
        if role not in (_DISPLAY, _ACCESSIBLE, _TIP):
            return None
        row, column = index.row(), index.column()
        if self.rows[row].band:
            return self.rows[row].band if column == 0 else None
        text, severity = self.text(row, column), self.severity(row, column)
        if role == _DISPLAY:
            return text
        if role == _TIP:
            return self.columns[column].tip if severity else text if text and len(text) > 20 else None
        told = f", {severity}: {self.columns[column].tip}" if severity else ""
        return f"{self.columns[column].name}: {text if text is not None else 'missing'}{told}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Names; row numbers."""
        if orientation == Qt.Orientation.Vertical:
            row = self.rows[section]
            number = f"{row.number:,}" if row.number else ""
            return ("⋮" if row.band and row.number else number) if role == _DISPLAY else None
        column = self.columns[section]
        if role == _DISPLAY:
            return column.name
        if role == _TIP:
            return "\n".join(part for part in (column.name, column.tip) if part)
        if role == _ACCESSIBLE:
            return f"{column.name}, {column.type}, {column.role}"
        return None


class _PreviewDelegate(QStyledItemDelegate):
    """Paints values, bands and marks."""

    def __init__(self, view: PreviewTable) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look, model = theme(), self._view.preview
        rect: QRect = option.rect  # type: ignore[attr-defined]
        row, column = index.row(), index.column()
        inner = rect.adjusted(look.space("cell_x"), 0, -look.space("cell_x"), -1).toRectF()
        band = model.rows[row].band
        painter.save()
        if band:
            painter.fillRect(rect, look.colour("background"))
            draw_line(painter, inner, band, look.font("small"), look.colour("text_muted"), False)
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if not band:
            self._paint_value(painter, rect, row, column)
        if self._view.hasFocus() and index == self._view.currentIndex():
            painter.setPen(look.colour("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    def _paint_value(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        look, model = theme(), self._view.preview
        text, severity = model.text(row, column), model.severity(row, column)
        ignored = model.columns[column].role == "ignore"
        ink, font = "text_muted" if text is None or ignored else "text", "base"
        if severity is not None:
            ink, ground = _INKS[severity]
            font = "card_title"
            painter.fillRect(rect, look.colour(ground))
            painter.fillRect(rect.x(), rect.bottom() - 1, rect.width(), 2, look.colour(ink))
        shown = "missing" if text is None else text[:_LONGEST].replace("\n", "⏎")
        inner = rect.adjusted(look.space("cell_x"), 0, -look.space("cell_x"), -1).toRectF()
        draw_line(painter, inner, shown, look.font(font), look.colour(ink), model.columns[column].numeric)


class PreviewTable(QTableView):
    """The table of the import page."""

    type_wanted = Signal(str, QPoint)
    """Column whose type chip was clicked, and where a menu goes."""
    role_wanted = Signal(str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.preview = PreviewModel()
        self.chips = ChipHeader(self)
        self.setHorizontalHeader(self.chips)
        self.setModel(self.preview)
        self.setItemDelegate(_PreviewDelegate(self))
        self._set_up()
        self._shown: tuple[object, ...] = ()
        self.chips.chip_clicked.connect(self._on_chip)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _set_up(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Preview of the file"))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_font(self.verticalHeader(), "small")
        set_font(self, "base")

    def show_state(self, state: ImportState) -> None:
        """Show columns, rows and marks; widths stay while the columns are the same."""
        shown = (state.columns, state.rows, state.marks)
        if shown == self._shown:
            return
        before = [c.name for c in self.preview.columns]
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._shown = shown
        self.chips.set_columns([_header_column(c) for c in state.columns])
        self.preview.show_table(state.columns, state.rows, dict(state.marks))
        self.clearSpans()
        for i, row in enumerate(state.rows):
            if row.band:
                self.setSpan(i, 0, 1, max(len(state.columns), 1))
        if before != [c.name for c in state.columns]:
            self._size_columns()
        else:
            self.horizontalScrollBar().setValue(across)
            self.verticalScrollBar().setValue(down)

    def show_place(self, row: int, column: str) -> None:
        """Scroll to the cell of a problem, as far as it is in the preview."""
        names = [c.name for c in self.preview.columns]
        at = next((i for i, r in enumerate(self.preview.rows) if r.number == row and not r.band), None)
        if at is not None:
            index = self.preview.index(at, names.index(column) if column in names else 0)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _size_columns(self) -> None:
        """Widths from the header and an estimate of the values: 5,000 columns are no place for exact measures."""
        look = theme()
        letter = self.fontMetrics().averageCharWidth() * 1.12
        margin = 2 * look.space("cell_x")
        narrow, wide = look.px(_NARROWEST), look.px(_WIDEST)
        blocked = self.chips.blockSignals(True)
        for place in range(len(self.preview.columns)):
            longest = max(
                (len(r.cells[place] or "") for r in self.preview.rows if place < len(r.cells)), default=0
            )
            if place < _MEASURED_COLUMNS:
                head = self.chips.column_width(place)
            else:
                head = max(int(len(self.preview.columns[place].name[:60]) * letter), look.px(_CHIP_ROOM))
            need = max(int(longest * letter), head) + margin
            self.chips.resizeSection(place, min(max(need, narrow), wide))
        self.chips.blockSignals(blocked)
        self.chips.reset_offsets()
        self.updateGeometries()
        self.viewport().update()

    def _on_chip(self, place: int, key: str, at: QPoint) -> None:
        column = self.preview.columns[place].name
        (self.type_wanted if key == "type" else self.role_wanted).emit(column, at)

    def _on_menu_wanted(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid() and self.preview.columns[index.column()].types:
            self.type_wanted.emit(
                self.preview.columns[index.column()].name, self.viewport().mapToGlobal(position)
            )

    def _restyle(self) -> None:
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setDefaultSectionSize(theme().size("table_row_dense"))
        self.chips.updateGeometry()


def _header_column(column: ColumnView) -> HeaderColumn:
    ink = {"error": "bad", "warning": "warn"}.get(column.severity or "", "text")
    kind = HeaderChip("type", column.type, menu=bool(column.types))
    role = HeaderChip("role", column.role, ROLE_STATUS[column.role], filled=True)
    return HeaderColumn(column.name, (kind, role), column.numeric, ink)
