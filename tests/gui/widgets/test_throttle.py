"""News that come many times a second."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from mlops_desktop.gui.widgets.throttle import Throttle


def test_the_first_news_is_told_at_once_and_the_last_is_never_lost(qtbot: Any) -> None:
    owner = QObject()
    throttle = Throttle(owner, 40)
    told: list[int] = []
    throttle.fired.connect(lambda: told.append(1))
    for _ in range(50):
        throttle.poke()
    assert len(told) == 1
    qtbot.waitUntil(lambda: len(told) == 2, timeout=2000)
