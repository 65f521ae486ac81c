"""Named moments at which a kill must lose nothing; fault injection kills before and after each."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

CRASH_VARIABLE: Final = "MLOPS_CRASH_AT"
CRASH_POINTS: Final[Mapping[str, str]] = {
    "publish.fsync": "the bytes of a new file reach the disk",
    "publish.rename": "a new file gets its final name",
    "publish.fsync_folder": "the folder that holds the new name reaches the disk",
    "store.commit": "a transaction of the store commits",
    "store.checkpoint": "the write-ahead log is folded into project.duckdb",
    "store.ingest": "a batch of a run's messages and its byte offset commit together",
    "store.alias": "an alias moves to another model version",
    "store.collect": "files that nothing names are deleted",
    "bundle.export": "an exported bundle gets its final name",
}
"""Every named moment at which bytes become durable, with what happens there."""

_crash_counts: dict[str, int] = {}
_crash_lock = threading.Lock()


@contextmanager
def crash_point(name: str) -> Generator[None]:
    """Mark the statement in the block as a moment at which a kill must lose nothing.

    Does nothing unless the environment variable ``MLOPS_CRASH_AT`` is ``name:before`` or ``name:after``, which kills
    this process there; with ``name:after:3`` at the third time only.

    Raises
    ------
    KeyError
        `name` isn't in `CRASH_POINTS`: a fault injection test would miss it.
    """
    CRASH_POINTS[name]  # an unknown name is a bug, also when no fault is injected
    _crash_if_asked(f"{name}:before")
    yield
    _crash_if_asked(f"{name}:after")


def _crash_if_asked(moment: str) -> None:
    asked = os.environ.get(CRASH_VARIABLE, "")
    if not asked.startswith(moment):
        return
    turn = asked[len(moment) :].lstrip(":") or "1"
    with _crash_lock:
        _crash_counts[moment] = count = _crash_counts.get(moment, 0) + 1
    if count == int(turn):
        # Windows has no SIGKILL; there SIGTERM is TerminateProcess and can't be caught either.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
