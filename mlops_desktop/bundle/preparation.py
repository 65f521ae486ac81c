"""From typed columns to the matrix that a model takes; what to do with each column is data.

``preparation.json`` is a list of features, each tagged by ``is``:

* ``number``: the value, perhaps cut to a limit, filled where missing, centred and scaled, perhaps followed by a column that
  tells where it was missing. An infinite value is taken as missing.
* ``category``, as ``code``: 0 where missing, the position of the value from 1, one more for the values that
  training pooled as rare, NaN for a value that training did not have. As ``one_hot``: a column each, of which
  none is set for a value that training did not have.
* ``date``: the parts that are asked for, each treated as a number.

Inside, columns have no names: a booster never sees a person's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .values import Array, Columns, Input

_DAY_US = 86_400_000_000
EXAMPLES = 5
"""Unseen values that are named in a note."""


@dataclass
class Observed:
    """What was unusual about the scored rows, counted by column."""

    rows: int = 0
    missing: dict[str, int] = field(default_factory=dict[str, int])
    infinite: dict[str, int] = field(default_factory=dict[str, int])
    unseen: dict[str, int] = field(default_factory=dict[str, int])
    unseen_values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    outside: dict[str, int] = field(default_factory=dict[str, int])
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def add(self, other: Observed) -> None:
        """Count the rows of `other` too."""
        self.rows += other.rows
        for mine, more in (
            (self.missing, other.missing),
            (self.infinite, other.infinite),
            (self.unseen, other.unseen),
            (self.outside, other.outside),
        ):
            for name, count in more.items():
                mine[name] = mine.get(name, 0) + count
        for name, values in other.unseen_values.items():
            known = self.unseen_values.setdefault(name, [])
            known += [v for v in values if v not in known][: EXAMPLES - len(known)]
        self.ranges.update(other.ranges)

    def notes(self) -> list[str]:
        """The counts, a sentence a column."""
        said = [f"{name}: {_count(n, 'value')} missing." for name, n in self.missing.items()]
        said += [
            f"{name}: {_count(n, 'infinite value')} taken as missing." for name, n in self.infinite.items()
        ]
        for name, n in self.unseen.items():
            shown = ", ".join(f"“{value}”" for value in self.unseen_values[name])
            said.append(f"{name}: {_count(n, 'value')} that training did not have ({shown}).")
        for name, n in self.outside.items():
            low, high = self.ranges[name]
            said.append(
                f"{name}: {_count(n, 'value')} outside the range seen in training ({low:.12g} to {high:.12g})."
            )
        return said


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


class Preparation:
    """The features of a model, ready to be applied.

    Parameters
    ----------
    features : sequence of mappings
        The list in ``preparation.json``.
    inputs : sequence of Input
        The model's inputs; their ranges and types are what values are compared with.
    """

    def __init__(self, features: Sequence[Mapping[str, Any]], inputs: Sequence[Input]) -> None:
        self.features = [dict(feature) for feature in features]
        self.inputs = {entry.name: entry for entry in inputs}
        self._lookups = {
            str(f["input"]): _lookup(f["values"], f["rare"]) for f in self.features if f["is"] == "category"
        }

    @property
    def owners(self) -> list[str]:
        """For each column of the matrix the input that it was made of."""
        return [str(f["input"]) for f in self.features for _ in range(width(f))]

    def matrix(self, columns: Columns, rows: int) -> tuple[Array, Observed]:
        """The matrix for `columns` (rows x features, float64, C order), and what was unusual about them."""
        observed = Observed(rows=rows)
        blocks = [self._block(feature, columns[str(feature["input"])], observed) for feature in self.features]
        if not blocks:
            return np.zeros((rows, 0)), observed
        return np.ascontiguousarray(np.concatenate(blocks, axis=1)), observed

    def _block(self, feature: Mapping[str, Any], column: Array, observed: Observed) -> Array:
        if feature["is"] == "number":
            return self._number(feature, column, observed)
        if feature["is"] == "category":
            return self._category(feature, column, observed)
        if feature["is"] == "date":
            return self._date(feature, column, observed)
        raise ValueError(f"A feature of the kind {feature['is']!r} is not known to this version.")

    def _number(self, feature: Mapping[str, Any], column: Array, observed: Observed) -> Array:
        name = str(feature["input"])
        infinite = np.isinf(column)
        values = np.where(infinite, np.nan, column) + 0.0
        _note(observed.infinite, name, infinite)
        _note(observed.missing, name, np.isnan(column))
        entry = self.inputs[name]
        if entry.minimum is not None and entry.maximum is not None and entry.type != "boolean":
            with np.errstate(invalid="ignore"):
                outside = (values < entry.minimum) | (values > entry.maximum)
            _note(observed.outside, name, outside)
            observed.ranges[name] = (entry.minimum, entry.maximum)
        return _scaled(values, feature)

    def _category(self, feature: Mapping[str, Any], column: Array, observed: Observed) -> Array:
        name = str(feature["input"])
        lookup = self._lookups[name]
        codes = np.fromiter((lookup.get(value, -1) for value in column), dtype=np.int64, count=len(column))
        _note(observed.missing, name, codes == 0)
        unseen = codes < 0
        if unseen.any():
            _note(observed.unseen, name, unseen)
            observed.unseen_values[name] = list(dict.fromkeys(str(v) for v in column[unseen]))[:EXAMPLES]
        if feature["form"] == "code":
            return np.where(unseen, np.nan, codes.astype(np.float64))[:, None]
        wanted = np.arange(0 if feature["missing"] else 1, len(feature["values"]) + 1 + bool(feature["rare"]))
        return (codes[:, None] == wanted[None, :]).astype(np.float64)

    def _date(self, feature: Mapping[str, Any], column: Array, observed: Observed) -> Array:
        _note(observed.missing, str(feature["input"]), np.isnat(column))
        blocks = [_scaled(date_part(column, str(part["part"])), part) for part in feature["parts"]]
        return np.concatenate(blocks, axis=1)


def _lookup(values: Sequence[str], rare: Sequence[str]) -> dict[str | None, int]:
    """Code of each known value; None is missing."""
    codes: dict[str | None, int] = {None: 0}
    codes.update((value, position) for position, value in enumerate(values, 1))
    codes.update((value, len(values) + 1) for value in rare)
    return codes


def _note(counts: dict[str, int], name: str, where: Array) -> None:
    number = int(np.count_nonzero(where))
    if number:
        counts[name] = number


def width(feature: Mapping[str, Any]) -> int:
    """How many columns of the matrix `feature` makes."""
    if feature["is"] == "category":
        if feature["form"] == "code":
            return 1
        return len(feature["values"]) + bool(feature["missing"]) + bool(feature["rare"])
    if feature["is"] == "date":
        return sum(1 + bool(part["flag"]) for part in feature["parts"])
    return 1 + bool(feature["flag"])


def _scaled(values: Array, step: Mapping[str, Any]) -> Array:
    """`values` filled, centred and scaled; with a second column for where they were missing if asked for."""
    missing = np.isnan(values)
    if step["limit"] is not None:
        values = np.clip(values, -float(step["limit"]), float(step["limit"]))
    if step["fill"] is not None:
        values = np.where(missing, float(step["fill"]), values)
    if step["center"] != 0.0 or step["scale"] != 1.0:
        values = (values - float(step["center"])) / float(step["scale"])
    if step["flag"]:
        return np.stack([values, missing.astype(np.float64)], axis=1)
    return values[:, None]


def date_part(column: Array, part: str) -> Array:
    """A part of each moment as float64, NaN where it is missing.

    ``year``, ``month`` (1 to 12), ``day`` (1 to 31), ``weekday`` (0 is Monday), ``day_of_year`` (1 to 366),
    ``hour`` (with minutes as a fraction), or ``days`` since 1970-01-01 (with the time of day as a fraction).
    """
    missing = np.isnat(column)
    moments = np.where(missing, np.datetime64(0, "us"), column)
    days = moments.astype("datetime64[D]")
    if part == "year":
        values = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    elif part == "month":
        values = moments.astype("datetime64[M]").astype(np.int64) % 12 + 1
    elif part == "day":
        values = (days - moments.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    elif part == "day_of_year":
        values = (days - moments.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
    elif part == "weekday":
        values = (days.astype(np.int64) + 3) % 7
    elif part == "hour":
        values = (moments - days).astype(np.int64) / 3_600_000_000
    elif part == "days":
        values = moments.astype(np.int64) / _DAY_US
    else:
        raise ValueError(f"A date has no part {part!r}.")
    return np.where(missing, np.nan, values.astype(np.float64))
