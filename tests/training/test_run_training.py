"""Trainings on good tables: each algorithm, each kind of column, each kind of split."""

from __future__ import annotations

import pytest

from mlops_desktop.domain.algorithms import ALGORITHMS
from mlops_desktop.domain.runs import RunSpec


@pytest.mark.parametrize("algorithm", [a.algorithm_id for a in ALGORITHMS])
@pytest.mark.parametrize(("table", "target"), [("customers", "churned"), ("rentals", "rentals")])
def test_each_algorithm_trains_classes_and_numbers(train, request, table, target, algorithm):
    rows = request.getfixturevalue(table)()
    params = {"trees": 20} if algorithm == "random_forest" else {}
    trained = train(rows, RunSpec(target, algorithm, params=params))
    assert trained.facts.main_metric in trained.metrics


def test_another_seed_holds_out_other_rows(train, customers):
    one, two = (train(customers(), RunSpec("churned", seed=seed)) for seed in (1, 2))
    assert one.metrics != two.metrics
