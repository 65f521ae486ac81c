"""What activity shows: changes by day, the jobs, and the details of one change. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal

from mlops_desktop.domain.changes import Change
from mlops_desktop.domain.jobs import JobRow, JobState
from mlops_desktop.domain.schedules import span_words
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.words import counted

if TYPE_CHECKING:
    from mlops_desktop.project import Project

Kind = Literal["data", "training", "models", "deployments", "automation", "project"]
ChipStatus = Literal["good", "warn", "bad", "accent", "neutral"]
TabName = Literal["changes", "jobs"]
PAGE = 100
"""Changes asked for at once."""
MOST_JOBS = 200
SCHEDULES = "@schedules"
"""Stands for all schedules among the actors; no person can be called so, names have no @."""

KIND_TITLES: tuple[tuple[Kind, str], ...] = (
    ("data", "Data"),
    ("training", "Training"),
    ("models", "Models"),
    ("deployments", "Deployments"),
    ("automation", "Automation"),
    ("project", "Project"),
)
_KIND_OF_GROUP: dict[str, Kind] = {
    "datasets": "data",
    "runs": "training",
    "models": "models",
    "bundles": "deployments",
    "schedules": "automation",
}
_KIND_OF_TABLE: dict[str, Kind] = {
    "dataset": "data",
    "dataset_version": "data",
    "run": "training",
    "model": "models",
    "model_version": "models",
    "alias": "models",
    "bundle": "deployments",
    "schedule": "automation",
}
JOB_WORDS: dict[JobState, tuple[str, ChipStatus]] = {
    "queued": ("waiting", "neutral"),
    "running": ("running", "accent"),
    "cancelling": ("cancelling", "warn"),
    "finished": ("done", "good"),
    "failed": ("failed", "bad"),
    "cancelled": ("cancelled", "neutral"),
    "interrupted": ("interrupted", "warn"),
}


@dataclass(frozen=True, slots=True)
class ActivityIntent:
    """What a person wants to see: whose changes, of which kind, with which words, and the one looked at."""

    tab: TabName = "changes"
    actor: str = ""
    """Empty: everyone's; `SCHEDULES`: what no person did."""
    kind: str = ""
    """A `Kind`; empty: every kind."""
    text: str = ""
    change: int = 0
    """Sequence of the change looked at, 0 for none."""


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What the project answers."""

    changes: tuple[Change, ...] = ()
    """Newest first."""
    jobs: tuple[JobRow, ...] = ()
    """Newest first."""
    more_jobs: bool = False
    """Whether there are older jobs than those at hand."""
    since: datetime | None = None
    """When the first change of the project was made."""

    @property
    def more(self) -> bool:
        """Whether there are older changes than those at hand."""
        return bool(self.changes) and self.changes[-1].sequence > 1


def activity_facts(project: Project, at_least: int, most_jobs: int = MOST_JOBS) -> ActivityFacts:
    """Ask a project for its newest changes and its jobs; called off the GUI thread.

    Parameters
    ----------
    at_least : int
        How many changes are shown already: as many are asked for again, since an undo marks old ones.
    most_jobs : int
        How many jobs at most.
    """
    jobs = project.jobs.list(limit=most_jobs + 1)
    first = project.activity.list(limit=1, before=2)
    return ActivityFacts(
        changes=tuple(project.activity.list(limit=max(at_least, PAGE))),
        jobs=tuple(jobs[:most_jobs]),
        more_jobs=len(jobs) > most_jobs,
        since=first[0].at if first else None,
    )


def with_older(facts: ActivityFacts, older: Sequence[Change]) -> ActivityFacts:
    """The facts with a page of older changes below."""
    last = facts.changes[-1].sequence if facts.changes else 0
    return replace(facts, changes=(*facts.changes, *(c for c in older if c.sequence < last)))


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change, or with `band` the heading of a day."""

    key: str
    time: str = ""
    actor: str = ""
    by_schedule: bool = False
    summary: str = ""
    verb: str = ""
    via: str = ""
    mark: str = ""
    """``taken back``; empty for nearly all."""
    can_undo: bool = False
    band: str = ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job."""

    key: str
    title: str
    state: str
    status: ChipStatus
    when: str
    took: str
    seconds: float | None
    actor: str
    why: str


@dataclass(frozen=True, slots=True)
class ActivityState:
    """All that the screen shows."""

    subtitle: str = ""
    actors: tuple[tuple[str, str], ...] = ()
    """Key and words: people by name, then all schedules together."""
    lines: tuple[ChangeLine, ...] = ()
    matches: str = ""
    """How many of those at hand match the filter; empty while nothing is filtered."""
    more: bool = False
    jobs: tuple[JobLine, ...] = ()
    more_jobs: bool = False
    chosen: int = 0


def activity_state(
    facts: ActivityFacts, intent: ActivityIntent, client: str, now: datetime, zone: tzinfo | None = None
) -> ActivityState:
    """The state of the screen.

    Parameters
    ----------
    client : str
        Whose newest change can be taken back here.
    now : datetime
        Aware.
    zone : tzinfo, optional
        Whose days are shown; None: this machine's.
    """
    shown = [c for c in facts.changes if _matches(c, intent)]
    undo = next_undo(facts.changes, client)
    filtered = bool(intent.actor or intent.kind or intent.text.strip())
    return ActivityState(
        subtitle=_subtitle(facts, zone),
        actors=_actors(facts.changes),
        lines=tuple(_lines(shown, undo, client, now, zone)),
        matches=tr("{} of the newest {}").format(f"{len(shown):,}", f"{len(facts.changes):,}")
        if filtered
        else "",
        more=facts.more,
        jobs=tuple(_job_line(job, now, zone) for job in facts.jobs),
        more_jobs=facts.more_jobs,
        chosen=intent.change if any(c.sequence == intent.change for c in shown) else 0,
    )


def kind_of(change: Change) -> Kind:
    """What a change is about; of an undo, what it took back."""
    group = _KIND_OF_GROUP.get(change.verb.partition(".")[0])
    if group is not None:
        return group
    tables: list[Kind] = [_KIND_OF_TABLE[r.table] for r in change.rows if r.table in _KIND_OF_TABLE]
    return tables[0] if tables else "project"


def next_undo(changes: Sequence[Change], client: str) -> int:
    """Sequence of the change that undo would take back for `client`; 0 when there is none at hand."""
    for change in changes:
        if change.client != client or change.undone or not (change.undoable or change.undoes is not None):
            continue
        if not (change.undoes is not None and change.verb.endswith(".undo")):
            return change.sequence
    return 0


def via_words(change: Change, client: str) -> str:
    """Where a change came from: ``this window``, ``another window``, or the client's own name."""
    if change.client == client:
        return tr("this window")
    if change.client.startswith("window-"):
        return tr("another window")
    if by_schedule(change):
        return tr("schedule")
    return change.client


