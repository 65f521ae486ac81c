"""Words for runs, and the catalogue of algorithms."""

from __future__ import annotations

import msgspec
import pytest

from mlops_desktop.domain.algorithms import ALGORITHMS, algorithm, resolved_params
from mlops_desktop.domain.errors import InvalidInputError, NotFoundError
from mlops_desktop.domain.runs import DEFAULT_METRIC, METRICS, TASKS, DataInput, RunSpec, higher_is_better


def test_each_algorithm_has_an_id_of_its_own():
    assert len({a.algorithm_id for a in ALGORITHMS}) == len(ALGORITHMS)


@pytest.mark.parametrize("entry", ALGORITHMS, ids=lambda a: a.algorithm_id)
def test_each_default_is_a_value_its_parameter_takes(entry):
    assert resolved_params(entry, {p.name: p.default for p in entry.params}) == resolved_params(entry, {})


def test_an_algorithm_that_is_not_there_names_those_that_are():
    with pytest.raises(NotFoundError, match=r"no algorithm “magic”.*lightgbm"):
        algorithm("magic")


@pytest.mark.parametrize("value", [0, -1, 2.5, "31", True, None, float("nan")])
def test_a_parameter_out_of_its_range_or_type_is_refused(value):
    with pytest.raises(InvalidInputError, match="max_leaves"):
        resolved_params(algorithm("lightgbm"), {"max_leaves": value})


def test_an_unknown_parameter_is_refused_with_those_there_are():
    with pytest.raises(InvalidInputError, match=r"no parameter “leaves”.*max_leaves"):
        resolved_params(algorithm("lightgbm"), {"leaves": 3})


def test_a_whole_number_may_be_written_as_a_decimal():
    assert resolved_params(algorithm("lightgbm"), {"max_leaves": 7.0})["max_leaves"] == 7


@pytest.mark.parametrize("task", TASKS)
def test_each_tasks_own_metric_is_one_of_its_metrics(task):
    assert DEFAULT_METRIC[task] in {info.name for info in METRICS if task in info.tasks}


def test_errors_are_better_when_smaller():
    assert not higher_is_better("mae")
    assert higher_is_better("roc_auc")


def test_a_spec_crosses_the_wire_as_it_is():
    spec = RunSpec(
        "y", data=DataInput("bikes", 22), params={"a": 1, "b": 1.0, "c": "x", "d": None, "e": True}
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(spec), type=RunSpec) == spec


def test_data_reads_as_people_write_it():
    assert DataInput("bikes", 22).ref == "bikes@22"
