"""ONNX for a bundle: converted, compared on thousands of rows, timed, and taken only if equal and faster.

Converters have been seen to be silently wrong on single rows, and ONNX works in single precision, which turns
labels where values differ beyond seven digits. So the comparison decides, never the conversion.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlops_desktop.bundle.files import MemoryFiles
from mlops_desktop.bundle.runtimes import OnnxRuntime, Runtime
from mlops_desktop.bundle.scorer import MODEL, Scorer
from mlops_desktop.bundle.self_test import sizes
from mlops_desktop.bundle.values import Array, Input
from mlops_desktop.training.environment import package_versions
from mlops_desktop.training.reading import read_input

PROBES = 4_000
"""Rows that are compared, made up from what the signature says of each column."""
LARGEST_DIFFERENCE = 1e-5
"""Of a probability, or of a number in parts of its size; more is not equal."""
ONNX_FILE = "model.onnx"
_OPSET = {"": 18, "ai.onnx.ml": 3}
_MOST_BYTES = 64 << 20
"""A longer model is not tried: the conversion takes minutes, and large forests are slower in ONNX."""


@dataclass(frozen=True)
class Parity:
    """How ONNX and the model's own runtime compare."""

    rows: int
    labels_differ: int
    largest_difference: float

    @property
    def equal(self) -> bool:
        """Whether one may stand for the other."""
        return self.labels_differ == 0 and self.largest_difference <= LARGEST_DIFFERENCE


def with_faster_runtime(files: dict[str, bytes], rows: Path | None) -> tuple[dict[str, bytes], list[str]]:
    """The model's files, in ONNX if that predicts the same and is faster; and what was found, in words.

    Parameters
    ----------
    rows : Path, optional
        Parquet file of the person's own rows, which are compared too.
    """
    native = Scorer.load(MemoryFiles(files))
    described = json.loads(files[MODEL])
    if native.runtime.name == "numpy" or len(files[described["file"]]) > _MOST_BYTES:
        return files, []
    probes = probe_matrix(native, rows)
    try:
        data = convert(native, probes.shape[1], described["algorithm"])
    except Exception as error:  # noqa: BLE001  converters raise whatever they like for what they don't know
        return files, [f"ONNX can't hold this model ({_first_line(error)}); kept {native.runtime.name}."]
    onnx = OnnxRuntime.from_bytes(data, 1)
    parity = compare(native, onnx, probes)
    if not parity.equal:
        return files, [_difference(parity, native.runtime.name)]
    own_s, onnx_s = seconds(native.runtime, probes), seconds(onnx, probes)
    words = (
        f"single row {own_s[0] / onnx_s[0]:.1f} and batch {own_s[1] / onnx_s[1]:.1f} times as fast in ONNX"
    )
    if own_s[0] * own_s[1] <= onnx_s[0] * onnx_s[1]:
        return files, [f"Kept {native.runtime.name}: {words}."]
    rest = {name: content for name, content in files.items() if name != described["file"]}
    packages = {**described["packages"], **package_versions(["onnxruntime"])}
    changed = {**described, "runtime": "onnxruntime", "file": ONNX_FILE, "packages": packages}
    changed["tolerance"] = 2 * LARGEST_DIFFERENCE
    said = f"ONNX predicts the same on {parity.rows:,} rows (largest difference {parity.largest_difference:.2g}); {words}."
    return {**rest, ONNX_FILE: data, MODEL: json.dumps(changed, indent=1).encode()}, [said]


