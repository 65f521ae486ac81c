"""`Schedule`: a verb that runs by itself, and `Firing`: what became of each time at which it was due."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.timetable import LAST_DAY, Timetable, canonical, rules, words
from mlops_desktop.domain.timetable_text import EXAMPLES, parse_timetable

__all__ = [
    "EXAMPLES",
    "LAST_DAY",
    "Action",
    "DueTime",
    "Firing",
    "FiringState",
    "Preview",
    "Schedule",
    "ScheduleState",
    "Timetable",
    "canonical",
    "check_schedule",
    "late_words",
    "parse_timetable",
    "rules",
    "span_words",
    "words",
]

ScheduleState = Literal["active", "paused", "needs_you"]
"""`needs_you`: what it does no longer fits this version of the program; it never fires and is never dropped."""

FiringState = Literal["due", "running", "done", "failed", "skipped", "missed"]
"""`due`: written down and waiting for the run before it. `skipped`: by rule. `missed`: nothing ran for it."""

MOST_RETRIES = 10
LONGEST_CATCH_UP_H = 24.0 * 366


class Action(msgspec.Struct, frozen=True):
    """What a schedule does: one verb of the facade with its arguments."""

    verb: str
    """Name with its group, as ``runs.start``."""
    arguments: dict[str, Any]
    """By parameter name, as the wire form of the verb holds them."""
    fingerprint: str
    """Of the verb's signature when the schedule was made; another one today must be looked at first."""


class Schedule(msgspec.Struct, frozen=True):
    """A verb that runs by itself at the times of a timetable."""

    schedule_id: int
    name: str
    timetable: str
    """Canonical text; `parse_timetable` reads it."""
    timezone: str
    """IANA name, as ``Europe/Berlin``: the clock on the wall that `timetable` means."""
    action: Action
    created_at: datetime
    """UTC."""
    created_by: str = ""
    state: ScheduleState = "active"
    why: str = ""
    """Why it is paused or needs you."""
    if_missed: Literal["run_once", "skip"] = "run_once"
    """Times that passed with the service off: one run for all of them, or none."""
    catch_up_h: float = 12.0
    """With `run_once`: hours after the latest missed time within which that run may still start."""
    if_running: Literal["skip", "queue_one"] = "skip"
    """A time that comes while the run before goes on: left out, or one of them waits for its end."""
    retries: int = 0
    """Further attempts after a failure, each `retry_after_min` after the one before; a new due time ends them."""
    retry_after_min: float = 5.0
    """Minutes."""
    decided_until: datetime | None = None
    """UTC; every due time up to here was decided once and is never looked at again, whatever the clock says."""


class Firing(msgspec.Struct, frozen=True):
    """One line of the history of a schedule; its key is (schedule_id, due_at, attempt)."""

    schedule_id: int
    due_at: datetime
    """UTC; of several times in one line (`times`), the latest."""
    state: FiringState
    attempt: int = 1
    why: str = ""
    """Why it was late, skipped, missed or failed; empty when it ran on time."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    run_id: int | None = None
    outcome: str = ""
    """In words, as ``kept champion``."""
    times: int = 1
    """Due times that this line stands for: more than one when very many were missed in a row."""
    retry: bool = True
    """Whether a failure may be tried again; false for one that was cut off with the service."""


class DueTime(msgspec.Struct, frozen=True):
    """One time at which a schedule is due."""

    due_at: datetime
    """UTC."""
    local: str
    """As the clock on the wall shows it: ``Sun 28 Mar 2027 03:00``."""
    note: str = ""
    """What is odd about it; empty for nearly all."""


class Preview(msgspec.Struct, frozen=True):
    """What a timetable means, before anybody relies on it."""

    timetable: str
    """Canonical text."""
    words: str
    """``Every Tuesday at 18:00 (Europe/Berlin)``."""
    times: list[DueTime]
    """The next ones, ascending."""
    rules: list[str]
    """What holds for all of its times, as months that are left out; empty for most timetables."""


def check_schedule(schedule: Schedule) -> None:
    """Refuse a schedule with options that can't hold; its time zone is checked where zones are known.

    Raises
    ------
    InvalidInputError
        With the field in its `where`.
    """
    parse_timetable(schedule.timetable)
    if not schedule.name.strip():
        raise InvalidInputError("A schedule needs a name.", where=Where(field="name"))
    limits: list[tuple[str, float, float, float, str]] = [
        ("catch_up_h", schedule.catch_up_h, 0, LONGEST_CATCH_UP_H, "hours"),
        ("retries", schedule.retries, 0, MOST_RETRIES, "retries"),
        ("retry_after_min", schedule.retry_after_min, 0, 24 * 60, "minutes"),
    ]
    for field, value, low, high, unit in limits:
        if not low <= value <= high:
            raise InvalidInputError(
                f"{value:g} {unit} can't be taken.",
                remedy=f"Choose {low:g} to {high:g} {unit}.",
                where=Where(field=field),
            )


def span_words(seconds: float) -> str:
    """A length of time in its two largest units: ``2 h``, ``1 h 30 min``, ``3 d 4 h``, ``40 s``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (0 if days else rest, "min")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n)


def late_words(seconds: float) -> str:
    """``late by 2 h``."""
    return f"late by {span_words(seconds)}"
