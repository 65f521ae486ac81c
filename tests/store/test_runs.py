"""Points of runs, as they come back from the store."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

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
