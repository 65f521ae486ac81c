"""What the table of runs shows: light lines, filtered, sorted, with the columns that fit. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from mlops_desktop.domain.algorithms import ALGORITHMS
from mlops_desktop.domain.runs import METRICS, ParamValue, Run
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.filters import Condition, FilterError, field_key, holds, parse
from mlops_desktop.gui.screens.runs.runs_intent import NEWEST_FIRST, RunsIntent
from mlops_desktop.gui.words import counted

Status = Literal["good", "warn", "bad", "accent", "neutral"]
STATE_STATUS: dict[str, Status] = {
    "queued": "neutral",
    "running": "accent",
    "finished": "good",
    "failed": "bad",
    "cancelled": "neutral",
    "interrupted": "warn",
}
ALGORITHM_TITLES = {a.algorithm_id: a.title for a in ALGORITHMS}
_METRIC_TITLES = {m.name: m.title for m in METRICS}
_SHARES = frozenset(m.name for m in METRICS if m.tasks != ["regression"] or m.name == "r2")
"""Metrics without a unit: three decimals."""
_SHOWN_METRICS = {
    "regression": ("mae", "rmse", "r2", "bias"),
    "binary": ("roc_auc", "pr_auc", "log_loss", "accuracy"),
    "multiclass": ("log_loss", "accuracy", "balanced_accuracy"),
}
MOST_METRICS_SHOWN = 4
_LOOKED_AT = 1000
"""Lines that decide which columns fit."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """What the table needs of a run; ten thousands of them are kept, so no more than that."""

    run_id: int
    name: str
    state: str
    algorithm: str
    dataset: str
    data: str
    """``bikes@22``, empty for a logged run."""
    target: str
    task: str
    by: str
    created_at: datetime
    seconds: float | None
    metrics: Mapping[str, float]
    params: Mapping[str, ParamValue]
    tags: tuple[str, ...] = ()
    has_notes: bool = False
    warnings: int = 0
    error: str = ""
    train_rows: int | None = None
    at_work: bool = False

    @property
    def key(self) -> str:
        """Key of its row."""
        return str(self.run_id)


def line_of(run: Run) -> RunLine:
    """The line of `run`."""
    spec, facts = run.spec, run.facts
    algorithm = "" if spec is None else ALGORITHM_TITLES.get(spec.algorithm, spec.algorithm)
    return RunLine(
        run_id=run.run_id,
        name=run.name,
        state=run.state,
        algorithm=algorithm or tr("logged"),
        dataset=spec.data.dataset if spec and spec.data else "",
        data=spec.data.ref if spec and spec.data else "",
        target=spec.target if spec else "",
        task=(facts.task if facts else None) or (spec.task if spec else None) or "",
        by=run.created_by,
        created_at=run.created_at,
        seconds=run.seconds,
        metrics={k: v for k, v in run.metrics.items() if not math.isnan(v)},
        params=run.params or (spec.params if spec else {}),
        tags=tuple(run.tags),
        has_notes=bool(run.notes),
        warnings=len(run.warnings),
        error=run.error.message if run.error else "",
        train_rows=facts.train_rows if facts else None,
        at_work=run.state in ("queued", "running"),
    )


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of the table: its key, title, and how it stands."""

    key: str
    title: str
    right: bool = False
    stretch: int = 0
    decimals: int | None = None


PLAIN_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec("run", "Run"),
    ColumnSpec("name", "Name", stretch=3),
    ColumnSpec("algorithm", "Algorithm", stretch=1),
    ColumnSpec("data", "Data", stretch=1),
    ColumnSpec("target", "Target"),
    ColumnSpec("state", "State"),
    ColumnSpec("time", "Time", right=True),
    ColumnSpec("started", "Started"),
    ColumnSpec("by", "By"),
    ColumnSpec("tags", "Tags", stretch=1),
    ColumnSpec("train_rows", "Rows in training", right=True),
    ColumnSpec("warnings", "Warnings", right=True),
)
_DEFAULT_COLUMNS = ("run", "name", "algorithm", "data", "state", "METRICS", "time", "tags")
METRIC, PARAM = "metric:", "param:"


Empty = Literal["", "none", "no_match", "no_trash", "loading"]


