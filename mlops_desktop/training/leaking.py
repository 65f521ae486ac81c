"""Features that give the target away: said of a run that learns from them, since its scores are worth nothing."""

from __future__ import annotations

import numpy as np

from mlops_desktop.analysis.leaks import SAME_SHARE
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.runs import RunWarning
from mlops_desktop.training.reading import InputTable
from mlops_desktop.training.targets import Target

FEWEST_ROWS = 20
"""With fewer rows a column may look like the target by chance."""
ROWS_A_CLASS = 10
"""So many rows a class on average, from which a column that goes with the classes is no chance."""
_STRAIGHT = 1.0 - 1e-12
"""Squared correlation from which one column is another one in another unit."""


def say_leaks(table: InputTable, features: list[str], target: Target, warnings: list[RunWarning]) -> None:
    """Warn of each feature that is the target under another name.

    Of numbers: equal in nearly every row, or the target in another unit. Of classes: a value for each class, in every
    row that has a value.
    """
    if len(target.rows) < FEWEST_ROWS:
        return
    for name in features:
        column = table.columns[name][target.rows]
        if target.task == "regression":
            how = _same_number(column, target.values)
        elif len(target.rows) >= ROWS_A_CLASS * len(target.labels):
            how = _same_classes(column, target)
        else:
            how = ""
        if how:
            text = (
                f"“{name}” {how}: a model that learns from it is worth nothing if it isn't known in advance."
            )
            warnings.append(RunWarning("leak", text, name))


def _same_number(column: Array, values: Array) -> str:
    """How `column` is the number to predict; empty if it isn't."""
    if column.dtype.kind != "f":
        return ""
    known = np.isfinite(column) & (np.abs(column) < 1e150)
    if known.sum() < max(FEWEST_ROWS, len(values) / 2):
        return ""
    one, other = column[known], values[known]
    if np.isclose(one, other, rtol=1e-9, atol=1e-12).mean() >= SAME_SHARE:
        return "equals the target in nearly every row"
    if min(len(np.unique(one)), len(np.unique(other))) <= 2:
        return ""
    one, other = (side / (np.abs(side).max() or 1.0) for side in (one, other))
    one, other = one - one.mean(), other - other.mean()
    whole = float((one**2).sum() * (other**2).sum())
    straight = whole > 0.0 and float((one * other).sum()) ** 2 >= _STRAIGHT * whole
    return "is the target in another unit" if straight else ""


def _same_classes(column: Array, target: Target) -> str:
    """How `column` is the class to predict; empty if it isn't."""
    if column.dtype.kind == "M":
        return ""
    classes: dict[object, int] = {}
    rows = 0
    for value, label in zip(column.tolist(), target.values.tolist(), strict=True):
        if value is None or value != value:
            continue
        rows += 1
        if classes.setdefault(value, label) != label or len(classes) > len(target.labels):
            return ""
    one_each = len(set(classes.values())) == len(classes) >= 2
    return "has a value of its own for each class" if one_each and rows >= len(column) / 2 else ""
