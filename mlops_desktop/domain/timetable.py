"""`Timetable`: when something is due, read from what people write, or from an expression of cron.

A timetable is a set of days (by weekday, by day of the month, by month) and a set of times of day. It knows no
time zone and no instant: `service.timetable` lays it on a calendar. What is accepted is listed in `EXAMPLES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month in a leap year."""

LAST_DAY = -1
"""Stands among the days of the month for the last one."""

MINUTES_A_DAY = 1440
_MOST_TIMES_IN_WORDS = 4


class Timetable(msgspec.Struct, frozen=True):
    """The days and times at which something is due, by the clock on the wall.

    With both `weekdays` and `days` a date counts when either fits, which is the rule of cron.
    """

    times: tuple[int, ...]
    """Minutes after midnight, ascending, each 0 to 1439; at least one."""
    weekdays: tuple[int, ...] = ()
    """ISO weekdays, 1 Monday to 7 Sunday, ascending; empty: any."""
    days: tuple[int, ...] = ()
    """Days of the month, 1 to 31, and `LAST_DAY`; empty: any."""
    months: tuple[int, ...] = ()
    """Months, 1 to 12, ascending; empty: any."""

    @property
    def every_hour(self) -> bool:
        """Whether it is due in each hour of its days, at the same minutes.

        Such a timetable follows the hours that really pass; all others follow the times on the wall.
        """
        minutes = _minutes(self.times)
        return len(self.times) == 24 * len(minutes)

    def __str__(self) -> str:
        return canonical(self)


def minutes_apart(timetable: Timetable) -> int | None:
    """The distance of the times when they are evenly spread over the day from 00:00, else None."""
    count = len(timetable.times)
    step = MINUTES_A_DAY // count
    even = MINUTES_A_DAY % count == 0 and timetable.times == tuple(range(0, MINUTES_A_DAY, step))
    return step if even and count > 1 else None


