"""Stretches of two versions: rows of one file each, and which of them the versions share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from .pieces import Piece


class Stretch(msgspec.Struct, frozen=True):
    """Rows `low` to `high` (exclusive) of the file of piece number `k`, which may differ."""

    k: int
    piece: Piece
    low: int
    high: int
    patches: tuple[str, ...] | None = None
    """Only rows in one of these patches may differ; None: all of them."""


def paired(
    mine: Sequence[Stretch], theirs: Sequence[Stretch], same: Callable[[Stretch, Stretch, int], bool]
) -> tuple[list[tuple[Stretch, Stretch]], list[Stretch], list[Stretch]]:
    """Pairs of stretches over the same rows for which ``same(old, new, first row)`` holds, and what is left of each side."""
    pairs: list[tuple[Stretch, Stretch]] = []
    left: list[Stretch] = []
    others = list(theirs)
    todo = deque(mine)
    while todo:
        old = todo.popleft()
        for i, new in enumerate(others):
            low, high = max(old.low, new.low), min(old.high, new.high)
            if low < high and same(old, new, low):
                pairs.append((_cut(old, low, high), _cut(new, low, high)))
                others[i : i + 1] = _around(new, low, high)
                todo.extendleft(reversed(_around(old, low, high)))
                break
        else:
            left.append(old)
    return pairs, left, others


def _cut(stretch: Stretch, low: int, high: int) -> Stretch:
    return msgspec.structs.replace(stretch, low=low, high=high)


def _around(stretch: Stretch, low: int, high: int) -> list[Stretch]:
    sides = [_cut(stretch, stretch.low, low), _cut(stretch, high, stretch.high)]
    return [side for side in sides if side.low < side.high]
