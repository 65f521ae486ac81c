"""Long tables: 10 million rows scroll like 100.

Use it so::

    table = PagedTable(tasks)
    table.show_source(source, columns, total_rows)      source has page() and count(), called off the GUI thread
    table.query_changed.connect(...)                    the person sorted; table.show_query(...) filters
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mlops_desktop.gui.tasks import Tasks
from mlops_desktop.gui.theme import Theme, set_font, theme
from mlops_desktop.gui.widgets.paged_model import (
    PagedTableModel,
    PageSource,
    Query,
    SortKey,
    as_text,
    shown_text,
)
from mlops_desktop.gui.widgets.table_header import ColumnInfo, TableHeader

Index = QModelIndex | QPersistentModelIndex
MOST_COPIED_CELLS = 100_000
"""Past this many cells an export is the right tool."""
_QT_HEIGHT = 2**31 - 1_000_000
_SIZED_BY_ROWS = 200
_MEASURED_COLUMNS = 60
"""Columns whose values are measured exactly; those of a table with thousands of columns are estimated by length."""
_ESTIMATED_COLUMN = 150
"""Px of a column that is not measured, at least: room for its chips and counts."""
_MOST_IN_MENU = 40
_WIDEST_COLUMN = 360
_ONE_LINE = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_LEFT = int(Qt.AlignmentFlag.AlignLeft) | _ONE_LINE
_RIGHT = int(Qt.AlignmentFlag.AlignRight) | _ONE_LINE


class _Inks:
    """Colours and fonts of the delegate, looked up once per theme: painting is the cost of scrolling."""

    def __init__(self, look: Theme) -> None:
        self.text = look.colour("text")
        self.muted = look.colour("text_muted")
        self.line = look.colour("border")
        self.ground = look.colour("surface")
        self.chosen = look.colour("accent_soft")
        self.frame = look.colour("accent")
        self.placeholder = look.colour("chip")
        self.font = look.font("base")
        self.metrics = QFontMetrics(self.font)
        self.widest = self.metrics.averageCharWidth() * 1.3
        self.margin = look.space("cell_x")


class _RowDelegate(QStyledItemDelegate):
    """Paints text, missing values and placeholders itself: the style's way costs more for each cell."""

    def __init__(self, view: PagedTable) -> None:
        super().__init__(view)
        self._view = view
        self._inks = _Inks(theme())
        theme().changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self._inks = _Inks(theme())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        inks, view, model = self._inks, self._view, self._view.rows_model
        rect: QRect = option.rect  # type: ignore[attr-defined]
        row, column = index.row(), index.column()
        if view.is_chosen(row, column):
            painter.fillRect(rect, inks.chosen)
        left, top, width, height = rect.x(), rect.y(), rect.width(), rect.height()
        painter.fillRect(left, top + height - 1, width, 1, inks.line)
        here, value = model.value(row, column)
        left, width = left + inks.margin, width - 2 * inks.margin
        if here:
            self._draw(painter, QRect(left, top, width, height - 1), value, model.infos[column].numeric)
        else:
            bar = min(width, 30 + (row * 7 + column) % 30)
            painter.fillRect(left, top + height // 2 - 3, bar, 7, inks.placeholder)
        if view.is_current(row, column):
            painter.setPen(inks.frame)
            painter.drawRect(rect.adjusted(0, 0, -1, -2))

    def _draw(self, painter: QPainter, rect: QRect, value: Any, numeric: bool) -> None:
        inks = self._inks
        painter.setFont(inks.font)  # the view's own lags behind when the scale changes
        painter.setPen(inks.muted if value is None else inks.text)
        text = "missing" if value is None else shown_text(value)
        if len(text) > 400:
            text = text[:400] + "…"
        if len(text) * inks.widest > rect.width() and inks.metrics.horizontalAdvance(text) > rect.width():
            text = inks.metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _RIGHT if numeric else _LEFT, text)


