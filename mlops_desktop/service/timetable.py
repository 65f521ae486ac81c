"""The instants of a timetable in a time zone: one function for the preview and for the firing.

Rules for the two odd days of a zone, on which the clock is changed:

- A time that does not exist is taken at the first moment after the gap (02:30 becomes 03:00). When that moment
  belongs to the next date (a gap that ends at midnight), the last minute before the gap is taken instead, so that
  each date keeps its run. A date that does not exist as a whole is left out.
- A time that exists twice is taken the first time.
- A timetable that is due in each hour (hourly, every 15 minutes) follows the hours that pass: it is due in both
  of the doubled hours and not in the missing one.

APScheduler's `CronTrigger` finds the dates, in UTC, where a wall clock has no odd days; in a zone it would fire
twice in autumn and at times that do not exist in spring. Arithmetic is on whole seconds of UTC throughout.
"""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from apscheduler.triggers.cron import CronTrigger
from tzlocal import get_localzone_name

from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.schedules import DueTime, Preview
from mlops_desktop.domain.timetable import (
    LAST_DAY,
    MONTH_NAMES,
    WEEKDAY_NAMES,
    Timetable,
    canonical,
    ordinal,
    rules,
    words,
)
from mlops_desktop.domain.timetable_text import parse_timetable

PREVIEW_COUNT = 5
_MINUTE_S = 60


class _Instant(NamedTuple):
    """A wall time laid on the time line."""

    kind: Literal["once", "missing", "doubled"]
    seconds: int
    """Since the epoch; for a doubled one the first; for a missing one the first moment after the gap."""
    second_s: int
    """For a doubled one the second; else equal to `seconds`."""


class Passed(NamedTuple):
    """The due times of a span: how many, and the latest of them."""

    number: int
    latest: list[DueTime]
    """At most as many as were asked for, ascending."""


@lru_cache(maxsize=64)
def find_zone(name: str) -> zoneinfo.ZoneInfo:
    """The time zone `name`.

    Raises
    ------
    InvalidInputError
        No such zone; names the nearest.
    """
    names = zoneinfo.available_timezones()
    if name in names:
        return zoneinfo.ZoneInfo(name)
    known = {zone.casefold(): zone for zone in names}
    cities = {zone.rpartition("/")[2]: zone for zone in known}
    wanted = name.strip().casefold().replace(" ", "_")
    near = difflib.get_close_matches(wanted, [*known, *cities], n=1, cutoff=0.6)
    guess = known[cities.get(near[0], near[0])] if near else ""
    raise InvalidInputError(
        f"“{name}” is no time zone.",
        remedy=f"Did you mean “{guess}”?" if guess else "Write it like “Europe/Berlin” or “UTC”.",
        where=Where(field="timezone"),
    )


def local_zone_name() -> str:
    """The IANA name of this machine's zone; UTC where the machine does not say."""
    name: str | None = get_localzone_name()
    return name if name in zoneinfo.available_timezones() else "UTC"


def next_times(timetable: Timetable, after: datetime, timezone: str, count: int) -> list[DueTime]:
    """The next due times after an instant.

    Parameters
    ----------
    timetable : Timetable
        What is due when.
    after : datetime
        Aware; the times are strictly later.
    timezone : str
        IANA name.
    count : int
        How many.

    Returns
    -------
    list[DueTime]
        Strictly ascending; fewer only when the calendar ends (year 9999).
    """
    zone = find_zone(timezone)
    seconds = _seconds(after)
    found = list(islice((s for day in _days(timetable, seconds, zone) for s in day if s > seconds), count))
    return _due_times(timetable, found, after, zone)


def times_between(timetable: Timetable, after: datetime, until: datetime, timezone: str, most: int) -> Passed:
    """The due times in the span ``after < t <= until``: their number, and the latest `most` of them."""
    zone = find_zone(timezone)
    low, high = _seconds(after), _seconds(until)
    count = 0
    latest: list[int] = []
    if high > low:
        for day in _days(timetable, low, zone):
            if day and day[0] > high:
                break
            inside = [s for s in day if low < s <= high]
            count += len(inside)
            latest = (latest + inside)[-most:]
            if day and day[-1] > high:
                break
    return Passed(count, _due_times(timetable, latest, after if count <= most else None, zone))


