"""Columns that give the target away: a feature that nobody has when the model must predict."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_PAIRED = 60
"""Numeric columns whose pairs are tried."""
SAME_SHARE = 0.999
"""Share of the rows in which a relation must hold to be named."""


@dataclass(frozen=True)
class Leak:
    """A relation that holds in nearly every row."""

    columns: tuple[str, ...]
    words: str
    share: float
    """Rows in which it holds, from 0 to 1."""


def find_leaks(target: str, values: Floats, columns: Mapping[str, Floats]) -> list[Leak]:
    """Columns that equal the target, and pairs whose sum or difference does.

    Parameters
    ----------
    target : str
        Name of the target.
    values : float64 array, shape (n,)
        The target; NaN where missing.
    columns : mapping of str to float64 array of shape (n,)
        Numeric columns.

    Returns
    -------
    list of Leak
        Single columns first; a pair whose column leaks by itself is left out.
    """
    found: list[Leak] = []
    if len(np.unique(values[np.isfinite(values)])) < 3:
        return found
    for name, column in columns.items():
        if (share := _same(column, values)) >= SAME_SHARE:
            found.append(Leak((name,), f"{name} = {target}", share))
    alone = {leak.columns[0] for leak in found}
    rest = [n for n, c in columns.items() if n not in alone and np.nanstd(c) > 0][:MOST_PAIRED]
    for a, b in itertools.combinations(rest, 2):
        for sign, left, right in (("+", a, b), ("−", a, b), ("−", b, a)):
            total = columns[left] + columns[right] if sign == "+" else columns[left] - columns[right]
            if (share := _same(total, values)) >= SAME_SHARE:
                found.append(Leak((left, right), f"{left} {sign} {right} = {target}", share))
    return found


def _same(column: Floats, values: Floats) -> float:
    """Share of the rows where both are known in which they are equal; 0 with fewer than ten such rows."""
    known = np.isfinite(column) & np.isfinite(values)
    if known.sum() < 10:
        return 0.0
    return float(np.isclose(column[known], values[known], rtol=1e-9, atol=1e-12).mean())