class PagedTable(QTableView):
    """A table over a `PageSource`.

    Parameters
    ----------
    tasks : Tasks
        Runs the calls to the source.
    sorts : bool
        A click on the header sorts (Shift adds a key); off where the source can't.
    """

    query_changed = Signal(object)
    """The `Query` after the person sorted."""
    row_chosen = Signal(int)
    """Row of the answer, from 0, that the cursor is on."""
    export_wanted = Signal()
    """More was to be copied than the clipboard should hold."""
    header_menu_filled = Signal(object, str)
    """The `QMenu` of a column's header and the name of the column: add what else can be done with it."""
    chip_clicked = Signal(str, object)
    """Name of the column whose chip was clicked, and the global position for a menu."""
    column_chosen = Signal(str)
    """Name of the column that the cursor is in."""

    def __init__(self, tasks: Tasks, *, sorts: bool = True) -> None:
        super().__init__()
        self.rows_model = PagedTableModel(tasks, parent=self)
        self._sorts = sorts
        self._sized = False
        self._chosen: tuple[int, int, int, int] | None = None
        self._cursor: tuple[int, int] | None = None
        self._header = TableHeader(self, rich=True)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(0)
        self._look.timeout.connect(self._on_look)
        self._set_up()
        self.rows_model.modelReset.connect(self._on_reset)
        self.rows_model.dataChanged.connect(self._on_data_changed)
        self.rows_model.headerDataChanged.connect(self._on_infos_changed)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._header.sectionClicked.connect(self._on_header_clicked)
        self._header.customContextMenuRequested.connect(self._on_header_menu)
        self._header.chip_clicked.connect(self._on_chip_clicked)
        theme().changed.connect(self._restyle)

    def _set_up(self) -> None:
        self.setHorizontalHeader(self._header)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setModel(self.rows_model)
        self.setItemDelegate(_RowDelegate(self))
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        numbers = self.verticalHeader()
        numbers.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        numbers.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        numbers.setHighlightSections(False)
        set_font(numbers, "small")
        self._restyle()

    def show_source(
        self,
        source: PageSource | None,
        infos: Sequence[ColumnInfo],
        total: int,
        query: Query | None = None,
    ) -> None:
        """Show other rows; see `PagedTableModel.show_source`."""
        self._sized = False
        self.rows_model.show_source(source, infos, total, query)
        self._on_infos_changed()
        self._show_marks()
        self._size_columns()

    def show_query(self, query: Query) -> None:
        """Sort or filter otherwise."""
        self.rows_model.show_query(query)
        self._show_marks()

    def refresh_infos(self, infos: Sequence[ColumnInfo]) -> None:
        """The header knows more now."""
        before = self.rows_model.infos
        self.rows_model.refresh_infos(infos)
        self._widen_columns(before)

    def go_to(self, row: int, column: int = 0) -> None:
        """Put the cursor on row `row` (from 0) of the answer, wherever it is."""
        model = self.rows_model
        row = max(min(row, model.total - 1), 0)
        if not model.first_row <= row < model.first_row + model.rowCount():
            model.show_window(row - model.most_rows // 2)
        index = model.index(row - model.first_row, column)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        self._look.start()

    def hide_column(self, name: str, *, hidden: bool = True) -> None:
        """Hide a column, or show it again."""
        names = [info.name for info in self.rows_model.infos]
        self._header.setSectionHidden(names.index(name), hidden)

    def is_chosen(self, row: int, column: int) -> bool:
        """Whether a cell of the model is chosen; asked for each cell painted."""
        area = self._chosen
        return area is not None and area[0] <= row <= area[1] and area[2] <= column <= area[3]

    def is_current(self, row: int, column: int) -> bool:
        """Whether the cursor is on a cell and the table has the focus."""
        return self._cursor == (row, column) and self.hasFocus()

    def layout_state(self) -> dict[str, Any]:
        """Order, hidden columns and widths by name, to be kept with the place."""
        infos = self.rows_model.infos
        return {
            "order": [infos[self._header.logicalIndex(i)].name for i in range(len(infos))],
            "hidden": [infos[i].name for i in self._header.hidden_columns()],
            "widths": {info.name: self._header.sectionSize(i) for i, info in enumerate(infos)},
        }

    def restore_layout(self, state: dict[str, Any]) -> None:
        """Bring back what `layout_state` gave; names that are gone are passed over."""
        names = {info.name: i for i, info in enumerate(self.rows_model.infos)}
        wanted = [names[n] for n in state.get("order", ()) if n in names]
        for place, logical in enumerate(wanted):
            self._header.moveSection(self._header.visualIndex(logical), place)
        for name, logical in names.items():
            self._header.setSectionHidden(logical, name in state.get("hidden", ()))
            width = state.get("widths", {}).get(name)
            if width:
                self._header.resizeSection(logical, width)
        self._sized = True

    def copy(self, *, markdown: bool = False) -> bool:
        """Put the chosen cells on the clipboard; says False (and asks for an export) when they are too many."""
        text = self.chosen_text(markdown=markdown)
        if text is None:
            self.export_wanted.emit()
            return False
        QGuiApplication.clipboard().setText(text)
        return True

    def chosen_text(self, *, markdown: bool = False) -> str | None:
        """The chosen cells with their header, as TSV or Markdown; None past `MOST_COPIED_CELLS` or not loaded yet."""
        ranges = self.selectionModel().selection()
        if ranges.isEmpty():
            return ""
        area = ranges.first()
        columns = [i for i in self._header.shown_order() if area.left() <= i <= area.right()]
        if area.height() * len(columns) > MOST_COPIED_CELLS:
            return None
        lines: list[list[str]] = []
        for row in range(area.top(), area.bottom() + 1):
            cells = [self.rows_model.value(row, column) for column in columns]
            if not all(here for here, _ in cells):
                return None
            lines.append([as_text(value) for _, value in cells])
        names = [self.rows_model.infos[i].name for i in columns]
        return _markdown(names, lines) if markdown else _tsv(names, lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies as TSV; Space is left to the window (inspector)."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More rows may be on screen."""
        super().resizeEvent(event)
        self._look.start()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell where the cursor is."""
        super().currentChanged(current, previous)
        self._cursor = (current.row(), current.column()) if current.isValid() else None
        if current.isValid():
            self.row_chosen.emit(current.row() + self.rows_model.first_row)
            if current.column() != previous.column():
                self.column_chosen.emit(self.rows_model.infos[current.column()].name)
        self.viewport().update()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Keep the chosen area where the delegate finds it quickly."""
        super().selectionChanged(selected, deselected)
        ranges = self.selectionModel().selection()
        first = None if ranges.isEmpty() else ranges.first()
        self._chosen = None if first is None else (first.top(), first.bottom(), first.left(), first.right())

    def _restyle(self) -> None:
        set_font(self, "base")
        height = theme().size("table_row_dense")
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setDefaultSectionSize(height)
        self.rows_model.most_rows = min(50_000_000, _QT_HEIGHT // height)
        self._header.updateGeometry()
        self._look.start()

    def _on_scrolled(self) -> None:
        self._look.start()

    def _on_reset(self) -> None:
        self._chosen, self._cursor = None, None
        self._look.start()

    def _on_look(self) -> None:
        rows = self.rows_model.rowCount()
        if rows == 0:
            return
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        self.rows_model.look_at(first, rows - 1 if last < 0 else last)

    def _on_data_changed(self) -> None:
        if not self._sized:
            self._sized = True
            self._size_columns()

    def _on_infos_changed(self) -> None:
        self._header.set_infos(self.rows_model.infos)
        self.updateGeometries()

    def _size_columns(self) -> None:
        """Widths from the header and the first rows that are here."""
        metrics = self.fontMetrics()
        margin = 2 * theme().space("cell_x") + 2
        rows = min(self.rows_model.rowCount(), _SIZED_BY_ROWS)
        if len(self.rows_model.infos) > _MEASURED_COLUMNS:
            rows = min(rows, 30)
        widest_allowed, letter = theme().px(_WIDEST_COLUMN), metrics.averageCharWidth() * 1.1
        for column, info in enumerate(self.rows_model.infos):
            values = (self.rows_model.value(row, column) for row in range(rows))
            texts = ("missing" if v is None else shown_text(v)[:80] for here, v in values if here)
            if column < _MEASURED_COLUMNS:
                widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
                need = max(widest + margin, self._header.section_width(column))
            else:
                longest = max(len(info.name[:80]), max((len(text) for text in texts), default=0))
                need = max(int(longest * letter) + margin, theme().px(_ESTIMATED_COLUMN))
            self._header.resizeSection(column, min(need, widest_allowed))

    def _widen_columns(self, before: list[ColumnInfo]) -> None:
        """The header says more of some columns than before: give them the room, never take any."""
        for column, (old, new) in enumerate(zip(before, self.rows_model.infos, strict=False)):
            if old.counts != new.counts and not self._header.isSectionHidden(column):
                need = min(self._header.section_width(column), theme().px(_WIDEST_COLUMN))
                if need > self._header.sectionSize(column):
                    self._header.resizeSection(column, need)

    def _on_header_clicked(self, column: int) -> None:
        if not self._sorts:
            return
        name = self.rows_model.infos[column].name
        more = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.sort_by(name, more=more)

    def sort_by(self, name: str, *, more: bool = False) -> None:
        """What a click on the header does: up, then down, then as stored; `more` keeps the other keys."""
        old = self.rows_model.query.sort
        here = next((key for key in old if key.column == name), None)
        new = SortKey(name) if here is None else None if here.descending else SortKey(name, descending=True)
        others = tuple(key for key in old if key.column != name) if more else ()
        query = Query((*others, new) if new is not None else others, self.rows_model.query.where)
        self.show_query(query)
        self.query_changed.emit(query)

    def _show_marks(self) -> None:
        names = {info.name: i for i, info in enumerate(self.rows_model.infos)}
        keys = self.rows_model.query.sort
        self._header.sort_marks = {names[k.column]: k.descending for k in keys if k.column in names}
        self._header.viewport().update()

    def _on_chip_clicked(self, column: int, position: object) -> None:
        self.chip_clicked.emit(self.rows_model.infos[column].name, position)

    def _on_header_menu(self, position: object) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self._header.logicalIndexAt(position)  # type: ignore[call-overload]
        if column >= 0:
            name = self.rows_model.infos[column].name
            menu.addAction(self.tr("Hide {}").format(name), lambda: self.hide_column(name))
            self.header_menu_filled.emit(menu, name)
            menu.addSeparator()
        hidden = self._header.hidden_columns()
        for logical in hidden[:_MOST_IN_MENU]:
            name = self.rows_model.infos[logical].name
            menu.addAction(self.tr("Show {}").format(name), lambda n=name: self.hide_column(n, hidden=False))
        menu.popup(self._header.mapToGlobal(position))  # type: ignore[call-overload]


def _tsv(names: list[str], lines: list[list[str]]) -> str:
    def plain(text: str) -> str:
        return text.replace("\t", " ").replace("\r\n", " ").replace("\n", " ")

    return "\n".join("\t".join(plain(cell) for cell in line) for line in [names, *lines])


def _markdown(names: list[str], lines: list[list[str]]) -> str:
    def plain(text: str) -> str:
        return text.replace("|", "\\|").replace("\r\n", " ").replace("\n", " ")

    rule = ["---"] * len(names)
    return "\n".join("| " + " | ".join(plain(c) for c in line) + " |" for line in [names, rule, *lines])
