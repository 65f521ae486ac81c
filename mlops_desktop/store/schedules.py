"""Rows of schedules, of what has been decided about their times, and of what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.errors import ConflictError, NotFoundError
from mlops_desktop.domain.references import checked_name
from mlops_desktop.domain.schedules import Firing, Schedule

from .times import from_json, naive, now, to_json

if TYPE_CHECKING:
    from .session import Session


class ScheduleRows:
    """Schedules of the project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, schedule: Schedule) -> Schedule:
        """Store a new schedule; its number is given here, and times before now are not owed."""
        session = self._session
        name = checked_name(schedule.name, "schedule")
        if self._row(name) is not None:
            raise ConflictError(
                f"There is a schedule “{name}” already.", remedy="Choose another name, or remove it."
            )
        at = now()
        made = msgspec.structs.replace(
            schedule,
            schedule_id=session.next_id("schedule"),
            name=name,
            created_at=at,
            created_by=session.caller.actor,
        )
        session.insert("schedule", self._columns(made))
        session.cursor.execute("insert into schedule_mark values (?, ?)", [made.schedule_id, naive(at)])
        session.say(f"Set schedule {name}")
        return self.find(name)

    def all(self, *, trashed: bool = False) -> list[Schedule]:
        """Schedules by name."""
        state = "is not null" if trashed else "is null"
        return [self._schedule(r) for r in self._read(f"where trashed_at {state} order by name")]

    def find(self, name: str) -> Schedule:
        """The schedule of this name."""
        row = self._row(name)
        if row is None:
            raise NotFoundError(
                f"There is no schedule “{name}”.", remedy="See `mlops-desktop schedules list`."
            )
        return self._schedule(row)

    def change(self, name: str, **facts: Any) -> Schedule:
        """Change facts of a schedule: its state, its times, its policy."""
        schedule = msgspec.structs.replace(self.find(name), **facts)
        columns = self._columns(schedule)
        columns.pop("schedule_id")
        self._session.update("schedule", [schedule.schedule_id], **columns)
        return schedule

    def trash(self, name: str) -> None:
        """Put a schedule into the trash; it no longer fires."""
        self._session.update("schedule", [self.find(name).schedule_id], trashed_at=now())
        self._session.say(f"Removed schedule {name}")

    def decide(self, schedule_id: int, until: datetime, firings: list[Firing]) -> list[int]:
        """Write down what was decided of the times up to `until`: before anything is started, in one transaction."""
        session = self._session
        session.cursor.execute(
            "update schedule_mark set decided_until = ? where schedule_id = ?", [naive(until), schedule_id]
        )
        numbers: list[int] = []
        for firing in firings:
            numbers.append(session.next_id("firing"))
            session.append("firing", [(numbers[-1], schedule_id, naive(firing.due_at), to_json(firing))])
        session.topics.add("firing")
        return numbers

    def firings(self, schedule_id: int, limit: int = 100, offset: int = 0) -> list[tuple[int, Firing]]:
        """The history of a schedule, newest first, with the number of each line; at most `limit`, 0: all."""
        rows = self._session.all(
            "select * from firing where schedule_id = ? order by firing_id desc limit ? offset ?",
            schedule_id,
            limit or None,
            max(offset, 0),
        )
        return [(r["firing_id"], from_json(r["facts"], Firing)) for r in rows]

    def save_firing(self, firing_id: int, firing: Firing) -> None:
        """Write down how a line of the history goes on."""
        self._session.cursor.execute(
            "update firing set facts = ? where firing_id = ?", [to_json(firing), firing_id]
        )
        self._session.topics.add("firing")

    def _columns(self, schedule: Schedule) -> dict[str, Any]:
        return {
            "schedule_id": schedule.schedule_id,
            "name": schedule.name,
            "facts": to_json(msgspec.structs.replace(schedule, decided_until=None)),
            "state": schedule.state,
            "created_at": schedule.created_at,
            "created_by": schedule.created_by,
        }

    def _row(self, name: str) -> dict[str, Any] | None:
        rows = self._read("where name = ? and trashed_at is null", name)
        return rows[0] if rows else None

    def _read(self, tail: str, *values: Any) -> list[dict[str, Any]]:
        return self._session.all(
            "select * from schedule join schedule_mark using (schedule_id) " + tail, *values
        )

    def _schedule(self, row: dict[str, Any]) -> Schedule:
        return msgspec.structs.replace(from_json(row["facts"], Schedule), decided_until=row["decided_until"])
