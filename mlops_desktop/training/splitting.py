"""How rows are held back: random, stratified, by time, by group, or cross-validation.

Every split follows from the rows, the settings and the seed alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np

from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.errors import InvalidInputError, TrainingError, Where
from mlops_desktop.domain.runs import Split, SplitMethod, Task
from mlops_desktop.training.periods import Window, period_bounds, window_of

DEFAULT_FOLDS = 5


@dataclass(frozen=True)
class Part:
    """Rows to fit on and rows to judge by; positions among the rows that have a target."""

    name: str
    train: Array
    test: Array


@dataclass(frozen=True)
class Plan:
    """Every fit of a run."""

    method: SplitMethod
    words: str
    """How the rows were split, for people."""
    folds: list[Part] = field(default_factory=list[Part])
    final: Part | None = None
    """The last fit and its test; the test is empty for cross-validation, which fits on all rows."""
    without_time: int = 0
    """Rows that a split by time can't place: they are in neither part."""

    @property
    def last(self) -> Part:
        """The last fit."""
        if self.final is None:
            raise ValueError("A plan without a last fit.")
        return self.final


@dataclass(frozen=True)
class Rows:
    """What a split may look at, of the rows that have a target."""

    task: Task
    target: Array
    """Classes as int64, or numbers."""
    times: Array | None = None
    """datetime64[us] or float64, of the column that orders the rows."""
    groups: Array | None = None


def plan_split(split: Split, rows: Rows, seed: int) -> Plan:
    """Decide which rows each fit sees.

    Raises
    ------
    InvalidInputError
        A setting can't be taken.
    TrainingError
        Too few rows are left on one side.
    """
    if not 0.0 < split.test_share < 1.0:
        raise InvalidInputError(
            f"The test share is {split.test_share:g}.",
            reason="It must lie between 0 and 1.",
            where=Where(field="test_share"),
        )
    method = split.method or _guess(rows)
    folds = DEFAULT_FOLDS if split.folds is None and method == "cross_validation" else (split.folds or 0)
    random = np.random.default_rng(seed)
    if method == "cross_validation":
        plan = _cross_validation(split, rows, folds, random)
    elif method == "time":
        plan = _by_time(split, rows, folds)
    else:
        plan = _hold_out(split, rows, method, folds, random)
    for part in [*plan.folds, plan.last]:
        if len(part.train) < 2 or (part.name != "all rows" and len(part.test) < 1):
            raise TrainingError(
                f"The split leaves {_rows(len(part.train))} to train on and {_rows(len(part.test))} to test ({part.name}).",
                remedy="Change the test share, the period or the number of folds, or import more rows.",
                where=Where(field="split"),
            )
    return plan


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")


def _guess(rows: Rows) -> SplitMethod:
    if rows.times is not None:
        return "time"
    return "random" if rows.task == "regression" else "stratified"


def _hold_out(split: Split, rows: Rows, method: SplitMethod, folds: int, random: np.random.Generator) -> Plan:
    """Hold out a share; folds, if any, lie within the rest."""
    if method == "stratified" and rows.task == "regression":
        raise InvalidInputError(
            "A number can't be split by class.", remedy="Choose a random split.", where=Where(field="split")
        )
    by_class = method == "stratified"
    parts = max(2, round(1 / split.test_share))
    if rows.groups is not None:
        numbers = _group_numbers(rows.groups, parts, random)
        test = np.flatnonzero(numbers == 0)
    elif by_class:
        test = np.sort(
            np.concatenate([_some(where, split.test_share, random) for where in _classes(rows.target)])
        )
    else:
        test = np.sort(_some(np.arange(len(rows.target)), split.test_share, random))
    train = np.setdiff1d(np.arange(len(rows.target)), test)
    inner = _fold_parts(train, rows, folds, by_class, random) if folds else []
    words = f"{len(test):,} rows held out, {'alike in each class' if by_class else 'by chance'}"
    if rows.groups is not None:
        words += ", groups kept together"
    return Plan(method, words, inner, Part("test", train, test))


def _classes(target: Array) -> list[Array]:
    return [np.flatnonzero(target == label) for label in np.unique(target)]


def _some(where: Array, share: float, random: np.random.Generator) -> Array:
    """A share of the positions `where`; a class of one row stays in training."""
    count = round(len(where) * share) if len(where) > 2 else len(where) // 2
    if len(where) > 1:
        count = min(max(count, 1), len(where) - 1)
    return random.permutation(where)[:count]


def _cross_validation(split: Split, rows: Rows, folds: int, random: np.random.Generator) -> Plan:
    everything = np.arange(len(rows.target))
    if not 2 <= folds <= len(everything):
        raise InvalidInputError(
            f"{folds} folds can't be made of {len(everything):,} rows.",
            remedy="Take at least 2, and no more than there are rows.",
            where=Where(field="folds"),
        )
    if split.shuffle or rows.groups is not None:
        parts = _fold_parts(everything, rows, folds, rows.task != "regression", random)
    else:
        numbers = np.arange(len(everything)) * folds // len(everything)
        parts = _numbered(everything, numbers, folds)
    words = (
        f"{folds} folds, each predicted by a model that has not seen it; the final model learns from all rows"
    )
    return Plan("cross_validation", words, parts, Part("all rows", everything, everything[:0]))


