"""Is the difference of two models real? Paired bootstrap over the rows that both predicted.

Rows are drawn with replacement, the same ones for both models, and the difference of a metric is computed on each
draw; the interval holds the middle 95 % of the differences (percentile interval, Efron and Tibshirani 1993, chapter
13). Rows that lie in time are drawn in blocks of neighbours, since neighbours err alike (moving blocks, Künsch 1989).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = NDArray[np.float64]

DRAWS = 2000
FEWEST_ROWS = 30
"""With fewer rows an interval says nothing."""
MOST_ROWS = 20_000
"""More rows are thinned to so many; the interval is then a little wide, never narrow."""


@dataclass(frozen=True)
class Predictions:
    """What one model said of the shared rows.

    Attributes
    ----------
    actual : float64 array, shape (n,)
        Values, or positions of classes.
    outputs : float64 array, shape (n,) or (n, classes)
        Predicted values, or probabilities of the classes.
    """

    actual: Floats
    outputs: Floats


@dataclass(frozen=True)
class PairedDifference:
    """Difference of the second model from the first, in one metric."""

    first: float
    second: float
    low: float
    high: float
    rows: int


def draw_weights(rows: int, block: int, seed: int = 0, draws: int = DRAWS) -> NDArray[np.int32]:
    """How often each row is in each draw.

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

    Returns
    -------
    int32 array, shape (draws, rows)
    """
    random = np.random.default_rng(seed)
    weights = np.zeros((draws, rows), np.int32)
    count = -(-rows // block)
    steps = np.arange(block)
    for draw in range(draws):
        starts = random.integers(0, rows - block + 1, count)
        chosen = (starts[:, None] + steps).ravel()[:rows]
        weights[draw] = np.bincount(chosen, minlength=rows)
    return weights


def difference(
    metric: Callable[[Predictions, Weights], Floats],
    first: Predictions,
    second: Predictions,
    weights: NDArray[np.int32],
) -> PairedDifference:
    """The difference of `metric` between two models, with its 95 % interval.

    Parameters
    ----------
    metric : callable
        Takes predictions and weights of shape (draws, n), gives a value per draw.
    first, second : Predictions
        Of the same rows.
    weights : int32 array, shape (draws, n)
        From `draw_weights`.
    """
    whole = np.ones((1, len(first.actual)))
    values = [float(metric(p, whole)[0]) for p in (first, second)]
    drawn = metric(second, weights.astype(np.float64)) - metric(first, weights.astype(np.float64))
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (np.nan, np.nan)
    return PairedDifference(values[0], values[1], float(low), float(high), len(first.actual))


def _mean(errors: Floats, weights: Weights) -> Floats:
    """Weighted mean of `errors` in each draw."""
    return (weights @ errors) / weights.sum(axis=1)


def mae(p: Predictions, weights: Weights) -> Floats:
    """Mean absolute error."""
    return _mean(np.abs(p.outputs - p.actual), weights)


def rmse(p: Predictions, weights: Weights) -> Floats:
    """Root of the mean squared error."""
    return np.sqrt(_mean((p.outputs - p.actual) ** 2, weights))


def r2(p: Predictions, weights: Weights) -> Floats:
    """Share of the variance that is explained; undefined where the draw has one value."""
    mean = _mean(p.actual, weights)
    spread = _mean(p.actual**2, weights) - mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1.0 - _mean((p.outputs - p.actual) ** 2, weights) / spread


def bias_size(p: Predictions, weights: Weights) -> Floats:
    """Size of the mean of predicted minus actual."""
    return np.abs(_mean(p.outputs - p.actual, weights))


def log_loss(p: Predictions, weights: Weights) -> Floats:
    """Mean of minus the logarithm of the probability of the class that was; clipped at 1e-15."""
    chosen = p.outputs[np.arange(len(p.actual)), p.actual.astype(np.int64)]
    return _mean(-np.log(np.clip(chosen, 1e-15, 1.0)), weights)


def accuracy(p: Predictions, weights: Weights) -> Floats:
    """Share of rows whose most probable class is right."""
    return _mean((p.outputs.argmax(axis=1) == p.actual).astype(np.float64), weights)


def brier(p: Predictions, weights: Weights) -> Floats:
    """Mean squared error of the probability of the second class (two classes)."""
    return _mean((p.outputs[:, 1] - p.actual) ** 2, weights)


def roc_auc(p: Predictions, weights: Weights) -> Floats:
    """Area under the ROC curve (two classes), ties counted half: the weighted Mann-Whitney statistic."""
    order = np.argsort(p.outputs[:, 1], kind="stable")
    score, positive = p.outputs[order, 1], p.actual[order] == 1
    ends = np.flatnonzero(np.append(np.diff(score) != 0, True))
    sorted_weights = weights[:, order]
    negatives = np.cumsum(sorted_weights * ~positive, axis=1)[:, ends]
    positives = np.diff(np.cumsum(sorted_weights * positive, axis=1)[:, ends], axis=1, prepend=0)
    before = np.concatenate([np.zeros((len(weights), 1)), negatives[:, :-1]], axis=1)
    wins = (positives * (before + (negatives - before) / 2)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return wins / (positives.sum(axis=1) * negatives[:, -1])


METRICS: dict[str, dict[str, Callable[[Predictions, Weights], Floats]]] = {
    "regression": {"mae": mae, "rmse": rmse, "r2": r2, "bias": bias_size},
    "binary": {"roc_auc": roc_auc, "log_loss": log_loss, "accuracy": accuracy, "brier": brier},
    "multiclass": {"log_loss": log_loss, "accuracy": accuracy},
}
"""Metrics that can be compared row by row, by task."""
