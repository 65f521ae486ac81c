"""What is said of a job that has just ended: a sentence, and where its result is. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mlops_desktop.domain.bundles import Bundle
from mlops_desktop.domain.datasets import DatasetVersion, ExportedFile
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.models import ScoredFile
from mlops_desktop.domain.runs import METRICS, Run

from .language import tr
from .places import Place

LONG_S = 30.0
"""A job that took longer is told outside the window too, when the window is not in front."""


@dataclass(frozen=True, slots=True)
class EndedJob:
    """What the notice says.

    Parameters
    ----------
    text : str
        One sentence.
    failed : bool
        It did not do what it was for.
    place : Place, optional
        Where its result is shown.
    folder : Path, optional
        Where its result lies on disk.
    """

    text: str
    failed: bool = False
    place: Place | None = None
    folder: Path | None = None


def ended_job(job: JobRow) -> EndedJob | None:
    """What to say of a job that has ended; nothing of one that a person cancelled."""
    if job.state == "cancelled":
        return None
    if job.state != "finished":
        why = job.error.message if job.error else tr("It was interrupted.")
        return EndedJob(f"{job.title}: {why}", failed=True, place=_place_of_subject(job))
    told = {"import": _imported, "train": _trained, "score": _scored, "export": _exported}.get(job.kind)
    found = told(job.result) if told is not None else None
    return found or EndedJob(tr("Done: {}").format(job.title), place=_place_of_subject(job))


def took_long(job: JobRow) -> bool:
    """Whether the job took so long that its person may be elsewhere by now."""
    if job.started_at is None or job.finished_at is None:
        return False
    return (job.finished_at - job.started_at).total_seconds() > LONG_S


def _decoded(result: bytes, kind: type[Any]) -> Any:
    """The result as `kind`, or None where the job of this kind gives something else."""
    try:
        return msgspec.msgpack.decode(result, type=kind)
    except msgspec.DecodeError:
        return None


def _imported(result: bytes) -> EndedJob | None:
    version: DatasetVersion | None = _decoded(result, DatasetVersion)
    if version is None:
        return None
    text = tr("Imported {}: {} rows").format(version.ref, f"{version.rows:,}")
    return EndedJob(text, place=Place("data", version.dataset))


def _trained(result: bytes) -> EndedJob | None:
    run: Run | None = _decoded(result, Run)
    if run is None:
        return None
    main = run.facts.main_metric if run.facts else ""
    title = next((m.title for m in METRICS if m.name == main), main)
    value = f", {title} {run.metrics[main]:.4g}" if main in run.metrics else ""
    return EndedJob(tr("Run #{} has finished{}").format(run.run_id, value), place=Place("runs", run.run_id))


def _scored(result: bytes) -> EndedJob | None:
    scored: ScoredFile | None = _decoded(result, ScoredFile)
    if scored is None:
        return None
    text = tr("Scored {} rows with {}: {}").format(f"{scored.rows:,}", scored.model, Path(scored.path).name)
    return EndedJob(text, folder=Path(scored.path).parent)


def _exported(result: bytes) -> EndedJob | None:
    bundle: Bundle | None = _decoded(result, Bundle)
    if bundle is not None:
        text = tr("Exported {}: the folder alone scored {} recorded rows again").format(
            f"{bundle.model}@{bundle.number}", f"{bundle.self_test.rows:,}"
        )
        return EndedJob(text, place=Place("deployments", bundle.bundle_id), folder=Path(bundle.folder))
    file: ExportedFile | None = _decoded(result, ExportedFile)
    if file is None:
        return None
    text = tr("Wrote {} rows to {}").format(f"{file.rows:,}", Path(file.path).name)
    return EndedJob(text, folder=Path(file.path).parent)


def _place_of_subject(job: JobRow) -> Place | None:
    kind, _, number = job.subject.partition(":")
    return Place("runs", int(number)) if kind == "run" and number.isdecimal() else None
