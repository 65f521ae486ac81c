"""The window: bars, sidebar, screens, side panel, palette and notices, put together.

It shows a `ShellState` handed to it, opens places, and passes what a person asks on to screens and session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QStackedWidget, QWidget

from mlops_desktop.gui.actions import Action, ActionRegistry
from mlops_desktop.gui.places import History, Place
from mlops_desktop.gui.screen import Screen, Section
from mlops_desktop.gui.session import Session
from mlops_desktop.gui.shell.notices import ErrorPanel, ToastArea, describe
from mlops_desktop.gui.shell.palette import CommandPalette
from mlops_desktop.gui.shell.shell_state import Finding, ShellState
from mlops_desktop.gui.shell.side_panel import SidePanel
from mlops_desktop.gui.shell.sidebar import Sidebar
from mlops_desktop.gui.shell.status_bar import StatusBar
from mlops_desktop.gui.shell.top_bar import TopBar
from mlops_desktop.gui.shell.window_actions import window_actions
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.forms import Debounce
from mlops_desktop.gui.widgets.layouts import column, row


class MainWindow(QMainWindow):
    """The window of one session; a `ScreenHost` to its screens.

    Parameters
    ----------
    session : Session
        The project and the runner of calls.
    sections : sequence of Section
        Screens, built when first shown.
    registry : ActionRegistry
        Where commands are; the window adds its own.
    """

    place_changed = Signal(object)
    projects_asked = Signal(object)
    """The menu of projects opens: whoever knows some adds them to this `QMenu`."""
    closing = Signal()
    """The person closes the window; what must be said is said by whoever listens."""

    def __init__(self, session: Session, sections: Sequence[Section], registry: ActionRegistry) -> None:
        super().__init__()
        self._session = session
        self._registry = registry
        self._sections = {s.id: s for s in sections}
        self._screens: dict[str, Screen] = {}
        self._history = History()
        self._state = ShellState()
        self._selection: tuple[str, tuple[Any, ...]] = ("", ())
        self._fold_wanted: bool | None = None
        registry.add(window_actions(self, sections))
        self._build(sections)
        registry.install_shortcuts(self)
        session.tasks.failed.connect(self.show_error)
        session.tasks.bug_found.connect(self.show_error)
        self.setMinimumSize(860, 560)
        self.resize(1440, 900)
        self.show_state(self._state)

    def _build(self, sections: Sequence[Section]) -> None:
        keys = self._registry.shortcut_text
        self.top_bar = TopBar(self._fill_projects, keys("window.palette"))
        self.sidebar = Sidebar(sections)
        self.status_bar = StatusBar()
        self.side_panel = SidePanel(keys("window.inspector"), keys("window.jobs"))
        self.error_panel = ErrorPanel()
        self._stack = QStackedWidget()
        side, top = theme().space("page"), theme().space("page_top")
        self._error_row = QWidget()
        self._error_row.setLayout(column(self.error_panel, margins=(side, top, side, 0)))
        self._error_row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._error_row.hide()
        self.error_panel.closed.connect(self._error_row.hide)
        work = column(self._error_row, self._stack, spacing=0)
        work.setStretch(1, 1)
        middle = row(self.sidebar, work, self.side_panel, spacing=0)
        middle.setStretch(1, 1)
        centre = QWidget()
        centre.setLayout(column(self.top_bar, middle, self.status_bar, spacing=0))
        centre.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.setCentralWidget(centre)
        self.palette_box = CommandPalette(self, self._registry)
        self.toasts = ToastArea(self)
        self._typing = Debounce(self, 120)
        self._typed = ""
        self._connect()

    def _connect(self) -> None:
        self.top_bar.search_wanted.connect(self.open_palette)
        self.top_bar.jobs_wanted.connect(lambda: self.side_panel.toggle("jobs"))
        self.top_bar.place_wanted.connect(self.go)
        self.sidebar.section_wanted.connect(self._on_section_wanted)
        self.sidebar.place_wanted.connect(self.go)
        self.sidebar.fold_wanted.connect(self.toggle_sidebar)
        self.status_bar.jobs_wanted.connect(lambda: self.side_panel.open_panel("jobs"))
        self.side_panel.jobs.asked.connect(self._session.on_job)
        self.palette_box.place_wanted.connect(self.go)
        self.palette_box.text_typed.connect(self._on_typed)
        self._typing.fired.connect(self._on_typing_paused)

    @property
    def session(self) -> Session:
        """The project and the runner of calls."""
        return self._session

    @property
    def actions_registry(self) -> ActionRegistry:
        """All commands."""
        return self._registry

    @property
    def here(self) -> Place | None:
        """The place shown."""
        return self._history.here

    @property
    def state(self) -> ShellState:
        """What the bars show."""
        return self._state

    def show_state(self, state: ShellState) -> None:
        """Show another state in the bars, sidebar and jobs."""
        self._state = state
        self.top_bar.show_state(state)
        self.sidebar.show_state(state)
        self.status_bar.show_state(state)
        self.side_panel.jobs.show_jobs(state.jobs)
        self.setWindowTitle(
            f"{state.project_title} — MLOps Desktop" if state.project_title else "MLOps Desktop"
        )
        self.refresh_context()

    def refresh_context(self) -> None:
        """Let the actions see where the person is and what is chosen; called by the window itself as well."""
        kind, things = self._selection
        here = self.here
        context = replace(
            self._session.context,
            section=here.section if here else "",
            selection=things,
            selection_kind=kind,
            running_jobs=len(self._state.running),
        )
        self._registry.set_context(context)

    def go(self, place: Place) -> None:
        """Show another place; it enters the history."""
        if place.section not in self._sections:
            raise KeyError(f"there is no section {place.section}")
        self._history.visit(place)
        self._show(place)

    def go_back(self) -> None:
        """Show the place before."""
        place = self._history.back()
        if place is not None:
            self._show(place)

    def go_forward(self) -> None:
        """Show the place after."""
        place = self._history.forward()
        if place is not None:
            self._show(place)

    def amend_intent(self, section: str, intent: Any) -> None:
        """The place shown has another intent now, without a step in the history."""
        if self.here is not None and self.here.section == section:
            self._history.amend(Place(section, intent))

    def set_selection(self, kind: str, things: Sequence[Any]) -> None:
        """What is chosen, for actions and the inspector."""
        self._selection = (kind, tuple(things))
        self.refresh_context()

    def inspect(self, title: str, content: QWidget | None) -> None:
        """What the inspector shows when it is open; the window owns `content` from now on."""
        self.side_panel.inspect(title, content)

    def open_inspector(self) -> None:
        """Show the inspector, with what was handed to `inspect`."""
        self.side_panel.open_panel("inspector")

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """A notice for ten seconds, with Undo if it can be taken back."""
        self.toasts.say(text, "good", (self.tr("Undo"), undo) if undo is not None else None)

    def show_error(
        self,
        error: BaseException,
        aside: str = "",
        buttons: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Show an error above the screen, without stopping anything."""
        self.error_panel.show_error(describe(error), aside, buttons)
        self._error_row.show()

    def tell_changes(self, topics: Iterable[str]) -> None:
        """Something changed: the screen in front asks again, the others when they are shown next."""
        changed = frozenset(topics)
        for section, screen in self._screens.items():
            if screen.topics & changed:
                if self.here is not None and section == self.here.section:
                    screen.refresh()
                else:
                    screen.mark_dirty()

    def screen_of(self, section: str) -> Screen:
        """The screen of a section, built now if it was not yet."""
        found = self._screens.get(section)
        if found is None:
            found = self._screens[section] = self._sections[section].build(self)
            self._stack.addWidget(found.widget())
        return found

    def forget_screens(self) -> None:
        """Another project: delete all screens and the history."""
        for screen in self._screens.values():
            widget = screen.widget()
            self._session.tasks.drop(widget)
            self._stack.removeWidget(widget)
            widget.deleteLater()
        self._screens.clear()
        self._history = History()
        self._selection = ("", ())
        self.side_panel.inspect("", None)

    def open_palette(self, text: str = "") -> None:
        """Open the palette."""
        self.palette_box.open(text, self._state.project_title)

    def toggle_sidebar(self) -> None:
        """Fold or unfold; from then on the width of the window decides no more."""
        self._fold_wanted = not self.sidebar.folded
        self.sidebar.set_folded(self._fold_wanted)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop it."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def geometry_state(self) -> dict[str, Any]:
        """Geometry and folding, to be kept in the settings."""
        return {"geometry": bytes(self.saveGeometry().data()).hex(), "folded": self._fold_wanted}

    def restore_geometry(self, state: dict[str, Any]) -> None:
        """Bring back what `geometry_state` gave."""
        if state.get("geometry"):
            self.restoreGeometry(QByteArray(bytes.fromhex(state["geometry"])))
        self._fold_wanted = state.get("folded")
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that widgets use themselves (Space) reach their action here when no widget took them."""
        if event.matches(QKeySequence.StandardKey.ZoomIn):
            theme().zoom(1)
            return
        holder = self._registry.holder(QKeySequence(event.keyCombination()).toString())
        if holder is None or not self._registry.trigger(holder):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mouse's own back and forward buttons."""
        if event.button() == Qt.MouseButton.BackButton:
            self.go_back()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self.go_forward()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the sidebar where there is no room."""
        super().resizeEvent(event)
        self._fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell whoever must say something, then close."""
        self.closing.emit()
        super().closeEvent(event)

    def _fit(self) -> None:
        narrow = self.width() < theme().size("folds_below_width")
        self.top_bar.set_narrow(narrow)
        self.sidebar.set_folded(narrow if self._fold_wanted is None else self._fold_wanted)

    def _show(self, place: Place) -> None:
        screen = self.screen_of(place.section)
        if self._stack.currentWidget() is not screen.widget():
            self.error_panel.close_panel()
        self._stack.setCurrentWidget(screen.widget())
        self.sidebar.show_section(place.section)
        self._selection = ("", ())
        self.refresh_context()
        screen.show_intent(place.intent)
        self.place_changed.emit(place)

    def _fill_projects(self, menu: QMenu) -> None:
        self.projects_asked.emit(menu)
        self._registry.fill_menu(menu, "project.menu")

    def _on_section_wanted(self, section: str) -> None:
        self.go(Place(section))

    def _on_typed(self, text: str) -> None:
        self._typed = text
        self._typing.poke()

    def _on_typing_paused(self) -> None:
        text = self._typed
        if self._state.project_title:
            self._session.tasks.run(
                lambda: self._session.find(text), self._on_found, owner=self, key="palette"
            )

    def _on_found(self, findings: Sequence[Finding]) -> None:
        if self.palette_box.isVisible():
            self.palette_box.show_findings(findings)


def action_titles(registry: ActionRegistry) -> list[tuple[str, list[Action]]]:
    """Actions by group, for the page of shortcuts."""
    groups: dict[str, list[Action]] = {}
    for action in registry.all():
        groups.setdefault(action.group, []).append(action)
    return list(groups.items())
