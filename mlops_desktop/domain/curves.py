"""Curves: the values of a metric by step, as charts and tables of them need it."""

from __future__ import annotations

import msgspec


class CurveName(msgspec.Struct, frozen=True):
    """A metric that a run has by step."""

    run: int
    name: str
    points: int
    """How many steps it has a value for, those that are no numbers too."""


class Curve(msgspec.Struct, frozen=True):
    """The values of a metric of a run by step: all of them, or a choice that draws the same line."""

    run: int
    name: str
    steps: list[int]
    values: list[float]
    """As many as `steps`; NaN and infinite as they were logged."""
    points: int
    """How many there are; more than `steps` has where it is a choice."""
    missing: int = 0
    """How many of all are no finite numbers."""
    not_positive: int = 0
    """How many of all are finite and not above 0: a logarithmic axis can't show them."""
    smoothed: int = 1
    """Each value is the mean of so many points around it; 1: as it was logged."""
