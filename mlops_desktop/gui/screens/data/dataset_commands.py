"""What a person changes of a data set: each asks if need be, calls one verb, says what was done and offers Undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.changes import Change
from mlops_desktop.domain.datasets import Dataset, DatasetVersion, Role
from mlops_desktop.domain.errors import ConflictError
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.widgets.dialogs import Dialog, ask_text
from mlops_desktop.gui.widgets.file_dialogs import choose_new_file
from mlops_desktop.gui.widgets.forms import Field, TextField

EXPORT_FILTERS = "CSV (*.csv);;Parquet (*.parquet)"


class DatasetCommands:
    """Changes of data sets, for the page, its menus and the commands of the window.

    Parameters
    ----------
    host : ScreenHost
        The window.
    owner : QWidget
        The page: calls end with it, dialogs open over its window.
    changed : callable
        Called with the data set's name after each change.
    """

    def __init__(self, host: ScreenHost, owner: QWidget, changed: Callable[[str], object]) -> None:
        self._host = host
        self._owner = owner
        self._changed = changed

    def rename(self, name: str) -> None:
        """Ask for another name."""

        def renamed(new: str) -> object:
            done = tr("Renamed {} to {}").format(_short(name), _short(new))
            return self._run(lambda p: p.datasets.rename(name, new), done, undo=name)

        ask_text(self._owner, tr("Rename data set"), tr("Name"), name, tr("Rename"), renamed)

    def edit_tags(self, dataset: Dataset) -> None:
        """Ask for the tags."""
        line = TextField(", ".join(dataset.tags))
        field = Field(tr("Tags, with commas between"), line)

        def accept() -> None:
            tags = [t.strip() for t in line.text().split(",") if t.strip()]
            self._run(
                lambda p: p.datasets.set_tags(dataset.name, tags),
                tr("Changed the tags"),
                undo=dataset.name,
            )

        dialog = Dialog(
            self._owner,
            tr("Tags of {}").format(_short(dataset.name)),
            field,
            tr("Save tags"),
            accept,
        )
        dialog.open()
        line.setFocus()

    def tag_version(self, version: DatasetVersion) -> None:
        """Ask for the tags of one version."""
        line = TextField(", ".join(version.tags))
        field = Field(tr("Tags of this version"), line, tr("name@tag means it then"))

        def accept() -> None:
            tags = [t.strip() for t in line.text().split(",") if t.strip()]
            self._run(
                lambda p: p.datasets.tag_version(version.ref, tags),
                tr("Tagged v{}").format(version.number),
                undo=version.dataset,
            )

        title = tr("Tags of v{}").format(version.number)
        Dialog(self._owner, title, field, tr("Save tags"), accept).open()
        line.setFocus()

    def set_notes(self, name: str, notes: str) -> None:
        """Save the notes."""
        self._run(lambda p: p.datasets.set_notes(name, notes), tr("Saved the notes"), undo=name)

    def set_role(self, name: str, column: str, role: Role) -> None:
        """Say what a column is for."""
        done = tr("{} is {} now").format(_short(column), role)
        self._run(lambda p: p.datasets.set_role(name, column, role), done, undo=name)

    def trash(self, name: str) -> None:
        """Move to the trash; a notice offers to take it back."""
        done = tr("Moved {} to the trash").format(_short(name))
        self._run(
            lambda p: p.datasets.trash(name), done, undone_by=lambda p: p.datasets.restore(name), undo=name
        )

    def restore(self, name: str) -> None:
        """Take out of the trash."""
        done = tr("Put {} back").format(_short(name))
        self._run(
            lambda p: p.datasets.restore(name), done, undone_by=lambda p: p.datasets.trash(name), undo=name
        )

    def restore_version(self, version: DatasetVersion) -> None:
        """Make an older version the newest again."""
        done = tr("v{} of {} is the newest again").format(version.number, _short(version.dataset))
        message = tr("Back to v{}").format(version.number)
        self._run(lambda p: p.datasets.restore_version(version.ref, message), done, undo=version.dataset)

    def export(self, version: DatasetVersion) -> None:
        """Choose a file and write the version to it."""
        start = Path.home() / f"{_file_name(version.dataset)}_v{version.number}.csv"
        choose_new_file(
            self._owner,
            tr("Export {} v{}").format(_short(version.dataset), version.number),
            EXPORT_FILTERS,
            lambda path: self.export_to(version.ref, path),
            start,
        )

    def export_to(self, ref: str, path: Path) -> None:
        """Write a version to a file; the window shows the job and says when it has ended."""
        project = self._host.session.project

        def begun(row: JobRow) -> None:
            self._host.say(tr("Exporting to {}").format(path))

        self._host.session.tasks.run(
            lambda: project.datasets.export(ref, str(path)).row, begun, owner=self._owner, key="export"
        )

    def _run(
        self,
        call: Callable[[Any], Any],
        done: str,
        *,
        undo: str,
        undone_by: Callable[[Any], Any] | None = None,
    ) -> None:
        """Call a verb; say `done` with Undo, which runs `undone_by`, else takes this very change back."""
        project, tasks = self._host.session.project, self._host.session.tasks

        def taken_back(answer: Any) -> None:
            self._changed("")

        def told(found: tuple[Any, Change | None]) -> None:
            answer, change = found
            back = undone_by or partial(take_back, change=change)
            self._host.say(done, lambda: tasks.run(lambda: back(project), taken_back, owner=self._owner))
            self._changed(getattr(answer, "name", undo))

        tasks.run(lambda: (call(project), newest_change(project)), told, owner=self._owner)


def newest_change(project: Any) -> Change | None:
    """The change that was just made."""
    return next(iter(project.activity.list(limit=1)), None)


def take_back(project: Any, change: Change | None) -> Change:
    """Undo `change`, as long as it is still the one that undo would take back.

    Raises
    ------
    ConflictError
        The same window has done something else since.
    """
    since = project.activity.list(limit=200)
    mine = (c for c in since if change and c.client == change.client and c.undoable and not c.undone)
    last = next((c for c in mine if c.undoes is None), None)
    if change is None or last is None or last.sequence != change.sequence:
        raise ConflictError(
            tr("This can't be taken back from here any more."),
            reason=tr("Something else was done since."),
            remedy=tr("Take back what came later first, with Ctrl+Z."),
        )
    return project.activity.undo()


def _short(name: str, most: int = 40) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _file_name(name: str) -> str:
    """A name that every file system takes."""
    return "".join(c if c.isalnum() or c in "-_ ." else "_" for c in name)[:80].strip() or "data"
