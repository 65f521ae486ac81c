"""The form that scores one row: fields from the signature, values as they are sent, the answer in words."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_desktop.domain.evaluations import Signature, SignatureInput
from mlops_desktop.domain.models import Prediction
from mlops_desktop.gui.screens.models.try_out_state import answer_of, form_fields, row_of


def signature(**changes: Any) -> Signature:
    inputs = [
        SignatureInput("hour", "integer", minimum=0, maximum=23, example=7),
        SignatureInput("wind", "decimal", example=16.9979),
        SignatureInput("weather", "text", categories=["Clear", "Mist"], example="Mist"),
        SignatureInput("workingday", "boolean", example=True),
        SignatureInput("casual", "integer", used=False, example=3),
    ]
    return Signature(
        **{"inputs": inputs, "task": "regression", "target": "rentals", "output_type": "decimal"} | changes
    )


def fields():
    return form_fields(signature(), ["weather", "hour"])


def test_what_matters_most_stands_first_and_what_is_not_used_is_left_out():
    assert [f.name for f in fields()] == ["weather", "hour", "wind", "workingday"]


def test_fields_begin_with_the_example_of_the_model():
    assert {f.name: f.value for f in fields()} == {
        "weather": "Mist",
        "hour": "7",
        "wind": "16.9979",
        "workingday": "true",
    }


def test_categories_are_chosen_and_numbers_typed():
    assert [f.kind for f in fields()] == ["choice", "number", "number", "choice"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [({"hour": "8"}, 8), ({"hour": ""}, None), ({"hour": "noon"}, "noon"), ({}, None)],
)
def test_a_number_is_sent_as_a_number_and_what_is_none_as_typed(typed: dict[str, str], sent: object):
    assert row_of(fields(), typed)["hour"] == sent


def test_a_switch_is_sent_as_true_or_false():
    assert row_of(fields(), {"workingday": "false"})["workingday"] is False


def test_a_number_is_answered_with_a_number():
    found = answer_of(signature(), Prediction(81.94, {}, ["weather: Snow was never seen"]))
    assert (found.title, found.value, found.notes) == (
        "rentals predicted",
        "81.9",
        ("weather: Snow was never seen",),
    )


def test_the_positive_class_is_answered_with_its_probability():
    classes = signature(task="binary", target="risk", labels=["good", "bad"], positive="bad")
    found = answer_of(classes, Prediction("good", {"good": 0.7, "bad": 0.3}, []))
    assert (found.title, found.value) == ("Probability that risk is bad", "0.300")
    assert [label for label, _ in found.shares] == ["good", "bad"]
