"""What the page that sets up a training shows. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mlops_desktop.domain.algorithms import ALGORITHMS, Algorithm, Param
from mlops_desktop.domain.datasets import Dataset
from mlops_desktop.domain.run_pages import RunLine
from mlops_desktop.domain.runs import DEFAULT_METRIC, METRICS, ParamValue, SplitMethod
from mlops_desktop.domain.training_checks import CheckFinding, ColumnCheck, TrainingCheck
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.runs_intent import TrainingDraft
from mlops_desktop.gui.screens.runs.scripts import split_fields
from mlops_desktop.gui.screens.runs.table_state import Status, duration
from mlops_desktop.gui.screens.runs.training_split import (
    TimeSplit,
    legend_words,
    shown_label,
    split_words,
    time_split,
)
from mlops_desktop.gui.words import counted

Option = tuple[str, str]
"""Key and words."""
SPLIT_METHODS: tuple[tuple[SplitMethod, str], ...] = (
    ("random", "Random"),
    ("stratified", "Stratified"),
    ("time", "By time"),
    ("cross_validation", "Cross-validation"),
)
TASK_WORDS = {"binary": "Two classes", "multiclass": "Several classes", "regression": "Regression"}
ROLE_STATUS: dict[str, Status] = {"target": "good", "time": "accent", "sensitive": "warn"}
MOST_ALIKE = 6
"""Findings of one kind that are shown one by one."""
NOTE_ROLES = {"": "muted", "note": "muted", "warning": "warn", "error": "bad"}
SEVERITY_ICONS: dict[str, tuple[str, str]] = {
    "error": ("error", "bad"),
    "warning": ("warning", "warn"),
    "note": ("info", "text_muted"),
    "good": ("check", "good"),
}


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """A column in the list of features."""

    name: str
    type: str
    role: str
    status: Status
    missing: str
    missing_share: float
    note: str
    note_role: str
    checked: bool
    fixed: str
    """Why its box can't be ticked, empty where it can."""


@dataclass(frozen=True, slots=True)
class ParamField:
    """A parameter of an algorithm, and what it is set to."""

    param: Param
    value: ParamValue
    changed: bool


@dataclass(frozen=True, slots=True)
class AlgorithmLine:
    """An algorithm in the list."""

    algorithm_id: str
    title: str
    description: str
    typical: str
    """How long it took last, empty while unknown."""
    checked: bool
    params: tuple[ParamField, ...]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something to look at before."""

    code: str
    title: str
    text: str
    icon: str
    role: str
    remedy: str
    """Words of the button that mends it, empty where there is none."""
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitView:
    """How rows are held back, as the card shows it."""

    method: SplitMethod
    words: str
    bars: tuple[tuple[str, float], ...]
    """Label and height of each period; empty where there is no time column."""
    places: TimeSplit | None
    legend: tuple[str, str, str]
    bar_words: str
    share: float
    folds: int


@dataclass(frozen=True, slots=True)
class TrainingState:
    """What the page shows."""

    subtitle: str
    data: tuple[Option, ...]
    data_choice: str
    targets: tuple[Option, ...]
    target: str
    task: str
    task_note: str
    metrics: tuple[Option, ...]
    metric: str
    split: SplitView
    features: tuple[FeatureLine, ...]
    features_words: str
    algorithms: tuple[AlgorithmLine, ...]
    findings: tuple[FindingLine, ...]
    alarm: tuple[str, Status]
    """The worst of the findings in two words."""
    estimate: str
    run_words: str
    problem: str
    """Why it can't run; empty when it can."""
    warning: str
    """What is wrong but does not stop it."""
    empty: Literal["", "no_data", "loading"]
    columns: tuple[str, ...]


