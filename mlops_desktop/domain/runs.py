"""Runs: what a training was asked to do, how it went, and what came out of it.

The catalogue of algorithms is in `algorithms`, what the charts of a run show in `evaluations`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from .errors import ErrorMessage

Task = Literal["binary", "multiclass", "regression"]
TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")
RunState = Literal["queued", "running", "finished", "failed", "cancelled", "interrupted"]
RunKind = Literal["training", "logged"]
"""``training``: a child of the service; ``logged``: a person's own script through the Python API."""
SplitMethod = Literal["random", "stratified", "time", "cross_validation"]
InfinitePolicy = Literal["missing", "refuse"]
ParamValue = bool | int | float | str | None


class DataInput(msgspec.Struct, frozen=True):
    """Which data a run was trained on."""

    dataset: str
    version: int
    """Number of the version in its data set."""
    version_id: int = 0
    rows: int = 0

    @property
    def ref(self) -> str:
        """How people write it: ``bikes@22``."""
        return f"{self.dataset}@{self.version}"


class Split(msgspec.Struct, frozen=True):
    """How rows are held back to judge a model.

    ``random`` and ``stratified`` hold out `test_share` of the rows; ``time`` holds out the last ones (or
    `test_period`) and trains on what lies before; ``cross_validation`` predicts each row once, by a model
    that has not seen it, and fits the final model on all rows.
    """

    method: SplitMethod | None = None
    """None: by time if there is a time column, else stratified for classes, else random."""
    test_share: float = 0.2
    """Part of the rows that is held out, over 0 and under 1."""
    test_period: str = ""
    """For ``time``: ``2012-10``, ``2012-10-05``, ``2012``, ``2012-Q4``, or ``2012-10-01..2012-10-15``; wins over `test_share`."""
    train_window: str = ""
    """For ``time``: train only on what lies directly before the test: ``6 months``, ``90 days``, ``1000 rows``."""
    folds: int | None = None
    """Folds; None: 5 for ``cross_validation`` and none otherwise. For ``time``: that many periods before the test, each predicted from the window before it."""
    shuffle: bool = True
    """For ``cross_validation``: False takes the rows as they stand."""
    group: str = ""
    """Column whose equal values stay on one side."""
    time_column: str = ""
    """Column that orders the rows; empty: the one with the role ``time``."""


class RunSpec(msgspec.Struct, frozen=True):
    """Everything that a training was asked for; the same spec on the same data gives the same metrics."""

    target: str
    algorithm: str = "lightgbm"
    """Id of an entry of `algorithms.ALGORITHMS`."""
    data: DataInput | None = None
    task: Task | None = None
    """None: guessed from the target, and said in the run."""
    features: list[str] | None = None
    """Columns to learn from; None: every column whose role allows it."""
    ignored: list[str] = []
    roles: dict[str, str] = {}
    """The data set's roles as they were: column to ``feature``, ``target``, ``id``, ``ignore``, ``time``, ``sensitive``."""
    params: dict[str, ParamValue] = {}
    """Parameters that differ from the algorithm's defaults."""
    split: Split = Split()
    metric: str = ""
    """Main metric; empty: the task's own (``roc_auc``, ``log_loss``, ``mae``)."""
    positive_class: str = ""
    """As it is shown; empty: the rarer one, or true, yes, 1."""
    infinite: InfinitePolicy = "missing"
    """What an infinite value of a feature is taken for."""
    changes: list[str] = []
    """What differs from the data of the training that this one repeats on a newer version, a sentence each."""
    keep_identifiers: bool = False
    """Whether columns with a value of their own in nearly each row stay features."""
    seed: int = 0
    threads: int | None = None
    memory_limit_bytes: int | None = None
    time_limit_s: float | None = None


class Metric(msgspec.Struct, frozen=True):
    """One value of a metric; NaN where it is undefined."""

    name: str
    value: float
    step: int | None = None
    """Iteration or fold from 0; None for the final value."""
    at: datetime | None = None


class Stage(msgspec.Struct, frozen=True):
    """A part of a run, as the run page shows it."""

    name: str
    """``Data``, ``Check``, ``Folds``, ``Final fit``, ``Test`` or ``Save``."""
    seconds: float
    title: str
    """What it worked on: ``bikes@22``, ``14 columns``, ``5 of 5``."""
    note: str = ""
    """What came out: ``4,390 rows read``."""
    done: bool = True


STAGES: tuple[str, ...] = ("Data", "Check", "Folds", "Final fit", "Test", "Save")


class RunWarning(msgspec.Struct, frozen=True):
    """Something that a person should know of a run that could go on."""

    code: str
    """Kind of warning: ``rare_class``, ``left_out``, ``identifier``, ``infinite``, ``few_rows`` ..."""
    text: str
    column: str = ""
    count: int | None = None


