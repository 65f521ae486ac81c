"""Says how far a query is, while another thread waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb

from mlops_desktop.domain.errors import CancelledError

if TYPE_CHECKING:
    from .work import Work

EVERY_S: Final = 0.5
"""Seconds between two looks."""


@contextmanager
def watched(
    cursor: duckdb.DuckDBPyConnection, work: Work, stage: str
) -> Generator[Callable[[str, float | None], None]]:
    """Report the progress of the queries that run on `cursor` within the block.

    Gives a function that says the stage, as a reader of files calls it.
    """
    done = threading.Event()
    said = [stage]

    def say(new_stage: str, fraction: float | None = None) -> None:
        said[0] = new_stage
        work.progress(new_stage, fraction)

    def look() -> None:
        while not done.wait(EVERY_S):
            percent = cursor.query_progress()
            try:
                work.progress(said[0], percent / 100 if percent > 0 else None)
            except CancelledError:
                # The thread that waits for the query is told by itself; here an interrupt that came between two
                # queries and was lost is given once more.
                cursor.interrupt()

    say(stage)
    watcher = threading.Thread(target=look, name=f"{threading.current_thread().name}-progress", daemon=True)
    watcher.start()
    try:
        yield say
    finally:
        done.set()
        watcher.join()
