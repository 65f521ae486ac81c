"""A strip of bars with handles between them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt

from mlops_desktop.gui.charts.handle_strip import HandleStrip
from mlops_desktop.gui.charts.painted import StripBar


@pytest.fixture
def strip(qtbot: Any) -> HandleStrip:
    made = HandleStrip("Periods", ["train from", "test from"])
    qtbot.addWidget(made)
    made.resize(510, 100)
    made.show_strip([StripBar(float(i), str(i)) for i in range(10)], (0, 8))
    made.show()
    return made


def at(strip: HandleStrip, place: int) -> QPoint:
    paper = strip._paper
    inner = strip._inner(paper.rect().toRectF())
    return QPoint(round(strip._x(inner, place)), 20)


def test_a_handle_is_dragged_to_another_place(strip: HandleStrip, qtbot: Any) -> None:
    moves: list[tuple[int, int]] = []
    strip.moved.connect(lambda handle, place: moves.append((handle, place)))
    qtbot.mousePress(strip._paper, Qt.MouseButton.LeftButton, pos=at(strip, 8))
    qtbot.mouseMove(strip._paper, at(strip, 5))
    qtbot.mouseRelease(strip._paper, Qt.MouseButton.LeftButton, pos=at(strip, 5))
    assert moves[-1] == (1, 5)


def test_keys_move_the_active_handle(strip: HandleStrip, qtbot: Any) -> None:
    with qtbot.waitSignal(strip.moved) as moved:
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert moved.args == [0, 1]
    qtbot.keyClick(strip, Qt.Key.Key_Down)
    with qtbot.waitSignal(strip.moved) as moved:
        qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert moved.args == [1, 7]


def test_the_words_say_where_the_handles_stand(strip: HandleStrip) -> None:
    assert strip.accessibleDescription().endswith("train from at 0, test from at 8")


def test_a_press_away_from_handles_picks_the_bar(strip: HandleStrip, qtbot: Any) -> None:
    strip.show_strip([StripBar(1.0, str(i), key=str(i)) for i in range(10)], (0, 8))
    strip.grab()
    place = (at(strip, 4) + at(strip, 5)) / 2
    with qtbot.waitSignal(strip.picked) as picked:
        qtbot.mouseClick(strip._paper, Qt.MouseButton.LeftButton, pos=place)
    assert picked.args == ["4"]
