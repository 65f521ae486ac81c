"""`Job`: whatever may take over a second; progress, cancel and result hang on it."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

from .errors import CancelledError, ErrorMessage, from_message

JobState = Literal["queued", "running", "cancelling", "finished", "failed", "cancelled", "interrupted"]
ENDED: frozenset[str] = frozenset({"finished", "failed", "cancelled", "interrupted"})

T = TypeVar("T")


class JobRow(msgspec.Struct, frozen=True):
    """A job as it is stored and as it travels."""

    job_id: int
    kind: str
    """What it does: ``import``, ``train``, ``export``, ``score``, ``doctor`` ..."""
    title: str
    state: JobState
    created_at: datetime
    created_by: str
    subject: str = ""
    """What it works on, as ``run:3`` or ``dataset:2``; jobs of one data set queue."""
    stage: str = ""
    fraction: float | None = None
    """Done part from 0 to 1, or None where it can't be told."""
    seconds_left: float | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: ErrorMessage | None = None
    result: bytes = b""
    """The result, packed, once the job has finished."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED


class JobWaiter(Protocol):
    """What a job handle needs of the side it was made on."""

    def job_row(self, job_id: int, timeout_s: float | None) -> JobRow:
        """The job's row, once it has ended or after `timeout_s` seconds."""
        ...

    def cancel_job(self, job_id: int) -> None:
        """Ask for the end of the job."""
        ...


class Job(Generic[T]):
    """A handle on a job of the service.

    Parameters
    ----------
    row : JobRow
        The job as it was when the verb answered.
    result_type : type
        What the job gives when it has finished.
    waiter : JobWaiter
        The side that can ask for its state.
    """

    def __init__(self, row: JobRow, result_type: type[T], waiter: JobWaiter) -> None:
        self.row = row
        self._result_type = result_type
        self._waiter = waiter

    @property
    def job_id(self) -> int:
        """Number of the job in its project."""
        return self.row.job_id

    def refresh(self) -> JobRow:
        """The job's row as it is now."""
        self.row = self._waiter.job_row(self.job_id, 0)
        return self.row

    def wait(self, timeout_s: float | None = None) -> T:
        """Wait for the end and return the result.

        Parameters
        ----------
        timeout_s : float, optional
            Longest time to wait, in seconds; None waits for ever.

        Raises
        ------
        UserError
            As the job failed: the same class that the service raised. `CancelledError` if it was cancelled.
        TimeoutError
            It had not ended after `timeout_s`.
        """
        self.row = self._waiter.job_row(self.job_id, timeout_s)
        return self.result()

    def result(self) -> T:
        """The result of a job that has finished; raises as `wait` does."""
        if self.row.state == "finished":
            return msgspec.msgpack.decode(self.row.result, type=self._result_type)
        if self.row.error is not None:
            raise from_message(self.row.error)
        if self.row.state == "cancelled":
            raise CancelledError(f"“{self.row.title}” was cancelled.")
        raise TimeoutError(f"“{self.row.title}” is still {self.row.state}.")

    def cancel(self) -> None:
        """Ask for its end; it is a fact within five seconds."""
        self._waiter.cancel_job(self.job_id)
