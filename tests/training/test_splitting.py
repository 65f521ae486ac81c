"""How rows are held back."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_desktop.domain.errors import InvalidInputError, TrainingError
from mlops_desktop.domain.runs import Split
from mlops_desktop.training.periods import period_bounds, window_of
from mlops_desktop.training.splitting import Rows, plan_split

DAYS = np.datetime64("2012-01-01", "us") + np.arange(366) * np.timedelta64(1, "D")
NUMBERS = Rows("regression", np.arange(366.0), DAYS)
CLASSES = Rows("binary", np.repeat([0, 1], [90, 10]))


def test_a_stratified_test_has_each_class_in_its_share():
    test = plan_split(Split("stratified", test_share=0.2), CLASSES, 0).last.test
    assert np.bincount(CLASSES.target[test]).tolist() == [18, 2]


def test_every_row_is_in_exactly_one_fold():
    plan = plan_split(Split("cross_validation", folds=4), CLASSES, 0)
    assert sorted(np.concatenate([p.test for p in plan.folds])) == list(range(100))


def test_no_row_is_on_both_sides():
    for method in ("random", "stratified"):
        last = plan_split(Split(method), CLASSES, 3).last
        assert not set(last.train) & set(last.test)


def test_the_same_seed_holds_out_the_same_rows():
    one, two = (plan_split(Split("random"), NUMBERS, 5).last.test for _ in range(2))
    assert one.tolist() == two.tolist()


def test_groups_stay_on_one_side():
    groups = np.arange(100) // 7
    plan = plan_split(Split("random", folds=3), Rows("binary", CLASSES.target, groups=groups), 0)
    for part in [*plan.folds, plan.last]:
        assert not set(groups[part.train]) & set(groups[part.test])


def test_a_split_by_time_tests_on_what_comes_last():
    last = plan_split(Split("time", test_share=0.25), NUMBERS, 0).last
    assert DAYS[last.train].max() < DAYS[last.test].min()


def test_rows_of_one_moment_stay_on_one_side_of_a_split_by_time():
    times = np.repeat(DAYS[:10], 10)
    last = plan_split(Split("time", test_share=0.25), Rows("regression", np.arange(100.0), times), 0).last
    assert not set(times[last.train]) & set(times[last.test])


def test_a_first_moment_of_most_rows_is_trained_on_and_the_rest_is_the_test():
    times = np.repeat(DAYS[:2], [90, 10])
    last = plan_split(Split("time"), Rows("regression", np.arange(100.0), times), 0).last
    assert (len(last.train), len(last.test)) == (90, 10)


def test_times_that_are_missing_or_infinite_are_in_no_part_and_counted():
    times = np.where(np.arange(100) % 10 == 0, np.inf, np.arange(100.0))
    plan = plan_split(Split("time"), Rows("regression", np.arange(100.0), times), 0)
    assert (plan.without_time, len(plan.last.train) + len(plan.last.test)) == (10, 90)


def test_a_test_period_is_that_month_and_the_window_lies_before_it():
    split = Split("time", test_period="2012-10", train_window="6 months")
    last = plan_split(split, NUMBERS, 0).last
    assert (str(DAYS[last.test][0])[:10], str(DAYS[last.test][-1])[:10]) == ("2012-10-01", "2012-10-31")
    assert (str(DAYS[last.train][0])[:10], str(DAYS[last.train][-1])[:10]) == ("2012-04-01", "2012-09-30")


def test_folds_of_a_test_period_are_the_months_before():
    split = Split("time", test_period="2012-10", train_window="3 months", folds=5)
    plan = plan_split(split, NUMBERS, 0)
    assert [part.name for part in plan.folds] == ["2012-05", "2012-06", "2012-07", "2012-08", "2012-09"]


def test_a_period_without_rows_is_refused():
    with pytest.raises(TrainingError, match="0 rows to test"):
        plan_split(Split("time", test_period="2013-05"), NUMBERS, 0)


def test_quarters_and_ranges_are_periods():
    assert period_bounds("2012-Q4")[:2] == (np.datetime64("2012-10-01"), np.datetime64("2013-01-01"))
    assert period_bounds("2012-10-01..2012-10-15")[1] == np.datetime64("2012-10-16")


@pytest.mark.parametrize("text", ["2012-13", "October", "2012-10-05..2012-10-01", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(InvalidInputError):
        period_bounds(text)


@pytest.mark.parametrize("text", ["six months", "0 days", "-3 weeks"])
def test_what_is_no_window_is_refused(text):
    with pytest.raises(InvalidInputError):
        window_of(text)


def test_a_window_of_months_before_the_31st_ends_with_the_shorter_month():
    window = window_of("1 month")
    kept = window.before(np.arange(366), DAYS, np.datetime64("2012-03-31"))
    assert str(DAYS[kept[0]])[:10] == "2012-03-01"


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2])
def test_a_share_outside_zero_and_one_is_refused(share):
    with pytest.raises(InvalidInputError, match="between 0 and 1"):
        plan_split(Split("random", test_share=share), NUMBERS, 0)
