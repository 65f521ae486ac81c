"""The programs that compute a model's outputs, behind one call.

`Runtime.outputs` takes the matrix of `Preparation.matrix` and gives, for classes, one probability a class
(rows x classes, in the order of the labels), for numbers one column (rows x 1).
"""

from __future__ import annotations

import json
import os
from typing import Any, Protocol

import numpy as np

from .values import Array

TRUSTED_TYPES = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""Types beyond skops' own list that a model file may hold; the list in a file is never asked."""
_HEADER_BYTES = 8192
"""The head of a LightGBM model's text, which names its objective, ends before this."""


class Runtime(Protocol):
    """Computes outputs."""

    name: str
    model: Any
    """The library's own object."""

    def outputs(self, matrix: Array) -> Array:
        """Probabilities (rows x classes) or predicted numbers (rows x 1)."""
        ...


class NumpyRuntime:
    """A constant, or a linear or logistic model, in numpy alone.

    Parameters
    ----------
    model : dict
        ``link``: ``identity``, ``logistic`` or ``softmax``; ``intercept``: one value an output;
        ``coefficients``: outputs x features, empty for a constant. ``constant`` holds outputs as they are.
    """

    name = "numpy"

    def __init__(self, model: dict[str, Any]) -> None:
        self.model: Any = model
        self.link = str(model["link"])
        self.intercept = np.array(model["intercept"], dtype=np.float64)
        self.coefficients = np.array(model["coefficients"], dtype=np.float64)

    def outputs(self, matrix: Array) -> Array:
        """Probabilities (rows x classes) or predicted numbers (rows x 1)."""
        scores = np.tile(self.intercept, (len(matrix), 1))
        if self.coefficients.size:
            # einsum adds in the same order however many rows there are; a matrix product does not
            scores += np.einsum("ij,kj->ik", matrix, self.coefficients)
        if self.link == "identity":
            return scores
        if self.link == "logistic":
            positive = _logistic(scores[:, 0])
            return np.stack([1.0 - positive, positive], axis=1)
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        return shifted / shifted.sum(axis=1, keepdims=True)


def _logistic(scores: Array) -> Array:
    """1 / (1 + exp(-scores)) without overflow."""
    small = np.exp(-np.abs(scores))
    return np.where(scores >= 0, 1.0 / (1.0 + small), small / (1.0 + small))


class LightGbmRuntime:
    """A LightGBM model out of its text."""

    name = "lightgbm"

    def __init__(self, booster: Any, threads: int, *, binary: bool) -> None:
        self.model: Any = booster
        self._threads = threads
        self._binary = binary

    @classmethod
    def from_bytes(cls, data: bytes, threads: int) -> LightGbmRuntime:
        """Read the model's text."""
        import lightgbm

        booster = lightgbm.Booster(model_str=data.decode("utf-8"))
        return cls(booster, threads, binary=b"\nobjective=binary" in data[:_HEADER_BYTES])

    def outputs(self, matrix: Array) -> Array:
        """Probabilities (rows x classes) or predicted numbers (rows x 1)."""
        found = np.asarray(self.model.predict(matrix, num_threads=self._threads), dtype=np.float64)
        if found.ndim == 2:
            return found
        if self._binary:
            return np.stack([1.0 - found, found], axis=1)
        return found[:, None]


class SklearnRuntime:
    """A scikit-learn estimator; classes are numbered 0, 1, ... in the order of the labels."""

    name = "scikit-learn"

    def __init__(self, estimator: Any) -> None:
        self.model: Any = estimator
        if "n_jobs" in estimator.get_params():
            # a forest adds up its trees in the order its threads end: one thread gives the same sum each time
            estimator.set_params(n_jobs=1)

    @classmethod
    def from_bytes(cls, data: bytes) -> SklearnRuntime:
        """Read the skops file; a type outside our own list is refused."""
        import skops.io

        return cls(skops.io.loads(data, trusted=list(TRUSTED_TYPES)))

    def outputs(self, matrix: Array) -> Array:
        """Probabilities (rows x classes) or predicted numbers (rows x 1)."""
        if hasattr(self.model, "predict_proba"):
            return np.asarray(self.model.predict_proba(matrix), dtype=np.float64)
        return np.asarray(self.model.predict(matrix), dtype=np.float64).reshape(len(matrix), 1)


class OnnxRuntime:
    """An ONNX model; it works in float32."""

    name = "onnxruntime"

    def __init__(self, session: Any) -> None:
        self.model: Any = session
        self._input = session.get_inputs()[0].name
        self._output = session.get_outputs()[-1].name

    @classmethod
    def from_bytes(cls, data: bytes, threads: int) -> OnnxRuntime:
        """Read the model."""
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # else onnxruntime reports on its users from 1.29 on
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        return cls(onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"]))

    def outputs(self, matrix: Array) -> Array:
        """Probabilities (rows x classes) or predicted numbers (rows x 1)."""
        found = self.model.run([self._output], {self._input: matrix.astype(np.float32)})[0]
        return np.asarray(found, dtype=np.float64).reshape(len(matrix), -1)


def load_runtime(name: str, data: bytes, threads: int = 1) -> Runtime:
    """The runtime `name` on the bytes of the model file.

    Parameters
    ----------
    threads : int
        Threads for one call; 1 is fastest for single rows and small batches.
    """
    if name == "numpy":
        return NumpyRuntime(json.loads(data))
    if name == "lightgbm":
        return LightGbmRuntime.from_bytes(data, threads)
    if name == "scikit-learn":
        return SklearnRuntime.from_bytes(data)
    if name == "onnxruntime":
        return OnnxRuntime.from_bytes(data, threads)
    raise ValueError(f"The runtime {name!r} is not known to this version.")
