"""Comparing runs: what differs, and whether it is real."""

from __future__ import annotations

import math

import pytest

from mlops_desktop.domain.comparisons import Interval, RunComparison
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.runs import Split
from mlops_desktop.project import Project

from ..running import TRAINABLE

RUNS = {"baseline": 1, "model": 2, "the same again": 3, "of another target": 4}


@pytest.fixture(scope="module")
def trained(looked_at: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the runs of `RUNS`."""
    file = tmp_path_factory.mktemp("files") / "shops.csv"
    file.write_text(TRAINABLE)
    looked_at.datasets.import_file(str(file), target="sold").wait(30)
    split = Split(method="cross_validation")
    for algorithm in ("baseline", "lightgbm"):
        looked_at.runs.start("shops", algorithm=algorithm, split=split).wait(120)
    looked_at.runs.reproduce(2).wait(120)
    looked_at.runs.start("shops", target="hour", algorithm="baseline", split=split).wait(120)
    return looked_at


def compared(project: Project, *names: str) -> RunComparison:
    return project.runs.compare([RUNS[name] for name in names])


def of_metric(found: RunComparison, name: str) -> Interval:
    return next(m.others[0] for m in found.metrics if m.name == name)


@pytest.mark.slow
def test_a_real_difference_has_an_interval_and_a_verdict_in_every_metric(trained: Project) -> None:
    found = compared(trained, "baseline", "model")
    assert found.rows == 240 and "bootstrap" in found.method
    assert {m.name: m.others[0].verdict for m in found.metrics if m.name != "bias"} == dict.fromkeys(
        ("mae", "rmse", "median_ae", "r2"), "better"
    )
    assert of_metric(found, "mae").low < of_metric(found, "mae").high < 0 < of_metric(found, "r2").low


def test_the_same_training_again_is_a_tie(trained: Project) -> None:
    found = of_metric(compared(trained, "model", "the same again"), "mae")
    assert (found.verdict, found.difference) == ("tie", 0.0)


def test_what_predicts_something_else_can_not_be_told_apart(trained: Project) -> None:
    found = compared(trained, "baseline", "of another target")
    assert found.notes == [
        "The runs don't predict the same thing in the same data set, so no difference can be tested."
    ]
    assert of_metric(found, "mae").verdict == "unknown" and math.isnan(of_metric(found, "mae").low)


def test_settings_that_differ_come_first(trained: Project) -> None:
    settings = compared(trained, "baseline", "model").settings
    assert ("Algorithm", ["Baseline", "LightGBM"]) in [(s.name, s.values) for s in settings if s.differs]
    assert sorted(settings, key=lambda s: not s.differs) == settings


@pytest.mark.parametrize("runs", [[1], [1, 1], list(range(1, 12))])
def test_one_run_or_too_many_can_not_be_compared(trained: Project, runs: list[int]) -> None:
    with pytest.raises(InvalidInputError, match="can't be compared"):
        trained.runs.compare(runs)
