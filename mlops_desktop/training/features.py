"""Which columns a model learns from, and why the others are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.errors import InvalidInputError, TrainingError, Where
from mlops_desktop.domain.runs import RunSpec, RunWarning
from mlops_desktop.training.reading import USABLE, InputTable

_SILENT_ROLES = {"id": "identifier", "ignore": "ignored", "time": "orders the rows", "target": "target"}
FEW_ROWS = 50
EXACT = 2.0**53
"""Whole numbers up to this are exact in double precision."""
_IDENTIFIER_ROWS = 20
_IDENTIFIER_SHARE = 0.95
_IDENTIFIER_NAME = re.compile(
    r"(^|[_\W])(id|ids|uuid|guid|key|identifier)($|[_\W])|(?-i:[a-z]I[dD]$)", re.IGNORECASE
)


@dataclass
class Chosen:
    """Columns to learn from, and the reason of each that is none."""

    features: list[str] = field(default_factory=list[str])
    left_out: dict[str, str] = field(default_factory=dict[str, str])


def choose_features(table: InputTable, rows: Array, spec: RunSpec, warnings: list[RunWarning]) -> Chosen:
    """Decide for each column whether the model learns from it.

    Parameters
    ----------
    rows : int64 array
        Positions of the rows that have a target.

    Raises
    ------
    InvalidInputError
        `spec` names a column that isn't there.
    TrainingError
        No column is left to learn from.
    """
    _check_names(table, spec)
    chosen = Chosen()
    for name, kind in table.types.items():
        reason = _role_reason(name, spec) or _value_reason(table, name, kind, rows, spec, warnings)
        if reason:
            chosen.left_out[name] = reason
        else:
            chosen.features.append(name)
    chosen.left_out.pop(spec.target, None)
    if not chosen.features and spec.algorithm != "baseline":
        raise TrainingError(
            "No column is left to learn from.",
            reason="; ".join(f"{name}: {reason}" for name, reason in list(chosen.left_out.items())[:10]),
            remedy="Give a column the role feature, or choose other data.",
        )
    _warn_shape(len(chosen.features), len(rows), warnings)
    return chosen


def _check_names(table: InputTable, spec: RunSpec) -> None:
    for what, names in (("features", spec.features or []), ("ignored", spec.ignored)):
        for name in names:
            if name not in table.types:
                raise InvalidInputError(
                    f"The data has no column “{name}”.", where=Where(column=name, field=what)
                )


def _role_reason(name: str, spec: RunSpec) -> str:
    """Why a person's choice leaves the column out; empty if it doesn't."""
    if name == spec.target:
        return "target"
    if name in spec.ignored:
        return "ignored"
    if spec.split.group and name == spec.split.group:
        return "keeps groups together"
    if spec.features is not None:
        return "" if name in spec.features else "not chosen"
    if spec.split.time_column and name == spec.split.time_column:
        return "orders the rows"
    return _SILENT_ROLES.get(spec.roles.get(name, "feature"), "")


def _value_reason(
    table: InputTable, name: str, kind: str, rows: Array, spec: RunSpec, warnings: list[RunWarning]
) -> str:
    """Why the column's values leave it out; empty if they don't."""
    if kind not in USABLE:
        return _warn(warnings, "type", name, f"“{name}” left out: no model takes values of its type.")
    column = table.columns[name][rows]
    if kind in ("integer", "decimal"):
        _check_infinite(name, column, spec, warnings)
        column = np.where(np.isinf(column), np.nan, column)
    present = _present(column, kind)
    count = int(present.sum())
    if count == 0:
        what = "finite value" if kind == "decimal" and np.isinf(table.columns[name][rows]).any() else "value"
        text = f"“{name}” left out: it has no {what} in any row."
        return _warn(warnings, "all_missing", name, text, len(rows))
    values = column[present]
    distinct = len(set(values.tolist()))
    if distinct == 1 and count == len(rows):
        return _warn(warnings, "constant", name, _constant_text(name, kind, values[0]), count)
    explicit = spec.features is not None or spec.keep_identifiers
    if not explicit and _is_identifier(name, kind, values, distinct == len(rows)):
        text = f"“{name}” left out: an identifier, {distinct:,} different values in {count:,} rows."
        return _warn(warnings, "identifier", name, text, distinct)
    return ""


def _constant_text(name: str, kind: str, value: Any) -> str:
    if kind == "integer" and abs(value) > EXACT:
        return f"“{name}” left out: its values differ, if at all, only beyond the 15 digits that a model tells apart."
    return f"“{name}” left out: it has the same value in each row."


def _present(column: Array, kind: str) -> Array:
    if kind == "text":
        return np.array([v is not None for v in column], dtype=bool)
    if kind in ("date", "timestamp"):
        return ~np.isnat(column)
    return ~np.isnan(column)


def _check_infinite(name: str, values: Array, spec: RunSpec, warnings: list[RunWarning]) -> None:
    infinite = int(np.isinf(values).sum())
    if not infinite:
        return
    counted = f"{infinite:,} infinite value" + ("" if infinite == 1 else "s")
    if spec.infinite == "refuse":
        raise TrainingError(
            f"“{name}” has {counted}.",
            remedy="Choose to take them as missing, or leave the column out.",
            where=Where(column=name),
        )
    warnings.append(RunWarning("infinite", f"{name}: {counted} taken as missing.", name, infinite))


def _is_identifier(name: str, kind: str, values: Array, all_differ: bool) -> bool:
    """Whether the values look like names of rows: text nearly all different, or whole numbers that count up."""
    if len(values) < _IDENTIFIER_ROWS:
        return False
    if kind == "text":
        return len(set(values.tolist())) >= _IDENTIFIER_SHARE * len(values)
    if kind != "integer" or not all_differ:
        return False
    ordered = np.sort(values)
    counts_up = bool(np.all(np.diff(ordered) == 1)) and ordered[0] in (0, 1)
    return counts_up or _IDENTIFIER_NAME.search(name) is not None


def _warn(warnings: list[RunWarning], code: str, name: str, text: str, count: int | None = None) -> str:
    """Record the warning; the reason in short."""
    warnings.append(RunWarning(code, text, name, count))
    return {"type": "type", "all_missing": "no values", "constant": "constant", "identifier": "identifier"}[
        code
    ]


def _warn_shape(columns: int, rows: int, warnings: list[RunWarning]) -> None:
    if columns > rows:
        text = f"There are more columns ({columns:,}) than rows ({rows:,}): the model can fit by chance."
        warnings.append(RunWarning("wide", text, count=columns))
    if rows < FEW_ROWS:
        warnings.append(
            RunWarning("few_rows", f"Only {rows:,} rows: scores vary much by chance.", count=rows)
        )
