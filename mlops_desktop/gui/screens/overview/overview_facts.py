"""What a project answers about its loop, and what follows from it: champion, best run, data not seen yet. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from mlops_desktop.domain.algorithms import algorithm
from mlops_desktop.domain.bundles import Bundle
from mlops_desktop.domain.datasets import Dataset
from mlops_desktop.domain.models import Model, ModelVersion
from mlops_desktop.domain.projects import ProjectStatus
from mlops_desktop.domain.run_pages import METRIC
from mlops_desktop.domain.runs import METRICS, Run, higher_is_better
from mlops_desktop.domain.schedules import Firing, Schedule

if TYPE_CHECKING:
    from mlops_desktop.project import Project

StepStatus = Literal["good", "warn", "bad", "accent", "neutral"]
MOST_FIRINGS = 5
LOOK_BACK = 200
"""Runs that are looked at as what is recent; of older ones those that matter are asked for by name."""
TRAINED = "state = finished and algorithm != logged"
"""Filter of the trainings that ended well."""
MOST_LEADERS = 20
"""Runs with the best value, among which the best one with the same main metric is."""


@dataclass(frozen=True, slots=True)
class OverviewFacts:
    """What the project answers; everything shown follows from it."""

    status: ProjectStatus
    datasets: tuple[Dataset, ...] = ()
    runs: tuple[Run, ...] = ()
    """Newest first."""
    models: tuple[Model, ...] = ()
    """That with the newest version first."""
    bundles: tuple[Bundle, ...] = ()
    """Newest first."""
    schedules: tuple[Schedule, ...] = ()
    firings: tuple[tuple[str, Firing], ...] = ()
    """Name of the schedule and the newest of what became of its times."""
    older: tuple[Run, ...] = ()
    """Of the runs before `runs` those that matter: the best one, the champion's, one on the newest data."""

    @property
    def known_runs(self) -> tuple[Run, ...]:
        """The runs at hand, newest first."""
        return (*self.runs, *self.older)


def overview_facts(project: Project) -> OverviewFacts:
    """Ask a project; called off the GUI thread."""
    schedules = project.schedules.list()
    facts = OverviewFacts(
        status=project.status(),
        datasets=tuple(project.datasets.list()),
        runs=tuple(project.runs.list(limit=LOOK_BACK)),
        models=tuple(sorted(project.models.list(), key=_last_registered, reverse=True)),
        bundles=tuple(project.bundles.list()),
        schedules=tuple(schedules),
        firings=tuple(
            (s.name, f) for s in schedules for f in project.schedules.history(s.name, MOST_FIRINGS)
        ),
    )
    return replace(facts, older=older_runs(project, facts)) if len(facts.runs) == LOOK_BACK else facts


def older_runs(project: Project, facts: OverviewFacts) -> tuple[Run, ...]:
    """Of the runs that are older than those of `facts` what the overview speaks of, newest first."""

    def first(filter_: str) -> list[int]:
        return [line.run_id for line in project.runs.page(filter_, limit=1, columns=[METRIC]).lines]

    wanted: list[int] = []
    champion = champion_of(facts)
    if champion is not None:
        behind = data_behind(facts, champion)
        wanted += [champion.run_id, *first(f'target = "{champion.target}"')]
        wanted += first(f'data = "{behind}"') if behind else []
    newest = next(iter(_judged(facts)), None)
    if newest is None:
        judged = map(project.runs.show, first(TRAINED))
        newest = next((run for run in judged if main_value(run) is not None), None)
    if newest is not None:
        target, metric = question(newest)
        leaders = project.runs.page(
            f'{TRAINED} and target = "{target}"',
            METRIC + metric,
            higher_is_better(metric),
            limit=MOST_LEADERS,
            columns=[METRIC + metric],
        )
        wanted += [line.run_id for line in leaders.lines if line.main_metric == metric][:1]
    known = {run.run_id for run in facts.runs}
    return tuple(project.runs.show(run) for run in sorted(set(wanted) - known, reverse=True))


def _last_registered(model: Model) -> datetime:
    return max((version.created_at for version in model.versions), default=model.created_at)


def champion_of(facts: OverviewFacts) -> ModelVersion | None:
    """The champion that was made last, of all models."""
    found = [
        version
        for model in facts.models
        for version in model.versions
        if version.number == model.aliases.get("champion")
    ]
    return max(found, key=lambda v: v.created_at, default=None)


def newest_data(facts: OverviewFacts, name: str = "") -> Dataset | None:
    """The data set that moved last, or the one of this name."""
    found = [d for d in facts.datasets if d.newest is not None and name in ("", d.name)]
    return max(
        found,
        key=lambda d: d.newest.created_at if d.newest else datetime.min.replace(tzinfo=UTC),
        default=None,
    )


def data_behind(facts: OverviewFacts, champion: ModelVersion | None) -> str:
    """The newer version of the champion's data that it has not seen, as ``bikes@24``; empty when there is none."""
    if champion is None:
        return ""
    name, _, number = champion.data.rpartition("@")
    data = newest_data(facts, name)
    if data is None or data.newest is None or not number.isdecimal() or data.newest.number <= int(number):
        return ""
    return data.newest.ref


def best_run(facts: OverviewFacts) -> Run | None:
    """The finished training with the best main metric among those that predict what the newest one does."""
    runs = _judged(facts)
    if not runs:
        return None
    first = runs[0]
    same = [r for r in runs if question(r) == question(first)]
    better = higher_is_better(main_metric(first))
    return max(same, key=lambda r: (main_value(r) or 0.0) * (1 if better else -1))


def _judged(facts: OverviewFacts) -> list[Run]:
    """Finished trainings that have a value of their main metric, newest first."""
    return [
        r
        for r in facts.known_runs
        if r.state == "finished" and main_value(r) is not None and r.spec is not None
    ]


def metric_title(name: str) -> str:
    """A metric as people write it: ``ROC AUC``."""
    return next((m.title for m in METRICS if m.name == name), name)


def main_metric(run: Run) -> str:
    """Name of the metric that a run is judged by; empty where there is none."""
    return run.facts.main_metric if run.facts else ""


def main_value(run: Run) -> float | None:
    """Value of the metric that a run is judged by; None where it is missing or undefined."""
    value = run.metrics.get(main_metric(run))
    return None if value is None or value != value else value


def run_status(state: str) -> StepStatus:
    """The colour of a run's state."""
    if state == "finished":
        return "good"
    return (
        "bad"
        if state in ("failed", "interrupted")
        else "accent"
        if state in ("running", "queued")
        else "neutral"
    )


def run_title(run: Run) -> str:
    """What a run is called: its name, or its algorithm."""
    if run.name or run.spec is None:
        return run.name
    return algorithm(run.spec.algorithm).title


def question(run: Run) -> tuple[str, str]:
    """What a run predicts, and what it is judged by: runs with the same answer can be held against each other."""
    return (run.spec.target if run.spec else "", main_metric(run))


def bundle_of(facts: OverviewFacts, version: ModelVersion) -> Bundle | None:
    """The newest bundle of a version, if it was exported."""
    return next((b for b in facts.bundles if (b.model, b.number) == (version.model, version.number)), None)


def short_number(value: float) -> str:
    """Three digits that count, with a true minus: ``39.3``, ``0.861``."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
    return text.replace("-", "−")
