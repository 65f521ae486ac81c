"""What to look at before a training runs."""

from __future__ import annotations

from typing import Literal

import msgspec

from .runs import Task


class ColumnCheck(msgspec.Struct, frozen=True):
    """A column as the list of features shows it."""

    name: str
    type: str
    role: str
    used: bool
    """Whether the training would learn from it."""
    missing_share: float
    """From 0 to 1."""
    distinct: int
    note: str = ""
    """What is odd about it."""
    severity: Literal["", "note", "warning", "error"] = ""


class CheckFinding(msgspec.Struct, frozen=True):
    """Something to look at before."""

    code: str
    """``leak``, ``identifier``, ``missing``, ``constant``, ``drift``, ``duplicates``, ``one_class`` ..."""
    severity: Literal["good", "note", "warning", "error"]
    title: str
    text: str
    columns: list[str] = []
    """Columns that leaving out would mend it."""


class Period(msgspec.Struct, frozen=True):
    """A month, week or day of the time column, for the chart of the split."""

    label: str
    start: str
    """First day, ISO."""
    rows: int
    mean_target: float
    """NaN where the target is no number."""


class TrainingCheck(msgspec.Struct, frozen=True):
    """What a training on this data would do."""

    data: str
    target: str
    task: Task | None
    task_reason: str
    rows: int
    columns: list[ColumnCheck]
    findings: list[CheckFinding]
    time_column: str = ""
    periods: list[Period] = []
    split_words: str = ""
    """How rows would be held back, in words."""
