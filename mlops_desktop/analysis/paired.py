"""Is the difference of two models real? Paired bootstrap over the rows that both predicted.

Rows are drawn with replacement, the same ones for all models, and the difference of a metric is computed on each
draw; the interval holds the middle 95 % of the differences (percentile interval, Efron and Tibshirani 1993, chapter
13), and a little more where rows are few (`tail_share`). Rows that lie in time are drawn in blocks of neighbours, since neighbours err alike (moving blocks, Künsch 1989).

A draw is a weight per row: how often the row is in it. The metrics are weighted ones (`analysis.weighted`), computed on
some hundred draws at once, so that memory stays small however many rows and draws there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .weighted import Floats, Metric, Predictions

DRAWS = 2000
FEWEST_ROWS = 30
"""With fewer rows an interval says nothing."""
MOST_ROWS = 20_000
"""More rows are thinned to so many; the interval is then a little wide, never narrow."""
BATCH_WEIGHTS = 2_000_000
"""Weights of draws that are in memory at once."""


@dataclass(frozen=True)
class PairedDifference:
    """Difference of another model from the first, in one metric."""

    first: float
    second: float
    low: float
    high: float
    rows: int


def drawn_weights(rows: int, block: int, seed: int = 0, draws: int = DRAWS) -> Iterator[Floats]:
    """How often each row is in each draw, some draws at a time.

    Parameters
    ----------
    rows : int
        Number of rows, in their order.
    block : int
        Length of the blocks of neighbours; 1 draws rows by themselves.
    seed : int
        Start of the random numbers: the same draws give the same interval.
    draws : int
        Number of draws.

    Yields
    ------
    float64 array, shape (some draws, rows)
    """
    random = np.random.default_rng(seed)
    count, steps = -(-rows // block), np.arange(block)
    batch = max(1, min(draws, BATCH_WEIGHTS // rows))
    for begin in range(0, draws, batch):
        weights = np.empty((min(batch, draws - begin), rows))
        for draw in weights:
            starts = random.integers(0, rows - block + 1, count)
            draw[:] = np.bincount((starts[:, None] + steps).ravel()[:rows], minlength=rows)
        yield weights


def tail_share(rows: int) -> float:
    """Share of the draws to leave out at each end, for an interval of 95 %.

    The draws of few rows scatter less than the metric does, by the square root of (n - 1) / n, and are taken for
    normal where Student's t holds: so a smaller share is left out (expanded percentile interval, Hesterberg 2015,
    section 5.3). The quantile of t is Fisher and Cornish's expansion in 1 / (n - 1) (1960).

    Parameters
    ----------
    rows : int
        Rows, or blocks of them, that are drawn; two or more.
    """
    z, free = 1.959963984540054, rows - 1
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return 0.5 * math.erfc(t * math.sqrt(rows / free) / math.sqrt(2.0))


def differences(
    metrics: dict[str, Metric],
    models: Sequence[Predictions],
    block: int = 1,
    seed: int = 0,
    draws: int = DRAWS,
) -> dict[str, list[PairedDifference]]:
    """The differences of `metrics` between the first model and each other, with their 95 % intervals.

    Parameters
    ----------
    metrics : dict of str to Metric
        From `weighted.METRICS`.
    models : sequence of Predictions
        Of the same rows; two or more.
    block, seed, draws
        See `drawn_weights`.

    Returns
    -------
    dict
        By metric, a difference for each model but the first; NaN limits where no draw defines it.
    """
    rows = len(models[0].actual)
    prepared = {name: [metric(model) for model in models] for name, metric in metrics.items()}
    whole = np.ones((1, rows))
    values = {name: [float(value(whole)[0]) for value in each] for name, each in prepared.items()}
    parts: dict[str, list[Floats]] = {name: [] for name in metrics}
    for weights in drawn_weights(rows, block, seed, draws):
        for name, each in prepared.items():
            parts[name].append(np.array([value(weights) for value in each]))
    found: dict[str, list[PairedDifference]] = {}
    tail = 100 * tail_share(max(2, rows // block))
    ends = [tail, 100 - tail]
    for name, drawn in parts.items():
        found[name] = []
        every = np.concatenate(drawn, axis=1)
        for number in range(1, len(models)):
            change = every[number] - every[0]
            change = change[np.isfinite(change)]
            low, high = np.percentile(change, ends) if len(change) else (np.nan, np.nan)
            first, second = values[name][0], values[name][number]
            found[name].append(PairedDifference(first, second, float(low), float(high), rows))
    return found