def by_schedule(change: Change) -> bool:
    """Whether nobody sat there."""
    return change.client.startswith("schedule")


def _matches(change: Change, intent: ActivityIntent) -> bool:
    if intent.actor and intent.actor != (SCHEDULES if by_schedule(change) else change.actor):
        return False
    if intent.kind and kind_of(change) != intent.kind:
        return False
    text = f"{change.summary} {change.verb} {change.actor} {change.client}".casefold()
    return all(word in text for word in intent.text.casefold().split())


def _actors(changes: Sequence[Change]) -> tuple[tuple[str, str], ...]:
    people = sorted({c.actor for c in changes if not by_schedule(c)}, key=str.casefold)
    schedules = [(SCHEDULES, tr("Schedules"))] if any(by_schedule(c) for c in changes) else []
    return (*((actor, actor) for actor in people), *schedules)


def _subtitle(facts: ActivityFacts, zone: tzinfo | None) -> str:
    if not facts.changes or facts.since is None:
        return ""
    number = counted(facts.changes[0].sequence, "1 change", "{:,} changes")
    since = facts.since.astimezone(zone)
    return tr("{} since {} · newest first").format(number, f"{since.day} {since:%B}")


def _lines(
    changes: Sequence[Change], undo: int, client: str, now: datetime, zone: tzinfo | None
) -> list[ChangeLine]:
    lines: list[ChangeLine] = []
    day = None
    for change in changes:
        local = change.at.astimezone(zone)
        if local.date() != day:
            day = local.date()
            lines.append(
                ChangeLine(key=f"day:{day.isoformat()}", band=day_words(local, now.astimezone(zone)))
            )
        lines.append(
            ChangeLine(
                key=str(change.sequence),
                time=f"{local:%H:%M}",
                actor=change.actor,
                by_schedule=by_schedule(change),
                summary=change.summary,
                verb=change.verb,
                via=via_words(change, client),
                mark=tr("taken back") if change.undone else "",
                can_undo=change.sequence == undo,
            )
        )
    return lines


def day_words(local: datetime, now: datetime) -> str:
    """``Today, 24 November``, ``Yesterday, 23 November``, ``Sunday, 22 November``; both in the same zone."""
    date = f"{local.day} {local:%B}" + ("" if local.year == now.year else f" {local.year}")
    days = (now.date() - local.date()) // timedelta(days=1)
    name = {0: tr("Today"), 1: tr("Yesterday")}.get(days, f"{local:%A}")
    return f"{name}, {date}"


def _job_line(job: JobRow, now: datetime, zone: tzinfo | None) -> JobLine:
    words, status = JOB_WORDS[job.state]
    began = job.started_at
    ended = job.finished_at or (now if began is not None else None)
    seconds = (ended - began).total_seconds() if began is not None and ended is not None else None
    local, here = job.created_at.astimezone(zone), now.astimezone(zone)
    day = "" if local.date() == here.date() else f"{local.day} {local:%b} "
    return JobLine(
        key=str(job.job_id),
        title=job.title,
        state=tr(words),
        status=status,
        when=f"{day}{local:%H:%M}",
        took="" if seconds is None else f"{seconds:.1f} s" if seconds < 10 else span_words(seconds),
        seconds=seconds,
        actor=job.created_by,
        why=job.error.message if job.error else "" if job.ended else job.stage,
    )
