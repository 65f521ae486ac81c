"""The filter of the runs table: ``mae < 140 and data = bikes and not failed``. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mlops_desktop.gui.language import tr

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "!=": lambda a, b: a != b,
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_NOT = re.compile(r"not\s+", re.IGNORECASE)
_CONDITION = re.compile(r"^(?P<field>[^<>=!]+?)\s*(?P<operator><=|>=|!=|=|<|>)\s*(?P<value>.*)$")


class FilterError(ValueError):
    """A filter that can't be understood; the text says which part and why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One part of a filter: a word to find, or a field held against a value."""

    text: str
    """The word, or the value, in lower case."""
    field: str = ""
    operator: str = ""
    negated: bool = False

    @property
    def number(self) -> float | None:
        """The value as a number, if it is one."""
        try:
            return float(self.text.rstrip("%s ").replace(",", "").replace("−", "-"))
        except ValueError:
            return None


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions of a filter, which all must hold.

    Raises
    ------
    FilterError
        A part has no value, or there is nothing between two "and".

    Examples
    --------
    >>> parse("mae < 140 and not failed")
    (Condition(text='140', field='mae', operator='<', negated=False), Condition(text='failed', field='', operator='', negated=True))
    """
    if not text.strip():
        return ()
    return tuple(_condition(part.strip()) for part in _AND.split(text.strip()))


def _condition(part: str) -> Condition:
    negated = bool(_NOT.match(part))
    part = _NOT.sub("", part, count=1) if negated else part
    if not part or part.lower() in ("and", "not"):
        raise FilterError(tr("Something is missing beside “and” or “not”."))
    found = _CONDITION.match(part)
    if found is None:
        if any(sign in part for sign in "<>="):
            raise FilterError(tr("“{}” begins with no name of a column.").format(part))
        return Condition(part.strip("\"'“”").lower(), negated=negated)
    value = found["value"].strip().strip("\"'“”")
    if not value:
        raise FilterError(tr("What should “{}” be held against?").format(found["field"].strip()))
    return Condition(value.lower(), field_key(found["field"]), found["operator"], negated)


def field_key(name: str) -> str:
    """How fields are looked up: ``ROC AUC`` and ``roc_auc`` are one."""
    return re.sub(r"[\s_]+", "_", name.strip().lower())


def holds(condition: Condition, words: str, fields: Mapping[str, Any]) -> bool:
    """Whether a run meets a condition.

    Parameters
    ----------
    words : str
        All that can be found by a word, in lower case.
    fields : mapping
        Values by `field_key`; a tuple of words is met by any of them.
    """
    if not condition.field:
        return (condition.text in words) != condition.negated
    value = fields.get(condition.field)
    return _compare(value, condition) != condition.negated


def _compare(value: Any, condition: Condition) -> bool:
    compare = OPERATORS[condition.operator]
    if isinstance(value, tuple):
        found = any(str(v).lower() == condition.text for v in value)
        return found if condition.operator == "=" else not found if condition.operator == "!=" else False
    if value is None:
        return condition.operator == "!="
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = condition.number
        return number is not None and compare(value, number)
    return compare(str(value).lower(), condition.text)
