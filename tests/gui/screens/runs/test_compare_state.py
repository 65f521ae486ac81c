"""What the page that compares runs shows, without a window."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from mlops_desktop.domain.comparisons import Interval, MetricComparison, RunComparison, SettingDifference
from mlops_desktop.domain.runs import DataInput, Run, RunFacts, RunSpec
from mlops_desktop.gui.screens.runs.compare_state import CompareState, compare_state

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MAE = MetricComparison(
    "mae", "MAE", False, 39.3, [Interval(31, 90.7, 51.4, 41.1, 60.9, "worse"), Interval(30, 39.2, -0.1, -2.0, 1.8, "tie", "includes zero")]
)  # fmt: skip
R2 = MetricComparison("r2", "R²", True, 0.93, [Interval(31, 0.71, -0.22, -0.26, -0.18, "worse")])
UNTESTED = MetricComparison(
    "median_ae",
    "Median error",
    False,
    20.0,
    [Interval(31, 30.0, 10.0, math.nan, math.nan, "unknown", "not tested")],
)


def run(run_id: int) -> Run:
    spec = RunSpec(target="rentals", data=DataInput("bikes", 22))
    return Run(
        run_id, f"Run {run_id}", "training", "finished", NOW, "ann", spec, facts=RunFacts(main_metric="mae")
    )


def state(*metrics: MetricComparison, runs: tuple[int, ...] = (33, 31, 30)) -> CompareState:
    settings = [
        SettingDifference("Name", ["a", "b"], True),
        SettingDifference("Seed", ["0", "1"], True),
        SettingDifference("Data", ["x", "x"], False),
    ]
    comparison = RunComparison(list(runs), [], settings, list(metrics), 708, "708 rows")
    return compare_state(comparison, [run(r) for r in runs], {33: 0, 31: 1, 30: 2})


def test_the_first_run_is_judged_against_each_other() -> None:
    lines = state(MAE).lines
    assert [(line.other.label, line.difference, line.interval, line.verdict) for line in lines] == [
        ("#31", "−51.4", "−60.9 … −41.1", "better"),
        ("#30", "+0.10", "−1.80 … +2.00", "tie"),
    ]


def test_better_is_to_the_right_whichever_way_the_metric_goes() -> None:
    for line in state(MAE, R2).lines:
        assert line.span is not None
        low, middle, high = line.span
        assert -1 <= low <= middle <= high <= 1
        if line.verdict == "better":
            assert low > 0


def test_the_main_metric_is_told_in_a_sentence() -> None:
    assert state(MAE).verdict_words == (
        "MAE: #33 is better than #31 (−60.9 … −41.1) and can't be told apart from #30."
    )


def test_an_untested_difference_has_no_interval_and_says_why() -> None:
    line = state(UNTESTED).lines[0]
    assert (line.interval, line.span, line.verdict, line.why) == ("—", None, "unknown", "not tested")


def test_names_stand_in_the_head_and_not_among_the_settings() -> None:
    found = state(MAE)
    assert [name for name, _ in found.differing] == ["Seed"]
    assert found.same_words == "1 setting the same: data"
    assert found.title == "Compare #33 with #31 and #30"


def test_no_common_metric_is_said() -> None:
    assert state().verdict_words == "No metric is known of all of them."