@dataclass(frozen=True, slots=True)
class Arranged:
    """The runs filtered and sorted: the part of the state that takes time with ten thousands of them."""

    lines: tuple[RunLine, ...]
    """Those that match, in order."""
    keys: tuple[str, ...]
    """Keys of their rows."""
    rows: Mapping[int, int]
    """Run to its row."""
    columns: tuple[ColumnSpec, ...]
    offered: tuple[ColumnSpec, ...]
    """Every column that could be shown."""
    total: int
    matches: str
    """``30 match``, empty without a filter."""
    problem: str
    """What of the filter can't be understood."""
    empty: Empty


NOTHING = Arranged((), (), {}, (), (), 0, "", "", "loading")


@dataclass(frozen=True, slots=True)
class TableState:
    """What the table page shows."""

    arranged: Arranged
    subtitle: str
    chosen: tuple[int, ...]
    """Chosen runs that are shown, top to bottom."""
    sort: tuple[str, bool]

    @property
    def lines(self) -> tuple[RunLine, ...]:
        """Runs that match, in order."""
        return self.arranged.lines

    @property
    def chosen_lines(self) -> tuple[RunLine, ...]:
        """Lines of the chosen runs."""
        return tuple(self.arranged.lines[self.arranged.rows[run]] for run in self.chosen)


def arrange(lines: Sequence[RunLine], intent: RunsIntent) -> Arranged:
    """Filter and sort `lines` (newest first); with ten thousands of them, call it off the GUI thread."""
    conditions, problem = _conditions(intent.filter)
    kept = [line for line in lines if _matches(line, conditions)] if conditions else list(lines)
    ordered = tuple(_sorted(kept, intent.sort))
    empty: Empty = "" if kept else "no_match" if lines else "no_trash" if intent.trashed else "none"
    offered = _offered(lines)
    return Arranged(
        lines=ordered,
        keys=tuple(line.key for line in ordered),
        rows={line.run_id: row for row, line in enumerate(ordered)},
        columns=_columns(offered, kept, intent.columns),
        offered=offered,
        total=len(lines),
        matches=tr("{:,} match").format(len(kept)) if conditions else "",
        problem=problem,
        empty=empty,
    )


def table_state(arranged: Arranged, intent: RunsIntent, *, complete: bool = True) -> TableState:
    """What to show.

    Parameters
    ----------
    complete : bool
        Whether all runs there are have come; else older ones are still on their way.
    """
    rows = arranged.rows
    chosen = tuple(sorted((run for run in intent.chosen if run in rows), key=lambda run: rows[run]))
    return TableState(
        arranged, _subtitle(arranged.total, len(chosen), intent.trashed, complete), chosen, intent.sort
    )


def merged(known: Sequence[RunLine], page: Sequence[RunLine], *, whole_page: int) -> tuple[RunLine, ...]:
    """The lines once the newest `page` has come: what is gone from its range goes, what is new comes.

    Parameters
    ----------
    whole_page : int
        Lines that a full page has; a shorter one reaches back to the first run.
    """
    if len(page) < whole_page:
        return tuple(page)
    last = page[-1].run_id
    return (*page, *(line for line in known if line.run_id < last))


def value_of(line: RunLine, key: str) -> Any:
    """The value of a column: what it is sorted and filtered by; None where there is none."""
    if key.startswith(METRIC):
        value = line.metrics.get(key.removeprefix(METRIC))
        return value if value is not None and math.isfinite(value) else None
    if key.startswith(PARAM):
        return line.params.get(key.removeprefix(PARAM))
    if key == "run":
        return line.run_id
    if key == "time":
        return line.seconds
    if key == "started":
        return line.created_at.timestamp()
    if key == "tags":
        return ", ".join(line.tags) or None
    return getattr(line, key) or None


def _sorted(lines: list[RunLine], sort: tuple[str, bool]) -> list[RunLine]:
    if sort == NEWEST_FIRST:
        return lines
    key, descending = sort
    present: list[tuple[tuple[int, Any], RunLine]] = []
    missing: list[RunLine] = []
    for line in lines:
        value = value_of(line, key)
        if value is None:
            missing.append(line)
        else:
            number = isinstance(value, int | float)
            present.append(((0, value) if number else (1, str(value).casefold()), line))
    present.sort(key=lambda pair: pair[0], reverse=descending)
    return [line for _, line in present] + missing


def _conditions(text: str) -> tuple[tuple[Condition, ...], str]:
    try:
        return parse(text), ""
    except FilterError as error:
        return (), str(error)


