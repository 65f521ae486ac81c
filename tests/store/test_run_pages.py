"""Runs by the page: what a filter leaves, what an order means, and that no run is left out or counted twice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mlops_desktop.domain.errors import ErrorMessage, InvalidInputError
from mlops_desktop.domain.messages import Outcome
from mlops_desktop.domain.run_pages import RunLine, RunPage, RunQuery
from mlops_desktop.domain.runs import DataInput, Metric, RunFacts, RunSpec
from mlops_desktop.store.database import Store, create
from mlops_desktop.store.session import Session

SCRIPTS = {  # run: loss, depth, tags
    1: (0.2, 3, ["weekly"]),
    2: (math.inf, "deep", []),
    3: (math.nan, 2**63 + 1, ["Nightly", "weekly"]),
    4: (0.6, True, []),
    5: (0.2, 2**63 + 2, []),
}
BIKES, CREDIT, QUEUED, TRASHED = 6, 7, 8, 9


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Five scripts' runs, a training that ended, one that failed, one that waits, and a run in the trash."""
    folder = tmp_path_factory.mktemp("runs") / "churn.mlops"
    create(folder, lambda session: session.project.begin("churn"))
    made = Store(folder)
    with made.writing() as session:
        for loss, depth, tags in SCRIPTS.values():
            run = session.runs.add(None, "Script of Ann", "logged", tags)
            session.runs.add_points(run, [Metric("loss", 9.0, 0), Metric("loss", loss, 1)])
            session.runs.set_params(run, {"depth": depth})
        add_trainings(session)
        session.runs.end_log(session.runs.add(None, "left", "logged"), "finished", "")
        session.runs.trash([TRASHED])
    yield made
    made.close()


def add_trainings(session: Session) -> None:
    """A model of bikes, one of credit that failed, one that waits."""
    at = datetime.now(UTC)
    for dataset, algorithm in (("bikes", "lightgbm"), ("credit", "linear"), ("rain and snow", "linear")):
        session.runs.add(
            RunSpec("y", algorithm, DataInput(dataset, 2), params={"leaves": 31}), "T", "training"
        )
    facts = RunFacts(task="regression", train_rows=900, params={"leaves": 31})
    session.runs.add_points(BIKES, [Metric("loss", 5.0, 1)])
    session.runs.finish(BIKES, Outcome("finished", at, {"mae": 40.0, "roc_auc": math.nan}, facts))
    session.runs.finish(CREDIT, Outcome("failed", at, error=ErrorMessage("training", "One class.")))


def page(store: Store, offset: int = 0, limit: int = 100, **query: object) -> RunPage:
    with store.reading() as session:
        return session.run_pages.page(RunQuery(**query), offset, limit, numbers=True)  # type: ignore[arg-type]


def found(store: Store, text: str) -> list[int]:
    return page(store, filter=text).numbers


def test_the_newest_stands_first_and_the_trash_is_apart(store: Store) -> None:
    assert page(store).numbers == [8, 7, 6, 5, 4, 3, 2, 1]
    assert page(store, trashed=True).numbers == [TRASHED]


@pytest.mark.parametrize(("descending", "order"), [(False, [5, 1, 4]), (True, [4, 5, 1])])
def test_what_is_no_finite_number_is_sorted_last_both_ways_then_the_newest_first(
    store: Store, descending: bool, order: list[int]
) -> None:
    assert page(store, sort="metric:loss", descending=descending).numbers == [*order, 8, 7, 6, 3, 2]


