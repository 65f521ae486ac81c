"""The catalogue of algorithms: what each is, for which tasks, and its parameters."""

from __future__ import annotations

from typing import Literal

import msgspec

from .errors import InvalidInputError, NotFoundError, Where
from .runs import TASKS, ParamValue, Task


class Param(msgspec.Struct, frozen=True):
    """A parameter of an algorithm."""

    name: str
    type: Literal["integer", "decimal", "boolean", "choice"]
    default: ParamValue
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] = []


class Algorithm(msgspec.Struct, frozen=True):
    """A way to train a model."""

    algorithm_id: str
    title: str
    description: str
    """One line: what to expect of it."""
    tasks: list[Task]
    params: list[Param]
    package: str
    """Distribution whose version is recorded."""


_ALL: list[Task] = list(TASKS)

ALGORITHMS: tuple[Algorithm, ...] = (
    Algorithm(
        "baseline",
        "Baseline",
        "no features: to be beaten",
        _ALL,
        [],
        "numpy",
    ),
    Algorithm(
        "linear",
        "Linear or logistic",
        "regression that is easy to explain",
        _ALL,
        [Param("strength", "decimal", 1.0, "Regularisation: higher is simpler.", 0.0, 1e6)],
        "scikit-learn",
    ),
    Algorithm(
        "random_forest",
        "Random forest",
        "robust, larger file",
        _ALL,
        [
            Param("trees", "integer", 200, "Number of trees.", 1, 5000),
            Param("max_depth", "integer", None, "Deepest tree; empty: no limit.", 1, 200),
            Param("min_rows_in_leaf", "integer", 2, "Fewest rows in a leaf.", 1, 1_000_000),
            Param(
                "feature_share",
                "decimal",
                None,
                "Part of the features tried at a split; empty: the usual.",
                0.01,
                1.0,
            ),
        ],
        "scikit-learn",
    ),
    Algorithm(
        "hist_gradient_boosting",
        "Gradient boosting",
        "scikit-learn's, much like LightGBM",
        _ALL,
        [
            Param("iterations", "integer", 100, "Rounds of boosting.", 1, 10_000),
            Param("learning_rate", "decimal", 0.1, "How much each round corrects.", 1e-4, 1.0),
            Param("max_leaves", "integer", 31, "Leaves of a tree.", 2, 4096),
            Param("min_rows_in_leaf", "integer", 20, "Fewest rows in a leaf.", 1, 1_000_000),
            Param("l2", "decimal", 0.0, "L2 regularisation.", 0.0, 1e6),
        ],
        "scikit-learn",
    ),
    Algorithm(
        "lightgbm",
        "LightGBM",
        "strong default for tables",
        _ALL,
        [
            Param("iterations", "integer", 100, "Rounds of boosting.", 1, 10_000),
            Param("learning_rate", "decimal", 0.1, "How much each round corrects.", 1e-4, 1.0),
            Param("max_leaves", "integer", 31, "Leaves of a tree.", 2, 4096),
            Param("max_depth", "integer", None, "Deepest tree; empty: no limit.", 1, 200),
            Param("min_rows_in_leaf", "integer", 20, "Fewest rows in a leaf.", 1, 1_000_000),
            Param("feature_share", "decimal", 1.0, "Part of the features for each tree.", 0.01, 1.0),
            Param("row_share", "decimal", 1.0, "Part of the rows for each tree.", 0.01, 1.0),
            Param("l2", "decimal", 0.0, "L2 regularisation.", 0.0, 1e6),
        ],
        "lightgbm",
    ),
)
"""In the order they are offered."""


def algorithm(algorithm_id: str) -> Algorithm:
    """The entry `algorithm_id` of the catalogue.

    Raises
    ------
    NotFoundError
        There is none; the message names those that there are.
    """
    for entry in ALGORITHMS:
        if entry.algorithm_id == algorithm_id:
            return entry
    raise NotFoundError(
        f"There is no algorithm “{algorithm_id}”.",
        remedy="Take one of " + ", ".join(a.algorithm_id for a in ALGORITHMS) + ".",
        where=Where(field="algorithm"),
    )


def resolved_params(entry: Algorithm, given: dict[str, ParamValue]) -> dict[str, ParamValue]:
    """All parameters of `entry`: defaults, and those `given` once each has been checked.

    Raises
    ------
    InvalidInputError
        A parameter is unknown, of another type, or out of its range.
    """
    known = {param.name: param for param in entry.params}
    for name in given:
        if name not in known:
            raise InvalidInputError(
                f"{entry.title} has no parameter “{name}”.",
                remedy=f"It has {', '.join(known) or 'none'}.",
                where=Where(field=name),
            )
    return {name: _checked(param, given.get(name, param.default)) for name, param in known.items()}


def _checked(param: Param, value: ParamValue) -> ParamValue:
    """`value` in the type of `param`, or the error that says what it should be."""
    if value is None:
        if param.default is None:
            return None
        raise _unfit(param, value)
    if param.type == "boolean":
        if isinstance(value, bool):
            return value
        raise _unfit(param, value)
    if param.type == "choice":
        if value in param.choices:
            return value
        raise _unfit(param, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unfit(param, value)
    low, high = param.minimum, param.maximum
    if not ((low is None or value >= low) and (high is None or value <= high)):
        raise _unfit(param, value)
    if param.type == "decimal":
        return float(value)
    if float(value).is_integer():
        return int(value)
    raise _unfit(param, value)


def _unfit(param: Param, value: ParamValue) -> InvalidInputError:
    """The error that `value` is none of `param`."""
    wanted = (
        ", ".join(param.choices) if param.choices else f"{param.type} from {param.minimum} to {param.maximum}"
    )
    return InvalidInputError(
        f"“{param.name}” can't be {value!r}.", reason=f"It takes: {wanted}.", where=Where(field=param.name)
    )
