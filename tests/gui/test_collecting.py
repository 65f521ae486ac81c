"""Garbage with Qt objects in it goes on the GUI thread."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from mlops_desktop.gui.collecting import GuiCollector


class Loop:
    """A cycle with something of Qt in it, that notes on which thread it goes."""

    def __init__(self, gone: list[int]) -> None:
        self.me = self
        self.thing = QObject()
        weakref.finalize(self, lambda: gone.append(threading.get_ident()))


def test_another_thread_collects_nothing_and_the_gui_thread_does(qtbot):
    gone: list[int] = []
    collector = GuiCollector()
    try:
        Loop(gone)
        thread = threading.Thread(target=lambda: [[] for _ in range(200_000)])
        thread.start()
        thread.join()
        assert gone == []
        gc.collect(0)
        qtbot.waitUntil(lambda: gone == [threading.get_ident()], timeout=5_000)
    finally:
        collector.stop()
    assert gc.isenabled()
