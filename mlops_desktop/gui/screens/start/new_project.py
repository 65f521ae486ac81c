"""The card that creates a project: a name, a folder that follows it, one button."""

from __future__ import annotations

from pathlib import Path

from mlops_desktop.domain.errors import UserError
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.file_dialogs import choose_folder
from mlops_desktop.gui.widgets.forms import Field, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row

from .beginning import create_and_open, projects_folder
from .start_state import name_of_folder, project_folder, short_path


class NewProjectCard(Card):
    """Creates a project and opens it.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(tr("New project"))
        self._host = host
        self._parent_folder = projects_folder()
        self._name = TextField("", tr("Bike rentals 2013"))
        self._folder = TextField(
            "", short_path(project_folder("bike rentals 2013", self._parent_folder), Path.home())
        )
        self._name_field = Field(tr("Name"), self._name)
        self._folder_field = Field(tr("Folder"), self._folder)
        self._folder_follows = True
        self._create = Button(tr("Create project"), on_click=self._on_create)
        choose = Button(tr("Choose..."), on_click=self._on_choose)
        choose.setAccessibleName(tr("Choose the folder that the project goes into"))
        beside = column(Label("", "small"), choose, None, spacing=4)
        line = row(self._folder_field, beside, spacing=8)
        line.setStretch(0, 1)
        self.add(
            self._name_field,
            line,
            row(self._create, Label(tr("A folder that you can copy or move."), "small", "muted"), None),
        )
        self.add(None)
        self._name.textEdited.connect(self._on_name_edited)
        self._folder.textEdited.connect(self._on_folder_edited)
        self._name.returnPressed.connect(self._on_create)
        self._folder.returnPressed.connect(self._on_create)

    def focus_name(self) -> None:
        """Put the cursor into the name."""
        self._name.setFocus()

    def _on_name_edited(self, name: str) -> None:
        self._name_field.show_error("")
        if self._folder_follows:
            folder = project_folder(name, self._parent_folder)
            self._folder.setText(short_path(folder, Path.home()) if name.strip() else "")
            self._folder_field.show_error("")

    def _on_folder_edited(self, text: str) -> None:
        self._folder_follows = not text.strip()
        self._folder_field.show_error("")

    def _on_choose(self) -> None:
        def take(folder: Path) -> None:
            self._parent_folder, self._folder_follows = folder, True
            self._on_name_edited(self._name.text())

        start = self._parent_folder if self._parent_folder.is_dir() else Path.home()
        choose_folder(self, tr("The folder that the project goes into"), take, start)

    def _on_create(self) -> None:
        typed = self._folder.text().strip()
        name = self._name.text().strip()
        if not name and not typed:
            self._name_field.show_error(tr("Give the project a name."))
            self._name.setFocus()
            return
        folder = Path(typed).expanduser() if typed else project_folder(name, self._parent_folder)
        self._create.setEnabled(False)
        create_and_open(self._host, folder, name or name_of_folder(folder), self._on_failed)

    def _on_failed(self, error: UserError) -> None:
        self._create.setEnabled(True)
        self._folder_field.show_error(" ".join(part for part in (error.message, error.remedy) if part))