def training_state(
    datasets: Sequence[Dataset] | None,
    check: TrainingCheck | None,
    draft: TrainingDraft,
    typical: Mapping[str, float],
) -> TrainingState:
    """What to show of `draft`.

    `datasets` is None while nothing is known yet, `check` until the service has looked at this data, target and split;
    `typical` has the seconds that the last run of an algorithm on this data took.
    """
    known = [d for d in datasets or () if d.newest is not None]
    task = check.task if check else None
    looked_at = check.columns if check else _before_check(known, draft)
    features = tuple(_feature(c, c.name in draft.ignored) for c in looked_at)
    algorithms = _algorithms(draft, typical)
    used = [f for f in features if f.checked]
    target, (alarm, leaks) = draft.target or (check.target if check else ""), _alarm(check, used)
    columns = tuple(c.name for c in looked_at)
    return TrainingState(
        subtitle=_subtitle(draft),
        data=_data_options(known, draft),
        data_choice=draft.data or (known[0].name if known else ""),
        targets=tuple((name, name) for name in columns),
        target=target,
        task=tr(TASK_WORDS.get(task or "", "—")),
        task_note=check.task_reason if check else "",
        metrics=_metrics(task),
        metric=draft.metric or (DEFAULT_METRIC[task] if task else ""),
        split=_split(check, draft),
        features=features,
        features_words=_features_words(len(used), len(features)),
        algorithms=algorithms,
        findings=_findings(check, used),
        alarm=alarm,
        estimate=_estimate(algorithms, draft),
        run_words=_run_words(len(draft.algorithms)),
        problem=_problem(check, draft, used, target),
        warning=leaks,
        empty="loading" if datasets is None else "" if known else "no_data",
        columns=columns,
    )


def _subtitle(draft: TrainingDraft) -> str:
    if draft.like:
        return tr("Like run #{}, on the newest data. Change what you want, then run.").format(draft.like)
    return tr("Choose what to predict and how to judge it, then run.")


def _features_words(used: int, columns: int) -> str:
    return tr("{} of {} columns").format(used, columns) if columns else ""


def _run_words(trainings: int) -> str:
    return tr("Run") if trainings < 2 else tr("Run {} trainings").format(trainings)


def start_arguments(draft: TrainingDraft, state: TrainingState) -> list[dict[str, object]]:
    """The arguments of `runs.start` for each algorithm that is ticked; ``split`` as a dict of its fields."""
    return [
        {
            "data": state.data_choice,
            "target": state.target,
            "algorithm": algorithm,
            "params": draft.params_of(algorithm),
            "split": split_fields(draft.split),
            "ignore": list(draft.ignored),
            "metric": draft.metric,
            "positive_class": draft.positive_class,
            "seed": draft.seed,
            "threads": draft.threads,
        }
        for algorithm in draft.algorithms
    ]


def with_feature(draft: TrainingDraft, name: str, on: bool) -> TrainingDraft:
    """The draft with a column learned from, or left out."""
    rest = tuple(c for c in draft.ignored if c != name)
    return replace(draft, ignored=rest if on else (*rest, name))


def with_algorithm(draft: TrainingDraft, algorithm_id: str, on: bool) -> TrainingDraft:
    """The draft with an algorithm ticked, or not; in the order of the catalogue."""
    wanted = set(draft.algorithms) - {algorithm_id} | ({algorithm_id} if on else set())
    return replace(draft, algorithms=tuple(a.algorithm_id for a in ALGORITHMS if a.algorithm_id in wanted))


def with_param(draft: TrainingDraft, algorithm_id: str, param: Param, value: ParamValue) -> TrainingDraft:
    """The draft with a parameter set; one that is as the default is left out."""
    rest = tuple(p for p in draft.params if p[:2] != (algorithm_id, param.name))
    return replace(
        draft, params=rest if value == param.default else (*rest, (algorithm_id, param.name, value))
    )


def with_places(draft: TrainingDraft, check: TrainingCheck, places: TimeSplit) -> TrainingDraft:
    """The draft with the handles of the split at `places`."""
    test, window = split_words(check.periods, places)
    return replace(draft, method="time", test_period=test, train_window=window)


def typical_seconds(lines: Sequence[RunLine], dataset: str) -> dict[str, float]:
    """Algorithm to how long its newest finished run on a data set took, in seconds."""
    found: dict[str, float] = {}
    for line in lines:
        if line.state == "finished" and line.dataset == dataset and line.seconds is not None:
            found.setdefault(line.algorithm, line.seconds)
    return found


