"""The loop that fires schedules; what to do when is decided by `due`, what is due when by `timetable`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from mlops_desktop.domain.errors import ConflictError, InvalidInputError, UserError
from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.runs import Run
from mlops_desktop.domain.schedules import Firing, Preview, Schedule, check_schedule, parse_timetable
from mlops_desktop.project.verb import VERBS
from mlops_desktop.store.session import Caller, Session
from mlops_desktop.store.times import now

from . import due
from .timetable import find_zone, local_zone_name, next_times, preview

if TYPE_CHECKING:
    from .host import Host

log = logging.getLogger(__name__)


class ScheduleLoop:
    """Watches the schedules of a project from a thread of its own.

    Parameters
    ----------
    host : Host
        The service.
    on_active : callable
        Told whether any schedule is active, at the start and whenever that changes.
    clock : callable
        Gives the time in UTC.
    """

    def __init__(
        self,
        host: Host,
        on_active: Callable[[bool], None] = lambda active: None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._host = host
        self._on_active = on_active
        self._was_active: bool | None = None
        self._clock = clock
        self._since = clock()
        self._moved = threading.Condition()
        self._number = 0
        self._ending = False
        self._watchers: set[threading.Thread] = set()
        self._thread = threading.Thread(target=self._watch, name="schedules")

    # What verbs ask (project.verb.Scheduler).

    def preview(self, session: Session, every: str, timezone: str, count: int) -> Preview:
        """What a timetable means."""
        return preview(every, timezone or self._zone(session), self._clock(), count)

    def checked(self, session: Session, schedule: Schedule) -> Schedule:
        """The schedule with canonical times and a zone that exists."""
        zone = schedule.timezone or self._zone(session)
        find_zone(zone)
        told = preview(schedule.timetable, zone, self._clock(), 1)
        checked = msgspec.structs.replace(schedule, timetable=told.timetable, timezone=zone)
        check_schedule(checked)
        return checked

    def pass_over(self, session: Session, schedule: Schedule) -> None:
        """Leave out the times that passed while the schedule rested; a line says so."""
        at = self._clock()
        passed = due.resume(schedule, schedule.decided_until or at, at)
        session.schedules.decide(
            schedule.schedule_id, at, [due.line(p, schedule.schedule_id, at) for p in passed]
        )

    def begin_anew(self, session: Session, schedule: Schedule) -> None:
        """Count the times of a schedule from now on."""
        session.schedules.decide(schedule.schedule_id, self._clock(), [])

    def next_due(self, session: Session) -> datetime | None:
        """The next time at which a schedule runs."""
        at = self._clock()
        times = [
            next_times(parse_timetable(s.timetable), at, s.timezone, 1)
            for s in session.schedules.all()
            if s.state == "active"
        ]
        return min((t[0].due_at for t in times if t), default=None)

    # The loop.

    def start(self) -> None:
        """End what a killed service left behind, then watch."""
        self._after_restart()
        self._thread.start()

    def wake(self) -> None:
        """Look again now: a schedule has changed, or a run has ended."""
        with self._moved:
            self._number += 1
            self._moved.notify_all()

    def close(self) -> None:
        """Stop watching; runs go on."""
        with self._moved:
            self._ending = True
            self._moved.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def join_watchers(self, timeout_s: float) -> None:
        """Wait for the threads that wait for fired runs; `Jobs.close` has released them."""
        for thread in list(self._watchers):
            thread.join(timeout_s)

    def has_work(self) -> bool:
        """Whether a schedule is active, so that the service must stay."""
        with self._host.store.reading() as session:
            return any(s.state == "active" for s in session.schedules.all())

    def _watch(self) -> None:
        while True:
            number = self._number
            try:
                nap_s = self._look()
            except (
                Exception
            ):  # one broken schedule or a full disk must not end all others; it is logged and looked at again
                log.exception("looking at the schedules failed")
                nap_s = due.LONGEST_NAP_S
            with self._moved:
                self._moved.wait_for(lambda n=number: self._ending or self._number != n, nap_s)
                if self._ending:
                    return

    def _look(self) -> float:
        """Decide about every schedule; returns the seconds until something may be due."""
        with self._host.store.reading() as session:
            schedules = session.schedules.all()
        active = any(s.state == "active" for s in schedules)
        if active != self._was_active:
            self._was_active = active
            self._on_active(active)
        naps = [self._look_at(s) for s in schedules]
        return min(naps, default=due.LONGEST_NAP_S)

    def _look_at(self, schedule: Schedule) -> float:
        at = self._clock()
        with self._host.store.reading() as session:
            standing = self._standing(session, schedule)
        try:
            decisions = due.decide(schedule, standing, at)
        except InvalidInputError as error:  # a zone that this machine does not know, say
            self._needs_you(schedule, str(error))
            return due.LONGEST_NAP_S
        made = [d for d in decisions if not isinstance(d, due.Wait)]
        wait = next(d for d in decisions if isinstance(d, due.Wait))
        if made:
            fired = self._write(schedule, standing, made, at)
            if fired is not None:
                self._fire(schedule, *fired)
        return due.nap_s(wait.until, self._clock())

    def _needs_you(self, schedule: Schedule, why: str) -> None:
        with self._host.store.writing(self._caller(schedule)) as session:
            session.schedules.change(schedule.name, state="needs_you", why=why)
        self._host.ring.publish(["schedule"], keys=[f"schedule:{schedule.schedule_id}"])

    def _standing(self, session: Session, schedule: Schedule) -> due.Standing:
        history = [f for _, f in session.schedules.firings(schedule.schedule_id, 200)]
        return due.Standing(
            decided_until=schedule.decided_until or self._since,
            running=next((f for f in history if f.state == "running"), None),
            queued=next((f for f in history if f.state == "due"), None),
            last=next((f for f in history if f.state in ("done", "failed")), None),
            service_since=self._since,
        )

    def _write(
        self,
        schedule: Schedule,
        standing: due.Standing,
        made: list[due.Fire | due.Queue | due.Pass],
        at: datetime,
    ) -> tuple[int, Firing] | None:
        """Write the lines and the new mark in one transaction; nothing has been started yet."""
        lines = [due.line(d, schedule.schedule_id, at) for d in made]
        mark = due.mark_after(made, standing.decided_until)
        with self._host.store.writing(self._caller(schedule)) as session:
            waiting = {
                (f.due_at, f.attempt): n
                for n, f in session.schedules.firings(schedule.schedule_id)
                if f.state == "due"
            }
            fresh = [f for f in lines if (f.due_at, f.attempt) not in waiting]
            numbers = dict(
                zip(
                    map(_key, fresh), session.schedules.decide(schedule.schedule_id, mark, fresh), strict=True
                )
            )
            for firing in lines:
                if _key(firing) in waiting:
                    numbers[_key(firing)] = waiting[_key(firing)]
                    session.schedules.save_firing(waiting[_key(firing)], firing)
        self._host.ring.publish(["firing"], keys=[f"schedule:{schedule.schedule_id}"])
        return next(((numbers[_key(f)], f) for f in lines if f.state == "running"), None)

    def _fire(self, schedule: Schedule, number: int, firing: Firing) -> None:
        try:
            verb = VERBS[schedule.action.verb]
            if verb.fingerprint != schedule.action.fingerprint:
                raise ConflictError(
                    "What this schedule does has changed with the program.", remedy="Set it anew."
                )
            job: Job[Run] = self._host.local(self._caller(schedule)).call(
                verb, verb.bind((), schedule.action.arguments)
            )
        except UserError as error:
            self._end(number, firing, "failed", str(error))
            return
        run_id = int(job.row.subject.rpartition(":")[2] or 0)
        firing = msgspec.structs.replace(firing, run_id=run_id)
        self._save(number, firing)
        thread = threading.Thread(
            target=self._follow, args=(number, firing, job), name=f"schedule-{schedule.schedule_id}"
        )
        self._watchers.add(thread)
        thread.start()

    def _follow(self, number: int, firing: Firing, job: Job[Run]) -> None:
        """Wait for the end of a fired run and write down what came of it."""
        try:
            row = self._host.jobs.wait(job.job_id, None)
            if not row.ended:
                return  # the service leaves; the next one goes on from the job's row
            state, why = outcome_of(row.state, row.error.message if row.error else "")
            self._end(number, firing, state, why)
        finally:
            self._watchers.discard(threading.current_thread())

    def _after_restart(self) -> None:
        """Firings that were running: follow those whose run goes on, end those that nobody works on."""
        active = {j.subject: j for j in self._host.jobs.active()}
        with self._host.store.writing() as session:
            for schedule in session.schedules.all():
                running = {
                    _key(f): (n, f)
                    for n, f in session.schedules.firings(schedule.schedule_id)
                    if f.state == "running"
                }
                for number, firing in running.values():
                    run = session.runs.find(firing.run_id) if firing.run_id else None
                    if run is not None and f"run:{run.run_id}" in active:
                        self._follow_again(number, firing, active[f"run:{run.run_id}"].job_id)
                    elif run is not None and run.state in ("finished", "failed", "cancelled"):
                        state, why = outcome_of(run.state, run.error.message if run.error else "")
                        ended = msgspec.structs.replace(
                            firing, state=state, outcome=why, finished_at=run.finished_at
                        )
                        session.schedules.save_firing(number, ended)
                    else:
                        for ended in due.after_restart([firing], [], self._clock()):
                            session.schedules.save_firing(number, ended)
                fits = (
                    schedule.action.verb in VERBS
                    and VERBS[schedule.action.verb].fingerprint == schedule.action.fingerprint
                )
                if schedule.state == "active" and not fits:  # never fired, never dropped
                    session.schedules.change(
                        schedule.name,
                        state="needs_you",
                        why="What it does has changed with this version of the program.",
                    )

    def _follow_again(self, number: int, firing: Firing, job_id: int) -> None:
        job: Job[Run] = Job(self._host.jobs.now(job_id), Run, self._host.local(Caller("service", "service")))
        thread = threading.Thread(target=self._follow, args=(number, firing, job), name=f"firing-{number}")
        self._watchers.add(thread)
        thread.start()

    def _end(self, number: int, firing: Firing, state: str, outcome: str) -> None:
        self._save(
            number, msgspec.structs.replace(firing, state=state, outcome=outcome, finished_at=self._clock())
        )
        self.wake()

    def _save(self, number: int, firing: Firing) -> None:
        with self._host.store.writing() as session:
            session.schedules.save_firing(number, firing)
        self._host.ring.publish(["firing"], keys=[f"schedule:{firing.schedule_id}"])

    def _zone(self, session: Session) -> str:
        return str(session.settings.value("timezone")) or local_zone_name()

    def _caller(self, schedule: Schedule) -> Caller:
        return Caller(f"schedule “{schedule.name}”", f"schedule-{schedule.schedule_id}")


def outcome_of(state: str, message: str) -> tuple[str, str]:
    """State and words of a firing whose run has ended."""
    if state == "finished":
        return "done", "trained"
    return "failed", message or state


def _key(firing: Firing) -> tuple[datetime, int]:
    return firing.due_at, firing.attempt
