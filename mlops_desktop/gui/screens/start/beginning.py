"""Beginning: where projects go, creating one and opening it, and going on with a file in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from mlops_desktop import system
from mlops_desktop.client import create_project
from mlops_desktop.domain.errors import UserError
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.data.import_intent import ImportIntent, suggested_name
from mlops_desktop.gui.widgets.dialogs import ask_text

from .start_state import project_folder

FILTERS = "Tables (*.csv *.tsv *.txt *.parquet *.xlsx *.json *.jsonl *.arrow *.feather *.gz *.zst *.zip);;All files (*)"
UNFINISHED = "unfinished-sample.txt"
"""Names the folder of a sample that was begun; gone once it is whole."""


def projects_folder() -> Path:
    """Where new projects go unless the person says otherwise."""
    return Path.home() / "projects"


def create_and_open(
    host: ScreenHost, folder: Path, name: str, failed: Callable[[UserError], None] | None = None
) -> None:
    """Create a project and open it in this window."""
    owner = host.window()

    def create() -> Path:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return create_project(folder, name)

    host.session.tasks.run(create, host.session.open, owner=owner, key="create", failed=failed)


def begin_with_file(host: ScreenHost, file: Path) -> None:
    """Look at a file before it is imported: in the project that is open, or in a new one named after it."""
    if host.session.project is not None:
        host.go(Place("data", ImportIntent(str(file))))
        return
    name = suggested_name(str(file))

    def accept(chosen: str) -> None:
        folder = free_folder(project_folder(chosen, projects_folder()))
        OnceOpen(host, folder, lambda: host.go(Place("data", ImportIntent(str(file)))))
        create_and_open(host, folder, chosen)

    title = tr("A project for {}").format(file.name)
    ask_text(
        host.window(),
        title,
        tr("Name of the new project"),
        name[:1].upper() + name[1:],
        tr("Create project"),
        accept,
    )


class OnceOpen(QObject):
    """Does something once the project in `folder` is open, then goes; another project opened lets it go too."""

    def __init__(self, host: ScreenHost, folder: Path, run: Callable[[], object]) -> None:
        super().__init__(host.window())
        self._folder, self._run = folder, run
        host.session.opened.connect(self._on_opened)

    def _on_opened(self, path: Path | None) -> None:
        if path is None:
            return
        self.deleteLater()
        if path == self._folder:
            self._run()


def free_folder(wanted: Path) -> Path:
    """`wanted`, or the first of its numbered brothers that isn't there yet."""
    found, number = wanted, 2
    while found.exists():
        found, number = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}"), number + 1
    return found


def sample_folder(*, credit: bool = False) -> tuple[Path, bool]:
    """Where the sample project is or would go, and whether it is there already, whole."""
    wanted = projects_folder() / ("credit.mlops" if credit else "bikes.mlops")
    note = system.state_folder() / UNFINISHED
    begun = note.read_text("utf-8") if note.exists() else ""
    if (wanted / "project.duckdb").exists() and begun != str(wanted):
        return wanted, True
    folder, number = wanted, 2
    while folder.exists() or folder.with_name(f"{folder.stem}-exported").exists():
        folder, number = wanted.with_name(f"{wanted.stem}-{number}.mlops"), number + 1
    return folder, False


def note_unfinished(folder: Path | None) -> None:
    """Remember that a sample has been begun in `folder`; None: it is whole."""
    note = system.state_folder() / UNFINISHED
    if folder is None:
        note.unlink(missing_ok=True)
    else:
        system.write_bytes(note, str(folder).encode())


__all__ = [
    "FILTERS",
    "OnceOpen",
    "begin_with_file",
    "create_and_open",
    "free_folder",
    "note_unfinished",
    "projects_folder",
    "sample_folder",
]
