"""Requests for predictions, in the forms that MLflow, SageMaker and Vertex AI clients send."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .errors import InputError
from .scorer import Scorer
from .tables import score_csv_text

FORMS = "dataframe_split, dataframe_records, instances or inputs"


def answer(scorer: Scorer, body: bytes, content_type: str) -> dict[str, Any]:
    """The answer to a request.

    Parameters
    ----------
    content_type : str
        ``application/json`` or ``text/csv``, perhaps with parameters.

    Returns
    -------
    dict
        ``predictions``; for classes ``probabilities``, an object a row; ``notes`` on what was unusual.

    Raises
    ------
    InputError
        The request can't be read or scored; the message names row and column.
    """
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"The request is not UTF-8: {error.reason} at byte {error.start}.") from None
    if kind == "text/csv":
        return _answer(scorer, *score_csv_text(scorer, text))
    if kind not in ("application/json", "", "application/x-www-form-urlencoded"):
        raise InputError(f"The content type {kind!r} is not known; send application/json or text/csv.")
    names, columns, rows = _read(scorer, _parsed(text))
    scored = scorer.score(columns, rows)
    return _answer(scorer, scored.values, scored.outputs, scorer.notes(scored.observed, names))


def _answer(scorer: Scorer, values: list[Any], outputs: Any, notes: list[str]) -> dict[str, Any]:
    predictions = [None if isinstance(v, float) and not math.isfinite(v) else v for v in values]
    found: dict[str, Any] = {"predictions": predictions}
    if scorer.labels:
        found["probabilities"] = [scorer.probabilities(outputs, row) for row in range(len(values))]
    found["notes"] = notes
    return found


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The request is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise InputError(f"The request must be an object with {FORMS}.")
    return found


def _constant(word: str) -> float | None:
    """NaN, which is no JSON but is sent, is a missing value."""
    return None if word == "NaN" else float(word)


def _read(scorer: Scorer, request: Mapping[str, Any]) -> tuple[list[str], dict[str, Any], int]:
    """Names, typed columns and number of rows."""
    if "dataframe_split" in request:
        split = _object(request["dataframe_split"], "dataframe_split")
        return _from_lists(scorer, split.get("columns"), split.get("data"))
    for form in ("dataframe_records", "instances", "inputs"):
        if form in request:
            return _from_any(scorer, request[form], form)
    raise InputError(f"The request has none of {FORMS}.")


def _from_any(scorer: Scorer, value: Any, form: str) -> tuple[list[str], dict[str, Any], int]:
    """Objects or lists a row, or an object of columns."""
    if isinstance(value, dict):
        return _from_columns(scorer, value, form)
    if not isinstance(value, list):
        raise InputError(f"{form} must be a list of rows.")
    if value and all(isinstance(row, list) for row in value):
        return _from_lists(scorer, [entry.name for entry in scorer.used_inputs], value)
    for number, row in enumerate(value, 1):
        if not isinstance(row, dict):
            raise InputError(f"Row {number} of {form} must be an object of columns.", row=number)
    names, columns = scorer.from_records(value)
    return names, columns, len(value)


def _from_columns(scorer: Scorer, value: dict[str, Any], form: str) -> tuple[list[str], dict[str, Any], int]:
    lists = {name: cells if isinstance(cells, list) else [cells] for name, cells in value.items()}
    lengths = {len(cells) for cells in lists.values()}
    if len(lengths) > 1:
        raise InputError(f"The columns of {form} have different lengths.")
    rows = [list(row) for row in zip(*lists.values(), strict=True)]
    return list(lists), scorer.from_rows(list(lists), rows), len(rows)


def _from_lists(scorer: Scorer, names: Any, rows: Any) -> tuple[list[str], dict[str, Any], int]:
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise InputError("columns must be a list of names.")
    if not (isinstance(rows, list) and all(isinstance(row, list) for row in rows)):
        raise InputError("data must be a list of rows, each a list.")
    return names, scorer.from_rows(names, rows), len(rows)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{name} must be an object.")
    return value
