"""What the page that sets up a training shows, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace as replace_struct

from mlops_desktop.domain.algorithms import algorithm
from mlops_desktop.domain.datasets import Column, Dataset, DatasetVersion
from mlops_desktop.domain.runs import DataInput, Run, RunSpec, Split
from mlops_desktop.domain.training_checks import CheckFinding, ColumnCheck, Period, TrainingCheck
from mlops_desktop.gui.screens.runs.runs_intent import TrainingDraft, draft_like
from mlops_desktop.gui.screens.runs.training_split import TimeSplit
from mlops_desktop.gui.screens.runs.training_state import (
    TrainingState,
    sorted_features,
    start_arguments,
    training_state,
    with_algorithm,
    with_feature,
    with_param,
    with_places,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BIKES = Dataset(
    1, "bikes", "", [], NOW, 3, DatasetVersion(3, 1, "bikes", 3, 17_379, [], "", NOW, "ann", "append")
)  # fmt: skip
LEAK = CheckFinding(
    "leak", "error", "Leak: casual + registered = rentals", "True in all rows.", ["casual", "registered"]
)
COLUMNS = [
    ColumnCheck("date", "date", "time", False, 0.0, 731),
    ColumnCheck("hour", "integer", "feature", True, 0.0, 24),
    ColumnCheck("weather", "text", "feature", True, 0.0724, 4, "7.2% missing", "warning"),
    ColumnCheck("casual", "integer", "feature", True, 0.0, 322, "leak: part of the target", "error"),
    ColumnCheck("registered", "integer", "feature", True, 0.0, 776, "leak: part of the target", "error"),
    ColumnCheck("zone", "text", "ignore", False, 0.96, 3),
    ColumnCheck("rentals", "integer", "target", False, 0.0, 869),
]
MONTHS = [Period(f"2012-{m:02d}", f"2012-{m:02d}-01", 100, 50.0 * m) for m in range(1, 13)]
CHECK = TrainingCheck(
    "bikes@3", "rentals", "regression", "1 to 977", 17_379, COLUMNS,
    [CheckFinding("split", "good", "Split is by time", "No row is older."), LEAK], "date", MONTHS, "test on the last 20%",
)  # fmt: skip


DRAFT = TrainingDraft()


def state_of(draft: TrainingDraft = DRAFT, check: TrainingCheck | None = CHECK) -> TrainingState:
    return training_state([BIKES], check, draft, {"lightgbm": 0.21})


def test_without_data_there_is_nothing_to_train_on() -> None:
    assert training_state([], None, TrainingDraft(), {}).empty == "no_data"
    assert training_state(None, None, TrainingDraft(), {}).empty == "loading"


def test_the_first_data_set_and_its_target_are_proposed() -> None:
    state = state_of()
    assert (state.data_choice, state.target, state.task, state.metric) == (
        "bikes",
        "rentals",
        "Regression",
        "mae",
    )


def test_columns_that_are_no_features_can_not_be_ticked() -> None:
    state = state_of()
    assert [f.name for f in state.features if f.checked] == ["hour", "weather", "casual", "registered"]
    assert state.features_words == "4 of 7 columns"


def test_a_leak_stands_first_and_names_its_remedy() -> None:
    first = state_of().findings[0]
    assert (first.code, first.remedy, first.columns) == ("leak", "Exclude both", ("casual", "registered"))
    assert state_of().warning == "1 leak is still in"


def test_an_excluded_leak_is_no_alarm() -> None:
    draft = with_feature(with_feature(TrainingDraft(), "casual", False), "registered", False)
    state = state_of(draft)
    assert state.warning == ""
    assert state.findings[0].remedy == ""


def test_ticking_a_column_again_takes_it_back() -> None:
    draft = with_feature(TrainingDraft(), "hour", False)
    assert draft.ignored == ("hour",)
    assert with_feature(draft, "hour", True) == TrainingDraft()


def test_each_algorithm_starts_a_run_of_its_own() -> None:
    draft = with_algorithm(TrainingDraft(), "baseline", True)
    assert draft.algorithms == ("baseline", "lightgbm")
    assert [c["algorithm"] for c in start_arguments(draft, state_of(draft))] == ["baseline", "lightgbm"]
    assert state_of(draft).run_words == "Run 2 trainings"


def test_a_parameter_as_the_default_is_not_written_down() -> None:
    depth = next(p for p in algorithm("lightgbm").params if p.name == "learning_rate")
    draft = with_param(TrainingDraft(), "lightgbm", depth, 0.3)
    assert start_arguments(draft, state_of(draft))[0]["params"] == {"learning_rate": 0.3}
    assert with_param(draft, "lightgbm", depth, 0.1) == TrainingDraft()


def test_handles_of_the_split_become_words() -> None:
    draft = with_places(TrainingDraft(), CHECK, TimeSplit(3, 9, 10))
    assert (draft.test_period, draft.train_window) == ("2012-10", "6 months")
    assert state_of(draft).split.places == TimeSplit(3, 9, 10)


def test_classes_without_time_are_split_alike() -> None:
    check = TrainingCheck("credit@1", "risk", "binary", "two values", 1000, COLUMNS, [])
    assert state_of(check=check).split.method == "stratified"
    assert state_of(check=check).split.bars == ()


def test_bars_are_the_mean_of_the_target_or_the_rows() -> None:
    assert state_of().split.bars[0] == ("Jan 2012", 50.0)
    unknown = replace_periods(float("nan"))
    assert state_of(check=unknown).split.bars[0] == ("Jan 2012", 100.0)


def replace_periods(mean: float) -> TrainingCheck:
    periods = [Period(p.label, p.start, p.rows, mean) for p in MONTHS]
    return TrainingCheck(CHECK.data, CHECK.target, CHECK.task, "", CHECK.rows, COLUMNS, [], "date", periods)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (TrainingDraft(algorithms=()), "algorithm"),
        (TrainingDraft(ignored=("hour", "weather", "casual", "registered")), "learn from"),
    ],
)
def test_what_is_missing_is_said_where_it_is_run(draft: TrainingDraft, words: str) -> None:
    assert words in state_of(draft).problem
    assert state_of().problem == ""


def test_folds_multiply_the_fits() -> None:
    assert (
        state_of(TrainingDraft(method="cross_validation")).estimate
        == "1 algorithm × (5 folds + final) = 6 fits."
    )


def test_a_draft_like_a_run_asks_the_same_of_newer_data() -> None:
    spec = RunSpec(
        target="rentals", algorithm="lightgbm", data=DataInput("bikes", 2), params={"l2": 1.0}, seed=7,
        split=Split(method="time", test_period="2012-10", train_window="6 months"), ignored=["casual"],
    )  # fmt: skip
    draft = draft_like(Run(27, "Mine", "training", "finished", NOW, "ann", spec))
    assert (draft.data, draft.seed, draft.like) == ("bikes", 7, 27)
    assert draft.split == spec.split
    assert draft.params_of("lightgbm") == {"l2": 1.0}
    assert replace(draft, like=0) == replace(
        draft_like(Run(28, "x", "training", "finished", NOW, "bob", spec)), like=0
    )


def test_columns_are_listed_before_the_service_has_looked_at_them() -> None:
    columns = [Column("hour", "integer", "BIGINT"), Column("rentals", "integer", "BIGINT", "target")]
    newest = replace_struct(BIKES.newest, columns=columns)
    state = training_state([replace_struct(BIKES, newest=newest)], None, DRAFT, {})
    assert [(f.name, f.checked, f.missing) for f in state.features] == [
        ("hour", True, ""),
        ("rentals", False, ""),
    ]
    assert (state.targets[0], state.problem) == (("hour", "hour"), "The data is being looked at.")


def test_features_are_sorted_by_what_is_missing() -> None:
    lines = sorted_features(state_of().features, ("missing", True))
    assert [line.name for line in lines[:2]] == ["zone", "weather"]


def test_many_findings_of_one_kind_are_few_lines_with_one_remedy_for_the_rest() -> None:
    leaks = [CheckFinding("leak", "error", f"Leak: c{n}", "", [f"c{n}"]) for n in range(60)]
    columns = [ColumnCheck(f"c{n}", "integer", "feature", True, 0.0, 9, "leak", "error") for n in range(60)]
    found = state_of(check=replace_struct(CHECK, findings=leaks, columns=columns)).findings
    assert [f.title for f in found][-1] == "55 more of this kind" and len(found) == 6
    assert found[-1].text.endswith("c16 and 43 more") and len(found[-1].columns) == 55
