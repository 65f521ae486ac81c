"""Curves of very many points: which of them draw the same line, and the mean around each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def thinned(values: Floats, most: int) -> Places:
    """Places of the points that draw the same line as all of `values`.

    Of equal stretches the smallest and the largest value stay, the smallest above 0 (a logarithmic axis begins there)
    and the first that is no number (a gap stays a gap); of all the first and the last. This is the decimation by
    minimum and maximum that oscilloscopes use.

    Parameters
    ----------
    values : ndarray of shape (n,)
        May hold NaN and infinity.
    most : int
        So many points are enough; up to twice as many stay where stretches need all four. 0: all.

    Returns
    -------
    ndarray of int
        In rising order.
    """
    count = len(values)
    if most <= 0 or count <= most:
        return np.arange(count)
    stretches = max(1, (most - 2) // 2)
    stretch = np.arange(count) * stretches // count
    finite = np.isfinite(values)
    kept = [
        np.array([0, count - 1]),
        _extremes(values, finite, stretch, np.minimum),
        _extremes(values, finite, stretch, np.maximum),
        _extremes(values, finite & (values > 0), stretch, np.minimum),
        _firsts(~finite, stretch),
    ]
    return np.unique(np.concatenate(kept))


def moving_mean(values: Floats, width: int) -> Floats:
    """The mean of the `width` points around each, of those that there are near the ends.

    What is no finite number is left out of the means and stays as it is.
    """
    if width <= 1 or not len(values):
        return values
    finite = np.isfinite(values)
    ones = np.ones(width)
    begin = width // 2
    # Divided first: the sum of numbers near the largest one would be infinite.
    sums = np.convolve(np.where(finite, values, 0.0) / width, ones)[begin : begin + len(values)]
    counts = np.convolve(finite.astype(np.float64), ones)[begin : begin + len(values)]
    return np.where(finite, sums * (width / np.maximum(counts, 1.0)), values)


def _extremes(values: Floats, able: NDArray[np.bool_], stretch: Places, extreme: Any) -> Places:
    """The first place of the smallest (or largest) value in each stretch, among those that are `able`."""
    worst = np.inf if extreme is np.minimum else -np.inf
    candidates = np.where(able, values, worst)
    begins = np.flatnonzero(np.diff(stretch, prepend=-1))
    return _firsts(able & (candidates == extreme.reduceat(candidates, begins)[stretch]), stretch)


def _firsts(chosen: NDArray[np.bool_], stretch: Places) -> Places:
    """The first chosen place of each stretch that has one."""
    places = np.flatnonzero(chosen)
    return places[np.flatnonzero(np.diff(stretch[places], prepend=-1))]
