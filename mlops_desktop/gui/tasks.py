"""Calls off the GUI thread; answers come back on it.

The window has no other thread. Use it so::

    tasks.run(lambda: project.runs.list(), self._on_runs, owner=self, key="runs")

A later `run` with the same owner and key makes the earlier answer late, and a late answer is dropped. So is an
answer whose owner is gone. An expected failure (`UserError`) goes to `failed` or, without one, to the signal
`Tasks.failed`, which the window shows. Anything else is a bug: it is logged and goes to `Tasks.bug_found`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from mlops_desktop.domain.errors import CancelledError, UserError

_log = logging.getLogger(__name__)

T = TypeVar("T")
THREADS = 4
"""Enough for a page, a list and a search at once; the work itself is done by the service."""


@dataclass(slots=True, eq=False)
class Ticket(Generic[T]):
    """One call under way; `cancel` drops it and its answer."""

    owner: QObject
    key: str | None
    done: Callable[[T], None]
    failed: Callable[[UserError], None] | None
    always: Callable[[], None] | None
    future: Future[T] | None = None
    dropped: bool = False

    def cancel(self) -> None:
        """Drop the call if it has not begun, and its answer in any case."""
        self.dropped = True
        if self.future is not None:
            self.future.cancel()


class Tasks(QObject):
    """The runner of calls; one for the window, handed to whoever asks for something.

    Parameters
    ----------
    parent : QObject, optional
        Qt's owner. Call `close` before the receivers are deleted.
    threads : int
        Calls that may run at once.
    """

    failed = Signal(object)
    """A `UserError` that nobody took."""
    bug_found = Signal(object)
    """An exception that is a bug; already logged with its trace."""
    busy_changed = Signal(int)
    """How many calls are under way."""
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = THREADS) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="task")
        self._newest: dict[tuple[int, str], Ticket[Any]] = {}
        self._open: set[Ticket[Any]] = set()
        self._closed = False
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> int:
        """How many calls are under way."""
        return len(self._open)

    def run(
        self,
        call: Callable[[], T],
        done: Callable[[T], None],
        *,
        owner: QObject,
        key: str | None = None,
        failed: Callable[[UserError], None] | None = None,
        always: Callable[[], None] | None = None,
    ) -> Ticket[T]:
        """Run `call` on another thread, then `done(answer)` on this one.

        Parameters
        ----------
        call : callable
            Touches no widget.
        owner : QObject
            Who asks; when it is deleted the answer is dropped.
        key : str, optional
            What is asked for. Of calls with the same owner and key only the newest answers.
        failed : callable, optional
            Takes an expected failure.
        always : callable, optional
            Called after `done`, `failed` or a bug, not after a drop: hide the spinner here.
        """
        ticket: Ticket[T] = Ticket(owner, key, done, failed, always)
        if self._closed:
            ticket.dropped = True
            return ticket
        if key is not None:
            earlier = self._newest.get((id(owner), key))
            if earlier is not None:
                earlier.cancel()
            self._newest[(id(owner), key)] = ticket
        self._open.add(ticket)
        ticket.future = self._pool.submit(call)
        ticket.future.add_done_callback(lambda _: self._announce(ticket))
        self.busy_changed.emit(len(self._open))
        return ticket

    def drop(self, owner: QObject) -> None:
        """Drop all calls of `owner`: it is about to go, or shows something else now."""
        for ticket in [t for t in self._open if t.owner is owner]:
            ticket.cancel()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Drop what is queued, wait for what runs, deliver nothing more. Comes before widgets are deleted.

        Returns whether everything had ended after `timeout_s` seconds.
        """
        self._closed = True
        futures = [t.future for t in self._open if t.future is not None]
        for ticket in list(self._open):
            ticket.cancel()
        ended = not wait(futures, timeout_s).not_done
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._open.clear()
        self._newest.clear()
        return ended

    def _announce(self, ticket: Ticket[Any]) -> None:
        """Runs on the thread of the call: the signal carries the ticket over."""
        if not self._closed and isValid(self):
            self._answered.emit(ticket)

    def _on_answered(self, ticket: Ticket[Any]) -> None:
        if ticket not in self._open:
            return
        self._open.discard(ticket)
        self.busy_changed.emit(len(self._open))
        if ticket.key is not None:
            place = (id(ticket.owner), ticket.key)
            if self._newest.get(place) is ticket:
                del self._newest[place]
        if ticket.dropped or not isValid(ticket.owner) or ticket.future is None:
            return
        try:
            self._deliver(ticket, ticket.future)
        finally:
            if ticket.always is not None and isValid(ticket.owner):
                ticket.always()

    def _deliver(self, ticket: Ticket[Any], future: Future[Any]) -> None:
        try:
            answer = future.result()
        except FutureCancelled:
            return
        except CancelledError as error:
            if ticket.failed is not None:
                ticket.failed(error)
        except UserError as error:
            if ticket.failed is not None:
                ticket.failed(error)
            else:
                self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - whatever a call raises is a bug that must be shown, not end the window
            _log.error("a call failed", exc_info=error)
            self.bug_found.emit(error)
        else:
            ticket.done(answer)
