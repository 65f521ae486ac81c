"""What the inspector shows of a column: facts, histogram, most frequent values, its role."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.datasets import ROLES, ColumnProfile, Role
from mlops_desktop.gui.charts.painted import Bar, BarChart, HistogramStrip, StripBar
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cards import KeyValueList
from mlops_desktop.gui.widgets.cells import format_number
from mlops_desktop.gui.widgets.forms import Field, Select
from mlops_desktop.gui.widgets.labels import Chip, Label
from mlops_desktop.gui.widgets.layouts import column, row

from .data_state import ColumnLine

_MOST_TOP = 12
_TIMES = ("date", "timestamp", "timestamp with zone")


class ColumnInspector(QWidget):
    """One column.

    Parameters
    ----------
    line : ColumnLine
        What the header says.
    profile : ColumnProfile, optional
        What is known of the values; None while they are looked at.
    set_role : callable
        Takes the role that a person chose.
    """

    def __init__(
        self, line: ColumnLine, profile: ColumnProfile | None, set_role: Callable[[Role], object]
    ) -> None:
        super().__init__()
        roles = Select([(r, r) for r in ROLES], line.role, small=True)
        roles.chosen.connect(set_role)
        parts: list[QWidget | None] = [Field(tr("Role"), roles)]
        box = column(row(Chip(line.type, "neutral"), None), *parts, spacing=12)
        if profile is None:
            box.addWidget(Label(tr("Looking at the values ..."), "base", "muted"))
        else:
            self._add_profile(box, line, profile)
        self.setLayout(box)

    def _add_profile(self, box: object, line: ColumnLine, profile: ColumnProfile) -> None:
        add: Callable[[QWidget], object] = box.addWidget  # type: ignore[attr-defined]
        add(KeyValueList(facts(line, profile), key_width=100))
        if profile.counts:
            add(Label(tr("Distribution"), "small", "muted"))
            strip = HistogramStrip(line.name)
            strip.show_bars(bins(profile))
            strip.setFixedHeight(theme().px(110))
            add(strip)
            ends = QWidget()
            first, last = (
                Label(_edge(profile, 0), "micro", "muted"),
                Label(_edge(profile, -1), "micro", "muted"),
            )
            ends.setLayout(row(first, None, last))
            add(ends)
        if profile.top:
            add(Label(tr("Most frequent values"), "small", "muted"))
            chart = BarChart(line.name, lying=True)
            chart.show_bars([Bar(c.value or "“”", c.count) for c in profile.top[:_MOST_TOP]])
            chart.setFixedHeight(theme().px(24) * min(len(profile.top), _MOST_TOP) + theme().px(8))
            add(chart)


def facts(line: ColumnLine, profile: ColumnProfile) -> list[tuple[str, str]]:
    """Name and value of each fact."""
    about = "" if profile.exact else "≈"
    found = [
        ("Missing", f"{line.missing_words} ({about}{profile.missing:,})"),
        ("Infinite", f"{about}{profile.infinite:,}" if profile.infinite else ""),
        ("Distinct", f"{about}{profile.distinct:,}"),
        ("Smallest", profile.minimum or ""),
        ("Largest", profile.maximum or ""),
        ("Mean", "" if profile.mean is None else format_number(profile.mean)),
        (
            "Deviation",
            "" if profile.standard_deviation is None else format_number(profile.standard_deviation),
        ),
        ("Note", line.note),
    ]
    return [(name, value) for name, value in found if value]


def bins(profile: ColumnProfile) -> list[StripBar]:
    """Bars of the histogram."""
    return [StripBar(count, key=str(i)) for i, count in enumerate(profile.counts)]


def _edge(profile: ColumnProfile, place: int) -> str:
    """Where the range begins (place 0) or ends (-1), in words."""
    value = profile.edges[place]
    if profile.type == "integer":
        value = float(math.ceil(value) if place == 0 else math.floor(value))
    if profile.type not in _TIMES:
        return format_number(value)
    try:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):  # a year that the calendar of Python does not have
        return ""
