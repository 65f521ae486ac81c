"""Weighted metrics: as scikit-learn computes them, and a weight of three is a row three times."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as skm

from mlops_desktop.analysis.weighted import METRICS, Predictions

ROWS = 400
TASKS = [(task, name) for task, metrics in METRICS.items() for name in metrics]


def made(task: str, seed: int = 0) -> Predictions:
    """Predictions with ties, of classes that are not equally frequent."""
    dice = np.random.default_rng(seed)
    if task == "regression":
        actual = dice.normal(1e4, 3, ROWS)
        return Predictions(actual, (actual + dice.normal(0.5, 1, ROWS)).round(1))
    classes = 2 if task == "binary" else 4
    actual = dice.choice(classes, ROWS, p=[0.7, 0.3] if classes == 2 else [0.5, 0.3, 0.15, 0.05])
    odds = dice.random((ROWS, classes)) + 0.6 * (actual[:, None] == np.arange(classes))
    first = (odds[:, 0] / odds.sum(axis=1)).round(2)
    if classes == 2:
        return Predictions(actual.astype(float), np.column_stack([first, 1 - first]))
    return Predictions(actual.astype(float), odds / odds.sum(axis=1, keepdims=True))


def by_scikit_learn(name: str, p: Predictions, weights) -> float:
    """The same metric from scikit-learn."""
    how = {"sample_weight": weights}
    plain = {
        "mae": skm.mean_absolute_error, "rmse": skm.root_mean_squared_error, "r2": skm.r2_score,
        "median_ae": skm.median_absolute_error,
    }  # fmt: skip
    if name in plain:
        return plain[name](p.actual, p.outputs, **how)
    if name == "bias":
        return abs(np.average(p.outputs - p.actual, weights=weights))
    if name in ("roc_auc", "pr_auc", "brier"):
        of = {
            "roc_auc": skm.roc_auc_score,
            "pr_auc": skm.average_precision_score,
            "brier": skm.brier_score_loss,
        }
        return of[name](p.actual, p.outputs[:, 1], **how)
    if name == "log_loss":
        return skm.log_loss(p.actual, p.outputs, **how)
    average = {} if p.outputs.shape[1] == 2 or "accuracy" in name else {"average": "macro"}
    of = {
        "accuracy": skm.accuracy_score, "balanced_accuracy": skm.balanced_accuracy_score, "precision": skm.precision_score,
        "recall": skm.recall_score, "f1": skm.f1_score,
    }  # fmt: skip
    return of[name](p.classes, p.chosen, **how, **average)


@pytest.mark.parametrize(("task", "name"), TASKS)
def test_a_metric_is_what_scikit_learn_says_with_the_same_weights(task: str, name: str) -> None:
    p = made(task)
    weights = np.random.default_rng(1).poisson(1.0, (3, ROWS)).astype(float)
    weights[0] = 1
    expected = [by_scikit_learn(name, p, one) for one in weights]
    assert METRICS[task][name](p)(weights) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("task", "name"), TASKS)
def test_a_weight_of_three_is_a_row_three_times(task: str, name: str) -> None:
    p = made(task, seed=2)
    weights = np.random.default_rng(3).integers(0, 4, ROWS)
    again = Predictions(np.repeat(p.actual, weights), np.repeat(p.outputs, weights, axis=0))
    value = METRICS[task][name]
    alone = value(again)(np.ones((1, len(again.actual))))
    assert value(p)(weights[None].astype(float)) == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize("name", ["roc_auc", "pr_auc", "recall"])
def test_without_a_positive_row_there_is_no_value(name: str) -> None:
    p = Predictions(np.zeros(40), np.full((40, 2), 0.5))
    assert np.isnan(METRICS["binary"][name](p)(np.ones((1, 40)))).all()


def test_a_draw_without_a_class_is_judged_by_the_others() -> None:
    p = Predictions(np.array([0.0, 0.0, 1.0]), np.eye(3)[[0, 0, 2]])
    assert METRICS["multiclass"]["balanced_accuracy"](p)(np.array([[1.0, 1.0, 0.0]])).tolist() == [1.0]
