"""What the charts of a run show: curves, confusion, residuals, importance; and a model's signature."""

from __future__ import annotations

from typing import Literal

import msgspec

from .imports import Spelling
from .runs import Task


class RocCurve(msgspec.Struct, frozen=True):
    """Share of positives found against share of negatives taken for positive, by threshold."""

    label: str
    """The class that counts as positive."""
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    thresholds: list[float]
    area: float


class PrCurve(msgspec.Struct, frozen=True):
    """Precision against recall, by threshold."""

    label: str
    recall: list[float]
    precision: list[float]
    thresholds: list[float]
    average_precision: float
    base_rate: float
    """Share of positives: the precision of chance."""


class Confusion(msgspec.Struct, frozen=True):
    """Counts of actual (rows) against predicted (columns) classes, in the order of `labels`."""

    labels: list[str]
    counts: list[list[int]]
    threshold: float | None = None
    """Probability from which the positive class is predicted; None for several classes."""


class Residuals(msgspec.Struct, frozen=True):
    """Actual and predicted values, row by row; perhaps a sample, which `note` then says."""

    actual: list[float]
    predicted: list[float]
    rows: list[int]
    """Position in the training input, from 0."""
    total_rows: int
    note: str = ""


class Importance(msgspec.Struct, frozen=True):
    """How much the model leans on each feature."""

    names: list[str]
    """As written, the most important first."""
    values: list[float]
    """Shares that sum to 1."""
    method: str
    """``gain``, ``impurity``, ``coefficient`` or ``permutation``."""
    note: str = ""


class Evaluation(msgspec.Struct, frozen=True):
    """Everything that the charts of a run show, of the rows that the model had not seen."""

    task: Task
    rows: int
    of: str
    """Which rows: ``test`` or ``folds``."""
    metrics: dict[str, float]
    undefined: dict[str, str] = {}
    roc: list[RocCurve] = []
    pr: list[PrCurve] = []
    confusion: Confusion | None = None
    residuals: Residuals | None = None
    importance: Importance | None = None


class SignatureInput(msgspec.Struct, frozen=True):
    """A column that the model takes."""

    name: str
    type: str
    """``integer``, ``decimal``, ``boolean``, ``text``, ``date``, ``timestamp`` or ``time``."""
    may_be_missing: bool = True
    used: bool = True
    """False: accepted, but the model doesn't look at it."""
    required: bool = True
    """Whether a table without this column is refused."""
    categories: list[str] = []
    """Values that training had, the most frequent first; perhaps not all, see `more_categories`."""
    more_categories: int = 0
    minimum: bool | float | str | None = None
    maximum: bool | float | str | None = None
    example: float | int | bool | str | None = None
    spelling: Spelling | None = None
    """How the file of the training data wrote its values, where not plainly: a file to score may do so too."""


class Signature(msgspec.Struct, frozen=True):
    """What a model takes and gives."""

    inputs: list[SignatureInput]
    task: Task
    target: str
    output_type: Literal["integer", "decimal", "boolean", "text", "date", "timestamp"]
    labels: list[str | int | float | bool] = []
    """Classes in the order of their probabilities, in their own type."""
    positive: str | int | float | bool | None = None
