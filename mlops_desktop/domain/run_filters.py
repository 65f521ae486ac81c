"""The filter of runs as people write it: ``mae < 140 and data = bikes and not failed``."""

from __future__ import annotations

import math
import re
from typing import Literal

import msgspec

from .errors import InvalidInputError, Where

Operator = Literal["", "<=", ">=", "!=", "=", "<", ">"]
_AND = re.compile(r'\s+and\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', re.IGNORECASE)
"""An "and" that doesn't stand within quotes."""
_NOT = re.compile(r"not\s+", re.IGNORECASE)
_CONDITION = re.compile(r"^(?P<field>[^<>=!]+?)\s*(?P<operator><=|>=|!=|=|<|>)\s*(?P<value>.*)$")
_QUOTES = "\"'“”"


class RunCondition(msgspec.Struct, frozen=True):
    """One part of a filter: a word to find, or a field held against a value."""

    text: str
    """The word or the value, as typed."""
    field: str = ""
    """What is held against it, as `field_key` gives it; empty for a word."""
    operator: Operator = ""
    negated: bool = False

    @property
    def number(self) -> float | None:
        """The value as a number, if it is one."""
        try:
            found = float(self.text.rstrip("%s ").replace(",", "").replace("−", "-"))
        except ValueError:
            return None
        return None if math.isnan(found) else found


def parse_filter(text: str) -> tuple[RunCondition, ...]:
    """The conditions of a filter, which all must hold.

    Raises
    ------
    InvalidInputError
        A part has no value or no name, or there is nothing between two "and".

    Examples
    --------
    >>> [c.text for c in parse_filter('mae < 140 and not failed and data = "rain and snow"')]
    ['140', 'failed', 'rain and snow']
    """
    if not text.strip():
        return ()
    return tuple(_condition(part.strip()) for part in _AND.split(text.strip()))


def _condition(part: str) -> RunCondition:
    negated = bool(_NOT.match(part))
    part = _NOT.sub("", part, count=1) if negated else part
    if not part or part.lower() in ("and", "not"):
        raise refused("Something is missing beside “and” or “not”.")
    found = _CONDITION.match(part)
    if found is None:
        if any(sign in part for sign in "<>="):
            raise refused(f"“{part}” begins with no name of a column.")
        return RunCondition(part.strip(_QUOTES), negated=negated)
    value = found["value"].strip().strip(_QUOTES)
    if not value:
        raise refused(f"What should “{found['field'].strip()}” be held against?")
    operator: Operator = found["operator"]  # type: ignore[assignment]
    return RunCondition(value, field_key(found["field"]), operator, negated)


def field_key(name: str) -> str:
    """How fields are looked up: ``ROC AUC`` and ``roc_auc`` are one."""
    return re.sub(r"[\s_]+", "_", name.strip().lower())


def refused(why: str) -> InvalidInputError:
    """A filter that can't be taken."""
    return InvalidInputError(why, where=Where(field="filter"))
