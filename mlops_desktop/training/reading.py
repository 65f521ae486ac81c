"""The training input: a Parquet file as typed columns, the same form that `bundle` scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from mlops_desktop.bundle.values import Array, Columns
from mlops_desktop.domain.errors import DamagedError, NotFoundError, Where
from mlops_desktop.domain.imports import Spelling
from mlops_desktop.domain.messages import InputColumn

pc: Any = pyarrow.compute
Arrow = Any
"""A pyarrow column or type: pyarrow carries no types of its own."""

_DAY_US = 86_400_000_000
_FURTHEST_US = 105_000_000 * _DAY_US
"""Microseconds from 1970, some 287,000 years: what lies further off is taken as this."""
USABLE = frozenset({"integer", "decimal", "boolean", "text", "date", "timestamp", "time"})
"""Shown types that a model can learn from."""


@dataclass(frozen=True)
class InputTable:
    """Columns of equal length, with their shown types."""

    types: dict[str, str]
    columns: Columns
    """Only those of a usable type."""
    raw: dict[str, Arrow]
    """As they are in the file."""
    rows: int
    words: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Column of yes and no to the person's word for no and the one for yes."""
    spellings: dict[str, Spelling] = field(default_factory=dict[str, Spelling])
    """Column to how the imported file wrote its values, where not plainly."""

    @property
    def names(self) -> list[str]:
        """Every column, in the order of the file."""
        return list(self.types)

    def take(self, rows: Array) -> Columns:
        """The usable columns at the positions `rows`."""
        return {name: column[rows] for name, column in self.columns.items()}


def read_input(path: Path, wanted: Sequence[InputColumn]) -> InputTable:
    """Read the Parquet file at `path`.

    Parameters
    ----------
    wanted : sequence of InputColumn
        The columns and their names; empty for all of the file.

    Raises
    ------
    NotFoundError
        The file or a column of it is not there.
    DamagedError
        The file is no whole Parquet file.
    """
    try:
        table = pq.ParquetFile(path).read()
    except FileNotFoundError as error:
        raise NotFoundError("The training input is gone.", where=Where(file=str(path))) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedError(
            "The training input can't be read.", reason=str(error), where=Where(file=str(path))
        ) from error
    chosen = list(wanted) or [InputColumn(name, name) for name in table.column_names]
    missing = [c.name for c in chosen if c.stored not in table.column_names]
    if missing:
        raise NotFoundError(
            f"The training input has no column “{missing[0]}”.", where=Where(column=missing[0])
        )
    raw = {c.name: table.column(c.stored) for c in chosen}
    types = {c.name: shown_type(raw[c.name].type) for c in chosen}
    columns = {name: to_values(raw[name], kind) for name, kind in types.items() if kind in USABLE}
    words = {c.name: c.words for c in chosen if c.words and types[c.name] == "boolean"}
    spellings = {c.name: c.spelling for c in chosen if c.spelling is not None}
    return InputTable(types, columns, raw, table.num_rows, words, spellings)


def shown_type(kind: Arrow) -> str:
    """The word for an Arrow type that the rest of the program uses; ``other`` for what no model takes."""
    tests = (
        ("boolean", pa.types.is_boolean),
        ("integer", pa.types.is_integer),
        ("decimal", pa.types.is_floating),
        ("text", pa.types.is_string),
        ("text", pa.types.is_large_string),
        ("text", pa.types.is_string_view),
        ("text", pa.types.is_dictionary),
        ("date", pa.types.is_date),
        ("timestamp", pa.types.is_timestamp),
        ("time", pa.types.is_time),
    )
    for word, test in tests:
        if test(kind):
            return word
    if pa.types.is_decimal(kind):
        return "integer" if kind.scale == 0 else "decimal"
    if pa.types.is_null(kind):
        return "text"
    return "other"


def to_values(column: Arrow, kind: str) -> Array:
    """`column` in the form of `bundle.values`."""
    if kind in ("integer", "decimal", "boolean"):
        return _numbers(column)
    if kind == "text":
        return _texts(column)
    if kind == "time":
        micro = pc.cast(pc.cast(column, pa.time64("us"), safe=False), pa.int64())
        return _numbers(micro) / 1e6
    return _moments(column)


def _numbers(column: Arrow) -> Array:
    if pa.types.is_decimal(column.type):
        # Python's own conversion rounds each decimal to the nearest double, as reading its text does
        values = [float("nan") if v is None else float(v) for v in column.to_pylist()]
        return np.array(values, dtype=np.float64) + 0.0
    cast = pc.cast(column, pa.float64(), safe=False)
    filled = pc.fill_null(cast, float("nan"))
    return np.array(filled.to_numpy(), dtype=np.float64) + 0.0


def _texts(column: Arrow) -> Array:
    if pa.types.is_null(column.type):
        return np.full(len(column), None, dtype=object)
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    values = np.empty(len(column), dtype=object)
    values[:] = [v or None for v in column.to_pylist()]
    return values


def _moments(column: Arrow) -> Array:
    """datetime64[us]; instants with a zone as UTC. Nanoseconds are cut to microseconds."""
    if pa.types.is_date32(column.type):
        counts, unit = pc.cast(pc.cast(column, pa.int32()), pa.int64()), _DAY_US
    elif pa.types.is_date64(column.type):
        counts, unit = pc.cast(column, pa.int64()), 1_000
    else:
        counts = pc.cast(column, pa.int64())
        unit = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 0}[column.type.unit]
    found = np.array(pc.fill_null(counts, 0).to_numpy(), dtype=np.int64)
    furthest = _FURTHEST_US // max(1, unit)
    micro = found // 1_000 if unit == 0 else np.clip(found, -furthest, furthest) * unit
    moments = micro.view("datetime64[us]")
    moments[np.array(pc.is_null(counts).to_numpy(), dtype=bool)] = np.datetime64("NaT", "us")
    return moments


def labels_of(column: Arrow, kind: str) -> list[Any]:
    """Each value of a target of classes in its own type: bool, int, float or text; None where missing."""
    values: list[Any] = column.to_pylist()
    if kind == "text":
        return [v or None for v in values]
    if kind == "integer":
        return [None if v is None else int(v) for v in values]
    if kind == "decimal":
        return [None if v is None or v != v else float(v) for v in values]
    if kind == "boolean":
        return values
    return [None if v is None else str(v) for v in values]
