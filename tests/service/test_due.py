"""What is decided about a schedule: on time, late, missed, beside a run, after a crash, under a changed clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_desktop.domain.schedules import Action, Firing, Schedule
from mlops_desktop.service.due import (
    LONGEST_NAP_S,
    MOST_LINES,
    Decision,
    Fire,
    Pass,
    Queue,
    Standing,
    Wait,
    after_restart,
    decide,
    line,
    mark_after,
    nap_s,
    resume,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(timetable: str = "daily 03:00", **options: Any) -> Schedule:
    return Schedule(
        schedule_id=1,
        name="nightly",
        timetable=timetable,
        timezone="UTC",
        action=Action("runs.start", {}, "f00d"),
        created_at=at("2026-11-01"),
        **options,
    )


def ran(due: str, begin: str, end: str, **facts: Any) -> Firing:
    return Firing(1, at(due), facts.pop("state", "done"), started_at=at(begin), finished_at=at(end), **facts)


def fires(decisions: list[Decision]) -> list[Fire]:
    return [d for d in decisions if isinstance(d, Fire)]


def passes(decisions: list[Decision]) -> list[Pass]:
    return [d for d in decisions if isinstance(d, Pass)]


def test_nothing_is_due_before_its_time() -> None:
    decisions = decide(schedule(), Standing(at("2026-11-25T02:00")), at("2026-11-25T02:59:59"))
    assert decisions == [Wait(at("2026-11-25T03:00"))]


def test_what_is_due_fires_on_time_without_a_word() -> None:
    decisions = decide(schedule(), Standing(at("2026-11-24T03:00")), at("2026-11-25T03:00:20"))
    assert decisions == [Fire(at("2026-11-25T03:00")), Wait(at("2026-11-26T03:00"))]


def test_a_decided_time_does_not_fire_again() -> None:
    now = at("2026-11-25T03:00:20")
    made = decide(schedule(), Standing(at("2026-11-24T03:00")), now)
    assert decide(schedule(), Standing(mark_after(made, at("2026-11-24T03:00"))), now) == [made[-1]]


def test_a_service_that_was_off_runs_once_and_says_how_late() -> None:
    standing = Standing(at("2026-11-24T03:00"), service_since=at("2026-11-25T05:00"))
    decisions = decide(schedule(), standing, at("2026-11-25T05:00"))
    assert decisions == [
        Fire(at("2026-11-25T03:00"), "late by 2 h: the service was off"),
        Wait(at("2026-11-26T03:00")),
    ]


def test_a_computer_that_slept_is_told_from_a_service_that_was_off() -> None:
    standing = Standing(at("2026-11-24T03:00"), service_since=at("2026-11-20T05:00"))
    [fire] = fires(decide(schedule(), standing, at("2026-11-25T05:30")))
    assert fire.why == "late by 2 h 30 min: the computer slept"


def test_many_missed_times_are_caught_up_by_one_run_and_each_leaves_a_line() -> None:
    decisions = decide(schedule(), Standing(at("2026-11-20T03:00")), at("2026-11-25T05:00"))
    assert [f.due_at.day for f in fires(decisions)] == [25]
    assert [(p.due_at.day, p.state, p.times) for p in passes(decisions)] == [
        (day, "missed", 1) for day in (21, 22, 23, 24)
    ]
    assert "caught up by the one run of Wed 25 Nov 2026 03:00" in passes(decisions)[0].why


def test_a_missed_time_older_than_its_hours_is_told_and_not_run() -> None:
    decisions = decide(schedule(catch_up_h=1.0), Standing(at("2026-11-24T03:00")), at("2026-11-25T05:00"))
    assert fires(decisions) == []
    assert (
        passes(decisions)[0].why == "the computer slept; later than the 1 h within which it may be caught up"
    )


def test_missed_times_are_only_told_when_the_schedule_says_skip() -> None:
    decisions = decide(schedule(if_missed="skip"), Standing(at("2026-11-23T03:00")), at("2026-11-25T05:00"))
    assert fires(decisions) == []
    assert [p.state for p in passes(decisions)] == ["missed", "missed"]


def test_a_month_of_missed_minutes_is_counted_in_full_with_few_lines() -> None:
    standing = Standing(at("2026-10-01"))
    decisions = decide(schedule("every minute"), standing, at("2026-10-31"))
    assert sum(p.times for p in passes(decisions)) + len(fires(decisions)) == 30 * 1440
    assert len(passes(decisions)) == MOST_LINES
    assert mark_after(decisions, standing.decided_until) == at("2026-10-31")


def test_what_is_due_beside_a_run_is_skipped_and_said() -> None:
    running = Firing(1, at("2026-11-25T03:00"), "running", started_at=at("2026-11-25T03:00"))
    standing = Standing(at("2026-11-25T03:00"), running=running)
    decisions = decide(schedule("every minute"), standing, at("2026-11-25T03:02"))
    assert [p.state for p in passes(decisions)] == ["skipped", "skipped"]
    assert passes(decisions)[0].why == "the run of Wed 25 Nov 2026 03:00 was still going"
    assert fires(decisions) == []


def test_one_time_waits_for_the_run_before_and_no_second_one() -> None:
    running = Firing(1, at("2026-11-25T03:00"), "running", started_at=at("2026-11-25T03:00"))
    queueing = schedule("every minute", if_running="queue_one")
    first = decide(queueing, Standing(at("2026-11-25T03:00"), running=running), at("2026-11-25T03:01"))
    assert isinstance(first[0], Queue) and first[0].due_at == at("2026-11-25T03:01")
    queued = line(first[0], 1, at("2026-11-25T03:01"))
    again = Standing(at("2026-11-25T03:01"), running=running, queued=queued)
    second = decide(queueing, again, at("2026-11-25T03:02"))
    assert [type(d) for d in second] == [Pass, Wait]
    assert "waiting already" in passes(second)[0].why


def test_what_waited_starts_at_the_end_of_the_run_before() -> None:
    queued = Firing(1, at("2026-11-25T03:01"), "due")
    last = ran("2026-11-25T03:00", "2026-11-25T03:00", "2026-11-25T03:31")
    standing = Standing(at("2026-11-25T03:01"), queued=queued, last=last)
    [fire] = fires(decide(schedule("0 3 * * *", if_running="queue_one"), standing, at("2026-11-25T03:31")))
    assert fire == Fire(at("2026-11-25T03:01"), "late by 30 min: it waited for the run before")


def test_what_waited_too_long_is_missed() -> None:
    queued = Firing(1, at("2026-11-25T03:01"), "due")
    decisions = decide(schedule(), Standing(at("2026-11-25T03:01"), queued=queued), at("2026-11-26T02:00"))
    assert [(p.due_at, p.state) for p in passes(decisions)] == [(at("2026-11-25T03:01"), "missed")]
    assert fires(decisions) == []


def test_times_that_came_during_a_run_which_has_ended_are_skipped_not_caught_up() -> None:
    last = ran("2026-11-25T03:00", "2026-11-25T03:00", "2026-11-25T03:02:30")
    standing = Standing(at("2026-11-25T03:00"), last=last)
    decisions = decide(schedule("every minute"), standing, at("2026-11-25T03:02:40"))
    assert [p.state for p in passes(decisions)] == ["skipped", "skipped"]
    assert fires(decisions) == []


def test_a_time_at_the_very_end_of_the_run_before_is_due() -> None:
    last = ran("2026-11-25T03:00", "2026-11-25T03:00", "2026-11-25T03:01")
    standing = Standing(at("2026-11-25T03:00"), last=last)
    [fire] = fires(decide(schedule("every minute"), standing, at("2026-11-25T03:01")))
    assert fire == Fire(at("2026-11-25T03:01"))


def test_a_clock_set_back_repeats_nothing_and_says_so() -> None:
    mark = at("2026-11-25T03:00")
    decisions = decide(schedule(), Standing(mark), at("2026-11-22T02:59"))
    assert [type(d) for d in decisions] == [Wait]
    [wait] = [d for d in decisions if isinstance(d, Wait)]
    assert wait.until == at("2026-11-26T03:00")
    assert "the clock was set back" in wait.why


def test_a_kill_after_the_row_was_written_ends_the_firing_for_good() -> None:
    made = decide(schedule(retries=3), Standing(at("2026-11-24T03:00")), at("2026-11-25T03:00"))
    [fire] = fires(made)
    [ended] = after_restart([line(fire, 1, at("2026-11-25T03:00"))], set(), at("2026-11-25T03:05"))
    assert (ended.state, ended.retry) == ("failed", False)
    standing = Standing(mark_after(made, at("2026-11-24T03:00")), last=ended)
    assert fires(decide(schedule(retries=3), standing, at("2026-11-25T03:30"))) == []


def test_a_run_that_lived_through_a_kill_goes_on_as_it_was() -> None:
    running = Firing(1, at("2026-11-25T03:00"), "running", started_at=at("2026-11-25T03:00"), run_id=7)
    assert after_restart([running], {7}, at("2026-11-25T03:05")) == []
    [ended] = after_restart([running], {8}, at("2026-11-25T03:05"))
    assert ended.why == "the service stopped during it; it is not started again"


def test_a_failure_is_tried_again_as_often_as_was_said() -> None:
    patient = schedule(retries=1, retry_after_min=5.0)
    failed = ran("2026-11-25T03:00", "2026-11-25T03:00", "2026-11-25T03:10", state="failed")
    standing = Standing(at("2026-11-25T03:00"), last=failed)
    assert decide(patient, standing, at("2026-11-25T03:11")) == [
        Wait(at("2026-11-25T03:15"), "for a further attempt")
    ]
    [fire] = fires(decide(patient, standing, at("2026-11-25T03:15")))
    assert fire == Fire(at("2026-11-25T03:00"), "attempt 2 of 2", attempt=2)
    twice = msgspec.structs.replace(standing, last=msgspec.structs.replace(failed, attempt=2))
    assert fires(decide(patient, twice, at("2026-11-25T03:15"))) == []


def test_a_new_due_time_ends_the_attempts_at_the_one_before() -> None:
    failed = ran("2026-11-25T03:00", "2026-11-25T03:00", "2026-11-25T03:10", state="failed")
    standing = Standing(at("2026-11-25T03:00"), last=failed)
    [fire] = fires(
        decide(schedule("hourly", retries=5, retry_after_min=60.0), standing, at("2026-11-25T04:10"))
    )
    assert (fire.due_at, fire.attempt) == (at("2026-11-25T04:00"), 1)


def test_a_paused_schedule_waits_and_its_times_leave_one_line_when_it_is_resumed() -> None:
    paused = schedule(state="paused")
    assert decide(paused, Standing(at("2026-11-20T03:00")), at("2026-11-25T05:00")) == [Wait(None, "paused")]
    [told] = resume(paused, at("2026-11-20T03:00"), at("2026-11-25T05:00"))
    assert (told.due_at, told.state, told.times) == (at("2026-11-25T03:00"), "skipped", 5)


def test_a_schedule_that_needs_somebody_never_fires() -> None:
    broken = schedule(state="needs_you", why="runs.start takes another argument now")
    assert decide(broken, Standing(at("2026-11-20T03:00")), at("2026-11-25T05:00")) == [
        Wait(None, broken.why)
    ]


def test_a_nap_is_short_because_timers_stand_still_in_sleep() -> None:
    now = at("2026-11-25T03:00")
    assert nap_s(now + timedelta(seconds=4), now) == 4.0
    assert nap_s(now + timedelta(days=4), now) == nap_s(None, now) == LONGEST_NAP_S
    assert nap_s(now - timedelta(days=4), now) == 0.0


class Machine:
    """A loop over one schedule with a clock of its own; runs take a fixed time, kills lose what is in memory."""

    def __init__(self, schedule: Schedule, mark: datetime, run_s: float) -> None:
        self.schedule, self.mark, self.run_s = schedule, mark, run_s
        self.rows: dict[tuple[datetime, int], Firing] = {}
        self.runs: list[tuple[datetime, int]] = []
        self.since = mark

    def rows_in(self, *states: str) -> list[Firing]:
        return [f for f in self.rows.values() if f.state in states]

    def tick(self, now: datetime, *, killed: bool = False) -> None:
        for firing in self.rows_in("running"):
            if firing.started_at and now >= firing.started_at + timedelta(seconds=self.run_s):
                self._write(msgspec.structs.replace(firing, state="done", finished_at=now))
        running, queued = self.rows_in("running"), self.rows_in("due")
        ended = sorted(self.rows_in("done", "failed"), key=lambda f: (f.due_at, f.attempt))
        standing = Standing(
            self.mark,
            *[f[0] if f else None for f in (running, queued)],
            ended[-1] if ended else None,
            self.since,
        )
        assert len(running) <= 1 and len(queued) <= 1
        decisions = decide(self.schedule, standing, now)
        for decision in decisions:
            if not isinstance(decision, Wait):
                self._write(line(decision, 1, now))
        self.mark = mark_after(decisions, self.mark)
        if killed:
            for firing in after_restart(self.rows_in("running"), set(), now):
                self._write(firing)
            self.since = now
        else:
            self.runs += [(f.due_at, f.attempt) for f in fires(decisions)]

    def _write(self, firing: Firing) -> None:
        self.rows[firing.due_at, firing.attempt] = firing


def test_each_minute_with_runs_of_three_gives_three_or_four_runs_in_ten_minutes() -> None:
    machine = Machine(schedule("every minute"), at("2026-11-25T02:59:30"), run_s=180)
    for second in range(0, 600, 5):
        machine.tick(at("2026-11-25T03:00") + timedelta(seconds=second))
    assert len(machine.runs) in (3, 4)
    assert len(machine.runs) + sum(f.times for f in machine.rows_in("skipped")) == 10


events = st.lists(
    st.tuples(st.sampled_from(["tick", "sleep", "back", "kill"]), st.integers(1, 7200)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(
    events=events,
    timetable=st.sampled_from(["every minute", "every 15 minutes", "hourly", "daily 03:00"]),
    if_running=st.sampled_from(["skip", "queue_one"]),
    if_missed=st.sampled_from(["run_once", "skip"]),
    run_s=st.sampled_from([1, 100, 4000]),
)
def test_whatever_the_clock_and_kills_do_no_time_runs_twice_and_each_has_one_line(
    events: list[tuple[str, int]], timetable: str, if_running: Any, if_missed: Any, run_s: int
) -> None:
    made = schedule(timetable, if_running=if_running, if_missed=if_missed, catch_up_h=1.0)
    start = now = at("2026-11-25T02:58:30")
    machine = Machine(made, start, run_s)
    for kind, seconds in events:
        moved = {"tick": min(seconds, 30), "sleep": seconds, "back": -seconds, "kill": 1}[kind]
        now += timedelta(seconds=moved)
        machine.tick(now, killed=kind == "kill")
    assert len(machine.runs) == len(set(machine.runs))
    told = sum(f.times for f in machine.rows.values())
    step = {"every minute": 1, "every 15 minutes": 15, "hourly": 60, "daily 03:00": 1440}[timetable]
    offset = timedelta(hours=3) if timetable == "daily 03:00" else timedelta()
    due = [at("2026-11-25") + offset + timedelta(minutes=n) for n in range(0, 60 * 24 * 8, step)]
    assert told == len([t for t in due if start < t <= machine.mark])
