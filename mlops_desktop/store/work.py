"""`Work`: what the body of a job may do; it runs in a thread of its own, outside of any transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from mlops_desktop.domain.jobs import JobRow

from .session import Session

T = TypeVar("T")


class Work(Protocol):
    """A job at work."""

    @property
    def job(self) -> JobRow:
        """The job as it is now."""
        ...

    @property
    def session(self) -> Session:
        """A reading session with a cursor of its own."""
        ...

    def progress(self, stage: str, fraction: float | None = None, seconds_left: float | None = None) -> None:
        """Say how far it is.

        Raises
        ------
        CancelledError
            A person has asked for the end.
        """
        ...

    def report(self, stage: str, fraction: float | None = None, seconds_left: float | None = None) -> None:
        """The same from another thread: never raises."""
        ...

    def abandon(self, body: Callable[[Session], None]) -> None:
        """Write down that the job's work ended badly; nothing where the service leaves and a child goes on."""
        ...

    def write(self, body: Callable[[Session], T]) -> T:
        """Run `body` on the writer, inside a transaction that is recorded as a change of this job's verb."""
        ...

    def finish(self, body: Callable[[Session], T]) -> T:
        """Run `body` on the writer and finish the job with its result in the same transaction."""
        ...

    def ingest(self, body: Callable[[Session], T]) -> T:
        """Run `body` on the writer, inside a transaction that is no change (progress of a run)."""
        ...

    def child(self, folder: Path, on_lines: Callable[[list[bytes], int], None], **limits: Any) -> ChildEnd:
        """Give the run folder to a child and wait for its end; whole lines of its events go to `on_lines`."""
        ...


class ChildEnd(Protocol):
    """How a child ended."""

    @property
    def reason(self) -> str:
        """``ended``, ``cancelled``, ``memory``, ``time``, ``broken``, ``gone`` or ``left``."""
        ...

    @property
    def message(self) -> str:
        """A sentence for people."""
        ...
