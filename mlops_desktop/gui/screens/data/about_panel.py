"""Notes on a data set, its tags, and what was decided and met when the version was imported."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row, set_shown

from .data_state import DataState


class AboutPanel(QWidget):
    """Notes that are saved when one leaves the field, and the report of the import."""

    notes_changed = Signal(str, str)
    """Name of the data set that the notes are of, and the notes."""
    tags_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._dataset, self._saved = "", ""
        self.notes = QPlainTextEdit()
        self.notes.setPlaceholderText(tr("What people should know of this data set"))
        self.notes.setAccessibleName(tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setMaximumHeight(theme().px(120))
        set_font(self.notes, "base")
        self.notes.installEventFilter(self)
        self._tags = Label("", "base")
        edit = Button(tr("Tags..."), icon="tag", small=True, on_click=self.tags_wanted.emit)
        self._said = QPlainTextEdit()
        self._said.setReadOnly(True)
        self._said.setProperty("kind", "bare")
        self._said.setAccessibleName(tr("What was decided"))
        set_font(self._said, "base")
        self._head = Label(tr("What was decided and met when it was imported"), "card_title")
        self.setLayout(
            column(
                Label(tr("Notes"), "card_title"),
                self.notes,
                row(edit, self._tags, None),
                self._head,
                self._said,
                spacing=8,
                margins=(14, 12, 14, 12),
            )
        )

    def show_state(self, state: DataState) -> None:
        """Show notes, tags and report."""
        if state.title != self._dataset or (not self.notes.hasFocus() and state.notes != self._saved):
            self.save()
            self._dataset, self._saved = state.title, state.notes
            self.notes.setPlainText(state.notes)
        self._tags.setText(", ".join(state.tags))
        if self._said.toPlainText() != state.said:
            self._said.setPlainText(state.said)
        set_shown(self._head, bool(state.said))

    def save(self) -> None:
        """Tell the notes if they are other ones now."""
        text = self.notes.toPlainText()
        if self._dataset and text != self._saved:
            self._saved = text
            self.notes_changed.emit(self._dataset, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving the field saves."""
        if watched is self.notes and event.type() == QEvent.Type.FocusOut:
            self.save()
        return False
