"""Series of charts, and the one colour that a run or model has everywhere. No Qt; numpy only for very many points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_MANY = 5_000
"""From here on numpy is worth its import."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or cloud of points.

    Parameters
    ----------
    name : str
        Shown in legend, readout and table.
    x, y : sequence of float
        Of the same length; None, NaN and infinity leave a gap.
    colour : int
        Index of the colour and dash (`SeriesColours`); -1 is the grey of references.
    band : (sequence, sequence), optional
        Lower and upper bound, drawn behind the line.
    filled : bool
        The ground below the line is tinted.
    """

    name: str
    x: Sequence[float | None]
    y: Sequence[float | None]
    colour: int = 0
    band: tuple[Sequence[float], Sequence[float]] | None = None
    filled: bool = False
    keys: Sequence[str] = field(default=())
    """What each point is, for picking (one per point, or none)."""
    lost: tuple[int, int] | None = None
    """Where the points are a choice of more: how many of all are no numbers, and how many are not above 0."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright dashed line with a word: "drift alert 20 Nov"."""

    x: float
    text: str
    role: str = "warn"


class SeriesColours:
    """Gives each run or model its index of colour and dash, and keeps it.

    Hand one object to all charts and tables of a project. A key that was seen keeps its index until `forget`; a new
    one takes the lowest that is free among the keys `in_use`.
    """

    def __init__(self) -> None:
        self._index: dict[str, int] = {}

    def index(self, key: str, in_use: Iterable[str] = ()) -> int:
        """Index of `key`; of the keys `in_use` (shown beside it) none has the same if that can be."""
        found = self._index.get(key)
        if found is None:
            taken = {self._index[k] for k in in_use if k in self._index} or set(self._index.values())
            found = next(i for i in range(len(taken) + 1) if i not in taken)
            self._index[key] = found
        return found

    def assign(self, keys: Sequence[str]) -> dict[str, int]:
        """Indices of keys shown together, all different; keys seen before keep theirs where that is possible."""
        taken: dict[str, int] = {}
        for key in keys:
            old = self._index.get(key)
            if old is not None and old not in taken.values():
                taken[key] = old
        for key in keys:
            if key not in taken:
                taken[key] = next(i for i in range(len(keys) + 1) if i not in taken.values())
        self._index |= taken
        return taken

    def forget(self, key: str) -> None:
        """It is shown no more: its index is free for others."""
        self._index.pop(key, None)


def is_number(value: float | None) -> bool:
    """Whether a value can stand in a chart."""
    return value is not None and math.isfinite(value)


def gaps(series: Series, *, log_y: bool = False) -> int:
    """How many points of `series` can't be shown (missing, not finite, or not above 0 on a log axis)."""
    if series.lost is not None:
        return series.lost[0] + (series.lost[1] if log_y else 0)
    if len(series.x) > _MANY:
        import numpy as np

        x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
        able = np.isfinite(x) & np.isfinite(y)
        return int(len(x) - np.count_nonzero(able & (y > 0) if log_y else able))
    return sum(
        not (is_number(x) and is_number(y)) or (log_y and y is not None and y <= 0)
        for x, y in zip(series.x, series.y, strict=True)
    )


def summary_of(series: Sequence[Series], what: str = "") -> str:
    """A sentence for people who can't see the chart: each series with its range and where it ends."""
    sentences: list[str] = []
    for one in series:
        facts = facts_of(one.y)
        if facts is None:
            sentences.append(f"{one.name} has no values.")
            continue
        count, first, last, low, high = facts
        sentences.append(
            f"{one.name}: {count:,} points from {first:.4g} to {last:.4g}, lowest {low:.4g}, highest {high:.4g}."
        )
    head = f"{what}. " if what else ""
    return head + (" ".join(sentences) if sentences else "Nothing to show.")


def facts_of(values: Sequence[float | None]) -> tuple[int, float, float, float, float] | None:
    """Number, first, last, lowest and highest of the values that can be shown."""
    if len(values) > _MANY:
        import numpy as np

        array = np.asarray(values, dtype=float)
        able = array[np.isfinite(array)]
        if not len(able):
            return None
        return len(able), float(able[0]), float(able[-1]), float(able.min()), float(able.max())
    plain = [y for y in values if y is not None and math.isfinite(y)]
    return (len(plain), plain[0], plain[-1], min(plain), max(plain)) if plain else None
