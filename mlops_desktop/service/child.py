"""A child: the process that works on one run, as the service sees it."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from mlops_desktop import system
from mlops_desktop.domain.errors import BusyError, CancelledError, RefusedError, ResourceError, UserError
from mlops_desktop.service.events_tail import EventsTail

GRACE_S: Final = 2.0
"""Between the request to end and the kill; twice this is the most a cancel takes."""
OUTPUT_TAIL_BYTES: Final = 8_192

_log = logging.getLogger(__name__)

Reason = Literal["ended", "cancelled", "memory", "time", "broken", "gone", "left"]
OnLines = Callable[[list[bytes], int], None]
"""Takes whole lines, and the byte offset after them; when it returns they count as taken."""


@dataclass(frozen=True)
class Limits:
    """What a run may use; None is without a limit."""

    memory_bytes: int | None = None
    """Resident memory of all its processes together; pages they share count for each."""
    time_s: float | None = None


@dataclass(frozen=True)
class End:
    """How a child ended. Whether its run succeeded is said by its last message alone."""

    reason: Reason
    """``ended`` by itself, ``cancelled`` by a person, killed for its ``memory`` or ``time``, killed because its
    messages were ``broken``, ``gone`` while no service watched, or ``left`` to work on by a service that ends."""
    message: str
    """A sentence for people."""
    exit_code: int | None = None
    """Negative for a signal; None if it is lost, as that of an adopted child is."""
    output: str = ""
    """The end of what it printed."""


@dataclass(frozen=True)
class Work:
    """A process at work on a run.

    Attributes
    ----------
    who : system.Identity, optional
        The process; None if it belongs to an earlier boot, another machine or a stranger.
    started : float
        Monotonic seconds of this boot at which it got the run.
    output : Path
        File that it prints to.
    process : subprocess.Popen, optional
        None if a service before this one started it.
    """

    who: system.Identity | None
    started: float
    output: Path
    process: subprocess.Popen[bytes] | None = None


class Child:
    """The process that works on one run; made by `Children`, whose thread calls `poll`.

    Parameters
    ----------
    run_folder : Path
        Folder of the run.
    work : Work
        The process.
    on_lines : callable
        Gets its messages, on the thread of `Children`. If it raises `ResourceError` or `BusyError` they come again
        later; any other error ends the child and is raised by `wait`.
    offset : int
        Bytes of ``events.jsonl`` that were taken before.
    """

    def __init__(
        self, run_folder: Path, work: Work, on_lines: OnLines, limits: Limits, offset: int = 0
    ) -> None:
        self.run_folder = run_folder
        self.limits = limits
        self.peak_bytes = 0
        self._work = work
        self._on_lines = on_lines
        self._tail = EventsTail(run_folder, offset)
        self._polling = threading.RLock()
        self._judging = threading.Lock()
        self._verdict: tuple[Reason, str] | None = None
        self._killer: threading.Thread | None = None
        self._failure: Exception | None = None
        self._end: End | None = None
        self._done = threading.Event()

    @property
    def who(self) -> system.Identity | None:
        """Its process, if it is one of ours since the last boot."""
        return self._work.who

    @property
    def is_running(self) -> bool:
        """Whether it still works."""
        return self._work.who is not None and system.is_alive(self._work.who)

    @property
    def offset(self) -> int:
        """Bytes of ``events.jsonl`` that were taken."""
        return self._tail.offset

    def cancel(self) -> None:
        """Kill it with all it started, within 5 s; `wait` tells when it is done."""
        self._condemn("cancelled", "The run was cancelled.")

    def leave(self) -> None:
        """Let it work on unwatched, to be adopted: `wait` returns at once, and no lines come after this returns."""
        with self._polling:
            if self._end is None:
                self._settle(End("left", "The service has left; the run goes on."))
        with self._judging:
            killer = self._killer
        if killer is not None:
            killer.join()
        if self._work.process is not None:
            system.let_go(self._work.process)

    def wait(self, timeout_s: float | None = None) -> End:
        """Its end, after its last lines were taken.

        Raises
        ------
        Exception
            What `on_lines` could not take a line for.
        TimeoutError
            It works on after `timeout_s` seconds.
        """
        if not self._done.wait(timeout_s):
            raise TimeoutError(f"{self.run_folder.name} works on")
        assert self._end is not None
        if self._failure is not None:
            raise self._failure
        return self._end

    def poll(self) -> bool:
        """Take its new lines and hold it to its limits; True once it has ended and all is read."""
        with self._polling:
            if self._end is not None:
                return True
            has_ended = not self.is_running  # asked before the last read, so that nothing is written after it
            all_taken = self._take_lines(to_the_end=has_ended)
            if not has_ended:
                self._check_limits()
            elif all_taken:
                self._settle(self._finish())
            return self._end is not None

    def _settle(self, end: End) -> None:
        self._end = end
        self._done.set()

    def _take_lines(self, *, to_the_end: bool) -> bool:
        """Hand over new lines; False if they must come again."""
        try:
            while self._failure is None and (batch := self._tail.read()) is not None:
                try:
                    self._on_lines(batch.lines, batch.offset)
                except (ResourceError, BusyError) as error:
                    _log.warning("messages of run %s wait: %s", self.run_folder.name, error)
                    return False
                except CancelledError as error:
                    self._condemn("cancelled", str(error))
                    return True
                except Exception as error:  # noqa: BLE001 - the receiver's bug: `wait` raises it there
                    self._failure = error
                    self._condemn("broken", f"A message of the run could not be taken: {error}")
                    return True
                self._tail.offset = batch.offset
                if not to_the_end:
                    break
        except (UserError, OSError) as error:  # of the file itself: a link, too long, shorter than it was
            self._condemn("broken", str(error))
        return True

    def _check_limits(self) -> None:
        limit_s, limit_bytes = self.limits.time_s, self.limits.memory_bytes
        if limit_s is not None and time.monotonic() - self._work.started > limit_s:
            self._condemn("time", f"The run took longer than its limit of {limit_s:g} s.")
        if limit_bytes is not None and self.who is not None:
            used_bytes = system.memory_of(self.who)
            self.peak_bytes = max(self.peak_bytes, used_bytes)
            if used_bytes > limit_bytes:
                used, limit = f"{used_bytes / 1e6:,.0f} MB", f"{limit_bytes / 1e6:,.0f} MB"
                self._condemn("memory", f"The run used {used} of memory, more than its limit of {limit}.")

    def _condemn(self, reason: Reason, message: str) -> None:
        """Have the tree killed, by a thread of its own: one that takes its time delays no other child."""
        with self._judging:
            if self._verdict is not None or self._end is not None:
                return
            self._verdict = (reason, message)
            if self.who is not None:
                arguments = (self.who, GRACE_S)
                self._killer = threading.Thread(
                    target=system.terminate_tree, args=arguments, name="end a child"
                )
                self._killer.start()

    def _finish(self) -> End:
        with self._judging:
            killer = self._killer
        if killer is not None:
            killer.join()
        # A process that it left behind would hold memory and files. Its own entry isn't reaped yet, so the number of
        # its session is still its own.
        if self.who is not None:
            system.terminate_tree(self.who, GRACE_S)
        process = self._work.process
        code = process.wait() if process is not None else None
        reason, message = self._verdict or _natural_end(code)
        end = End(reason, message, code, _tail_of(self._work.output))
        self._work.output.unlink(missing_ok=True)
        return end


def _natural_end(code: int | None) -> tuple[Reason, str]:
    if code is None:
        return "gone", "The run's process has ended; its exit code is lost."
    if code >= 0:
        return "ended", f"The run's process has ended with exit code {code}."
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    hint = " The system may have run out of memory." if name == "SIGKILL" else ""
    return "ended", f"The run's process was ended by signal {name}.{hint}"


def _tail_of(output: Path) -> str:
    try:
        with system.open_nofollow(output) as file:
            size_bytes = file.seek(0, 2)
            file.seek(max(0, size_bytes - OUTPUT_TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except (FileNotFoundError, RefusedError):
        return ""
