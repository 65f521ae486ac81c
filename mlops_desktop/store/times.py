"""Times and JSON as the store keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from mlops_desktop.domain import json_numbers

S = TypeVar("S")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The time in UTC, as the store keeps it."""
    return datetime.now(UTC)


def aware(value: Any) -> Any:
    """A time from the store, which is UTC, with its zone."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def naive(value: Any) -> Any:
    """A time as the store keeps it: UTC without zone."""
    return (
        value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
    )


def microseconds(value: datetime) -> int:
    """Microseconds since 1970 in UTC, exactly; a time without zone is UTC."""
    return (aware(value) - _EPOCH) // timedelta(microseconds=1)


def to_json(value: Any) -> str:
    """`value` as JSON text for a column; NaN and infinity survive."""
    return json_numbers.encode(value).decode()


def from_json(text: str, kind: type[S]) -> S:
    """The value of a JSON column."""
    return json_numbers.decode(text, kind)
