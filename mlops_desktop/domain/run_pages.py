"""Runs by the page: a light line of each, in any order, under any filter."""

from __future__ import annotations

from datetime import datetime

import msgspec

from .runs import ParamValue, Run, RunState

METRIC, PARAM = "metric:", "param:"
"""What stands before the name of a metric or parameter where a column of runs is named."""


class RunLine(msgspec.Struct, frozen=True):
    """What a table needs of a run."""

    run_id: int
    name: str
    state: RunState
    created_at: datetime
    created_by: str
    algorithm: str = ""
    """Id of the algorithm; empty for a logged run."""
    data: str = ""
    """``bikes@22``; empty for a logged run."""
    target: str = ""
    task: str = ""
    seconds: float | None = None
    """How long it took; None before its end."""
    metrics: dict[str, float] = {}
    """Final values; those that are undefined are left out."""
    params: dict[str, ParamValue] = {}
    tags: list[str] = []
    has_notes: bool = False
    warnings: int = 0
    error: str = ""
    train_rows: int | None = None
    main_metric: str = ""
    """What it is judged by; empty for a logged run."""

    @property
    def dataset(self) -> str:
        """Name of its data set."""
        return self.data.rpartition("@")[0]


class RunPage(msgspec.Struct, frozen=True):
    """A part of the runs that match, in the order asked for."""

    lines: list[RunLine]
    offset: int
    """Runs that stand before the first line."""
    matching: int
    """How many match the filter."""
    total: int
    """How many there are."""
    metrics: list[str] = []
    """Names of metrics that any run has."""
    params: list[str] = []
    """Names of parameters that any run has."""
    tasks: list[str] = []
    """Tasks of the first thousand that match, in order of appearance."""
    leading: list[str] = []
    """Metrics of the first that match, as they were logged, where these have no task."""
    tagged: bool = False
    """Whether one of the first thousand that match has a tag."""
    numbers: list[int] = []
    """Numbers of all that match, in order, if they were asked for."""


class RunQuery(msgspec.Struct, frozen=True):
    """Which runs, and in which order."""

    filter: str = ""
    """As people write it: ``mae < 140 and not failed``."""
    sort: str = "run"
    """Key of a column, or the name of a metric or parameter."""
    descending: bool = True
    trashed: bool = False


def line_of(run: Run) -> RunLine:
    """The line of `run`."""
    spec, facts = run.spec, run.facts
    return RunLine(
        run_id=run.run_id,
        name=run.name,
        state=run.state,
        created_at=run.created_at,
        created_by=run.created_by,
        algorithm=spec.algorithm if spec else "",
        data=spec.data.ref if spec and spec.data else "",
        target=spec.target if spec else "",
        task=(facts.task if facts else None) or (spec.task if spec else None) or "",
        seconds=run.seconds,
        metrics={name: value for name, value in run.metrics.items() if value == value},
        params=run.params or (spec.params if spec else {}),
        tags=run.tags,
        has_notes=bool(run.notes),
        warnings=len(run.warnings),
        error=run.error.message if run.error else "",
        train_rows=facts.train_rows if facts else None,
        main_metric=facts.main_metric if facts else "",
    )
