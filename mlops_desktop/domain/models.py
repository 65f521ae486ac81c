"""Registered models, their versions and aliases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

ALIASES: tuple[str, ...] = ("champion", "challenger")
"""Aliases that the window offers; any other word can be set too."""


class ModelVersion(msgspec.Struct, frozen=True):
    """A run's model under a name; never changes once registered."""

    model: str
    number: int
    run_id: int
    algorithm: str
    task: str
    target: str
    data: str
    """The version it was trained on, as ``bikes@22``."""
    metrics: dict[str, float]
    main_metric: str
    created_at: datetime
    created_by: str
    notes: str = ""
    aliases: list[str] = []

    @property
    def ref(self) -> str:
        """How people write it: ``churn@2``."""
        return f"{self.model}@{self.number}"


class Model(msgspec.Struct, frozen=True):
    """A named line of model versions."""

    model_id: int
    name: str
    notes: str
    tags: list[str]
    created_at: datetime
    versions: list[ModelVersion]
    aliases: dict[str, int]
    """Alias to number of the version it points at."""
    trashed_at: datetime | None = None


class AliasMove(msgspec.Struct, frozen=True):
    """Who moved an alias, when, from where to where."""

    model: str
    alias: str
    from_number: int | None
    to_number: int | None
    at: datetime
    actor: str
    via: str
    """The verb that did it, as ``models.set_alias``, ``activity.undo``."""


class Prediction(msgspec.Struct, frozen=True):
    """What a model says of one row."""

    value: Any
    probabilities: dict[str, float]
    notes: list[str]
    """Unseen categories, values taken as missing ..., in words."""


class ScoredFile(msgspec.Struct, frozen=True):
    """The outcome of scoring a file."""

    path: str
    rows: int
    model: str
    seconds: float
    notes: list[str]