def clock(minute: int) -> str:
    """``clock(390)`` is ``"06:30"``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def ordinal(day: int) -> str:
    """``ordinal(31)`` is ``"31st"``."""
    suffix = "th" if day % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def canonical(timetable: Timetable) -> str:
    """The one text of a timetable; `timetable_text.parse_timetable` reads it back as the same timetable.

    It is written in words where words can say it, else as an expression of cron with names of weekdays.
    """
    when = _canonical_days(timetable)
    if when is None:
        return _cron(timetable)
    if when == "daily" and (interval := _canonical_interval(timetable)):
        return interval
    if len(timetable.times) > _MOST_TIMES_IN_WORDS and _is_grid(timetable.times):
        return _cron(timetable)
    return f"{when} {', '.join(clock(t) for t in timetable.times)}"


def words(timetable: Timetable, timezone: str = "") -> str:
    """A sentence for people, as ``Every Tuesday at 18:00 (Europe/Berlin)``.

    Parameters
    ----------
    timetable : Timetable
        What to say.
    timezone : str
        IANA name, added in brackets; left out when empty.
    """
    when = _day_words(timetable)
    step = minutes_apart(timetable)
    minutes = _minutes(timetable.times)
    if timetable.every_hour and (step is not None or len(minutes) == 1):
        often = _step_words(step) if step is not None else f"Every hour at {minutes[0]} minutes past"
        text = often if when == "Every day" else f"{often}, {when[0].lower()}{when[1:]}"
    elif step is not None:
        text = f"{when} at {_join([clock(t) for t in timetable.times])}" if len(timetable.times) < 13 else ""
        text = text or f"{when}, {_step_words(step).lower()} from 00:00"
    elif len(timetable.times) > 2 * _MOST_TIMES_IN_WORDS:
        first, last = clock(timetable.times[0]), clock(timetable.times[-1])
        text = f"{when}, {len(timetable.times)} times from {first} to {last}"
    else:
        text = f"{when} at {_join([clock(t) for t in timetable.times])}"
    return f"{text} ({timezone})" if timezone else text


def rules(timetable: Timetable) -> list[str]:
    """What a person should know of these days before relying on them; empty for most timetables."""
    said: list[str] = []
    months = timetable.months or tuple(range(1, 13))
    for day in timetable.days:
        lacking = [m for m in months if day > LONGEST_MONTHS[m - 1]]
        if lacking:
            said.append(
                f"Months without a {ordinal(day)} are skipped; “last day of the month” takes the end of each."
            )
        elif day == 29 and months == (2,):
            said.append("Only leap years have a 29 February; other years are skipped.")
        elif day == 29 and 2 in months:
            said.append("February has a 29th in leap years only; it is skipped in the others.")
    if timetable.days and timetable.weekdays:
        said.append("A date counts when either its day of the month or its weekday fits (the rule of cron).")
    return said


def _minutes(times: Iterable[int]) -> list[int]:
    return sorted({t % 60 for t in times})


def _is_grid(times: Sequence[int]) -> bool:
    """Whether the times are all pairs of some hours and some minutes, so that cron can say them."""
    hours, minutes = sorted({t // 60 for t in times}), _minutes(times)
    return list(times) == [h * 60 + m for h in hours for m in minutes]


def _canonical_interval(timetable: Timetable) -> str | None:
    step = minutes_apart(timetable)
    if step is not None:
        if step == 60:
            return "hourly"
        return f"every {step // 60} hours" if step % 60 == 0 else f"every {_count(step, 'minute')}"
    minutes = _minutes(timetable.times)
    if timetable.every_hour and len(minutes) == 1:
        return f"hourly :{minutes[0]:02}"
    return None


def _canonical_days(timetable: Timetable) -> str | None:
    """The days in words that the parser knows, or None when only cron can say them."""
    weekdays, days, months = timetable.weekdays, timetable.days, timetable.months
    if days and not weekdays:
        return _canonical_dates(days, months)
    if months or days:
        return None
    if not weekdays:
        return "daily"
    named: dict[tuple[int, ...], str] = {(1, 2, 3, 4, 5): "weekdays", (6, 7): "weekends"}
    return named.get(weekdays) or ", ".join(WEEKDAY_NAMES[d - 1] for d in weekdays)


def _canonical_dates(days: tuple[int, ...], months: tuple[int, ...]) -> str | None:
    numbers = [d for d in days if d != LAST_DAY]
    last = ["last day"] if LAST_DAY in days else []
    if not months:
        if not numbers:
            return "last day of the month"
        return f"monthly on the {', '.join([ordinal(d) for d in numbers] + last)}"
    if len(days) > 1 and len(months) > 1:
        return None
    named = ", ".join(MONTH_NAMES[m - 1] for m in months)
    if not numbers:
        return f"last day of {named}"
    return f"{', '.join([str(d) for d in numbers] + last)} {named}"


def _cron(timetable: Timetable) -> str:
    hours, minutes = sorted({t // 60 for t in timetable.times}), _minutes(timetable.times)
    days = [d for d in timetable.days if d != LAST_DAY]
    parts = [_cron_ranges(days)] if days else []
    parts += ["L"] if LAST_DAY in timetable.days else []
    return " ".join(
        (
            _cron_field(minutes, 0, 59),
            _cron_field(hours, 0, 23),
            ",".join(parts) or "*",
            _cron_ranges(timetable.months) or "*",
            _cron_ranges(timetable.weekdays, WEEKDAY_NAMES) or "*",
        )
    )


def _cron_field(values: Sequence[int], low: int, high: int) -> str:
    for step in range(1, high - low + 1):
        if list(values) == list(range(low, high + 1, step)):
            return "*" if step == 1 else f"*/{step}"
    return _cron_ranges(values)


def _cron_ranges(values: Sequence[int], names: Sequence[str] = ()) -> str:
    """Ascending values as ``1-5,7``; with `names` as ``mon-fri,sun``."""
    spans: list[list[int]] = []
    for value in values:
        if spans and value == spans[-1][-1] + 1:
            spans[-1].append(value)
        else:
            spans.append([value])

    def text(value: int) -> str:
        return names[value - 1][:3] if names else str(value)

    shown = [[text(s[0])] if len(s) == 1 else [text(s[0]), text(s[-1])] for s in spans]
    return ",".join("-".join(span) for span in shown)


def _day_words(timetable: Timetable) -> str:
    weekdays = timetable.weekdays
    if weekdays == (1, 2, 3, 4, 5):
        by_week = "every weekday (Monday to Friday)"
    else:
        by_week = f"every {_join([WEEKDAY_NAMES[d - 1].capitalize() for d in weekdays])}"
    months = _join([MONTH_NAMES[m - 1].capitalize() for m in timetable.months])
    if timetable.days:
        numbers = [d for d in timetable.days if d != LAST_DAY]
        if len(timetable.days) == len(timetable.months) == 1 and numbers and not weekdays:
            return f"On {numbers[0]} {months}"
        last = ["last day"] if LAST_DAY in timetable.days else []
        text = f"on the {_join([ordinal(d) for d in numbers] + last)} of {months or 'each month'}"
        text = f"{text} and {by_week}" if weekdays else text
        text = f"{text} in {months}" if weekdays and months else text
    else:
        text = by_week if weekdays else "every day"
        text = f"{text} in {months}" if months else text
    return text[0].upper() + text[1:]


def _step_words(step: int) -> str:
    if step in (1, 60):
        return "Every minute" if step == 1 else "Every hour"
    return f"Every {step // 60} hours" if step % 60 == 0 else f"Every {step} minutes"


def _count(number: int, unit: str) -> str:
    return unit if number == 1 else f"{number} {unit}s"


def _join(items: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
