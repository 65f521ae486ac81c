"""The bar at the top: project, search field, jobs, what needs you, who you are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QWidget

from mlops_desktop.gui.places import Place
from mlops_desktop.gui.shell.shell_state import ShellState
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import KeyCap, Label
from mlops_desktop.gui.widgets.layouts import row, set_shown


class _Switcher(Button):
    """The project's name with a chevron behind it."""

    def __init__(self) -> None:
        super().__init__("", "bar")
        set_font(self, "card_title")

    def sizeHint(self) -> QSize:
        """Room for the chevron."""
        hint = super().sizeHint()
        return QSize(hint.width() + theme().px(20), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button and its chevron."""
        super().paintEvent(event)
        side = theme().px(14)
        QPainter(self).drawPixmap(
            self.width() - side - theme().px(5),
            (self.height() - side) // 2,
            theme().pixmap("chevron-down", "text", 14),
        )


class TopBar(QFrame):
    """The bar at the top of the window."""

    search_wanted = Signal()
    jobs_wanted = Signal()
    place_wanted = Signal(object)
    """A `Place` chosen in the menu of the bell."""

    def __init__(self, fill_projects: Callable[[QMenu], None], search_keys: str) -> None:
        super().__init__()
        self.setProperty("kind", "topbar")
        self._state = ShellState()
        self._narrow = False
        self._project = _Switcher()
        self._project.set_menu(fill_projects)
        self._search = Button("Search or run a command", "search", "search", self.search_wanted.emit)
        self._keys = KeyCap(search_keys)
        self._search.setLayout(row(None, self._keys, margins=(0, 0, 8, 0)))
        self._jobs = Button("0 jobs", "bar", "hourglass", self.jobs_wanted.emit)
        self._bell = Button("0", "bar", "bell")
        self._bell.set_menu(self._fill_notices)
        self._bell.setToolTip(self.tr("What needs you"))
        self._person = Label("", "chip", "avatar")
        self._person.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._person.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        left, right = QWidget(), QWidget()
        left.setLayout(row(self._project, None))
        right.setLayout(row(None, self._jobs, self._bell, self._person, spacing=4))
        box = row(left, self._search, right, spacing=12, margins=(8, 0, 12, 0))
        box.setStretch(0, 1)
        box.setStretch(2, 1)
        self.setLayout(box)
        self._restyle()
        theme().changed.connect(self._restyle)
        self.show_state(self._state)

    def show_state(self, state: ShellState) -> None:
        """Show another state."""
        self._state = state
        self._project.set_text(state.project_title or self.tr("No project open"))
        self._bell.set_text(str(len(state.notices)))
        self._bell.setAccessibleName(self.tr("{} things need you").format(len(state.notices)))
        self._person.setText(state.person)
        set_shown(self._person, bool(state.person))
        self._show_jobs()

    def set_narrow(self, narrow: bool) -> None:
        """Take less room in a small window."""
        wide, small = theme().tokens.size["search"], theme().tokens.size["search_small_window"]
        self._search.setFixedWidth(theme().px((small if narrow else wide)[0]))
        self._narrow = narrow
        self._show_jobs()

    def _show_jobs(self) -> None:
        count = len(self._state.running)
        words = self.tr("1 job") if count == 1 else self.tr("{} jobs").format(count)
        self._jobs.set_text(str(count) if self._narrow else words)
        self._jobs.setAccessibleName(words)

    def _fill_notices(self, menu: QMenu) -> None:
        for notice in self._state.notices:
            menu.addAction(notice.title, lambda place=notice.place: self._on_notice(place))
        if not self._state.notices:
            menu.addAction(self.tr("Nothing needs you")).setEnabled(False)

    def _on_notice(self, place: Place) -> None:
        self.place_wanted.emit(place)

    def _restyle(self) -> None:
        self.setFixedHeight(theme().size("top_bar"))
        self.set_narrow(self._narrow)
        self._search.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
