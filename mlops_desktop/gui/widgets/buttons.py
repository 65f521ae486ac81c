"""Buttons of all kinds, segments, tabs and filter pills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from mlops_desktop.gui.theme import set_font, theme

ButtonKind = Literal[
    "primary", "secondary", "danger", "link", "icon", "bar", "segment", "tab", "filter", "nav", "search"
]

_ICON_ROLES: dict[str, str] = {"primary": "on_accent", "link": "accent_text", "danger": "bad", "bar": "text"}


def _font_kind(kind: ButtonKind, small: bool) -> str:
    if kind in ("nav", "search", "bar", "link"):
        return "small" if small else "base"
    return "button_small" if small else "button"


class Button(QPushButton):
    """A button. Its words are never cut: it asks for the width that they need.

    Parameters
    ----------
    text : str
        Words; of an icon button they become tooltip and accessible name.
    kind : str
        "primary" (one a page), "secondary", "danger", "link", "icon", "bar" (flat, in a bar).
    icon : str
        Name of a line icon.
    on_click : callable, optional
        Called without arguments.
    small : bool
        25 px high instead of 31.
    """

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = "secondary",
        icon: str = "",
        on_click: Callable[[], object] | None = None,
        *,
        small: bool = False,
    ) -> None:
        super().__init__("" if kind == "icon" else text.replace("&", "&&"))
        self._kind, self._icon, self._icon_role = kind, icon, _ICON_ROLES.get(kind, "text_muted")
        self.setProperty("kind", kind)
        self.setProperty("small", small)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        self.setAutoDefault(False)
        set_font(self, _font_kind(kind, small))
        if kind == "icon":
            self.setToolTip(text)
        self.setAccessibleName(text)
        if icon:
            self._restyle()
            theme().changed.connect(self._restyle)
        if on_click is not None:
            self.clicked.connect(lambda: on_click())

    def set_icon(self, name: str, role: str | None = None) -> None:
        """Show another icon, or the same in another colour."""
        if not self._icon:
            theme().changed.connect(self._restyle)
        self._icon, self._icon_role = name, role or self._icon_role
        self._restyle()

    def set_text(self, text: str) -> None:
        """Show other words."""
        if self._kind == "icon":
            self.setToolTip(text)
        else:
            self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)

    def set_menu(self, fill: Callable[[QMenu], None]) -> None:
        """Open a menu on click, filled anew each time."""
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: (menu.clear(), fill(menu)))
        self.setMenu(menu)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its words."""
        return self.sizeHint()

    def _restyle(self) -> None:
        side = 14 if self.property("small") else 16
        pad = 0 if self._kind == "icon" else 4
        self.setIcon(theme().icon(self._icon, self._icon_role, side, pad))
        self.setIconSize(theme().icon_size(side, pad))


class _Choice(QWidget):
    """Buttons of which exactly one is chosen."""

    chosen = Signal(str)
    """Key of the option that a person chose."""

    def __init__(self, kind: ButtonKind, options: Sequence[tuple[str, str]], spacing: int) -> None:
        super().__init__()
        self._kind: ButtonKind = kind
        self._buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.set_options(options)

    @property
    def choice(self) -> str:
        """Key of the chosen option, empty when there are none."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose an option without emitting `chosen` (KeyError when there is none)."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> Button:
        """The button of an option."""
        return self._buttons[key]

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Show other options, (key, words) each; keeps the choice if it is still among them."""
        before = self.choice
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.deleteLater()
            button.setParent(None)
        self._buttons = {}
        last = len(options) - 1
        for i, (key, words) in enumerate(options):
            button = Button(words, self._kind)
            button.setCheckable(True)
            place = "only" if last == 0 else "first" if i == 0 else "last" if i == last else "middle"
            button.setProperty("position", place)
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._row.insertWidget(i, button)
            self._buttons[key] = button
        if self._buttons:
            self.choose(before if before in self._buttons else options[0][0])


class SegmentedControl(_Choice):
    """A few options side by side, one chosen; (key, words) each."""

    def __init__(self, options: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__("segment", options, 0)


class Tabs(_Choice):
    """Underlined tabs above a content; (key, words) each."""

    def __init__(self, options: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__("tab", options, 18)


class FilterPills(_Choice):
    """Round filters of which one is chosen; (key, words) each."""

    def __init__(self, options: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__("filter", options, 6)
