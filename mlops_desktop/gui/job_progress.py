"""The progress of one job in the place that began it; it goes on wherever the person goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.jobs import JobRow

from .screen import ScreenHost
from .shell_lines import job_line
from .widgets.layouts import column, set_shown
from .widgets.progress import ProgressRow


class JobProgress(QWidget):
    """Stage, bar, time left and Cancel of a job; hidden while there is none.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    ended = Signal(object)
    """The `JobRow` of the job that was followed, once it has ended."""

    def __init__(self, host: ScreenHost) -> None:
        super().__init__()
        self._host = host
        self._job = 0
        self._row = ProgressRow()
        self._row.cancelled.connect(self._on_cancelled)
        self.setLayout(column(self._row))
        host.session.state_changed.connect(self._look)
        set_shown(self, False)

    @property
    def job(self) -> int:
        """Number of the job that is followed, 0 while there is none."""
        return self._job

    def follow(self, job: JobRow) -> None:
        """Show the progress of `job` from now on."""
        self._job = job.job_id
        self._show(job)
        self._look()

    def _look(self, state: object = None) -> None:
        if not self._job:
            return
        job = next((j for j in self._host.session.jobs if j.job_id == self._job), None)
        if job is None:
            return
        if job.ended:
            self._job = 0
            set_shown(self, False)
            self.ended.emit(job)
        else:
            self._show(job)

    def _show(self, job: JobRow) -> None:
        line = job_line(job)
        self._row.show_progress(line.detail or line.title, line.share, line.left, cancelling=line.cancelling)
        set_shown(self, True)

    def _on_cancelled(self) -> None:
        self._host.session.on_job(str(self._job), "cancel")
