"""Learns the preparation of each column from the training rows, as data that `bundle.preparation` interprets."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import numpy as np

from mlops_desktop.bundle.preparation import date_part, width
from mlops_desktop.bundle.values import Array, Columns
from mlops_desktop.training.precision import power_of_two

Style = Literal["codes", "spread", "filled", "linear"]
"""``codes``: missing numbers as they are, categories as codes. ``spread``: the same with a column a category.
``filled``: missing numbers filled too. ``linear``: and every number centred and scaled."""

MOST_CODES = 250
"""Categories with a code of their own."""
MOST_COLUMNS = 40
"""Categories with a column of their own."""
MOST_RARE = 10_000
LIMIT = 1e30
"""Numbers further off than so many times the scale are taken as this: trees and ONNX work in single precision, and add up."""
_LARGEST = 8e307
"""The difference of two numbers up to this is finite."""
_SMALLEST = 1e-30
"""LightGBM takes numbers under 1e-35 for zero."""
_POOLED_FROM = 20
"""A column with more categories than this pools those that occur once."""
Feature = dict[str, Any]


def learn_preparation(
    columns: Columns, types: dict[str, str], names: list[str], style: Style
) -> list[Feature]:
    """The features for ``preparation.json``.

    Parameters
    ----------
    columns : dict of arrays
        Training rows only, in the form of `bundle.values`.
    names : list of str
        Columns to learn from, in order.
    """
    return [_feature(name, columns[name], types[name], style) for name in names]


def categorical_positions(features: list[Feature]) -> list[int]:
    """Which columns of the matrix hold codes of categories."""
    positions: list[int] = []
    at = 0
    for feature in features:
        if feature["is"] == "category" and feature["form"] == "code":
            positions.append(at)
        at += width(feature)
    return positions


def _feature(name: str, column: Array, kind: str, style: Style) -> Feature:
    if kind == "text":
        return _category(name, column, style)
    if kind in ("date", "timestamp"):
        return _date(name, column, kind, style)
    values = np.where(np.isinf(column), np.nan, column)
    return {"is": "number", "input": name, **_number_step(values, style)}


def _number_step(values: Array, style: Style) -> dict[str, Any]:
    """How to fill, centre and scale a number."""
    known = np.clip(values[~np.isnan(values)], -_LARGEST, _LARGEST)
    if style in ("codes", "spread"):
        scale = _visible(known)
        # a column without a value in the training rows is no column to scikit-learn
        fill, limit = None if len(known) else 0.0, None if scale == 1.0 else LIMIT * scale
        return {"fill": fill, "flag": False, "center": 0.0, "scale": scale, "limit": limit}
    center, scale = _usual(known) if style == "filled" else _standard(known)
    limit = min(LIMIT * scale, _LARGEST)
    flag = len(known) < len(values)
    return {"fill": center, "flag": flag, "center": center, "scale": scale, "limit": limit}


def _visible(known: Array) -> float:
    """A scale for numbers that LightGBM would take for zero; 1 for others."""
    largest = float(np.abs(known).max(initial=0.0))
    return power_of_two(largest) if 0.0 < largest < _SMALLEST else 1.0


def _standard(known: Array) -> tuple[float, float]:
    """Mean and standard deviation, found without the square of a large or small number."""
    unit = power_of_two(float(np.abs(known).max(initial=0.0)))
    if len(known) == 0 or known.min() == known.max():
        return (float(known[0]) if len(known) else 0.0), unit
    return float((known / unit).mean()) * unit, float((known / unit).std()) * unit


def _usual(known: Array) -> tuple[float, float]:
    """The median, and a power of two near the usual distance from it.

    scikit-learn's trees are in single precision, and take values for equal that differ by less than 1e-7: so numbers
    come to them around zero and of the size of one. A power of two changes no digit.
    """
    unit = power_of_two(float(np.abs(known).max(initial=0.0)))
    if len(known) == 0 or known.min() == known.max():
        return (float(known[0]) if len(known) else 0.0), unit
    center = float(np.median(known / unit)) * unit
    apart = np.abs(known / unit - center / unit)
    return center, power_of_two(float(np.median(apart[apart > 0]))) * unit


def _category(name: str, column: Array, style: Style) -> Feature:
    counts = Counter(value for value in column if value is not None)
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    form = "code" if style == "codes" else "one_hot"
    most = MOST_CODES if form == "code" else MOST_COLUMNS
    pooled = len(ordered) > _POOLED_FROM
    values = [v for v in ordered[:most] if not pooled or counts[v] > 1]
    kept = set(values)
    rare = [v for v in ordered if v not in kept]
    missing = bool(sum(counts.values()) < len(column))
    return {
        "is": "category",
        "input": name,
        "form": form,
        "values": values,
        "rare": rare[:MOST_RARE],
        "missing": missing,
    }


def _date(name: str, column: Array, kind: str, style: Style) -> Feature:
    """The parts that differ between rows."""
    parts: list[dict[str, Any]] = []
    for part in ("year", "month", "day", "weekday", "day_of_year", "hour", "days"):
        values = date_part(column, part)
        known = values[~np.isnan(values)]
        if (part == "hour" and kind == "date") or (
            len(known) and known.min() == known.max() and part != "days"
        ):
            continue
        parts.append({"part": part, **_number_step(values, style)})
    return {"is": "date", "input": name, "parts": parts}
