"""Steps of a person in the real window: how long each takes until it is shown, and how long its thread was away.

A script of steps is a generator that yields a `Step` (something is done, then something is to be seen) or a number of
seconds to go on watching. It is played by a timer of the window's own thread, so it takes no time from it.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gui_gap_script import Ticks, wait_for_go
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

LOOK_EVERY_MS = 5
PATIENCE_S = 60.0
LOOK_FIRST_S = 3.0
"""So long does a person look at the project before going anywhere."""


@dataclass(frozen=True)
class Step:
    """One thing that a person does."""

    name: str
    act: Callable[[], object]
    seen: Callable[[], bool] = lambda: True
    """Whether what was wanted is on screen."""
    again_ms: int = 0
    """Do it again and again at this distance, for `for_s` seconds, as with a wheel or a mouse that moves; 0: once."""
    for_s: float = 0.0


class Player(QObject):
    """Plays steps and notes their times in milliseconds.

    Parameters
    ----------
    steps : iterator of Step
        What is done; it goes on to the next one when this one is seen.
    ticks : Ticks
        The watch over the thread.
    """

    def __init__(self, steps: Iterator[Step], ticks: Ticks) -> None:
        super().__init__()
        self._steps, self._ticks = steps, ticks
        self.done: list[dict[str, Any]] = []
        self._step: Step | None = None
        self._began = self._acted = 0.0
        self._first_tick = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin with the first step."""
        self._ticks.start()
        self._next()
        self._timer.start(LOOK_EVERY_MS)

    def _next(self) -> None:
        step = next(self._steps, None)
        self._step = step
        if step is None:
            self._timer.stop()
            self._ticks.stop()
            print(json.dumps(self.facts()), flush=True)
            os._exit(0)  # closing would ask whether the work may go on
        self._ticks.doing = step.name
        self._first_tick = len(self._ticks.times)
        self._began = self._acted = time.perf_counter()
        step.act()

    def _look(self) -> None:
        step, now = self._step, time.perf_counter()
        assert step is not None
        if step.again_ms and now - self._began < step.for_s:
            if (now - self._acted) * 1000 >= step.again_ms:
                self._acted = now
                step.act()
            return
        if not step.seen():
            if now - self._began > PATIENCE_S:
                print(f"{step.name} was not seen within {PATIENCE_S:.0f} s", file=sys.stderr, flush=True)
                os._exit(1)
            return
        first = max(self._first_tick - 1, 0)
        times, works = [*self._ticks.times[first:], now], [*self._ticks.works[first:], time.thread_time()]
        gaps, worked = ([(b - a) * 1000 for a, b in itertools.pairwise(x)] for x in (times, works))
        self.done.append(
            {
                "step": step.name,
                "ms": (now - self._began) * 1000,
                "gap_ms": max(gaps, default=0.0),
                "work_ms": max(worked, default=0.0),
            }
        )
        self._next()

    def facts(self) -> dict[str, Any]:
        """What was noted, and the most memory that this process has held."""
        peak = next(
            line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
        )
        return self._ticks.facts() | {"steps": self.done, "peak_bytes": int(peak.split()[1]) * 1024}


def play(project: str, script: Callable[[Any], Iterator[Step]], long_s: float = 0.1) -> int:
    """Run the application on `project` as its command does, and play the steps that `script(window)` gives."""
    from mlops_desktop.gui.application import make_application
    from mlops_desktop.gui.launch import run_application
    from mlops_desktop.gui.main_window import MainWindow

    app = make_application(sys.argv[:1])
    ticks, timer, kept = Ticks(long_s), QTimer(), []

    def look() -> None:
        window = next((w for w in app.topLevelWidgets() if isinstance(w, MainWindow)), None)
        if window is None or not window.state.project_title or window.session.tasks.busy:
            return
        timer.stop()
        window.resize(1440, 900)
        first = Step("look at what is open", lambda: None, again_ms=1000, for_s=LOOK_FIRST_S)
        kept.append(Player(itertools.chain([first], script(window)), ticks))
        wait_for_go()
        kept[0].start()

    timer.timeout.connect(look)
    timer.start(20)
    return run_application(project)


def wheel(view: QWidget, notches: int) -> None:
    """Turn the wheel over the middle of a view; below 0 scrolls down or zooms out."""
    where = QPointF(view.rect().center())
    event = QWheelEvent(
        where, view.mapToGlobal(where), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def hover(view: QWidget, share: float) -> None:
    """Move the mouse over a view, to `share` of its width."""
    where = QPointF(view.width() * share, view.height() / 2)
    event = QMouseEvent(
        QEvent.Type.MouseMove, where, view.mapToGlobal(where), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
