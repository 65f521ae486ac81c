"""What a test may not leave behind: threads, processes, sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from .running import end_all, processes_of

PATIENCE_S = 5.0
"""What ends at the end of its input, or of its last call, takes a moment."""


def threads() -> set[threading.Thread]:
    """Threads that Python started and that would keep it from ending; those of Qt's pool come and go."""
    return {t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)}


def sockets() -> set[str]:
    """Ends of connections and listeners of this process, on any network; not their state, which the other end changes."""
    return {f"{c.laddr} {c.raddr}" for c in psutil.Process().net_connections("inet")}


@contextmanager
def nothing_left(state: str) -> Iterator[None]:
    """Fail if the block leaves a thread, a process or a socket; a process that is left is ended.

    Parameters
    ----------
    state : str
        A folder: processes whose state folder lies in it belong to the tests.
    """
    had_threads, had_sockets = threads(), sockets()
    had_processes = set(psutil.pids())
    yield
    ends = time.monotonic() + PATIENCE_S
    while left := _left(state, had_threads, had_processes, had_sockets):
        if time.monotonic() > ends:
            end_all(processes_of(state, set(psutil.pids()) - had_processes))
            raise AssertionError(f"left behind: {', '.join(left)}")
        time.sleep(0.02)


def _left(
    state: str, had_threads: set[threading.Thread], had_pids: set[int], had_sockets: set[str]
) -> list[str]:
    left = [f"thread {t.name}" for t in threads() - had_threads if t.is_alive()]
    for process in processes_of(state, set(psutil.pids()) - had_pids):
        try:
            left.append(f"process {process.pid} {' '.join(process.cmdline())[:120]}")
        except psutil.NoSuchProcess:
            continue
    return left + [f"socket {s}" for s in sockets() - had_sockets]
