"""Schedules in words, the days around now, and what became of each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mlops_desktop.domain.messages import Outcome
from mlops_desktop.domain.models import Model, ModelVersion
from mlops_desktop.domain.runs import DataInput, Run, RunFacts, RunSpec
from mlops_desktop.domain.schedules import Action, DueTime, Firing, Preview, Schedule
from mlops_desktop.gui.screens.automation import automation_state as state
from mlops_desktop.project import Project

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
H = timedelta(hours=1)


def facts(name: str = "weekly", history: tuple[Firing, ...] = (), times: Any = (6 * H,), **other: Any):
    given: dict[str, Any] = {
        "schedule_id": 1, "name": name, "timetable": "tuesday 18:00", "timezone": "UTC",
        "action": Action("runs.retrain", {"run": 5}, "x"), "created_at": NOW - 48 * H, "created_by": "ann",
    }  # fmt: skip
    coming = [DueTime(NOW + t, "") for t in times]
    preview = Preview("tuesday 18:00", "Every Tuesday at 18:00 (UTC)", coming, [])
    return state.ScheduleFacts(Schedule(**given | other), preview, history, run(5))


def run(number: int, how: str = "finished", kind: str = "training") -> Run:
    spec = RunSpec("rentals", "lightgbm", data=DataInput("bikes", 22, 22, 100))
    found: dict[str, Any] = {
        "run_id": number, "name": "LightGBM", "kind": kind, "state": how, "spec": spec, "metrics": {"mae": 39.3},
        "facts": RunFacts(main_metric="mae"), "created_at": NOW, "created_by": "ann",
    }  # fmt: skip
    return Run(**found)


def fired(hours_ago: float, how: Any = "done", **other: Any) -> Firing:
    return Firing(1, NOW - hours_ago * H, how, **other)


def shown(*schedules: state.ScheduleFacts, wanted: str = "", zone: Any = UTC):
    return state.automation_state(state.AutomationFacts(schedules), wanted, NOW, zone)


def rules(found: state.AutomationState) -> dict[str, str]:
    assert found.chosen is not None
    return dict(found.chosen.rules)


def test_no_schedule_is_an_empty_place():
    assert shown().empty and shown().chosen is None


def test_the_schedule_that_is_wanted_is_looked_at_and_the_first_one_otherwise():
    both = facts("daily"), facts("weekly")
    chosen = [shown(*both, wanted=w).chosen for w in ("weekly", "gone")]
    assert [c and c.name for c in chosen] == ["weekly", "daily"]


def test_a_schedule_says_in_words_what_it_does():
    found = rules(shown(facts(retries=2)))
    assert found["When"] == "Every Tuesday at 18:00 (UTC) · next in 6 h"
    assert found["Take"] == "The newest version of bikes"
    assert found["Train"] == "As run #5: LightGBM, target rentals"
    assert found["If missed"] == "Run once when the service is there again, within 12 h"
    assert found["If it fails"] == "Try again up to 2 times, 5 min apart"


def test_a_schedule_that_rests_has_no_next_time_and_says_why():
    found = shown(facts(state="paused", why="Paused by hand."))
    assert found.lines[0].next == "" and rules(found)["Why it rests"] == "Paused by hand."
    assert not found.can_pause_all and found.week == ()


@pytest.mark.parametrize(
    ("hours", "words"),
    [(2.5, "in 2 h 30 min"), (0.01, "in less than a minute"), (30, "Thu 26 Nov 18:00")],
)
def test_a_time_to_come_is_a_span_within_a_day_and_a_date_after_it(hours: float, words: str):
    assert state.in_words(NOW + hours * H, NOW, UTC) == words


def test_a_time_is_shown_as_the_clock_on_the_wall_says_on_that_day():
    summer = datetime(2027, 3, 28, 16, tzinfo=UTC)
    assert state.in_words(summer, NOW, ZoneInfo("Europe/Berlin")) == "Sun 28 Mar 18:00"


@pytest.mark.parametrize(
    ("how", "role"),
    [
        ("done", "good"),
        ("failed", "bad"),
        ("missed", "warn"),
        ("running", "accent"),
        ("skipped", "text_muted"),
    ],
)
def test_the_week_colours_each_time_by_what_became_of_it(how: str, role: str):
    week = shown(facts(history=(fired(3, how),), times=())).week
    assert [span.role for span in week] == [role]


def test_the_week_shows_what_was_and_what_comes_and_nothing_outside_it():
    week = shown(facts(history=(fired(3), fired(100)), times=(6 * H, 400 * H))).week
    assert [(s.role, s.start.hour) for s in week] == [("chart_ghost", 18), ("good", 9)]


def test_the_next_time_of_what_is_weekly_is_always_among_the_days_shown():
    for hours in range(1, 7 * 24):
        assert [s.role for s in shown(facts(times=(hours * H,))).week] == ["chart_ghost"]


def test_times_too_many_to_be_asked_for_are_one_stretch():
    week = shown(facts(times=[i * H / 60 for i in range(1, state.MOST_COMING + 1)])).week
    assert [(s.start, s.end) for s in week] == [(datetime(2026, 11, 25, 12, 1), datetime(2026, 12, 3))]


def test_a_line_of_the_history_tells_attempt_run_and_reason():
    late = fired(1, "done", attempt=2, run_id=7, outcome="trained", why="late by 2 h")
    chosen = shown(facts(history=(late,))).chosen
    assert chosen is not None
    [line] = chosen.history
    assert (line.run_id, line.outcome, line.status, line.why) == (
        7,
        "trained · attempt 2",
        "good",
        "late by 2 h",
    )


def test_many_missed_times_are_one_line_with_their_number():
    chosen = shown(facts(history=(fired(1, "missed", times=40),))).chosen
    assert chosen is not None and chosen.history[0].outcome == "missed · 40 times"


def test_a_new_schedule_follows_the_champion_unless_there_is_none():
    version = ModelVersion(
        "m", 1, 2, "a", "regression", "y", "d@1", {}, "mae", NOW, "ann", aliases=["champion"]
    )
    model = Model(1, "m", "", [], NOW, [version], {"champion": 1})
    assert (state.newest_champion([model]), state.newest_champion([])) == ("2", "")


@pytest.mark.parametrize("count", [99, 100, 101])
def test_older_lines_of_a_history_are_offered_where_there_are_some(
    host: Any, project: Project, count: int
) -> None:
    with host.store.writing() as session:
        number = session.runs.add(RunSpec("rentals", data=DataInput("bikes", 1)), "LightGBM", "training")
        session.runs.finish(number, Outcome("finished", NOW, {"mae": 40.0}))
    project.schedules.add("weekly", "tuesday 18:00", number)
    with host.store.writing() as session:
        session.schedules.decide(1, NOW, [Firing(1, NOW + n * H, "missed") for n in range(count)])
    (found,) = state.automation_facts(project).schedules
    chosen = shown(found).chosen
    assert chosen is not None
    assert (len(chosen.history), chosen.more) == (min(count, state.MOST_FIRINGS), count > state.MOST_FIRINGS)
    assert not state.automation_facts(project, 200).schedules[0].more
