"""Which metrics by step are drawn, under which titles, and how. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mlops_desktop.domain.curves import Curve, CurveName
from mlops_desktop.gui.charts.series import Series
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.evaluation_state import ChartSpec
from mlops_desktop.gui.screens.runs.run_state import METRIC_TITLES
from mlops_desktop.gui.words import counted

SMOOTHINGS: tuple[tuple[str, str], ...] = (
    ("1", "as logged"),
    ("11", "mean of 11"),
    ("51", "mean of 51"),
    ("201", "mean of 201"),
    ("1001", "mean of 1,001"),
)
"""Points that each value is the mean of."""
_PARTS = ("train_", "test_", "valid_", "val_")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A run whose curves are drawn: its number, the word in legends, its colour."""

    run_id: int
    label: str
    colour: int


def curve_charts(names: Iterable[CurveName], wanted: str = "") -> dict[str, tuple[str, ...]]:
    """The chart of each metric and the metrics in it, those only that have `wanted` in their name.

    Of one run ``train_rmse`` and ``test_rmse`` belong into one chart, under ``rmse``; beside other runs each metric
    has a chart of its own.
    """
    found = list(names)
    alone = len({n.run for n in found}) == 1
    charts: dict[str, list[str]] = {}
    for name in dict.fromkeys(n.name for n in found):
        if wanted.lower() in name.lower():
            charts.setdefault(_bare(name) if alone else name, []).append(name)
    return {key: tuple(members) for key, members in charts.items()}


def empty_spec(key: str) -> ChartSpec:
    """The chart of a metric before its lines are there: ``RMSE by step``."""
    title = tr("{} by step").format(METRIC_TITLES.get(key, key))
    return ChartSpec(key, "lines", title, x_title=tr("step"))


def curve_specs(
    charts: dict[str, tuple[str, ...]], curves: Sequence[Curve], runs: Sequence[Drawn]
) -> list[ChartSpec]:
    """A chart for each entry of `charts`; runs that have none of its metrics are left out of it."""
    found = {(c.run, c.name): c for c in curves}
    return [
        _spec(
            key,
            [
                (r, n, curve)
                for r in runs
                for n, name in enumerate(members)
                if (curve := found.get((r.run_id, name))) is not None
            ],
            alone=len(runs) == 1,
        )
        for key, members in charts.items()
    ]


def _spec(key: str, lines: Sequence[tuple[Drawn, int, Curve]], *, alone: bool) -> ChartSpec:
    series = tuple(
        Series(
            curve.name if alone else run.label,
            [float(step) for step in curve.steps],
            curve.values,
            run.colour + place,
            lost=(curve.missing, curve.not_positive),
        )
        for run, place, curve in lines
    )
    return replace(empty_spec(key), subtitle=_words([curve for _, _, curve in lines]), series=series)


def _words(curves: Sequence[Curve]) -> str:
    """What is drawn where it is not each value as it was logged."""
    words: list[str] = []
    if any(c.smoothed > 1 for c in curves):
        words.append(tr("mean of {:,} points around each").format(max(c.smoothed for c in curves)))
    if any(c.points > len(c.steps) for c in curves):
        most = max(c.points for c in curves)
        words.append(counted(most, "1 point", "{:,} points") + tr(": smallest and largest of each stretch"))
    return ", ".join(words)


def _bare(name: str) -> str:
    """``rmse`` of ``train_rmse``."""
    return next((name[len(p) :] for p in _PARTS if name.startswith(p) and len(name) > len(p)), name)