def _fold_parts(
    within: Array, rows: Rows, folds: int, by_class: bool, random: np.random.Generator
) -> list[Part]:
    """Deal the rows `within` out to folds."""
    if rows.groups is not None:
        numbers = _group_numbers(rows.groups[within], folds, random)
    elif by_class:
        numbers = np.empty(len(within), dtype=np.int64)
        dealt = 0
        for where in _classes(rows.target[within]):
            numbers[random.permutation(where)] = (np.arange(len(where)) + dealt) % folds
            dealt += len(where)
    else:
        numbers = random.permutation(np.arange(len(within)) % folds)
    return _numbered(within, numbers, folds)


def _group_numbers(groups: Array, parts: int, random: np.random.Generator) -> Array:
    """A part for each row such that equal groups are together: the largest group to the emptiest part."""
    names = [str(group) for group in groups]
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    codes = np.array([numbers[name] for name in names], dtype=np.int64)
    sizes = np.bincount(codes)
    if len(sizes) < parts:
        raise TrainingError(
            f"There are only {len(sizes)} groups for {parts} parts.",
            remedy="Take fewer folds or a larger test share.",
            where=Where(field="group"),
        )
    order = random.permutation(len(sizes))
    filled = np.zeros(parts, dtype=np.int64)
    part_of = np.empty(len(sizes), dtype=np.int64)
    for group in order[np.argsort(-sizes[order], kind="stable")]:
        part_of[group] = filled.argmin()
        filled[part_of[group]] += sizes[group]
    return part_of[codes]


def _numbered(within: Array, numbers: Array, folds: int) -> list[Part]:
    return [
        Part(f"fold {fold + 1}", within[numbers != fold], within[numbers == fold]) for fold in range(folds)
    ]


def _by_time(split: Split, rows: Rows, folds: int) -> Plan:
    """The last rows, or a period, are the test; folds are as long and lie directly before it."""
    if rows.times is None:
        raise InvalidInputError(
            "A split by time needs a column of times.",
            remedy="Give a column the role time, or choose another split.",
            where=Where(field="time_column"),
        )
    times = rows.times
    known = ~np.isnat(times) if times.dtype.kind == "M" else np.isfinite(times)
    if not known.any():
        raise TrainingError("No row has a time to be split by.", where=Where(field="time_column"))
    window = window_of(split.train_window)
    plan = (
        _by_period(split, times, known, window, folds)
        if split.test_period
        else _by_share(split, times, known, window, folds)
    )
    return replace(plan, without_time=int(np.count_nonzero(~known)))


def _by_share(split: Split, times: Array, known: Array, window: Window, folds: int) -> Plan:
    """A share of the rows, the last ones, is the test; folds are as long and lie directly before it."""
    order = np.flatnonzero(known)[np.argsort(times[known], kind="stable")]
    size = max(1, round(len(order) * split.test_share))
    parts: list[Part] = []
    for back in range(folds, -1, -1):
        end = len(order) - back * size
        # rows of one moment stay on one side: the test begins at the first of its moment
        first = times[order[end - size]] if end > size else times[order[0]]
        start = int(np.searchsorted(times[order], first, side="left"))
        if start < 2 and back == 0:  # the first moment has too many rows: the test is what comes after it
            start = int(np.searchsorted(times[order], first, side="right"))
        if not 2 <= start < end:
            continue
        train = window.before(order[:start], times, times[order[start]])
        name = "test" if back == 0 else f"fold {folds - back + 1}"
        parts.append(Part(name, np.sort(train), np.sort(order[start:end])))
    if not parts or parts[-1].name != "test":
        raise TrainingError(
            "All rows carry the same time, so none can be held out by it.", where=Where(field="split")
        )
    words = f"the last {len(parts[-1].test):,} rows by time held out"
    return Plan("time", words + window.words, parts[:-1], parts[-1])


def _by_period(split: Split, times: Array, known: Array, window: Window, folds: int) -> Plan:
    """A calendar period is the test; folds are the periods of the same kind before it."""
    if times.dtype.kind != "M":
        raise InvalidInputError(
            "A test period needs a column of dates or times.",
            remedy="Take a test share instead.",
            where=Where(field="test_period"),
        )
    parts: list[Part] = []
    for back in range(folds, -1, -1):
        start, end, name = period_bounds(split.test_period, back)
        test = np.flatnonzero(known & (times >= start) & (times < end))
        train = window.before(np.flatnonzero(known & (times < start)), times, start)
        if back and (len(test) == 0 or len(train) < 2):
            continue
        parts.append(Part(name, train, test))
    period = re.sub(r"\.\.", " to ", split.test_period)
    words = f"{len(parts[-1].test):,} rows of {period} held out"
    return Plan("time", words + window.words, parts[:-1], parts[-1])
