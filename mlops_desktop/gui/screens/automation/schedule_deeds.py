"""What a person does with schedules: each deed asks what it must, calls the facade, and says what it did."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.run_pages import RunPage
from mlops_desktop.domain.runs import Run
from mlops_desktop.domain.schedules import Schedule
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.run_select import FINISHED, offered_runs
from mlops_desktop.gui.words import counted
from mlops_desktop.project import Project

from .automation_state import newest_champion
from .schedule_dialog import NewSchedule, Times, ask_new_schedule, ask_times

T = TypeVar("T")


class ScheduleDeeds:
    """Deeds of schedules, for actions, buttons and menus alike.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    def __init__(self, host: ScreenHost) -> None:
        self._host = host

    @property
    def project(self) -> Project:
        """The facade."""
        return cast(Project, self._host.session.project)

    def call(self, call: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run `call` off the GUI thread, then `done`; a failure is shown by the window."""

        def take(answer: T) -> None:
            done(answer)

        self._host.session.tasks.run(call, take, owner=self._host.window())

    def _undo(self) -> None:
        self._host.actions_registry.trigger("edit.undo")

    def new(self) -> None:
        """Ask for a new schedule; at first it follows the champion's run."""
        project = self.project

        def ask() -> tuple[RunPage, str]:
            champion = newest_champion(project.models.list())
            return offered_runs(project, FINISHED, first=f"run = {champion}" if champion else ""), champion

        def show(found: tuple[RunPage, str]) -> None:
            if not found[0].lines:
                self._host.say(tr("A schedule trains like a run: finish one training first."))
                return
            ask_new_schedule(self._host, *found, self._add)

        self.call(ask, show)

    def _add(
        self, wanted: NewSchedule, refused: Callable[[Exception], None], made: Callable[[], None]
    ) -> None:
        def done(schedule: Schedule) -> None:
            made()
            self._host.say(tr("“{}” trains {}.").format(schedule.name, schedule.timetable), self._undo)
            self._host.go(Place("automation", schedule.name))

        self._host.session.tasks.run(
            lambda: self.project.schedules.add(
                wanted.name,
                wanted.every,
                wanted.like,
                wanted.timezone,
                wanted.if_missed,
                wanted.catch_up_h,
                wanted.if_running,
                wanted.retries,
            ),
            done,
            owner=self._host.window(),
            failed=refused,
        )

    def set_times(self, name: str) -> None:
        """Ask for other times."""
        self.call(
            lambda: self.project.schedules.show(name),
            lambda found: ask_times(
                self._host, found.name, Times(found.timetable, found.timezone), self._set_times
            ),
        )

    def _set_times(
        self, name: str, times: Times, refused: Callable[[Exception], None], made: Callable[[], None]
    ) -> None:
        def done(schedule: Schedule) -> None:
            made()
            self._host.say(tr("“{}” trains {} now.").format(name, schedule.timetable), self._undo)

        self._host.session.tasks.run(
            lambda: self.project.schedules.set_times(name, times.every, times.timezone),
            done,
            owner=self._host.window(),
            failed=refused,
        )

    def pause(self, name: str) -> None:
        """Let a schedule rest."""
        self.call(
            lambda: self.project.schedules.pause(name),
            lambda found: self._host.say(tr("“{}” rests.").format(name), partial(self.resume, name)),
        )

    def resume(self, name: str) -> None:
        """Let a schedule go on."""
        self.call(
            lambda: self.project.schedules.resume(name),
            lambda found: self._host.say(
                tr("“{}” goes on from now.").format(name), partial(self.pause, name)
            ),
        )

    def pause_all(self) -> None:
        """Let every active schedule rest."""
        project = self.project

        def rest() -> list[str]:
            names = [s.name for s in project.schedules.list() if s.state == "active"]
            for name in names:
                project.schedules.pause(name)
            return names

        def done(names: list[str]) -> None:
            if not names:
                self._host.say(tr("No schedule is active."))
                return
            said = tr("{} rest.").format(counted(len(names), "1 schedule", "{:,} schedules"))
            self._host.say(said, partial(self._resume_all, names))

        self.call(rest, done)

    def _resume_all(self, names: list[str]) -> None:
        project = self.project
        self.call(lambda: [project.schedules.resume(name) for name in names], lambda found: None)

    def run_now(self, name: str) -> None:
        """Do now what the schedule does."""

        def done(job: Job[Run]) -> None:
            run = int(job.row.subject.partition(":")[2])
            self._host.say(tr("Run #{} has begun; the times of “{}” stay.").format(run, name))
            self._host.go(Place("runs", run))

        self.call(lambda: self.project.schedules.run_now(name), done)

    def remove(self, name: str) -> None:
        """Remove a schedule, and offer Undo."""
        self.call(
            lambda: self.project.schedules.remove(name),
            lambda gone: self._host.say(tr("Removed the schedule “{}”.").format(name), self._undo),
        )
