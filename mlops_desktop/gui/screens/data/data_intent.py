"""What a person wants to see of the data sets; kept with the place. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mlops_desktop.domain.datasets import Condition, SortKey
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.references import parse_ref

Tab = Literal["table", "profile", "changes", "about"]


@dataclass(frozen=True, slots=True)
class DataIntent:
    """A data set, one of its versions, and what is looked at in it.

    Parameters
    ----------
    dataset : str
        Name; empty takes the first.
    version : int, optional
        Number; None takes the newest.
    sort, where : tuple
        Order and filters of the table.
    column : str
        Column that the inspector shows.
    against : int, optional
        Version that the changes are held against; None takes the one before.
    trash : bool
        The data sets in the trash instead.
    """

    dataset: str = ""
    version: int | None = None
    tab: Tab = "table"
    sort: tuple[SortKey, ...] = ()
    where: tuple[Condition, ...] = ()
    column: str = ""
    against: int | None = None
    trash: bool = False


def intent_of(reference: str) -> DataIntent:
    """The intent that a reference such as ``bikes`` or ``bikes@3`` means; a tag shows the newest version."""
    try:
        ref = parse_ref(reference)
    except InvalidInputError:
        return DataIntent()
    return DataIntent(ref.name, ref.number)


def with_condition(intent: DataIntent, condition: Condition) -> DataIntent:
    """A further filter; the same one twice changes nothing."""
    if condition in intent.where:
        return intent
    return replace(intent, where=(*intent.where, condition))


def without_condition(intent: DataIntent, place: int) -> DataIntent:
    """Take the filter at `place` away."""
    return replace(intent, where=intent.where[:place] + intent.where[place + 1 :])


def operators_of(kind: str) -> tuple[tuple[str, str], ...]:
    """Operators that make sense for a shown type, with their words."""
    missing = (("is missing", "is missing"), ("is not missing", "is not missing"))
    if kind in ("yes/no", "binary", "nested"):
        return (("=", "is"), ("!=", "is not"), *missing) if kind == "yes/no" else missing
    if kind == "text":
        return (("contains", "contains"), ("=", "is"), ("!=", "is not"), *missing)
    order = ((">=", "at least"), (">", "above"), ("<=", "at most"), ("<", "below"))
    return (("=", "is"), ("!=", "is not"), *order, *missing)


def condition_words(condition: Condition) -> str:
    """A filter as its pill says it: ``hour ≥ 7``, ``weather is missing``."""
    signs = {">=": "≥", "<=": "≤", "!=": "≠"}
    words = f"{condition.column} {signs.get(condition.operator, condition.operator)}"
    return words if "missing" in condition.operator else f"{words} {condition.value}"
