"""What the window needs of the project it shows, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

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
    def context(self) -> ActionContext:
        """Rights, jobs and whether a project is open; the window adds section and selection."""
        ...

    def find(self, text: str) -> Sequence[Finding]:
        """Things of the project that match what a person typed. Called off the GUI thread."""
        ...

    def on_job(self, job_id: str, what: str) -> None:
        """A button of a job was clicked: "cancel", "show", or a key that the job line named."""
        ...
