"""Verbs of jobs."""

from __future__ import annotations

from mlops_desktop.domain.jobs import JobRow

from .verb import Group, List, verb
from .waiting import NotYet


class Jobs(Group, group="jobs"):
    """What the service works on, and what it has worked on."""

    @verb(right="view")
    def list(self, limit: int = 50, active: bool = False, before: int | None = None) -> List[JobRow]:
        """Jobs, newest first.

        Parameters
        ----------
        limit : int
            How many at most; 0: all.
        active : bool
            Only those that have not ended.
        before : int, optional
            Only those before this number, for the next page.
        """
        now = {job.job_id: job for job in self._backend.active_jobs()}
        if active:
            return sorted(now.values(), key=lambda job: -job.job_id)
        now |= {job.job_id: job for job in self._backend.unwritten_jobs()}
        return [now.get(job.job_id, job) for job in self.store.jobs.newest(limit, before)]

    @verb(right="view", waits=True)
    def wait(self, job: int, timeout_s: float = 25.0) -> JobRow:
        """The job, once it has ended or the time is up.

        Parameters
        ----------
        job : int
            Number of the job.
        timeout_s : float
            Longest time to wait, in seconds; 0 answers at once.
        """
        row = self._backend.job_row(job, 0)
        if not row.ended:
            raise NotYet(row)
        return row

    @verb(right="edit")
    def cancel(self, job: int) -> JobRow:
        """Ask for the end of a job; it is a fact within five seconds.

        Parameters
        ----------
        job : int
            Number of the job.
        """
        self._backend.cancel_job(job)
        self.store.say(f"Cancelled job {job}")
        return self._backend.job_row(job, 0)
