"""A model's files, and the work that children do with them: score, export, serve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mlops_desktop.domain.bundles import Bundle, Runtime
from mlops_desktop.domain.errors import ConflictError, NotFoundError, Where
from mlops_desktop.domain.evaluations import Evaluation, Signature
from mlops_desktop.domain.messages import ExportWork, Outcome, ScoreWork, ServeWork
from mlops_desktop.domain.models import ModelVersion, ScoredFile
from mlops_desktop.domain.runs import Run

from .artifacts import Artifacts
from .child_jobs import Follower, write_job
from .scoring import scoring_input

if TYPE_CHECKING:
    from .session import Session
    from .work import Work

SIGNATURE = "signature.json"
EVALUATION = "evaluation.json"


class ModelFiles:
    """Artifacts of runs that are models, and what is done with them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._artifacts = Artifacts(session.folder)

    def signature(self, version: ModelVersion) -> Signature:
        """What the model takes and gives."""
        return msgspec.json.decode(self._bytes(self._run(version), SIGNATURE), type=Signature)

    def evaluation(self, run: Run) -> Evaluation:
        """What the charts of a run show.

        Raises
        ------
        NotFoundError
            The run has none: a script logged it, or it has not finished.
        """
        return msgspec.json.decode(self._bytes(run, EVALUATION), type=Evaluation, strict=False)

    def paths(self, version: ModelVersion) -> dict[str, str]:
        """Name of each file of the model to where its bytes lie."""
        run = self._run(version)
        return {a.name: str(self._artifacts.path(a.sha256)) for a in run.artifacts if a.kind == "model"}

    def serve_work(self, version: ModelVersion) -> ServeWork:
        """What a child is told that answers single rows; the token is the service's to add."""
        return ServeWork(self.paths(version), version.ref, token="")

    def score_file(self, version: ModelVersion, source: str, target: str) -> Callable[[Work], ScoredFile]:
        """A job that predicts every row of `source` into `target`."""
        if Path(target).exists():
            raise ConflictError(
                f"{target} exists already.",
                remedy="Choose another name; nothing is overwritten.",
                where=Where(file=target),
            )
        paths = self.paths(version)

        def run(work: Work) -> ScoredFile:
            work.progress("Read")
            inputs = work.session.model_files.signature(version).inputs
            with scoring_input(work, source, inputs) as given:
                told = ScoreWork(
                    paths, version.ref, str(given.path), target, given.columns, Path(source).name
                )
                outcome = _in_child(work, told)
            assert outcome.scored is not None
            scored = msgspec.structs.replace(outcome.scored, notes=[*given.notes, *outcome.scored.notes])
            return work.finish(lambda session: _said(session, f"Scored {source} with {version.ref}", scored))

        return run

    def export(self, version: ModelVersion, folder: str, runtime: Runtime) -> Callable[[Work], Bundle]:
        """A job that builds a bundle, which tests itself before it counts."""
        place = Path(folder)
        # One that isn't known was left by a kill: the export looks whether it is the same and whole.
        unknown = folder not in {b.folder for b in self._session.bundles.all()}
        left = unknown and (place / "manifest.json").is_file()
        if place.exists() and not left and (not place.is_dir() or any(place.iterdir())):
            raise ConflictError(
                f"{folder} is not empty.", remedy="Choose another folder.", where=Where(file=folder)
            )
        paths = self.paths(version)

        def run(work: Work) -> Bundle:
            work.progress("Build")
            session, spec = work.session, work.session.runs.find(version.run_id).spec
            rows = str(session.inputs.training_input(session.cursor, spec)[0]) if spec and spec.data else ""
            work.progress("Test")
            told = ExportWork(
                paths,
                version.model,
                version.number,
                folder,
                version.run_id,
                version.data,
                version.metrics,
                rows,
                runtime,
            )
            outcome = _in_child(work, told)
            exported = outcome.exported
            assert exported is not None
            return work.finish(lambda session: session.bundles.add(version, exported))

        return run

    def _run(self, version: ModelVersion) -> Run:
        return self._session.runs.find(version.run_id)

    def _bytes(self, run: Run, name: str) -> bytes:
        for artifact in run.artifacts:
            if artifact.name == name:
                return self._artifacts.read(artifact.sha256)
        raise NotFoundError(
            f"Run {run.run_id} has no {name.partition('.')[0]}.",
            reason=f"It is {run.state}." if run.state != "finished" else "It only logged values.",
        )


def _in_child(work: Work, told: ScoreWork | ExportWork) -> Outcome:
    folder = work.session.folder / "runs" / f"job-{work.job.job_id}"
    write_job(folder, 0, told)
    return Follower(work, folder, None).follow(None, memory_bytes=None, time_s=None)


def _said(session: Session, summary: str, scored: ScoredFile | None) -> ScoredFile:
    assert scored is not None
    session.say(summary)
    return scored
