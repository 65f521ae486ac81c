"""The left of the import page: the file, its format, and what was decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.forms import Field, Select, TextField
from mlops_desktop.gui.widgets.labels import ElidedLabel, IconLabel, Label, Line
from mlops_desktop.gui.widgets.layouts import clear, column, row, set_shown

from .import_format import FormatField
from .import_state import DecisionView, ImportState


class FileCard(Card):
    """The file: name, size, another one."""

    def __init__(self, choose: Callable[[], object], forget: Callable[[], object]) -> None:
        super().__init__(tr("File"))
        self._name = ElidedLabel("", "card_title")
        self._facts = ElidedLabel("", "small", "muted")
        close = Button(tr("Choose no file"), "icon", "x", forget, small=True)
        words = column(self._name, self._facts, spacing=1)
        line = row(IconLabel("file", "accent", 20), words, close, spacing=9)
        line.setStretch(1, 1)
        another = Button(tr("Choose another file..."), "link", "folder", choose, small=True)
        self.add(line, row(another, None))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_state(self, state: ImportState) -> None:
        """Show the file."""
        self._name.set_text(state.file)
        waits = tr("being looked at") if state.waits else tr("can't be read as it is")
        self._facts.set_text(state.facts or waits)


class FormatCard(Card):
    """One field for each option of the format; a change is previewed at once."""

    changed = Signal(str, str)
    """Key of the field and the choice."""
    reset = Signal()
    """Everything is to be found by itself again."""

    def __init__(self) -> None:
        self._note = Label("", "small", "muted")
        self._reset = Button(tr("Find by itself"), "link", on_click=lambda: self.reset.emit(), small=True)
        super().__init__(tr("Format"), actions=[self._note, self._reset])
        self.head_tools.insertStretch(0, 1)
        set_shown(self._reset, False)
        self._fields: dict[str, Field] = {}
        self._shown: dict[str, FormatField] = {}
        self.body.setSpacing(5)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_state(self, state: ImportState) -> None:
        """Show what holds."""
        self._note.setText(state.format_note)
        set_shown(self._reset, state.chosen > 0)
        for field in state.fields:
            if self._shown.get(field.key) != field:
                self._show_field(field)
                self._shown[field.key] = field

    def widget_of(self, key: str) -> QWidget:
        """The select or text field of an option."""
        return self._fields[key].field

    def _show_field(self, field: FormatField) -> None:
        if field.key not in self._fields:
            self._fields[field.key] = made = Field(field.name, self._made(field), beside=92)
            self.add(made)
        widget = self._fields[field.key].field
        if isinstance(widget, Select):
            widget.set_options(field.options, field.choice)
            widget.choose(field.choice)
        elif isinstance(widget, TextField) and not widget.hasFocus():
            widget.setText(field.choice)
        widget.setEnabled(field.enabled)

    def _made(self, field: FormatField) -> Select | TextField:
        if field.options:
            select = Select(small=True)
            select.setMinimumContentsLength(8)
            select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            select.chosen.connect(partial(self.changed.emit, field.key))
            return select
        text = TextField(hint=field.note, small=True)
        text.setToolTip(tr("Further words that stand for no value, with commas between: n/a, -, ?"))
        text.editingFinished.connect(lambda: self._on_text(field.key, text))
        return text

    def _on_text(self, key: str, text: TextField) -> None:
        if text.text().strip() != self._shown[key].choice:
            self.changed.emit(key, text.text().strip())


class DecisionsCard(Card):
    """What was decided, and why; each with Change."""

    change_wanted = Signal(str, bool, QPoint)
    """What it is about, whether that is a column, and where a menu goes."""
    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("What was decided, and why"))
        self._list = column(spacing=0)
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        inner.setLayout(column(self._list, None, margins=(0, 0, 6, 0)))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(scroll.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        scroll.setMinimumHeight(theme().px(90))
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._shown: tuple[tuple[DecisionView, ...], int] = ((), 0)

    def show_state(self, state: ImportState) -> None:
        """Show the decisions."""
        shown = (state.decisions, state.more_decisions)
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._list)
        for i, decision in enumerate(state.decisions):
            if i:
                self._list.addWidget(Line())
            self._list.addWidget(self._line(decision))
        if state.more_decisions:
            words = tr("{} more columns").format(f"{state.more_decisions:,}")
            more = Button(words, "link", on_click=lambda: self.more_wanted.emit(), small=True)
            self._list.addLayout(row(more, None, margins=(0, 6, 0, 4)))

    def _line(self, decision: DecisionView) -> QWidget:
        holder = QWidget()
        about = ElidedLabel(decision.about, "card_title")
        head = row(about, Label(decision.decided[:40], "small", "muted"), None, spacing=6)
        if decision.choices and (decision.is_column or decision.about in ("delimiter", "header", "encoding")):
            change = Button(tr("Change"), "link", small=True)
            change.setAccessibleName(tr("Change {}").format(decision.about))
            change.clicked.connect(lambda: self._on_change(decision, change))
            head.addWidget(change)
        role = "text" if decision.ink == "text" else decision.ink
        holder.setLayout(
            column(head, Label(decision.why, "small", role, wrap=True), spacing=0, margins=(0, 6, 0, 6))
        )
        return holder

    def _on_change(self, decision: DecisionView, button: Button) -> None:
        at = button.mapToGlobal(button.rect().bottomLeft())
        self.change_wanted.emit(decision.about, decision.is_column, at)
