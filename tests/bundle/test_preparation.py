"""From typed columns to the matrix a model takes."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_desktop.bundle.preparation import Preparation, date_part
from mlops_desktop.bundle.values import Input

AGE = Input("age", "integer", minimum=18, maximum=80)
PLAN = Input("plan", "text")
NUMBER = {
    "is": "number",
    "input": "age",
    "fill": None,
    "flag": False,
    "center": 0.0,
    "scale": 1.0,
    "limit": None,
}
CODES = {
    "is": "category",
    "input": "plan",
    "form": "code",
    "values": ["a", "b"],
    "rare": ["z"],
    "missing": True,
}
PLANS = np.array(["a", "b", "z", None, "new"], dtype=object)


def test_missing_rare_and_unseen_categories_are_told_apart():
    matrix, observed = Preparation([CODES], [PLAN]).matrix({"plan": PLANS}, 5)
    assert matrix[:4, 0].tolist() == [1.0, 2.0, 3.0, 0.0]
    assert np.isnan(matrix[4, 0])
    assert (observed.missing, observed.unseen) == ({"plan": 1}, {"plan": 1})


def test_an_unseen_category_sets_no_column():
    matrix, _ = Preparation([{**CODES, "form": "one_hot"}], [PLAN]).matrix({"plan": PLANS}, 5)
    assert matrix.sum(axis=1).tolist() == [1, 1, 1, 1, 0]


def test_values_outside_the_range_seen_are_counted_and_kept():
    matrix, observed = Preparation([NUMBER], [AGE]).matrix({"age": np.array([41.5, 200.0, -3.0])}, 3)
    assert matrix[:, 0].tolist() == [41.5, 200.0, -3.0]
    assert observed.notes() == ["age: 2 values outside the range seen in training (18 to 80)."]


def test_an_infinite_value_is_missing_and_counted():
    matrix, observed = Preparation([NUMBER], [AGE]).matrix({"age": np.array([np.inf, -np.inf, 20.0])}, 3)
    assert np.isnan(matrix[:2, 0]).all()
    assert observed.infinite == {"age": 2}


def test_a_filled_number_says_where_it_was_missing():
    feature = {**NUMBER, "fill": 40.0, "flag": True}
    matrix, _ = Preparation([feature], [AGE]).matrix({"age": np.array([np.nan, 20.0])}, 2)
    assert matrix.tolist() == [[40.0, 1.0], [20.0, 0.0]]


def test_counts_of_blocks_add_up():
    preparation = Preparation([CODES], [PLAN])
    _, total = preparation.matrix({"plan": PLANS}, 5)
    _, more = preparation.matrix({"plan": PLANS}, 5)
    total.add(more)
    assert (total.rows, total.unseen, total.unseen_values) == (10, {"plan": 2}, {"plan": ["new"]})


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("year", 2012),
        ("month", 2),
        ("day", 29),
        ("weekday", 2),
        ("day_of_year", 60),
        ("hour", 18.5),
        ("days", 15399.770833333334),
    ],
)
def test_a_date_gives_its_parts(part, value):
    assert date_part(np.array(["2012-02-29T18:30"], dtype="datetime64[us]"), part)[0] == value


@pytest.mark.parametrize("part", ["year", "month", "day", "weekday", "day_of_year", "hour", "days"])
def test_a_missing_date_has_no_parts(part):
    assert np.isnan(date_part(np.array(["NaT"], dtype="datetime64[us]"), part)[0])


def test_parts_of_dates_before_1970_are_those_of_the_calendar():
    column = np.array(["1066-10-14"], dtype="datetime64[us]")
    assert [int(date_part(column, part)[0]) for part in ("year", "month", "day", "weekday")] == [
        1066,
        10,
        14,
        6,
    ]
