"""Tables of ten thousands of rows, all at hand or fetched once they are seen: cells are made when they are painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mlops_desktop.gui.theme import Theme, theme
from mlops_desktop.gui.widgets.cells import (
    Cell,
    Value,
    as_cell,
    cell_width,
    is_plain,
    paint_cell,
    widest_width,
)
from mlops_desktop.gui.widgets.simple_table import TableColumn
from mlops_desktop.gui.widgets.table_header import TableHeader

Index = QModelIndex | QPersistentModelIndex
MakeCells = Callable[[int], Sequence[Value]]
IsHere = Callable[[int], bool]
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_MADE_AT_ONCE = 3000
"""Rows whose cells are kept; past that they are made anew."""
_SIZED_BY_ROWS = 60
_ASK_AFTER_MS = 25
"""Rows are asked for once the view has rested for so long, or every so often while it moves."""
_NARROWEST = 44
_MOST_PICTURES = 600
_ONE_LINE = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_LEFT = int(Qt.AlignmentFlag.AlignLeft) | _ONE_LINE
_RIGHT = int(Qt.AlignmentFlag.AlignRight) | _ONE_LINE


class LongTableModel(QAbstractTableModel):
    """Keys of rows, and a function that makes the cells of one."""

    row_lacked = Signal()
    """A row was painted that is not here, or not as it is now."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: tuple[TableColumn, ...] = ()
        self.keys: tuple[str, ...] = ()
        self._rows: dict[str, int] | None = None
        self._make: MakeCells = lambda row: ()
        self._made: dict[int, list[Cell]] = {}
        self.is_here: IsHere | None = None

    def show_rows(
        self,
        columns: Sequence[TableColumn],
        keys: tuple[str, ...],
        make: MakeCells,
        is_here: IsHere | None = None,
    ) -> bool:
        """Show these rows; says whether it is another list of rows or columns than before."""
        same = tuple(columns) == self.columns and (keys is self.keys or keys == self.keys)
        if not same:
            self.beginResetModel()
        self.columns, self.keys, self._make, self.is_here = tuple(columns), keys, make, is_here
        self._made.clear()
        if not same:
            self._rows = None
            self.endResetModel()
        elif self.keys and self.columns:
            last = self.index(len(self.keys) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [_DISPLAY])
        return not same

    def row_of(self, key: str) -> int:
        """Row of a key, -1 when it is not shown."""
        if self._rows is None:
            self._rows = {key: row for row, key in enumerate(self.keys)}
        return self._rows.get(key, -1)

    def cells(self, row: int) -> list[Cell]:
        """The cells of a row, made now if they were not yet."""
        found = self._made.get(row)
        if found is None:
            values = self._make(row)
            found = [as_cell(v, c.decimals) for v, c in zip(values, self.columns, strict=True)]
            if self.is_here is not None and not self.is_here(row):
                self.row_lacked.emit()
                return found
            if len(self._made) >= _MADE_AT_ONCE:
                self._made.clear()
            self._made[row] = found
        return found

    def forget_cells(self) -> None:
        """Make cells anew when they are painted next: colours are others now."""
        self._made.clear()

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows."""
        return len(self.keys)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns."""
        return len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, tooltip and words for a screen reader; the delegate takes the cells themselves."""
        if role not in (_DISPLAY, _ACCESSIBLE, _TIP):
            return None
        cell = self.cells(index.row())[index.column()]
        if role == _ACCESSIBLE:
            return f"{self.columns[index.column()].title}: {cell.words}".removeprefix(": ")
        return cell.text if role == _DISPLAY else cell.tip or None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Titles and their alignment."""
        if orientation == Qt.Orientation.Horizontal and section < len(self.columns):
            if role == _DISPLAY:
                return self.columns[section].title
            if role == _ALIGN:
                return int(Qt.AlignmentFlag.AlignRight if self.columns[section].right else 0)
        return None


