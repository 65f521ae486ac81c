"""What automation shows: schedules, this week, one schedule with its rules and what became of its times. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.models import Model
from mlops_desktop.domain.runs import Run
from mlops_desktop.domain.schedules import (
    DueTime,
    Firing,
    FiringState,
    Preview,
    Schedule,
    ScheduleState,
    span_words,
)
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.words import counted

if TYPE_CHECKING:
    from mlops_desktop.project import Project

ChipStatus = Literal["good", "warn", "bad", "accent", "neutral"]
NEW = "new"
"""The intent that opens the dialog, unless a schedule has this name."""
MOST_FIRINGS = 100
MOST_COMING = 200
"""Times asked of each schedule for the week shown."""
DAYS = 10
"""Days shown: those of `DAYS_BACK`, today, and the seven that follow, so that what is weekly is always among them."""
DAYS_BACK = 2
SHORTEST = timedelta(minutes=50)
"""A training of a minute would be a hair on a chart of a week."""

FIRING_WORDS: dict[FiringState, tuple[str, ChipStatus]] = {
    "due": ("waits for the run before", "accent"),
    "running": ("running", "accent"),
    "done": ("done", "good"),
    "failed": ("failed", "bad"),
    "skipped": ("left out", "neutral"),
    "missed": ("missed", "warn"),
}
SPAN_ROLES: dict[FiringState, str] = {
    "due": "chart_ghost",
    "running": "accent",
    "done": "good",
    "failed": "bad",
    "skipped": "text_muted",
    "missed": "warn",
}
STATE_WORDS: dict[ScheduleState, tuple[str, ChipStatus]] = {
    "active": ("active", "good"),
    "paused": ("paused", "neutral"),
    "needs_you": ("needs you", "warn"),
}


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    """A schedule, what is known of its times, and the run that it follows."""

    schedule: Schedule
    preview: Preview | None = None
    """None where its times can't be told."""
    history: tuple[Firing, ...] = ()
    """Newest first."""
    run: Run | None = None
    more: bool = False
    """Whether there are older lines in its history."""
    """None where the run is gone."""


@dataclass(frozen=True, slots=True)
class AutomationFacts:
    """What the project answers."""

    schedules: tuple[ScheduleFacts, ...] = ()


def automation_facts(project: Project, most: int = MOST_FIRINGS) -> AutomationFacts:
    """Ask a project for its schedules with at most `most` lines of history each; called off the GUI thread."""
    return AutomationFacts(tuple(_facts_of(project, s, most) for s in project.schedules.list()))


def _facts_of(project: Project, schedule: Schedule, most: int) -> ScheduleFacts:
    found = project.schedules.history(schedule.name, most + 1)
    history, more = tuple(found[:most]), len(found) > most
    run: Run | None = None
    preview: Preview | None = None
    try:
        preview = project.schedules.preview(schedule.timetable, schedule.timezone, MOST_COMING)
        run = project.runs.show(run_of(schedule))
    except UserError:
        pass  # a run that is gone, or a zone that this machine no longer knows: shown without
    return ScheduleFacts(schedule, preview, history, run, more)


