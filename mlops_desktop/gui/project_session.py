"""The project open in the window: calls to it, and the news that come from it.

News come by one call at a time to ``activity.wait``, run on a thread of its own beside the calls of screens. A jump
in the numbers or another life of the service means "reload what you show": every topic is told then.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from mlops_desktop.client import ServiceBugError, open_project
from mlops_desktop.domain.changes import News
from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.projects import ProjectStatus
from mlops_desktop.project import Project

from .actions import ActionContext
from .finding import things_that_match
from .shell.shell_state import Finding, ShellState
from .shell_lines import initials, job_lines, merged_jobs, shell_counts
from .tasks import Tasks

STATUS_EVERY_MS = 3000
"""How often the bars ask for processor, memory and counts while the window is visible."""
NEWS_TURN_S = 20.0
RETRY_S = 1.0
ALL_TOPICS = (
    "dataset", "dataset_version", "run", "metric", "model", "model_version", "alias", "bundle", "schedule", "firing",
    "job", "change", "setting", "meta", "log",
)  # fmt: skip


class ProjectSession(QObject):
    """What the window asks of the project it shows; see `gui.session.Session`."""

    topics_moved = Signal(object)
    """A frozenset of topics that have moved."""
    state_changed = Signal(object)
    """A new `ShellState`."""
    opened = Signal(object)
    """The path of the project that is open now, or None."""
    job_ended = Signal(object)
    """The `JobRow` of a job that has just ended."""
    _news = Signal(object)
    _lost = Signal(str)

    def __init__(self, tasks: Tasks, person: str, client: str) -> None:
        super().__init__()
        self._tasks = tasks
        self._client = client
        self._project: Project | None = None
        self._path: Path | str | None = None
        self._jobs: tuple[JobRow, ...] = ()
        self._state = ShellState(person=initials(person))
        self._listener: _Listener | None = None
        self._news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
        self._lost.connect(self._on_lost, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(STATUS_EVERY_MS)
        self._timer.timeout.connect(self.ask_status)

    @property
    def client(self) -> str:
        """What the changes of this window are recorded under."""
        return self._client

    @property
    def tasks(self) -> Tasks:
        """Runs calls off the GUI thread."""
        return self._tasks

    @property
    def project(self) -> Any:
        """The facade, None while no project is open."""
        return self._project

    @property
    def path(self) -> Path | None:
        """The folder of the project that is open; None also for one that is known by the address of its service."""
        return self._path if isinstance(self._path, Path) else None

    @property
    def state(self) -> ShellState:
        """What the bars show."""
        return self._state

    @property
    def jobs(self) -> tuple[JobRow, ...]:
        """Jobs of this life of the window, newest first."""
        return self._jobs

    @property
    def context(self) -> ActionContext:
        """Whether a project is open and what works in it."""
        running = sum(not job.ended for job in self._jobs)
        return ActionContext(has_project=self._project is not None, running_jobs=running)

    def open(self, path: Path | str) -> None:
        """Open a project; `opened` says when its service has answered."""
        self.close()
        self._show(replace(self._state, service="starting", service_text="", project_title=Path(path).stem))
        self._tasks.run(lambda: _connected(path, self._client), lambda found: self._on_open(path, found), owner=self, key="open",
                        failed=self._on_open_failed)  # fmt: skip

    def close(self) -> None:
        """Let the project go; its service stays as long as something needs it."""
        self._timer.stop()
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        project, self._project, self._path = self._project, None, None
        self._jobs = ()
        if project is not None:
            project.close()
            self._show(ShellState(person=self._state.person))
            self.opened.emit(None)

    def ask_status(self) -> None:
        """Ask for counts, processor and memory."""
        project = self._project
        if project is not None:
            self._tasks.run(
                project.status, self._on_status, owner=self, key="status", failed=lambda error: None
            )

    def find(self, text: str) -> Sequence[Finding]:
        """Things of the project that match what a person typed; called off the GUI thread."""
        return things_that_match(self._project, text) if self._project is not None else ()

    def on_job(self, job_id: str, what: str) -> None:
        """A button of a job was clicked."""
        project = self._project
        if project is not None and what == "cancel":
            self._tasks.run(
                lambda: project.jobs.cancel(int(job_id)), lambda row: self._take_jobs([row]), owner=self
            )

    def _on_open(self, path: Path | str, found: tuple[Project, ProjectStatus, list[JobRow]]) -> None:
        self._project, status, jobs = found
        self._path = path
        self._jobs = tuple(jobs)
        self._on_status(status)
        self._listener = _Listener(self._project, self._news.emit, self._lost.emit)
        self._listener.start()
        self._timer.start()
        self.opened.emit(path)

    def _on_open_failed(self, error: UserError) -> None:
        self._show(ShellState(person=self._state.person))
        self._tasks.failed.emit(error)

    def _on_status(self, status: ProjectStatus) -> None:
        self._show(
            replace(
                self._state,
                project_title=status.name,
                service="running",
                where="local project",
                counts=shell_counts(status.counts),
                cpu_share=status.service.cpu_percent / 100,
                memory_bytes=status.service.memory_bytes,
                jobs=job_lines(self._jobs),
                note=_due_words(status),
            )
        )

    def _on_news(self, news: News) -> None:
        if self._project is None:
            return
        if self._state.service != "running":
            self._show(replace(self._state, service="running"))
        self._take_jobs([e.job for e in news.events if e.job is not None])
        topics = frozenset(ALL_TOPICS) if news.reset else frozenset(t for e in news.events for t in e.topics)
        if topics - {"job"}:
            self.ask_status()
        if topics:
            self.topics_moved.emit(topics)

    def _on_lost(self, why: str) -> None:
        self._show(replace(self._state, service="lost", cpu_share=None, memory_bytes=None))

    def _take_jobs(self, rows: Sequence[JobRow]) -> None:
        if not rows:
            return
        before = {job.job_id: job.ended for job in self._jobs}
        self._jobs = merged_jobs(self._jobs, rows)
        self._show(replace(self._state, jobs=job_lines(self._jobs)))
        for row in rows:
            if row.ended and not before.get(row.job_id, False):
                self.job_ended.emit(row)

    def _show(self, state: ShellState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)


class _Listener:
    """One call after another to ``activity.wait``, on a thread of its own; it ends within a turn of being stopped."""

    def __init__(self, project: Project, tell: Any, lost: Any) -> None:
        self._project, self._tell, self._lost = project, tell, lost
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="news", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Tell nothing more; the call under way ends by itself, or with its connection."""
        self._ending.set()

    def _listen(self) -> None:
        after, instance = 0, ""
        while not self._ending.is_set():
            try:
                news = self._project.activity.wait(after, instance, NEWS_TURN_S)
            except (UserError, ServiceBugError) as error:
                if not self._ending.is_set():
                    self._lost(str(error))
                self._ending.wait(RETRY_S)
                continue
            first = instance == ""
            after, instance = news.last, news.instance
            if not self._ending.is_set() and (news.events or (news.reset and not first)):
                with contextlib.suppress(RuntimeError):  # the window has just been deleted
                    self._tell(news)


def _connected(path: Path | str, client: str) -> tuple[Project, ProjectStatus, list[JobRow]]:
    project = open_project(path, client=client)
    return project, project.status(), project.jobs.list(limit=20)


def _due_words(status: ProjectStatus) -> str:
    if status.next_due is None:
        return ""
    local = status.next_due.astimezone()
    return f"next schedule {local:%a} {local.day} {local:%b %H:%M}"


__all__ = ["ProjectSession"]