def preview(text: str, timezone: str, after: datetime, count: int = PREVIEW_COUNT) -> Preview:
    """What the timetable `text` means in `timezone`, with its next times after `after`.

    Raises
    ------
    InvalidInputError
        The text is no timetable, or the zone is unknown.
    """
    timetable = parse_timetable(text)
    times = next_times(timetable, after, timezone, count)
    return Preview(canonical(timetable), words(timetable, timezone), times, rules(timetable))


def local_text(instant: datetime, timezone: str) -> str:
    """``Sun 28 Mar 2027 03:00``: an instant as the clock on the wall shows it."""
    return _shown(instant.astimezone(find_zone(timezone)))


def _shown(local: datetime) -> str:
    weekday, month = WEEKDAY_NAMES[local.weekday()], MONTH_NAMES[local.month - 1]
    return f"{weekday[:3].capitalize()} {_date_text(local.date(), month)} {local:%H:%M}"


def _date_text(day: date, month: str) -> str:
    return f"{day.day} {month[:3].capitalize()} {day.year}"


def _seconds(instant: datetime) -> int:
    """Whole seconds since the epoch, rounded down, so that a due time equal to `instant` is not after it."""
    return int((instant.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def _instant(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


# -- dates -------------------------------------------------------------------------------------------------


def _triggers(timetable: Timetable) -> list[CronTrigger]:
    """Triggers at 00:00 UTC of the dates; a date counts when any of them says so."""
    months = ",".join(map(str, timetable.months)) or "*"
    days = ["last" if d == LAST_DAY else str(d) for d in timetable.days]
    weekdays = ",".join(WEEKDAY_NAMES[d - 1][:3] for d in timetable.weekdays)
    chosen: list[dict[str, str]] = [{"day": ",".join(days)}] if days else []
    chosen += [{"day_of_week": weekdays}] if weekdays else []
    return [
        CronTrigger(month=months, hour=0, minute=0, second=0, timezone=UTC, **fields)
        for fields in chosen or [{}]
    ]


def _dates(timetable: Timetable, start: date) -> Iterator[date]:
    """The dates of the timetable from `start` on."""
    triggers = _triggers(timetable)
    at = datetime(start.year, start.month, start.day, tzinfo=UTC)
    while True:
        fires = [fire for t in triggers if (fire := t.get_next_fire_time(None, at)) is not None]
        if not fires:
            return
        found = min(fires)
        yield found.date()
        if found.date() >= date(9998, 12, 31):
            return
        at = found + timedelta(days=1)


# -- instants ----------------------------------------------------------------------------------------------


def _days(timetable: Timetable, after: int, zone: zoneinfo.ZoneInfo) -> Iterator[list[int]]:
    """The due seconds of each date, ascending, from the date of `after` on (some may be before it)."""
    start = _instant(after).astimezone(zone).date()
    for day in _dates(timetable, start):
        yield _day(timetable, day, zone)


def _day(timetable: Timetable, day: date, zone: zoneinfo.ZoneInfo) -> list[int]:
    """The due seconds of one date, ascending and each once."""
    midnight = datetime(day.year, day.month, day.day)
    base = _seconds(midnight.replace(tzinfo=UTC))
    ends = (midnight, midnight + timedelta(days=1))
    # Read with fold=0 a gap or a doubled hour inside the day shows as a difference. A doubled hour across midnight
    # would not; no zone has had one since 2011.
    offsets = {wall.replace(tzinfo=zone).utcoffset() for wall in ends}
    if len(offsets) == 1 and (offset := offsets.pop()) is not None:
        begin = base - int(offset.total_seconds())
        return [begin + minute * _MINUTE_S for minute in timetable.times]
    found: set[int] = set()
    for minute in timetable.times:
        wall = midnight + timedelta(minutes=minute)
        laid = _lay(wall, zone)
        if timetable.every_hour:
            found |= {laid.seconds, laid.second_s} if laid.kind != "missing" else set()
        elif (taken := _taken(wall, laid, zone)) is not None:
            found.add(taken)
    return sorted(found)


def _taken(wall: datetime, laid: _Instant, zone: zoneinfo.ZoneInfo) -> int | None:
    """The second taken for a fixed time of day; None when its whole date does not exist."""
    if laid.kind != "missing":
        return laid.seconds
    for second in (laid.seconds, laid.seconds - _MINUTE_S):
        if _instant(second).astimezone(zone).date() == wall.date():
            return second
    return None


def _lay(wall: datetime, zone: zoneinfo.ZoneInfo) -> _Instant:
    """A naive wall time on the time line of `zone` (the rules of `fold`: PEP 495)."""
    early = _seconds(wall.replace(tzinfo=zone, fold=0))
    late = _seconds(wall.replace(tzinfo=zone, fold=1))
    if early == late:
        return _Instant("once", early, early)
    if early < late:
        return _Instant("doubled", early, late)
    # In a gap fold=0 reckons with the offset before, which lies later on the time line.
    low, high = late, early
    after = _instant(high).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if _instant(middle).astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return _Instant("missing", high, high)


# -- what is said ------------------------------------------------------------------------------------------


def _due_times(
    timetable: Timetable, seconds: list[int], after: datetime | None, zone: zoneinfo.ZoneInfo
) -> list[DueTime]:
    """Due times with their notes; `after` is where the first one's search began, if it is to be told."""
    found: list[DueTime] = []
    before = after.astimezone(zone).date() if after is not None else None
    for second in seconds:
        local = _instant(second).astimezone(zone)
        notes = [_odd(timetable, second, local, zone), _left_out(timetable, before, local.date(), zone)]
        note = "; ".join(n for n in notes if n)
        found.append(DueTime(_instant(second), _shown(local), note))
        before = local.date()
    return found


def _odd(timetable: Timetable, second: int, local: datetime, zone: zoneinfo.ZoneInfo) -> str:
    """What is odd about this time itself."""
    wall = local.replace(tzinfo=None, fold=0)
    laid = _lay(wall, zone)
    if laid.kind == "doubled":
        if timetable.every_hour:
            return f"{wall:%H:%M} exists twice on that day: this is the {'second' if local.fold else 'first'}"
        return f"{wall:%H:%M} exists twice on that day: the first is taken"
    moved = [] if timetable.every_hour else _moved_to(timetable, second, wall, zone)
    if not moved:
        return ""
    shown = ", ".join(moved[:3]) + (", ..." if len(moved) > 3 else "")
    verb = "does" if len(moved) == 1 else "do"
    return f"{shown} {verb} not exist on that day: at {wall:%H:%M}"


def _moved_to(timetable: Timetable, second: int, wall: datetime, zone: zoneinfo.ZoneInfo) -> list[str]:
    """The times of the day of `wall` that don't exist and are taken at `second`."""
    midnight = datetime(wall.year, wall.month, wall.day)
    walls = [midnight + timedelta(minutes=m) for m in timetable.times]
    return [
        f"{w:%H:%M}"
        for w in walls
        if (laid := _lay(w, zone)).kind == "missing" and _taken(w, laid, zone) == second
    ]


def _left_out(timetable: Timetable, before: date | None, day: date, zone: zoneinfo.ZoneInfo) -> str:
    """What was passed over between two due dates: months without the day, dates that do not exist."""
    if before is None or timetable.weekdays:
        return ""
    wanted = [d for d in timetable.days if d != LAST_DAY]
    said: list[str] = []
    year, month = before.year, before.month
    while (year, month) < (day.year, day.month) and len(said) < 4:
        length = _month_length(year, month)
        if not timetable.months or month in timetable.months:
            lacking = [d for d in wanted if d > length]
            said += [f"{MONTH_NAMES[month - 1].capitalize()} {year} has no {ordinal(d)}" for d in lacking]
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if said:
        return f"{', '.join(said[:3])}{', ...' if len(said) > 3 else ''}: skipped"
    if not timetable.days and not timetable.months and day - before > timedelta(days=1):
        gone = before + timedelta(days=1)
        if _day_is_missing(gone, zone):
            return f"{_date_text(gone, MONTH_NAMES[gone.month - 1])} does not exist there: skipped"
    return ""


def _day_is_missing(day: date, zone: zoneinfo.ZoneInfo) -> bool:
    noon = datetime(day.year, day.month, day.day, 12)
    laid = _lay(noon, zone)
    return laid.kind == "missing" and _taken(noon, laid, zone) is None


def _month_length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
