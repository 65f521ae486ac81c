"""Metrics of predictions whose rows have weights, one value for each set of weights.

A metric is prepared for the predictions of a model once (sorted, say), and then gives its value for many sets of
weights: `METRICS["binary"]["f1"](predictions)(weights)`. With weights of one the values are those that a run logs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Value = Callable[[Floats], Floats]
"""Takes weights of shape (sets, n), gives a value for each set; NaN where it is undefined."""


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

    @property
    def classes(self) -> Codes:
        """Actual classes as positions."""
        return self.actual.astype(np.int64)

    @property
    def chosen(self) -> Codes:
        """Predicted classes: of two the second from probability 0.5 on, of more the most probable one."""
        if self.outputs.shape[1] == 2:
            return (self.outputs[:, 1] >= 0.5).astype(np.int64)
        return self.outputs.argmax(axis=1).astype(np.int64)


Metric = Callable[[Predictions], Value]


def _share(above: Floats, below: Floats) -> Floats:
    """A quotient that is NaN where it is undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def _mean(each: Floats) -> Value:
    """The weighted mean of a number for each row."""
    return lambda weights: (weights @ each) / weights.sum(axis=1)


def mae(p: Predictions) -> Value:
    """Mean absolute error."""
    return _mean(np.abs(p.outputs - p.actual))


def rmse(p: Predictions) -> Value:
    """Root of the mean squared error."""
    mean = _mean((p.outputs - p.actual) ** 2)
    return lambda weights: np.sqrt(mean(weights))


def median_ae(p: Predictions) -> Value:
    """Median absolute error; between two rows their mean."""
    errors = np.abs(p.outputs - p.actual)
    order = np.argsort(errors, kind="stable")
    errors = errors[order]

    def value(weights: Floats) -> Floats:
        reached = np.cumsum(weights[:, order], axis=1)
        half = reached[:, -1:] / 2
        return (errors[(reached >= half).argmax(axis=1)] + errors[(reached > half).argmax(axis=1)]) / 2

    return value


def r2(p: Predictions) -> Value:
    """Share of the variance that is explained; undefined where all rows have one value."""
    shifted = p.actual - p.actual.mean()  # so that large values keep their digits
    mean, square, error = _mean(shifted), _mean(shifted**2), _mean((p.outputs - p.actual) ** 2)
    return lambda weights: 1.0 - _share(error(weights), square(weights) - mean(weights) ** 2)


def bias_size(p: Predictions) -> Value:
    """Size of the mean of predicted minus actual."""
    mean = _mean(p.outputs - p.actual)
    return lambda weights: np.abs(mean(weights))


def log_loss(p: Predictions) -> Value:
    """Mean of minus the logarithm of the probability of the class that was; clipped at 1e-15."""
    said = p.outputs[np.arange(len(p.actual)), p.classes]
    return _mean(-np.log(np.clip(said, 1e-15, 1.0)))


def accuracy(p: Predictions) -> Value:
    """Share of rows whose class is right."""
    return _mean((p.chosen == p.actual).astype(np.float64))


def brier(p: Predictions) -> Value:
    """Mean squared error of the probability of the second class (two classes)."""
    return _mean((p.outputs[:, 1] - p.actual) ** 2)


def _indicators(codes: Codes, classes: int) -> Floats:
    return (codes[:, None] == np.arange(classes)).astype(np.float64)


def balanced_accuracy(p: Predictions) -> Value:
    """Mean over the classes that occur of the share of their rows that is right."""
    real = _indicators(p.classes, p.outputs.shape[1])
    right = real * (p.chosen == p.actual)[:, None]

    def value(weights: Floats) -> Floats:
        rows = weights @ real
        recall = np.where(rows > 0, (weights @ right) / np.maximum(rows, 1), 0.0)
        return _share(recall.sum(axis=1), (rows > 0).sum(axis=1).astype(np.float64))

    return value


def macro_f1(p: Predictions) -> Value:
    """Mean over the classes that occur of the harmonic mean of precision and recall; 0 where no row is right."""
    real = _indicators(p.classes, p.outputs.shape[1])
    said = _indicators(p.chosen, p.outputs.shape[1])
    right = real * said

    def value(weights: Floats) -> Floats:
        rows = weights @ real
        each = np.where(rows > 0, 2 * (weights @ right) / np.maximum(rows + weights @ said, 1), 0.0)
        return _share(each.sum(axis=1), (rows > 0).sum(axis=1).astype(np.float64))

    return value


def _of_positives(share: Callable[[Floats, Floats, Floats], Floats]) -> Metric:
    """A metric of the rows that are hit, predicted and actually positive (two classes)."""

    def metric(p: Predictions) -> Value:
        said, real = (p.chosen == 1).astype(np.float64), (p.actual == 1).astype(np.float64)
        return lambda weights: share(weights @ (said * real), weights @ said, weights @ real)

    return metric


precision = _of_positives(lambda hit, said, real: _share(hit, said))
recall = _of_positives(lambda hit, said, real: _share(hit, real))
f1 = _of_positives(lambda hit, said, real: _share(2 * hit, said + real))


def _cumulated(weights: Floats) -> Floats:
    """Sums of the first 0, 1, 2 ... columns."""
    return np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)


def roc_auc(p: Predictions) -> Value:
    """Area under the ROC curve (two classes), ties counted half: the weighted Mann-Whitney statistic."""
    score = p.outputs[:, 1]
    positive, negative = np.flatnonzero(p.actual == 1), np.flatnonzero(p.actual != 1)
    negative = negative[np.argsort(score[negative], kind="stable")]
    below = np.searchsorted(score[negative], score[positive], side="left")
    not_above = np.searchsorted(score[negative], score[positive], side="right")

    def value(weights: Floats) -> Floats:
        ours, lower = weights[:, positive], _cumulated(weights[:, negative])
        wins = (ours * (lower[:, below] + lower[:, not_above])).sum(axis=1) / 2
        return _share(wins, ours.sum(axis=1) * lower[:, -1])

    return value


def pr_auc(p: Predictions) -> Value:
    """Average precision (two classes): precision at each positive row's score, without interpolation."""
    score = -p.outputs[:, 1]
    order = np.argsort(score, kind="stable")
    positive = order[p.actual[order] == 1]
    all_until = np.searchsorted(score[order], score[positive], side="right")
    positive_until = np.searchsorted(score[positive], score[positive], side="right")

    def value(weights: Floats) -> Floats:
        ours = weights[:, positive]
        reached = _share(_cumulated(ours)[:, positive_until], _cumulated(weights[:, order])[:, all_until])
        return _share((ours * np.nan_to_num(reached)).sum(axis=1), ours.sum(axis=1))

    return value


METRICS: dict[str, dict[str, Metric]] = {
    "regression": {"mae": mae, "rmse": rmse, "r2": r2, "median_ae": median_ae, "bias": bias_size},
    "binary": {
        "roc_auc": roc_auc,
        "pr_auc": pr_auc,
        "log_loss": log_loss,
        "accuracy": accuracy,
        "balanced_accuracy": balanced_accuracy,
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "brier": brier,
    },
    "multiclass": {
        "log_loss": log_loss,
        "accuracy": accuracy,
        "balanced_accuracy": balanced_accuracy,
        "f1": macro_f1,
    },
}
"""Metrics that can be computed row by row, by task and by the name that runs log them under."""
