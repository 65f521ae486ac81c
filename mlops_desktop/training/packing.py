"""The files of a model: what `bundle.scorer.Scorer` loads, and nothing else."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from mlops_desktop.bundle.files import MemoryFiles
from mlops_desktop.bundle.scorer import FORMAT, MODEL, PREPARATION, SIGNATURE, Scorer, shown
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.evaluations import Signature, SignatureInput
from mlops_desktop.training.fitting import Fitted
from mlops_desktop.training.precision import Unit
from mlops_desktop.training.preparing import Feature
from mlops_desktop.training.reading import InputTable
from mlops_desktop.training.targets import Target

GOLDEN = "golden.json"
GOLDEN_ROWS = 40
MOST_CATEGORIES = 1_000
"""Categories that a signature lists; it says how many more there are."""


@dataclass(frozen=True)
class Description:
    """What a model is, beside the fit itself."""

    signature: Signature
    features: list[Feature]
    present: list[int]
    """Positions of the classes that the training rows had."""
    algorithm: str
    packages: dict[str, str]
    unit: Unit
    """What the model's numbers are in."""


def describe_inputs(
    table: InputTable, rows: Array, features: list[str], target: Target
) -> list[SignatureInput]:
    """Each column that a table to score may have, and how training knew it.

    Parameters
    ----------
    rows : int64 array
        Positions of the training rows.
    """
    return [
        _input(name, kind, table, rows, name in features)
        for name, kind in table.types.items()
        if name != target.name
    ]


def _input(name: str, kind: str, table: InputTable, rows: Array, used: bool) -> SignatureInput:
    if name not in table.columns:
        return SignatureInput(name, kind, used=False, required=False)
    column = table.columns[name][rows]
    missing = _missing(column)
    known = column[~missing]
    common: dict[str, Any] = {
        "may_be_missing": bool(missing.any()),
        "used": used,
        "required": used,
        "spelling": table.spellings.get(name),
        "example": next(
            (v for v in (_plain(json_value(x, kind)) for x in known[:50]) if v is not None), None
        ),
    }
    if kind == "text":
        values: list[str] = (
            known.tolist()
        )  # an array of text would be as wide in each row as its longest value
        counts = Counter(values)
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
        more = max(0, len(ordered) - MOST_CATEGORIES)
        shown_values = ordered[:MOST_CATEGORIES] if used else []
        return SignatureInput(name, kind, categories=shown_values, more_categories=more, **common)
    finite = known[np.isfinite(known)]
    if len(finite):
        common |= {"minimum": json_value(finite.min(), kind), "maximum": json_value(finite.max(), kind)}
    return SignatureInput(name, kind, **common)


def _missing(column: Array) -> Array:
    if column.dtype == object:
        return np.array([v is None for v in column], dtype=bool)
    return np.isnat(column) if column.dtype.kind == "M" else np.isnan(column)


def json_value(value: Any, kind: str) -> Any:
    """One value of a column in the form that JSON and a request have it; None where missing."""
    if value is None or (isinstance(value, np.datetime64) and np.isnat(value)):
        return None
    if kind == "text":
        return str(value)
    if kind in ("date", "timestamp"):
        return str(value.astype("datetime64[D]" if kind == "date" else "datetime64[us]"))
    number = float(value)
    if math.isnan(number):
        return None
    if kind == "boolean":
        return bool(number)
    if kind == "time":
        return _clock(number)
    if math.isinf(number):
        return number
    return int(number) if kind == "integer" else number


def _clock(seconds: float) -> str:
    whole, part = divmod(round(seconds * 1e6), 1_000_000)
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{text}.{part:06d}" if part else text


def pack_model(described: Description, fitted: Fitted) -> dict[str, bytes]:
    """The model's files by name, golden rows not yet among them."""
    signature = msgspec.to_builtins(described.signature)
    model = {
        "format": FORMAT,
        "algorithm": described.algorithm,
        "runtime": fitted.runtime.name,
        "file": fitted.file,
        "threshold": 0.5,
        "present": described.present if described.signature.labels else None,
        "packages": described.packages,
        **described.unit.in_model(),
    }
    return {
        MODEL: _json(model),
        SIGNATURE: _json(signature),
        PREPARATION: _json({"format": 1, "features": described.features}),
        fitted.file: fitted.to_bytes(),
    }


def golden_rows(files: dict[str, bytes], table: InputTable, rows: Array) -> bytes:
    """Rows and what the model says of them, for the self-test of a bundle: some of the data, and odd ones.

    The odd ones: nothing known; a value that training did not have in each column of text; large numbers.
    """
    scorer = Scorer.load(MemoryFiles(files))
    kinds = {entry.name: entry.type for entry in scorer.used_inputs}
    chosen = rows[
        np.unique(np.linspace(0, len(rows) - 1, min(GOLDEN_ROWS, len(rows))).round().astype(np.int64))
    ]
    records: list[dict[str, Any]] = [
        {name: _plain(json_value(table.columns[name][row], kind)) for name, kind in kinds.items()}
        for row in chosen
    ]
    records.append(dict.fromkeys(kinds))
    records.append({name: "not in training" if kind == "text" else None for name, kind in kinds.items()})
    records.append({name: 1e9 if kind in ("integer", "decimal") else None for name, kind in kinds.items()})
    _, columns = scorer.from_records(records)
    scored = scorer.score(columns, len(records))
    expected = {"predictions": scored.values, "outputs": scored.outputs.tolist()}
    return _json({"columns": list(kinds), "rows": [list(r.values()) for r in records], **expected})


def _plain(value: Any) -> Any:
    """JSON has no infinity: golden rows have nothing there instead."""
    return None if isinstance(value, float) and math.isinf(value) else value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1).encode()


def shown_labels(labels: list[Any]) -> list[str]:
    """The classes as people read them."""
    return [shown(label) for label in labels]
