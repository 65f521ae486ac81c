"""The rows of a version: the long table with its filters, columns and copies."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from mlops_desktop.domain.datasets import Condition, SortKey
from mlops_desktop.domain.errors import UserError
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.tasks import Tasks
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.forms import Debounce
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, set_shown
from mlops_desktop.gui.widgets.page_cache import PageCache
from mlops_desktop.gui.widgets.paged_model import Query, RowsByColumn
from mlops_desktop.gui.widgets.paged_model import SortKey as TableKey
from mlops_desktop.gui.widgets.paged_table import PagedTable
from mlops_desktop.gui.widgets.table_header import ColumnInfo
from mlops_desktop.gui.words import counted

from .data_intent import DataIntent, with_condition, without_condition
from .data_state import ColumnLine, DataState
from .filter_bar import FilterBar
from .rows_source import VersionRows, page_rows
from .words import ROLE_STATUS

_MOST_IN_MENU = 60


class TablePanel(QWidget):
    """Shows the rows that a `DataIntent` asks for."""

    intent_changed = Signal(object)
    """A `DataIntent` with another order or other filters."""
    column_chosen = Signal(str)
    role_wanted = Signal(str, object)
    """Column, and where a menu goes."""
    columns_seen = Signal(list)
    """Names of the columns on screen, once scrolling pauses."""
    export_wanted = Signal()
    too_many_copied = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._intent = DataIntent()
        self._state = DataState()
        self._seeing = Debounce(self)
        self._layouts: dict[str, dict[str, Any]] = {}
        self.table = PagedTable(tasks)
        self.table.setAccessibleName(tr("Rows"))
        columns = Button(tr("Show and hide columns"), "icon", "columns", small=True)
        columns.set_menu(self._fill_columns)
        copy = Button(tr("Copy the chosen cells"), "icon", "copy", small=True)
        copy.set_menu(self._fill_copy)
        export = Button(
            tr("Export this version..."), "icon", "export", small=True, on_click=self.export_wanted.emit
        )
        self.bar = FilterBar([columns, copy, export])
        self._nothing = Label("", "base", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        holder = QWidget()
        holder.setLayout(column(self.bar, margins=(14, 8, 14, 8)))
        self.setLayout(column(holder, self._nothing, self.table, spacing=0))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr]
        set_shown(self._nothing, False)
        self._connect()

    def _connect(self) -> None:
        self.bar.row_wanted.connect(self._on_row_wanted)
        self.bar.column_wanted.connect(self.show_column)
        self.bar.condition_added.connect(self._on_condition_added)
        self.bar.condition_removed.connect(self._on_condition_removed)
        self.table.query_changed.connect(self._on_sorted)
        self.table.column_chosen.connect(self.column_chosen)
        self.table.chip_clicked.connect(self.role_wanted)
        self.table.header_menu_filled.connect(self._on_header_menu)
        self.table.export_wanted.connect(self.too_many_copied)
        self.table.rows_model.total_known.connect(self._on_total)
        self.table.rows_model.failed.connect(self._on_failed)
        self.table.horizontalScrollBar().valueChanged.connect(self._seeing.poke)
        self.table.horizontalHeader().geometriesChanged.connect(self._seeing.poke)
        self._seeing.fired.connect(self._on_seen)

    def show_version(self, intent: DataIntent, state: DataState, project: Any) -> None:
        """Show the version of `state` in the order and with the filters of `intent`."""
        self._intent = intent
        infos = [_info(c) for c in state.columns]
        query = _query(intent)
        self.bar.show_conditions(intent.where)
        if state.ref != self._state.ref:
            self._keep_layout()
            same = state.title == self._state.title
            self.bar.set_columns(state.columns)
            self._state = state
            self.table.rows_model.cache = PageCache[RowsByColumn](page_rows(len(infos)))
            self.table.show_source(VersionRows(project, state.ref), infos, state.rows, query)
            self.table.scrollToTop()
            if not same:
                self.table.horizontalScrollBar().setValue(0)
            self._restore_layout()
            self._seeing.poke()
        else:
            if state.columns != self._state.columns:
                self.table.refresh_infos(infos)
            self._state = state
            self.table.show_query(query)
        if not intent.where:
            self._on_total(state.rows)
        elif self.table.rows_model.total == state.rows:
            self.bar.show_count(None, state.rows)

    def show_nothing(self) -> None:
        """No version: empty the table."""
        self._keep_layout()
        self._state = DataState()
        self.table.show_source(None, [], 0)

    def show_column(self, name: str) -> None:
        """Scroll to a column and put the cursor in it."""
        names = [c.name for c in self._state.columns]
        if name in names:
            self.table.hide_column(name, hidden=False)
            row = max(self.table.currentIndex().row(), 0) + self.table.rows_model.first_row
            self.table.go_to(row, names.index(name))
            self.table.setFocus()

    def open_filter(self) -> None:
        """Open the editor of a new filter, for the column that the cursor is in."""
        index = self.table.currentIndex()
        self.bar.open_filter(self._state.columns[index.column()].name if index.isValid() else "")

    def _on_condition_added(self, condition: Condition) -> None:
        self._change(with_condition(self._intent, condition))

    def _on_condition_removed(self, place: int) -> None:
        self._change(without_condition(self._intent, place))

    def _on_column_toggled(self, name: str, shown: bool) -> None:
        self.table.hide_column(name, hidden=not shown)

    def _change(self, intent: DataIntent) -> None:
        self.intent_changed.emit(intent)

    def _on_seen(self) -> None:
        header = self.table.horizontalHeader()
        right = self.table.viewport().width()
        first, last = header.visualIndexAt(0), header.visualIndexAt(right - 1)
        shown = range(max(first, 0), (last if last >= 0 else header.count() - 1) + 1)
        places = [header.logicalIndex(i) for i in shown]
        columns = self._state.columns
        self.columns_seen.emit([columns[i].name for i in places if 0 <= i < len(columns)])

    def _on_row_wanted(self, number: int) -> None:
        self.table.go_to(number - 1, max(self.table.currentIndex().column(), 0))
        self.table.setFocus()

    def _on_sorted(self, query: Query) -> None:
        self._change(replace(self._intent, sort=tuple(SortKey(k.column, k.descending) for k in query.sort)))

    def _on_total(self, total: int) -> None:
        self.bar.show_count(total, self._state.rows)
        none = total == 0 and bool(self._state.ref)
        self._nothing.setText(tr("No row matches the filters.") if self._intent.where else tr("No rows."))
        set_shown(self._nothing, none)
        self._nothing.setMinimumHeight(theme().px(60))

    def _on_failed(self, error: UserError) -> None:
        """A filter that can't be: said where filters are made."""
        set_shown(self.bar.editor, True)
        self.bar.editor.show_error(error.message)

    def _on_header_menu(self, menu: QMenu, name: str) -> None:
        menu.addAction(tr("Sort by {}").format(name[:40]), lambda: self.table.sort_by(name))
        menu.addAction(tr("Filter..."), lambda: self.bar.open_filter(name))
        missing = Condition(name, "is missing")
        menu.addAction(
            tr("Only rows without a value"), lambda: self._change(with_condition(self._intent, missing))
        )
        at = self.table.horizontalHeader().mapToGlobal(self.table.horizontalHeader().rect().bottomLeft())
        menu.addAction(tr("Role..."), lambda: self.role_wanted.emit(name, at))

    def _fill_columns(self, menu: QMenu) -> None:
        menu.addAction(tr("Show all"), self._show_all)
        menu.addSeparator()
        header = self.table.horizontalHeader()
        for place, line in enumerate(self._state.columns[:_MOST_IN_MENU]):
            action = menu.addAction(line.name[:60].replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(place))
            action.toggled.connect(partial(self._on_column_toggled, line.name))
        if len(self._state.columns) > _MOST_IN_MENU:
            more = len(self._state.columns) - _MOST_IN_MENU
            words = counted(more, "1 more: find it", "{:,} more: find one")
            menu.addAction(tr("{}, then right-click its header").format(words)).setEnabled(False)

    def _show_all(self) -> None:
        for line in self._state.columns:
            self.table.hide_column(line.name, hidden=False)

    def _fill_copy(self, menu: QMenu) -> None:
        menu.addAction(tr("As a table (TSV)"), lambda: self._copy(markdown=False))
        menu.addAction(tr("As Markdown"), lambda: self._copy(markdown=True))

    def _copy(self, *, markdown: bool) -> None:
        if self.table.selectionModel().selection().isEmpty():
            self.table.selectAll()
        self.table.copy(markdown=markdown)

    def _keep_layout(self) -> None:
        if self._state.ref:
            self._layouts[self._state.title] = self.table.layout_state()

    def _restore_layout(self) -> None:
        kept = self._layouts.get(self._state.title)
        if kept is not None:
            self.table.restore_layout(kept)


def _info(line: ColumnLine) -> ColumnInfo:
    return ColumnInfo(
        line.name,
        line.type,
        line.numeric,
        line.bars,
        line.missing,
        line.distinct,
        line.exact,
        line.role,
        ROLE_STATUS[line.role],
        line.words,
    )


def _query(intent: DataIntent) -> Query:
    keys = tuple(TableKey(k.column, k.descending) for k in intent.sort)
    return Query(keys, intent.where or None)
