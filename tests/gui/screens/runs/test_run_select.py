"""A run is chosen among any number of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from mlops_desktop.domain.run_pages import RunLine, RunPage
from mlops_desktop.gui.finding import things_that_match
from mlops_desktop.gui.screens.runs.run_select import MOST_OFFERED, offered_runs, offered_words, run_words
from mlops_desktop.project import Project
from mlops_desktop.store.session import Caller

LINE = RunLine(3, "LightGBM", "finished", datetime(2026, 11, 20, tzinfo=UTC), "ann", data="bikes@22")
EACH = """
insert into run select i, 'trial', 'logged', 'finished', 'null', null, null, '{}', null, '', '[]', now()::timestamp, 'ann',
null, null, null from range(1, ?) t(i)
"""


@pytest.fixture
def project(host: Any) -> Project:
    """An empty project, not the one with trainings that other tests of this folder share."""
    return Project(host.local(Caller("ann", "window-1")))


def many(host: Any, count: int) -> None:
    with host.store.writing() as session:
        session.cursor.execute(EACH, [count + 1])


@pytest.mark.parametrize("count", [MOST_OFFERED - 1, MOST_OFFERED, MOST_OFFERED + 1])
def test_what_is_not_offered_is_said_and_found_by_its_number(host: Any, project: Project, count: int) -> None:
    many(host, count)
    page = offered_runs(project, "state = finished")
    assert [line.run_id for line in page.lines] == list(range(count, max(count - MOST_OFFERED, 0), -1))
    assert offered_words(page).startswith("The newest 50 of 51") == (count > MOST_OFFERED)
    assert offered_runs(project, "state = finished", "#1").lines[0].run_id == 1
    assert next(f.title for f in things_that_match(project, "#1")) == "Run #1 trial"


def test_what_predicts_the_same_stands_first_until_one_types(host: Any, project: Project) -> None:
    many(host, 60)
    assert [line.run_id for line in offered_runs(project, "", first="run = 2").lines[:2]] == [2, 60]
    assert offered_runs(project, "", "run < 9", first="run = 2").lines[0].run_id == 8
    assert offered_words(offered_runs(project, "", "nobody")) == "No run is like that."


def test_a_run_is_told_by_number_name_data_and_metric() -> None:
    assert (
        run_words(replace(LINE, metrics={"mae": 39.34}, main_metric="mae"))
        == "#3 LightGBM · bikes@22, MAE 39.3"
    )
    assert run_words(replace(LINE, data="")) == "#3 LightGBM"
    assert offered_words(RunPage([LINE], 0, 1, 9)) == ""
