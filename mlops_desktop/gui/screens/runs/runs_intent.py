"""What a person wants to see among the runs: frozen values that the history keeps. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mlops_desktop.domain.runs import ParamValue, Run, Split, SplitMethod

PageName = Literal["table", "run", "training", "compare"]
NEWEST_FIRST = ("run", True)


@dataclass(frozen=True, slots=True)
class TrainingDraft:
    """A training that is being set up; every field as `runs.start` takes it."""

    data: str = ""
    """The data set, or a version (``bikes@22``); empty: the newest data set."""
    target: str = ""
    """Empty: the column with the role target."""
    method: SplitMethod | None = None
    test_share: float = 0.2
    test_period: str = ""
    train_window: str = ""
    folds: int | None = None
    group: str = ""
    ignored: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ("lightgbm",)
    """Each starts a run of its own."""
    params: tuple[tuple[str, str, ParamValue], ...] = ()
    """Algorithm, parameter and value, where it differs from the default."""
    metric: str = ""
    positive_class: str = ""
    seed: int = 0
    threads: int = 0
    like: int = 0
    """Run that it was set up after; 0: none."""

    @property
    def split(self) -> Split:
        """How rows would be held back."""
        by_time = self.method in (None, "time")
        return Split(
            method=self.method,
            test_share=self.test_share,
            test_period=self.test_period if by_time else "",
            train_window=self.train_window if by_time else "",
            folds=self.folds if self.method in ("cross_validation", "time", None) else None,
            group=self.group if self.method != "time" else "",
        )

    def params_of(self, algorithm_id: str) -> dict[str, ParamValue]:
        """What of an algorithm differs from its defaults."""
        return {name: value for owner, name, value in self.params if owner == algorithm_id}


def draft_like(run: Run) -> TrainingDraft:
    """A draft of the same training as `run`, on the newest version of its data set."""
    spec = run.spec
    if spec is None or spec.data is None:
        return TrainingDraft()
    split = spec.split
    return TrainingDraft(
        data=spec.data.dataset,
        target=spec.target,
        method=split.method,
        test_share=split.test_share,
        test_period=split.test_period,
        train_window=split.train_window,
        folds=split.folds,
        group=split.group,
        ignored=tuple(spec.ignored),
        algorithms=(spec.algorithm,),
        params=tuple((spec.algorithm, name, value) for name, value in spec.params.items()),
        metric=spec.metric,
        positive_class=spec.positive_class,
        seed=spec.seed,
        threads=spec.threads or 0,
        like=run.run_id,
    )


@dataclass(frozen=True, slots=True)
class RunsIntent:
    """A page of the section, and what it shows."""

    page: PageName = "table"
    run: int = 0
    """The run of the page ``run``."""
    runs: tuple[int, ...] = ()
    """The runs of the page ``compare``; the first is what the others are held against."""
    filter: str = ""
    sort: tuple[str, bool] = NEWEST_FIRST
    """Key of a column, and whether it goes down."""
    columns: tuple[str, ...] = ()
    """Keys of the columns shown; empty: those that fit the runs."""
    chosen: tuple[int, ...] = ()
    trashed: bool = False
    """The runs in the trash instead."""
    draft: TrainingDraft | None = None
    """What the page ``training`` sets up."""


def intent_of(wanted: object) -> RunsIntent:
    """The intent that the window, the palette or another screen hands over: an int means that run."""
    if isinstance(wanted, RunsIntent):
        return wanted
    if isinstance(wanted, int):
        return RunsIntent(page="run", run=wanted)
    if isinstance(wanted, TrainingDraft):
        return RunsIntent(page="training", draft=wanted)
    return RunsIntent()
