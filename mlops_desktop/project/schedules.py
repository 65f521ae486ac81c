"""Verbs of schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec

from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.runs import Run
from mlops_desktop.domain.schedules import Action, Firing, Preview, Schedule

from .verb import VERBS, Group, List, verb


class Schedules(Group, group="schedules"):
    """Trainings that run by themselves, with the window closed and after a restart."""

    @verb(right="view")
    def list(self) -> List[Schedule]:
        """Schedules by name."""
        return self.store.schedules.all()

    @verb(right="view")
    def show(self, name: str) -> Schedule:
        """One schedule.

        Parameters
        ----------
        name : str
            Name of the schedule.
        """
        return self.store.schedules.find(name)

    @verb(right="view")
    def preview(self, every: str, timezone: str = "", count: int = 5) -> Preview:
        """What a timetable means: its words, its next times, and what is odd about them.

        Parameters
        ----------
        every : str
            As ``tuesday 18:00``, ``daily 02:30``, ``every 6 hours``, or cron's ``0 9 * * 1``.
        timezone : str
            An IANA name; empty: as the settings say, or the machine's.
        count : int
            How many times.
        """
        return self._backend.scheduler.preview(self.store, every, timezone, count)

    @verb(right="edit", undoable=True)
    def add(
        self,
        name: str,
        every: str,
        like: int,
        timezone: str = "",
        if_missed: Literal["run_once", "skip"] = "run_once",
        catch_up_h: float = 12.0,
        if_running: Literal["skip", "queue_one"] = "skip",
        retries: int = 0,
    ) -> Schedule:
        """Retrain by itself: as a run did, on the newest version of its data set.

        Parameters
        ----------
        name : str
            Name of the schedule.
        every : str
            When, as in `preview`.
        like : int
            Number of the training to follow.
        timezone : str
            An IANA name; empty: as the settings say, or the machine's.
        if_missed : {"run_once", "skip"}
            What happens with times at which the service was off.
        catch_up_h : float
            Hours after a missed time within which it is still done.
        if_running : {"skip", "queue_one"}
            What happens with a time that comes while the run before goes on.
        retries : int
            Further attempts after a failure.
        """
        self.store.training.must_be_training(like)
        action = VERBS["runs.retrain"]
        schedule = Schedule(
            schedule_id=0,
            name=name,
            timetable=every,
            timezone=timezone,
            action=Action(action.name, {"run": like}, action.fingerprint),
            created_at=datetime.now(UTC),
            if_missed=if_missed,
            catch_up_h=catch_up_h,
            if_running=if_running,
            retries=retries,
        )
        return self.store.schedules.add(self._backend.scheduler.checked(self.store, schedule))

    @verb(right="edit", undoable=True)
    def set_times(self, name: str, every: str, timezone: str = "") -> Schedule:
        """Give a schedule other times.

        Parameters
        ----------
        name : str
            Name of the schedule.
        every : str
            When, as in `preview`.
        timezone : str
            An IANA name; empty: as it was.
        """
        found = self.store.schedules.find(name)
        wanted = msgspec.structs.replace(found, timetable=every, timezone=timezone or found.timezone)
        checked = self._backend.scheduler.checked(self.store, wanted)
        self._backend.scheduler.begin_anew(self.store, found)
        self.store.say(f"Set the times of schedule {name} to {checked.timetable}")
        return self.store.schedules.change(name, timetable=checked.timetable, timezone=checked.timezone)

    @verb(right="edit", undoable=True)
    def pause(self, name: str) -> Schedule:
        """Let a schedule rest; times that pass meanwhile are left out.

        Parameters
        ----------
        name : str
            Name of the schedule.
        """
        self.store.say(f"Paused schedule {name}")
        return self.store.schedules.change(name, state="paused", why="Paused by hand.")

    @verb(right="edit", undoable=True)
    def resume(self, name: str) -> Schedule:
        """Let a schedule that rests go on from now.

        Parameters
        ----------
        name : str
            Name of the schedule.
        """
        self.store.say(f"Resumed schedule {name}")
        self._backend.scheduler.pass_over(self.store, self.store.schedules.find(name))
        return self.store.schedules.change(name, state="active", why="")

    @verb(right="edit", undoable=True)
    def remove(self, name: str) -> Schedule:
        """Remove a schedule; `activity undo` brings it back, its history is kept.

        Parameters
        ----------
        name : str
            Name of the schedule.
        """
        schedule = self.store.schedules.find(name)
        self.store.schedules.trash(name)
        return schedule

    @verb(right="edit")
    def run_now(self, name: str) -> Job[Run]:
        """Do now what the schedule does; its times stay.

        Parameters
        ----------
        name : str
            Name of the schedule.
        """
        run = int(self.store.schedules.find(name).action.arguments["run"])
        plan = self.store.training.again(run, newest=True)
        return self.begin("train", plan.title, plan.run, f"run:{plan.run_id}")

    @verb(right="view")
    def history(self, name: str, limit: int = 100, offset: int = 0) -> List[Firing]:
        """What became of each time, newest first.

        Parameters
        ----------
        name : str
            Name of the schedule.
        limit : int
            How many lines at most; 0: all.
        offset : int
            Newer lines to leave out, for the next page.
        """
        found = self.store.schedules.find(name)
        return [firing for _, firing in self.store.schedules.firings(found.schedule_id, limit, offset)]
