"""The section of runs: a page for the table, for one run, for a training that is set up, and for a comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.compare_screen import ComparePage
from mlops_desktop.gui.screens.runs.page import RunsPage
from mlops_desktop.gui.screens.runs.run_screen import RunPage
from mlops_desktop.gui.screens.runs.runs_intent import PageName, intent_of
from mlops_desktop.gui.screens.runs.table_screen import TablePage
from mlops_desktop.gui.screens.runs.training_screen import TrainingPage

_PAGES: dict[PageName, Callable[[ScreenHost], RunsPage]] = {
    "table": TablePage,
    "run": RunPage,
    "training": TrainingPage,
    "compare": ComparePage,
}


class RunsScreen:
    """Pages are built when they are first shown; the one in front says which changes it cares about."""

    def __init__(self, host: ScreenHost) -> None:
        self.topics: frozenset[str] = frozenset({"run"})
        self._host = host
        self._stack = QStackedWidget()
        self._pages: dict[PageName, RunsPage] = {}
        self._front: PageName = "table"

    def widget(self) -> QWidget:
        """The stack of pages."""
        return self._stack

    def page(self, name: PageName) -> RunsPage:
        """A page, built now if it was not yet."""
        found = self._pages.get(name)
        if found is None:
            found = self._pages[name] = _PAGES[name](self._host)
            self._stack.addWidget(found.widget())
        return found

    @property
    def table_page(self) -> TablePage | None:
        """The table, if it is in front."""
        page = self._pages.get("table")
        return page if self._front == "table" and isinstance(page, TablePage) else None

    @property
    def front(self) -> PageName:
        """The page that is shown."""
        return self._front

    def show_intent(self, intent: Any) -> None:
        """Show what the person wants to see: a `RunsIntent`, a number of a run, a `TrainingDraft`, or None."""
        wanted = intent_of(intent)
        page = self.page(wanted.page)
        self._front, self.topics = wanted.page, page.topics
        self._stack.setCurrentWidget(page.widget())
        self._host.inspect("", None)
        page.show_intent(wanted)

    def mark_dirty(self) -> None:
        """Nothing to do: `show_intent` asks again."""

    def refresh(self) -> None:
        """The page in front asks for what it shows."""
        self.page(self._front).refresh()