def _data_options(datasets: Sequence[Dataset], draft: TrainingDraft) -> tuple[Option, ...]:
    options = [
        (d.name, tr("{} v{} · {:,} rows").format(d.name, d.newest.number, d.newest.rows))
        for d in datasets
        if d.newest
    ]
    if draft.data and draft.data not in [d.name for d in datasets]:
        options.append((draft.data, draft.data))
    return tuple(options)


def _metrics(task: str | None) -> tuple[Option, ...]:
    return tuple((m.name, m.title) for m in METRICS if task in m.tasks)


def _before_check(datasets: Sequence[Dataset], draft: TrainingDraft) -> list[ColumnCheck]:
    """What is known of the columns before the service has looked at their values: thousands of them take it a while."""
    chosen = next((d.newest for d in datasets if d.name == draft.data or not draft.data), None)
    return [
        ColumnCheck(
            c.name, c.type, "target" if c.name == draft.target else c.role, c.role == "feature", math.nan, 0
        )
        for c in (chosen.columns if chosen else ())
    ]


def sorted_features(lines: Sequence[FeatureLine], by: tuple[str, bool] | None) -> list[FeatureLine]:
    """Features in the order of a column of the list ("on", "type", "role", "missing", "note"), and whether it goes down."""
    if by is None:
        return list(lines)
    fields = {"on": "name", "missing": "missing_share"}
    field = fields.get(by[0], by[0])
    return sorted(lines, key=lambda line: getattr(line, field), reverse=by[1])


def _feature(column: ColumnCheck, ignored: bool) -> FeatureLine:
    fixed = ""
    if column.role == "target":
        fixed = tr("It is what is predicted.")
    elif column.role not in ("feature", "sensitive"):
        fixed = tr("Its role is {}: a click makes it a feature.").format(column.role)
    elif not column.used and not ignored and "left out" in column.note:
        fixed = tr("It has nothing to learn from.")
    percent = column.missing_share * 100
    known = not math.isnan(percent)
    return FeatureLine(
        name=column.name,
        type=column.type,
        role=column.role,
        status=ROLE_STATUS.get(column.role, "neutral"),
        missing=missing_words(percent) if known else "",
        missing_share=column.missing_share if known else 0.0,
        note=column.note,
        note_role=NOTE_ROLES[column.severity],
        checked=not fixed and not ignored,
        fixed=fixed,
    )


def missing_words(percent: float) -> str:
    """``0 %``, ``<0.1 %``, ``7.2 %``."""
    return "0 %" if percent == 0 else "<0.1 %" if percent < 0.1 else f"{percent:.1f} %"


def _algorithms(draft: TrainingDraft, typical: Mapping[str, float]) -> tuple[AlgorithmLine, ...]:
    return tuple(_algorithm(entry, draft, typical) for entry in ALGORITHMS)


def _algorithm(entry: Algorithm, draft: TrainingDraft, typical: Mapping[str, float]) -> AlgorithmLine:
    given = draft.params_of(entry.algorithm_id)
    params = tuple(ParamField(p, given.get(p.name, p.default), p.name in given) for p in entry.params)
    return AlgorithmLine(
        entry.algorithm_id, entry.title, entry.description, duration(typical.get(entry.algorithm_id)),
        entry.algorithm_id in draft.algorithms, params,
    )  # fmt: skip


def _findings(check: TrainingCheck | None, used: Sequence[FeatureLine]) -> tuple[FindingLine, ...]:
    """The worst first."""
    order = list(SEVERITY_ICONS)
    found = sorted(check.findings, key=lambda f: order.index(f.severity)) if check else []
    alike: dict[str, list[CheckFinding]] = {}
    for finding in found:
        alike.setdefault(finding.code, []).append(finding)
    return tuple(_finding(f, used) for group in alike.values() for f in _few(group))


