"""The filter of the runs table."""

from __future__ import annotations

import pytest

from mlops_desktop.gui.screens.runs.filters import Condition, FilterError, field_key, holds, parse


def test_nothing_typed_is_no_condition() -> None:
    assert parse("   ") == ()


def test_parts_are_joined_by_and() -> None:
    assert parse("mae < 140 and data = bikes AND not failed") == (
        Condition("140", "mae", "<"),
        Condition("bikes", "data", "="),
        Condition("failed", negated=True),
    )


def test_a_word_is_found_anywhere() -> None:
    assert holds(Condition("forest"), "#3 random forest", {})
    assert not holds(Condition("forest", negated=True), "#3 random forest", {})


def test_a_title_and_a_name_mean_the_same_field() -> None:
    assert field_key("ROC AUC") == field_key("roc_auc")


def test_numbers_are_compared_as_numbers() -> None:
    assert holds(Condition("9", "mae", ">"), "", {"mae": 10.0})


def test_a_missing_value_meets_no_comparison() -> None:
    assert not holds(Condition("9", "mae", "<"), "", {})


def test_any_of_several_words_is_equal() -> None:
    assert holds(Condition("weekly", "tag", "="), "", {"tag": ("nightly", "weekly")})


@pytest.mark.parametrize("text", ["mae <", "< 3", "not", "mae < 3 and not"])
def test_what_is_half_typed_is_told(text: str) -> None:
    with pytest.raises(FilterError):
        parse(text)
