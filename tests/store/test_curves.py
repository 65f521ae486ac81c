"""Metrics by step as charts are given them."""

from __future__ import annotations

import math

import pytest

from mlops_desktop.domain.curves import CurveName
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.runs import Metric
from mlops_desktop.project import Project


def logged(project: Project, **metrics: list[float]) -> int:
    """A run of a script with these values, one a step."""
    run = project.runs.begin_log("script").run_id
    project.runs.log_points(
        run, [Metric(name, v, n) for name, values in metrics.items() for n, v in enumerate(values)]
    )
    return run


def test_a_chart_gets_few_points_of_a_long_metric_and_every_spike(project: Project) -> None:
    values = [n % 10 / 10 for n in range(10_000)]
    values[4_321], values[7_000], values[5] = 99.0, -99.0, math.nan
    run = logged(project, loss=values, short=[1.0, 2.0])
    loss, short = project.runs.curves([run], most=100)
    shown = dict(zip(loss.steps, loss.values, strict=True))
    assert {0, 9_999} <= shown.keys() and (shown[4_321], shown[7_000]) == (99.0, -99.0)
    assert math.isnan(shown[5]) and loss.steps == sorted(shown)
    assert (loss.points, loss.missing, len(loss.steps) < 260) == (10_000, 1, True)
    assert (short.name, short.values) == ("short", [1.0, 2.0])


def test_what_a_logarithmic_axis_cannot_show_is_counted_over_all_points(project: Project) -> None:
    run = logged(project, loss=[0.0, -1.0, 1e-300, 1e300, math.inf] * 400)
    (loss,) = project.runs.curves([run], ["loss"], most=50)
    assert (loss.points, loss.missing, loss.not_positive) == (2_000, 400, 800)
    assert {1e-300, 1e300, -1.0, math.inf} <= set(loss.values)


def test_only_metrics_with_several_steps_are_curves(project: Project) -> None:
    first, second = logged(project, loss=[1.0, 2.0], once=[1.0]), logged(project, auc=[0.5] * 3)
    found = project.runs.curve_names([second, first])
    assert found == [CurveName(first, "loss", 2), CurveName(second, "auc", 3)]
    assert [(c.run, c.name) for c in project.runs.curves([second, first])] == [
        (first, "loss"),
        (second, "auc"),
    ]


def test_a_smoothed_curve_is_made_of_all_points_and_says_so(project: Project) -> None:
    run = logged(project, loss=[float(n % 2) for n in range(4_000)])
    (loss,) = project.runs.curves([run], most=20, smooth=101)
    assert all(abs(v - 0.5) < 0.01 for v in loss.values[2:-2]) and loss.smoothed == 101


def test_a_mean_of_no_points_is_refused(project: Project) -> None:
    with pytest.raises(InvalidInputError, match="0 points"):
        project.runs.curves([1], smooth=0)
