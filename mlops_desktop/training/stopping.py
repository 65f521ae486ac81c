"""Ends a child at once: on a signal, at a time limit, at a memory limit; even within a library's own code."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time

import psutil

from mlops_desktop.domain.errors import ResourceError, TrainingError, UserError, to_message
from mlops_desktop.domain.messages import Outcome, ResourceUse, now
from mlops_desktop.training.reporting import Reporter

EXIT_CANCELLED = 3
EXIT_FAILED = 1
_SAMPLE_S = 0.5


class Watch:
    """Waits beside a job for what ends it early.

    A signal handler runs only once the main thread is back in Python, which a long fit delays. So the signal's
    number is written to a socket by the interpreter itself, and a thread reads it, says the outcome and ends
    the process.

    Parameters
    ----------
    time_limit_s : float, optional
        Longest time of the job, in seconds.
    memory_limit_bytes : int, optional
        Most resident memory.
    """

    def __init__(
        self, reporter: Reporter, time_limit_s: float | None = None, memory_limit_bytes: int | None = None
    ) -> None:
        self._peak_bytes = 0
        self._reporter = reporter
        self._time_limit_s = time_limit_s
        self._memory_limit_bytes = memory_limit_bytes
        self._began = time.monotonic()
        self._process = psutil.Process()
        self._reading, self._writing = socket.socketpair()
        self._writing.setblocking(False)

    def start(self) -> None:
        """Take over SIGTERM and SIGINT, and begin to watch."""
        signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave_to_thread)
        self._process.cpu_percent()
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def peak(self) -> int:
        """Most resident memory that was seen, in bytes."""
        return max(self._peak_bytes, self._process.memory_info().rss)

    def _run(self) -> None:
        self._reading.settimeout(_SAMPLE_S)
        while True:
            try:
                got = self._reading.recv(16)
            except TimeoutError:
                self._sample()
                continue
            if not got or got[0] in (signal.SIGTERM, signal.SIGINT):
                self._end(Outcome("cancelled", now()), EXIT_CANCELLED)

    def _sample(self) -> None:
        """Say what is used, and end the job if it is too much."""
        memory = self._process.memory_info().rss
        self._peak_bytes = max(self._peak_bytes, memory)
        self._reporter.say(ResourceUse(now(), round(self._process.cpu_percent(), 1), memory))
        if self._time_limit_s is not None and time.monotonic() - self._began > self._time_limit_s:
            text = f"The job took longer than its limit of {self._time_limit_s:g} seconds."
            self._fail(
                TrainingError(text, remedy="Raise the limit, or choose a quicker algorithm or fewer folds.")
            )
        if self._memory_limit_bytes is not None and memory > self._memory_limit_bytes:
            used, limit = memory / 1e9, self._memory_limit_bytes / 1e9
            text = f"The job used {used:.2f} GB of memory, more than its limit of {limit:.2f} GB."
            self._fail(ResourceError(text, remedy="Raise the limit, or train on fewer rows or columns."))

    def _fail(self, error: UserError) -> None:
        self._end(Outcome("failed", now(), error=to_message(error)), EXIT_FAILED)

    def _end(self, outcome: Outcome, status: int) -> None:
        if self._reporter.end(outcome):
            os._exit(status)


def _leave_to_thread(number: int, frame: object) -> None:
    """A signal's handler that does nothing: without one the process would end before its outcome is said."""
