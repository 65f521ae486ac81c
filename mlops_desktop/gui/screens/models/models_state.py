"""What the models show: their versions, one of them with where it comes from, aliases and their history. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from mlops_desktop.domain.algorithms import algorithm
from mlops_desktop.domain.bundles import Bundle
from mlops_desktop.domain.errors import InvalidInputError, UserError
from mlops_desktop.domain.evaluations import Evaluation, Signature
from mlops_desktop.domain.models import AliasMove, Model, ModelVersion
from mlops_desktop.domain.references import parse_ref
from mlops_desktop.domain.runs import METRICS, Run
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.words import counted, when_words

if TYPE_CHECKING:
    from mlops_desktop.project import Project

AliasStatus = Literal["good", "warn", "neutral"]
MOST_FEATURES = 12


@dataclass(frozen=True, slots=True)
class ModelsIntent:
    """A model and one of its versions; an empty name takes the first, no number the champion or the newest."""

    model: str = ""
    number: int | None = None
    trashed: bool = False
    """The models in the trash instead."""

    @property
    def ref(self) -> str:
        """The version as people write it; empty while none is known."""
        return f"{self.model}@{self.number}" if self.model and self.number else ""


def intent_of(wanted: object) -> ModelsIntent:
    """The intent that another place hands over: a name, or a reference such as ``rentals@2``."""
    if isinstance(wanted, ModelsIntent):
        return wanted
    if isinstance(wanted, str):
        try:
            ref = parse_ref(wanted)
        except InvalidInputError:
            return ModelsIntent()
        return ModelsIntent(ref.name, ref.number)
    return ModelsIntent()


def settled(intent: ModelsIntent, models: Sequence[Model]) -> ModelsIntent:
    """The intent with a model and a version that there are; empty where there is no model at all."""
    model = next((m for m in models if m.name == intent.model), None) or next(iter(models), None)
    if model is None or not model.versions:
        return replace(intent, model="", number=None)
    numbers = [v.number for v in model.versions]
    wanted = intent.number if model.name == intent.model else None
    if wanted not in numbers:
        wanted = model.aliases.get("champion", max(numbers))
    return replace(intent, model=model.name, number=wanted)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the project answers about the models, and about the version shown."""

    intent: ModelsIntent
    models: tuple[Model, ...] = ()
    run: Run | None = None
    evaluation: Evaluation | None = None
    signature: Signature | None = None
    history: tuple[AliasMove, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    trouble: str = ""
    """Why something of the version can't be shown; empty when all can."""

    @property
    def version(self) -> ModelVersion | None:
        """The version shown."""
        return version_of(self.models, self.intent)


def version_of(models: Sequence[Model], intent: ModelsIntent) -> ModelVersion | None:
    """The version that the intent names."""
    return next(
        (v for m in models if m.name == intent.model for v in m.versions if v.number == intent.number), None
    )


def model_facts(project: Project, intent: ModelsIntent) -> ModelFacts:
    """Ask a project; called off the GUI thread."""
    models = tuple(project.models.list(intent.trashed))
    found = settled(intent, models)
    version = version_of(models, found)
    if version is None or intent.trashed:
        return ModelFacts(found, models)
    facts = ModelFacts(
        found,
        models,
        history=tuple(project.models.history(version.model)),
        bundles=tuple(b for b in project.bundles.list() if b.model == version.model),
    )
    try:
        run = project.runs.show(version.run_id)
        facts = replace(facts, run=run, signature=project.models.signature(version.ref))
        return replace(facts, evaluation=project.runs.evaluation(version.run_id))
    except (
        UserError
    ) as error:  # the version's files may be gone with its run: the rest is shown, and this is said
        return replace(facts, trouble=str(error))


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A line of the list: a version, or with `band` the heading of a model."""

    key: str
    number: int = 0
    aliases: tuple[str, ...] = ()
    value: str = ""
    """Its main metric."""
    band: str = ""


@dataclass(frozen=True, slots=True)
class LineageBox:
    """A station of where the version comes from."""

    key: str
    title: str
    below: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Who moved an alias."""

    key: str
    alias: str
    move: str
    when: str
    actor: str
    how: str


@dataclass(frozen=True, slots=True)
class ModelsState:
    """All that the screen shows; the form that tries the version out has its own state."""

    lines: tuple[VersionLine, ...] = ()
    ref: str = ""
    title: str = ""
    suffix: str = ""
    chips: tuple[tuple[str, AliasStatus], ...] = ()
    subtitle: str = ""
    notes: str = ""
    lineage: tuple[LineageBox, ...] = ()
    metrics: tuple[tuple[str, str, str], ...] = ()
    """Title, value and what it means."""
    features: tuple[tuple[str, float], ...] = ()
    """The most important first, with their shares in percent."""
    features_note: str = ""
    history: tuple[HistoryLine, ...] = ()
    trouble: str = ""


def models_state(facts: ModelFacts, now: datetime) -> ModelsState:
    """What is shown of `facts`; `now` has the time zone of all times."""
    lines = _lines(facts.models)
    version = facts.version
    if version is None:
        return ModelsState(lines=lines, title=tr("Models"), subtitle=_subtitle_of_none(facts))
    model = next(m for m in facts.models if m.name == version.model)
    importance = facts.evaluation.importance if facts.evaluation else None
    pairs = list(zip(importance.names, importance.values, strict=False))[:MOST_FEATURES] if importance else []
    return ModelsState(
        lines=lines,
        ref=version.ref,
        title=version.model,
        suffix=f"v{version.number}",
        chips=tuple((alias, alias_status(alias)) for alias in version.aliases),
        subtitle=_subtitle(version, now),
        notes="\n".join(text for text in (model.notes, version.notes) if text),
        lineage=_lineage(facts, version),
        metrics=_metrics(version),
        features=tuple((name, value * 100) for name, value in pairs),
        features_note=_features_note(facts) if importance else "",
        history=tuple(_history_line(i, move, now) for i, move in enumerate(facts.history)),
        trouble=facts.trouble,
    )


def alias_status(alias: str) -> AliasStatus:
    """The colour of an alias."""
    return "good" if alias == "champion" else "warn" if alias == "challenger" else "neutral"


def metric_title(name: str) -> str:
    """A metric as people write it."""
    return next((m.title for m in METRICS if m.name == name), name)


def value_words(value: float | None) -> str:
    """Up to four digits that count; a dash where the value is missing or undefined."""
    if value is None or value != value:
        return "—"
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
    return text.replace("-", "−")


def _subtitle_of_none(facts: ModelFacts) -> str:
    return tr("in the trash") if facts.intent.trashed else ""


def _lines(models: Sequence[Model]) -> tuple[VersionLine, ...]:
    lines: list[VersionLine] = []
    for model in models:
        lines.append(VersionLine(f"model:{model.name}", band=model.name))
        for version in sorted(model.versions, key=lambda v: -v.number):
            value = value_words(version.metrics.get(version.main_metric))
            lines.append(VersionLine(version.ref, version.number, tuple(version.aliases), value))
    return tuple(lines)


def _subtitle(version: ModelVersion, now: datetime) -> str:
    parts = [
        algorithm(version.algorithm).title if version.algorithm else "",
        tr("predicts {}").format(version.target) if version.target else "",
        tr("from run #{}").format(version.run_id),
        tr("on {}").format(version.data) if version.data else "",
        tr("registered by {} {}").format(version.created_by, when_words(version.created_at, now)),
    ]
    return " · ".join(part for part in parts if part)


def _lineage(facts: ModelFacts, version: ModelVersion) -> tuple[LineageBox, ...]:
    boxes: list[LineageBox] = []
    if version.data:
        spec = facts.run.spec if facts.run else None
        rows = spec.data.rows if spec and spec.data else 0
        boxes.append(LineageBox("data", version.data, counted(rows, "1 row", "{:,} rows") if rows else ""))
    run = facts.run
    seed = tr("seed {}").format(run.spec.seed) if run and run.spec else ""
    seconds = f"{run.seconds:.0f} s" if run and run.seconds is not None else ""
    boxes.append(
        LineageBox("run", tr("run #{}").format(version.run_id), " · ".join(p for p in (seed, seconds) if p))
    )
    boxes.append(
        LineageBox("model", f"{version.model} v{version.number}", ", ".join(version.aliases), current=True)
    )
    bundle = next((b for b in facts.bundles if b.number == version.number), None)
    if bundle is not None:
        boxes.append(LineageBox(f"bundle:{bundle.bundle_id}", tr("bundle"), size_words(bundle.size_bytes)))
    return tuple(boxes)


def _metrics(version: ModelVersion) -> tuple[tuple[str, str, str], ...]:
    known = [m for m in METRICS if m.name in version.metrics]
    known.sort(key=lambda m: m.name != version.main_metric)
    lines = [(m.title, value_words(version.metrics[m.name]), m.description) for m in known]
    names = {m.name for m in METRICS}
    return (
        *lines,
        *((name, value_words(value), "") for name, value in version.metrics.items() if name not in names),
    )


def _features_note(facts: ModelFacts) -> str:
    importance = facts.evaluation.importance if facts.evaluation else None
    if importance is None:
        return ""
    words = {
        "gain": tr("share of what the splits gain, in percent"),
        "impurity": tr("share of the impurity that the splits take away, in percent"),
        "coefficient": tr("share of the coefficients of scaled columns, in percent"),
        "permutation": tr("share of the loss when its values are mixed up, in percent"),
    }
    return words.get(importance.method, importance.method)


def _history_line(index: int, move: AliasMove, now: datetime) -> HistoryLine:
    def number(value: int | None) -> str:
        return tr("none") if value is None else f"v{value}"

    via = {
        "models.set_alias": tr("set"), "models.remove_alias": tr("taken away"), "activity.undo": tr("undone"),
        "activity.redo": tr("done again"),
    }.get(move.via, move.via)  # fmt: skip
    words = f"{number(move.from_number)} → {number(move.to_number)}"
    return HistoryLine(str(index), move.alias, words, when_words(move.at, now), move.actor, via)
