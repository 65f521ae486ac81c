"""Follows one job of the service without keeping a thread busy, for screens that show its progress in place."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.gui.tasks import Tasks

EVERY_MS = 200


class JobWatch(QObject):
    """Asks for a job's row a few times a second until it has ended.

    Parameters
    ----------
    tasks : Tasks
        Runs the calls.
    parent : QObject
        Qt's owner.
    """

    moved = Signal(object)
    """The `JobRow` as it is now."""
    ended = Signal(object)
    """The last `JobRow`."""

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._project: Any = None
        self._job_id: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._ask)

    @property
    def job_id(self) -> int | None:
        """Number of the job that is followed, None when there is none."""
        return self._job_id

    def follow(self, project: Any, job_id: int) -> None:
        """Follow a job of `project`; one that was followed before is left alone."""
        self._project, self._job_id = project, job_id
        self._ask()

    def leave(self) -> None:
        """Follow none; the job itself goes on."""
        self._timer.stop()
        self._job_id = None

    def _ask(self) -> None:
        project, job_id = self._project, self._job_id
        if job_id is not None:
            self._tasks.run(
                lambda: project.jobs.wait(job_id, 0.0),
                self._on_row,
                owner=self,
                key="job",
                failed=self._on_failed,
            )

    def _on_row(self, row: JobRow) -> None:
        if row.job_id != self._job_id:
            return
        self.moved.emit(row)
        if row.ended:
            self._job_id = None
            self.ended.emit(row)
        else:
            self._timer.start()

    def _on_failed(self, error: UserError) -> None:
        """The service is starting again: the job is asked for until it answers."""
        if self._job_id is not None:
            self._timer.start(EVERY_MS * 5)
            self._timer.setInterval(EVERY_MS)
