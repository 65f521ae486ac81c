"""What the page of one run shows, without a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.evaluations import Confusion, Evaluation, Importance, PrCurve, Residuals, RocCurve
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.runs import Artifact, DataInput, Run, RunFacts, RunSpec, RunWarning, Stage
from mlops_desktop.gui.screens.runs.evaluation_state import Judged, evaluation_charts, fold_chart, metric_bars
from mlops_desktop.gui.screens.runs.run_state import RunState, run_state, when

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SPEC = RunSpec(target="rentals", data=DataInput("bikes", 22, rows=15_919), seed=3)
STAGES = [Stage("Data", 0.3, "bikes@22", "4,390 rows read"), Stage("Check", 0.1, "14 columns", done=False)]


def run(**changes: Any) -> Run:
    values: dict[str, Any] = {
        "run_id": 33, "name": "LightGBM", "kind": "training", "state": "finished", "created_at": NOW, "created_by": "ann",
        "spec": SPEC, "started_at": NOW, "finished_at": NOW + timedelta(seconds=2.3), "metrics": {"r2": 0.93, "mae": 39.28},
        "facts": RunFacts(task="regression", main_metric="mae", stages=STAGES[:1]),
        "artifacts": [Artifact("model.txt", "model", "7c1e09" * 8, 310_000)],
    }  # fmt: skip
    return Run(**(values | changes))


def state(found: Run, job: JobRow | None = None) -> RunState:
    return run_state(found, job, "bikes.mlops", NOW)


def test_the_main_metric_stands_first() -> None:
    tiles = state(run()).tiles
    assert [(t.title, t.text, t.main) for t in tiles] == [("MAE", "39.3", True), ("R²", "0.930", False)]


def test_an_undefined_metric_says_why() -> None:
    facts = RunFacts(undefined={"mae": "no row was left"}, main_metric="mae")
    tile = state(run(metrics={"mae": float("nan")}, facts=facts)).tiles[0]
    assert (tile.text, tile.note) == ("—", "no row was left")


def test_a_script_with_hundreds_of_metrics_has_few_tiles_and_the_number_of_the_rest() -> None:
    tiles = state(run(metrics={f"m{n:03}": float(n) for n in range(150)})).tiles
    assert (len(tiles), tiles[-1].text) == (25, "+ 126")


def test_folds_are_told_as_mean_and_spread() -> None:
    facts = RunFacts(main_metric="mae", fold_values={"mae": [40.0, 44.0, 48.0]})
    assert state(run(facts=facts)).tiles[0].note == "folds 44.0 ± 4.00"


def test_stages_still_to_come_are_shown_while_it_works() -> None:
    cells = state(run(state="running", facts=RunFacts(stages=STAGES))).stages
    assert [(c.name, c.progress) for c in cells] == [
        ("Data", 1.0), ("Check", 0.5), ("Final fit", 0.0), ("Test", 0.0), ("Save", 0.0),
    ]  # fmt: skip


def test_a_run_that_was_cancelled_says_how_far_it_came() -> None:
    cells = state(run(state="cancelled", facts=RunFacts(stages=STAGES))).stages
    assert [c.detail for c in cells] == [
        "4,390 rows read",
        "ended here",
        "not reached",
        "not reached",
        "not reached",
    ]


def test_a_finished_run_shows_the_stages_it_had() -> None:
    assert [c.name for c in state(run()).stages] == ["Data"]


@pytest.mark.parametrize(
    ("changes", "register", "again"),
    [
        ({}, True, True),
        ({"state": "failed", "error": ErrorMessage("training", "One class.")}, False, True),
        ({"artifacts": []}, False, True),
        ({"kind": "logged", "spec": None}, False, False),
    ],
)
def test_only_what_can_be_done_is_offered(changes: dict[str, Any], register: bool, again: bool) -> None:
    found = state(run(**changes))
    assert (found.can_register, found.can_reproduce) == (register, again)


def test_progress_is_that_of_its_job() -> None:
    job = JobRow(1, "train", "Train", "cancelling", NOW, "ann", "run:33", "Folds", 0.4, 9.0)
    found = state(run(state="running"), job)
    assert found.progress == ("Folds", 0.4, 9.0)
    assert found.cancelling


def test_a_warning_names_its_column() -> None:
    warning = RunWarning("left_out", "the same in every row", "zone")
    assert state(run(warnings=[warning])).warnings == ("zone: the same in every row",)


def test_the_script_names_the_version_that_was_used() -> None:
    found = state(run())
    assert 'data="bikes@22"' in found.python
    assert "runs reproduce 33" in found.command


def test_a_logged_run_has_no_script() -> None:
    assert state(run(kind="logged", spec=None, facts=None)).python == ""


def test_times_are_told_as_people_do() -> None:
    moments = (NOW, NOW - timedelta(days=1), NOW - timedelta(days=30), NOW - timedelta(days=400))
    assert [when(m, NOW) for m in moments] == [
        "today 12:00:00",
        "yesterday 12:00",
        "21 Oct 12:00",
        "16 Oct 2025",
    ]


REGRESSION = Evaluation(
    "regression", 2, "test", {"r2": 0.5, "bias": 1.0}, residuals=Residuals([1.0, 2.0], [2.0, 2.0], [0, 1], 2),
    importance=Importance(["hour"], [1.0], "gain"),
)  # fmt: skip
BINARY = Evaluation(
    "binary", 4, "test", {}, roc=[RocCurve("bad", [0, 1], [0, 1], [1, 0], 0.5)],
    pr=[PrCurve("bad", [0, 1], [1, 0.5], [1, 0], 0.6, 0.5)], confusion=Confusion(["good", "bad"], [[1, 1], [0, 2]], 0.5),
)  # fmt: skip


def test_charts_follow_the_task() -> None:
    assert [c.key for c in evaluation_charts([Judged("#1", 0, REGRESSION)])] == [
        "predicted",
        "residuals",
        "importance:#1",
    ]
    assert [c.key for c in evaluation_charts([Judged("#1", 0, BINARY)])] == ["roc", "pr", "confusion:#1"]


def test_residuals_are_predicted_minus_actual() -> None:
    residuals = evaluation_charts([Judged("#1", 0, REGRESSION)])[1]
    assert list(residuals.series[0].y) == [1.0, 0.0]


def test_runs_side_by_side_share_a_chart_in_their_colours() -> None:
    charts = evaluation_charts([Judged("#1", 0, BINARY), Judged("#2", 4, BINARY)])
    assert [(s.name, s.colour) for s in charts[0].series] == [("#1, area 0.500", 0), ("#2, area 0.500", 4)]
    assert [c.key for c in charts if c.kind == "matrix"] == ["confusion:#1", "confusion:#2"]


def test_folds_and_the_test_are_bars() -> None:
    facts = RunFacts(
        main_metric="mae", fold_values={"mae": [50.0, 40.0]}, fold_names=["2012-08", "2012-09"], test_rows=9
    )
    chart = fold_chart(run(facts=facts), 2)
    assert chart is not None
    assert chart.bars == (("2012-08", 50.0, 2), ("2012-09", 40.0, 2), ("test", 39.28, 3))
    assert fold_chart(run(), 0) is None


def test_one_metric_of_several_runs() -> None:
    assert metric_bars("mae", [("#1", 0, 40.2), ("#2", 1, 90.0)]).decimals == 1
