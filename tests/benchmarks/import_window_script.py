"""The window while a large file is imported through its import screen.

    python import_window_script.py PROJECT FILE
    python import_window_script.py PROJECT FILE close

Says ``ready`` once the project is open, begins at a line on its input, and prints one JSON object (`window_steps`).
With ``close`` the window is closed in the midst of the import, as a person does, and prints nothing more.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtWidgets import QApplication, QDialog
from window_steps import Step, play, wheel

from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.data.import_intent import ImportIntent


def steps(window: Any, file: str, closes: bool = False) -> Iterator[Step]:
    """Choose the file, look at it, import it, scroll while it runs."""
    screen = window.screen_of("data")
    there = len(window.session.jobs)
    yield Step("preview", lambda: window.go(Place("data", ImportIntent(file))), lambda: can_import(screen))
    page = screen.importing
    view = page.table.viewport()
    turns = iter(range(1_000_000))

    def scroll() -> None:
        wheel(view, -1 if next(turns) % 60 < 30 else 1)
        bar = page.table.horizontalScrollBar()
        bar.setValue((bar.value() + 25) % max(bar.maximum(), 1))

    yield Step("scroll the preview", scroll, again_ms=16, for_s=2)
    yield Step(
        "begin", page.target.import_button.click, lambda: page.state.job is not None or ended(window, there)
    )
    if closes:
        yield Step("scroll beside it", scroll, again_ms=16, for_s=0.5)
        yield Step("close", lambda: close(window), lambda: False)
    again = Scrolls(scroll, lambda: page.state is None or page.state.job is None)
    yield Step("scroll until it has ended", lambda: None, again)
    yield Step("its first rows", lambda: None, lambda: has_rows(screen))


def close(window: Any) -> None:
    """Close the window as a person does, agreeing to what goes on; the time until the process can end is printed."""
    began = time.perf_counter()

    def tell() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)  # the watch over the thread ends with the window
        print(json.dumps({"close_ms": (time.perf_counter() - began) * 1000}), flush=True)

    QApplication.instance().aboutToQuit.connect(tell)
    window.close()
    dialog = window.findChild(QDialog, "goes_on")
    if dialog is not None:
        dialog.accept_button.click()


class Scrolls:
    """Scrolls at each look until it has ended."""

    def __init__(self, scroll: Any, ended: Any) -> None:
        self._scroll, self._ended, self._looks = scroll, ended, 0

    def __call__(self) -> bool:
        self._looks += 1
        if self._looks % 4 == 0:
            self._scroll()
        return bool(self._ended())


def can_import(screen: Any) -> bool:
    """Whether the preview is there and the import may begin."""
    state = screen.importing.state
    return state is not None and not state.waits and state.target is not None and state.target.can_import


def ended(window: Any, there: int) -> bool:
    """Whether the import has ended already."""
    return len(window.session.jobs) > there


def has_rows(screen: Any) -> bool:
    """Whether the rows of the new version are on screen."""
    model = screen.page.table.table.rows_model
    return bool(model.total) and bool(model.value(0, 0)[0])


if __name__ == "__main__":
    project, file, *rest = sys.argv[1:]
    sys.exit(play(project, lambda window: steps(window, file, bool(rest)), 0.05))
