"""Reading a timetable: "every tuesday 18:00", "last day of the month 20:00", or cron's ``0 9 * * 1``."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from typing import NoReturn

from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.timetable import (
    LAST_DAY,
    LONGEST_MONTHS,
    MINUTES_A_DAY,
    MONTH_NAMES,
    WEEKDAY_NAMES,
    Timetable,
    clock,
    ordinal,
)

EXAMPLES = (
    "tuesday 18:00",
    "daily 02:30",
    "every day at 6:30 pm",
    "hourly",
    "every 15 minutes",
    "weekdays 07:00",
    "monday, thursday 09:00",
    "monthly on the 1st 08:00",
    "last day of the month 20:00",
    "29 february 12:00",
    "0 9 * * 1",
)
"""Texts that are understood, for help and for messages."""

_FILLERS = frozenset(("every", "each", "on", "the", "at", "of", "and", "in", ",", ";", "&", "a", "an"))
_MACROS = {
    "@hourly": "hourly",
    "@daily": "daily 00:00",
    "@midnight": "daily 00:00",
    "@weekly": "sunday 00:00",
    "@monthly": "monthly on the 1st 00:00",
    "@yearly": "1 january 00:00",
    "@annually": "1 january 00:00",
}
_FLAGS = {
    "day": "daily", "days": "daily", "daily": "daily", "everyday": "daily",
    "hour": "hourly", "hourly": "hourly",
    "week": "weekly", "weekly": "weekly",
    "month": "monthly", "months": "monthly", "monthly": "monthly",
    "year": "yearly", "yearly": "yearly", "annually": "yearly",
}  # fmt: skip
_DAY_GROUPS = {
    "weekday": (1, 2, 3, 4, 5), "weekdays": (1, 2, 3, 4, 5), "workday": (1, 2, 3, 4, 5),
    "workdays": (1, 2, 3, 4, 5), "weekend": (6, 7), "weekends": (6, 7),
}  # fmt: skip
_NAMED_TIMES = {"noon": 720, "midday": 720, "midnight": 0}
_UNSAYABLE = frozenset(("first", "second", "third", "fourth", "fifth", "other", "alternate", "weeks"))
_LONGEST = 300
_NUMBER = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|:\d{2}|\d+(?:st|nd|rd|th)?")
_TOKEN = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|:\d{2}|\d+(?:st|nd|rd|th)?(?![^\W_])|[^\W_]+|\S")
_INTERVAL = re.compile(r"(?:every|each) (?:(\d+) ?)?(minutes?|mins?|hours?|hrs?|days?|weeks?|months?)")
_CRON_WORD = re.compile(r"[-0-9*,/?#]*(?:[a-z]{1,3}[-0-9*,/?#]*)*")


def _weekday_words() -> dict[str, int]:
    found: dict[str, int] = {}
    for number, name in enumerate(WEEKDAY_NAMES, start=1):
        found |= dict.fromkeys((name, f"{name}s", name[:3]), number)
    return found | {"tues": 2, "weds": 3, "thur": 4, "thurs": 4}


def _month_words() -> dict[str, int]:
    found: dict[str, int] = {}
    for number, name in enumerate(MONTH_NAMES, start=1):
        found |= dict.fromkeys((name, name[:3]), number)
    return found | {"sept": 9}


_WEEKDAYS = _weekday_words()
_MONTHS = _month_words()
_VOCABULARY = (
    *WEEKDAY_NAMES, *MONTH_NAMES, "weekdays", "weekends", "daily", "hourly", "monthly",
    "every", "minutes", "hours", "last", "noon", "midnight", "month",
)  # fmt: skip


def parse_timetable(text: str) -> Timetable:
    """The timetable that `text` says.

    Parameters
    ----------
    text : str
        In words (see `EXAMPLES`) or five fields of cron, where 0 and 7 are Sunday and 1 is Monday.

    Returns
    -------
    Timetable
        ``str(...)`` of it is the canonical text.

    Raises
    ------
    InvalidInputError
        What can't be understood, with what might have been meant.

    Examples
    --------
    >>> str(parse_timetable("Every Tuesday at 6 pm"))
    'tuesday 18:00'
    >>> str(parse_timetable("0 9 * * 1"))
    'monday 09:00'
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().replace("–", "-").split())
    plain = re.sub(r"(?<=\d) ?([ap])\.?m\b\.?", r" \1m", plain)
    if len(plain) > _LONGEST:
        refuse(f"{text[:40]}...", f"It is longer than {_LONGEST} characters.")
    if not plain:
        refuse(text, "It is empty.")
    if plain.startswith("@"):
        if plain not in _MACROS:
            refuse(text, f"“{plain}” is no abbreviation of cron.", _closest(plain, tuple(_MACROS)))
        plain = _MACROS[plain]
    if _looks_like_cron(plain):
        return _parse_cron(text, plain)
    if match := _INTERVAL.fullmatch(plain):
        return _interval(text, int(match[1] or 1), match[2])
    return _Reader(text, plain).read()


