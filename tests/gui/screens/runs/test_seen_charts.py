"""Thousands of charts, of which only those on screen exist."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QScrollArea

from mlops_desktop.gui.charts.series import Series
from mlops_desktop.gui.screens.runs.curves_state import empty_spec
from mlops_desktop.gui.screens.runs.evaluation_state import ChartSpec
from mlops_desktop.gui.screens.runs.seen_charts import SeenCharts

KEYS = [f"metric {n}" for n in range(2_000)]


@pytest.fixture
def charts(qtbot: Any) -> tuple[SeenCharts, QScrollArea]:
    made, page = SeenCharts(), QScrollArea()
    page.setWidget(made)
    page.setWidgetResizable(True)
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    made.wanted.connect(lambda keys: made.show_specs([_spec(key) for key in keys]))
    made.show_empty([empty_spec(key) for key in KEYS])
    qtbot.waitUntil(lambda: bool(made.seen) and drawn(made) == set(made.seen))
    return made, page


def _spec(key: str) -> ChartSpec:
    return ChartSpec(key, "lines", key, series=(Series(key, [0.0, 1.0], [0.0, 3.0]),))


def drawn(made: SeenCharts) -> set[str]:
    """Keys of the charts that show their own line."""
    return {c.key for c in made.cards if f"{c.key}: 2 points" in c.chart.summary()}


def test_of_thousands_of_charts_only_those_on_screen_exist(charts: Any) -> None:
    made, _ = charts
    assert made.seen == tuple(KEYS[:6]) and len(made.cards) == 6
    assert made.count == 2_000 and made.height() > 250_000


def test_a_card_that_left_the_screen_shows_another_chart(charts: Any, qtbot: Any) -> None:
    made, page = charts
    before = set(made.cards)
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: made.seen[-1:] == (KEYS[-1],) and drawn(made) == set(made.seen))
    assert set(made.cards) == before


def test_all_charts_take_a_logarithmic_axis(charts: Any, qtbot: Any) -> None:
    made, _ = charts
    made.set_log_y(True)
    qtbot.waitUntil(lambda: all(card.chart.log_y for card in made.cards))
    assert "1 point is not above 0" in made.cards[0].chart.note
