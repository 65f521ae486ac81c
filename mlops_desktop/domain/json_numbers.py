"""JSON that keeps NaN and infinity: as the texts ``"nan"``, ``"inf"``, ``"-inf"``, read back as numbers."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def finite(value: Any) -> Any:
    """`value` (plain lists, dicts and scalars) with each NaN and infinity as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def encode(value: Any) -> bytes:
    """`value` as JSON; structs, times and numbers that JSON has not included."""
    return msgspec.json.encode(finite(msgspec.to_builtins(value)))


def decode(data: bytes | str, kind: type[T]) -> T:
    """The value of type `kind` in JSON written by `encode`."""
    return msgspec.json.decode(data, type=kind, strict=False)
