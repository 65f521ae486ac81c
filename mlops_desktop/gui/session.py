"""What the window needs of the project it shows, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.gui.actions import ActionContext
from mlops_desktop.gui.shell.shell_state import Finding
from mlops_desktop.gui.tasks import Tasks


class Session(Protocol):
    """The project open in this window (or none), and the runner of calls to it."""

    @property
    def tasks(self) -> Tasks:
        """Runs calls off the GUI thread."""
        ...

    @property
    def project(self) -> Any:
        """The facade `mlops_desktop.project.Project`, None while no project is open."""
        ...

    @property
    def path(self) -> Path | None:
        """The folder of the project that is open."""
        ...

    @property
    def jobs(self) -> tuple[JobRow, ...]:
        """Jobs of this life of the window, newest first."""
        ...

    @property
    def client(self) -> str:
        """What the changes of this window are recorded under."""
        ...

    opened: Any
    """Signal with the path of the project that is open now, or None."""

    state_changed: Any
    """Signal with a new `ShellState`: counts, jobs or the service have moved."""

    def open(self, path: Path) -> None:
        """Open a project, letting go of the one before."""
        ...

    @property
    def context(self) -> ActionContext:
        """Rights, jobs and whether a project is open; the window adds section and selection."""
        ...

    def find(self, text: str) -> Sequence[Finding]:
        """Things of the project that match what a person typed. Called off the GUI thread."""
        ...

    def on_job(self, job_id: str, what: str) -> None:
        """A button of a job was clicked: "cancel", "show", or a key that the job line named."""
        ...
