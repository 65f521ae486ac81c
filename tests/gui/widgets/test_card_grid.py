"""Cards in as many columns as there is room for."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.widgets.card_grid import CardGrid
from mlops_desktop.gui.widgets.cards import Card


def lines(grid: CardGrid) -> list[int]:
    """Cards in each line."""
    tops = [card.y() for card in grid.cards]
    return [tops.count(y) for y in sorted(set(tops))]


@pytest.mark.parametrize(
    ("width", "count", "shape"),
    [(1100, 3, [3]), (1100, 4, [2, 2]), (1100, 5, [3, 2]), (700, 3, [2, 1]), (300, 2, [1, 1])],
)
def test_cards_fill_their_lines(qtbot: Any, width: int, count: int, shape: list[int]) -> None:
    grid = CardGrid()
    qtbot.addWidget(grid)
    grid.set_cards([Card(str(i)) for i in range(count)])
    grid.resize(width, 600)
    grid.show()
    qtbot.waitUntil(lambda: lines(grid) == shape, timeout=2000)


def test_a_card_that_stays_is_the_same_widget(qtbot: Any) -> None:
    grid = CardGrid()
    qtbot.addWidget(grid)
    kept: QWidget = Card("kept")
    grid.set_cards([Card("gone"), kept])
    grid.set_cards([kept])
    assert grid.cards == (kept,)
