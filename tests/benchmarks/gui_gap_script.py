"""A window whose thread is watched by a timer of 10 ms, while a person scrolls, jumps and drags, or in a bare window.

    python gui_gap_script.py bare SECONDS
    python gui_gap_script.py table SECONDS PROJECT DATASET

Says ``ready`` once its window is shown (with rows in it), begins at a line on its input, and prints one JSON object:
the milliseconds between two ticks of the timer, those between a jump and the first paint of its rows, and what the
thread was doing in each gap that was long.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

TICK_MS = 10
LONG_S = 0.15
"""A gap of which the stack is told."""
PHASE_S = 4.0
"""So long does a person scroll, then jump, then drag."""
WHEEL_EVERY_MS, DRAG_EVERY_MS, LOOK_MS = 16, 16, 120
"""Times between two notches, between two moves of the handle; how long one looks at the rows of a jump."""


class Ticks(QObject):
    """The times of a timer on the GUI thread, and what that thread did when a tick was late.

    An alarm makes the thread itself tell its stack: to read the frames of a thread at work from another one crashes
    Python 3.11 now and then, by `sys._current_frames` as by `faulthandler`.

    Parameters
    ----------
    long_s : float
        A gap from here on is told with its stack.
    """

    def __init__(self, long_s: float = LONG_S) -> None:
        super().__init__()
        self._long_s = long_s
        self.times: list[float] = []
        self.works: list[float] = []
        """Seconds of processor that the thread had used at each tick: on a busy machine a gap is mostly waiting."""
        self.stacks: dict[int, str] = {}
        self.doing = ""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._note()
        self._timer.start(TICK_MS)
        signal.signal(signal.SIGALRM, self._keep_stack)
        self._watch()

    def stop(self) -> None:
        self._timer.stop()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _note(self) -> None:
        self.times.append(time.perf_counter())
        self.works.append(time.thread_time())

    def _tick(self) -> None:
        self._note()
        self._watch()

    def _watch(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, self._long_s * 0.6)

    def _keep_stack(self, number: int, frame: Any) -> None:
        self.stacks[len(self.times)] = f"{self.doing}: " + "".join(traceback.format_stack(frame)[-6:])

    def facts(self) -> dict[str, Any]:
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        long = [
            {"gap_ms": gap * 1000, "at_s": self.times[i] - self.times[0], "stack": self.stacks.get(i + 1, "")}
            for i, gap in enumerate(gaps)
            if gap > self._long_s
        ]
        return {"gaps_ms": [round(gap * 1000, 2) for gap in gaps], "long": long}


class Person(QObject):
    """Scrolls by the wheel, jumps to rows, drags the handle of the scroll bar, in turns."""

    def __init__(self, table: Any, ticks: Ticks) -> None:
        super().__init__()
        self._table, self._ticks = table, ticks
        self._chance = random.Random(11)
        self.jumps_ms: list[float] = []
        self._jumped_at: float | None = None
        self._row = 0
        self._turn, self._drag_at = 0, 0.0
        self._began = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._act)
        table.viewport().installEventFilter(self)

    def start(self) -> None:
        self._began = time.perf_counter()
        self._timer.start(WHEEL_EVERY_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _act(self) -> None:
        turn = int((time.perf_counter() - self._began) / PHASE_S) % 3
        bar = self._table.verticalScrollBar()
        if self._turn == 2 and turn != 2:
            bar.setSliderDown(False)
        self._turn = turn
        self._ticks.doing = ("scrolling", "jumping", "dragging")[turn]
        (self._scroll, self._jump, self._drag)[turn]()

    def _scroll(self) -> None:
        view = self._table.viewport()
        where = QPointF(view.rect().center())
        down = QPoint(0, -120 if self._chance.random() < 0.9 else 120)
        event = QWheelEvent(
            where, view.mapToGlobal(where), QPoint(), down, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)

    def _jump(self) -> None:
        if self._jumped_at is not None:
            return
        self._row = self._chance.randrange(self._table.rows_model.total)
        self._jumped_at = time.perf_counter()
        self._table.go_to(self._row)

    def _drag(self) -> None:
        bar = self._table.verticalScrollBar()
        bar.setSliderDown(True)
        self._drag_at = (self._drag_at + self._chance.uniform(0.001, 0.01)) % 1.0
        bar.setSliderPosition(int(bar.maximum() * self._drag_at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The first paint of the rows of a jump, counted when it is done."""
        waits = self._jumped_at is not None and event.type() == QEvent.Type.Paint
        model = self._table.rows_model
        if waits and model.value(self._row - model.first_row, 0)[0]:
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        if self._jumped_at is not None and self._jumped_at > 0:
            self.jumps_ms.append((time.perf_counter() - self._jumped_at) * 1000)
            self._jumped_at = -1.0
            QTimer.singleShot(LOOK_MS, self._look_away)

    def _look_away(self) -> None:
        self._jumped_at = None


def bare(seconds: float) -> None:
    """A window with nothing in it."""
    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(1440, 900)
    window.show()
    ticks = Ticks()
    wait_for_go()
    ticks.start()
    QTimer.singleShot(int(seconds * 1000), app.quit)
    app.exec()
    ticks.stop()
    print(json.dumps(ticks.facts()), flush=True)


def table(seconds: float, project: str, dataset: str) -> int:
    """The application as its command runs it, on the rows of a data set."""
    from mlops_desktop.gui.application import make_application
    from mlops_desktop.gui.launch import run_application
    from mlops_desktop.gui.main_window import MainWindow
    from mlops_desktop.gui.places import Place

    app = make_application(sys.argv[:1])
    ticks, timer, kept = Ticks(), QTimer(), []

    def look() -> None:
        window = next((w for w in app.topLevelWidgets() if isinstance(w, MainWindow)), None)
        if window is None or not window.state.project_title or window.session.tasks.busy:
            return
        if window.here is None or window.here.section != "data":
            window.resize(1440, 900)
            window.go(Place("data", dataset))
            return
        shown = window.screen_of("data").page.table.table
        if not shown.rows_model.total or not shown.rows_model.value(0, 0)[0]:
            return
        timer.stop()
        kept.append(Person(shown, ticks))
        wait_for_go()
        ticks.start()
        kept[0].start()
        QTimer.singleShot(int(seconds * 1000), end)

    def end() -> None:
        ticks.stop()
        kept[0].stop()
        facts = ticks.facts() | {"jumps_ms": kept[0].jumps_ms}
        print(json.dumps(facts), flush=True)
        os._exit(0)  # closing would ask whether the work may go on

    timer.timeout.connect(look)
    timer.start(20)
    return run_application(project)


def wait_for_go() -> None:
    """Say that the window is ready, and wait for a line."""
    for _ in range(5):
        QApplication.sendPostedEvents()
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    if sys.argv[1] == "bare":
        bare(float(sys.argv[2]))
    else:
        sys.exit(table(float(sys.argv[2]), *sys.argv[3:]))