def _difference(parity: Parity, kept: str) -> str:
    return (
        f"ONNX was refused: labels of {parity.labels_differ:,} of {parity.rows:,} rows differ in single precision, "
        f"largest difference {parity.largest_difference:.3g}; kept {kept}."
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def convert(scorer: Scorer, columns: int, algorithm: str) -> bytes:
    """The model as ONNX: one input of float32, rows x `columns`."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if algorithm == "lightgbm":
            import onnxmltools
            from onnxmltools.convert.common.data_types import FloatTensorType

            shape = [("input", FloatTensorType([None, columns]))]
            booster = scorer.runtime.model
            model: Any = onnxmltools.convert_lightgbm(
                booster, initial_types=shape, zipmap=False, target_opset=15
            )
        else:
            import skl2onnx
            from skl2onnx.common.data_types import FloatTensorType as SklearnTensor

            options = {"zipmap": False} if scorer.task != "regression" else None
            types: Any = [("input", SklearnTensor([None, columns]))]
            model = skl2onnx.to_onnx(
                scorer.runtime.model, initial_types=types, options=options, target_opset=_OPSET
            )
    return bytes(model.SerializeToString())


def probe_matrix(scorer: Scorer, rows: Path | None) -> Array:
    """Rows to compare on: recorded ranges and categories, missing, unseen and extreme values; and real rows."""
    random = np.random.default_rng(0)
    made = {entry.name: _made(entry, random) for entry in scorer.used_inputs}
    matrix, _ = scorer.preparation.matrix(made, PROBES)
    if rows is None:
        return matrix
    table = read_input(rows, [])
    chosen = np.sort(random.permutation(table.rows)[:PROBES])
    real, _ = scorer.preparation.matrix(table.take(chosen), len(chosen))
    return np.concatenate([matrix, real])


def _made(entry: Input, random: np.random.Generator) -> Array:
    """`PROBES` values of one input."""
    missing = random.random(PROBES) < 0.1
    if entry.type == "text":
        known = [*entry.categories[:200], "not in training"]
        values = np.array(known, dtype=object)[random.integers(0, len(known), PROBES)]
        values[missing] = None
        return values
    if entry.type in ("date", "timestamp"):
        days = (
            random.integers(-20_000, 40_000, PROBES) * 86_400_000_000
            + random.integers(0, 86_400, PROBES) * 1_000_000
        )
        moments = days.astype("datetime64[us]")
        moments[missing] = np.datetime64("NaT", "us")
        return moments
    if entry.type == "boolean":
        return np.where(missing, np.nan, random.integers(0, 2, PROBES).astype(np.float64))
    low, high = (
        (0.0, 1.0) if entry.minimum is None or entry.maximum is None else (entry.minimum, entry.maximum)
    )
    with np.errstate(over="ignore"):
        values = low + random.random(PROBES) * (high - low)
    values = np.where(np.isfinite(values), values, low)
    if entry.type == "integer":
        values = np.round(values)
    values[:20] = np.repeat([low, high, -1e9, 1e9, 0.0], 4)
    return np.where(missing, np.nan, values)


def compare(scorer: Scorer, onnx: Runtime, matrix: Array) -> Parity:
    """The largest difference of an output, and how many labels differ."""
    own, other = scorer.runtime.outputs(matrix), onnx.outputs(matrix)
    differ = 0
    if scorer.task != "regression":
        classes = (
            (own[:, 1] >= 0.5, other[:, 1] >= 0.5) if own.shape[1] == 2 else (own.argmax(1), other.argmax(1))
        )
        differ = int(np.count_nonzero(classes[0] != classes[1]))
    gap = np.abs(other - own) / (sizes(own) if scorer.task == "regression" else 1.0)
    return Parity(len(matrix), differ, float(np.where(np.isnan(gap), np.inf, gap).max(initial=0.0)))


def seconds(runtime: Runtime, matrix: Array) -> tuple[float, float]:
    """Time of a single row and of the whole matrix, the best of several, in seconds."""
    one = matrix[:1]
    runtime.outputs(one)
    singles = [_timed(runtime, one) for _ in range(20)]
    return min(singles), min(_timed(runtime, matrix) for _ in range(3))


def _timed(runtime: Runtime, matrix: Array) -> float:
    began = time.perf_counter()
    runtime.outputs(matrix)
    return max(1e-9, time.perf_counter() - began)
