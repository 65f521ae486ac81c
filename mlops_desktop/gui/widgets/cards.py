"""Cards and what stands on them: headers, facts, numbers, the strip of steps, the empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from mlops_desktop.gui.theme import set_style, theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import Chip, ElidedLabel, IconLabel, Label, Line, Status
from mlops_desktop.gui.widgets.layouts import clear, column, row, set_shown


class Card(QFrame):
    """A white ground with a border, a title and room for more.

    Parameters
    ----------
    title : str
        Without one (and without `subtitle` and `actions`) there is no head.
    subtitle : str
        Muted, beside the title.
    actions : sequence of QWidget
        Right of the head.
    flush : bool
        The content reaches the border (tables).
    """

    def __init__(
        self, title: str = "", subtitle: str = "", actions: Sequence[QWidget] = (), *, flush: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title = Label(title, "card_title")
        self._subtitle = ElidedLabel(subtitle, "small", "muted")
        set_shown(self._title, bool(title))
        set_shown(self._subtitle, bool(subtitle))
        self.head_tools: QHBoxLayout = row(*actions)
        """Right of the head; add widgets here later."""
        margin = theme().space("card")
        self._head = QWidget()
        self._head.setLayout(row(self._title, self._subtitle, self.head_tools, spacing=8))
        self._head.layout().setStretch(1, 1)  # type: ignore[union-attr]
        side = margin if flush else 0
        self._head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._head.setContentsMargins(side, 0, side, 0)
        set_shown(self._head, bool(title or subtitle or actions))
        self.body: QVBoxLayout = column(spacing=8)
        edge = 1 if flush else margin
        top = 12 if not flush or title or subtitle or actions else 1
        outer = column(self._head, self.body, spacing=10, margins=(edge, top, edge, 1 if flush else 13))
        outer.setStretch(1, 1)
        outer.addStretch(0)
        self.setLayout(outer)

    def add(self, *items: QWidget | QLayout | int | None) -> Card:
        """Add items to the body (None stretches, a number is px); returns itself."""
        for item in items:
            if item is None:
                self.body.addStretch(1)
            elif isinstance(item, int):
                self.body.addSpacing(item)
            elif isinstance(item, QLayout):
                self.body.addLayout(item)
            else:
                self.body.addWidget(item, 1 if _expands(item) else 0)
        return self

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Show another head."""
        self._title.setText(title)
        set_shown(self._title, bool(title))
        self._subtitle.set_text(subtitle)
        set_shown(self._subtitle, bool(subtitle))
        set_shown(self._head, bool(title or subtitle or self.head_tools.count()))

    def set_state(self, state: str) -> None:
        """Give it the border of a state: "bad", "warn" or ""."""
        set_style(self, state=state)


def _expands(widget: QWidget) -> bool:
    return widget.sizePolicy().verticalPolicy() in (
        QSizePolicy.Policy.Expanding,
        QSizePolicy.Policy.MinimumExpanding,
    )


class PageHeader(QWidget):
    """Head of a screen: title, muted suffix, chips, a line below, buttons at the right.

    Parameters
    ----------
    title, suffix, subtitle : str
        "customers", "v12", "7,043 rows · 21 columns".
    buttons : sequence of QWidget
        The primary one last.
    """

    def __init__(
        self, title: str = "", suffix: str = "", subtitle: str = "", buttons: Sequence[QWidget] = ()
    ) -> None:
        super().__init__()
        self._title = ElidedLabel(title, "title")
        self._suffix = ElidedLabel(suffix, "title_suffix", "muted")
        self._subtitle = ElidedLabel(subtitle, "base", "muted")
        self.chips: QHBoxLayout = row(spacing=6)
        self.buttons: QHBoxLayout = row(*buttons)
        line = row(self._title, self._suffix, self.chips, None, spacing=8)
        line.setStretch(3, 1)
        left = column(line, self._subtitle, spacing=6)
        outer = row(left, self.buttons, spacing=16)
        outer.setStretch(0, 1)
        outer.setAlignment(self.buttons, Qt.AlignmentFlag.AlignTop)
        self.setLayout(outer)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_text(title, suffix, subtitle)

    def show_text(self, title: str, suffix: str = "", subtitle: str = "") -> None:
        """Show other words."""
        for label, text in ((self._title, title), (self._suffix, suffix), (self._subtitle, subtitle)):
            label.set_text(text)
            set_shown(label, bool(text))

    def set_chips(self, chips: Sequence[tuple[str, Status]]) -> None:
        """Show chips after the title, (word, status) each."""
        clear(self.chips)
        for text, status in chips:
            self.chips.addWidget(Chip(text, status))


