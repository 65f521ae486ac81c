"""The line above the table: find a column, go to a row, filters as pills, columns, copy."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QWidget

from mlops_desktop.domain.datasets import Condition
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.forms import Select, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import FlowLayout, clear, column, row, set_shown

from .data_intent import condition_words, operators_of
from .data_state import ColumnLine

_LONGEST_PILL = 40


class ColumnField(TextField):
    """A field that completes names of columns; Enter takes the best match."""

    named = Signal(str)
    """Name of the column that was meant."""

    def __init__(self, hint: str, icon: str = "") -> None:
        super().__init__(hint=hint, icon=icon, small=True)
        self._names: list[str] = []
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        completer.activated.connect(self._on_completed)
        self.setCompleter(completer)
        self.returnPressed.connect(self._on_return)

    def set_names(self, names: list[str]) -> None:
        """Complete these names."""
        if names != self._names:
            self._names = names
            self._model.setStringList(names)

    def matched(self) -> str:
        """The name that the text means: whole, else at its beginning, else anywhere in it; empty when none."""
        text = self.text().strip().casefold()
        if not text:
            return ""
        whole = next((n for n in self._names if n.casefold() == text), "")
        begins = next((n for n in self._names if n.casefold().startswith(text)), "")
        return whole or begins or next((n for n in self._names if text in n.casefold()), "")

    def _on_completed(self, name: str) -> None:
        self.setText(name)
        self.named.emit(name)

    def _on_return(self) -> None:
        name = self.matched()
        if name:
            self.named.emit(name)


class ConditionEditor(QFrame):
    """Column, operator and value of a new filter, below the bar while it is open."""

    made = Signal(object)
    """The `Condition`."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "code")
        self._types: dict[str, str] = {}
        self.column_field = ColumnField(tr("Column"), "filter")
        self.operator = Select(small=True)
        self.operator.setAccessibleName(tr("Comparison"))
        self.value = TextField(hint=tr("Value"), small=True)
        self.column_field.setMinimumWidth(theme().px(140))
        self._error = Label("", "small", "bad")
        add = Button(tr("Add filter"), small=True, on_click=self.accept)
        close = Button(tr("Close"), "icon", "x", self.close_editor, small=True)
        line = row(self.column_field, self.operator, self.value, add, self._error, None, close)
        line.setContentsMargins(8, 6, 6, 6)
        self.setLayout(line)
        self.column_field.named.connect(self._on_named)
        self.column_field.editingFinished.connect(lambda: self._on_named(self.column_field.matched()))
        self.operator.currentIndexChanged.connect(self._on_operator)
        self.value.returnPressed.connect(self.accept)
        self._show_operators("text")

    def set_columns(self, columns: tuple[ColumnLine, ...]) -> None:
        """Offer these columns."""
        self._types = {c.name: c.type for c in columns}
        self.column_field.set_names(list(self._types))

    def open_editor(self, name: str = "") -> None:
        """Open it, with a column if one is meant already."""
        self.show()
        self.show_error("")
        if name:
            self.column_field.setText(name)
            self._on_named(name)
            self.value.setFocus()
        else:
            self.column_field.setFocus()
            self.column_field.selectAll()

    def close_editor(self) -> None:
        """Close it."""
        self.hide()
        self.closed.emit()

    def show_error(self, message: str) -> None:
        """Say what is wrong with the filter."""
        self._error.setText(message)

    def accept(self) -> None:
        """Add the filter."""
        name = self.column_field.matched()
        if not name:
            self.show_error(tr("There is no such column."))
            return
        operator, value = self.operator.choice, self.value.text().strip()
        if "missing" not in operator and not value:
            self.show_error(tr("A value is missing."))
            return
        self.show_error("")
        self.made.emit(Condition(name, operator, "" if "missing" in operator else value))  # type: ignore[arg-type]
        self.value.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_editor()
        else:
            super().keyPressEvent(event)

    def _on_named(self, name: str) -> None:
        self._show_operators(self._types.get(name, "text"))

    def _show_operators(self, kind: str) -> None:
        self.operator.set_options(operators_of(kind))
        self._on_operator()

    def _on_operator(self) -> None:
        self.value.setEnabled("missing" not in self.operator.choice)


class FilterBar(QWidget):
    """Find, go to, filters, number of rows; further tools at the right."""

    row_wanted = Signal(int)
    """Row, from 1."""
    column_wanted = Signal(str)
    condition_added = Signal(object)
    condition_removed = Signal(int)

    def __init__(self, tools: list[QWidget]) -> None:
        super().__init__()
        self.find_field = ColumnField(tr("Find column"), "search")
        self.find_field.setFixedWidth(theme().px(150))
        self.row_field = TextField(hint=tr("Go to row"), small=True)
        self.row_field.setFixedWidth(theme().px(88))
        self._add = Button(tr("Filter..."), icon="filter", small=True, on_click=lambda: self.open_filter())
        self._count = Label("", "small", "muted")
        self.editor = ConditionEditor()
        self._pills = QWidget()
        self._flow = FlowLayout(self._pills, 6)
        self._shown: tuple[Condition, ...] = ()
        top = row(self.find_field, self.row_field, self._add, self._count, None, *tools)
        self.setLayout(column(top, self._pills, self.editor, spacing=6))
        set_shown(self.editor, False)
        set_shown(self._pills, False)
        self.find_field.named.connect(self.column_wanted)
        self.row_field.returnPressed.connect(self._on_go_to)
        self.editor.made.connect(self.condition_added)

    def set_columns(self, columns: tuple[ColumnLine, ...]) -> None:
        """Offer these columns."""
        self.find_field.set_names([c.name for c in columns])
        self.editor.set_columns(columns)

    def show_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Show the filters that hold."""
        if conditions == self._shown:
            return
        self._shown = conditions
        clear(self._flow)
        for place, condition in enumerate(conditions):
            words = condition_words(condition)
            shown = words if len(words) <= _LONGEST_PILL else words[: _LONGEST_PILL - 1] + "…"
            pill = Button(shown, "filter", "x", small=True)
            pill.setToolTip(tr("Take away the filter: {}").format(words))
            pill.setAccessibleName(tr("Filter {}, click takes it away").format(words))
            pill.clicked.connect(lambda _=False, p=place: self.condition_removed.emit(p))
            self._flow.addWidget(pill)
        set_shown(self._pills, bool(conditions))

    def show_count(self, shown: int | None, total: int) -> None:
        """Say how many rows match of how many."""
        if shown is None:
            self._count.setText(tr("counting ..."))
        elif shown == total:
            self._count.setText(tr("{} rows").format(f"{total:,}") if total != 1 else tr("1 row"))
        else:
            self._count.setText(tr("{} of {} rows").format(f"{shown:,}", f"{total:,}"))

    def open_filter(self, name: str = "") -> None:
        """Open the editor of a new filter."""
        set_shown(self.editor, True)
        self.editor.open_editor(name)

    def _on_go_to(self) -> None:
        text = self.row_field.text().strip().replace(",", "").replace(".", "")
        if text.isdecimal():
            self.row_wanted.emit(int(text))
        elif text:
            self.find_field.setText(text)
            name = self.find_field.matched()
            if name:
                self.column_wanted.emit(name)
