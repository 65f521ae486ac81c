"""The filter of runs: how it is read."""

from __future__ import annotations

import pytest

from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.run_filters import RunCondition, field_key, parse_filter


def test_nothing_typed_is_no_condition() -> None:
    assert parse_filter("   ") == ()


def test_parts_are_joined_by_and() -> None:
    assert parse_filter("mae < 140 and data = Bikes AND not failed") == (
        RunCondition("140", "mae", "<"),
        RunCondition("Bikes", "data", "="),
        RunCondition("failed", negated=True),
    )


def test_an_and_within_quotes_joins_nothing() -> None:
    assert parse_filter('data = "rain and snow" and wet') == (
        RunCondition("rain and snow", "data", "="),
        RunCondition("wet"),
    )


def test_a_title_and_a_name_mean_the_same_field() -> None:
    assert field_key("ROC AUC") == field_key("roc_auc")


def test_numbers_are_read_as_people_write_them() -> None:
    texts = ("1,234.5", "−3", "40 %", "5 s", "inf", "nan", "deep")
    assert [RunCondition(t).number for t in texts] == [1234.5, -3, 40, 5, float("inf"), None, None]


@pytest.mark.parametrize("text", ["mae <", "< 3", "not", "mae < 3 and not"])
def test_what_is_half_typed_is_told(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_filter(text)
