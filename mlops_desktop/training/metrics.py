"""Scores of predictions; one that can't be computed is NaN, with the reason beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sklearn.metrics

from mlops_desktop.bundle.scorer import shown
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.runs import Task
from mlops_desktop.training.precision import power_of_two

skm: Any = sklearn.metrics
_SMALLEST = 1e-15
"""Probabilities are clipped to this for the log loss, else one sure mistake makes it infinite."""


@dataclass
class Scores:
    """Metrics by name, and the reason of each that is NaN."""

    values: dict[str, float] = field(default_factory=dict[str, float])
    undefined: dict[str, str] = field(default_factory=dict[str, str])
    partial: dict[str, str] = field(default_factory=dict[str, str])
    """Metric that is the mean of some folds only, to which ones are left out and why."""

    def put(self, name: str, compute: Callable[[], Any], unless: str = "") -> None:
        """Compute the metric `name`, `unless` a reason says that it can't be."""
        value = math.nan if unless else float(compute())
        if math.isnan(value):
            self.undefined[name] = unless or "the predictions are not all numbers"
        self.values[name] = value


def score_classes(actual: Array, outputs: Array, chosen: Array, labels: list[Any]) -> Scores:
    """Scores of a classifier.

    Parameters
    ----------
    actual, chosen : int64 arrays
        Actual and predicted classes as positions in `labels`.
    outputs : float64 array, rows x classes
        Probabilities.

    Notes
    -----
    Of two classes the second is the positive one. ROC AUC of several classes is the mean of one-against-rest
    over the classes that occur (Fawcett 2006); PR AUC is average precision, without interpolation.
    """
    scores = Scores()
    if len(actual) == 0:
        return _none(_names("binary" if len(labels) == 2 else "multiclass"), "there are no rows to test on")
    present = np.unique(actual)
    one = f"all {len(actual):,} test rows are “{shown(labels[present[0]])}”" if len(present) == 1 else ""
    clipped = np.clip(outputs, _SMALLEST, 1.0)
    scores.put("log_loss", lambda: 0.0 - np.log(clipped[np.arange(len(actual)), actual]).mean())
    scores.put("accuracy", lambda: (actual == chosen).mean())
    recalls = [float((chosen[actual == label] == label).mean()) for label in present]
    scores.put("balanced_accuracy", lambda: np.mean(recalls), one)
    if len(labels) == 2:
        _score_two(scores, actual, outputs[:, 1], chosen, labels, one)
    else:
        scores.put(
            "roc_auc",
            lambda: np.mean([skm.roc_auc_score(actual == label, outputs[:, label]) for label in present]),
            one,
        )
        scores.put(
            "f1", lambda: skm.f1_score(actual, chosen, average="macro", labels=present, zero_division=0.0)
        )
    return scores


def _score_two(
    scores: Scores, actual: Array, positive: Array, chosen: Array, labels: list[Any], one: str
) -> None:
    name = shown(labels[1])
    hits = int(((chosen == 1) & (actual == 1)).sum())
    predicted, real = int((chosen == 1).sum()), int((actual == 1).sum())
    none_real = "" if real else f"no test row is “{name}”"
    none_predicted = "" if predicted else f"no row was predicted “{name}”"
    scores.put("roc_auc", lambda: skm.roc_auc_score(actual, positive), one)
    scores.put("pr_auc", lambda: skm.average_precision_score(actual, positive), none_real)
    scores.put("precision", lambda: hits / predicted, none_predicted)
    scores.put("recall", lambda: hits / real, none_real)
    neither = none_real if not predicted and not real else ""
    scores.put("f1", lambda: 2 * hits / (predicted + real), neither)
    scores.put("brier", lambda: np.mean((positive - actual) ** 2))


def score_numbers(actual: Array, predicted: Array) -> Scores:
    """Scores of a regression, in the target's unit where they have one.

    Squares are taken in parts of a power of two, so that those of tiny and huge numbers are numbers.
    """
    if len(actual) == 0:
        return _none(_names("regression"), "there are no rows to test on")
    scores = Scores()
    errors = predicted - actual
    unit, apart = power_of_two(float(np.abs(errors).max())), actual - actual.mean()
    size = power_of_two(float(np.abs(apart).max()))
    squares, spread = float(((errors / unit) ** 2).sum()), float(((apart / size) ** 2).sum())
    constant = (
        f"the target is the same in all {len(actual):,} test rows" if (actual == actual[0]).all() else ""
    )
    scores.put("mae", lambda: np.abs(errors).mean())
    scores.put("rmse", lambda: math.sqrt(squares / len(errors)) * unit)
    scores.put("median_ae", lambda: np.median(np.abs(errors)))
    scores.put("bias", lambda: errors.mean())
    scores.put("r2", lambda: 1.0 - squares / spread * (np.float64(unit) / size) ** 2, constant)
    return scores


def _names(task: Task) -> list[str]:
    from mlops_desktop.domain.runs import METRICS

    return [info.name for info in METRICS if task in info.tasks]


def _none(names: list[str], reason: str) -> Scores:
    return Scores(dict.fromkeys(names, math.nan), dict.fromkeys(names, reason))


def mean_over_folds(folds: list[Scores], names: list[str]) -> tuple[Scores, dict[str, list[float]]]:
    """The mean of each metric over the folds where it is defined, and its value in each fold.

    A metric that is undefined on some folds is the mean of the others, and that is said; on all, it is undefined.
    """
    total = Scores()
    values: dict[str, list[float]] = {}
    for metric in folds[0].values:
        each = [fold.values[metric] for fold in folds]
        values[metric] = each
        known = [v for v in each if not math.isnan(v)]
        total.values[metric] = float(np.mean(known)) if known else math.nan
        if len(known) < len(each):
            gone = [
                f"{names[i]}: {fold.undefined.get(metric, 'undefined')}"
                for i, fold in enumerate(folds)
                if math.isnan(fold.values[metric])
            ]
            where = f"undefined on {len(gone)} of {len(each)} folds ({'; '.join(gone[:5])})"
            if known:
                total.partial[metric] = f"the mean of {len(known)} of {len(each)} folds, {where}"
            else:
                total.undefined[metric] = where
    return total, values
