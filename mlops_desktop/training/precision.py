"""Numbers in a form that single precision can tell apart: fits see them around zero and of the size of one.

LightGBM holds targets in single precision, scikit-learn's trees their inputs, and the variance in a node is a
difference of squares. A scale is a power of two: dividing by it, and multiplying again, changes no digit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mlops_desktop.bundle.values import Array

_LARGEST_RATIO = 1e4
"""Beyond so many times its spread a target keeps too few digits."""
_SPREADS = (1e-3, 1e12)
"""A spread within these needs no scale."""


@dataclass(frozen=True)
class Unit:
    """What a target is measured in during a fit: ``(value - center) / scale``."""

    center: float = 0.0
    scale: float = 1.0

    def of(self, values: Array) -> Array:
        """`values` in this unit."""
        return (values - self.center) / self.scale

    def in_model(self) -> dict[str, float]:
        """What ``model.json`` says of it: nothing of the plain one."""
        return {} if self == Unit() else {"center": self.center, "scale": self.scale}


def power_of_two(size: float) -> float:
    """The largest power of two that is not larger than `size`; 1 for zero."""
    return math.ldexp(1.0, math.frexp(size)[1] - 1) if size else 1.0


def unit_of(values: Array) -> Unit:
    """The unit to fit the target `values` in; the usual target stays as it is.

    Parameters
    ----------
    values : float64 array
        The target of the training rows, finite.
    """
    largest = float(np.abs(values).max())
    size = power_of_two(largest)
    spread = float((values / size).std()) * size if values.min() < values.max() else 0.0
    low, high = _SPREADS
    if largest <= _LARGEST_RATIO * spread and low <= spread <= high:
        return Unit()
    if spread == 0.0:
        return Unit(float(values[0]), 1.0)
    return Unit(float((values / size).mean()) * size, power_of_two(spread))
