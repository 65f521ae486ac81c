"""What the overview says of a project, from its first minute to a closed loop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_desktop.domain.bundles import Bundle, SelfTest
from mlops_desktop.domain.datasets import Column, Dataset, DatasetVersion
from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.models import Model, ModelVersion
from mlops_desktop.domain.projects import ProjectStatus, ServiceHealth
from mlops_desktop.domain.runs import DataInput, Run, RunFacts, RunSpec
from mlops_desktop.domain.schedules import Action, Firing, Schedule
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.data.import_intent import ImportIntent
from mlops_desktop.gui.screens.overview.overview_facts import OverviewFacts
from mlops_desktop.gui.screens.overview.overview_state import needs_you, overview_state
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def status(due: datetime | None = None) -> ProjectStatus:
    health = ServiceHealth("1", "a", 1, NOW, 0, 0.0)
    return ProjectStatus("Bikes", "/bikes.mlops", 1, {}, 0, health, due)


def data(number: int, name: str = "bikes") -> Dataset:
    columns = [Column("hour", "integer", "BIGINT"), Column("rentals", "integer", "BIGINT", "target")]
    newest = DatasetVersion(
        number, 1, name, number, 700 * number, columns, "", NOW, "ann", "append", new_rows=700
    )
    return Dataset(1, name, "", [], NOW, number, newest)


def run(number: int, mae: float, version: int = 1, **other: Any) -> Run:
    spec = RunSpec("rentals", "linear", DataInput("bikes", version))
    facts = RunFacts(main_metric="mae")
    made: dict[str, Any] = {
        "spec": spec,
        "facts": facts,
        "state": "finished",
        "metrics": {"mae": mae},
        "finished_at": NOW,
        "started_at": NOW - timedelta(seconds=2),
    }
    return Run(number, f"run {number}", "training", created_at=NOW, created_by="ann", **made | other)


def model(run_id: int, aliases: dict[str, int], version: int = 1) -> Model:
    names = [alias for alias, number in aliases.items() if number == 1]
    one = ModelVersion(
        "rentals",
        1,
        run_id,
        "linear",
        "regression",
        "rentals",
        f"bikes@{version}",
        {"mae": 40.0},
        "mae",
        NOW,
        "ann",
        aliases=names,
    )
    return Model(1, "rentals", "", [], NOW, [one], aliases)


def bundle() -> Bundle:
    return Bundle(
        1,
        "rentals",
        1,
        "/out",
        "/out/rentals-1.pyz",
        "ab",
        412_000,
        NOW,
        "ann",
        SelfTest(500, 0.0, 0.2, "lightgbm"),
    )


def schedule(state: Any = "active", why: str = "") -> Schedule:
    return Schedule(
        1,
        "weekly",
        "tuesday 18:00",
        "Etc/UTC",
        Action("runs.retrain", {"run": 1}, ""),
        NOW,
        "ann",
        state,
        why,
    )


def closed(**changes: Any) -> OverviewFacts:
    """A project whose loop is closed."""
    facts: dict[str, Any] = {
        "status": status(NOW + timedelta(days=1)), "datasets": (data(1),), "runs": (run(1, 40.0),),
        "models": (model(1, {"champion": 1}),), "bundles": (bundle(),), "schedules": (schedule(),),
    }  # fmt: skip
    return OverviewFacts(**facts | changes)


def test_an_empty_project_asks_for_data_first():
    shown = overview_state(OverviewFacts(status()), NOW)
    assert shown.next is not None and shown.next.place == Place("data", ImportIntent())
    assert [step.headline for step in shown.steps[:3]] == ["no data yet", "no run yet", "no model yet"]


def test_data_without_a_run_asks_for_a_training():
    shown = overview_state(OverviewFacts(status(), datasets=(data(1),)), NOW)
    assert shown.next is not None and shown.next.place == Place("runs", RunsIntent(page="training"))


def test_the_best_run_is_offered_for_registration():
    facts = OverviewFacts(status(), datasets=(data(1),), runs=(run(3, 50.0), run(2, 40.0), run(1, 90.0)))
    shown = overview_state(facts, NOW)
    assert shown.next is not None and shown.next.place == Place("runs", 2)


@pytest.mark.parametrize(
    ("gap", "title"),
    [
        ({"models": (model(1, {}),)}, "Choose a champion"),
        ({"bundles": ()}, "Export the champion"),
        ({"schedules": ()}, "Let it retrain by itself"),
    ],
)
def test_the_first_gap_of_the_loop_is_the_next_thing(gap: dict[str, Any], title: str):
    shown = overview_state(closed(**gap), NOW)
    assert shown.next is not None and shown.next.title == title


def test_a_closed_loop_has_nothing_next():
    shown = overview_state(closed(), NOW)
    assert shown.next is None and shown.needs == ()
    assert [step.status for step in shown.steps if step.key in ("model", "deploy", "retrain")] == ["good"] * 3


def test_data_that_the_champion_has_not_seen_is_retrained_on_by_one_click():
    shown = overview_state(closed(datasets=(data(2),)), NOW)
    assert shown.next is not None and (shown.next.title, shown.next.retrain) == ("Retrain on bikes@2", 1)


def test_what_is_next_is_not_said_twice():
    facts = closed(datasets=(data(2),))
    assert [n.title for n in needs_you(facts)] == ["rentals@1 has not seen bikes@2"]
    assert overview_state(facts, NOW).needs == ()


def test_the_strip_follows_the_champions_data_and_not_another_set_that_is_newer():
    shown = overview_state(closed(datasets=(data(1), data(9, "credit"))), NOW)
    assert shown.steps[0].headline == "bikes v1"


def test_a_failed_time_of_a_schedule_needs_the_person():
    firing = Firing(1, NOW, "failed", why="disk full")
    assert [n.place for n in needs_you(closed(firings=(("weekly", firing),)))] == [
        Place("automation", "weekly")
    ]


def test_a_failure_that_a_later_time_made_good_needs_nobody():
    firings = (("weekly", Firing(1, NOW, "done")), ("weekly", Firing(1, NOW - timedelta(days=7), "failed")))
    assert needs_you(closed(firings=firings)) == ()


def test_a_failed_newest_run_is_told_with_its_reason():
    failed = run(2, 0.0, state="failed", metrics={}, error=ErrorMessage("training", "One class only."))
    assert [n.title for n in needs_you(closed(runs=(failed, run(1, 40.0))))] == [
        "Run #2 failed: One class only."
    ]


def test_a_paused_schedule_is_not_called_active():
    shown = overview_state(closed(schedules=(schedule("paused"),), status=status()), NOW)
    assert (shown.steps[-1].headline, shown.steps[-1].chip) == ("nothing is due", "paused")


def test_bars_hold_only_runs_that_answer_the_same_question():
    other = run(
        2,
        0.7,
        spec=RunSpec("risk", "linear"),
        facts=RunFacts(main_metric="roc_auc"),
        metrics={"roc_auc": 0.7},
    )
    shown = overview_state(closed(runs=(other, run(1, 40.0))), NOW)
    assert [bar.run_id for bar in shown.bars] == [1] and shown.bars[0].label.endswith("champion")
    assert shown.bars_note == "lower is better"


def test_an_undefined_metric_is_missing_and_not_a_number():
    shown = overview_state(closed(runs=(run(1, float("nan")),)), NOW)
    assert shown.runs[0].metrics == (None,) and shown.bars == ()
