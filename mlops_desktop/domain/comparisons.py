"""What differs between runs, and whether a difference of metrics is real."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["better", "worse", "tie", "unknown"]


class SettingDifference(msgspec.Struct, frozen=True):
    """A setting of the runs; those that differ come first."""

    name: str
    values: list[str]
    """One per run, in the order asked for; ``—`` where a run has none."""
    differs: bool


class Interval(msgspec.Struct, frozen=True):
    """How much a run differs from the first one, in one metric."""

    run_id: int
    value: float
    difference: float
    low: float
    """Lower end of the 95 % interval of the difference; NaN where it can't be told."""
    high: float
    verdict: Verdict
    why: str = ""
    """Why it is a tie or unknown, in words."""


class MetricComparison(msgspec.Struct, frozen=True):
    """One metric of all runs."""

    name: str
    title: str
    higher_is_better: bool
    first: float
    """Value of the run that the others are held against."""
    others: list[Interval]


class RunComparison(msgspec.Struct, frozen=True):
    """Runs side by side; the first is what the others are held against."""

    runs: list[int]
    titles: list[str]
    settings: list[SettingDifference]
    metrics: list[MetricComparison]
    rows: int
    """Rows that every run was judged on; 0 where they share none, and no interval can be told."""
    method: str
    """How the intervals were made, in words, with their source."""
    notes: list[str] = []