class KeyValueList(QWidget):
    """Facts: a muted name at the left, a value at the right, a line between.

    Parameters
    ----------
    rows : sequence of (str, str | QWidget)
        A value may be a widget (a chip, a link).
    key_width : int
        Width of the names in px at 100 %.
    """

    def __init__(self, rows: Sequence[tuple[str, str | QWidget]] = (), key_width: int = 86) -> None:
        super().__init__()
        self._key_width = key_width
        self._box = column(spacing=0)
        self.setLayout(self._box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.set_rows(rows)

    def set_rows(self, rows: Sequence[tuple[str, str | QWidget]]) -> None:
        """Show other facts."""
        clear(self._box)
        for i, (name, value) in enumerate(rows):
            key = Label(name, "base", "muted")
            key.setFixedWidth(theme().px(self._key_width))
            shown = Label(value, wrap=True).set_selectable() if isinstance(value, str) else value
            holder = QWidget()
            line = row(key, shown, spacing=8, margins=(0, 4, 0, 4))
            line.setStretch(1, 1)
            line.setAlignment(key, Qt.AlignmentFlag.AlignTop)
            if not isinstance(value, str):
                line.addStretch(0)
                line.setStretch(1, 0)
                line.addStretch(1)
            holder.setLayout(line)
            if i:
                self._box.addWidget(Line())
            self._box.addWidget(holder)


class EmptyState(QWidget):
    """What an empty place says: one sentence, one button, one link.

    Parameters
    ----------
    icon, sentence : str
        A large line icon and what goes here.
    button, link : (str, callable), optional
        Words and what a click does.
    """

    def __init__(
        self,
        icon: str,
        sentence: str,
        button: tuple[str, Callable[[], object]] | None = None,
        link: tuple[str, Callable[[], object]] | None = None,
        button_icon: str = "",
    ) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        words = Label(sentence, "subtitle_regular").set_wrap_width(430)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        parts: list[QWidget] = [IconLabel(icon, "text_muted", 36), words]
        if button is not None:
            parts.append(Button(button[0], "primary", button_icon, button[1]))
        if link is not None:
            parts.append(Button(link[0], "link", on_click=link[1]))
        box = column(spacing=14)
        box.addStretch(2)
        for part in parts:
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(5)
        self.setLayout(box)


class NumberCard(Card):
    """One large number with its name, a note and a chip.

    Parameters
    ----------
    name, number, note : str
        "Requests", "12.4 /s", "34,968 since 09:40".
    chip : (str, status), optional
        For example ("steady", "good").
    """

    def __init__(
        self, name: str, number: str = "—", note: str = "", chip: tuple[str, Status] | None = None
    ) -> None:
        super().__init__()
        self._name = Label(name, "small", "muted")
        self._number = Label(number, "number")
        self._note = ElidedLabel("", "small", "muted")
        self._chip = Chip(icon="")
        foot = row(self._note, self._chip)
        foot.setStretch(0, 1)
        self.body.setSpacing(2)
        self.add(self._name, self._number, foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_number(number, note, chip)

    def show_number(self, number: str, note: str = "", chip: tuple[str, Status] | None = None) -> None:
        """Show another number."""
        self._number.setText(number)
        self._note.set_text(note)
        set_shown(self._chip, chip is not None)
        if chip is not None:
            self._chip.show_status(chip[0], chip[1], "")
        self.setAccessibleName(f"{self._name.text()}: {number}")


@dataclass(frozen=True, slots=True)
class Step:
    """One cell of a `StatStrip`.

    `title` is the step ("Data"), `headline` its thing ("customers v12"), `detail` a line below, `chip` its state.
    """

    key: str
    title: str
    headline: str
    detail: str = ""
    chip: str = ""
    status: Status = "neutral"
    aside: str = ""
    """Right of the title, muted ("0.3 s")."""
    progress: float | None = None
    """0 to 1: a bar below; None: no bar."""


class _StepCell(QWidget):
    """A cell of the strip; a click (or Enter) opens its place."""

    opened = Signal()

    def __init__(self, step: Step) -> None:
        super().__init__()
        self._title = Label(step.title, "small", "muted")
        self._aside = Label(step.aside, "small", "muted")
        self._headline = ElidedLabel(step.headline, "card_title")
        self._detail = ElidedLabel(step.detail, "small")
        self._chip = Chip(step.chip, step.status, "")
        set_shown(self._chip, bool(step.chip))
        parts: list[QWidget | QLayout] = [row(self._title, None, self._aside), self._headline, self._detail]
        if step.chip:
            parts.append(row(self._chip, None))
        if step.progress is not None:
            from mlops_desktop.gui.widgets.progress import Bar

            parts.append(Bar(step.progress, "good" if step.progress >= 1 else "accent"))
        box = column(*parts, spacing=3)
        box.insertSpacing(3, 3)
        box.addStretch(1)
        self.setLayout(box)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{step.title}: {step.headline}, {step.detail} {step.chip}")

    def mouseReleaseEvent(self, event: object) -> None:
        """Open the place."""
        self.opened.emit()

    def keyPressEvent(self, event: object) -> None:
        """Enter opens the place."""
        if getattr(event, "key", lambda: 0)() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()


class StatStrip(Card):
    """A card with steps side by side, a line between; on a narrow window in rows of three."""

    opened = Signal(str)
    """Key of the step that was clicked."""

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(14)
        self._cells: list[_StepCell] = []
        self._lines: list[Line] = []
        self._per_row = 0
        self.body.addLayout(self._grid)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        clear(self._grid)
        self._cells, self._lines, self._per_row = [], [], 0
        for step in steps:
            cell = _StepCell(step)
            cell.opened.connect(lambda key=step.key: self.opened.emit(key))
            self._cells.append(cell)
        self._lines = [Line(down=True) for _ in self._cells[1:]]
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Three cells side by side."""
        return QSize(theme().px(3 * 130), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change between one row and rows of three."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= theme().px(150) * len(self._cells) or self.width() < 200
        per_row = len(self._cells) if wide else 3
        if per_row == self._per_row or not self._cells:
            return
        self._per_row = per_row
        for item in (*self._cells, *self._lines):
            self._grid.removeWidget(item)
            item.hide()
        for i, cell in enumerate(self._cells):
            line, place = divmod(i, per_row)
            self._grid.addWidget(cell, line, 2 * place)
            self._grid.setColumnStretch(2 * place, 1)
            cell.show()
            if place and i:
                self._grid.addWidget(self._lines[i - 1], line, 2 * place - 1)
                self._lines[i - 1].show()
        for place in range(per_row, len(self._cells)):
            self._grid.setColumnStretch(2 * place, 0)
