"""What the bars show of jobs and counts: pure functions. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.domain.jobs import JobRow

from .language import tr
from .shell.shell_state import JobLine, JobState

MOST_JOBS = 40
STATES: dict[str, JobState] = {
    "queued": "queued",
    "running": "running",
    "cancelling": "running",
    "finished": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "interrupted": "failed",
}
SECTION_OF_COUNT = {
    "datasets": "data",
    "runs": "runs",
    "models": "models",
    "bundles": "deployments",
    "schedules": "automation",
}


def merged_jobs(known: Sequence[JobRow], news: Sequence[JobRow]) -> tuple[JobRow, ...]:
    """The jobs with what is new of them, newest first; an ended job never comes back to life."""
    found = {job.job_id: job for job in known}
    for job in news:
        if job.job_id not in found or not found[job.job_id].ended:
            found[job.job_id] = job
    return tuple(sorted(found.values(), key=lambda job: -job.job_id)[:MOST_JOBS])


def job_lines(jobs: Sequence[JobRow]) -> tuple[JobLine, ...]:
    """Jobs as the panel and the status bar show them."""
    return tuple(job_line(job) for job in jobs)


def job_line(job: JobRow) -> JobLine:
    """One job as it is shown."""
    state = STATES[job.state]
    running = state in ("queued", "running")
    detail = job.stage if running else job.error.message if job.error else ""
    return JobLine(
        id=str(job.job_id),
        title=job.title,
        state=state,
        detail=detail,
        share=job.fraction if running else None,
        left=time_left(job.seconds_left) if running else "",
        at=f"{job.finished_at.astimezone():%H:%M}" if job.finished_at else "",
        cancelling=job.state == "cancelling",
        can_cancel=running and job.state != "cancelling",
        buttons=_buttons(job),
    )


def _buttons(job: JobRow) -> tuple[tuple[str, str], ...]:
    """What can be done about a job that has ended: see its run, copy why it failed."""
    if not job.ended:
        return ()
    shown = (("show", tr("Show")),) if job.subject.startswith("run:") else ()
    return (*shown, ("copy", tr("Copy details"))) if job.error is not None else shown


def time_left(seconds: float | None) -> str:
    """``2 min left``; empty where it can't be told."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / 60)} min left"


def shell_counts(counts: dict[str, int]) -> dict[str, int]:
    """Counts by section of the sidebar."""
    return {section: counts.get(name, 0) for name, section in SECTION_OF_COUNT.items()}


def initials(person: str) -> str:
    """Up to two letters for a person."""
    words = person.replace(".", " ").replace("-", " ").replace("_", " ").split()
    letters = "".join(w[0] for w in words[:2]) if len(words) > 1 else person[:2]
    return letters.upper()
