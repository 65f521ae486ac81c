"""Fits each algorithm on a matrix, and gives what `bundle.runtimes` computes with."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlops_desktop.bundle.runtimes import LightGbmRuntime, NumpyRuntime, Runtime, SklearnRuntime
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.errors import TrainingError
from mlops_desktop.domain.runs import ParamValue, Task
from mlops_desktop.training.preparing import Style

OnIteration = Callable[[int, int, dict[str, float]], None]
"""Called with the iteration from 0, how many there will be, and metrics such as ``test_log_loss``."""

STYLES: dict[str, Style] = {
    "baseline": "codes",
    "linear": "linear",
    "random_forest": "filled",
    # codes would make scikit-learn put a transformer before the trees, which ONNX gets wrong and slows single rows
    "hist_gradient_boosting": "spread",
    "lightgbm": "codes",
}
_TRAIN_SCORES_UP_TO = 100_000
"""Rows; beyond them the score on the training rows is not computed at each iteration."""


@dataclass(frozen=True)
class FitInput:
    """What one fit is given."""

    task: Task
    classes: int
    """How many classes the training rows have; 1 for numbers."""
    matrix: Array
    target: Array
    categorical: list[int]
    """Columns of the matrix that hold codes."""
    params: dict[str, ParamValue]
    seed: int
    threads: int
    held_out: tuple[Array, Array] | None = None
    """Matrix and target of rows to score each iteration on."""
    on_iteration: OnIteration | None = None


@dataclass(frozen=True)
class Fitted:
    """A fitted model."""

    runtime: Runtime
    file: str
    """Name of its file."""
    to_bytes: Callable[[], bytes]
    word: str
    """What it became: ``100 trees``."""
    weights: Array | None = None
    """Importance of each column of the matrix, not negative; None if it has none."""
    method: str = ""
    """How the importance was found."""
    estimator: Any = field(default=None, repr=False)


def fit(algorithm_id: str, given: FitInput) -> Fitted:
    """Fit `algorithm_id`; of one class a constant is fitted instead.

    Raises
    ------
    TrainingError
        The library could not fit.
    """
    if given.task != "regression" and given.classes == 1:
        return _constant(np.array([1.0]))
    fitters = {
        "baseline": _baseline,
        "linear": _linear,
        "random_forest": _forest,
        "hist_gradient_boosting": _hist,
        "lightgbm": _lightgbm,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return fitters[algorithm_id](given)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        raise TrainingError("The model could not be fitted.", reason=str(error)) from error


def fitting_params(
    algorithm_id: str, params: dict[str, ParamValue], given: set[str], rows: int
) -> dict[str, ParamValue]:
    """`params` with leaves that fit a small table, where the person has not said otherwise."""
    if algorithm_id in ("lightgbm", "hist_gradient_boosting") and "min_rows_in_leaf" not in given:
        return {**params, "min_rows_in_leaf": max(1, min(20, rows // 20))}
    return params


def _constant(outputs: Array) -> Fitted:
    model = {"link": "identity", "intercept": [float(v) for v in outputs], "coefficients": []}
    return Fitted(NumpyRuntime(model), "weights.json", lambda: _json(model), "a constant")


def _json(model: dict[str, Any]) -> bytes:
    return json.dumps(model, allow_nan=False).encode()


def _baseline(given: FitInput) -> Fitted:
    if given.task == "regression":
        return _constant(np.array([given.target.mean()]))
    counts = np.bincount(given.target, minlength=given.classes)
    return _constant(counts / counts.sum())


def _linear(given: FitInput) -> Fitted:
    from sklearn.linear_model import LogisticRegression, Ridge

    strength = float(given.params["strength"] or 0.0)
    if given.task == "regression":
        estimator: Any = Ridge(alpha=strength)
        link = "identity"
    else:
        estimator = LogisticRegression(C=1.0 / max(strength, 1e-6), max_iter=500)
        link = "logistic" if given.classes == 2 else "softmax"
    estimator.fit(given.matrix, given.target)
    coefficients = np.atleast_2d(estimator.coef_)
    model = {
        "link": link,
        "intercept": [float(v) for v in np.atleast_1d(estimator.intercept_)],
        "coefficients": [[float(v) for v in row] for row in coefficients],
    }
    weights = np.abs(coefficients).mean(axis=0) * given.matrix.std(axis=0)
    runtime = NumpyRuntime(model)
    word = f"{coefficients.size:,} coefficients"
    return Fitted(runtime, "weights.json", lambda: _json(model), word, weights, "coefficient", estimator)


def _forest(given: FitInput) -> Fitted:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    share = given.params["feature_share"]
    usual = 1.0 if given.task == "regression" else "sqrt"
    kind: Any = RandomForestRegressor if given.task == "regression" else RandomForestClassifier
    estimator = kind(
        n_estimators=given.params["trees"],
        max_depth=given.params["max_depth"],
        min_samples_leaf=given.params["min_rows_in_leaf"],
        max_features=usual if share is None else share,
        random_state=given.seed,
        n_jobs=given.threads,
    )
    estimator.fit(given.matrix, given.target)
    weights = np.asarray(estimator.feature_importances_)
    return _sklearn(estimator, f"{given.params['trees']:,} trees", weights, "impurity")


def _hist(given: FitInput) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind: Any = (
        HistGradientBoostingRegressor if given.task == "regression" else HistGradientBoostingClassifier
    )
    estimator = kind(
        max_iter=given.params["iterations"],
        learning_rate=given.params["learning_rate"],
        max_leaf_nodes=given.params["max_leaves"],
        min_samples_leaf=given.params["min_rows_in_leaf"],
        l2_regularization=given.params["l2"],
        categorical_features=None,
        early_stopping=False,
        random_state=given.seed,
    )
    estimator.fit(given.matrix, given.target)
    _report_stages(estimator, given)
    return _sklearn(estimator, f"{given.params['iterations']:,} rounds", None, "")


def _report_stages(estimator: Any, given: FitInput) -> None:
    """Score each round on the held-out rows, once the fit is over: scikit-learn calls nobody during it."""
    if given.held_out is None or given.on_iteration is None:
        return
    matrix, target = given.held_out
    regression = given.task == "regression"
    stages = estimator.staged_predict(matrix) if regression else estimator.staged_predict_proba(matrix)
    for step, outputs in enumerate(stages):
        if regression:
            value = float(np.mean((outputs - target) ** 2) ** 0.5)
        else:
            chosen = np.clip(outputs[np.arange(len(target)), target], 1e-15, 1.0)
            value = float(-np.log(chosen).mean())
        name = "test_rmse" if regression else "test_log_loss"
        given.on_iteration(step, int(given.params["iterations"] or 0), {name: value})


def _sklearn(estimator: Any, word: str, weights: Array | None, method: str) -> Fitted:
    import skops.io

    runtime = SklearnRuntime(estimator)
    return Fitted(runtime, "model.skops", lambda: skops.io.dumps(estimator), word, weights, method, estimator)


_OBJECTIVES: dict[Task, tuple[str, str, str]] = {
    "binary": ("binary", "binary_logloss", "log_loss"),
    "multiclass": ("multiclass", "multi_logloss", "log_loss"),
    "regression": ("regression", "rmse", "rmse"),
}


def _lightgbm(given: FitInput) -> Fitted:
    import lightgbm

    rounds = int(given.params["iterations"] or 100)
    data = lightgbm.Dataset(
        given.matrix,
        label=given.target.astype(np.float64),
        feature_name=[f"f{i}" for i in range(given.matrix.shape[1])],
        categorical_feature=given.categorical,
        params={"verbosity": -1, "feature_pre_filter": False},
    )
    sets, names = [], []
    if len(given.target) <= _TRAIN_SCORES_UP_TO:
        sets, names = [data], ["train"]
    if given.held_out is not None and len(given.held_out[1]):
        sets.append(data.create_valid(given.held_out[0], label=given.held_out[1].astype(np.float64)))
        names.append("test")
    booster = lightgbm.train(
        _lightgbm_params(given),
        data,
        rounds,
        valid_sets=sets,
        valid_names=names,
        callbacks=[_callback(given, rounds)],
    )
    text = booster.model_to_string()
    weights = np.asarray(booster.feature_importance("gain"), dtype=np.float64)
    runtime = LightGbmRuntime(booster, given.threads, binary=given.task == "binary")
    word = f"{booster.num_trees():,} trees"
    return Fitted(runtime, "model.txt", lambda: text.encode(), word, weights, "gain", booster)


def _lightgbm_params(given: FitInput) -> dict[str, Any]:
    objective, metric, _ = _OBJECTIVES[given.task]
    params: dict[str, Any] = {
        "objective": objective,
        "metric": metric,
        "learning_rate": given.params["learning_rate"],
        "num_leaves": given.params["max_leaves"],
        "max_depth": given.params["max_depth"] or -1,
        "min_data_in_leaf": given.params["min_rows_in_leaf"],
        "feature_fraction": given.params["feature_share"],
        "bagging_fraction": given.params["row_share"],
        "bagging_freq": int(float(given.params["row_share"] or 1.0) < 1.0),
        "lambda_l2": given.params["l2"],
        "seed": given.seed,
        "num_threads": given.threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if (
        len(given.target) < 400
    ):  # a small table has too few rows for LightGBM's own limits on bins and categories
        params |= {"min_data_in_bin": 1, "min_data_per_group": max(5, len(given.target) // 20)}
    if objective == "multiclass":
        params["num_class"] = given.classes
    return params


def _callback(given: FitInput, rounds: int) -> Callable[[Any], None]:
    name = _OBJECTIVES[given.task][2]

    def after_iteration(state: Any) -> None:
        if given.on_iteration is None:
            return
        scores = {f"{part}_{name}": float(value) for part, _, value, *_ in state.evaluation_result_list or []}
        given.on_iteration(state.iteration, rounds, scores)

    return after_iteration
