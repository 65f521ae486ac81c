"""What differs between two versions of a data set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.widgets.cards import KeyValueList
from mlops_desktop.gui.widgets.forms import Select
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row, set_shown

from .data_state import ChangesView


class ChangesPanel(QWidget):
    """A version held against another one."""

    against_chosen = Signal(int)
    """Number of the version to hold against."""

    def __init__(self) -> None:
        super().__init__()
        self.against = Select(small=True)
        self.against.setAccessibleName(tr("Version to hold against"))
        self.against.chosen.connect(self._on_chosen)
        self._new = Label("", "base")
        self._waits = Label(tr("Comparing the two versions ..."), "base", "muted")
        self._facts = KeyValueList(key_width=130)
        self._shown: ChangesView | None = None
        head = row(Label(tr("From"), "base", "muted"), self.against, self._new, None)
        self.setLayout(column(head, self._waits, self._facts, None, spacing=12, margins=(14, 12, 14, 12)))

    def _on_chosen(self, number: str) -> None:
        self.against_chosen.emit(int(number))

    def show_changes(self, view: ChangesView | None) -> None:
        """Show the difference, or that it is being looked for."""
        if view is None or view == self._shown:
            return
        self._shown = view
        self.against.set_options(view.choices, str(view.old))
        self._new.setText(tr("to v{}").format(view.new))
        set_shown(self._waits, not view.facts)
        set_shown(self._facts, bool(view.facts))
        self._facts.set_rows(view.facts)
