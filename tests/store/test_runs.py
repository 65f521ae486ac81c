"""Points of runs, as they come back from the store."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mlops_desktop.domain import json_numbers
from mlops_desktop.domain.runs import Metric
from mlops_desktop.project import Project

BERLIN = timezone(timedelta(hours=1))


@pytest.mark.parametrize("name", ["a/b %", 'quote " and \\', "line\nbreak", "größe 😀", "null", "[1]"])
def test_a_point_keeps_the_name_it_was_logged_under(project: Project, name: str) -> None:
    run = project.runs.begin_log("script").run_id
    project.runs.log_points(run, [Metric(name, 1.0, 0)])
    assert [p.name for p in project.runs.metrics(run)] == [name]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.1, 5e-324, 1.7976931348623157e308, -0.0])
def test_a_point_keeps_its_value(project: Project, value: float) -> None:
    run = project.runs.begin_log("script").run_id
    project.runs.log_points(run, [Metric("loss", value, 2**53 + 1)])
    (point,) = project.runs.metrics(run)
    assert repr(point.value) == repr(value)
    assert point.step == 2**53 + 1


def test_a_point_keeps_its_time_to_the_microsecond(project: Project) -> None:
    run = project.runs.begin_log("script").run_id
    logged = datetime(2026, 11, 25, 12, 0, 0, 123457, BERLIN)
    project.runs.log_points(run, [Metric("loss", 1.0, 0, logged)])
    (point,) = project.runs.metrics(run)
    assert point.at == datetime(2026, 11, 25, 11, 0, 0, 123457, UTC)


def test_points_of_one_step_come_back_as_they_came(project: Project) -> None:
    run = project.runs.begin_log("script").run_id
    project.runs.log_points(run, [Metric("loss", float(i), 7) for i in range(50)])
    assert [p.value for p in project.runs.metrics(run)] == [float(i) for i in range(50)]


def test_the_last_value_by_step_stands_for_a_metric_without_a_final_one(project: Project) -> None:
    run = project.runs.begin_log("script").run_id
    for step, value in [(3, math.inf), (1, 0.5), (2, math.nan)]:
        project.runs.log_points(run, [Metric("loss", value, step), Metric("score", value, step)])
    project.runs.log_points(run, [], {"score": 0.7})
    assert project.runs.show(run).metrics == {"loss": math.inf, "score": 0.7}
    assert project.runs.list()[0].metrics == {"loss": math.inf, "score": 0.7}


def test_of_one_step_the_value_that_came_last_counts(project: Project) -> None:
    run = project.runs.begin_log("script").run_id
    for value in (2.0, 3.0, 1.0):
        project.runs.log_points(run, [Metric("loss", value, -7), Metric("a", value, 2**62)])
    assert project.runs.show(run).metrics == {"loss": 1.0, "a": 1.0}


@pytest.mark.parametrize("ended", [False, True])
def test_every_metric_of_many_is_listed_before_and_after_the_end(project: Project, ended: bool) -> None:
    run = project.runs.begin_log("script").run_id
    points = [Metric(f"m{n:03}", n / 100 + step, step) for n in range(150) for step in range(10)]
    project.runs.log_points(run, points)
    if ended:
        project.runs.end_log(run)
    assert project.runs.show(run).metrics == {f"m{n:03}": n / 100 + 9 for n in range(150)}
    assert len(project.runs.metrics(run)) == 1500


def test_what_is_no_number_stays_so_in_json(project: Project) -> None:
    run = project.runs.begin_log("script").run_id
    project.runs.log_points(run, [Metric("loss", math.inf, 1), Metric("auc", math.nan, 1)])
    said = json.loads(json_numbers.encode(project.runs.show(run)))
    assert said["metrics"] == {"loss": "inf", "auc": "nan"}