class Artifact(msgspec.Struct, frozen=True):
    """A file that a run wrote."""

    name: str
    """As ``model.txt``, ``evaluation.json``, ``predictions.parquet``."""
    kind: str
    """``model``, ``evaluation``, ``predictions``, ``log`` or ``file``."""
    sha256: str
    size_bytes: int
    holds_rows: bool = False
    """Whether rows of the data stand in it, so that an erasure must drop it."""


class Environment(msgspec.Struct, frozen=True):
    """Where a run ran; enough to make the place again."""

    python: str
    system: str
    """As ``Linux-6.1-x86_64``."""
    packages: dict[str, str]
    """Name and version of what takes part."""
    code_version: str
    """Version of this package, and hash of its training and scoring code."""
    threads: int
    seed: int
    cores: int = 0
    processor: str = ""


class ClassCount(msgspec.Struct, frozen=True):
    """A class of the target and how many rows have it."""

    label: str
    count: int


class RunFacts(msgspec.Struct, frozen=True):
    """What a training found and decided."""

    task: Task | None = None
    task_reason: str = ""
    """Why this task, if it was guessed."""
    rows_read: int = 0
    rows_used: int = 0
    rows_without_target: int = 0
    train_rows: int = 0
    test_rows: int = 0
    split_reason: str = ""
    """How the rows were split, in words."""
    features: list[str] = []
    """Columns that the model learned from, as written."""
    left_out: dict[str, str] = {}
    """Column to the reason why it is no feature."""
    inputs_after_encoding: int = 0
    classes: list[ClassCount] = []
    positive_class: str | None = None
    main_metric: str = ""
    params: dict[str, ParamValue] = {}
    """All parameters as they were used, defaults too."""
    undefined: dict[str, str] = {}
    """Metric that can't be computed to the reason; its value is NaN."""
    fold_values: dict[str, list[float]] = {}
    """Metric to its value in each fold, NaN where undefined."""
    fold_names: list[str] = []
    stages: list[Stage] = []
    environment: Environment | None = None
    peak_memory_bytes: int = 0
    model_runtime: str = ""
    """What scores: ``lightgbm``, ``scikit-learn``, ``onnxruntime`` or ``numpy``."""


class Run(msgspec.Struct, frozen=True):
    """A training, or what a script logged."""

    run_id: int
    name: str
    kind: RunKind
    state: RunState
    created_at: datetime
    created_by: str
    spec: RunSpec | None = None
    """None for a logged run."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    metrics: dict[str, float] = {}
    """Final values; NaN is undefined, `facts.undefined` has the reason."""
    params: dict[str, ParamValue] = {}
    """Parameters as used or logged."""
    facts: RunFacts | None = None
    warnings: list[RunWarning] = []
    artifacts: list[Artifact] = []
    error: ErrorMessage | None = None
    notes: str = ""
    tags: list[str] = []
    trashed_at: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took, in seconds; None before its end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class MetricInfo(msgspec.Struct, frozen=True):
    """A metric that trainings compute."""

    name: str
    title: str
    description: str
    tasks: list[Task]
    higher_is_better: bool


_CLASSES: list[Task] = ["binary", "multiclass"]

METRICS: tuple[MetricInfo, ...] = (
    MetricInfo("roc_auc", "ROC AUC", "how well the classes are ranked; 0.5 is chance", _CLASSES, True),
    MetricInfo("pr_auc", "PR AUC", "average precision of the positive class", ["binary"], True),
    MetricInfo("log_loss", "Log loss", "how well the probabilities fit; 0 is perfect", _CLASSES, False),
    MetricInfo("accuracy", "Accuracy", "share of rows with the right class", _CLASSES, True),
    MetricInfo("balanced_accuracy", "Balanced accuracy", "mean of the recall of each class", _CLASSES, True),
    MetricInfo("precision", "Precision", "share of predicted positives that are", ["binary"], True),
    MetricInfo("recall", "Recall", "share of positives that are found", ["binary"], True),
    MetricInfo(
        "f1", "F1", "harmonic mean of precision and recall; of all classes alike if several", _CLASSES, True
    ),
    MetricInfo("brier", "Brier score", "mean squared error of the probability", ["binary"], False),
    MetricInfo("mae", "MAE", "mean error, in the target's unit", ["regression"], False),
    MetricInfo("rmse", "RMSE", "root of the mean squared error, in the target's unit", ["regression"], False),
    MetricInfo("r2", "R²", "share of the target's variance that is explained", ["regression"], True),
    MetricInfo("median_ae", "Median error", "median of the absolute errors", ["regression"], False),
    MetricInfo("bias", "Bias", "mean of predicted minus actual", ["regression"], False),
)
"""Every metric that a training can give, in the order they are shown."""

DEFAULT_METRIC: dict[Task, str] = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "mae"}


def higher_is_better(name: str) -> bool:
    """Whether more is better for the metric `name`; False for one that isn't known."""
    return any(info.higher_is_better for info in METRICS if info.name == name)
