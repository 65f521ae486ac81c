"""What the page of one run shows. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.runs import METRICS, STAGES, Run, RunFacts, Stage
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.scripts import arguments_of, as_command, as_python
from mlops_desktop.gui.screens.runs.table_state import (
    ALGORITHM_TITLES,
    STATE_STATUS,
    Status,
    duration,
    metric_text,
)
from mlops_desktop.gui.words import counted

METRIC_TITLES = {m.name: m.title for m in METRICS}
ENDED_WELL = "finished"
AT_WORK = ("queued", "running")
MOST_TILES = 24
"""Metrics that have a tile each; a training has fewer, a script may log thousands."""


@dataclass(frozen=True, slots=True)
class StageCell:
    """One stage of the strip."""

    name: str
    headline: str
    detail: str
    aside: str
    progress: float
    """1 done, 0 not begun; between while it works."""


@dataclass(frozen=True, slots=True)
class MetricTile:
    """One final metric."""

    name: str
    title: str
    text: str
    note: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class RunState:
    """What the page shows of a run."""

    run_id: int
    title: str
    name: str
    state: str
    status: Status
    subtitle: str
    at_work: bool
    cancelling: bool
    progress: tuple[str, float | None, float | None]
    """Stage, part done from 0 to 1, seconds left, while it works."""
    stages: tuple[StageCell, ...]
    tiles: tuple[MetricTile, ...]
    error: ErrorMessage | None
    warnings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    python: str
    command: str
    can_register: bool
    can_reproduce: bool
    has_evaluation: bool
    tags: tuple[str, ...]
    notes: str
    trashed: bool


def run_state(run: Run, job: JobRow | None, project: str, now: datetime) -> RunState:
    """What to show of `run`.

    Parameters
    ----------
    job : JobRow, optional
        The job that works on it now.
    project : str
        Path of the project, for the script.
    now : datetime
        The moment, in the person's time zone.
    """
    calls = [arguments] if (arguments := arguments_of(run)) else []
    trained = run.kind == "training"
    return RunState(
        run_id=run.run_id,
        title=tr("Run #{}").format(run.run_id),
        name=run.name,
        state=run.state,
        status=STATE_STATUS.get(run.state, "neutral"),
        subtitle=_subtitle(run, now),
        at_work=run.state in AT_WORK,
        cancelling=job is not None and job.state == "cancelling",
        progress=_progress(job),
        stages=_stages(run) if trained else (),
        tiles=_tiles(run),
        error=run.error,
        warnings=_warnings(run),
        facts=_facts(run),
        python=as_python(project, calls, run) if calls else "",
        command=as_command(project, calls, run) if calls else "",
        can_register=trained and run.state == ENDED_WELL and any(a.kind == "model" for a in run.artifacts),
        can_reproduce=trained,
        has_evaluation=any(a.kind == "evaluation" for a in run.artifacts),
        tags=tuple(run.tags),
        notes=run.notes,
        trashed=run.trashed_at is not None,
    )


def _progress(job: JobRow | None) -> tuple[str, float | None, float | None]:
    if job is None:
        return tr("Waiting"), None, None
    return tr(job.stage or "Waiting"), job.fraction, job.seconds_left


def _warnings(run: Run) -> tuple[str, ...]:
    return tuple(
        f"{w.column}: {w.text}" if w.column and w.column not in w.text else w.text for w in run.warnings
    )


def _subtitle(run: Run, now: datetime) -> str:
    parts: list[str] = []
    if run.spec is not None and run.spec.data is not None:
        parts.append(f"{run.spec.data.ref}, {run.spec.target}")
    parts.append(tr("by {}, {}").format(run.created_by, when(run.created_at, now)))
    if run.seconds is not None:
        parts.append(tr("took {}").format(duration(run.seconds)))
    if run.spec is not None:
        parts.append(tr("seed {}").format(run.spec.seed))
    return " · ".join(parts)


def when(moment: datetime, now: datetime) -> str:
    """``today 10:21:58``, ``yesterday 18:00``, ``12 Nov 18:00``, ``12 Nov 2024``."""
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days == 0:
        return tr("today {}").format(f"{local:%H:%M:%S}")
    if days == 1:
        return tr("yesterday {}").format(f"{local:%H:%M}")
    return f"{local.day} {local:%b %H:%M}" if local.year == now.year else f"{local.day} {local:%b %Y}"


def _stages(run: Run) -> tuple[StageCell, ...]:
    """Every stage in its order; those that a run which ended well did not need are left out."""
    known = {s.name: s for s in (run.facts.stages if run.facts else [])}
    at_work = run.state in AT_WORK
    cells: list[StageCell] = []
    for name in STAGES:
        stage = known.get(name)
        if stage is not None:
            cells.append(_stage_cell(stage, at_work))
        elif run.state != ENDED_WELL and name != "Folds":
            cells.append(StageCell(name, "—", "" if at_work else tr("not reached"), "", 0.0))
    return tuple(cells)


def _stage_cell(stage: Stage, at_work: bool) -> StageCell:
    if stage.done:
        return StageCell(stage.name, stage.title, stage.note, duration(stage.seconds), 1.0)
    return StageCell(
        stage.name,
        stage.title or "—",
        stage.note or (tr("at work") if at_work else tr("ended here")),
        "",
        0.5,
    )


def _tiles(run: Run) -> tuple[MetricTile, ...]:
    """The main metric first, then the others in their usual order."""
    main = run.facts.main_metric if run.facts else ""
    order = [m.name for m in METRICS if m.name in run.metrics]
    order += sorted(set(run.metrics) - set(order))
    order.sort(key=lambda name: name != main)
    undefined = run.facts.undefined if run.facts else {}
    folds = run.facts.fold_values if run.facts else {}
    tiles: list[MetricTile] = []
    for name in order[:MOST_TILES]:
        value = run.metrics[name]
        note = undefined.get(name, "") if not math.isfinite(value) else _spread(folds.get(name, []), name)
        tiles.append(
            MetricTile(name, METRIC_TITLES.get(name, name), metric_text(name, value), note, name == main)
        )
    if len(order) > MOST_TILES:
        more = tr("All are in the charts, and in the table of runs.")
        tiles.append(MetricTile("", tr("More metrics"), f"+ {len(order) - MOST_TILES:,}", more, False))
    return tuple(tiles)


def _spread(values: Sequence[float], name: str) -> str:
    """Mean and standard deviation (n - 1) over the folds."""
    known = [v for v in values if math.isfinite(v)]
    if len(known) < 2:
        return ""
    mean = math.fsum(known) / len(known)
    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in known) / (len(known) - 1))
    return tr("folds {} ± {}").format(metric_text(name, mean), metric_text(name, spread))


def _facts(run: Run) -> tuple[tuple[str, str], ...]:
    """What it takes to do it again, and what was decided on the way."""
    rows: list[tuple[str, str]] = []
    spec, facts = run.spec, run.facts
    if spec is not None:
        rows.append(("Data", tr("{}, {:,} rows").format(spec.data.ref, spec.data.rows) if spec.data else "—"))
        rows.append(("Algorithm", ALGORITHM_TITLES.get(spec.algorithm, spec.algorithm)))
    if facts is not None:
        rows += _decided(facts)
    if run.params:
        rows.append(
            ("Parameters", ", ".join(f"{k} {'—' if v is None else v}" for k, v in run.params.items()))
        )
    if facts is not None and facts.environment is not None:
        place = facts.environment
        rows.append(("Seed", f"{place.seed}, " + counted(place.threads, "on 1 thread", "on {:,} threads")))
        rows.append(("Code", place.code_version))
        rows.append(("Python", tr("{} on {}").format(place.python, place.system)))
        rows.append(("Packages", ", ".join(f"{n} {v}" for n, v in place.packages.items())))
        rows.append(("Peak memory", f"{facts.peak_memory_bytes / 1e9:.2f} GB"))
    rows += [(a.name, f"{a.sha256[:12]}… {size_words(a.size_bytes)}") for a in run.artifacts]
    return tuple(rows)


def _decided(facts: RunFacts) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if facts.task:
        rows.append(("Task", f"{facts.task}, {facts.task_reason}" if facts.task_reason else facts.task))
    if facts.split_reason:
        rows.append(("Split", facts.split_reason))
    if facts.left_out:
        rows.append(("Left out", ", ".join(f"{name} ({why})" for name, why in facts.left_out.items())))
    if facts.positive_class is not None:
        rows.append(("Looked for", facts.positive_class))
    return rows
