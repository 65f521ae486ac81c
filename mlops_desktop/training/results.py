"""A run's results as files: what its charts show, and its predictions row by row."""

from __future__ import annotations

import io
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mlops_desktop.bundle.scorer import shown
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.evaluations import Evaluation, Importance
from mlops_desktop.training import evaluating
from mlops_desktop.training.fold_fitting import PartFit, Setting, chosen_classes, score_outputs
from mlops_desktop.training.metrics import Scores
from mlops_desktop.training.splitting import Part
from mlops_desktop.training.targets import Target

_PERMUTED_ROWS = 1_000
_PERMUTED_FEATURES = 100


@dataclass(frozen=True)
class Predicted:
    """Predictions of the test rows of a part."""

    part: Part
    outputs: Array


def evaluate(setting: Setting, final: PartFit, predicted: list[Predicted], scores: Scores) -> bytes:
    """``evaluation.json``: of the test rows, or of all folds together for cross-validation."""
    shown_parts = predicted[-1:] if len(final.part.test) else predicted
    rows = np.concatenate([p.part.test for p in shown_parts])
    outputs = np.concatenate([p.outputs for p in shown_parts])
    target = setting.target
    actual = target.values[rows]
    common = Evaluation(
        task=target.task,
        rows=len(rows),
        of="test" if len(final.part.test) else "folds",
        metrics=scores.values,
        undefined=scores.undefined,
        importance=_importance(setting, final),
    )
    if target.task == "regression":
        positions = target.rows[rows]
        found = msgspec.structs.replace(
            common, residuals=evaluating.residuals(actual, outputs[:, 0], positions, setting.spec.seed)
        )
    else:
        threshold = 0.5 if target.task == "binary" else None
        found = msgspec.structs.replace(
            common,
            roc=evaluating.roc_curves(actual, outputs, target.labels),
            pr=evaluating.pr_curves(actual, outputs, target.labels),
            confusion=evaluating.confusion(actual, chosen_classes(target, outputs), target.labels, threshold),
        )
    return encode_evaluation(found)


def encode_evaluation(evaluation: Evaluation) -> bytes:
    """The bytes of ``evaluation.json``; metrics that are NaN are left to `undefined`."""
    known = {name: value for name, value in evaluation.metrics.items() if np.isfinite(value)}
    return msgspec.json.encode(msgspec.structs.replace(evaluation, metrics=known))


def _importance(setting: Setting, final: PartFit) -> Importance | None:
    if final.fitted.weights is not None:
        weights, method = final.fitted.weights, final.fitted.method
        return evaluating.importance(weights, final.owners, setting.features, method)
    if setting.spec.algorithm == "baseline" or len(setting.features) > _PERMUTED_FEATURES:
        return None
    return _permutation(setting, final)


def _permutation(setting: Setting, final: PartFit) -> Importance | None:
    """How much worse the model gets when a feature's values are shuffled (Breiman 2001)."""
    part = final.part.test if len(final.part.test) else final.part.train
    random = np.random.default_rng(setting.spec.seed)
    rows = (
        part if len(part) <= _PERMUTED_ROWS else np.sort(random.choice(part, _PERMUTED_ROWS, replace=False))
    )
    columns = setting.table.take(setting.target.rows[rows])
    scorer = final.scorer(setting)
    name = "rmse" if setting.target.task == "regression" else "log_loss"

    def loss(changed: dict[str, Array]) -> float:
        return score_outputs(setting.target, rows, scorer.score(changed, len(rows)).outputs).values[name]

    whole = loss(columns)
    worse = [
        max(0.0, loss({**columns, feature: columns[feature][random.permutation(len(rows))]}) - whole)
        for feature in setting.features
    ]
    return evaluating.importance(np.array(worse), setting.features, setting.features, "permutation")


def predictions_table(target: Target, predicted: list[Predicted]) -> bytes:
    """``predictions.parquet``: a row for each prediction of a row that its model had not seen.

    Columns: ``row`` (position in the training input, from 0), ``part``, ``actual``, ``predicted``, and for
    classes ``p0``, ``p1`` ..., whose labels are in the metadata under ``labels``.
    """
    if not predicted:
        return b""
    rows = np.concatenate([p.part.test for p in predicted])
    outputs = np.concatenate([p.outputs for p in predicted])
    parts = [p.part.name for p in predicted for _ in range(len(p.part.test))]
    columns: dict[str, pa.Array] = {
        "row": pa.array(target.rows[rows].astype(np.int64)),
        "part": pa.array(parts).dictionary_encode(),
    }
    if target.task == "regression":
        columns |= {"actual": pa.array(target.values[rows]), "predicted": pa.array(outputs[:, 0])}
    else:
        labels = [shown(label) for label in target.labels]
        chosen = chosen_classes(target, outputs)
        columns["actual"] = pa.array([labels[code] for code in target.values[rows]])
        columns["predicted"] = pa.array([labels[code] for code in chosen])
        columns |= {f"p{code}": pa.array(outputs[:, code]) for code in range(len(labels))}
    table = pa.table(columns)
    if target.task != "regression":
        labels_json = msgspec.json.encode([shown(label) for label in target.labels])
        table = table.replace_schema_metadata({"labels": labels_json})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
