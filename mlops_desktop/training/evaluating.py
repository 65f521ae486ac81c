"""What the charts of a run show, computed from predictions of rows that the model had not seen."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sklearn.metrics

from mlops_desktop.bundle.scorer import shown
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.evaluations import Confusion, Importance, PrCurve, Residuals, RocCurve

skm: Any = sklearn.metrics
CURVE_POINTS = 500
MOST_RESIDUALS = 5_000
MOST_CURVES = 20
"""Classes with a curve of their own: the most frequent ones."""


def roc_curves(actual: Array, outputs: Array, labels: list[Any]) -> list[RocCurve]:
    """A curve for the positive class, or one a class if there are several; none where it is undefined."""
    curves: list[RocCurve] = []
    for label in _charted(actual, labels):
        is_it = actual == label
        if is_it.all() or not is_it.any():
            continue
        false_rate, true_rate, thresholds = skm.roc_curve(is_it, outputs[:, label])
        keep = _thinned(len(false_rate))
        thresholds = np.where(np.isinf(thresholds), 1.0, thresholds)
        curves.append(
            RocCurve(
                shown(labels[label]),
                false_rate[keep].tolist(),
                true_rate[keep].tolist(),
                thresholds[keep].tolist(),
                float(skm.auc(false_rate, true_rate)),
            )
        )
    return curves


def pr_curves(actual: Array, outputs: Array, labels: list[Any]) -> list[PrCurve]:
    """As `roc_curves`, of precision against recall."""
    curves: list[PrCurve] = []
    for label in _charted(actual, labels):
        is_it = actual == label
        if not is_it.any():
            continue
        precision, recall, thresholds = skm.precision_recall_curve(is_it, outputs[:, label])
        keep = _thinned(len(thresholds))
        area = float(skm.average_precision_score(is_it, outputs[:, label]))
        curves.append(
            PrCurve(
                shown(labels[label]),
                [*recall[keep].tolist(), 0.0],
                [*precision[keep].tolist(), 1.0],
                thresholds[keep].tolist(),
                area,
                float(is_it.mean()),
            )
        )
    return curves


def _charted(actual: Array, labels: list[Any]) -> list[int]:
    if len(labels) == 2:
        return [1]
    counts = np.bincount(actual, minlength=len(labels))
    return sorted(np.argsort(-counts, kind="stable")[:MOST_CURVES].tolist())


def _thinned(points: int) -> Array:
    """Positions of at most `CURVE_POINTS` points, first and last among them."""
    return np.unique(np.linspace(0, points - 1, min(points, CURVE_POINTS)).round().astype(np.int64))


def confusion(actual: Array, chosen: Array, labels: list[Any], threshold: float | None) -> Confusion:
    """Counts of actual (rows) against predicted (columns) classes."""
    size = len(labels)
    counts = np.bincount(actual * size + chosen, minlength=size * size).reshape(size, size)
    return Confusion([shown(label) for label in labels], counts.tolist(), threshold)


def residuals(actual: Array, predicted: Array, rows: Array, seed: int) -> Residuals:
    """Actual and predicted values; of many rows a random sample, which is said."""
    total = len(actual)
    note = ""
    if total > MOST_RESIDUALS:
        keep = np.sort(np.random.default_rng(seed).choice(total, MOST_RESIDUALS, replace=False))
        actual, predicted, rows = actual[keep], predicted[keep], rows[keep]
        note = f"{MOST_RESIDUALS:,} of {total:,} rows, chosen by chance"
    return Residuals(actual.tolist(), predicted.tolist(), rows.tolist(), total, note)


def importance(weights: Array, owners: list[str], features: list[str], method: str) -> Importance | None:
    """The share of each feature, the columns that were made of it added up; None if all are zero."""
    total = dict.fromkeys(features, 0.0)
    for owner, weight in zip(owners, weights, strict=True):
        total[owner] += float(weight)
    whole = sum(total.values())
    if not (whole > 0 and math.isfinite(whole)):
        return None
    ordered = sorted(total, key=lambda name: -total[name])
    return Importance(ordered, [total[name] / whole for name in ordered], method)
