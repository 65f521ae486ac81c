"""Jobs: a thread each, from begin (committed with its verb) through work to finish (on the writer).

Two jobs on one subject queue; trainings queue for their number of places. A job's row is written when its state
changes; progress lives in memory and travels as news. After a kill of the service, rows still `running` belong to
nobody: a run's job is resumed by its child's files, any other is `interrupted`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mlops_desktop.domain.errors import CancelledError, ErrorMessage, UserError, to_message
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.project.verb import Verb
from mlops_desktop.store.failures import as_user_errors
from mlops_desktop.store.session import Caller, Session
from mlops_desktop.store.times import now
from mlops_desktop.store.work import ChildEnd, Work

from .children import Child, Children
from .ring import Ring

if TYPE_CHECKING:
    from mlops_desktop.store.database import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

QUIET_S = 0.2
"""Shortest time between two pieces of news about the progress of one job."""


class Jobs:
    """Runs the jobs of a project.

    Parameters
    ----------
    store : Store
        The project's store.
    ring : Ring
        Where progress is published.
    children : Children
        Who runs child processes.
    """

    def __init__(self, store: Store, ring: Ring, children: Children) -> None:
        self._store = store
        self._ring = ring
        self._children = children
        self._state = threading.Condition()
        self._active: dict[int, _JobWork] = {}
        self._threads: set[threading.Thread] = set()
        self._unwritten: dict[int, JobRow] = {}
        self._closing = False

    def launch(
        self,
        begun: list[tuple[JobRow, Callable[[Work], Any]]],
        verb: Verb,
        arguments: dict[str, Any],
        caller: Caller,
    ) -> None:
        """Start the jobs that a committed verb has begun."""
        for row, body in begun:
            work = _JobWork(self._store, self._ring, self._children, row, verb, arguments, caller)
            with self._state:
                self._active[row.job_id] = work
            thread = threading.Thread(target=self._run, args=(work, body), name=f"job-{row.job_id}")
            self._threads.add(thread)
            thread.start()
            work.tell()

    def wait(self, job_id: int, timeout_s: float | None) -> JobRow:
        """The job's row, once it has ended or after `timeout_s` seconds."""
        with self._state:
            self._state.wait_for(lambda: job_id not in self._active, timeout_s)
        return self.now(job_id)

    def now(self, job_id: int) -> JobRow:
        """The job's row with its progress."""
        with self._state:
            work, ended = self._active.get(job_id), self._unwritten.get(job_id)
        if work is not None:
            return work.job
        if ended is not None:
            return ended
        with self._store.reading() as session:
            return session.jobs.find(job_id)

    def active(self) -> list[JobRow]:
        """Jobs that have not ended, oldest first."""
        with self._state:
            return [w.job for w in self._active.values()]

    def unwritten(self) -> list[JobRow]:
        """Jobs that have ended and could not be written down: the disk was full."""
        with self._state:
            return list(self._unwritten.values())

    def cancel(self, job_id: int) -> None:
        """Ask for the end of a job; a child's whole tree ends, a query is interrupted."""
        work = self._active.get(job_id)
        if work is None:
            self.now(job_id)  # raises where there is no such job
            return
        work.cancel()
        with self._state:
            self._state.notify_all()

    def close(self, timeout_s: float = 10.0) -> None:
        """Interrupt what works inside the service and wait for the threads; children go on and are adopted."""
        with self._state:
            self._closing = True
            active = list(self._active.values())
        for work in active:
            work.leave()
        with self._state:
            self._state.notify_all()
        ends = time.monotonic() + timeout_s
        for thread in list(self._threads):
            thread.join(max(0.0, ends - time.monotonic()))

    def _run(self, work: _JobWork, body: Callable[[Work], Any]) -> None:
        job_id = work.job.job_id
        try:
            self._wait_for_place(work)
            with as_user_errors():
                self._write_ends()
                work.become(state="running", started_at=work.job.started_at or now())
            with as_user_errors(), work.opened():
                result = body(work)
                if work.job.state != "finished":
                    work.finish(lambda session: result)
        except UserError as error:
            self._end(work, "cancelled" if isinstance(error, CancelledError) else "failed", to_message(error))
        except Exception as error:  # a bug of a job must end the job, be logged, and never the service
            log.exception("job %s (%s) failed", job_id, work.job.title)
            self._end(
                work,
                "failed",
                ErrorMessage("bug", f"{type(error).__name__}: {error}", remedy="Copy the details."),
            )
        finally:
            with self._state:
                self._active.pop(job_id, None)
                self._threads.discard(threading.current_thread())
                self._state.notify_all()
            work.tell()

    def _end(self, work: _JobWork, state: str, error: ErrorMessage) -> None:
        if self._closing and state == "cancelled":
            return  # the service leaves: the row stays, and the next service says what became of it
        try:
            with as_user_errors():
                work.become(state=state, finished_at=now(), error=error)
        except (
            UserError
        ) as full:  # told from memory until there is room, or until the next start mends the row
            log.warning("the end of job %s could not be written down: %s", work.job.job_id, full)
            with self._state:
                self._unwritten[work.job.job_id] = work.job

    def _write_ends(self) -> None:
        """Write down the ends of jobs for which there was no room."""
        for row in self.unwritten():
            with self._store.writing() as session:
                session.jobs.save(row)
            with self._state:
                self._unwritten.pop(row.job_id, None)

    def _wait_for_place(self, work: _JobWork) -> None:
        with self._state:
            self._state.wait_for(lambda: work.wants_end or self._has_place(work))
        work.check()

    def _has_place(self, work: _JobWork) -> bool:
        earlier = [w for i, w in self._active.items() if i < work.job.job_id]
        if work.job.subject and any(w.job.subject == work.job.subject for w in earlier):
            return False
        if work.job.kind != "train":
            return True
        training = [w for w in self._active.values() if w.job.kind == "train" and w is not work]
        running = sum(w.job.state in ("running", "cancelling") for w in training)
        queued_before = any(w in earlier and w.job.state == "queued" for w in training)
        return not queued_before and running < self._places()

    def _places(self) -> int:
        with self._store.reading() as session:
            return int(session.settings.value("parallel_runs"))