def run_of(schedule: Schedule) -> int:
    """Number of the training that a schedule follows, 0 where it follows none."""
    return int(schedule.action.arguments.get("run", 0))


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A line of the list."""

    name: str
    words: str
    next: str
    last: str
    last_status: ChipStatus
    state: str
    status: ChipStatus


@dataclass(frozen=True, slots=True)
class WeekSpan:
    """A stretch on the row of a schedule; times are of the zone of the window, without their zone."""

    row: str
    start: datetime
    end: datetime
    role: str
    words: str


@dataclass(frozen=True, slots=True)
class FiringLine:
    """A line of the history."""

    key: str
    when: str
    run_id: int | None
    outcome: str
    status: ChipStatus
    why: str


@dataclass(frozen=True, slots=True)
class ChosenSchedule:
    """The schedule that is looked at."""

    name: str
    state: str
    status: ChipStatus
    paused: bool
    rules: tuple[tuple[str, str], ...]
    """Name and words of each rule."""
    run_id: int
    history: tuple[FiringLine, ...]
    more: bool
    """Whether there are older lines."""
    timetable: str
    timezone: str


@dataclass(frozen=True, slots=True)
class AutomationState:
    """All that the screen shows."""

    subtitle: str
    empty: bool
    lines: tuple[ScheduleLine, ...]
    week: tuple[WeekSpan, ...]
    first_day: datetime
    days: str
    """The days of the week shown, in words."""
    now: datetime
    chosen: ChosenSchedule | None
    can_pause_all: bool


def automation_state(
    facts: AutomationFacts, wanted: str, now: datetime, zone: tzinfo | None = None
) -> AutomationState:
    """The state of the screen.

    Parameters
    ----------
    facts : AutomationFacts
        What the project answered.
    wanted : str
        Name of the schedule to look at; any other text takes the first.
    now : datetime
        Aware.
    zone : tzinfo, optional
        Whose days are shown; None: this machine's.
    """
    here = _local(now, zone)
    first_day = here.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS_BACK)
    found = next((s for s in facts.schedules if s.schedule.name == wanted), None)
    chosen = found or next(iter(facts.schedules), None)
    return AutomationState(
        subtitle=_subtitle(facts),
        empty=not facts.schedules,
        lines=tuple(_line(s, now, zone) for s in facts.schedules),
        week=tuple(span for s in facts.schedules for span in _spans(s, now, zone, first_day)),
        first_day=first_day,
        days=f"{_day(first_day)} – {_day(first_day + timedelta(days=DAYS - 1))}",
        now=here,
        chosen=_chosen(chosen, now, zone) if chosen else None,
        can_pause_all=any(s.schedule.state == "active" for s in facts.schedules),
    )


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    """The clock on the wall, without its zone: what a chart of days is drawn with."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _subtitle(facts: AutomationFacts) -> str:
    if not facts.schedules:
        return ""
    number = counted(len(facts.schedules), "1 schedule", "{:,} schedules")
    active = sum(s.schedule.state == "active" for s in facts.schedules)
    if not active:
        return f"{number} · {tr('none of them is active')}"
    return f"{number} · {tr('the service runs them, and goes on when this window closes')}"


def _next(facts: ScheduleFacts) -> datetime | None:
    if facts.schedule.state != "active" or facts.preview is None or not facts.preview.times:
        return None
    return facts.preview.times[0].due_at


def _line(facts: ScheduleFacts, now: datetime, zone: tzinfo | None) -> ScheduleLine:
    schedule = facts.schedule
    state, status = STATE_WORDS[schedule.state]
    coming = _next(facts)
    last, last_status = _outcome(facts.history[0]) if facts.history else ("", "neutral")
    return ScheduleLine(
        name=schedule.name,
        words=facts.preview.words if facts.preview else schedule.timetable,
        next=in_words(coming, now, zone) if coming else "",
        last=last,
        last_status=last_status,
        state=tr(state),
        status=status,
    )


