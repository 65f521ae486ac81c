"""Trainings: from what a person asks to a run in a child, and the same again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mlops_desktop import system
from mlops_desktop.domain.algorithms import algorithm, resolved_params
from mlops_desktop.domain.datasets import DatasetVersion
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError, Where
from mlops_desktop.domain.messages import Outcome, TrainWork
from mlops_desktop.domain.runs import DataInput, Run, RunSpec

from .child_jobs import Follower, was_given, write_job

if TYPE_CHECKING:
    from .session import Session
    from .work import Work

LOG_LIMIT_BYTES = 20_000_000


class TrainingPlan(msgspec.Struct, frozen=True):
    """A run that has been written down and waits for its child."""

    run_id: int
    title: str
    run: Callable[[Work], Run]


class Trainings:
    """What is trained from the project's data."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(self, spec: RunSpec, data: str, name: str, tags: list[str]) -> TrainingPlan:
        """Check what can be checked at once, and write the run down.

        Raises
        ------
        NotFoundError
            There is no such data, target or algorithm.
        InvalidInputError
            A parameter does not fit, or no target is known.
        """
        session = self._session
        version = session.datasets.version(data)
        roles = {c.name: c.role for c in version.columns if c.role != "feature"}
        targets = [n for n, r in roles.items() if r == "target"]
        target = spec.target or (targets[0] if targets else "")
        if not target:
            raise InvalidInputError(
                f"It isn't known what to predict in {version.dataset}.",
                remedy="Name the target, or give a column the role target.",
                where=Where(field="target"),
            )
        names = [c.name for c in version.columns]
        for wanted in (target, *spec.ignored, *(spec.features or [])):
            if wanted not in names:
                raise NotFoundError(f"{version.ref} has no column “{wanted}”.", where=Where(column=wanted))
        entry = algorithm(spec.algorithm)
        resolved_params(entry, spec.params)
        settings = session.settings
        full = msgspec.structs.replace(
            spec,
            target=target,
            data=DataInput(version.dataset, version.number, version.version_id, version.rows),
            roles=roles,
            threads=spec.threads or int(settings.value("threads")) or None,
            memory_limit_bytes=spec.memory_limit_bytes or int(settings.value("run_memory_mb")) * 1_000_000,
        )
        return self._planned(full, name or entry.title, tags)

    def again(self, run_id: int, *, newest: bool) -> TrainingPlan:
        """The same training again: on the same version, or on the newest one of its data set."""
        run = self.must_be_training(run_id)
        assert run.spec is not None and run.spec.data is not None
        spec, data = run.spec, run.spec.data
        if newest:
            version = self._newest(data)
            spec = msgspec.structs.replace(
                spec,
                data=DataInput(version.dataset, version.number, version.version_id, version.rows),
                changes=self._changes(run, version),
            )
        return self._planned(spec, run.name, run.tags)

    def _changes(self, run: Run, version: DatasetVersion) -> list[str]:
        """What the columns that `run` learned from have become in `version`, a sentence each."""
        assert run.spec is not None and run.spec.data is not None
        before = self._session.datasets.version(f"{version.dataset}@{run.spec.data.version}")
        was, now = ({c.name: c.type for c in v.columns} for v in (before, version))
        learned = run.facts.features if run.facts else []
        gone = [f"“{n}” is gone: run {run.run_id} learned from it." for n in learned if n not in now]
        other = [
            f"“{n}” is {now[n]} now; run {run.run_id} had it as {was[n]}."
            for n in [*learned, run.spec.target]
            if n in was and n in now and was[n] != now[n]
        ]
        return [*gone, *other]

    def _newest(self, data: DataInput) -> DatasetVersion:
        """The newest version of the data set that a version belongs to, whatever its name is now."""
        name = self._session.value(
            "select name from dataset join dataset_version using (dataset_id) where version_id = ? and dataset.trashed_at is null",
            data.version_id,
        )
        if name is None:
            raise NotFoundError(
                f"The data set “{data.dataset}” is gone.",
                reason="It is in the trash.",
                remedy="Restore it first.",
            )
        return self._session.datasets.version(name)

    def must_be_training(self, run_id: int) -> Run:
        """The run, if it is a training.

        Raises
        ------
        ConflictError
            A script logged it, so nothing is known of how to do it again.
        """
        run = self._session.runs.find(run_id)
        if run.spec is None or run.spec.data is None:
            raise ConflictError(
                f"Run {run_id} was logged by a script.",
                reason="How it was trained is known to that script alone.",
            )
        return run

    def log_lines(self, run_id: int, first_line: int, limit: int) -> list[str]:
        """Lines of ``log.txt`` of a run, at most `limit`; 0: all."""
        self._session.runs.find(run_id)
        try:
            with system.open_nofollow(run_folder(self._session.folder, run_id) / "log.txt") as file:
                text = file.read(LOG_LIMIT_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return []
        return text.splitlines()[first_line : first_line + limit if limit else None]

    def _planned(self, spec: RunSpec, name: str, tags: list[str]) -> TrainingPlan:
        session = self._session
        run_id = session.runs.add(spec, name, "training", tags)
        title = f"Train run {run_id}, {name}"
        assert spec.data is not None
        session.say(f"Started run {run_id}, {name} on {spec.data.ref}")
        return TrainingPlan(run_id, title, lambda work: train(work, run_id))


def run_folder(project: Path, run_id: int) -> Path:
    """Where a run's child works."""
    return project / "runs" / str(run_id)


def train(work: Work, run_id: int) -> Run:
    """The body of a training's job; also of one that goes on after the service was killed."""
    session = work.session
    run = session.runs.find(run_id)
    spec = run.spec
    assert spec is not None and spec.data is not None
    folder = run_folder(session.folder, run_id)

    def on_end(writing: Session, outcome: Outcome) -> None:
        writing.runs.finish(run_id, outcome)

    if not was_given(folder):
        work.progress("Data")
        path, columns = session.inputs.training_input(session.cursor, spec)
        write_job(folder, run_id, TrainWork(spec, str(path), columns))
    work.ingest(lambda writing: writing.runs.set_running(run_id, work.job.job_id))
    try:
        Follower(work, folder, run_id).follow(
            on_end, memory_bytes=spec.memory_limit_bytes, time_s=spec.time_limit_s
        )
    except BaseException as error:
        why = error
        work.abandon(lambda writing: writing.runs.end_if_open(run_id, why))
        raise
    return work.finish(lambda writing: writing.runs.find(run_id))


__all__ = ["TrainingPlan", "Trainings", "run_folder", "train"]
