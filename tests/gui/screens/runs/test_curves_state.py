"""Which metrics by step are drawn, without a window."""

from __future__ import annotations

from mlops_desktop.domain.curves import Curve, CurveName
from mlops_desktop.gui.screens.runs.curves_state import Drawn, curve_charts, curve_specs

TRAINED = [CurveName(1, "test_rmse", 3), CurveName(1, "train_rmse", 3), CurveName(1, "lr", 3)]
FIRST, SECOND = Drawn(1, "#1", 0), Drawn(2, "#2", 4)


def test_curves_of_train_and_test_share_a_chart_of_one_run() -> None:
    charts = curve_charts(TRAINED)
    assert charts == {"rmse": ("test_rmse", "train_rmse"), "lr": ("lr",)}
    curves = [Curve(1, n.name, [0, 1], [1.0, 2.0], 2) for n in TRAINED]
    rmse, _ = curve_specs(charts, curves, [FIRST])
    assert (rmse.title, [s.name for s in rmse.series]) == ("RMSE by step", ["test_rmse", "train_rmse"])


def test_beside_other_runs_each_metric_has_its_chart_with_a_line_for_each_run_that_has_it() -> None:
    charts = curve_charts([*TRAINED, CurveName(2, "lr", 2)])
    assert charts["lr"] == ("lr",) and len(charts) == 3
    curves = [Curve(run, "lr", [0, 1], [1.0, 2.0], 2) for run in (1, 2)]
    specs = {s.key: s for s in curve_specs(charts, curves, [FIRST, SECOND])}
    assert [(s.name, s.colour) for s in specs["lr"].series] == [("#1", 0), ("#2", 4)]


def test_a_chart_says_when_it_draws_a_choice_of_the_points_or_means() -> None:
    curve = Curve(1, "lr", [0, 1], [1.0, 2.0], 10_000, 3, 4, smoothed=51)
    (spec,) = curve_specs({"lr": ("lr",)}, [curve], [FIRST])
    assert "mean of 51" in spec.subtitle and "10,000 points" in spec.subtitle
    assert spec.series[0].lost == (3, 4)


def test_a_filter_finds_metrics_by_a_part_of_their_name() -> None:
    assert curve_charts(TRAINED, "RMSE") == {"rmse": ("test_rmse", "train_rmse")}