def in_words(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """When something comes: ``in 2 h 41 min``, or ``Tue 24 Nov 18:00`` where it is further than a day."""
    seconds = (moment - now).total_seconds()
    if 0 <= seconds < 24 * 3600:
        return tr("in {}").format(span_words(seconds) if seconds >= 60 else tr("less than a minute"))
    return f"{_day(_local(moment, zone))} {_local(moment, zone):%H:%M}"


def _day(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


def _outcome(firing: Firing) -> tuple[str, ChipStatus]:
    words, status = FIRING_WORDS[firing.state]
    said = firing.outcome or tr(words)
    if firing.times > 1:
        said += f" · {tr('{} times').format(firing.times)}"
    if firing.attempt > 1:
        said += f" · {tr('attempt {}').format(firing.attempt)}"
    return said, status


def _spans(facts: ScheduleFacts, now: datetime, zone: tzinfo | None, first_day: datetime) -> list[WeekSpan]:
    name, end = facts.schedule.name, first_day + timedelta(days=DAYS)
    waits = facts.preview is not None and facts.schedule.state == "active"
    spans = _coming(name, facts.preview.times if facts.preview and waits else (), zone, end)
    for firing in reversed(facts.history):
        start = _local(firing.started_at or firing.due_at, zone)
        until = _local(firing.finished_at or (now if firing.state == "running" else firing.due_at), zone)
        said, _ = _outcome(firing)
        words = f"{name}, {_day(start)} {start:%H:%M}: {said}"
        spans.append(WeekSpan(name, start, max(until, start + SHORTEST), SPAN_ROLES[firing.state], words))
    return [s for s in spans if s.end > first_day and s.start < end]


def _coming(name: str, times: Sequence[DueTime], zone: tzinfo | None, end: datetime) -> list[WeekSpan]:
    """Times to come; where they are too many to be asked for, one stretch to the end stands for all of them."""
    starts = [_local(due.due_at, zone) for due in times]
    if len(times) >= MOST_COMING and starts[-1] < end:
        words = tr("{}: more than {} times to come").format(name, MOST_COMING)
        return [WeekSpan(name, starts[0], end, "chart_ghost", words)]
    spans: list[WeekSpan] = []
    for start, due in zip(starts, times, strict=True):
        words = f"{name}, {_day(start)} {start:%H:%M}: {tr('to come')}" + (
            f" · {due.note}" if due.note else ""
        )
        spans.append(WeekSpan(name, start, start + SHORTEST, "chart_ghost", words))
    return spans


def _chosen(facts: ScheduleFacts, now: datetime, zone: tzinfo | None) -> ChosenSchedule:
    schedule = facts.schedule
    state, status = STATE_WORDS[schedule.state]
    return ChosenSchedule(
        name=schedule.name,
        state=tr(state),
        status=status,
        paused=schedule.state != "active",
        rules=tuple(_rules(facts, now, zone)),
        run_id=run_of(schedule),
        history=tuple(_firing_line(f, zone) for f in facts.history),
        more=facts.more,
        timetable=schedule.timetable,
        timezone=schedule.timezone,
    )


def _rules(facts: ScheduleFacts, now: datetime, zone: tzinfo | None) -> Sequence[tuple[str, str]]:
    schedule, preview = facts.schedule, facts.preview
    words = preview.words if preview else f"{schedule.timetable} ({schedule.timezone})"
    coming = _next(facts)
    following = tr("next {}").format(in_words(coming, now, zone)) if coming else ""
    when = [" · ".join(p for p in (words, following) if p), *(preview.rules if preview else ())]
    rules = [(tr("When"), "\n".join(when))]
    if schedule.why:
        rules.append((tr("Why it rests") if schedule.state == "paused" else tr("Look at"), schedule.why))
    rules += _action_rules(facts)
    rules += [
        (tr("If missed"), _missed_words(schedule)),
        (
            tr("If it still runs"),
            tr("The time is left out")
            if schedule.if_running == "skip"
            else tr("One time waits for the run before it to end"),
        ),
        (tr("If it fails"), _retry_words(schedule)),
        (tr("Set"), tr("by {}, {}").format(schedule.created_by or "—", _stamp(schedule.created_at, zone))),
    ]
    return rules


def _action_rules(facts: ScheduleFacts) -> list[tuple[str, str]]:
    run, number = facts.run, run_of(facts.schedule)
    if run is None or run.spec is None:
        return [(tr("Train"), tr("As run #{}").format(number))]
    rules: list[tuple[str, str]] = []
    if run.spec.data is not None:
        rules.append((tr("Take"), tr("The newest version of {}").format(run.spec.data.dataset)))
    rules.append((tr("Train"), tr("As run #{}: {}, target {}").format(number, run.name, run.spec.target)))
    return rules


def _missed_words(schedule: Schedule) -> str:
    if schedule.if_missed == "skip":
        return tr("Leave it out, and say so in the history")
    within = span_words(schedule.catch_up_h * 3600)
    return tr("Run once when the service is there again, within {}").format(within)


def _retry_words(schedule: Schedule) -> str:
    if not schedule.retries:
        return tr("Say so; try again at the next time")
    after = span_words(schedule.retry_after_min * 60)
    number = counted(schedule.retries, "1 time", "{:,} times")
    return tr("Try again up to {}, {} apart").format(number, after)


def _stamp(moment: datetime, zone: tzinfo | None) -> str:
    local = _local(moment, zone)
    return f"{local.day} {local:%b %Y %H:%M}"


def _firing_line(firing: Firing, zone: tzinfo | None) -> FiringLine:
    said, status = _outcome(firing)
    local = _local(firing.due_at, zone)
    return FiringLine(
        key=f"{firing.due_at.isoformat()}/{firing.attempt}",
        when=f"{local.day} {local:%b %H:%M}",
        run_id=firing.run_id,
        outcome=said,
        status=status,
        why=firing.why,
    )


@dataclass(frozen=True, slots=True)
class PreviewWords:
    """What stands below the field for times."""

    words: str
    times: tuple[tuple[str, str], ...]
    """Time as the clock on the wall shows it, and what is odd about it."""
    rules: tuple[str, ...]


def preview_words(preview: Preview) -> PreviewWords:
    """The live preview of a timetable."""
    return PreviewWords(
        words=preview.words,
        times=tuple((t.local, t.note) for t in preview.times),
        rules=tuple(preview.rules),
    )


def newest_champion(models: Sequence[Model]) -> str:
    """Number of the run that the newest champion came from; empty if there is none."""
    champions = [v for m in models for v in m.versions if "champion" in v.aliases]
    newest = max(champions, key=lambda v: v.created_at, default=None)
    return "" if newest is None else str(newest.run_id)