def refuse(text: str, reason: str, instead: Sequence[str] = ()) -> NoReturn:
    """Raise the `InvalidInputError` for `text`; `instead` are texts that might have been meant."""
    if instead:
        remedy = f"Did you mean {' or '.join(f'“{t}”' for t in dict.fromkeys(instead))}?"
    else:
        remedy = f"Write it like {', '.join(f'“{e}”' for e in EXAMPLES[:7])}, or as cron: “{EXAMPLES[-1]}”."
    raise InvalidInputError(
        f"“{text}” is no timetable.", reason=reason, remedy=remedy, where=Where(field="timetable")
    )


def _closest(word: str, vocabulary: Sequence[str] = _VOCABULARY) -> list[str]:
    return difflib.get_close_matches(word, vocabulary, n=1, cutoff=0.65)


# -- in words ----------------------------------------------------------------------------------------------


def _interval(text: str, number: int, unit: str) -> Timetable:
    if unit.startswith(("day", "week", "month")):
        if unit.startswith("day") and number == 1:
            refuse(text, "The time of day is missing.", [f"daily {t}" for t in ("02:30", "18:00")])
        reason = f"Repeating by {unit} needs a day and a time" if number == 1 else "Only each one can be said"
        refuse(text, f"{reason}.", ["monday 09:00", "monthly on the 1st 09:00"])
    step = number * (60 if unit.startswith("h") else 1)
    if step and MINUTES_A_DAY % step == 0:
        if step == MINUTES_A_DAY:
            refuse(text, "The time of day is missing.", ["daily 02:30"])
        return Timetable(tuple(range(0, MINUTES_A_DAY, step)))
    size = 60 if unit.startswith("h") else 1
    fitting = [s for s in range(size, MINUTES_A_DAY, size) if MINUTES_A_DAY % s == 0]
    near = sorted(sorted(fitting, key=lambda s: abs(s - step))[:2])
    word = "hour" if size == 60 else "minute"
    names = [f"every {s // size} {word}s" if s > size else f"every {word}" for s in near]
    refuse(text, f"A day does not divide into parts of {number} {word}s.", names)


