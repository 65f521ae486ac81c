"""`Host`: the parts of a running service, put together and taken apart in order."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psutil

from mlops_desktop.domain.errors import BusyError
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.projects import ServiceHealth
from mlops_desktop.store.database import Store
from mlops_desktop.store.session import Caller
from mlops_desktop.store.times import now
from mlops_desktop.version import __version__

from .children import Children
from .jobs import Jobs
from .local import Local
from .resuming import resume_jobs
from .ring import Ring
from .scheduler import ScheduleLoop
from .servers import ModelServers

log = logging.getLogger(__name__)


class Host:
    """A service of one project, without its socket.

    Parameters
    ----------
    folder : Path
        The project's folder; the caller holds its lock.
    on_stop : callable
        Called when somebody asks the service to end.
    on_schedules : callable
        Told the project's name and whether any schedule is active.
    """

    def __init__(
        self,
        folder: Path,
        on_stop: Callable[[], None] = lambda: None,
        on_schedules: Callable[[str, bool], None] = lambda name, active: None,
    ) -> None:
        self.started_at: datetime = now()
        self.store = Store(folder)
        self.ring = Ring()
        self.children = Children(folder)
        self.jobs = Jobs(self.store, self.ring, self.children)
        self.servers = ModelServers(folder, self.children)
        self.scheduler = ScheduleLoop(self, lambda active: on_schedules(self.name, active))
        self._on_stop = on_stop
        self._cpu = _CpuMeter()
        self._write_down_how_it_opened()
        self.store.collect(0.0)  # nothing is at work yet: what no version names was left by a kill
        resume_jobs(self)
        self.scheduler.start()

    @property
    def name(self) -> str:
        """The project's name."""
        with self.store.reading() as session:
            return session.project.name

    def local(self, caller: Caller) -> Local:
        """The facade's own side, for a caller."""
        return Local(self, caller)

    def _write_down_how_it_opened(self) -> None:
        """Activity shows what people must know of how the database was opened."""
        for said in self.store.said:
            log.warning("%s", said)
            with self.store.writing() as session:
                session.say(said)
                session.changes.record("service.open", {}, now(), undoable=False)

    def caller_of(self, row: JobRow) -> Caller:
        """Who began a job that a service before this one had at work."""
        return Caller(row.created_by, "service")

    def health(self) -> ServiceHealth:
        """The service as a process."""
        memory, percent = self._cpu.read()
        return ServiceHealth(__version__, self.ring.instance, os.getpid(), self.started_at, memory, percent)

    def is_idle(self) -> bool:
        """Whether nothing needs the service but perhaps a client."""
        return not self.jobs.active() and not self.scheduler.has_work()

    def stop(self, force: bool) -> None:
        """End the service once the running call is answered.

        Raises
        ------
        BusyError
            Jobs are at work and `force` is False.
        """
        active = self.jobs.active()
        if active and not force:
            raise BusyError(
                f"The service works on {len(active)} job{'s' if len(active) != 1 else ''}: {active[0].title}.",
                remedy="Wait, cancel them, or stop with --force: trainings go on and are found again.",
            )
        self._on_stop()

    def close(self) -> None:
        """Leave: children go on, the store is closed last."""
        self.scheduler.close()
        self.servers.close()
        self.jobs.close()
        self.scheduler.join_watchers(5.0)
        self.children.close()
        self.store.checkpoint()
        self.store.close()


class _CpuMeter:
    """Memory and processor time of this process and its children, between two looks."""

    def __init__(self) -> None:
        self._own = psutil.Process()
        self._seen: tuple[float, float] = (time.monotonic(), 0.0)
        self._percent = 0.0

    def read(self) -> tuple[int, float]:
        """Resident bytes, and percent of one core since the last look."""
        memory, seconds = 0, 0.0
        for process in [self._own, *self._own.children(recursive=True)]:
            try:
                memory += process.memory_info().rss
                times = process.cpu_times()
            except psutil.Error:
                continue  # it has ended between the list and the look
            seconds += times.user + times.system
        at, before = self._seen
        if time.monotonic() - at > 0.5:
            self._percent = max(0.0, 100.0 * (seconds - before) / (time.monotonic() - at))
            self._seen = (time.monotonic(), seconds)
        return memory, round(self._percent, 1)
