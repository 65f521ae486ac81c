"""What the table of runs shows, without a window."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from mlops_desktop.domain.run_pages import RunLine, RunPage
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.screens.runs.table_state import (
    NOTHING,
    Arranged,
    arrange,
    duration,
    metric_text,
    table_state,
    value_columns,
    value_of,
)

AT = datetime(2026, 11, 20, tzinfo=UTC)
PLAIN = RunsIntent()


def line(run_id: int, **changes: Any) -> RunLine:
    made = RunLine(
        run_id, f"Trial {run_id}", "finished", AT, "ann", "lightgbm", "bikes@2", "rentals", "regression", 2.0,
        {"mae": 40.0 + run_id}, {"depth": 3},
    )  # fmt: skip
    return replace(made, **changes)


def page(*numbers: int, **changes: Any) -> RunPage:
    """The first two lines of these runs."""
    made = RunPage(
        [line(n) for n in numbers[:2]], 0, len(numbers), 3, ["mae", "roc_auc"], ["depth"], ["regression"],
        ["mae"], False, list(numbers),
    )  # fmt: skip
    return replace(made, **changes)


def shown(found: RunPage, intent: RunsIntent = PLAIN, **more: Any) -> Arranged:
    return arrange(found, {line.run_id: line for line in found.lines}, intent, **more)


def test_every_run_that_matches_has_a_row_and_lines_are_those_that_have_come() -> None:
    arranged = shown(page(3, 2, 1))
    assert (arranged.order, arranged.keys, arranged.rows[1]) == ((3, 2, 1), ("3", "2", "1"), 2)
    assert [line.run_id for line in table_state(arranged, RunsIntent()).lines] == [3, 2]


def test_an_order_that_is_the_same_is_kept() -> None:
    before = shown(page(3, 2, 1))
    assert shown(page(3, 2, 1), before=before).keys is before.keys


@pytest.mark.parametrize(
    ("value", "text"), [(0.6, "0.6"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "—")]
)
def test_what_is_no_finite_number_is_shown_as_it_is(value: float, text: str) -> None:
    assert metric_text("loss", value) == text


def test_matches_are_counted_where_there_is_a_filter() -> None:
    assert shown(page(3)).matches == ""
    assert shown(page(3), RunsIntent(filter="mae < 44")).matches == "1 match"


def test_a_filter_that_is_not_understood_is_told_and_counts_nothing() -> None:
    arranged = shown(page(3, 2, 1), RunsIntent(filter="mae <"), problem="What of mae?")
    assert (arranged.matches, arranged.problem, len(arranged.order)) == ("", "What of mae?", 3)


def test_columns_are_those_of_the_tasks_shown() -> None:
    def keys(**changes: Any) -> list[str]:
        return [c.key for c in shown(page(3, 2, 1, **changes)).columns]

    assert "metric:mae" in keys() and "metric:roc_auc" not in keys()
    assert {"metric:mae", "metric:roc_auc"} <= set(keys(tasks=["regression", "binary"]))
    assert "metric:roc_auc" in keys(tasks=[], leading=["roc_auc"])
    assert "tags" in keys(tagged=True) and "tags" not in keys()


def test_chosen_columns_stand_in_the_chosen_order() -> None:
    wanted = ("run", "param:depth", "metric:mae")
    columns = shown(page(3), RunsIntent(columns=wanted)).columns
    assert tuple(c.key for c in columns) == wanted
    assert value_columns(columns) == ["param:depth", "metric:mae"]


def test_a_cell_is_the_value_of_its_line() -> None:
    found = [
        value_of(line(1, tags=["a", "b"]), key) for key in ("algorithm", "by", "param:depth", "tags", "data")
    ]
    assert found == ["LightGBM", "ann", 3, "a, b", "bikes@2"]
    assert value_of(line(1, algorithm=""), "algorithm") == "logged"


def test_a_chosen_run_that_is_filtered_out_is_not_compared() -> None:
    intent = RunsIntent(chosen=(1, 3), filter="bikes")
    assert table_state(shown(page(3, 2), intent), intent).chosen == (3,)


def test_the_subtitle_counts_all_runs_and_what_is_chosen() -> None:
    intent = RunsIntent(chosen=(1, 3))
    assert table_state(shown(page(3, 2, 1), intent), intent).subtitle == "3 runs · 2 chosen to compare"
    assert table_state(NOTHING, intent).subtitle == ""


@pytest.mark.parametrize(
    ("found", "intent", "empty"),
    [
        (page(total=0), RunsIntent(), "none"),
        (page(total=0), RunsIntent(trashed=True), "no_trash"),
        (page(), RunsIntent(filter="nobody"), "no_match"),
        (page(3), RunsIntent(), ""),
    ],
)
def test_an_empty_table_says_why(found: RunPage, intent: RunsIntent, empty: str) -> None:
    assert shown(found, intent).empty == empty
    assert NOTHING.empty == "loading"


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
