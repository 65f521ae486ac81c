"""How far a long statement is, told while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from mlops_desktop.store.reading.sql import Cursor

Progress = Callable[[str, float | None], None]
"""Called with the stage in words and the share done (0 to 1), if it is known; may raise to cancel."""

_EVERY_S = 0.25


@contextmanager
def watched(cursor: Cursor, progress: Progress, stage: str) -> Generator[None]:
    """Tell `progress` how far the statements run by `cursor` within are.

    What `progress` raises interrupts the statement and is raised here.
    """
    progress(stage, None)
    cursor.execute("SET enable_progress_bar = true")
    cursor.execute("SET enable_progress_bar_print = false")
    cursor.execute("SET progress_bar_time = 0")
    ended, raised = threading.Event(), list[BaseException]()

    def poll() -> None:
        while not ended.wait(_EVERY_S):
            percent = float(cursor.query_progress())
            try:
                progress(stage, percent / 100 if percent >= 0 else None)
            except BaseException as error:  # noqa: BLE001 - a cancel of any class is raised where the statement runs
                raised.append(error)
                cursor.interrupt()
                return

    poller = threading.Thread(target=poll, name="import progress", daemon=True)
    poller.start()
    try:
        try:
            yield
        finally:
            ended.set()
            poller.join()
    except Exception:
        if raised:
            raise raised[0] from None
        raise
    if raised:
        raise raised[0]
