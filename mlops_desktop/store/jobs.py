"""Rows of jobs. They aren't part of changes: a job's progress is no deed of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.errors import ErrorMessage, NotFoundError
from mlops_desktop.domain.jobs import JobRow, JobState

from .times import naive, now

if TYPE_CHECKING:
    from .session import Session


class JobRows:
    """Jobs of the project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, kind: str, title: str, subject: str) -> JobRow:
        """A new job, queued."""
        session = self._session
        job = JobRow(
            session.next_id("job"), kind, title, "queued", now(), session.caller.actor, subject=subject
        )
        session.cursor.execute(
            "insert into job values (?, ?, ?, 'queued', ?, ?, ?, ?, null, null, null, null)",
            [job.job_id, kind, title, subject, naive(job.created_at), job.created_by, session.caller.client],
        )
        return job

    def save(self, job: JobRow) -> None:
        """Write the job's state, times, error and result."""
        self._session.cursor.execute(
            "update job set state = ?, started_at = ?, finished_at = ?, error = ?, result = ? where job_id = ?",
            [
                job.state,
                naive(job.started_at),
                naive(job.finished_at),
                None if job.error is None else msgspec.json.encode(job.error).decode(),
                job.result or None,
                job.job_id,
            ],
        )

    def find(self, job_id: int) -> JobRow:
        """The job with this number."""
        row = self._session.first("select * from job where job_id = ?", job_id)
        if row is None:
            raise NotFoundError(f"There is no job {job_id}.")
        return job_of(row)

    def newest(self, limit: int = 100, before: int | None = None) -> list[JobRow]:
        """Jobs, newest first, those before the number `before`; at most `limit`, 0: all."""
        sql = "select * from job where ? is null or job_id < ? order by job_id desc limit ?"
        return [job_of(r) for r in self._session.all(sql, before, before, limit or None)]

    def in_state(self, *states: JobState) -> list[JobRow]:
        """Jobs in one of these states, oldest first."""
        marks = ", ".join("?" * len(states))
        return [
            job_of(r)
            for r in self._session.all(f"select * from job where state in ({marks}) order by job_id", *states)
        ]


def job_of(row: dict[str, Any]) -> JobRow:
    """A job from its row."""
    return JobRow(
        job_id=row["job_id"],
        kind=row["kind"],
        title=row["title"],
        state=row["state"],
        subject=row["subject"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        error=None if row["error"] is None else msgspec.json.decode(row["error"], type=ErrorMessage),
        result=bytes(row["result"] or b""),
    )
