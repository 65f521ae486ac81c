"""What the table of runs shows: the lines that have come, in the order of all that match, in columns that fit. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mlops_desktop.domain.algorithms import ALGORITHMS
from mlops_desktop.domain.run_pages import METRIC, PARAM, RunLine, RunPage
from mlops_desktop.domain.runs import METRICS
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
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


Empty = Literal["", "none", "no_match", "no_trash", "loading"]


@dataclass(frozen=True, slots=True)
class Arranged:
    """The order of all runs that match, and the lines of those that have come."""

    order: tuple[int, ...]
    """Numbers of all that match."""
    keys: tuple[str, ...]
    """Keys of their rows."""
    rows: Mapping[int, int]
    """Run to its row."""
    lines: Mapping[int, RunLine]
    """Run to its line: those that have come so far."""
    columns: tuple[ColumnSpec, ...]
    offered: tuple[ColumnSpec, ...]
    """Every column that could be shown."""
    total: int
    matches: str
    """``30 match``, empty without a filter."""
    problem: str
    """What of the filter can't be understood."""
    empty: Empty


NOTHING = Arranged((), (), {}, {}, (), (), 0, "", "", "loading")


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
        """Lines that have come, in order."""
        known = self.arranged.lines
        return tuple(known[run] for run in self.arranged.order if run in known)


def arrange(
    page: RunPage,
    lines: Mapping[int, RunLine],
    intent: RunsIntent,
    before: Arranged = NOTHING,
    problem: str = "",
) -> Arranged:
    """What an answer shows; with ten thousands of runs, call it off the GUI thread.

    Parameters
    ----------
    page : RunPage
        The answer, with the numbers of all that match.
    lines : mapping
        Lines that have come, those of `page` among them.
    before : Arranged
        What was shown: an order that is the same is taken from there.
    problem : str
        What of the filter can't be understood; `page` is without one then.
    """
    order = tuple(page.numbers)
    same = order == before.order
    keys = before.keys if same else tuple(map(str, order))
    rows = before.rows if same else {run: row for row, run in enumerate(order)}
    empty: Empty = "" if order else "no_match" if page.total else "no_trash" if intent.trashed else "none"
    offered = _offered(page)
    return Arranged(
        order=before.order if same else order,
        keys=keys,
        rows=rows,
        lines=lines,
        columns=_columns(offered, page, intent.columns),
        offered=offered,
        total=page.total,
        matches=tr("{:,} match").format(page.matching) if intent.filter.strip() and not problem else "",
        problem=problem,
        empty=empty,
    )


def table_state(arranged: Arranged, intent: RunsIntent) -> TableState:
    """What to show."""
    rows = arranged.rows
    chosen = tuple(sorted((run for run in intent.chosen if run in rows), key=rows.__getitem__))
    return TableState(arranged, _subtitle(arranged, len(chosen), intent), chosen, intent.sort)


def value_columns(columns: Sequence[ColumnSpec]) -> list[str]:
    """Keys of the metrics and parameters among columns; one that there is not where there is none, for "not all"."""
    return [c.key for c in columns if c.key.startswith((METRIC, PARAM))] or [METRIC]


def algorithm_title(line: RunLine) -> str:
    """What a run was trained with, as people call it."""
    return ALGORITHM_TITLES.get(line.algorithm, line.algorithm) or tr("logged")


def value_of(line: RunLine, key: str) -> Any:
    """The value of a column as a cell shows it; None where there is none."""
    if key.startswith(METRIC):
        value = line.metrics.get(key.removeprefix(METRIC))
        return value if value is not None and math.isfinite(value) else None
    if key.startswith(PARAM):
        return line.params.get(key.removeprefix(PARAM))
    if key == "algorithm":
        return algorithm_title(line)
    if key == "tags":
        return ", ".join(line.tags) or None
    return getattr(line, {"by": "created_by"}.get(key, key)) or None


def _offered(page: RunPage) -> tuple[ColumnSpec, ...]:
    return (
        *PLAIN_COLUMNS,
        *(ColumnSpec(METRIC + n, _METRIC_TITLES.get(n, n), True) for n in page.metrics),
        *(ColumnSpec(PARAM + n, n.replace("_", " ").capitalize(), True) for n in page.params),
    )


def _columns(offered: Sequence[ColumnSpec], page: RunPage, wanted: Sequence[str]) -> tuple[ColumnSpec, ...]:
    by_key = {c.key: c for c in offered}
    if wanted:
        return tuple(by_key[k] for k in wanted if k in by_key)
    each = MOST_METRICS_SHOWN // max(len(page.tasks), 1)
    names = dict.fromkeys(n for task in page.tasks for n in _SHOWN_METRICS.get(task, ())[: max(each, 1)])
    if not page.tasks:
        names = dict.fromkeys(page.leading)
    metrics = [METRIC + n for n in list(names)[:MOST_METRICS_SHOWN] if METRIC + n in by_key]
    keys = [k for key in _DEFAULT_COLUMNS for k in (metrics if key == "METRICS" else [key])]
    if not page.tagged:
        keys.remove("tags")
    return tuple(by_key[k] for k in keys)


def _subtitle(arranged: Arranged, chosen: int, intent: RunsIntent) -> str:
    if arranged.empty == "loading":
        return ""
    if intent.trashed:
        what = counted(arranged.total, "1 run in the trash", "{:,} runs in the trash")
    else:
        what = counted(arranged.total, "1 run", "{:,} runs")
    return tr("{} · {:,} chosen to compare").format(what, chosen) if chosen > 1 else what


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
    "Arranged", "ColumnSpec", "RunLine", "TableState", "algorithm_title", "arrange", "duration", "metric_text", "table_state",
    "value_columns", "value_of",
]  # fmt: skip