class _Reader:
    """One pass over the words of a timetable, collecting what they say."""

    def __init__(self, text: str, plain: str) -> None:
        self.text = text
        self.tokens: list[str] = _TOKEN.findall(plain)
        self.at = 0
        self.times: list[int] = []
        self.weekdays: list[int] = []
        self.days: list[int] = []
        self.months: list[int] = []
        self.minutes: list[int] = []
        self.flags: set[str] = set()
        self.bare: list[int] = []
        """Numbers without ``st``, ``nd`` ..., which are days only beside a month."""

    def read(self) -> Timetable:
        """The timetable of all tokens."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            self._take(token)
        if "hourly" in self.flags:
            return self._hourly()
        self._check_days()
        if not self.times:
            when = self.text.strip().rstrip(",")
            refuse(self.text, "The time of day is missing.", [f"{when} 09:00"])
        return Timetable(
            times=tuple(sorted(set(self.times))),
            weekdays=() if len(set(self.weekdays)) == 7 else tuple(sorted(set(self.weekdays))),
            days=_sorted_days(self.days),
            months=() if len(set(self.months)) == 12 else tuple(sorted(set(self.months))),
        )

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self, token: str) -> None:
        if token in _FILLERS:
            return
        if token in _FLAGS:
            self.flags.add(_FLAGS[token])
        elif token in _WEEKDAYS:
            self._take_weekday(_WEEKDAYS[token])
        elif token in _DAY_GROUPS:
            self.weekdays += _DAY_GROUPS[token]
        elif token in _MONTHS:
            self.months.append(_MONTHS[token])
        elif token in _NAMED_TIMES:
            self.times.append(_NAMED_TIMES[token])
        elif token == "last":
            self._take_last()
        elif _NUMBER.fullmatch(token):
            self._take_number(token)
        else:
            self._unknown(token)

    def _take_weekday(self, first: int) -> None:
        if self._peek() in ("-", "to", "through"):
            last = _WEEKDAYS.get(self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else "")
            if last is None:
                refuse(self.text, f"After “{self._peek()}” a weekday is missing.", ["monday to friday 07:00"])
            self.at += 2
            self.weekdays += [(first - 1 + n) % 7 + 1 for n in range((last - first) % 7 + 1)]
        else:
            self.weekdays.append(first)

    def _take_last(self) -> None:
        if self._peek() not in ("day", "days"):
            refuse(self.text, "Only the last day of a month can be said.", ["last day of the month 20:00"])
        self.at += 1
        self.days.append(LAST_DAY)

    def _take_number(self, token: str) -> None:
        half = self._peek() if self._peek() in ("am", "pm") else ""
        if token.startswith(":"):
            if int(token[1:]) > 59:
                refuse(self.text, "An hour has the minutes 0 to 59.", ["hourly :30"])
            self.minutes.append(int(token[1:]))
        elif ":" in token or half:
            self.at += bool(half)
            self.times.append(self._time(token, half))
        elif token.isdigit():
            self.bare.append(int(token))
        else:
            self.days.append(int(token[:-2]))

    def _time(self, token: str, half: str) -> int:
        if not token.replace(":", "").isdigit():
            refuse(
                self.text, f"“{token} {half}” is no time.", [self._with(token, half, f"{token[:-2]} {half}")]
            )
        hour, minute, second = ([int(part) for part in token.split(":")] + [0, 0])[:3]
        if second:
            refuse(self.text, "Times are whole minutes.", [self._with(token, "", f"{hour:02}:{minute:02}")])
        if hour == 24 and minute == 0 and not half:
            instead = [self._with(token, "", "23:59"), self._with(token, "", "00:00")]
            refuse(self.text, "24:00 is 00:00 of the day after.", instead)
        if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
            reason = f"“{token} {half}”".replace(" ”", "”") + " is no time of day."
            fits = bool(half) and hour < 24 and minute < 60
            refuse(self.text, reason, [self._with(token, half, f"{hour:02}:{minute:02}")] if fits else [])
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return hour * 60 + minute

    def _unknown(self, token: str) -> NoReturn:
        if token in _UNSAYABLE:
            refuse(
                self.text,
                f"“{token}” can't be said of weekdays or intervals.",
                ["monday 09:00", "monthly on the 1st 09:00"],
            )
        if match := re.search(r"\b(\d{1,2})[h.](\d{2})\b", self.text):
            fixed = self.text.replace(match[0], f"{match[1]}:{match[2]}")
            refuse(self.text, f"“{match[0]}” is not understood.", [fixed])
        near = _closest(token)
        instead = [re.sub(rf"(?i)\b{re.escape(token)}\b", near[0], self.text)] if near else []
        refuse(self.text, f"“{token}” is not understood.", instead)

    def _hourly(self) -> Timetable:
        if self.times or self.weekdays or self.days or self.months or self.bare or self.flags != {"hourly"}:
            refuse(
                self.text,
                "“Hourly” takes no days or times but minutes past the hour; cron can say more.",
                ["hourly :15", "15 9-17 * * mon-fri"],
            )
        minutes = sorted(set(self.minutes)) or [0]
        return Timetable(tuple(h * 60 + m for h in range(24) for m in minutes))

    def _check_days(self) -> None:
        if self.minutes:
            refuse(self.text, "Minutes alone go with “hourly”.", ["hourly :15"])
        if self.bare:
            if not (self.months or "monthly" in self.flags):
                number = self.bare[0]
                guess = re.sub(rf"\b{number}\b", f"{number:02}:00", self.text, count=1)
                refuse(self.text, f"“{number}” is no time of day.", [guess] if number < 24 else [])
            self.days += self.bare
        if self.days and self.weekdays:
            at = self._shown_time()
            instead = [
                f"{WEEKDAY_NAMES[self.weekdays[0] - 1]} {at}",
                f"monthly on the {self._shown_days()} {at}",
            ]
            refuse(self.text, "Weekdays and days of the month don't go together.", instead)
        if len(set(self.days)) > 1 and len(set(self.months)) > 1:
            refuse(
                self.text, "Several days of several months need a schedule each, or cron.", ["0 8 1,15 1,7 *"]
            )
        check_dates(self.text, self.days, self.months)
        self._check_flags()

    def _check_flags(self) -> None:
        at = self._shown_time()
        dated = bool(self.days or self.weekdays)
        if self.months and not self.days:
            name = MONTH_NAMES[self.months[0] - 1]
            refuse(
                self.text, "The day of the month is missing.", [f"1 {name} {at}", f"last day of {name} {at}"]
            )
        if self.days and not (self.months or "monthly" in self.flags):
            refuse(
                self.text, "It does not say of which month.", [f"monthly on the {self._shown_days()} {at}"]
            )
        if "daily" in self.flags and dated:
            refuse(self.text, "“Daily” and chosen days don't go together.", [self._without_daily()])
        if not dated and "daily" not in self.flags:
            guesses = {
                "weekly": f"monday {at}",
                "monthly": f"monthly on the 1st {at}",
                "yearly": f"1 january {at}",
            }
            wanted = [guess for flag, guess in guesses.items() if flag in self.flags]
            refuse(self.text, "The days are missing.", wanted or [f"daily {at}", f"weekdays {at}"])
        if "weekly" in self.flags and not self.weekdays:
            refuse(self.text, "“Weekly” needs a weekday.", [f"monday {at}"])
        if "monthly" in self.flags and not self.days:
            refuse(self.text, "“Monthly” needs a day of the month.", [f"monthly on the 1st {at}"])
        if "yearly" in self.flags and not self.months:
            refuse(self.text, "“Yearly” needs a day and a month.", [f"1 january {at}"])

    def _shown_time(self) -> str:
        return clock(self.times[0]) if self.times else "09:00"

    def _shown_days(self) -> str:
        return ", ".join("last day" if d == LAST_DAY else ordinal(d) for d in _sorted_days(self.days))

    def _with(self, token: str, half: str, better: str) -> str:
        """The text with one of its times written otherwise."""
        return re.sub(rf"(?i){re.escape(token)}\s*{half}", better, self.text, count=1)

    def _without_daily(self) -> str:
        return " ".join(re.sub(r"(?i)\b(daily|everyday|every day)\b", "", self.text).split())


def check_dates(text: str, days: Sequence[int], months: Sequence[int]) -> None:
    """Refuse days that none of the months has, such as 30 February.

    Raises
    ------
    InvalidInputError
        A day outside 1 to 31, or one that never comes.
    """
    for day in days:
        if day != LAST_DAY and not 1 <= day <= 31:
            refuse(text, f"No month has a day {day}.", ["last day of the month 20:00"] if day > 31 else [])
        if months and day > max(LONGEST_MONTHS[m - 1] for m in months):
            name = MONTH_NAMES[months[0] - 1]
            refuse(text, f"{name.capitalize()} has no {ordinal(day)}.", [f"last day of {name} 09:00"])


def _sorted_days(days: Sequence[int]) -> tuple[int, ...]:
    """Ascending, without doubles, the last day at the end; empty when every day of the month is named."""
    numbers = sorted({d for d in days if d != LAST_DAY})
    if len(numbers) == 31:
        return ()
    return (*numbers, LAST_DAY) if LAST_DAY in days else tuple(numbers)


# -- cron --------------------------------------------------------------------------------------------------


def _looks_like_cron(plain: str) -> bool:
    parts = plain.split(" ")
    if ":" in plain or not all(_CRON_WORD.fullmatch(p) for p in parts):
        return False
    return "*" in plain or (len(parts) in (5, 6) and all(p[0].isdigit() for p in parts[:2]))


def _parse_cron(text: str, plain: str) -> Timetable:
    parts = plain.split(" ")
    if len(parts) != 5:
        count = f"It has {len(parts)} fields; cron has five: minute, hour, day of the month, month, weekday."
        refuse(text, count, [" ".join(parts[1:])] if len(parts) == 6 and parts[0] == "0" else ["0 9 * * mon"])
    minute, hour, day, month, weekday = parts
    minutes = _field(text, "minute", minute, (0, 59))
    hours = _field(text, "hour", hour, (0, 23))
    last = "l" in day.split(",")
    numbered = ",".join(p for p in day.split(",") if p != "l")
    days = _field(text, "day of the month", numbered, (1, 31)) if numbered else []
    months = _field(text, "month", month, (1, 12), _MONTHS)
    numbers = {name: number % 7 for name, number in _WEEKDAYS.items()}
    weekdays = sorted({d or 7 for d in (n % 7 for n in _field(text, "weekday", weekday, (0, 7), numbers))})
    any_day, any_weekday = day in ("*", "?"), weekday in ("*", "?")
    if not any_day and not any_weekday:
        if day.startswith("*") or weekday.startswith("*"):
            refuse(
                text,
                "Programs differ on a step of days beside weekdays.",
                [
                    f"{minute} {hour} {_plain(day)} {month} {_plain(weekday)}",
                    f"{minute} {hour} * * {weekday}",
                ],
            )
        every = len(days) == 31 or len(weekdays) == 7
        any_day, any_weekday = every, every
    found = [] if any_day else [*days, *([LAST_DAY] if last else [])]
    chosen = [] if any_weekday or len(weekdays) == 7 else weekdays
    longest = max(LONGEST_MONTHS[m - 1] for m in months)
    if found and not chosen and min(found) > longest:
        check_dates(text, found, months)
    # A step such as */2 names a 31st in February, too; days that none of the months has say nothing.
    found = [d for d in found if d <= longest]
    return Timetable(
        times=tuple(h * 60 + m for h in hours for m in minutes),
        weekdays=tuple(chosen),
        days=_sorted_days(found),
        months=() if len(months) == 12 else tuple(months),
    )


def _plain(field: str) -> str:
    return "*" if field.startswith("*") else field


def _field(
    text: str, name: str, field: str, limits: tuple[int, int], names: dict[str, int] | None = None
) -> list[int]:
    """The values of one field of cron, ascending."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        first_text, dash, last_text = span.partition("-")
        # Sunday is both 0 and 7, and a step over the week counts it once.
        end = 6 if name == "weekday" else limits[1]
        if span in ("*", "?"):
            first, last = limits[0], end
        else:
            first = _value(text, name, first_text, limits, names)
            last = (
                _value(text, name, last_text, limits, names)
                if dash
                else (max(first, end) if slash else first)
            )
        step = _value(text, name, step_text, (1, max(1, limits[1])), None) if slash else 1
        if first > last and name == "weekday":
            found |= {n % 7 for n in range(first, last + 8, step)}
        elif first > last:
            refuse(text, f"In the {name} “{part}” the end is before the beginning.")
        else:
            found |= set(range(first, last + 1, step))
    return sorted(found)


def _value(text: str, name: str, word: str, limits: tuple[int, int], names: dict[str, int] | None) -> int:
    if names and word in names:
        return names[word]
    low, high = limits
    if not (word.isascii() and word.isdigit()):
        near = _closest(word, tuple(names)) if names and word else []
        instead = [text.casefold().replace(word, near[0])] if near else []
        refuse(text, f"“{word}” is no {name}." if word else f"A {name} is missing.", instead)
    if not low <= int(word) <= high:
        refuse(text, f"The {name} {word} is not between {low} and {high}.")
    return int(word)
