"""What is to be done about a schedule now: pure decisions, taken by the loop that owns the schedules.

The loop takes `decide(schedule, standing, now)`, writes the line of each decision (`line`) and the new high-water
mark (`mark_after`) in one transaction, only then starts what fires, and sleeps `nap_s` seconds at most. So:

- A due time is decided once. The mark remembers how far; a clock set back finds nothing new below it, and a kill
  after the commit leaves a firing that is `running` without a run, which `after_restart` ends and nobody repeats.
- At most one run of a schedule goes at a time; what is due meanwhile is skipped, or one of it waits.
- Times that passed with nobody there are caught up by one run, if the latest of them is recent enough; each of the
  others leaves a line (beyond `MOST_LINES` the older ones share one, with their number).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from mlops_desktop.domain.schedules import Firing, Schedule, late_words, span_words
from mlops_desktop.domain.timetable import Timetable
from mlops_desktop.domain.timetable_text import parse_timetable
from mlops_desktop.service.timetable import local_text, next_times, times_between

ON_TIME_S = 120.0
"""A run that starts within so many seconds of its time is on time."""
MOST_LINES = 50
"""Missed or skipped times of one decision that get a line each."""
LONGEST_NAP_S = 30.0
"""Timers stand still while a computer sleeps and know nothing of a changed clock: look again this often."""


class Standing(msgspec.Struct, frozen=True):
    """Where a schedule stands: read from its rows, before a decision."""

    decided_until: datetime
    """UTC; every due time up to here was decided. For a new or changed schedule: the time of that change."""
    running: Firing | None = None
    queued: Firing | None = None
    """The one in state `due`, which waits for the run before it."""
    last: Firing | None = None
    """The newest that ran and ended (done or failed)."""
    service_since: datetime | None = None
    """UTC; when this service started: tells "the service was off" from "the computer slept"."""


class Fire(msgspec.Struct, frozen=True, tag="fire", tag_field="is"):
    """Start a run for a due time."""

    due_at: datetime
    why: str = ""
    """Empty when it is on time and the first attempt."""
    attempt: int = 1


class Queue(msgspec.Struct, frozen=True, tag="queue", tag_field="is"):
    """Keep a due time waiting for the end of the run that goes on."""

    due_at: datetime
    why: str


class Pass(msgspec.Struct, frozen=True, tag="pass", tag_field="is"):
    """Let a due time pass, with a line in the history."""

    due_at: datetime
    """Of several (`times`), the latest."""
    state: Literal["skipped", "missed"]
    why: str
    times: int = 1


class Wait(msgspec.Struct, frozen=True, tag="wait", tag_field="is"):
    """Nothing more now."""

    until: datetime | None
    """UTC; None: until somebody changes the schedule, or the run that goes on ends."""
    why: str = ""


Decision = Fire | Queue | Pass | Wait


def decide(schedule: Schedule, standing: Standing, now: datetime) -> list[Decision]:
    """What to do about `schedule` now.

    Parameters
    ----------
    schedule : Schedule
        As it is stored.
    standing : Standing
        What was decided and what is going on.
    now : datetime
        Aware, by the clock of the machine.

    Returns
    -------
    list[Decision]
        Lines for the past first (ascending), then at most one `Fire` or `Queue`, and one `Wait` at the end.
    """
    if schedule.state != "active":
        return [Wait(None, schedule.why or schedule.state.replace("_", " "))]
    timetable = parse_timetable(schedule.timetable)
    passed = times_between(timetable, standing.decided_until, now, schedule.timezone, MOST_LINES + 1)
    due = [t.due_at for t in passed.latest]
    chooser = _Choice(schedule, standing, now, due, passed.number - len(due))
    made = chooser.beside_a_run() if standing.running else chooser.idle()
    return [*made, _wait(schedule, timetable, mark_after(made, standing.decided_until), standing, now)]


def line(decision: Fire | Queue | Pass, schedule_id: int, now: datetime) -> Firing:
    """The line of the history to write, before anything is started; its key replaces one that waited."""
    match decision:
        case Fire(due_at, why, attempt):
            return Firing(schedule_id, due_at, "running", attempt=attempt, why=why, started_at=now)
        case Queue(due_at, why):
            return Firing(schedule_id, due_at, "due", why=why)
        case Pass(due_at, state, why, times):
            return Firing(schedule_id, due_at, state, why=why, times=times)


def mark_after(decisions: Sequence[Decision], mark: datetime) -> datetime:
    """The high-water mark once `decisions` are written; it never falls."""
    return max([mark, *(d.due_at for d in decisions if not isinstance(d, Wait))])


def after_restart(running: Sequence[Firing], alive: Collection[int], now: datetime) -> list[Firing]:
    """The firings to write when a service starts: those `running` whose run is not alive have failed for good.

    Parameters
    ----------
    running : sequence of Firing
        All in state `running`.
    alive : collection of int
        Run ids of the children that were adopted or that ended while nobody looked.
    now : datetime
        UTC.
    """
    return [
        msgspec.structs.replace(
            firing,
            state="failed",
            finished_at=now,
            retry=False,
            why="the service stopped during it; it is not started again"
            if firing.run_id is not None
            else "the service stopped before it began; it is not started again",
        )
        for firing in running
        if firing.run_id is None or firing.run_id not in alive
    ]


def resume(schedule: Schedule, mark: datetime, now: datetime) -> list[Pass]:
    """The lines for what passed while `schedule` did not watch; the new mark is `now`, whatever it was.

    For a person's word: resumed, repaired after "needs you", or begun again after a wrong clock.
    """
    passed = times_between(parse_timetable(schedule.timetable), mark, now, schedule.timezone, 1)
    why = "the schedule was paused" if schedule.state != "needs_you" else "the schedule needed you"
    return [Pass(t.due_at, "skipped", why, passed.number) for t in passed.latest]


def nap_s(until: datetime | None, now: datetime) -> float:
    """Seconds to sleep before deciding again: to `until`, but at most `LONGEST_NAP_S`."""
    if until is None:
        return LONGEST_NAP_S
    return min(LONGEST_NAP_S, max(0.0, (until - now).total_seconds()))


class _Choice:
    """One decision about the times that passed since the last one."""

    def __init__(
        self, schedule: Schedule, standing: Standing, now: datetime, due: list[datetime], older: int
    ) -> None:
        self.schedule = schedule
        self.standing = standing
        self.now = now
        self.due = due
        """The latest that passed, ascending."""
        self.older = older
        """How many passed before those."""

    def beside_a_run(self) -> list[Decision]:
        """The run before goes on: what is due is skipped, or one of it waits."""
        if self.standing.running is None or not self.due:
            return []
        why = f"the run of {self._shown(self.standing.running.due_at)} was still going"
        if self.schedule.if_running == "skip":
            return [*self._passes(self.due, "skipped", why)]
        if self.standing.queued is not None:
            return [*self._passes(self.due, "skipped", f"{why}, and one is waiting already")]
        earlier = self._passes(self.due[:-1], "skipped", f"{why}; the next time waits for it")
        return [*earlier, Queue(self.due[-1], why)]

    def idle(self) -> list[Decision]:
        """No run goes on: start what waited, what is due, what was missed, or a further attempt."""
        if self.standing.queued is not None:
            return self._start_queued(self.standing.queued)
        if not self.due:
            return self._further_attempt()
        beside = [t for t in self.due if self._ran_at(t)]
        if beside == self.due:
            return self._after_a_run(beside[-1])
        told = self._passes(beside, "skipped", "the run before was still going") if beside else []
        self.older, self.due = (0 if beside else self.older), [t for t in self.due if t not in beside]
        return [*told, *self._newest()]

    def _start_queued(self, queued: Firing) -> list[Decision]:
        if not self._may_start(queued.due_at):
            told = Pass(queued.due_at, "missed", self._too_late())
            return [told, *(self._newest() if self.due else [])]
        why = "it waited for the run before"
        late = (self.now - queued.due_at).total_seconds()
        why = f"{late_words(late)}: {why}" if late > ON_TIME_S else why
        covered = f"the run that waited, of {self._shown(queued.due_at)}, started at this time"
        return [*self._passes(self.due, "skipped", covered), Fire(queued.due_at, why)]

    def _after_a_run(self, newest: datetime) -> list[Decision]:
        """All that is due came while the last run went on, and nobody decided it then."""
        why = "the run before was still going"
        if self.schedule.if_running == "queue_one" and self._may_start(newest):
            late = late_words((self.now - newest).total_seconds())
            earlier = self._passes(self.due[:-1], "skipped", f"{why}; the next time waited for it")
            return [*earlier, Fire(newest, f"{late}: it waited for the run before")]
        return [*self._passes(self.due, "skipped", why)]

    def _newest(self) -> list[Decision]:
        """The newest due time is on time, or missed; the earlier ones are missed in any case."""
        newest = self.due[-1]
        late = (self.now - newest).total_seconds()
        if late <= ON_TIME_S:
            told = self._passes(self.due[:-1], "missed", f"{self._cause(newest)}; the next time ran")
            return [*told, Fire(newest)]
        cause = self._cause(newest)
        if self.schedule.if_missed == "skip":
            return [*self._passes(self.due, "missed", f"{cause}; missed times are not caught up")]
        if not self._may_start(newest):
            return [*self._passes(self.due, "missed", f"{cause}; {self._too_late()}")]
        shown = self._shown(newest)
        told = self._passes(self.due[:-1], "missed", f"{cause}; caught up by the one run of {shown}")
        return [*told, Fire(newest, f"{late_words(late)}: {cause}")]

    def _further_attempt(self) -> list[Decision]:
        at = retry_at(self.schedule, self.standing.last)
        last = self.standing.last
        if at is None or last is None or self.now < at:
            return []
        if (self.now - at).total_seconds() > max(ON_TIME_S, self._window_s()):
            return []
        attempt = last.attempt + 1
        return [Fire(last.due_at, f"attempt {attempt} of {self.schedule.retries + 1}", attempt)]

    def _passes(self, due: Sequence[datetime], state: Literal["skipped", "missed"], why: str) -> list[Pass]:
        """A line for each; the first stands for the older ones, too."""
        first = [Pass(t, state, why, 1 + self.older) for t in due[:1]]
        return [*first, *(Pass(t, state, why) for t in due[1:])]

    def _ran_at(self, due_at: datetime) -> bool:
        last = self.standing.last
        if last is None or last.started_at is None or last.finished_at is None:
            return False
        return last.started_at <= due_at < last.finished_at

    def _window_s(self) -> float:
        return self.schedule.catch_up_h * 3600 if self.schedule.if_missed == "run_once" else 0.0

    def _may_start(self, due_at: datetime) -> bool:
        return (self.now - due_at).total_seconds() <= max(ON_TIME_S, self._window_s())

    def _too_late(self) -> str:
        return f"later than the {span_words(self._window_s())} within which it may be caught up"

    def _cause(self, due_at: datetime) -> str:
        since = self.standing.service_since
        return "the service was off" if since is not None and due_at < since else "the computer slept"

    def _shown(self, instant: datetime) -> str:
        return local_text(instant, self.schedule.timezone)


def retry_at(schedule: Schedule, last: Firing | None) -> datetime | None:
    """When a failed firing may be tried again (UTC); None when it may not."""
    if last is None or last.state != "failed" or not last.retry or last.finished_at is None:
        return None
    if last.attempt > schedule.retries:
        return None
    return last.finished_at + timedelta(minutes=schedule.retry_after_min)


def _wait(
    schedule: Schedule, timetable: Timetable, mark: datetime, standing: Standing, now: datetime
) -> Wait:
    coming = next_times(timetable, max(mark, now), schedule.timezone, 1)
    until = coming[0].due_at if coming else None
    again = None if standing.running else retry_at(schedule, standing.last)
    if again is not None and again > now and (until is None or again < until):
        return Wait(again, "for a further attempt")
    if mark > now:
        shown = local_text(mark, schedule.timezone)
        return Wait(until, f"the clock was set back; times up to {shown} were decided before")
    return Wait(until)
