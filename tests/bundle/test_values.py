"""Typed columns out of text and JSON."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlops_desktop.bundle.errors import InputError
from mlops_desktop.bundle.values import Input, from_json, from_text
from mlops_desktop.store.reading.values import BOOLEANS


def test_numbers_are_read_with_every_digit():
    assert from_text(["0.1", "1e-300", "-3", "12345678901234567890"], Input("a", "decimal")).tolist() == [
        0.1,
        1e-300,
        -3.0,
        12345678901234567890.0,
    ]


@pytest.mark.parametrize("word", ["", "NA", "n/a", "NULL", "nan", None])
def test_words_for_missing_are_missing_in_a_number(word):
    assert math.isnan(from_text([word], Input("a", "integer"))[0])


def test_words_for_missing_are_values_in_a_text():
    assert from_text(["NA", "null", ""], Input("a", "text")).tolist() == ["NA", "null", None]


@pytest.mark.parametrize("text", ["1_000", "12,5", "1 000", "abc", "0x10", "$5"])
def test_what_is_no_number_is_refused_with_row_and_column(text):
    with pytest.raises(InputError, match="Row 2, column “a”") as caught:
        from_text(["1", text], Input("a", "decimal"))
    assert (caught.value.row, caught.value.column) == (2, "a")


def test_negative_zero_is_zero():
    assert str(from_text(["-0.0"], Input("a", "decimal"))[0]) == "0.0"
    assert str(from_json([-0.0], Input("a", "decimal"))[0]) == "0.0"


def test_booleans_have_three_states():
    assert from_text(["true", "No", "", "1"], Input("a", "boolean")).tolist()[:2] == [1.0, 0.0]
    assert np.isnan(from_json([None], Input("a", "boolean"))[0])


@pytest.mark.parametrize(("yes", "no"), BOOLEANS.values())
def test_every_word_for_yes_and_no_that_an_import_takes_is_taken_by_a_bundle(yes, no):
    words = [yes, yes.upper(), no, no.title()]
    assert from_text(words, Input("a", "boolean")).tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("value", ["30", True, [1], {"a": 1}])
def test_json_that_is_no_number_is_not_converted(value):
    with pytest.raises(InputError, match="is not a number"):
        from_json([value], Input("a", "integer"))


@pytest.mark.parametrize("value", [7, 7.0, True])
def test_json_that_is_no_text_is_not_converted(value):
    with pytest.raises(InputError, match="is not text"):
        from_json([value], Input("code", "text"))


@pytest.mark.parametrize("value", [1, 0, "true"])
def test_json_that_is_no_boolean_is_not_converted(value):
    with pytest.raises(InputError, match="is not true or false"):
        from_json([value], Input("a", "boolean"))


def test_a_whole_number_too_large_for_any_model_is_refused():
    with pytest.raises(InputError):
        from_json([10**400], Input("a", "integer"))


def test_moments_with_a_zone_are_taken_to_utc():
    column = from_text(["2012-10-31T18:00:00+02:00", "2012-10-31 16:00"], Input("at", "timestamp"))
    assert column[0] == column[1]


@pytest.mark.parametrize("text", ["1066-10-14", "9999-12-31", "0001-01-01"])
def test_dates_far_away_are_kept(text):
    assert str(from_text([text], Input("d", "date"))[0])[:10] == text


@pytest.mark.parametrize("text", ["31.12.2012", "12/31/2012", "0000-00-00", "20121031", "2012-02-30"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(InputError, match="is not a date"):
        from_text([text], Input("d", "date"))


def test_a_time_of_day_is_seconds():
    assert from_text(["01:00:00.5"], Input("t", "time"))[0] == 3600.5
