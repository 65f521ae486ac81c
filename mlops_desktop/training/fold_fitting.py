"""One fit on some rows and its predictions of others, through the path that every prediction takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlops_desktop.bundle.preparation import Preparation
from mlops_desktop.bundle.scorer import Scored, Scorer
from mlops_desktop.bundle.values import Array, inputs_of
from mlops_desktop.domain.runs import ParamValue, RunSpec
from mlops_desktop.training.fitting import STYLES, FitInput, Fitted, OnIteration, fit
from mlops_desktop.training.metrics import Scores, score_classes, score_numbers
from mlops_desktop.training.precision import Unit, unit_of
from mlops_desktop.training.preparing import Feature, categorical_positions, learn_preparation
from mlops_desktop.training.reading import InputTable
from mlops_desktop.training.splitting import Part
from mlops_desktop.training.targets import Target


@dataclass(frozen=True)
class Setting:
    """What all fits of a run share."""

    table: InputTable
    target: Target
    features: list[str]
    spec: RunSpec
    params: dict[str, ParamValue]
    threads: int


@dataclass(frozen=True)
class PartFit:
    """A fit on the training rows of a part."""

    part: Part
    fitted: Fitted
    features: list[Feature]
    present: list[int]
    """Positions of the classes that the training rows have; empty for numbers."""
    owners: list[str]
    """Input that each column of the matrix was made of."""
    repeated: int
    """Rows of the test that also stand, equal in all features and the target, in the training rows."""
    unit: Unit
    """What the model's numbers are in; of classes the plain one."""

    def scorer(self, setting: Setting) -> Scorer:
        """The model as it stands in memory."""
        target = setting.target
        signature = {"inputs": _inputs(setting), "task": target.task, "labels": target.labels}
        model = {"threshold": 0.5, "present": self.present or None, **self.unit.in_model()}
        return Scorer(model, signature, self.features, self.fitted.runtime)


def _inputs(setting: Setting) -> list[dict[str, Any]]:
    return [{"name": name, "type": setting.table.types[name]} for name in setting.features]


def fit_part(setting: Setting, part: Part, on_iteration: OnIteration | None) -> PartFit:
    """Learn the preparation and the model from the training rows of `part`."""
    table, target = setting.table, setting.target
    train = table.take(target.rows[part.train])
    features = learn_preparation(train, table.types, setting.features, STYLES[setting.spec.algorithm])
    preparation = Preparation(features, inputs_of({"inputs": _inputs(setting)}))
    matrix, _ = preparation.matrix(train, len(part.train))
    test, _ = preparation.matrix(table.take(target.rows[part.test]), len(part.test))
    values, held = target.values[part.train], target.values[part.test]
    present: list[int] = []
    known = np.ones(len(held), dtype=bool)
    unit = unit_of(values) if target.task == "regression" else Unit()
    if target.task == "regression":
        values, held = unit.of(values), unit.of(held)
    else:
        classes = np.unique(values)
        present = classes.tolist()
        known = np.isin(held, classes)
        values = np.searchsorted(classes, values)
        held = np.searchsorted(classes, held)
    given = FitInput(
        task="binary" if len(present) == 2 else target.task,
        classes=max(1, len(present)),
        matrix=matrix,
        target=values,
        categorical=categorical_positions(features),
        params=setting.params,
        seed=setting.spec.seed,
        threads=setting.threads,
        held_out=(test[known], held[known]) if known.any() else None,
        on_iteration=_in_unit(on_iteration, unit),
    )
    fitted = fit(setting.spec.algorithm, given)
    repeated = _repeated((matrix, target.values[part.train]), (test, target.values[part.test]))
    return PartFit(part, fitted, features, present, preparation.owners, repeated, unit)


def _in_unit(on_iteration: OnIteration | None, unit: Unit) -> OnIteration | None:
    """Tells errors in the target's own unit, though the fit is in another."""
    if on_iteration is None or unit.scale == 1.0:
        return on_iteration
    return lambda step, steps, values: on_iteration(
        step, steps, {name: value * unit.scale for name, value in values.items()}
    )


def _repeated(train: tuple[Array, Array], test: tuple[Array, Array]) -> int:
    """How many rows of `test` stand in `train` too."""
    if not train[0].shape[1] or not len(test[1]):
        return 0
    seen = {row.tobytes() for row in np.column_stack(train)}
    return sum(row.tobytes() in seen for row in np.column_stack(test))


def predict_part(setting: Setting, part: Part, scorer: Scorer) -> tuple[Scored, Scores]:
    """Predict the test rows of `part`, and score that."""
    rows = setting.target.rows[part.test]
    scored = scorer.score(setting.table.take(rows), len(rows))
    return scored, score_outputs(setting.target, part.test, scored.outputs)


def guess_part(target: Target, part: Part) -> Scores:
    """What the test rows of `part` score without a model: with the mean, or the shares of classes, of its training rows."""
    known = target.values[part.train]
    if target.task == "regression":
        guess = np.array([known.mean()])
    else:
        guess = np.bincount(known, minlength=len(target.labels)) / len(known)
    return score_outputs(target, part.test, np.tile(guess, (len(part.test), 1)))


def chosen_classes(target: Target, outputs: Array) -> Array:
    """Predicted classes as positions in the labels."""
    if target.task == "binary":
        return (outputs[:, 1] >= 0.5).astype(np.int64)
    return outputs.argmax(axis=1)


def score_outputs(target: Target, rows: Array, outputs: Array) -> Scores:
    """The scores of `outputs` for the rows at the positions `rows` of the target."""
    actual = target.values[rows]
    if target.task == "regression":
        return score_numbers(actual, outputs[:, 0])
    return score_classes(actual, outputs, chosen_classes(target, outputs), target.labels)
