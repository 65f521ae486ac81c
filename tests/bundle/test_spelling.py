"""Values written as the file of the training data wrote them."""

from __future__ import annotations

import math

import pytest

from mlops_desktop.bundle.errors import InputError
from mlops_desktop.bundle.spelling import Spelling
from mlops_desktop.bundle.values import MISSING_WORDS, Input, from_text
from mlops_desktop.store.reading.values import MISSING_TOKENS

COMMA = Input("a", "decimal", spelling=Spelling(decimal=",", marks=". \u00a0"))
DAYS = Input("day", "date", spelling=Spelling(dates=("%d.%m.%Y",)))


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,5", "1.234", "-1.234,5", "12"], [1.5, 1234.0, -1234.5, 12.0]),
        (["0.5", "1.234", "12"], [0.5, 1.234, 12.0]),
        (["1\u00a0234,5", "inf", "1e5"], [1234.5, math.inf, 1e5]),
    ],
)
def test_numbers_of_the_training_form_and_plain_ones_are_read(texts, numbers):
    assert from_text(texts, COMMA).tolist() == numbers


@pytest.mark.parametrize("texts", [["12", "1.234"], ["1,5", "1.234", "0.5"]])
def test_a_number_that_may_be_two_is_refused_where_no_row_decides(texts):
    with pytest.raises(InputError, match=r"Row 2, column “a”: “1.234” may be 1.234 or 1234") as caught:
        from_text(texts, COMMA)
    assert (caught.value.row, caught.value.column) == (2, "a")


@pytest.mark.parametrize("text", ["1.23,4", "1,2,3", "1_000", "12.34.567", "abc"])
def test_marks_at_other_places_are_refused_with_the_forms_that_are_taken(text):
    with pytest.raises(InputError, match=r"is not a number as 1234\.5 or 1234,5"):
        from_text([text], COMMA)


def test_days_are_read_as_in_the_training_data_and_as_iso():
    assert [str(day)[:10] for day in from_text(["31.12.2024", "2024-02-01", "NA"], DAYS)] == [
        "2024-12-31",
        "2024-02-01",
        "NaT",
    ]
    with pytest.raises(InputError, match=r"Row 1, column “day”.* or 31\.10\.2012"):
        from_text(["12/31/2024"], DAYS)


def test_words_that_were_declared_missing_are_missing_also_in_texts():
    declared = Spelling(missing=frozenset({"-999", "k. A."}))
    assert math.isnan(from_text(["-999"], Input("a", "integer", spelling=declared))[0])
    assert from_text(["k. A.", "NA"], Input("a", "text", spelling=declared)).tolist() == [None, "NA"]


def test_every_word_for_missing_that_an_import_takes_is_taken_by_a_bundle():
    assert set(MISSING_TOKENS) <= MISSING_WORDS