def _few(alike: list[CheckFinding]) -> list[CheckFinding]:
    """Findings of one kind, from a number on the rest of them as one: a wide table may have hundreds."""
    if len(alike) <= MOST_ALIKE:
        return alike
    rest = alike[MOST_ALIKE - 1 :]
    names = list(dict.fromkeys(c for f in rest for c in f.columns))
    listed = ", ".join(names[:12]) + (tr(" and {:,} more").format(len(names) - 12) if len(names) > 12 else "")
    title = tr("{:,} more of this kind").format(len(rest))
    return [*alike[: MOST_ALIKE - 1], CheckFinding(rest[0].code, rest[0].severity, title, listed, names)]


def _finding(finding: CheckFinding, used: Sequence[FeatureLine]) -> FindingLine:
    icon, role = SEVERITY_ICONS[finding.severity]
    names = {f.name for f in used}
    columns = tuple(c for c in finding.columns if c in names)
    remedy = ""
    if columns:
        remedy = (
            tr("Exclude both")
            if len(columns) == 2
            else tr("Exclude {}").format(columns[0])
            if len(columns) == 1
            else tr("Exclude all {}").format(len(columns))
        )
    return FindingLine(finding.code, finding.title, finding.text, icon, role, remedy, columns)


def _alarm(check: TrainingCheck | None, used: Sequence[FeatureLine]) -> tuple[tuple[str, Status], str]:
    findings = check.findings if check else []
    leaks = sum(f.code == "leak" for f in findings)
    if leaks and any(f.note_role == "bad" for f in used):
        words = counted(leaks, "1 leak", "{:,} leaks")
        return (words, "bad"), counted(leaks, "1 leak is still in", "{:,} leaks are still in")
    warnings = sum(f.severity == "warning" for f in findings)
    if warnings:
        return (tr("{} to look at").format(warnings), "warn"), ""
    return ((tr("all in order"), "good") if check else ("", "neutral")), ""


def _estimate(algorithms: Sequence[AlgorithmLine], draft: TrainingDraft) -> str:
    ticked = [a for a in algorithms if a.checked]
    folds = draft.folds or (5 if draft.method == "cross_validation" else 0)
    fits = len(ticked) * (folds + 1)
    words = counted(len(ticked), "1 algorithm", "{:,} algorithms")
    return (
        tr("{} × ({} folds + final) = {} fits.").format(words, folds, fits)
        if folds
        else f"{words}, " + counted(fits, "1 fit.", "{:,} fits.")
    )


def _split(check: TrainingCheck | None, draft: TrainingDraft) -> SplitView:
    periods = check.periods if check else []
    has_time = bool(check and check.time_column)
    classes = check is not None and check.task in ("binary", "multiclass")
    method: SplitMethod = draft.method or ("time" if has_time else "stratified" if classes else "random")
    places = (
        time_split(periods, draft.test_period, draft.train_window, draft.test_share)
        if method == "time"
        else None
    )
    means = [p.mean_target for p in periods]
    by_mean = bool(periods) and all(m == m and m >= 0 for m in means)
    heights = means if by_mean else [float(p.rows) for p in periods]
    return SplitView(
        method=method,
        words=check.split_words if check else "",
        bars=tuple((shown_label(p.label, short=True), h) for p, h in zip(periods, heights, strict=True))
        if method == "time"
        else (),
        places=places,
        legend=legend_words(periods, places) if places else ("", "", ""),
        bar_words=tr("bar: mean {}").format(check.target) if by_mean and check else tr("bar: rows"),
        share=draft.test_share,
        folds=draft.folds or (5 if method == "cross_validation" else 0),
    )


def _problem(
    check: TrainingCheck | None, draft: TrainingDraft, used: Sequence[FeatureLine], target: str
) -> str:
    if check is None:
        return tr("The data is being looked at.")
    if not target:
        return tr("Choose the column to predict.")
    if not draft.algorithms:
        return tr("Choose an algorithm.")
    if not used:
        return tr("Choose a column to learn from.")
    stopping = next((f for f in check.findings if f.code == "one_class"), None)
    return f"{stopping.title}. {stopping.text}" if stopping else ""
