"""Progress of a job in the terminal: on stderr, and only where somebody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from mlops_desktop.domain.jobs import Job

from .places import Asked

T = TypeVar("T")

TURN_S = 0.2


def waited(job: Job[T], *, quiet: bool) -> T:
    """The result of `job`; Ctrl+C cancels it."""
    try:
        if quiet or not sys.stderr.isatty():
            return job.wait()
        return _with_bar(job)
    except KeyboardInterrupt:
        job.cancel()
        sys.stderr.write(f"\nCancelled job {job.job_id}.\n")
        raise


def said(asked: Asked) -> Callable[[str], None]:
    """A function that tells people of a step, on stderr."""

    def say(text: str) -> None:
        if not asked.json:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    return say


def _with_bar(job: Job[Any]) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(job.row.title, total=1.0, stage="")
        while not job.row.ended:
            try:
                job.wait(TURN_S)
            except TimeoutError:
                row = job.row
                bar.update(task, completed=row.fraction or 0.0, stage=row.stage or row.state)
    return job.result()
