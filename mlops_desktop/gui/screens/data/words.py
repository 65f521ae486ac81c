"""Words and colours of roles and types on the pages of data. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlops_desktop.domain.datasets import Role

if TYPE_CHECKING:
    from mlops_desktop.gui.widgets.labels import Status

ROLE_STATUS: dict[Role, Status] = {
    "feature": "neutral",
    "target": "good",
    "id": "neutral",
    "ignore": "neutral",
    "time": "accent",
    "sensitive": "warn",
}
"""Colour of the chip of a role."""

ROLE_WORDS: dict[Role, str] = {
    "feature": "feature: a model may learn from it",
    "target": "target: what is predicted",
    "id": "id: names the row, never learned from",
    "ignore": "ignore: left out",
    "time": "time: orders the rows",
    "sensitive": "sensitive: looked at for bias",
}
NUMERIC_TYPES = frozenset({"integer", "big integer", "decimal", "exact decimal"})
"""Types whose values stand at the right."""
