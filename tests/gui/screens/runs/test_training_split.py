"""The split over the periods of a time column: handles to words and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desktop.domain.training_checks import Period
from mlops_desktop.gui.screens.runs.training_split import (
    TimeSplit,
    legend_words,
    shown_label,
    split_words,
    time_split,
    unit_of,
)

MONTHS = [Period(f"{y}-{m:02d}", f"{y}-{m:02d}-01", 100, 1.0) for y in (2011, 2012) for m in range(1, 13)]
DAYS = [Period(f"2012-10-{d:02d}", f"2012-10-{d:02d}", 10, 1.0) for d in range(1, 31)]
WEEKS = [Period(f"2012-10-{d:02d}", f"2012-10-{d:02d}", 10, 1.0) for d in (1, 8, 15, 22, 29)]


def test_the_unit_is_read_off_the_labels() -> None:
    assert [unit_of(p) for p in (MONTHS, DAYS, WEEKS)] == ["month", "day", "week"]


def test_a_month_and_a_window_before_it() -> None:
    assert time_split(MONTHS, "2012-10", "6 months", 0.2) == TimeSplit(15, 21, 22)


def test_without_a_period_the_share_decides() -> None:
    assert time_split(MONTHS, "", "", 0.25) == TimeSplit(0, 18, 24)


@pytest.mark.parametrize("period", ["2012-Q4", "2012-10..2012-12"])
def test_several_months_are_one_test(period: str) -> None:
    assert time_split(MONTHS, period, "1 year", 0.2) == TimeSplit(9, 21, 24)


@pytest.mark.parametrize(
    ("period", "window"), [("1999-01", ""), ("2012-10", "1000 rows"), ("2012-10", "soon")]
)
def test_what_is_no_whole_period_has_no_handles(period: str, window: str) -> None:
    assert time_split(MONTHS, period, window, 0.2) is None


def test_handles_never_pass_each_other() -> None:
    split = TimeSplit(0, 5, 6)
    assert split.moved(0, 9, 24) == TimeSplit(4, 5, 6)
    assert split.moved(1, 20, 24) == TimeSplit(0, 5, 6)
    assert split.moved(2, 2, 24) == TimeSplit(0, 5, 6)
    assert split.moved(2, 99, 24).test_to == 24


@given(st.integers(0, 22), st.integers(1, 23), st.integers(2, 24))
def test_words_of_handles_put_them_back_where_they_were(train: int, test: int, end: int) -> None:
    if not train < test < end:
        return
    split = TimeSplit(train, test, end)
    assert time_split(MONTHS, *split_words(MONTHS, split), 0.2) == split


def test_weeks_are_written_as_days() -> None:
    assert split_words(WEEKS, TimeSplit(1, 3, 5)) == ("2012-10-22..2012-11-04", "2 weeks")


def test_the_legend_counts_rows_and_what_is_left_out() -> None:
    train, test, rest = legend_words(MONTHS, TimeSplit(15, 21, 22))
    assert train == "train on 6 months, 600 rows"
    assert test == "test on Oct 2012, 100 rows"
    assert rest == "older and newer rows left out"


def test_january_keeps_its_year() -> None:
    assert [shown_label(label, short=True) for label in ("2012-01", "2012-02")] == ["Jan 2012", "Feb"]
