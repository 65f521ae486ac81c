"""The keys of every command: found, changed, and given back."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QWidget

from mlops_desktop.gui.actions import ActionRegistry
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import Field, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row
from mlops_desktop.gui.widgets.simple_table import Row, SimpleTable, TableColumn

from .settings_state import ShortcutLine, groups_of, shown_shortcuts


class ShortcutsPage(QWidget):
    """All commands with their keys.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    def __init__(self, host: ScreenHost) -> None:
        super().__init__()
        self._host = host
        self._registry = host.actions_registry
        self._search = TextField("", tr("Find a command or keys"), "search")
        self._search.setFixedWidth(theme().px(320))
        self._search.textChanged.connect(self.refresh)
        columns = [
            TableColumn("title", tr("Command"), stretch=3, sortable=False),
            TableColumn("keys", tr("Keys"), stretch=1, sortable=False),
            TableColumn("change", right=True, sortable=False),
            TableColumn("reset", right=True, sortable=False),
        ]
        self._table = SimpleTable(columns, dense=True, fits_rows=True)
        self._table.setAccessibleName(tr("Keyboard shortcuts"))
        self._table.clicked_cell.connect(self._on_clicked)
        self._table.activated_row.connect(self._change)
        note = Label(tr("Every command is in the palette (Ctrl K), with keys or without."), "small", "muted")
        self.setLayout(
            column(
                row(self._search, note, None), Card(flush=True).add(self._table), spacing=theme().space("gap")
            )
        )
        self._registry.shortcuts_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the commands that are looked for."""
        rows: list[Row] = []
        for group, lines in groups_of(shown_shortcuts(shortcut_lines(self._registry), self._search.text())):
            rows.append(Row(f"group:{group}", band=group))
            rows += [Row(line.action_id, _cells(line)) for line in lines]
        self._table.set_rows(rows)

    def _on_clicked(self, action_id: str, what: str) -> None:
        if what == "reset":
            self._registry.set_shortcut(action_id, self._registry.get(action_id).shortcut)
        else:
            self._change(action_id)

    def _change(self, action_id: str) -> None:
        action = self._registry.get(action_id)
        edit = QKeySequenceEdit(QKeySequence(self._registry.shortcut(action_id)))
        edit.setMaximumSequenceLength(1)
        edit.setClearButtonEnabled(True)
        field = Field(tr("Press the keys"), edit, tr("Nothing takes its keys away."))

        def accept() -> bool:
            try:
                self._registry.set_shortcut(action_id, edit.keySequence().toString())
            except ValueError as error:
                field.show_error(str(error))
                return False
            return True

        Dialog(self._host.window(), action.title, field, tr("Set keys"), accept).open()
        edit.setFocus()


def shortcut_lines(registry: ActionRegistry) -> tuple[ShortcutLine, ...]:
    """Every command of the window, whether it has keys or not."""
    return tuple(
        ShortcutLine(
            a.id,
            a.title.removesuffix("..."),
            a.group,
            registry.shortcut_text(a.id),
            registry.shortcut(a.id) == a.shortcut,
        )
        for a in registry.all()
        if not a.hidden
    )


def _cells(line: ShortcutLine) -> tuple[Cell, ...]:
    keys = Cell(line.keys, chip="neutral", icon="") if line.keys else Cell()
    reset = Cell() if line.default else Cell(tr("As it was"), link=True)
    return (Cell(line.title), keys, Cell(tr("Change"), link=True), reset)
