"""Small tables: chips, dots, links and right-aligned figures; sorted on a click. For up to some thousand rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import Cell, Value, as_cell, cell_width, paint_cell, sort_key
from mlops_desktop.gui.widgets.table_header import TableHeader

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_SIZED_BY_ROWS = 200


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a small table.

    Parameters
    ----------
    key, title : str
        Name in signals, and name shown.
    right : bool
        Figures: aligned at the right.
    stretch : int
        Share of the width left over; 0 takes what the contents need.
    decimals : int, optional
        Digits after the point of floats.
    """

    key: str
    title: str = ""
    right: bool = False
    stretch: int = 0
    decimals: int | None = None
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, its values (one per column); `band` makes it a heading across the table."""

    key: str
    values: tuple[Value, ...] = ()
    band: str = ""


class SimpleTableModel(QAbstractTableModel):
    """The rows of a small table."""

    def __init__(self, columns: Sequence[TableColumn]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self.cells: list[list[Cell]] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.cells = [self._cells_of(row) for row in self.rows]
        self.endResetModel()

    def _cells_of(self, row: Row) -> list[Cell]:
        if row.band:
            return [Cell(row.band)] + [Cell()] * (len(self.columns) - 1)
        return [as_cell(v, c.decimals) for v, c in zip(row.values, self.columns, strict=True)]

    def order_by(self, column: int, descending: bool) -> None:
        """Sort the rows; missing values stay last."""
        self.layoutAboutToBeChanged.emit()
        present = [i for i in range(len(self.rows)) if sort_key(self.cells[i][column])[0] < 2]
        missing = [i for i in range(len(self.rows)) if sort_key(self.cells[i][column])[0] == 2]
        present.sort(key=lambda i: sort_key(self.cells[i][column]), reverse=descending)
        order = [*present, *missing]
        before = self.persistentIndexList()
        place = {old: new for new, old in enumerate(order)}
        after = [self.index(place[i.row()], i.column()) for i in before]
        self.rows = [self.rows[i] for i in order]
        self.cells = [self.cells[i] for i in order]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows."""
        return len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns."""
        return len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, tooltip and words for a screen reader; the delegate takes the cells themselves."""
        if role in (_DISPLAY, _ACCESSIBLE, _TIP):
            cell = self.cells[index.row()][index.column()]
            return cell.text if role == _DISPLAY else cell.words if role == _ACCESSIBLE else cell.tip or None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Titles and their alignment."""
        if orientation == Qt.Orientation.Horizontal:
            if role == _DISPLAY:
                return self.columns[section].title
            if role == _ALIGN:
                return int(Qt.AlignmentFlag.AlignRight if self.columns[section].right else 0)
        return None


class _CellDelegate(QStyledItemDelegate):
    """Paints cells, row lines and the selection itself."""

    def __init__(self, view: SimpleTable) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        view, look = self._view, theme()
        cell = view.rows_model.cells[index.row()][index.column()]
        rect = option.rect  # type: ignore[attr-defined]
        painter.save()
        if view.rows_model.rows[index.row()].band:
            painter.fillRect(rect, look.colour("background"))
            cell = Cell(cell.text, role="muted", strong=True)
        elif view.selectionModel().isSelected(index):
            painter.fillRect(rect, look.colour("accent_soft"))
        if cell.ground:
            painter.fillRect(rect, look.colour(cell.ground))
        if index.row() < view.rows_model.rowCount() - 1 or not view.fits_rows:
            painter.setPen(look.colour("border"))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if view.hasFocus() and index == view.currentIndex():
            painter.setPen(look.colour("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        margin = look.space("cell_x")
        inner = QRectF(rect).adjusted(margin, 0, -margin, -1)
        paint_cell(painter, inner, cell, view.rows_model.columns[index.column()].right)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """What the cell needs."""
        cell = self._view.rows_model.cells[index.row()][index.column()]
        return QSize(int(cell_width(cell)) + 2 * theme().space("cell_x") + 1, self._view.row_height)


class SimpleTable(QTableView):
    """A small table.

    Parameters
    ----------
    columns : sequence of TableColumn
        Its columns.
    dense : bool
        Rows of 27 px instead of 32.
    fits_rows : bool
        As high as its rows (in a page that scrolls); else it takes what room there is and scrolls.
    multiple : bool
        More than one row can be chosen.
    """

    activated_row = Signal(str)
    """Key of the row that was double-clicked or entered."""
    chosen_changed = Signal(list)
    """Keys of the chosen rows."""
    clicked_cell = Signal(str, str)
    """Row key and column key of a link, button or check box that was clicked."""
    menu_wanted = Signal(str, object)
    """Row key and global position: show a context menu."""

    def __init__(
        self,
        columns: Sequence[TableColumn],
        *,
        dense: bool = False,
        fits_rows: bool = False,
        multiple: bool = False,
    ) -> None:
        super().__init__()
        self.rows_model = SimpleTableModel(columns)
        self.fits_rows = fits_rows
        self._row_kind = "table_row_dense" if dense else "table_row"
        self._sorted: tuple[int, bool] | None = None
        self._overflows = False
        self._header = TableHeader(self)
        self.setHorizontalHeader(self._header)
        self.setModel(self.rows_model)
        self.setItemDelegate(_CellDelegate(self))
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if multiple else modes.SingleSelection)
        self._set_up()
        self._header.sectionClicked.connect(self._on_header_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self._activate)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        theme().changed.connect(self._relayout)

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        vertical = QSizePolicy.Policy.Fixed if self.fits_rows else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        if self.fits_rows:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if not any(c.title for c in self.rows_model.columns):
            self._header.hide()
        self.setMouseTracking(True)

    @property
    def row_height(self) -> int:
        """Px of a row; rows with a second line are higher."""
        two = any(cell.below for line in self.rows_model.cells[:_SIZED_BY_ROWS] for cell in line)
        return theme().px(46) if two else theme().size(self._row_kind)

    @property
    def chosen(self) -> list[str]:
        """Keys of the chosen rows, top to bottom."""
        return [self.rows_model.rows[i.row()].key for i in sorted(self.selectionModel().selectedRows())]

    def set_rows(self, rows: Sequence[Row | tuple[str, Sequence[Value]]]) -> None:
        """Show these rows, keeping choice, sort and scroll position.

        Parameters
        ----------
        rows : sequence
            `Row`, or (key, values).
        """
        shown = [r if isinstance(r, Row) else Row(r[0], tuple(r[1])) for r in rows]
        if shown == self.rows_model.rows and self._sorted is None:
            return
        chosen, scroll = self.chosen, self.verticalScrollBar().value()
        blocked = self.selectionModel().blockSignals(True)
        self.rows_model.set_rows(shown)
        if self._sorted is not None:
            self.rows_model.order_by(*self._sorted)
        self._relayout()
        self.choose(chosen)
        self.selectionModel().blockSignals(blocked)
        self.verticalScrollBar().setValue(scroll)
        if self.chosen != chosen:
            self.chosen_changed.emit(self.chosen)

    def choose(self, keys: Sequence[str]) -> None:
        """Choose the rows with these keys, as far as they are shown."""
        wanted = set(keys)
        selection = QItemSelection()
        last = len(self.rows_model.columns) - 1
        first: QModelIndex | None = None
        for i, row in enumerate(self.rows_model.rows):
            if row.key in wanted:
                selection.select(self.rows_model.index(i, 0), self.rows_model.index(i, last))
                first = first or self.rows_model.index(i, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flags.ClearAndSelect)
        if first is not None:
            self.selectionModel().setCurrentIndex(first, flags.NoUpdate)

    def sort_by(self, key: str, *, descending: bool = False) -> None:
        """Sort by the column `key`."""
        column = next(i for i, c in enumerate(self.rows_model.columns) if c.key == key)
        self._sorted = (column, descending)
        self._header.sort_marks = {column: descending}
        self.rows_model.order_by(column, descending)
        self._header.viewport().update()

    def as_tsv(self) -> str:
        """Header and rows (the chosen ones if there are any) as tab-separated text."""
        chosen = {i.row() for i in self.selectionModel().selectedRows()}
        rows = sorted(chosen) if len(chosen) > 1 else range(self.rows_model.rowCount())
        lines = ["\t".join(c.title for c in self.rows_model.columns)]
        lines += ["\t".join(cell.text for cell in self.rows_model.cells[i]) for i in rows]
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        """As high as its rows where it fits them."""
        head = 0 if self._header.isHidden() else self._header.sizeHint().height()
        rows = self.rows_model.rowCount() if self.fits_rows else min(self.rows_model.rowCount(), 6)
        bar = self.horizontalScrollBar().sizeHint().height() if self._overflows else 0
        return QSize(320, head + rows * self.row_height + (2 + bar if self.fits_rows else 0))

    def minimumSizeHint(self) -> QSize:
        """All rows where it fits them, else a few."""
        return QSize(120, self.sizeHint().height() if self.fits_rows else theme().px(90))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the width again."""
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row or does what the cell does; Ctrl+C copies; Space is left to the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activate(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_tsv())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a link, button or box is told apart from a click on the row."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self._click(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over links."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        hand = index.isValid() and self.rows_model.cells[index.row()][index.column()].clickable
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def _click(self, index: Index) -> bool:
        cell = self.rows_model.cells[index.row()][index.column()]
        if cell.clickable:
            row, column = self.rows_model.rows[index.row()], self.rows_model.columns[index.column()]
            self.clicked_cell.emit(row.key, column.key)
        return cell.clickable

    def _activate(self, index: Index) -> None:
        row = self.rows_model.rows[index.row()]
        if not row.band and not self._click(index):
            self.activated_row.emit(row.key)

    def _on_menu_wanted(self, position: object) -> None:
        index = self.indexAt(position)  # type: ignore[arg-type]
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.selectRow(index.row())
            self.menu_wanted.emit(
                self.rows_model.rows[index.row()].key,
                self.viewport().mapToGlobal(position),  # type: ignore[call-overload]
            )

    def _on_selection_changed(self) -> None:
        self.chosen_changed.emit(self.chosen)

    def _on_header_clicked(self, column: int) -> None:
        if self.rows_model.columns[column].sortable and not any(r.band for r in self.rows_model.rows):
            descending = self._sorted is not None and self._sorted[0] == column and not self._sorted[1]
            self.sort_by(self.rows_model.columns[column].key, descending=descending)

    def _relayout(self) -> None:
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.clearSpans()
        for i, row in enumerate(self.rows_model.rows):
            if row.band:
                self.setSpan(i, 0, 1, len(self.rows_model.columns))
        self._share_width()
        self.updateGeometry()

    def _share_width(self) -> None:
        """Contents first; what is left goes to the columns that stretch, what lacks is taken from them."""
        columns = self.rows_model.columns
        needs = [self._needed_width(i) for i in range(len(columns))]
        spare = self.viewport().width() - sum(needs)
        shares = [c.stretch for c in columns]
        total = sum(shares)
        if total and spare != 0:
            for i, share in enumerate(shares):
                least = theme().px(56) if share else needs[i]
                needs[i] = max(needs[i] + spare * share // total, min(least, needs[i]))
        elif spare > 0 and columns:
            needs = [need + spare // len(columns) for need in needs]
        rest = self.viewport().width() - sum(needs)
        if 0 < rest < len(columns) * 2 + total:
            needs[-1] += rest
        for i, need in enumerate(needs):
            self._header.resizeSection(i, need)
        overflows = sum(needs) > self.viewport().width()
        if overflows != self._overflows:
            self._overflows = overflows
            self.updateGeometry()

    def _needed_width(self, column: int) -> int:
        margin = 2 * theme().space("cell_x") + 1
        widest = max(
            (
                cell_width(line[column])
                for line, row in zip(
                    self.rows_model.cells[:_SIZED_BY_ROWS], self.rows_model.rows, strict=False
                )
                if not row.band
            ),
            default=0,
        )
        return max(int(widest) + margin, self._header.section_width(column) - theme().px(4))