class _JobWork:
    """One job at work; what its body may do (`store.work.Work`)."""

    def __init__(
        self,
        store: Store,
        ring: Ring,
        children: Children,
        row: JobRow,
        verb: Verb,
        arguments: dict[str, Any],
        caller: Caller,
    ) -> None:
        self._store, self._ring, self._children = store, ring, children
        self._verb, self._arguments, self._caller = verb, arguments, caller
        self._row = row
        self._cancelled = threading.Event()
        self._leaving = False
        self._child: Child | None = None
        self._session: Session | None = None
        self._told = 0.0

    @property
    def job(self) -> JobRow:
        """The job as it is now."""
        return self._row

    @property
    def session(self) -> Session:
        """A reading session with a cursor of its own."""
        if self._session is None:
            raise RuntimeError("the job is not at work")
        return self._session

    @property
    def wants_end(self) -> bool:
        """Whether somebody asked for its end."""
        return self._cancelled.is_set()

    @contextlib.contextmanager
    def opened(self) -> Any:
        """The time in which the body may use the session."""
        with self._store.reading(self._caller) as session:
            self._session = session
            try:
                yield
            finally:
                self._session = None

    def check(self) -> None:
        """Raise `CancelledError` if its end was asked for."""
        if self.wants_end:
            raise CancelledError(f"“{self._row.title}” was cancelled.")

    def progress(self, stage: str, fraction: float | None = None, seconds_left: float | None = None) -> None:
        """Say how far it is; raises `CancelledError` if its end was asked for."""
        self.check()
        self.report(stage, fraction, seconds_left)

    def report(self, stage: str, fraction: float | None = None, seconds_left: float | None = None) -> None:
        """The same from another thread: never raises."""
        new_stage = stage != self._row.stage
        self._row = msgspec.structs.replace(
            self._row, stage=stage, fraction=fraction, seconds_left=seconds_left
        )
        if new_stage or time.monotonic() - self._told > QUIET_S:
            self.tell()

    def write(self, body: Callable[[Session], T]) -> T:
        """Run `body` on the writer, recorded as a change of this job's verb."""
        return self._write(body, last=False)

    def finish(self, body: Callable[[Session], T]) -> T:
        """Run `body` on the writer and finish the job with its result in the same transaction."""
        return self._write(body, last=True)

    def abandon(self, body: Callable[[Session], None]) -> None:
        """Write down that the work ended badly; nothing where the service leaves and a child goes on."""
        if not self._leaving:
            self.ingest(body)

    def ingest(self, body: Callable[[Session], T]) -> T:
        """Run `body` on the writer without a change."""
        with self._store.writing(self._caller) as session:
            result = body(session)
        if session.topics:
            self._ring.publish(sorted(session.topics), keys=[self._row.subject])
        return result

    def child(self, folder: Path, on_lines: Callable[[list[bytes], int], None], **limits: Any) -> ChildEnd:
        """Give the run folder to a child, or adopt the one that works there, and wait for its end."""
        self.check()
        self._child = self._children.run(folder, on_lines, **limits)
        if self.wants_end:
            self._child.cancel()
        end = self._child.wait()
        if self._leaving:
            raise CancelledError("The service leaves; the child goes on.")
        return end

    def become(self, **facts: Any) -> None:
        """Change the job's row and store it."""
        self._row = msgspec.structs.replace(self._row, **facts)
        with self._store.writing() as session:
            session.jobs.save(self._row)
        self.tell()

    def cancel(self) -> None:
        """Ask for the end; stored first, so that a kill of the service doesn't bring the job back."""
        self.become(state="cancelling")
        self._cancelled.set()
        if self._child is not None:
            self._child.cancel()
        self._interrupt()

    def leave(self) -> None:
        """End the part that is inside the service; a child goes on."""
        self._leaving = True  # before the child lets go, so that nobody takes its silence for its end
        self._cancelled.set()
        if self._child is not None:
            self._child.leave()
        self._interrupt()

    def tell(self) -> None:
        """Publish the job as it is."""
        self._told = time.monotonic()
        self._ring.publish(
            ["job"], keys=[f"job:{self._row.job_id}"], job=self._row, client=self._caller.client
        )

    def _interrupt(self) -> None:
        session = self._session
        if session is not None:
            session.cursor.interrupt()

    def _write(self, body: Callable[[Session], T], *, last: bool) -> T:
        self.check()
        with self._store.writing(self._caller) as session:
            result = body(session)
            sequence = None
            if session.touched:
                sequence = session.changes.record(
                    self._verb.name, self._arguments, now(), undoable=self._verb.undoable
                )
            if last:
                packed = msgspec.msgpack.encode(result)
                done = msgspec.structs.replace(
                    self._row, state="finished", finished_at=now(), fraction=1.0, result=packed
                )
                session.jobs.save(done)
        if last:
            self._row = done  # pyright: ignore[reportPossiblyUnboundVariable]
        keys = [f"{r.table}:{'/'.join(map(str, r.key))}" for r in session.touched[:1000]]
        self._ring.publish(
            sorted(session.topics | {"change"}),
            keys=keys,
            verb=self._verb.name,
            client=self._caller.client,
            summary=session.summary,
            change=sequence,
        )
        return result