def _matches(line: RunLine, conditions: Sequence[Condition]) -> bool:
    return all(holds(c, _words(line) if not c.field else "", _fields(line, c.field)) for c in conditions)


def _words(line: RunLine) -> str:
    parts = (f"#{line.run_id}", line.name, line.algorithm, line.data, line.target, line.state, *line.tags)
    return " ".join(parts).lower()


def _fields(line: RunLine, field: str) -> dict[str, Any]:
    """The one field that a condition asks for."""
    if not field:
        return {}
    plain: dict[str, Any] = {
        "data": (line.dataset, line.data), "tag": line.tags, "tags": line.tags, "name": line.name, "by": line.by,
        "run": line.run_id, "state": line.state, "algorithm": line.algorithm, "target": line.target, "task": line.task,
        "time": line.seconds, "seconds": line.seconds, "warnings": line.warnings, "train_rows": line.train_rows,
        "rows_in_training": line.train_rows,
    }  # fmt: skip
    if field in plain:
        return {field: plain[field]}
    for name, value in (*line.metrics.items(), *line.params.items()):
        if field in (field_key(name), field_key(_METRIC_TITLES.get(name, name))):
            return {field: value}
    return {}


def _offered(lines: Sequence[RunLine]) -> tuple[ColumnSpec, ...]:
    metrics: dict[str, None] = {}
    params: dict[str, None] = {}
    for line in lines:
        for name in line.metrics:
            metrics[name] = None
        for name in line.params:
            params[name] = None
    order = [m.name for m in METRICS if m.name in metrics]
    order += sorted(set(metrics) - set(order))
    return (
        *PLAIN_COLUMNS,
        *(ColumnSpec(METRIC + n, _METRIC_TITLES.get(n, n), True) for n in order),
        *(ColumnSpec(PARAM + n, n.replace("_", " ").capitalize(), True) for n in params),
    )


def _columns(
    offered: Sequence[ColumnSpec], shown: Sequence[RunLine], wanted: Sequence[str]
) -> tuple[ColumnSpec, ...]:
    by_key = {c.key: c for c in offered}
    if wanted:
        return tuple(by_key[k] for k in wanted if k in by_key)
    tasks = dict.fromkeys(line.task for line in shown[:_LOOKED_AT] if line.task)
    each = MOST_METRICS_SHOWN // max(len(tasks), 1)
    names = dict.fromkeys(n for task in tasks for n in _SHOWN_METRICS.get(task, ())[: max(each, 1)])
    if not tasks:
        names = dict.fromkeys(n for line in shown[:_LOOKED_AT] for n in line.metrics)
    metrics = [METRIC + n for n in list(names)[:MOST_METRICS_SHOWN] if METRIC + n in by_key]
    keys = [k for key in _DEFAULT_COLUMNS for k in (metrics if key == "METRICS" else [key])]
    if not any(line.tags for line in shown[:_LOOKED_AT]):
        keys.remove("tags")
    return tuple(by_key[k] for k in keys)


def _subtitle(total: int, chosen: int, trashed: bool, complete: bool) -> str:
    if trashed:
        what = counted(total, "1 run in the trash", "{:,} runs in the trash")
    elif complete:
        what = counted(total, "1 run", "{:,} runs")
    else:
        what = tr("at least {:,} runs").format(total)
    return tr("{} · {} chosen to compare").format(what, chosen) if chosen > 1 else what


def duration(seconds: float | None) -> str:
    """``2.3 s``, ``41 s``, ``2 min 5 s``; empty where it isn't known."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s" if seconds >= 0.05 else "<0.1 s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def metric_text(name: str, value: float | None) -> str:
    """A metric as people read it: three digits that count, a true minus."""
    if value is None or math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if name in _SHARES:
        text = f"{value:.3f}"
    elif size >= 1000:
        text = f"{value:,.0f}"
    elif size >= 10:
        text = f"{value:.1f}"
    elif size >= 1:
        text = f"{value:.2f}"
    else:
        text = f"{value:.3g}" if size and size < 0.01 else f"{value:.3f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


__all__ = [
    "Arranged", "ColumnSpec", "RunLine", "TableState", "arrange", "duration", "line_of", "merged", "metric_text", "table_state", "value_of",
]  # fmt: skip
