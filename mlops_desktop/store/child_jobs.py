"""Work that a child does: its folder, its ``job.json``, and how its messages become rows.

Lines of ``events.jsonl`` are taken in batches; a batch and the byte offset it came from commit together, so that a
batch which is read again after a kill adds nothing twice. The child's last message carries the outcome.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desktop import system
from mlops_desktop.domain.errors import (
    CancelledError,
    ConflictError,
    DamagedError,
    ResourceError,
    UserError,
    from_message,
    to_message,
)
from mlops_desktop.domain.messages import (
    CHILD_RECORD,
    ArtifactSaved,
    Event,
    JobFile,
    LogLine,
    MetricPoints,
    Outcome,
    Progress,
    StageFinished,
    StageStarted,
    WarningSaid,
    decode_event,
    encode_job,
    fingerprint,
    now,
)
from mlops_desktop.domain.messages import Work as ChildWork
from mlops_desktop.domain.runs import Artifact
from mlops_desktop.version import __version__

from .artifacts import Artifacts

if TYPE_CHECKING:
    from .session import Session
    from .work import Work

LARGEST_LINE = 4_000_000
"""Bytes of one message; a longer one is no message of ours."""


def was_given(folder: Path) -> bool:
    """Whether the work in `folder` was given to a child; only then is anything in it a child's."""
    return os.path.lexists(folder / CHILD_RECORD)  # a link too


def write_job(folder: Path, run_id: int, work: ChildWork) -> None:
    """Make the folder of a child's work anew, with its ``job.json``; nothing that stood there is kept.

    Raises
    ------
    RefusedError
        The folder, or the one that holds it, is a link: a stranger's project may not have us write elsewhere.
    """
    system.within(folder.parents[1], f"{folder.parent.name}/{folder.name}")
    if folder.exists():  # of a service that was killed, or a stranger's
        shutil.rmtree(folder)
    system.make_private_folder(folder)
    system.make_private_folder(folder / "artifacts")
    system.write_bytes(folder / "job.json", encode_job(JobFile(fingerprint(), run_id, work, __version__)))


class Follower:
    """Takes in what the child of one job says.

    Parameters
    ----------
    work : Work
        The job.
    folder : Path
        Where the child works.
    run_id : int or None
        The run whose rows its messages become; None for work that is no run (scoring, export).
    """

    def __init__(self, work: Work, folder: Path, run_id: int | None) -> None:
        self._work = work
        self._folder = folder
        self._run_id = run_id
        self.outcome: Outcome | None = None

    def follow(
        self,
        on_end: Callable[[Session, Outcome], None] | None,
        *,
        memory_bytes: int | None,
        time_s: float | None,
    ) -> Outcome:
        """Give the folder to a child (or adopt the one there) and wait for its outcome.

        Parameters
        ----------
        on_end : callable, optional
            Writes the outcome down, in the transaction that takes it in.
        memory_bytes, time_s : number, optional
            Limits of the child's whole tree.

        Raises
        ------
        UserError
            As the child failed; `CancelledError` where a person cancelled it.
        """
        self._on_end = on_end
        offset = 0 if self._run_id is None else self._work.session.runs.position(self._run_id)
        end = self._work.child(
            self._folder, self._take, offset=offset, memory_bytes=memory_bytes, time_s=time_s
        )
        if self.outcome is None:
            self.outcome = self._known_outcome() or self._without_word(end.reason, end.message)
        if self.outcome.state == "cancelled":
            raise CancelledError("The run was cancelled." if self._run_id else "It was cancelled.")
        if self.outcome.error is not None:
            raise from_message(self.outcome.error)
        return self.outcome

    def _take(self, lines: list[bytes], offset: int) -> None:
        events = [decode_event(line) for line in lines]
        for event in events:
            if isinstance(event, ArtifactSaved) and self._run_id is not None:
                self._keep(event)
        self._work.ingest(lambda session: self._write(session, events, offset))
        for event in events:
            self._tell(event)

    def _keep(self, event: ArtifactSaved) -> None:
        source = system.within(self._folder / "artifacts", event.file)
        Artifacts(self._work.session.folder).take_in(source, event.sha256)

    def _write(self, session: Session, events: list[Event], offset: int) -> None:
        run_id = self._run_id
        with system.crash_point("store.ingest"):
            for event in events:
                if isinstance(event, Outcome):
                    self.outcome = event
                    if self._on_end is not None:
                        self._on_end(session, event)
                elif run_id is not None:
                    _write_one(session, run_id, event)
            if run_id is not None:
                points = [p for e in events if isinstance(e, MetricPoints) for p in e.points]
                session.runs.add_points(run_id, [p for p in points if p.step is not None])
                session.runs.set_position(run_id, offset)

    def _tell(self, event: Event) -> None:
        if isinstance(event, Progress):
            self._work.report(event.stage, event.fraction, event.seconds_left)
        elif isinstance(event, StageStarted):
            self._work.report(event.name, self._work.job.fraction)

    def _known_outcome(self) -> Outcome | None:
        """The outcome that an earlier service took in before it was killed."""
        if self._run_id is None:
            return None
        run = self._work.session.runs.find(self._run_id)
        if run.state not in ("finished", "failed", "cancelled"):
            return None
        return Outcome(run.state, run.finished_at or now(), run.metrics, run.facts, run.error)

    def _without_word(self, reason: str, message: str) -> Outcome:
        """The outcome of a child that ended without one."""
        errors: dict[str, UserError] = {
            "memory": ResourceError("The run needed more memory than it may use.", reason=message),
            "time": ConflictError("The run took longer than it may.", reason=message),
            "broken": DamagedError("What the run wrote can't be read.", reason=message),
        }
        error = errors.get(reason) or ConflictError(
            "The run's process ended without a word.", reason=message, remedy="See its log; start it again."
        )
        state = "cancelled" if reason == "cancelled" else "failed"
        outcome = Outcome(state, now(), error=None if state == "cancelled" else to_message(error))
        on_end = self._on_end
        if on_end is not None:
            self._work.ingest(lambda session: on_end(session, outcome))
        return outcome


def _write_one(session: Session, run_id: int, event: Event) -> None:
    """A message of a run as rows."""
    if isinstance(event, StageStarted):
        session.runs.begin_stage(run_id, event.name)
    elif isinstance(event, StageFinished):
        session.runs.end_stage(run_id, event.stage)
    elif isinstance(event, WarningSaid):
        session.runs.keep_warning(run_id, event.warning)
    elif isinstance(event, ArtifactSaved):
        artifact = Artifact(event.name, event.kind, event.sha256, event.size_bytes, event.holds_rows)
        session.runs.add_artifact(run_id, artifact)
    elif isinstance(event, LogLine):
        session.topics.add("log")


__all__ = ["Follower", "was_given", "write_job"]
