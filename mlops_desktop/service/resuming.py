"""After a start: what became of jobs that were at work when the service before this one ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.project.verb import VERBS
from mlops_desktop.store.session import Session
from mlops_desktop.store.times import now
from mlops_desktop.store.training import train
from mlops_desktop.store.work import Work

from .child_record import was_started

if TYPE_CHECKING:
    from .host import Host

log = logging.getLogger(__name__)


def resume_jobs(host: Host) -> None:
    """Go on with trainings (their children work on, or have left their last word); end everything else.

    A training that never got its child is begun now: it was acknowledged, so it is done.
    """
    again: list[tuple[JobRow, Callable[[Work], Any]]] = []
    with host.store.writing() as session:
        open_jobs = session.jobs.in_state("queued", "running", "cancelling")
        for row in open_jobs:
            run_id = int(row.subject.removeprefix("run:")) if row.subject.startswith("run:") else None
            if run_id is not None:
                again.append((row, _training(run_id)))
            else:
                _end_orphan(host, row)
                _interrupt(session, row)
        owned = {r.subject for r, _ in again}
        for run in session.runs.open_trainings():
            if f"run:{run}" not in owned:
                session.runs.interrupt(run, "The service ended before its job was written down.")
    log.info("jobs to go on with: %d, interrupted: %d", len(again), len(open_jobs) - len(again))
    verb = VERBS["runs.start"]
    for row, body in again:
        host.jobs.launch([(row, body)], verb, {}, host.caller_of(row))
        if row.state == "cancelling":
            host.jobs.cancel(row.job_id)


def _training(run_id: int) -> Callable[[Work], Any]:
    return lambda work: train(work, run_id)


def _end_orphan(host: Host, row: JobRow) -> None:
    """End the child of a job whose result nobody would take in."""
    folder = host.store.folder / "runs" / f"job-{row.job_id}"
    if was_started(folder):
        child = host.children.run(folder, lambda lines, offset: None)
        child.cancel()
        child.wait()


def _interrupt(session: Session, row: JobRow) -> None:
    why = "The service ended while it was at work."
    error = ErrorMessage(
        "interrupted", f"“{row.title}” was interrupted.", why, "Start it again; nothing half made was kept."
    )
    session.jobs.save(msgspec.structs.replace(row, state="interrupted", finished_at=now(), error=error))
