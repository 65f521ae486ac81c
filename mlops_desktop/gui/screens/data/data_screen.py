"""The data section: the page of data sets, and the import page; files dropped anywhere on it are looked at."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.widgets.drop_area import dropped_files
from mlops_desktop.gui.widgets.forms import TextField

from .data_intent import DataIntent, Tab, intent_of
from .dataset_page import DatasetPage
from .import_actions import IMPORT_PAGE
from .import_intent import ImportIntent
from .import_screen import ImportPage


class _Pages(QStackedWidget):
    """The pages; takes files that are dropped on any of them."""

    dropped = Signal(list)
    """Paths of files."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are taken."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        files = dropped_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.dropped.emit([str(file) for file in files])


class DataScreen:
    """Screen of the section; its intents are `DataIntent`, `ImportIntent`, or a reference as text."""

    topics = frozenset({"dataset", "dataset_version"})

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self.page = DatasetPage(host)
        self._pages = _Pages()
        self._pages.addWidget(self.page.widget())
        self._pages.dropped.connect(self._on_dropped)

    @cached_property
    def importing(self) -> ImportPage:
        """The import page, built when it is first needed."""
        made = ImportPage(self._host)
        self._pages.addWidget(made.widget())
        return made

    def widget(self) -> QWidget:
        """The stack of pages."""
        return self._pages

    @property
    def is_importing(self) -> bool:
        """Whether the import page is in front."""
        return self._pages.currentWidget() is not self.page.widget()

    def show_intent(self, intent: Any) -> None:
        """Show a data set, or a file that may become one."""
        if isinstance(intent, ImportIntent):
            self._pages.setCurrentWidget(self.importing.widget())
            self.importing.show_intent(intent)
            self.importing.refresh()
            self._host.set_selection(IMPORT_PAGE, [intent.path] if intent.path else [])
            return
        if isinstance(intent, str):
            intent = intent_of(intent)
            self._host.amend_intent("data", intent)
        self._pages.setCurrentWidget(self.page.widget())
        self.page.show_intent(intent if isinstance(intent, DataIntent) else DataIntent())

    def mark_dirty(self) -> None:
        """Nothing to do: `show_intent` asks again."""

    def refresh(self) -> None:
        """Data sets have changed."""
        (self.importing if self.is_importing else self.page).refresh()

    def open_file(self, path: str) -> None:
        """Look at a file before importing it."""
        self._host.go(Place("data", ImportIntent(path)))

    def _on_dropped(self, paths: list[str]) -> None:
        self.open_file(paths[0])
        if len(paths) > 1:
            self._host.say(tr("One file at a time: this is the first of {}.").format(len(paths)))

    def choose_file(self) -> None:
        """The import page, with the desktop's dialog for files open."""
        if not self.is_importing:
            self._host.go(Place("data", ImportIntent()))
        self.importing.choose_file()

    def show_tab(self, tab: Tab) -> None:
        """Show a tab of the data set."""
        self.page.show_tab(tab)

    def find_column(self) -> None:
        """Put the cursor into the field that finds columns."""
        self._table_field(self.page.table.bar.find_field)

    def go_to_row(self) -> None:
        """Put the cursor into the field that goes to a row."""
        self._table_field(self.page.table.bar.row_field)

    def filter_rows(self) -> None:
        """Open the editor of a new filter."""
        self.page.show_tab("table")
        self.page.table.open_filter()

    def _table_field(self, field: TextField) -> None:
        self.page.show_tab("table")
        field.setFocus()
        field.selectAll()
