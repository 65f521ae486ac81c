"""Forms: named fields with their errors, selects, toggles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSizePolicy, QSpinBox, QWidget

from mlops_desktop.gui.theme import set_font, set_style, theme
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row, set_shown


class TextField(QLineEdit):
    """One line of text.

    Parameters
    ----------
    text, hint : str
        What stands in it, and what is shown while it is empty.
    icon : str
        A line icon at the left ("search", "filter").
    small : bool
        25 px high instead of 31.
    """

    def __init__(self, text: str = "", hint: str = "", icon: str = "", *, small: bool = False) -> None:
        super().__init__(text)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setProperty("small", small)
        set_font(self, "small" if small else "base")
        self._icon = icon
        self._mark: QAction | None = None
        if icon:
            self._mark = self.addAction(theme().icon(icon), QLineEdit.ActionPosition.LeadingPosition)
            theme().changed.connect(self._restyle)

    def _restyle(self) -> None:
        if self._mark is not None:
            self._mark.setIcon(theme().icon(self._icon))


class Select(QComboBox):
    """One of a few values; (key, words) each. The wheel does not change it unless it has the focus."""

    chosen = Signal(str)
    """Key of what a person chose."""

    def __init__(
        self, options: Sequence[tuple[str, str]] = (), choice: str = "", *, small: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("small", small)
        set_font(self, "small" if small else "base")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._options: tuple[tuple[str, str], ...] = ()
        self.set_options(options, choice)
        self.activated.connect(self._on_activated)

    @property
    def choice(self) -> str:
        """Key of the value shown, empty when there is none."""
        return self.currentData() or ""

    def choose(self, key: str) -> None:
        """Show a value without emitting `chosen`; an unknown key changes nothing."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def set_options(self, options: Sequence[tuple[str, str]], choice: str = "") -> None:
        """Offer other values; keeps the choice if it is among them."""
        before = choice or self.choice
        if tuple(options) != self._options:  # thousands of columns take their time
            self._options = tuple(options)
            self.clear()
            for key, words in options:
                self.addItem(words, key)
        self.choose(before)

    def _on_activated(self) -> None:
        self.chosen.emit(self.choice)

    def wheelEvent(self, event: object) -> None:
        """Scroll the page, not the value."""
        if self.hasFocus():
            super().wheelEvent(event)  # type: ignore[arg-type]
        else:
            event.ignore()  # type: ignore[attr-defined]


class NumberField(QSpinBox):
    """A whole number between limits. The wheel does not change it unless it has the focus.

    Parameters
    ----------
    value, low, high : int
        What stands in it, and its limits.
    unit : str
        Stands after the number ("h").
    """

    def __init__(self, value: int, low: int, high: int, unit: str = "") -> None:
        super().__init__()
        # The padding of the style sheet doesn't reach its text.
        self.lineEdit().setTextMargins(theme().px(7), 0, 0, 0)
        self.setRange(low, high)
        self.setValue(value)
        self.setSuffix(f" {unit}" if unit else "")
        set_font(self, "base")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not the value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Toggle(QCheckBox):
    """A check box; `on_change` takes the new value when a person changes it."""

    def __init__(
        self, words: str = "", checked: bool = False, on_change: Callable[[bool], object] | None = None
    ) -> None:
        super().__init__(words)
        self.setChecked(checked)
        set_font(self, "base")
        if on_change is not None:
            self.clicked.connect(lambda: on_change(self.isChecked()))


class Field(QWidget):
    """A field with its name above (or at the left), a note below, and its error in place.

    Parameters
    ----------
    name : str
        What it is, above the field.
    field : QWidget
        TextField, Select, Toggle, any widget.
    note : str
        Muted line below.
    beside : int
        Width of the name in px when it stands at the left; 0 puts it above.
    """

    def __init__(self, name: str, field: QWidget, note: str = "", beside: int = 0) -> None:
        super().__init__()
        self.field = field
        self._beside = beside
        self._name = Label(name, "base" if beside else "small", "muted")
        self._name.setBuddy(field)
        self._note = Label(note, "small", "muted", wrap=True)
        self._text = note
        field.setAccessibleName(name)
        if beside:
            self._fit_name()
            theme().changed.connect(self._fit_name)
            line = row(self._name, field)
            line.setStretch(1, 1)
            self.setLayout(column(line, self._note, spacing=4))
        else:
            self.setLayout(column(self._name, field, self._note, spacing=4))
        set_shown(self._note, bool(note))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _fit_name(self) -> None:
        self._name.setFixedWidth(theme().px(self._beside))

    def show_error(self, message: str) -> None:
        """Say at the field what is wrong with it; an empty text takes the word back."""
        set_style(self.field, state="bad" if message else "")
        self._note.set_role("bad" if message else "muted")
        self._note.setText(message or self._text)
        set_shown(self._note, bool(message or self._text))
        self.field.setAccessibleDescription(message)


class Debounce(QObject):
    """Calls back once, `wait_ms` after the last `poke`: for fields that search while one types."""

    fired = Signal()

    def __init__(self, parent: QObject, wait_ms: int = 150) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(wait_ms)
        self._timer.timeout.connect(self.fired)

    def poke(self) -> None:
        """Something changed."""
        self._timer.start()
