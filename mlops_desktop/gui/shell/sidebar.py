"""The sections at the left, with counts and pinned things; folds to icons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout

from mlops_desktop.gui.screen import Section
from mlops_desktop.gui.shell.shell_state import Pinned, ShellState
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import Label, Line
from mlops_desktop.gui.widgets.layouts import clear, column, set_shown


class NavButton(Button):
    """An entry of the sidebar: icon, words, count; folded the icon alone, with a dot for an alert."""

    def __init__(self, title: str, icon: str) -> None:
        super().__init__(title, "nav")
        self._title, self._icon_name = title, icon
        self._count: int | None = None
        self._alert = False
        self._folded = False
        self.setCheckable(True)
        self.setText("")

    def show_count(self, count: int | None, *, alert: bool = False) -> None:
        """Show another count."""
        self._count, self._alert = count, alert
        self.setAccessibleName(self._title if count is None else f"{self._title}, {count}")
        self.update()

    def set_folded(self, folded: bool) -> None:
        """Show the icon alone, or all."""
        self._folded = folded
        self.setToolTip(self._title if folded else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, icon, words and count."""
        super().paintEvent(event)
        look, painter = theme(), QPainter(self)
        ink = "accent_text" if self.isChecked() else "text_muted"
        side = look.px(16)
        left = (self.width() - side) // 2 if self._folded else look.px(10)
        painter.drawPixmap(left, (self.height() - side) // 2, look.pixmap(self._icon_name, ink, 16))
        if self._alert and self._folded:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(look.series_colour(1))
            painter.setPen(QPen(look.colour("surface"), 1.5))
            painter.drawEllipse(QPointF(self.width() - look.px(8), look.px(8)), look.px(3.5), look.px(3.5))
        if self._folded:
            return
        self._paint_words(painter, left + side + look.px(10))

    def _paint_words(self, painter: QPainter, left: int) -> None:
        look = theme()
        words = "accent_text" if self.isChecked() else "text" if self.isEnabled() else "text_muted"
        painter.setPen(look.colour(words))
        painter.setFont(look.font("card_title" if self.isChecked() else "base"))
        area = self.rect().adjusted(left, 0, -look.px(10), 0)
        count = "" if self._count is None else f"{self._count:,}"
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._title)
        painter.setFont(look.font("chip" if self.isChecked() else "micro"))
        painter.setPen(look.colour("text" if self.isChecked() else "text_muted"))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), count)
        if self._alert:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.series_colour(1))
            width = painter.fontMetrics().horizontalAdvance(count)
            painter.drawEllipse(
                QPointF(area.right() - width - look.px(8), self.height() / 2), look.px(3), look.px(3)
            )


class Sidebar(QFrame):
    """Sections and pinned things."""

    section_wanted = Signal(str)
    place_wanted = Signal(object)
    fold_wanted = Signal()

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self.setProperty("kind", "sidebar")
        self._sections = [s for s in sections if s.in_sidebar]
        self._buttons: dict[str, NavButton] = {}
        self._pins: list[NavButton] = []
        self._shown_pins: tuple[Pinned, ...] | None = None
        self._folded = False
        self._has_project: bool | None = None
        self._list: QVBoxLayout = column(spacing=2)
        self._pin_head = Label(self.tr("Pinned"), "micro", "muted")
        self._pin_line = Line()
        self._pin_list: QVBoxLayout = column(spacing=2)
        self._later_head = Label(self.tr("Once a project is open"), "micro", "muted")
        for head in (self._pin_head, self._later_head):
            head.setContentsMargins(10, 10, 0, 4)
        self._fold = Button(self.tr("Unfold the sidebar"), "icon", "chevron-right", self.fold_wanted.emit)
        body = column(self._list, self._pin_head, self._pin_line, self._pin_list, None, self._fold, spacing=2)
        body.setContentsMargins(8, 10, 8, 10)
        self.setLayout(body)
        for section in self._sections:
            self._add_section(section)
        self._list.addWidget(self._later_head)
        theme().changed.connect(self._restyle)
        self.show_state(ShellState())
        self._restyle()

    @property
    def folded(self) -> bool:
        """Whether only icons are shown."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Show icons alone, or all."""
        self._folded = folded
        for button in (*self._buttons.values(), *self._pins):
            button.set_folded(folded)
        self._restyle()

    def show_state(self, state: ShellState) -> None:
        """Show counts, alerts and pinned things."""
        has_project = bool(state.project_title)
        if has_project != self._has_project:
            self._has_project = has_project
            self._order()
        for section_id, button in self._buttons.items():
            shown = state.counts.get(section_id) if has_project or section_id in state.counts else None
            button.show_count(shown, alert=section_id in state.alerts)
        if state.pinned != self._shown_pins:
            self._show_pins(state.pinned)
        self._restyle()

    def show_section(self, section_id: str) -> None:
        """Mark the section that is in front."""
        for key, button in self._buttons.items():
            button.setChecked(key == section_id)
            set_font(button, "base")

    def _add_section(self, section: Section) -> None:
        button = NavButton(section.title, section.icon)
        button.setAutoExclusive(False)
        button.clicked.connect(lambda _=False, key=section.id: self._on_clicked(key))
        self._buttons[section.id] = button

    def _on_clicked(self, section_id: str) -> None:
        self.section_wanted.emit(section_id)

    def _order(self) -> None:
        """With a project its sections; without one the others first, and its sections greyed."""
        while (item := self._list.takeAt(0)) is not None:
            del item
        first = [s for s in self._sections if s.needs_project == bool(self._has_project)]
        later = [s for s in self._sections if s.needs_project] if not self._has_project else []
        for section in first:
            self._list.addWidget(self._buttons[section.id])
        self._list.addWidget(self._later_head)
        for section in later:
            self._list.addWidget(self._buttons[section.id])
        shown = {s.id for s in (*first, *later)}
        for section in self._sections:
            set_shown(self._buttons[section.id], section.id in shown)
            self._buttons[section.id].setEnabled(bool(self._has_project) or not section.needs_project)

    def _show_pins(self, pinned: tuple[Pinned, ...]) -> None:
        clear(self._pin_list)
        self._shown_pins, self._pins = pinned, []
        for pin in pinned:
            button = NavButton(pin.title, pin.icon)
            button.setCheckable(False)
            button.set_folded(self._folded)
            button.clicked.connect(lambda _=False, place=pin.place: self.place_wanted.emit(place))
            self._pin_list.addWidget(button)
            self._pins.append(button)

    def _restyle(self) -> None:
        self.setFixedWidth(theme().size("sidebar_folded" if self._folded else "sidebar"))
        set_shown(self._pin_head, bool(self._pins) and not self._folded)
        set_shown(self._pin_line, bool(self._pins) and self._folded)
        set_shown(self._later_head, not self._has_project and not self._folded)
        set_shown(self._fold, self._folded)
