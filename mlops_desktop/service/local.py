"""Backend Local: checks the right, opens the transaction, runs the body, records the change."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from mlops_desktop.domain.changes import News
from mlops_desktop.domain.errors import RefusedError
from mlops_desktop.domain.jobs import Job, JobRow
from mlops_desktop.domain.messages import ServeWork
from mlops_desktop.domain.models import Prediction
from mlops_desktop.domain.projects import ServiceHealth
from mlops_desktop.project.verb import RIGHTS, Right, Scheduler, Verb
from mlops_desktop.project.waiting import NotYet
from mlops_desktop.store.failures import as_user_errors
from mlops_desktop.store.session import Caller, Session
from mlops_desktop.store.times import now
from mlops_desktop.store.work import Work

if TYPE_CHECKING:
    from .host import Host

T = TypeVar("T")


class Running(msgspec.Struct):
    """The verb that runs in this thread: its session, and the jobs it began."""

    session: Session
    verb: Verb
    arguments: dict[str, Any]
    begun: list[tuple[JobRow, Callable[[Work], Any]]]


_running: ContextVar[Running] = ContextVar("running verb")


class Local:
    """The service's own side of the facade.

    Parameters
    ----------
    host : Host
        The parts of the service: store, ring, jobs, scheduler.
    caller : Caller
        Who asks, where no request says so.
    right : {"view", "edit", "approve", "admin"}
        What that caller is allowed.
    """

    def __init__(self, host: Host, caller: Caller, right: Right = "admin") -> None:
        self._host = host
        self.caller = caller
        self.right: Right = right

    def call(self, verb: Verb, arguments: dict[str, Any]) -> Any:
        """Run `verb`; one that waits does so in this thread."""
        ends = time.monotonic() + float(arguments.get("timeout_s") or 0) if verb.waits else 0.0
        while True:
            number = self._host.ring.last
            try:
                return self.attempt(verb, arguments)
            except NotYet as nothing:
                left = ends - time.monotonic()
                if left <= 0 or not self._host.ring.wait(number, left):
                    return nothing.answer

    def attempt(self, verb: Verb, arguments: dict[str, Any]) -> Any:
        """Run `verb` once; raises `NotYet` where one that waits has nothing to tell."""
        if RIGHTS.index(verb.right) > RIGHTS.index(self.right):
            raise RefusedError(
                f"{self.caller.actor} may not do {verb.name}.",
                reason=f"It takes the right to {verb.right}; this is a right to {self.right}.",
            )
        with as_user_errors():
            if verb.changes:
                return self._change(verb, arguments)
            with self._host.store.reading(self.caller) as session, self._within(session, verb, arguments):
                return verb.body(verb.owner(self), **arguments)

    def session(self) -> Session:
        """The store within the running verb."""
        return _running.get().session

    def begin(self, kind: str, title: str, work: Callable[[Work], T], subject: str) -> Job[T]:
        """Note a job that is launched once the running verb has been committed."""
        running = _running.get()
        row = running.session.jobs.add(kind, title, subject)
        running.begun.append((row, work))
        return cast("Job[T]", Job(row, running.verb.job_result or object, self))

    def job_row(self, job_id: int, timeout_s: float | None) -> JobRow:
        """The job's row, once it has ended or after `timeout_s` seconds."""
        return self._host.jobs.wait(job_id, timeout_s)

    def cancel_job(self, job_id: int) -> None:
        """Ask for the end of the job."""
        self._host.jobs.cancel(job_id)

    def active_jobs(self) -> list[JobRow]:
        """Jobs that have not ended."""
        return self._host.jobs.active()

    def unwritten_jobs(self) -> list[JobRow]:
        """Jobs whose end could not be written down."""
        return self._host.jobs.unwritten()

    def news(self, after: int, instance: str) -> News:
        """Events after the number `after`."""
        return self._host.ring.after(after, instance)

    @property
    def scheduler(self) -> Scheduler:
        """What knows clocks."""
        return self._host.scheduler

    def predict(self, work: ServeWork, row: dict[str, Any]) -> Prediction:
        """What a model says of one row."""
        return self._host.servers.predict(work, row)

    def health(self) -> ServiceHealth:
        """The service as a process."""
        return self._host.health()

    def stop(self, force: bool) -> None:
        """End the service once this call is answered."""
        self._host.stop(force)

    def _change(self, verb: Verb, arguments: dict[str, Any]) -> Any:
        with (
            self._host.store.writing(self.caller) as session,
            self._within(session, verb, arguments) as running,
        ):
            answered = session.project.answer_to(self.caller.request_id)
            if answered is not None:
                return verb.unpack_result(answered, self)
            result = verb.body(verb.owner(self), **arguments)
            sequence = None
            if verb.recorded and (session.touched or not running.begun):
                sequence = session.changes.record(verb.name, arguments, now(), undoable=verb.undoable)
            session.project.keep_answer(self.caller.request_id, verb.pack_result(result))
        self._host.jobs.launch(running.begun, verb, arguments, self.caller)
        if "schedule" in session.topics:
            self._host.scheduler.wake()
        self.announce(session, verb, sequence)
        return result

    def announce(self, session: Session, verb: Verb, sequence: int | None) -> None:
        """Publish what a committed session has touched."""
        keys = [f"{r.table}:{'/'.join(map(str, r.key))}" for r in session.touched[:1000]]
        if session.topics or sequence is not None:
            self._host.ring.publish(
                sorted(session.topics | {"change"}),
                keys=keys,
                verb=verb.name,
                client=self.caller.client,
                summary=session.summary,
                change=sequence,
            )

    @contextlib.contextmanager
    def _within(self, session: Session, verb: Verb, arguments: dict[str, Any]) -> Generator[Running]:
        running = Running(session, verb, arguments, [])
        token = _running.set(running)
        try:
            yield running
        finally:
            _running.reset(token)
