"""The left of the data page: data sets, and the versions of the one that is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import row, set_shown
from mlops_desktop.gui.widgets.simple_table import Row, SimpleTable, TableColumn

from .data_state import DatasetLine, DataState, VersionLine

_MOST_AT_ONCE = 6
"""Data sets that the list shows without scrolling; the versions below take the rest."""


class DatasetsCard(Card):
    """Data sets by name; one is shown."""

    dataset_chosen = Signal(str)
    trash_wanted = Signal(bool)
    """Show the trash, or what is not in it."""
    restore_wanted = Signal(str)
    menu_wanted = Signal(str, object)

    def __init__(self) -> None:
        self._trash = Button("", "link", small=True)
        super().__init__(tr("Data sets"), actions=[self._trash], flush=True)
        self.head_tools.insertStretch(0, 1)
        self.list = SimpleTable([TableColumn("name", stretch=1), TableColumn("version", right=True)])
        self.list.setAccessibleName(tr("Data sets"))
        self._restore = Button(tr("Put back"), icon="undo", small=True, on_click=self._on_restore)
        self._hint = Label(tr("The trash is empty."), "small", "muted")
        self._foot = QWidget()
        self._foot.setLayout(row(self._restore, self._hint, None, margins=(14, 2, 14, 8)))
        self.add(self.list, self._foot)
        self._shows_trash = False
        self._showing = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.menu_wanted.connect(self.menu_wanted)
        self._trash.clicked.connect(lambda: self.trash_wanted.emit(not self._shows_trash))

    def show_state(self, state: DataState) -> None:
        """Show the list."""
        self._shows_trash = state.trash
        self.set_title(tr("Trash") if state.trash else tr("Data sets"))
        self._trash.set_text(tr("Back") if state.trash else tr("Trash ({})").format(state.trashed))
        set_shown(self._trash, state.trash or state.trashed > 0)
        set_shown(self._restore, state.trash and bool(state.chosen))
        set_shown(self._hint, state.trash and not state.datasets)
        set_shown(self._foot, state.trash)
        self._showing = True
        self.list.set_rows([_dataset_row(line) for line in state.datasets])
        self.list.choose([state.chosen])
        self.list.setFixedHeight(self.list.row_height * min(max(len(state.datasets), 1), _MOST_AT_ONCE))
        self._showing = False

    def _on_chosen(self, keys: list[str]) -> None:
        if keys and not self._showing:
            self.dataset_chosen.emit(keys[0])

    def _on_restore(self) -> None:
        chosen = self.list.chosen
        if chosen:
            self.restore_wanted.emit(chosen[0])


class VersionsCard(Card):
    """Versions of a data set, newest first."""

    version_chosen = Signal(int)
    menu_wanted = Signal(str, object)

    def __init__(self) -> None:
        super().__init__(tr("Versions"), flush=True)
        self.list = SimpleTable([TableColumn("version", stretch=1)])
        self.list.setAccessibleName(tr("Versions"))
        self.add(self.list)
        self._showing = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.menu_wanted.connect(self.menu_wanted)

    def show_state(self, state: DataState) -> None:
        """Show the versions."""
        self._showing = True
        self.list.set_rows([_version_row(line) for line in state.versions])
        self.list.choose([str(state.number)])
        self._showing = False

    def _on_chosen(self, keys: list[str]) -> None:
        if keys and not self._showing:
            self.version_chosen.emit(int(keys[0]))


def _dataset_row(line: DatasetLine) -> Row:
    below = line.detail + (f" · {line.tags}" if line.tags else "")
    name = Cell(line.name, strong=True, below=below, tip=f"{line.name}\n{below}")
    return Row(line.name, (name, Cell(line.version, role="muted")))


def _version_row(line: VersionLine) -> Row:
    label = f"{line.label} · {line.when}"
    return Row(str(line.number), (Cell(label, strong=True, below=line.what, tip=line.tip),))
