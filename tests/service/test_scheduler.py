"""Schedules fire by themselves, once, and say what came of it; a real run in a real child, under a clock of the test's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlops_desktop.domain.schedules import Firing
from mlops_desktop.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.service.scheduler import ScheduleLoop

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trained(project: Project, tmp_path: Path) -> int:
    """The number of a run to retrain like."""
    table = tmp_path / "table.csv"
    table.write_text("a,b,y\n" + "".join(f"{n},{n % 7},{3 * n + n % 7}\n" for n in range(200)))
    project.datasets.import_file(str(table), "table", target="y").wait()
    return project.runs.start("table", algorithm="baseline").wait(60).run_id


@pytest.fixture
def loop(host: Host, clock: Clock) -> Iterator[ScheduleLoop]:
    """A second loop on the same project, under the clock of the test."""
    watching = ScheduleLoop(host, clock=clock)
    yield watching
    watching.close()


def until(host: Host, project: Project, number: int, state: str) -> list[Firing]:
    """The history of the schedule once it has `number` lines in `state`; waits for news, not for time."""
    for _ in range(200):
        seen = host.ring.last
        history = project.schedules.history("weekly")
        if sum(f.state == state for f in history) >= number:
            return history
        host.ring.wait(seen, 1.0)
    raise AssertionError(f"never {number} {state}: {history}")


def add(project: Project, run: int, every: str = "daily 13:00") -> None:
    project.schedules.add("weekly", every, run, timezone="UTC")


def look_once(host: Host, clock: Clock) -> None:
    """Another life of the loop, which looks once."""
    loop = ScheduleLoop(host, clock=clock)
    loop.start()
    loop.close()
    loop.join_watchers(30)


def due_next(clock: Clock, loop: ScheduleLoop, project: Project) -> datetime:
    """Set the clock to one second past the next time, and let the loop look."""
    due = project.schedules.preview("daily 13:00", "UTC", 1).times[0].due_at
    clock.now = due + timedelta(seconds=1)
    loop.wake()
    return due


@pytest.mark.slow
def test_a_schedule_retrains_on_the_newest_version_and_says_what_came_of_it(
    host: Host, project: Project, trained: int, clock: Clock, loop: ScheduleLoop
) -> None:
    add(project, trained)
    loop.start()
    due = due_next(clock, loop, project)
    [fired] = until(host, project, 1, "done")
    assert fired.due_at == due
    assert project.runs.show(fired.run_id or 0).created_by == "schedule “weekly”"


@pytest.mark.slow
def test_a_clock_that_is_set_back_repeats_nothing(
    host: Host, project: Project, trained: int, clock: Clock, loop: ScheduleLoop
) -> None:
    add(project, trained)
    loop.start()
    due_next(clock, loop, project)
    until(host, project, 1, "done")
    loop.close()
    for hours in (-3, 3):
        clock.now += timedelta(hours=hours)
        look_once(host, clock)
    assert len(project.schedules.history("weekly")) == 1


def test_a_paused_schedule_does_not_fire(
    host: Host, project: Project, trained: int, clock: Clock, loop: ScheduleLoop
) -> None:
    add(project, trained)
    project.schedules.pause("weekly")
    loop.start()
    due_next(clock, loop, project)
    loop.close()
    assert project.schedules.history("weekly") == []


def test_a_verb_whose_signature_has_changed_needs_you(
    host: Host, project: Project, trained: int, clock: Clock
) -> None:
    add(project, trained)
    with host.store.writing() as session:
        schedule = session.schedules.find("weekly")
        action = type(schedule.action)("runs.retrain", schedule.action.arguments, "another")
        session.schedules.change("weekly", action=action)
    loop = ScheduleLoop(host, clock=clock)
    loop.start()
    loop.close()
    assert project.schedules.show("weekly").state == "needs_you"


def test_the_next_times_of_a_project_are_known(host: Host, project: Project, trained: int) -> None:
    add(project, trained)
    due = project.status().next_due
    assert due is not None and due.hour == 13
