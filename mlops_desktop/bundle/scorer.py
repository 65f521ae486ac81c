"""`Scorer`: typed columns in, predictions out. The one path that every prediction takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import InputError, NewerModelError
from .files import Files
from .preparation import Observed, Preparation
from .runtimes import Runtime, load_runtime
from .values import Array, Columns, Input, from_json, from_text, inputs_of

MODEL = "model.json"
SIGNATURE = "signature.json"
PREPARATION = "preparation.json"
FORMAT = 2
"""Of ``model.json``: 2 may say in what unit the numbers are."""


@dataclass(frozen=True)
class Scored:
    """Predictions of some rows."""

    values: list[Any]
    """Labels in their own type, or numbers."""
    outputs: Array
    """Probabilities (rows x classes) or predicted numbers (rows x 1)."""
    observed: Observed


class Scorer:
    """A model that is ready to score.

    Parameters
    ----------
    model : mapping
        What ``model.json`` says: ``task``, ``labels``, ``threshold`` ...
    signature : mapping
        What ``signature.json`` says.
    features : sequence
        What ``preparation.json`` says.
    runtime : Runtime
        Computes the outputs.
    """

    def __init__(
        self,
        model: Mapping[str, Any],
        signature: Mapping[str, Any],
        features: Sequence[Mapping[str, Any]],
        runtime: Runtime,
    ) -> None:
        self.model = model
        self.signature = signature
        self.inputs = inputs_of(signature)
        self.preparation = Preparation(features, self.inputs)
        self.runtime = runtime
        self.task = str(signature["task"])
        self.labels: list[Any] = list(signature.get("labels", []))

    @classmethod
    def load(cls, files: Files, threads: int = 1) -> Scorer:
        """Read a model out of its files.

        Raises
        ------
        NewerModelError
            A later version wrote it.
        """
        model = json.loads(files.read(MODEL))
        if int(model["format"]) > FORMAT:
            raise NewerModelError(
                f"This model is of the format {model['format']}; this version reads formats up to {FORMAT}."
            )
        runtime = load_runtime(str(model["runtime"]), files.read(str(model["file"])), threads)
        signature = json.loads(files.read(SIGNATURE))
        return cls(model, signature, json.loads(files.read(PREPARATION))["features"], runtime)

    @property
    def used_inputs(self) -> list[Input]:
        """The inputs that the model looks at; each must be in a table."""
        return [entry for entry in self.inputs if entry.used]

    def score(self, columns: Columns, rows: int) -> Scored:
        """Predict `rows` rows of typed columns, as `from_rows` and `from_cells` make them."""
        matrix, observed = self.preparation.matrix(columns, rows)
        outputs = (
            self._whole(self.runtime.outputs(matrix)) if rows else np.zeros((0, max(1, len(self.labels))))
        )
        return Scored(self.decide(outputs), outputs, observed)

    def _whole(self, outputs: Array) -> Array:
        """`outputs` with a column of zeros for each class that the training rows did not have.

        Numbers are put into the target's own unit, where the fit was in another.
        """
        if self.task == "regression":
            return outputs * float(self.model.get("scale", 1.0)) + float(self.model.get("center", 0.0))
        present: list[int] | None = self.model.get("present")
        if present is None or len(present) == len(self.labels):
            return outputs
        whole = np.zeros((len(outputs), len(self.labels)))
        whole[:, present] = outputs
        return whole

    def decide(self, outputs: Array) -> list[Any]:
        """The predicted label of each row of probabilities, or the number itself."""
        if self.task == "regression":
            return [float(v) for v in outputs[:, 0]]
        if self.task == "binary":
            chosen = (outputs[:, 1] >= float(self.model.get("threshold", 0.5))).astype(np.int64)
        else:
            chosen = outputs.argmax(axis=1)
        return [self.labels[position] for position in chosen]

    def probabilities(self, outputs: Array, row: int) -> dict[str, float]:
        """Shown label to probability, of one row; empty for numbers."""
        if self.task == "regression":
            return {}
        return {shown(label): float(p) for label, p in zip(self.labels, outputs[row], strict=True)}

    def from_rows(self, names: Sequence[str], rows: Sequence[Sequence[Any]], first_row: int = 1) -> Columns:
        """Typed columns out of rows of JSON values.

        Raises
        ------
        InputError
            A column is missing or doubled, a row has another length, or a value another type.
        """
        positions = self.positions(names)
        for number, row in enumerate(rows, first_row):
            if len(row) != len(names):
                raise InputError(
                    f"Row {number} has {len(row)} values, but there are {len(names)} columns.", row=number
                )
        return {
            entry.name: from_json([row[positions[entry.name]] for row in rows], entry, first_row)
            for entry in self.used_inputs
        }

    def from_cells(self, names: Sequence[str], rows: Sequence[Sequence[str]], first_row: int = 1) -> Columns:
        """Typed columns out of rows of text, as a CSV file has them; raises as `from_rows` does."""
        positions = self.positions(names)
        return {
            entry.name: from_text([row[positions[entry.name]] for row in rows], entry, first_row)
            for entry in self.used_inputs
        }

    def from_records(self, records: Sequence[Mapping[str, Any]]) -> tuple[list[str], Columns]:
        """Names and typed columns out of JSON objects, a row each; raises as `from_rows` does."""
        names = list(dict.fromkeys(name for record in records for name in record))
        for entry in self.used_inputs:
            for number, record in enumerate(records, 1):
                if entry.name not in record:
                    raise InputError(
                        f"Row {number} has no column “{entry.name}”, which the model needs.",
                        row=number,
                        column=entry.name,
                    )
        columns = {
            entry.name: from_json([record[entry.name] for record in records], entry)
            for entry in self.used_inputs
        }
        return names, columns

    def ignored(self, names: Sequence[str]) -> list[str]:
        """The columns among `names` that the model does not know."""
        known = {entry.name for entry in self.inputs} | {str(self.signature.get("target", ""))}
        return [name for name in names if name not in known]

    def notes(self, observed: Observed, names: Sequence[str]) -> list[str]:
        """Sentences on what was unusual about the scored rows, and on columns that were not looked at."""
        ignored = self.ignored(names)
        said = observed.notes()
        if ignored:
            shown_names = ", ".join(f"“{name}”" for name in ignored[:20])
            more = f" and {len(ignored) - 20} more" if len(ignored) > 20 else ""
            said.append(f"Not an input of the model, ignored: {shown_names}{more}.")
        return said

    def positions(self, names: Sequence[str]) -> dict[str, int]:
        """Where each used input stands among `names`.

        Raises
        ------
        InputError
            One is missing, or there more than once.
        """
        positions: dict[str, int] = {}
        for entry in self.used_inputs:
            places = [i for i, name in enumerate(names) if name == entry.name]
            if not places:
                raise InputError(
                    f"The column “{entry.name}” is missing, and the model needs it.", column=entry.name
                )
            if len(places) > 1:
                raise InputError(
                    f"The column “{entry.name}” is there {len(places)} times.", column=entry.name
                )
            positions[entry.name] = places[0]
        return positions


def shown(label: object) -> str:
    """A label as people read it: ``true`` for True, text as it is."""
    if isinstance(label, bool):
        return "true" if label else "false"
    return str(label)
