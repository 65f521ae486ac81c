"""`Project`: the facade. What a person can do stands here once, whoever asks and from where."""

from __future__ import annotations

import functools
from types import TracebackType

from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.projects import Backup, DoctorReport, ProjectStatus
from mlops_desktop.domain.references import LocalFile

from .activity import Activity
from .bundles import Bundles
from .datasets import Datasets
from .jobs import Jobs
from .models import Models
from .runs import Runs
from .schedules import Schedules
from .settings import Settings
from .verb import Backend, Group, verb


class Project(Group, group=""):
    """A project, wherever its service runs.

    Parameters
    ----------
    backend : Backend
        Local in the service, Remote elsewhere; see `open_project`.
    """

    @functools.cached_property
    def datasets(self) -> Datasets:
        """Data sets and their versions."""
        return Datasets(self._backend)

    @functools.cached_property
    def runs(self) -> Runs:
        """Trainings, and what scripts log."""
        return Runs(self._backend)

    @functools.cached_property
    def models(self) -> Models:
        """Registered models."""
        return Models(self._backend)

    @functools.cached_property
    def bundles(self) -> Bundles:
        """Exported bundles."""
        return Bundles(self._backend)

    @functools.cached_property
    def schedules(self) -> Schedules:
        """Trainings that run by themselves."""
        return Schedules(self._backend)

    @functools.cached_property
    def jobs(self) -> Jobs:
        """What the service works on."""
        return Jobs(self._backend)

    @functools.cached_property
    def activity(self) -> Activity:
        """What happened, undo and redo."""
        return Activity(self._backend)

    @functools.cached_property
    def settings(self) -> Settings:
        """The project's settings."""
        return Settings(self._backend)

    @verb(right="view")
    def status(self) -> ProjectStatus:
        """The project and its service: counts, running jobs, memory, the next schedule."""
        return self._status()

    @verb(right="edit", undoable=True)
    def rename(self, name: str) -> ProjectStatus:
        """Give the project another name; its folder stays.

        Parameters
        ----------
        name : str
            Its new name.
        """
        self.store.project.rename(name)
        return self._status()

    @verb(right="view")
    def doctor(self) -> DoctorReport:
        """Check everything: hashes of files, references between rows, counts, orphans, the chain of changes."""
        return self.store.health.check()

    @verb(right="edit")
    def backup(self, folder: LocalFile) -> Job[Backup]:
        """Copy the project to a folder while it runs.

        Parameters
        ----------
        folder : str
            Where the copy goes; must not exist.
        """
        plan = self.store.health.backup(folder)
        return self.begin("backup", f"Back up to {folder}", plan)

    @verb(right="edit", recorded=False)
    def stop(self, force: bool = False) -> None:
        """End the project's service.

        Parameters
        ----------
        force : bool
            Also with jobs at work: trainings go on and are found again, anything else is interrupted.
        """
        self._backend.stop(force)

    def _status(self) -> ProjectStatus:
        store = self.store
        return ProjectStatus(
            name=store.project.name,
            path=str(store.folder),
            format=store.project.format,
            counts=store.project.counts(),
            jobs_running=len(self._backend.active_jobs()),
            service=self._backend.health(),
            next_due=self._backend.scheduler.next_due(store),
        )

    def close(self) -> None:
        """Let the connection go; the service stays as long as something needs it."""
        close = getattr(self._backend, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


__all__ = ["Backend", "Project"]
