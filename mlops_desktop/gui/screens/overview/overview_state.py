"""What the overview shows: the loop from data to retraining, what is next, what needs the person. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mlops_desktop.domain.models import ModelVersion
from mlops_desktop.domain.runs import METRICS, Run, higher_is_better
from mlops_desktop.domain.schedules import Firing
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.data.import_intent import ImportIntent
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.shell.shell_state import Notice
from mlops_desktop.gui.words import counted, signed, when_words

from .overview_facts import (
    OverviewFacts,
    StepStatus,
    best_run,
    bundle_of,
    champion_of,
    data_behind,
    main_metric,
    main_value,
    metric_title,
    newest_data,
    question,
    run_status,
    run_title,
    short_number,
)

if TYPE_CHECKING:
    pass

MOST_RUNS = 8
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class LoopStep:
    """One cell of the strip."""

    key: str
    title: str
    headline: str
    detail: str
    chip: str
    status: StepStatus
    place: Place


@dataclass(frozen=True, slots=True)
class NextThing:
    """The one thing to do next: why, the words of its button, and the place where it is done."""

    title: str
    why: str
    button: str
    icon: str
    place: Place
    retrain: int = 0
    """Run to train like, on the newest data, instead of going to `place`."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """A recent run."""

    run_id: int
    name: str
    data: str
    metrics: tuple[float | None, ...]
    """In the order of `OverviewState.metric_titles`."""
    seconds: float | None
    by: str
    state: str
    status: StepStatus


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """The main metric of one run."""

    run_id: int
    label: str
    value: float
    champion: bool


@dataclass(frozen=True, slots=True)
class OverviewState:
    """All that the overview shows."""

    title: str
    subtitle: str
    steps: tuple[LoopStep, ...]
    next: NextThing | None
    needs: tuple[Notice, ...]
    """What waits, without what `next` says already."""
    metric_titles: tuple[str, ...]
    runs: tuple[RunLine, ...]
    bars_title: str
    bars_note: str
    bars: tuple[ScoreBar, ...]


def overview_state(facts: OverviewFacts, now: datetime) -> OverviewState:
    """What is shown of `facts` at the moment `now` (its time zone is the one of all times)."""
    champion = champion_of(facts)
    following = next_thing(facts, champion)
    metrics = _metrics_of(facts.runs)
    bars = _score_bars(facts, champion)
    return OverviewState(
        title=facts.status.name,
        subtitle=_subtitle(facts, champion),
        steps=(
            _data_step(facts, champion, now),
            _train_step(facts, champion, now),
            _model_step(facts, champion),
            _deploy_step(facts, champion),
            _monitor_step(),
            _retrain_step(facts, now),
        ),
        next=following,
        needs=tuple(
            n for n in needs_you(facts) if not (following and following.retrain and _is_of(n, champion))
        ),
        metric_titles=tuple(metric_title(m) for m in metrics),
        runs=tuple(_run_line(run, metrics) for run in facts.runs[:MOST_RUNS]),
        bars_title=bars[0],
        bars_note=bars[1],
        bars=bars[2],
    )


def next_thing(facts: OverviewFacts, champion: ModelVersion | None) -> NextThing | None:
    """The first gap of the loop; None while it is closed and nothing is newer."""
    if newest_data(facts) is None:
        return NextThing(
            tr("Import a table"), tr("Everything begins with data: a CSV, Parquet or Excel file."),
            tr("Import data..."), "download", Place("data", ImportIntent()),
        )  # fmt: skip
    best = best_run(facts)
    if best is None:
        return NextThing(
            tr("Train a first model"), tr("A baseline shows what there is to gain; LightGBM is a good second."),
            tr("New training..."), "play", Place("runs", RunsIntent(page="training")),
        )  # fmt: skip
    if not facts.models:
        return NextThing(
            tr("Register the best run"), tr("Run #{} did best. Registered, it gets a name and versions.").format(best.run_id),
            tr("Look at run #{}").format(best.run_id), "models", Place("runs", best.run_id),
        )  # fmt: skip
    if champion is None:
        name = facts.models[0].name
        return NextThing(
            tr("Choose a champion"), tr("No version of {} is the champion yet: the one that is deployed.").format(name),
            tr("Open {}").format(name), "flag", Place("models", name),
        )  # fmt: skip
    if bundle_of(facts, champion) is None:
        return NextThing(
            tr("Export the champion"), tr("A bundle scores files and answers requests without this program."),
            tr("Open {}").format(champion.ref), "deployments", Place("models", champion.ref),
        )  # fmt: skip
    return _what_time_brings(facts, champion)


def _what_time_brings(facts: OverviewFacts, champion: ModelVersion) -> NextThing | None:
    if not facts.schedules:
        return NextThing(
            tr("Let it retrain by itself"), tr("A schedule trains again on the newest data, with the window closed too."),
            tr("New schedule..."), "automation", Place("automation", "new"),
        )  # fmt: skip
    behind = data_behind(facts, champion)
    if behind and not any(r.spec and r.spec.data and r.spec.data.ref == behind for r in facts.known_runs):
        return NextThing(
            tr("Retrain on {}").format(behind), tr("The champion has learned from {} and has not seen what is new.").format(champion.data),
            tr("Retrain now"), "refresh", Place("runs", champion.run_id), champion.run_id,
        )  # fmt: skip
    return None


def needs_you(facts: OverviewFacts) -> tuple[Notice, ...]:
    """What waits for the person: schedules that stopped, times that failed, a failed newest run, unseen data."""
    found = [
        Notice(tr("Schedule {}: {}").format(s.name, s.why or tr("look at it")), Place("automation", s.name))
        for s in facts.schedules
        if s.state == "needs_you"
    ]
    newest: dict[str, Firing] = {}
    for name, firing in facts.firings:
        newest.setdefault(name, firing)
    found += [
        Notice(
            tr("Schedule {} {}: {}").format(name, tr(firing.state), firing.why or firing.outcome),
            Place("automation", name),
        )
        for name, firing in newest.items()
        if firing.state in ("failed", "missed")
    ]
    if facts.runs and facts.runs[0].state in ("failed", "interrupted"):
        run = facts.runs[0]
        why = run.error.message if run.error else tr("interrupted")
        found.append(
            Notice(tr("Run #{} {}").format(run.run_id, f"{tr('failed')}: {why}"), Place("runs", run.run_id))
        )
    champion = champion_of(facts)
    behind = data_behind(facts, champion)
    if champion is not None and behind:
        text = tr("{} has not seen {}").format(champion.ref, behind)
        found.append(Notice(text, Place("models", champion.ref)))
    return tuple(found)


def _subtitle(facts: OverviewFacts, champion: ModelVersion | None) -> str:
    if champion is not None:
        data = champion.data.rpartition("@")[0]
        return tr("{} · predicts {} · judged by {}").format(
            data, champion.target, metric_title(champion.main_metric)
        )
    data = newest_data(facts)
    if data is None:
        return tr("An empty project")
    target = next((c.name for c in data.newest.columns if c.role == "target"), "") if data.newest else ""
    return tr("{} · predicts {}").format(data.name, target) if target else data.name


def _is_of(notice: Notice, version: ModelVersion | None) -> bool:
    return version is not None and notice.place == Place("models", version.ref)


def _data_step(facts: OverviewFacts, champion: ModelVersion | None, now: datetime) -> LoopStep:
    """The data of the champion, or what moved last."""
    data = newest_data(facts, champion.data.rpartition("@")[0]) if champion else None
    data = data or newest_data(facts)
    if data is None or data.newest is None:
        return LoopStep(
            "data", tr("Data"), tr("no data yet"), "", tr("import a file"), "accent", Place("data")
        )
    newest = data.newest
    added = f" {signed(newest.new_rows)}" if newest.mode != "new" and newest.new_rows else ""
    return LoopStep(
        "data", tr("Data"), tr("{} v{}").format(data.name, newest.number),
        tr("{}{}").format(counted(newest.rows, "1 row", "{:,} rows"), added),
        when_words(newest.created_at, now), "neutral", Place("data", data.name),
    )  # fmt: skip


def _train_step(facts: OverviewFacts, champion: ModelVersion | None, now: datetime) -> LoopStep:
    """The newest run, of those that predict what the champion does if there are some."""
    runs = [r for r in facts.known_runs if r.kind == "training" or r.metrics]
    same = [
        r for r in runs if champion is not None and r.spec is not None and r.spec.target == champion.target
    ]
    run = next(iter(same or runs), None)
    if run is None:
        chip = tr("train a model") if facts.datasets else ""
        return LoopStep("train", tr("Train"), tr("no run yet"), "", chip, "accent", Place("runs"))
    place = Place("runs", run.run_id)
    if run.finished_at is None:
        return LoopStep(
            "train",
            tr("Train"),
            tr("run #{}").format(run.run_id),
            run_title(run),
            tr(run.state),
            "accent",
            place,
        )
    detail = tr("{} {}").format(tr(run.state), when_words(run.finished_at, now))
    value = main_value(run)
    chip = f"{metric_title(main_metric(run))} {short_number(value)}" if value is not None else tr(run.state)
    return LoopStep(
        "train", tr("Train"), tr("run #{}").format(run.run_id), detail, chip, run_status(run.state), place
    )


def _model_step(facts: OverviewFacts, champion: ModelVersion | None) -> LoopStep:
    if champion is None:
        if facts.models:
            model = facts.models[0]
            detail = counted(len(model.versions), "1 version", "{:,} versions")
            return LoopStep(
                "model",
                tr("Model"),
                model.name,
                detail,
                tr("no champion"),
                "warn",
                Place("models", model.name),
            )
        chip = tr("register a run") if best_run(facts) else ""
        return LoopStep("model", tr("Model"), tr("no model yet"), "", chip, "accent", Place("models"))
    value = champion.metrics.get(champion.main_metric)
    measured = f"{metric_title(champion.main_metric)} {short_number(value)}" if value is not None else ""
    detail = " · ".join(part for part in (tr("champion"), measured) if part)
    model = next(m for m in facts.models if m.name == champion.model)
    others = [f"{alias} v{number}" for alias, number in model.aliases.items() if alias != "champion"]
    return LoopStep(
        "model", tr("Model"), f"{champion.model} v{champion.number}", detail,
        others[0] if others else tr("in use"), "neutral" if others else "good", Place("models", champion.ref),
    )  # fmt: skip


def _deploy_step(facts: OverviewFacts, champion: ModelVersion | None) -> LoopStep:
    wanted = bundle_of(facts, champion) if champion else None
    bundle = wanted or (facts.bundles[0] if facts.bundles else None)
    if bundle is None:
        chip = tr("export the champion") if champion else ""
        return LoopStep("deploy", tr("Deploy"), tr("no bundle yet"), "", chip, "accent", Place("deployments"))
    headline, size = (
        f"{bundle.model} v{bundle.number}",
        tr("bundle, {}").format(size_words(bundle.size_bytes)),
    )
    place = Place("deployments", bundle.bundle_id)
    if champion is not None and wanted is None:
        chip = tr("champion not exported")
        return LoopStep("deploy", tr("Deploy"), headline, size, chip, "warn", place)
    chip = tr("self-test passed")
    return LoopStep("deploy", tr("Deploy"), headline, size, chip, "good", place)


def _monitor_step() -> LoopStep:
    detail = tr("nothing reports back")
    return LoopStep("monitor", tr("Monitor"), tr("not watched"), detail, "", "neutral", Place("monitoring"))


def _retrain_step(facts: OverviewFacts, now: datetime) -> LoopStep:
    if not facts.schedules:
        chip = tr("add a schedule") if best_run(facts) else ""
        return LoopStep("retrain", tr("Retrain"), tr("by hand"), "", chip, "accent", Place("automation"))
    worst = next((s for s in facts.schedules if s.state == "needs_you"), None)
    if worst is not None:
        return LoopStep(
            "retrain",
            tr("Retrain"),
            worst.name,
            worst.why,
            tr("needs you"),
            "warn",
            Place("automation", worst.name),
        )
    first = facts.schedules[0]
    due = facts.status.next_due
    detail = ", ".join(s.name for s in facts.schedules)
    if due is None:
        return LoopStep(
            "retrain",
            tr("Retrain"),
            tr("nothing is due"),
            detail,
            tr("paused"),
            "warn",
            Place("automation", first.name),
        )
    local = due.astimezone(now.tzinfo)
    headline = f"{local:%a} {local.day} {local:%b %H:%M}"
    return LoopStep(
        "retrain", tr("Retrain"), headline, detail, tr("active"), "good", Place("automation", first.name)
    )


def _metrics_of(runs: Sequence[Run]) -> list[str]:
    """The metrics of the newest runs that fill two columns: the main ones first."""
    shown = [r for r in runs[:MOST_RUNS] if r.metrics]
    mains = dict.fromkeys(main_metric(r) for r in shown if main_metric(r))
    rest = dict.fromkeys(m.name for m in METRICS for r in shown if m.name in r.metrics)
    return list(mains)[:3] if len(mains) > 1 else list(dict.fromkeys([*mains, *rest]))[:3]


def _run_line(run: Run, metrics: Sequence[str]) -> RunLine:
    def value(name: str) -> float | None:
        found = run.metrics.get(name)
        return None if found is None or found != found else found

    data = run.spec.data.ref if run.spec and run.spec.data else ""
    return RunLine(
        run_id=run.run_id, name=run_title(run), data=data, metrics=tuple(value(m) for m in metrics),
        seconds=run.seconds, by=run.created_by, state=run.state, status=run_status(run.state),
    )  # fmt: skip


def _score_bars(facts: OverviewFacts, champion: ModelVersion | None) -> tuple[str, str, tuple[ScoreBar, ...]]:
    """Title, note and bars of the runs that answer the question of the champion, or of the newest run."""
    finished = [r for r in facts.known_runs if r.state == "finished" and main_value(r) is not None]
    lead = next((r for r in finished if champion is not None and r.run_id == champion.run_id), None)
    lead = lead or (finished[0] if finished else None)
    if lead is None:
        return ("", "", ())
    same = [r for r in finished if question(r) == question(lead)][:MOST_BARS]
    bars = tuple(
        ScoreBar(
            r.run_id,
            _bar_label(r, champion),
            main_value(r) or 0.0,
            champion is not None and r.run_id == champion.run_id,
        )
        for r in reversed(same)
    )
    title = metric_title(main_metric(lead))
    target = lead.spec.target if lead.spec else ""
    better = tr("higher is better") if higher_is_better(main_metric(lead)) else tr("lower is better")
    return (tr("{} of the runs that predict {}").format(title, target) if target else title, better, bars)


def _bar_label(run: Run, champion: ModelVersion | None) -> str:
    label = f"#{run.run_id} {run_title(run)}"
    return (
        tr("{} · champion").format(label) if champion is not None and run.run_id == champion.run_id else label
    )
