"""The form that scores one row: its fields, what is sent, what the answer says. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mlops_desktop.domain.evaluations import Signature, SignatureInput
from mlops_desktop.domain.models import Prediction
from mlops_desktop.gui.language import tr

from .models_state import value_words

MISSING = ""
"""What stands in a field whose value is missing."""
MOST_CHOICES = 40
MOST_PROBABILITIES = 4
FieldKind = Literal["number", "choice", "text"]


@dataclass(frozen=True, slots=True)
class FormField:
    """A column of the row."""

    name: str
    kind: FieldKind
    value: str
    """What stands in it at first: the example that was kept with the model."""
    choices: tuple[str, ...] = ()
    note: str = ""
    """Range or format."""
    type: str = ""


def form_fields(signature: Signature, importance: Sequence[str] = ()) -> tuple[FormField, ...]:
    """The fields of a model's form: the columns it looks at, those that matter most first.

    Parameters
    ----------
    importance : sequence of str
        Columns by importance, as far as known.
    """
    place = {name: i for i, name in enumerate(importance)}
    used = [i for i in signature.inputs if i.used]
    used.sort(key=lambda i: place.get(i.name, len(place)))
    return tuple(_field(i) for i in used)


def _field(column: SignatureInput) -> FormField:
    value = MISSING if column.example is None else _written(column.example)
    if column.type == "boolean":
        return FormField(column.name, "choice", value, ("true", "false"), type=column.type)
    if column.categories and len(column.categories) <= MOST_CHOICES and not column.more_categories:
        return FormField(column.name, "choice", value, tuple(column.categories), type=column.type)
    if column.type in ("integer", "decimal"):
        note = ""
        if isinstance(column.minimum, int | float) and isinstance(column.maximum, int | float):
            note = tr("{} to {} in training").format(f"{column.minimum:g}", f"{column.maximum:g}")
        return FormField(column.name, "number", value, note=note, type=column.type)
    note = {"date": tr("as 2012-10-31"), "timestamp": tr("as 2012-10-31 18:00:00"), "time": tr("as 18:00:00")}
    return FormField(
        column.name,
        "text",
        value,
        tuple(column.categories[:MOST_CHOICES]),
        note.get(column.type, ""),
        column.type,
    )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def row_of(fields: Sequence[FormField], typed: Mapping[str, str]) -> dict[str, Any]:
    """The row as it is sent: numbers as numbers, what is empty as missing, anything else as typed.

    A number that can't be read is sent as typed: the service says what is wrong with it, at its column.
    """
    return {field.name: _value(field, typed.get(field.name, MISSING)) for field in fields}


def _value(field: FormField, text: str) -> Any:
    text = text.strip()
    if text == MISSING:
        return None
    if field.type == "boolean" and text in ("true", "false"):
        return text == "true"
    if field.kind == "number":
        try:
            return int(text) if field.type == "integer" else float(text)
        except ValueError:
            return text
    return text


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says of the row."""

    title: str
    value: str
    shares: tuple[tuple[str, float], ...] = ()
    """Classes and their probabilities, the likeliest first."""
    notes: tuple[str, ...] = ()


def answer_of(signature: Signature, prediction: Prediction) -> Answer:
    """The answer in words and numbers."""
    notes = tuple(prediction.notes)
    if not prediction.probabilities:
        value = prediction.value
        words = (
            value_words(float(value))
            if isinstance(value, int | float)
            else tr("missing")
            if value is None
            else str(value)
        )
        return Answer(tr("{} predicted").format(signature.target), words, notes=notes)
    shares = sorted(prediction.probabilities.items(), key=lambda pair: -pair[1])[:MOST_PROBABILITIES]
    positive = None if signature.positive is None else _written(signature.positive)
    if positive is not None and positive in prediction.probabilities:
        title = tr("Probability that {} is {}").format(signature.target, positive)
        return Answer(title, f"{prediction.probabilities[positive]:.3f}", tuple(shares), notes)
    return Answer(tr("{} predicted").format(signature.target), str(prediction.value), tuple(shares), notes)
