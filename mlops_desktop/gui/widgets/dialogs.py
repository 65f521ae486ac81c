"""Small dialogs: opened, never executed; the answer comes by a call."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.forms import Field, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row


class Dialog(QDialog):
    """A dialog over its window: title, anything, Cancel and one primary button. It deletes itself when closed.

    Parameters
    ----------
    parent : QWidget
        Any widget of the window.
    title : str
        What is decided.
    body : QWidget
        What is filled in.
    button : str
        Words of the primary button: the verb ("Create project"), never "OK".
    on_accept : callable
        Called when it is pressed; returns False to keep the dialog open (something is missing).
    danger : bool
        What follows can't be undone.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        body: QWidget,
        button: str,
        on_accept: Callable[[], object],
        *,
        danger: bool = False,
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._on_accept = on_accept
        self.accept_button = Button(button, "danger" if danger else "primary", on_click=self._try)
        self.accept_button.setDefault(not danger)
        cancel = Button(self.tr("Cancel"), on_click=self.close)
        foot = row(None, cancel, self.accept_button)
        self.setLayout(
            column(Label(title, "subtitle", wrap=True), body, foot, spacing=14, margins=(18, 16, 18, 14))
        )
        self.setMinimumWidth(theme().px(380))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the primary button, Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.accept_button.isDefault():
            self._try()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _try(self) -> None:
        if self.accept_button.isEnabled() and self._on_accept() is not False:
            self.close()


def ask_text(
    parent: QWidget, title: str, name: str, text: str, button: str, on_text: Callable[[str], object]
) -> Dialog:
    """Ask for one line; `on_text` takes it, stripped, and is not called with nothing.

    Parameters
    ----------
    name, text : str
        Name of the field and what stands in it at first, marked.
    """
    line = TextField(text)
    field = Field(name, line)

    def accept() -> object:
        value = line.text().strip()
        if not value:
            field.show_error("Something must stand here.")
            return False
        return on_text(value)

    dialog = Dialog(parent, title, field, button, accept)
    line.selectAll()
    dialog.open()
    line.setFocus()
    return dialog


def confirm(
    parent: QWidget, title: str, text: str, button: str, on_yes: Callable[[], object], *, danger: bool = True
) -> Dialog:
    """Ask before what can't be undone; everything else is done at once and offers Undo."""
    dialog = Dialog(parent, title, Label(text, wrap=True), button, on_yes, danger=danger)
    dialog.open()
    return dialog