def test_whole_numbers_that_a_decimal_can_not_tell_apart_are_sorted_by_value(store: Store) -> None:
    assert page(store, sort="depth", descending=False).numbers[:3] == [1, 3, 5]
    assert page(store, sort="depth").numbers[:4] == [4, 2, 5, 3], "words stand beyond numbers"


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("loss < 0.5", [5, 1]),
        ("loss > 0.5", [4, 2]),
        ("not loss < 0.5", [8, 7, 6, 4, 3, 2]),
        ("loss != 0.2", [8, 7, 6, 4, 3, 2]),
        ("depth = deep", [2]),
        ("depth = TRUE", [4]),
        ("depth >= 3", [5, 3, 1]),
        ("leaves = 31", [8, 7, 6]),
        ("tag = weekly", [3, 1]),
        ("tags = nightly", [3]),
        ("tag != weekly and script", [5, 4, 2]),
        ("data = bikes", [6]),
        ("data = bikes@2", [6]),
        ("data = bikes@1", []),
        ('data = "rain and snow"', [8]),
        ("algorithm = LightGBM", [6]),
        ("algorithm = logged and loss < 1", [5, 4, 1]),
        ("task = regression", [6]),
        ("rows in training > 100", [6]),
        ("state = failed", [7]),
        ("failed", [7]),
        ("not script and not failed", [8, 6]),
        ("#5", [5]),
        ("NIGHTLY", [3]),
        ("mae < 50 and bikes", [6]),
        ("ROC AUC > 0", []),
        ("R² > 0.5", []),
        ("loss < deep", []),
        ("it's", []),
    ],
)
def test_a_filter_leaves_what_it_says(store: Store, text: str, runs: list[int]) -> None:
    assert found(store, text) == runs


@pytest.mark.parametrize("descending", [False, True])
def test_every_order_has_every_run_once(store: Store, descending: bool) -> None:
    for sort in (
        "time",
        "tags",
        "data",
        "algorithm",
        "warnings",
        "train_rows",
        "by",
        "started",
        "task",
        "run",
    ):
        assert sorted(page(store, sort=sort, descending=descending).numbers) == list(range(1, 9))


def test_the_rows_in_training_come_first_where_they_are_known(store: Store) -> None:
    assert (
        page(store, sort="train_rows").numbers[0]
        == page(store, sort="data", descending=False).numbers[0]
        == 6
    )


@pytest.mark.parametrize("query", [{"filter": "nobody < 3"}, {"filter": "loss <"}, {"sort": "nobody"}])
def test_a_column_that_there_is_not_is_said(store: Store, query: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match=r"nobody|loss"):
        page(store, **query)


@pytest.mark.parametrize("limit", [7, 8, 9])
def test_pages_around_the_number_of_runs_leave_none_out(store: Store, limit: int) -> None:
    first, second = page(store, 0, limit), page(store, limit, limit)
    assert [line.run_id for line in first.lines + second.lines] == page(store).numbers
    assert (first.matching, second.matching, second.total) == (8, 8, 8)


def test_a_page_tells_what_columns_there_are(store: Store) -> None:
    whole = page(store)
    assert (whole.metrics, whole.params) == (["roc_auc", "mae", "loss"], ["depth", "leaves"])
    assert (whole.tasks, whole.tagged, page(store, filter="depth = 3").leading) == (
        ["regression"],
        True,
        ["loss"],
    )


def test_a_line_has_what_a_table_needs(store: Store) -> None:
    with store.reading() as session:
        trained, failed, script = session.run_pages.lines([BIKES, 99, CREDIT, 1])
    assert (trained.data, trained.dataset, trained.metrics) == ("bikes@2", "bikes", {"mae": 40.0})
    assert (trained.train_rows, trained.params, failed.error) == (900, {"leaves": 31}, "One class.")
    assert (script.algorithm, script.metrics, script.params) == ("", {"loss": 0.2}, {"depth": 3})


def test_a_line_brings_only_the_columns_asked_for(store: Store) -> None:
    def of(*columns: str) -> RunLine:
        with store.reading() as session:
            return session.run_pages.lines([1], columns)[0]

    assert (of("metric:loss").metrics, of("metric:loss").params) == ({"loss": 0.2}, {})
    assert (of("param:depth").metrics, of("param:depth").params) == ({}, {"depth": 3})
