"""What the table of runs shows, without a window."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.screens.runs.table_state import (
    NOTHING,
    RunLine,
    arrange,
    duration,
    line_of,
    merged,
    metric_text,
    table_state,
)


def line(run_id: int, **changes: Any) -> RunLine:
    made = RunLine(
        run_id, f"Trial {run_id}", "finished", "LightGBM", "bikes", "bikes@2", "rentals", "regression", "ann",
        datetime(2026, 11, 20, tzinfo=UTC), 2.0, {"mae": 40.0 + run_id}, {"depth": 3},
    )  # fmt: skip
    return replace(made, **changes)


LINES = (
    line(3),
    line(2, state="failed", metrics={}, tags=("weekly",)),
    line(1, task="binary", metrics={"roc_auc": 0.8}, dataset="credit", data="credit@1"),
)


def shown(intent: RunsIntent) -> list[int]:
    return [found.run_id for found in arrange(LINES, intent).lines]


def test_the_newest_stands_first() -> None:
    assert shown(RunsIntent()) == [3, 2, 1]


def test_sorting_puts_missing_values_last_both_ways() -> None:
    assert shown(RunsIntent(sort=("metric:mae", False)))[0] == 3
    assert shown(RunsIntent(sort=("metric:mae", True)))[0] == 3


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_no_finite_number_is_sorted_last_both_ways_and_shown_as_it_is(descending: bool) -> None:
    values = {1: 0.2, 2: math.inf, 3: math.nan, 4: 0.6}
    at = datetime(2026, 11, 20, tzinfo=UTC)
    runs = [Run(n, "script", "logged", "finished", at, "ann", metrics={"loss": v}) for n, v in values.items()]
    table = arrange([line_of(r) for r in runs], RunsIntent(sort=("metric:loss", descending)))
    order = [line.run_id for line in table.lines]
    assert order[:2] == ([4, 1] if descending else [1, 4])
    assert [metric_text("loss", values[n]) for n in sorted(order[2:])] == ["∞", "—"]


def test_a_filter_by_metric_and_state() -> None:
    assert shown(RunsIntent(filter="mae < 140 and not failed")) == [3]


def test_a_filter_by_data_takes_name_and_version() -> None:
    assert shown(RunsIntent(filter="data = credit")) == shown(RunsIntent(filter="data = credit@1")) == [1]


def test_a_filter_by_a_parameter() -> None:
    assert shown(RunsIntent(filter="depth = 3")) == [3, 2, 1]


def test_a_filter_that_is_not_understood_hides_nothing_and_is_told() -> None:
    arranged = arrange(LINES, RunsIntent(filter="mae <"))
    assert len(arranged.lines) == 3
    assert "mae" in arranged.problem


def test_columns_are_those_of_the_tasks_shown() -> None:
    keys = [c.key for c in arrange(LINES, RunsIntent()).columns]
    assert "metric:mae" in keys
    assert "metric:roc_auc" in keys
    assert "metric:roc_auc" not in [c.key for c in arrange(LINES, RunsIntent(filter="bikes")).columns]


def test_chosen_columns_stand_in_the_chosen_order() -> None:
    wanted = ("run", "param:depth", "metric:mae")
    assert tuple(c.key for c in arrange(LINES, RunsIntent(columns=wanted)).columns) == wanted


def test_a_chosen_run_that_is_filtered_out_is_not_compared() -> None:
    intent = RunsIntent(chosen=(1, 3), filter="bikes")
    assert table_state(arrange(LINES, intent), intent).chosen == (3,)


def test_the_subtitle_counts_what_is_chosen() -> None:
    intent = RunsIntent(chosen=(1, 3))
    state = table_state(arrange(LINES, intent), intent)
    assert state.subtitle == "3 runs · 2 chosen to compare"
    assert table_state(arrange(LINES, intent), intent, complete=False).subtitle.startswith("at least 3")


@pytest.mark.parametrize(
    ("lines", "intent", "empty"),
    [
        ((), RunsIntent(), "none"),
        ((), RunsIntent(trashed=True), "no_trash"),
        (LINES, RunsIntent(filter="nobody"), "no_match"),
    ],
)
def test_an_empty_table_says_why(lines: tuple[RunLine, ...], intent: RunsIntent, empty: str) -> None:
    assert arrange(lines, intent).empty == empty
    assert NOTHING.empty == "loading"


def test_a_newer_page_replaces_its_range_and_keeps_what_is_older() -> None:
    known = tuple(line(i) for i in (5, 4, 3, 2, 1))
    page = (line(6), line(5, name="Renamed"), line(3))
    found = merged(known, page, whole_page=3)
    assert [(f.run_id, f.name) for f in found][:2] == [(6, "Trial 6"), (5, "Renamed")]
    assert [f.run_id for f in found] == [6, 5, 3, 2, 1]


def test_a_page_that_is_not_full_is_all_there_is() -> None:
    assert merged((line(9), line(1)), (line(2),), whole_page=3) == (line(2),)


def test_numbers_have_the_digits_that_count() -> None:
    texts = [metric_text("mae", v) for v in (12345.6, 40.53, 4.335, 0.0421, float("nan"))]
    assert texts == ["12,346", "40.5", "4.33", "0.042", "—"]
    assert metric_text("roc_auc", 0.86149) == "0.861"
    assert metric_text("bias", -4.335) == "−4.33"


def test_a_duration_is_read_like_a_clock() -> None:
    assert [duration(s) for s in (None, 0.01, 2.34, 41.4, 125, 7380)] == [
        "",
        "<0.1 s",
        "2.3 s",
        "41 s",
        "2 min 5 s",
        "2 h 3 min",
    ]
