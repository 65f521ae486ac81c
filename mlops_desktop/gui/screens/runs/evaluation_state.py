"""Charts of what runs were judged on: one run, or several side by side, each in its colour. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mlops_desktop.domain.evaluations import Evaluation
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.charts.series import Series
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.run_state import METRIC_TITLES
from mlops_desktop.gui.screens.runs.table_state import metric_text

ChartKind = Literal["lines", "points", "matrix", "bars", "lying_bars"]
MOST_CLASSES = 8
"""Curves of more classes than this can't be told apart."""
MOST_IMPORTANT = 12


@dataclass(frozen=True, slots=True)
class Judged:
    """A run beside others: its name in legends, its colour, and what it was judged on."""

    label: str
    colour: int
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart: what it is called and what it shows."""

    key: str
    kind: ChartKind
    title: str
    subtitle: str = ""
    x_title: str = ""
    y_title: str = ""
    diagonal: bool = False
    from_zero: bool = False
    series: tuple[Series, ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    values: tuple[tuple[float, ...], ...] = ()
    bars: tuple[tuple[str, float, int], ...] = ()
    """Name, value, colour."""
    decimals: int | None = None


def evaluation_charts(judged: Sequence[Judged]) -> tuple[ChartSpec, ...]:
    """Every chart that can be drawn of `judged`, the most telling first."""
    found = [
        _predicted(judged),
        _residuals(judged),
        _roc(judged),
        _pr(judged),
        *_confusions(judged),
        *_importances(judged),
    ]
    return tuple(chart for chart in found if chart is not None)


def fold_chart(run: Run, colour: int) -> ChartSpec | None:
    """The main metric of each fold, and of the test in another colour; None without folds."""
    facts = run.facts
    if facts is None or not facts.fold_values.get(facts.main_metric):
        return None
    name = facts.main_metric
    values = facts.fold_values[name]
    names = (
        facts.fold_names if len(facts.fold_names) == len(values) else [str(i + 1) for i in range(len(values))]
    )
    bars = [(n, v, colour) for n, v in zip(names, values, strict=True)]
    test = run.metrics.get(name, math.nan)
    if math.isfinite(test) and facts.test_rows:
        bars.append((tr("test"), test, colour + 1))
    return ChartSpec(
        "folds",
        "bars",
        tr("{} by fold").format(METRIC_TITLES.get(name, name)),
        bars=tuple(bars),
        decimals=_decimals(values),
    )


def _decimals(values: Sequence[float]) -> int:
    """Digits after the point that the largest value deserves."""
    size = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return 0 if size >= 1000 else 1 if size >= 10 else 3


def metric_bars(name: str, runs: Sequence[tuple[str, int, float]]) -> ChartSpec:
    """One metric of several runs: (label, colour, value) each."""
    title = METRIC_TITLES.get(name, name)
    bars = tuple((label, value, colour) for label, colour, value in runs)
    return ChartSpec(
        f"metric:{name}", "bars", title, bars=bars, decimals=_decimals([value for _, _, value in runs])
    )


def _name(one: Judged, part: str, alone: bool) -> str:
    """Name of a series: the part alone on the page of one run, the run alone where there is one part."""
    if alone:
        return part or one.label
    return f"{one.label}, {part}" if part else one.label


def _predicted(judged: Sequence[Judged]) -> ChartSpec | None:
    series = [
        Series(j.label, r.actual, r.predicted, j.colour, keys=[str(row) for row in r.rows])
        for j in judged
        if (r := j.evaluation.residuals) is not None
    ]
    if not series:
        return None
    r2 = judged[0].evaluation.metrics.get("r2", math.nan)
    words = f"R² {metric_text('r2', r2)}" if len(judged) == 1 and math.isfinite(r2) else ""
    return ChartSpec(
        "predicted",
        "points",
        tr("Predicted against actual"),
        words,
        tr("actual"),
        "predicted",
        diagonal=True,
        series=tuple(series),
    )


def _residuals(judged: Sequence[Judged]) -> ChartSpec | None:
    series: list[Series] = []
    for j in judged:
        r = j.evaluation.residuals
        if r is not None:
            errors = [p - a for a, p in zip(r.actual, r.predicted, strict=True)]
            series.append(Series(j.label, r.predicted, errors, j.colour, keys=[str(row) for row in r.rows]))
    if not series:
        return None
    bias = judged[0].evaluation.metrics.get("bias", math.nan)
    words = (
        tr("bias {}").format(metric_text("bias", bias)) if len(judged) == 1 and math.isfinite(bias) else ""
    )
    return ChartSpec(
        "residuals",
        "points",
        tr("Residuals"),
        words,
        tr("predicted"),
        tr("predicted − actual"),
        series=tuple(series),
    )


def _roc(judged: Sequence[Judged]) -> ChartSpec | None:
    alone, series = len(judged) == 1, list[Series]()
    for j in judged:
        shown = j.evaluation.roc[:MOST_CLASSES] if alone else j.evaluation.roc[:1]
        for n, curve in enumerate(shown):
            part = f"{curve.label}, area {curve.area:.3f}" if alone else f"area {curve.area:.3f}"
            colour = j.colour + n if alone else j.colour
            series.append(
                Series(_name(j, part, alone), curve.false_positive_rate, curve.true_positive_rate, colour)
            )
    if not series:
        return None
    words = f"area {judged[0].evaluation.roc[0].area:.3f}" if alone and len(series) == 1 else ""
    return ChartSpec(
        "roc",
        "lines",
        "ROC",
        words,
        tr("false positive rate"),
        tr("true positive rate"),
        diagonal=True,
        series=tuple(series),
    )


def _pr(judged: Sequence[Judged]) -> ChartSpec | None:
    alone, series = len(judged) == 1, list[Series]()
    for j in judged:
        shown = j.evaluation.pr[:MOST_CLASSES] if alone else j.evaluation.pr[:1]
        for n, curve in enumerate(shown):
            part = (
                f"{curve.label}, {curve.average_precision:.3f}" if alone else f"{curve.average_precision:.3f}"
            )
            colour = j.colour + n if alone else j.colour
            series.append(Series(_name(j, part, alone), curve.recall, curve.precision, colour))
    if not series:
        return None
    first = next(j for j in judged if j.evaluation.pr).evaluation.pr[0]
    series.append(
        Series(
            tr("chance {:.2f}").format(first.base_rate), (0.0, 1.0), (first.base_rate, first.base_rate), -1
        )
    )
    return ChartSpec(
        "pr",
        "lines",
        tr("Precision and recall"),
        "",
        tr("recall"),
        tr("precision"),
        from_zero=True,
        series=tuple(series),
    )


def _confusions(judged: Sequence[Judged]) -> list[ChartSpec]:
    charts: list[ChartSpec] = []
    for j in judged:
        found = j.evaluation.confusion
        if found is None:
            continue
        at = (
            tr("from probability {:g}").format(found.threshold)
            if found.threshold is not None
            else tr("most likely class")
        )
        title = tr("Confusion") if len(judged) == 1 else tr("Confusion of {}").format(j.label)
        charts.append(
            ChartSpec(
                f"confusion:{j.label}",
                "matrix",
                title,
                at,
                tr("actual"),
                "predicted",
                rows=tuple(found.labels),
                columns=tuple(found.labels),
                values=tuple(tuple(line) for line in found.counts),
            )
        )
    return charts


def _importances(judged: Sequence[Judged]) -> list[ChartSpec]:
    charts: list[ChartSpec] = []
    for j in judged:
        found = j.evaluation.importance
        if found is None or not found.names:
            continue
        pairs = list(zip(found.names, found.values, strict=True))[:MOST_IMPORTANT]
        title = tr("What it leans on") if len(judged) == 1 else tr("What {} leans on").format(j.label)
        more = len(found.names) - len(pairs)
        words = (
            tr("share of {}, {} more").format(found.method, more)
            if more
            else tr("share of {}").format(found.method)
        )
        bars = tuple((name, value, j.colour) for name, value in pairs)
        charts.append(ChartSpec(f"importance:{j.label}", "lying_bars", title, words, bars=bars, decimals=3))
    return charts
