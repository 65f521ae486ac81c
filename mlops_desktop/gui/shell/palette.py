"""The command palette: one field that finds anything and runs any command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from mlops_desktop.gui.actions import Action, ActionRegistry
from mlops_desktop.gui.shell.palette_search import Match, search
from mlops_desktop.gui.shell.shell_state import Finding
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.cells import draw_line
from mlops_desktop.gui.widgets.labels import IconLabel, KeyCap, Label, Line
from mlops_desktop.gui.widgets.layouts import column, row

COMMANDS_ONLY = ">"
HELP_ONLY = "?"
_MOST_PER_GROUP = 6
_MOST_LINES = 13
_HELP_GROUP = "Help"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the list: a heading (no `choose`) or something to choose."""

    title: str
    icon: str = ""
    detail: str = ""
    aside: str = ""
    keys: str = ""
    letters: tuple[int, ...] = ()
    choose: Callable[[], object] | None = None


class _List(QWidget):
    """Paints the entries; the field above keeps the focus."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[_Entry] = []
        self.current = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: Sequence[_Entry]) -> None:
        """Show these; the first that can be chosen is current."""
        self.entries = list(entries)
        self.current = next((i for i, e in enumerate(self.entries) if e.choose is not None), -1)
        self.setFixedHeight(sum(self._height(e) for e in self.entries) + theme().px(8))
        self._tell()
        self.update()

    def step(self, by: int) -> None:
        """Go to the next or the last one that can be chosen, around the ends."""
        able = [i for i, e in enumerate(self.entries) if e.choose is not None]
        if able:
            place = able.index(self.current) if self.current in able else 0
            self.current = able[(place + by) % len(able)]
            self._tell()
            self.update()

    def _tell(self) -> None:
        self.setAccessibleName(self.entries[self.current].title if self.current >= 0 else "")

    @staticmethod
    def _height(entry: _Entry) -> int:
        return theme().px(32 if entry.choose is not None else 29)

    def _at(self, y: float) -> int:
        top = theme().px(2)
        for i, entry in enumerate(self.entries):
            height = self._height(entry)
            if top <= y < top + height:
                return i if entry.choose is not None else -1
            top += height
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What is under the pointer is current."""
        index = self._at(event.position().y())
        if index >= 0 and index != self.current:
            self.current = index
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        index = self._at(event.position().y())
        if index >= 0:
            self.chosen.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all entries."""
        painter = QPainter(self)
        top = theme().px(2)
        for i, entry in enumerate(self.entries):
            rect = QRect(theme().px(6), top, self.width() - 2 * theme().px(6), self._height(entry))
            self._paint_entry(painter, rect, entry, i == self.current)
            top += rect.height()

    def _paint_entry(self, painter: QPainter, rect: QRect, entry: _Entry, current: bool) -> None:
        look = theme()
        if entry.choose is None:
            area = QRectF(rect).adjusted(look.px(8), look.px(6), 0, 0)
            draw_line(painter, area, entry.title, look.font("table_head"), look.colour("text_muted"), False)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(rect, look.px(6), look.px(6))
        left, middle = rect.left() + look.px(11), rect.center().y()
        if entry.icon:
            painter.drawPixmap(left, middle - look.px(8) + 1, look.pixmap(entry.icon, "text_muted", 16))
        left += look.px(25)
        left += self._paint_title(painter, left, rect, entry) + look.px(10)
        right = rect.right() - look.px(9)
        if entry.keys:
            right -= self._paint_keys(painter, right, middle, entry.keys)
        elif entry.aside:
            area = QRectF(left, rect.top(), right - left, rect.height())
            draw_line(painter, area, entry.aside, look.font("small"), look.colour("text_muted"), True)
            painter.setFont(look.font("small"))
            right -= painter.fontMetrics().horizontalAdvance(entry.aside) + look.px(10)
        if entry.detail and right > left:
            area = QRectF(left, rect.top(), right - left, rect.height())
            draw_line(painter, area, entry.detail, look.font("small"), look.colour("text_muted"), False)

    def _paint_title(self, painter: QPainter, left: int, rect: QRect, entry: _Entry) -> int:
        """Letters that matched in accent and bold; returns the width."""
        look = theme()
        start, runs = left, _runs(entry.title, frozenset(entry.letters))
        for text, hit in runs:
            painter.setFont(look.font("card_title" if hit else "base"))
            painter.setPen(look.colour("accent_text" if hit else "text"))
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(
                QRect(left, rect.top(), width + 2, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), text
            )
            left += width
        return left - start

    def _paint_keys(self, painter: QPainter, right: int, middle: int, keys: str) -> int:
        look = theme()
        painter.setFont(look.font("micro"))
        width = painter.fontMetrics().horizontalAdvance(keys) + look.px(12)
        box = QRectF(right - width + 0.5, middle - look.px(9) + 0.5, width - 1, look.px(18))
        painter.setPen(look.colour("border"))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(look.colour("text_muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), keys)
        return width + look.px(10)


def _runs(text: str, letters: frozenset[int]) -> list[tuple[str, bool]]:
    """`text` in pieces that matched or not."""
    pieces: list[tuple[str, bool]] = []
    for i, letter in enumerate(text):
        hit = i in letters
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + letter, hit)
        else:
            pieces.append((letter, hit))
    return pieces


class CommandPalette(QWidget):
    """The overlay. `open` shows it over its parent; things found later are given by `show_findings`.

    Parameters
    ----------
    parent : QWidget
        The window that it covers.
    registry : ActionRegistry
        Where commands come from.
    """

    text_typed = Signal(str)
    """What the person typed, without ">" or "?": look for things and call `show_findings`."""
    place_wanted = Signal(object)

    def __init__(self, parent: QWidget, registry: ActionRegistry) -> None:
        super().__init__(parent)
        self._window = parent
        self._registry = registry
        self._findings: tuple[Finding, ...] = ()
        self._scope = ""
        self._field = QLineEdit()
        self._field.setProperty("kind", "bare")
        self._field.setAccessibleName(self.tr("Search or run a command"))
        set_font(self._field, "subtitle_regular")
        self._count = Label("", "small", "muted")
        self._list = _List()
        self._box = QFrame(self)
        self._box.setProperty("kind", "popover")
        head = row(IconLabel("search", "accent", 16), self._field, self._count, KeyCap("Esc"), spacing=6)
        head.setContentsMargins(14, 6, 12, 6)
        self._box.setLayout(
            column(head, Line(), self._list, Line(), self._foot(), spacing=0, margins=(1, 1, 1, 1))
        )
        self._field.textChanged.connect(self._on_text)
        self._field.installEventFilter(self)
        self._list.chosen.connect(self._choose)
        parent.installEventFilter(self)
        self.hide()

    def open(self, text: str = "", scope: str = "") -> None:
        """Show it, empty or with `text`; `scope` is shown beside the number of results."""
        self._scope = scope
        self._findings = ()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self._field.setText(text)
        self._on_text(text)
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        self._window.setFocus()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show things of the project below the commands."""
        self._findings = tuple(findings)
        self._refill()

    @property
    def titles(self) -> list[str]:
        """Titles of what can be chosen, in order."""
        return [e.title for e in self._list.entries if e.choose is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size; arrows, Enter and Esc of the field."""
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the box closes it."""
        self.close_palette()

    def resizeEvent(self, event: object) -> None:
        """Place the box."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window."""
        QPainter(self).fillRect(self.rect(), theme().colour("overlay"))

    def _foot(self) -> QWidget:
        foot = QWidget()
        pairs = (
            ("↑ ↓", "choose"),
            ("Enter", "run or open"),
            (COMMANDS_ONLY, "commands only"),
            (HELP_ONLY, "help only"),
        )
        line = row(spacing=5, margins=(14, 7, 12, 7))
        for keys, words in pairs:
            line.addWidget(KeyCap(keys))
            line.addWidget(Label(words, "small", "muted"))
            line.addSpacing(10)
        line.addStretch(1)
        foot.setLayout(line)
        return foot

    def _place(self) -> None:
        width = min(theme().px(640), self.width() - 40)
        height = self._box.sizeHint().height()
        self._box.setGeometry((self.width() - width) // 2, theme().px(6), width, height)

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Tab):
            self._list.step(1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Backtab):
            self._list.step(-1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._list.current)
        else:
            return False
        return True

    def _choose(self, index: int) -> None:
        if index < 0:
            return
        choose = self._list.entries[index].choose
        self.close_palette()
        if choose is not None:
            choose()

    def _on_text(self, text: str) -> None:
        self._refill()
        if text.strip() and text[0] not in (COMMANDS_ONLY, HELP_ONLY):
            self.text_typed.emit(text.strip())

    def _refill(self) -> None:
        text = self._field.text()
        mode = text[0] if text[:1] in (COMMANDS_ONLY, HELP_ONLY) else ""
        query = text[len(mode) :].strip()
        entries: list[_Entry] = []
        if mode != HELP_ONLY:
            entries += self._commands(query, _MOST_LINES if mode else _MOST_PER_GROUP)
        if mode != COMMANDS_ONLY:
            entries += self._things(query, help_only=mode == HELP_ONLY)
        results = sum(e.choose is not None for e in entries)
        if query:
            words = self.tr("1 result") if results == 1 else self.tr("{} results").format(results)
            self._count.setText(f"{words} in {self._scope}" if self._scope else words)
        else:
            self._count.setText(self._scope)
        self._list.show_entries(entries or [_Entry(self.tr("Nothing found"))])
        self._place()

    def _commands(self, query: str, most: int) -> list[_Entry]:
        able = [a for a in self._registry.all() if not a.hidden and self._registry.is_enabled(a.id)]
        matches = search(query, able, lambda a: a.title, lambda a: (a.group, *a.words))[:most]
        head = [_Entry(self.tr("Commands"))] if matches else []
        return [*head, *(self._command(m) for m in matches)]

    def _command(self, match: Match[Action]) -> _Entry:
        action = match.thing
        return _Entry(
            action.title,
            action.icon or "chevron-right",
            keys=self._registry.shortcut_text(action.id),
            letters=match.letters,
            choose=lambda: self._registry.trigger(action.id),
        )

    def _things(self, query: str, *, help_only: bool) -> list[_Entry]:
        able = [f for f in self._findings if not help_only or f.group == _HELP_GROUP]
        matches = search(query, able, lambda f: f.title, lambda f: (f.detail, *f.words))
        groups: dict[str, list[_Entry]] = {f.group: [] for f in able}
        for match in matches:
            finding = match.thing
            entry = _Entry(
                finding.title,
                finding.icon,
                finding.detail,
                finding.aside,
                "",
                match.letters,
                self._opener(finding),
            )
            groups.setdefault(finding.group, []).append(entry)
        entries: list[_Entry] = []
        for group, found in ((g, f) for g, f in groups.items() if f):
            entries += [_Entry(group), *found[: _MOST_PER_GROUP // 2 if len(groups) > 2 else _MOST_PER_GROUP]]
        return entries

    def _opener(self, finding: Finding) -> Callable[[], object]:
        if finding.run is not None:
            return finding.run
        return lambda: self.place_wanted.emit(finding.place)
