"""The target: which task it makes, its classes, and what can't be trained on."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from mlops_desktop.bundle.scorer import shown
from mlops_desktop.bundle.values import Array
from mlops_desktop.domain.errors import InvalidInputError, NotFoundError, TrainingError, Where
from mlops_desktop.domain.runs import RunSpec, RunWarning, Task
from mlops_desktop.training.features import EXACT
from mlops_desktop.training.reading import InputTable, labels_of

MOST_CLASSES = 200
FEWEST_ROWS = 10
_SIGNS = "%$€£¥ \u00a0\u202f"
"""Signs around a number written as text."""
LARGEST = 1e150
"""Targets to predict as numbers; the square of a larger one is no double."""
MOST_NAMED = 5
"""Rare classes that a warning names."""
_GUESSED_CLASSES = 10
"""Whole numbers of at most so many different values are guessed to be classes."""
_POSITIVE_WORDS = frozenset({"true", "yes", "y", "1", "positive", "t", "bad", "churned", "fraud"})


@dataclass(frozen=True)
class Target:
    """The target of the rows that have one."""

    name: str
    task: Task
    reason: str
    """Why this task."""
    rows: Array
    """Positions in the input of the rows that have a target."""
    values: Array
    """Of those rows: float64 numbers, or int64 positions in `labels`."""
    type: str
    labels: list[Any] = field(default_factory=list[Any])
    """Classes; of two the positive one is the second."""
    without: int = 0
    """Rows that have no target."""


def read_target(table: InputTable, spec: RunSpec, warnings: list[RunWarning]) -> Target:
    """The target that `spec` names, checked.

    Raises
    ------
    NotFoundError
        There is no such column.
    TrainingError
        It has one class, one value, too few rows or too many classes.
    """
    name = spec.target
    if name not in table.types:
        raise NotFoundError(
            f"The data has no column “{name}” to predict.",
            remedy="Choose another target.",
            where=Where(field="target"),
        )
    kind = table.types[name]
    if kind == "other" or kind in ("date", "timestamp", "time"):
        raise TrainingError(
            f"“{name}” can't be predicted: it holds neither numbers nor classes.", where=Where(column=name)
        )
    written = labels_of(table.raw[name], kind)
    labels = _finite(name, written, warnings)
    if words := table.words.get(name):  # classes are the person's words: they come back letter by letter
        kind, labels = "text", [None if v is None else words[v] for v in labels]
        spec = msgspec.structs.replace(spec, positive_class=_in_words(spec.positive_class, words))
    present = np.array([v is not None for v in labels], dtype=bool)
    _check_rows(name, int(present.sum()), table.rows)
    task, reason = _task(name, kind, [v for v in labels if v is not None], spec)
    _say_without(name, written.count(None), warnings)
    if task == "regression":
        return _numbers(table, name, kind, (task, reason))
    _say_numbers_as_text(name, kind, labels, warnings)
    return _classes(name, kind, labels, present, (task, reason), spec, warnings)


def _finite(name: str, labels: list[Any], warnings: list[RunWarning]) -> list[Any]:
    """`labels` without those that are infinite: they are neither a number to predict nor a class."""
    found = [None if isinstance(label, float) and math.isinf(label) else label for label in labels]
    if infinite := found.count(None) - labels.count(None):
        text = f"{name}: {_rows(infinite)} with an infinite target left out."
        warnings.append(RunWarning("infinite", text, name, infinite))
    return found


def _in_words(positive_class: str, words: tuple[str, ...]) -> str:
    """The positive class of `words`; a run may have been asked for with true or false."""
    return {"": words[1], "false": words[0], "true": words[1]}.get(positive_class, positive_class)


def _check_rows(name: str, present: int, rows: int) -> None:
    without = rows - present
    if present >= FEWEST_ROWS:
        return
    if present == 0:
        raise TrainingError(
            f"“{name}” has no value in any of the {_rows(rows)}.",
            reason="A model learns from rows whose target is known and finite.",
            where=Where(column=name),
        )
    also = f", and {_rows(without)} without a target" if without else ""
    raise TrainingError(
        f"There {'is' if present == 1 else 'are'} only {_rows(present)} to learn from{also}.",
        reason=f"At least {FEWEST_ROWS} rows with a target are needed to train and to judge a model.",
        remedy="Import more rows.",
        where=Where(column=name),
    )


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")


def _task(name: str, kind: str, values: list[Any], spec: RunSpec) -> tuple[Task, str]:
    """The task that was asked for, or the one guessed and why."""
    distinct = len(set(values))
    if spec.task is not None:
        if spec.task == "regression" and kind not in ("integer", "decimal"):
            raise InvalidInputError(
                f"“{name}” holds {kind}, which is no number to predict.",
                remedy="Choose a task of classes.",
                where=Where(field="task"),
            )
        if spec.task == "binary" and distinct > 2:
            raise InvalidInputError(
                f"“{name}” has {distinct:,} classes, not two.",
                remedy="Choose the task of several classes.",
                where=Where(field="task"),
            )
        if spec.task == "multiclass" and distinct == 2:
            return "binary", "two classes"
        return spec.task, "as asked for"
    if kind in ("text", "boolean"):
        task: Task = "multiclass" if distinct > 2 else "binary"
        return task, f"guessed: {distinct:,} classes of {kind}"
    if distinct == 2:
        return "binary", "guessed: two different numbers"
    whole = all(float(v).is_integer() for v in values)
    if whole and 2 < distinct <= _GUESSED_CLASSES and len(values) >= 10 * distinct:
        return "multiclass", f"guessed: {distinct} different whole numbers"
    return "regression", f"guessed: {min(values):.6g} to {max(values):.6g}"


def _numbers(table: InputTable, name: str, kind: str, task: tuple[Task, str]) -> Target:
    column = table.columns[name]
    rows = np.flatnonzero(np.isfinite(column))
    values = column[rows]
    if values.min() == values.max():
        raise _constant(name, kind, float(values[0]), (len(rows), table.rows))
    if np.abs(values).max() > LARGEST:
        at = int(np.abs(values).argmax())
        raise TrainingError(
            f"The target “{name}” is {values[at]:.6g} in row {rows[at] + 1:,}.",
            reason=f"Numbers beyond ±{LARGEST:g} can't be predicted: their errors can't be squared.",
            remedy="Correct the value, or leave its row out.",
            where=Where(column=name, row=int(rows[at]) + 1),
        )
    return Target(name, task[0], task[1], rows, values, kind, without=table.rows - len(rows))


def _constant(name: str, kind: str, value: float, rows: tuple[int, int]) -> TrainingError:
    """The error that the target has one value in the first number of rows, of the second one."""
    which = "" if rows[0] == rows[1] else f" that have a finite one (of {rows[1]:,})"
    text = f"The target “{name}” is constant: it is {value:.12g} in all {_rows(rows[0])}{which}."
    if kind == "integer" and abs(value) > EXACT:
        text = (
            f"The values of “{name}” differ, if at all, only beyond the 15 digits that a model tells apart."
        )
    return TrainingError(
        text,
        reason="There is nothing to predict, and R² would be undefined.",
        remedy="Choose another target, or import rows that differ.",
        where=Where(column=name),
    )


def _classes(
    name: str,
    kind: str,
    labels: list[Any],
    present: Array,
    task: tuple[Task, str],
    spec: RunSpec,
    warnings: list[RunWarning],
) -> Target:
    rows = np.flatnonzero(present)
    counts = Counter(labels[row] for row in rows)
    if len(counts) == 1:
        only = shown(next(iter(counts)))
        raise TrainingError(
            f"The target “{name}” has only one class: all {_rows(len(rows))} are “{only}”.",
            reason="A classifier needs at least two classes.",
            remedy="Choose another target, or import rows of another class.",
            where=Where(column=name),
        )
    if max(counts.values()) == 1:
        raise TrainingError(
            f"Each of the {_rows(len(rows))} has a class of “{name}” of its own.",
            reason="A class is learned from several rows.",
            remedy="Choose another target"
            + (", or import this one as numbers." if all(_is_number(v) for v in counts) else "."),
            where=Where(column=name),
        )
    if len(counts) > MOST_CLASSES:
        raise TrainingError(
            f"“{name}” has {len(counts):,} classes in {_rows(len(rows))}.",
            reason=f"At most {MOST_CLASSES} classes can be learned.",
            remedy="Choose another target, or predict a number.",
            where=Where(column=name),
        )
    order = _ordered(counts, spec) if len(counts) == 2 else sorted(counts)
    _say_rare(name, counts, warnings)
    codes = {label: code for code, label in enumerate(order)}
    values = np.array([codes[labels[row]] for row in rows], dtype=np.int64)
    return Target(name, task[0], task[1], rows, values, kind, order, len(labels) - len(rows))


def _say_numbers_as_text(name: str, kind: str, labels: list[Any], warnings: list[RunWarning]) -> None:
    """Warn where text is numbers in all rows, and so many that they are hardly classes."""
    distinct = {label for label in labels if label is not None}
    if kind == "text" and len(distinct) > _GUESSED_CLASSES and all(map(_is_number, distinct)):
        text = (
            f"“{name}” is text, though every value is a number: its {len(distinct):,} values are taken as classes. "
            "Import it as numbers to predict how much."
        )
        warnings.append(RunWarning("numbers_as_text", text, name, len(distinct)))


def _is_number(value: object) -> bool:
    """Whether a text is a number, perhaps with a sign of percent or money or with commas."""
    try:
        float(str(value).strip(_SIGNS).replace(",", ""))
    except ValueError:
        return False
    return True


def _say_rare(name: str, counts: Counter[Any], warnings: list[RunWarning]) -> None:
    """One warning for all classes that have too few rows, the rarest first."""
    rare = sorted(
        (label for label in counts if counts[label] < FEWEST_ROWS), key=lambda one: (counts[one], one)
    )
    if len(rare) == 1:
        only = counts[rare[0]]
        text = f"The class “{shown(rare[0])}” of “{name}” has only {_rows(only)}: its scores say little."
        warnings.append(RunWarning("rare_class", text, name, only))
    elif rare:
        named = ", ".join(f"“{shown(label)}” {counts[label]}" for label in rare[:MOST_NAMED])
        more = f" and {len(rare) - MOST_NAMED:,} more" if len(rare) > MOST_NAMED else ""
        text = (
            f"{len(rare):,} classes of “{name}” have fewer than {FEWEST_ROWS} rows ({named}{more}): "
            "their scores say little."
        )
        warnings.append(RunWarning("rare_class", text, name, sum(counts[label] for label in rare)))


def _ordered(counts: Counter[Any], spec: RunSpec) -> list[Any]:
    """The two classes, the positive one last."""
    labels = sorted(counts)
    if spec.positive_class:
        chosen = [label for label in labels if shown(label) == spec.positive_class]
        if not chosen:
            raise InvalidInputError(
                f"“{spec.target}” has no class “{spec.positive_class}”.",
                remedy="Its classes are " + " and ".join(f"“{shown(label)}”" for label in labels) + ".",
                where=Where(field="positive_class"),
            )
        return sorted(labels, key=lambda label: label == chosen[0])
    words = [shown(label).strip().lower() in _POSITIVE_WORDS for label in labels]
    if words[0] != words[1]:
        return labels if words[1] else labels[::-1]
    return labels if counts[labels[1]] <= counts[labels[0]] else labels[::-1]


def _say_without(name: str, without: int, warnings: list[RunWarning]) -> None:
    if without:
        text = f"{_rows(without)} without a value of “{name}” left out."
        warnings.append(RunWarning("no_target", text, name, without))
