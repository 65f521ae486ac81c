"""What the page that compares runs shows. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlops_desktop.domain.comparisons import Interval, MetricComparison, RunComparison, Verdict
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.table_state import Status, metric_text
from mlops_desktop.gui.words import counted

VERDICT_STATUS: dict[Verdict, Status] = {
    "better": "good",
    "worse": "bad",
    "tie": "neutral",
    "unknown": "neutral",
}
VERDICT_WORDS: dict[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "tie": "tie",
    "unknown": "can't tell",
}
_TURNED: dict[Verdict, Verdict] = {"better": "worse", "worse": "better", "tie": "tie", "unknown": "unknown"}
_LINE_ROLES: dict[Verdict, str] = {
    "better": "good",
    "worse": "bad",
    "tie": "chart_axis",
    "unknown": "chart_axis",
}


@dataclass(frozen=True, slots=True)
class RunMark:
    """A run as the page names it: number, title and colour."""

    run_id: int
    title: str
    colour: int

    @property
    def label(self) -> str:
        """``#33``."""
        return f"#{self.run_id}"


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One metric of the first run against another one; better is to the right."""

    key: str
    metric: str
    other: RunMark
    first_text: str
    other_text: str
    difference: str
    interval: str
    span: tuple[float, float, float] | None
    """Lowest, middle and highest difference, turned so that higher is better, between -1 and 1."""
    verdict: Verdict
    why: str

    @property
    def line_role(self) -> str:
        """Colour token of the interval."""
        return _LINE_ROLES[self.verdict]


@dataclass(frozen=True, slots=True)
class CompareState:
    """What the page shows."""

    title: str
    subtitle: str
    marks: tuple[RunMark, ...]
    differing: tuple[tuple[str, tuple[str, ...]], ...]
    same: tuple[tuple[str, tuple[str, ...]], ...]
    same_words: str
    method: str
    notes: tuple[str, ...]
    lines: tuple[DifferenceLine, ...]
    metric_names: tuple[tuple[str, str], ...]
    """Name and title of the metrics that all runs have."""
    verdict_words: str
    """The main metric in a sentence."""
    can_register: bool


def compare_state(comparison: RunComparison, runs: Sequence[Run], colours: Mapping[int, int]) -> CompareState:
    """What to show of `comparison`.

    Parameters
    ----------
    runs : sequence of Run
        The runs in the order of the comparison.
    colours : mapping
        Run to its index of colour.
    """
    marks = tuple(RunMark(r.run_id, r.name, colours.get(r.run_id, 0)) for r in runs)
    others = {m.run_id: m for m in marks}
    main = runs[0].facts.main_metric if runs[0].facts else ""
    metrics = sorted(comparison.metrics, key=lambda m: m.name != main)
    lines = tuple(_line(m, i, marks[0], others[i.run_id]) for m in metrics for i in m.others)
    differing = tuple(
        (s.name, tuple(s.values)) for s in comparison.settings if s.differs and s.name != "Name"
    )
    same = tuple((s.name, tuple(s.values)) for s in comparison.settings if not s.differs)
    return CompareState(
        title=tr("Compare {} with {}").format(marks[0].label, _listed([m.label for m in marks[1:]])),
        subtitle=_subtitle(runs),
        marks=marks,
        differing=differing,
        same=same,
        same_words=_same_words([name for name, _ in same]),
        method=comparison.method,
        notes=tuple(comparison.notes),
        lines=lines,
        metric_names=tuple((m.name, m.title) for m in metrics),
        verdict_words=_verdict_words(lines, marks[0]),
        can_register=runs[0].kind == "training" and runs[0].state == "finished",
    )


def _line(metric: MetricComparison, interval: Interval, first: RunMark, other: RunMark) -> DifferenceLine:
    """The difference of the first run from the other one: the comparison tells it the other way round."""
    by_size = metric.name == "bias"
    shown = abs if by_size else float
    low, high = -interval.high, -interval.low
    tested = math.isfinite(low) and math.isfinite(high)
    difference = -interval.difference
    size = max(abs(low), abs(high), abs(difference)) if tested else abs(difference)
    return DifferenceLine(
        key=f"{metric.name}:{other.run_id}",
        metric=tr("{}, its size").format(metric.title) if by_size else metric.title,
        other=other,
        first_text=metric_text(metric.name, shown(metric.first)),
        other_text=metric_text(metric.name, shown(interval.value)),
        difference=_signed(difference, size),
        interval=f"{_signed(low, size)} … {_signed(high, size)}" if tested else "—",
        span=_span(low, difference, high, metric.higher_is_better) if tested else None,
        verdict=_TURNED[interval.verdict],
        why=interval.why,
    )


def _signed(value: float, size: float) -> str:
    """A difference with its sign, with as many digits as its `size` deserves."""
    if not math.isfinite(value):
        return "—"
    decimals = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 else 5
    text = f"{value:+,.{decimals}f}".replace("-", "−")
    return text[1:] if float(f"{value:.{decimals}f}") == 0 else text


def _span(low: float, middle: float, high: float, higher_is_better: bool) -> tuple[float, float, float]:
    reach = max(abs(low), abs(high), abs(middle)) * 1.15 or 1.0
    low, middle, high = low / reach, middle / reach, high / reach
    return (low, middle, high) if higher_is_better else (-high, -middle, -low)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else tr("{} and {}").format(", ".join(words[:-1]), words[-1])


def _subtitle(runs: Sequence[Run]) -> str:
    names = list(dict.fromkeys(r.name for r in runs))
    data = list(dict.fromkeys(r.spec.data.ref for r in runs if r.spec and r.spec.data))
    parts = [tr("{}, {} times").format(names[0], len(runs)) if len(names) == 1 else _listed(names)]
    if data:
        parts.append(_listed(data))
    return " · ".join(parts)


def _same_words(names: Sequence[str]) -> str:
    if not names:
        return tr("Nothing else is the same.")
    listed = ", ".join(n.removeprefix("Parameter ").lower() for n in names[:3])
    count = len(names)
    words = counted(count, "1 setting the same", "{:,} settings the same")
    return f"{words}: {listed}{'…' if count > 3 else ''}"


def _verdict_words(lines: Sequence[DifferenceLine], first: RunMark) -> str:
    if not lines:
        return tr("No metric is known of all of them.")
    parts: list[str] = []
    for line in lines:
        if line.metric != lines[0].metric:
            continue
        if line.verdict == "unknown":
            parts.append(tr("can't be told from {} ({})").format(line.other.label, line.why))
        elif line.verdict == "tie":
            parts.append(tr("can't be told apart from {}").format(line.other.label))
        else:
            words = tr("is better than {} ({})") if line.verdict == "better" else tr("is worse than {} ({})")
            parts.append(words.format(line.other.label, line.interval))
    return f"{lines[0].metric}: {first.label} {_listed(parts)}."