class _Inks:
    """Colours and fonts of the delegate, looked up once per theme: painting is the cost of scrolling."""

    def __init__(self, look: Theme) -> None:
        roles = ("text", "muted", "accent", "good", "warn", "bad")
        self.roles = {
            role: look.colour({"muted": "text_muted", "accent": "accent_text"}.get(role, role))
            for role in roles
        }
        self.line, self.chosen, self.mark = (
            look.colour("border"),
            look.colour("accent_soft"),
            look.colour("accent"),
        )
        self.font = look.font("base")
        self.metrics = QFontMetrics(self.font)
        self.widest = self.metrics.averageCharWidth() * 1.3
        self.margin, self.mark_width = look.space("cell_x"), look.px(2)
        self.pictures: dict[tuple[object, ...], QPixmap] = {}


class _CellDelegate(QStyledItemDelegate):
    """Paints cells, row lines and the selection itself; chips, dots and icons are pictures made once."""

    def __init__(self, view: LongTable) -> None:
        super().__init__(view)
        self._view = view
        self._inks = _Inks(theme())
        theme().changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self._inks = _Inks(theme())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        view, inks, row, column = self._view, self._inks, index.row(), index.column()
        cell = view.rows_model.cells(row)[column]
        rect: QRect = option.rect  # type: ignore[attr-defined]
        left, top, width, height = rect.x(), rect.y(), rect.width(), rect.height()
        if view.is_chosen(row):
            painter.fillRect(rect, inks.chosen)
        painter.fillRect(left, top + height - 1, width, 1, inks.line)
        if column == 0 and view.hasFocus() and row == view.currentIndex().row():
            painter.fillRect(left, top, inks.mark_width, height - 1, inks.mark)
        inner = QRect(left + inks.margin, top, max(width - 2 * inks.margin, 1), height - 1)
        right = view.rows_model.columns[column].right
        if is_plain(cell):
            self._draw_text(painter, inner, cell, right)
        elif cell.reach is not None or cell.bars:
            painter.save()
            paint_cell(painter, QRectF(inner), cell, right)
            painter.restore()
        else:
            painter.drawPixmap(inner.topLeft(), self._picture(painter, inner, cell, right))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """What the cell needs."""
        cell = self._view.rows_model.cells(index.row())[index.column()]
        return QSize(int(cell_width(cell)) + 2 * theme().space("cell_x") + 1, theme().size("table_row_dense"))

    def _draw_text(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> None:
        inks, text = self._inks, cell.text
        if len(text) * inks.widest > rect.width() and inks.metrics.horizontalAdvance(text) > rect.width():
            text = inks.metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(inks.roles.get(cell.role) or theme().colour(cell.role))
        painter.setFont(inks.font)
        painter.drawText(rect, _RIGHT if right else _LEFT, text)

    def _picture(self, painter: QPainter, rect: QRect, cell: Cell, right: bool) -> QPixmap:
        dot = None if cell.dot is None else cell.dot.rgba()
        ratio = painter.device().devicePixelRatioF()
        key = (
            cell.text, cell.role, cell.strong, cell.below, cell.chip, cell.icon, dot, cell.ground, cell.link, cell.button,
            cell.checked, right, rect.width(), rect.height(), ratio,
        )  # fmt: skip
        found = self._inks.pictures.get(key)
        if found is None:
            if len(self._inks.pictures) >= _MOST_PICTURES:
                self._inks.pictures.clear()
            found = QPixmap(round(rect.width() * ratio), round(rect.height() * ratio))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            brush = QPainter(found)
            paint_cell(brush, QRectF(0, 0, rect.width(), rect.height()), cell, right)
            brush.end()
            self._inks.pictures[key] = found
        return found


class LongTable(QTableView):
    """A table of many rows, painted as they come on screen. Several rows can be chosen.

    The order of rows is whoever's that shows them: a click on a header emits `sort_wanted`. So are rows that aren't at
    hand: once they are on screen, `rows_wanted` is emitted, and `rows_came` shows them.
    """

    copy_rows: Callable[[], object]
    """What Ctrl+C does: copies the chosen rows, unless it is put in another's hands."""

    activated_row = Signal(str)
    """Key of the row that was double-clicked or entered."""
    chosen_changed = Signal(list)
    """Keys of the chosen rows, top to bottom."""
    sort_wanted = Signal(str)
    """Key of the column whose header was clicked."""
    menu_wanted = Signal(str, object)
    """Row key and global position: show a context menu."""
    rows_wanted = Signal(int, int)
    """First and last row on screen, of which some aren't at hand."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.rows_model = LongTableModel(self)
        self.copy_rows = lambda: QGuiApplication.clipboard().setText(self.as_tsv())
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_ASK_AFTER_MS)
        self._header = TableHeader(self)
        self._widths: dict[str, int] = {}
        self._chosen_ranges: list[tuple[int, int]] = []
        self._sharing = False
        self.setAccessibleName(name)
        self.setHorizontalHeader(self._header)
        self.setModel(self.rows_model)
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._connect()
        self._restyle()

    def _connect(self) -> None:
        self._asking.timeout.connect(lambda: self.rows_wanted.emit(*self.rows_on_screen))
        self.rows_model.row_lacked.connect(lambda: self._asking.isActive() or self._asking.start())
        self._header.sectionClicked.connect(self._on_header_clicked)
        self._header.sectionResized.connect(self._on_section_resized)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self._on_double_clicked)
        self.customContextMenuRequested.connect(self._on_menu_wanted)
        theme().changed.connect(self._restyle)

    @property
    def chosen(self) -> list[str]:
        """Keys of the chosen rows, top to bottom."""
        keys = self.rows_model.keys
        return [keys[row] for first, last in self._chosen_ranges for row in range(first, last + 1)]

    def is_chosen(self, row: int) -> bool:
        """Whether a row is chosen; painting asks it for every cell."""
        return any(first <= row <= last for first, last in self._chosen_ranges)

    @property
    def current_key(self) -> str:
        """Key of the row that the cursor is on, empty when there is none."""
        row = self.currentIndex().row()
        return self.rows_model.keys[row] if 0 <= row < len(self.rows_model.keys) else ""

    @property
    def rows_on_screen(self) -> tuple[int, int]:
        """First and last row that is seen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(first, 0), last if last >= 0 else max(len(self.rows_model.keys) - 1, 0)

    def rows_came(self) -> None:
        """Rows that were asked for are at hand now."""
        self.rows_model.forget_cells()
        self.viewport().update()

    def show_rows(
        self,
        columns: Sequence[TableColumn],
        keys: tuple[str, ...],
        make: MakeCells,
        *,
        is_here: IsHere | None = None,
        sorted_by: tuple[str, bool] | None = None,
        chosen: Sequence[str] = (),
    ) -> None:
        """Show these rows; cursor and scroll position stay, `chosen` are the chosen ones.

        Parameters
        ----------
        keys : tuple of str
            One per row, in the order shown.
        make : callable
            Cells of the row with that position.
        is_here : callable, optional
            Whether the row with that position is at hand; without one all are.
        sorted_by : (str, bool), optional
            Column that the rows are sorted by, and whether it goes down.
        """
        current, scroll = self.current_key, self.verticalScrollBar().value()
        before = self.rows_model.columns
        blocked = self.selectionModel().blockSignals(True)
        other = self.rows_model.show_rows(columns, keys, make, is_here)
        marks = {i: sorted_by[1] for i, c in enumerate(columns) if sorted_by and c.key == sorted_by[0]}
        if marks != self._header.sort_marks:
            self._header.sort_marks = marks
            self._header.viewport().update()
        if other:
            self._share_width()
            self._put_cursor(current)
            self.verticalScrollBar().setValue(scroll if tuple(columns) == before else 0)
        self._read_selection()
        if self.chosen != list(chosen):
            self.choose(chosen)
        self.selectionModel().blockSignals(blocked)
        self.viewport().update()

    def choose(self, keys: Sequence[str]) -> None:
        """Choose the rows with these keys, as far as they are shown."""
        rows = sorted(row for key in keys if (row := self.rows_model.row_of(key)) >= 0)
        selection, last = QItemSelection(), len(self.rows_model.columns) - 1
        for first, end in _ranges(rows):
            selection.select(self.rows_model.index(first, 0), self.rows_model.index(end, last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._read_selection()

    def as_tsv(self) -> str:
        """Header and chosen rows as tab-separated text."""
        model = self.rows_model
        lines = ["\t".join(c.title for c in model.columns)]
        for first, last in self._chosen_ranges:
            lines += ["\t".join(cell.text for cell in model.cells(row)) for row in range(first, last + 1)]
        return "\n".join(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the row; Ctrl+C copies the chosen ones; Space is left to the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.current_key:
                self.activated_row.emit(self.current_key)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the width again."""
        super().resizeEvent(event)
        self._share_width()

    def minimumSizeHint(self) -> QSize:
        """Head and a few rows."""
        return QSize(120, theme().px(120))

    def _put_cursor(self, key: str) -> None:
        if not self.rows_model.keys:
            return
        index = self.rows_model.index(max(self.rows_model.row_of(key), 0) if key else 0, 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _on_selection_changed(self) -> None:
        self._read_selection()
        self.chosen_changed.emit(self.chosen)

    def _read_selection(self) -> None:
        """Ranges of chosen rows, in order: the selection model answers row by row, far too slowly for ten thousands."""
        selection = self.selectionModel().selection()
        self._chosen_ranges = sorted({(r.top(), r.bottom()) for r in selection.toList()})

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.activated_row.emit(self.rows_model.keys[index.row()])

    def _on_menu_wanted(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.selectRow(index.row())
            self.menu_wanted.emit(self.rows_model.keys[index.row()], self.viewport().mapToGlobal(position))

    def _on_header_clicked(self, column: int) -> None:
        if self.rows_model.columns[column].sortable:
            self.sort_wanted.emit(self.rows_model.columns[column].key)

    def _on_section_resized(self, column: int, old: int, new: int) -> None:
        """A width that the person gave a column stays."""
        if not self._sharing and column < len(self.rows_model.columns):
            self._widths[self.rows_model.columns[column].key] = new

    def _restyle(self) -> None:
        self.rows_model.forget_cells()
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setDefaultSectionSize(theme().size("table_row_dense"))
        self._share_width()

    def _share_width(self) -> None:
        """Contents first; what is left goes to the columns that stretch, what lacks is taken from them."""
        columns = self.rows_model.columns
        needs = [self._widths.get(c.key) or self._needed_width(i) for i, c in enumerate(columns)]
        shares = [0 if c.key in self._widths else c.stretch for c in columns]
        spare, total = self.viewport().width() - sum(needs), sum(shares)
        least = [min(need, theme().px(_NARROWEST * 2)) for need in needs]
        for i, share in enumerate(shares):
            if share:
                needs[i] = max(needs[i] + spare * share // total, least[i])
        over = sum(needs) - self.viewport().width()
        for i in sorted(range(len(needs)), key=lambda i: needs[i], reverse=True):
            if over > 0 and shares[i]:
                over -= (taken := min(over, needs[i] - least[i]))
                needs[i] -= taken
        self._sharing = True
        for i, need in enumerate(needs):
            self._header.resizeSection(i, need)
        self._sharing = False

    def _needed_width(self, column: int) -> int:
        model, margin = self.rows_model, 2 * theme().space("cell_x") + 1
        first, _ = self.rows_on_screen
        rows = range(first, min(len(model.keys), first + _SIZED_BY_ROWS))
        if model.is_here is not None:
            rows = [row for row in rows if model.is_here(row)]
        widest = widest_width([model.cells(row)[column] for row in rows])
        head = self._header.section_width(column)
        return max(int(widest) + margin, head - theme().px(4), theme().px(20))


def _ranges(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rows that follow each other, as (first, last)."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
