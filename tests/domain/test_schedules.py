"""Timetables as people write them, and the structs of a schedule."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.schedules import (
    EXAMPLES,
    Action,
    Firing,
    Schedule,
    canonical,
    check_schedule,
    late_words,
    parse_timetable,
    rules,
    span_words,
    words,
)
from mlops_desktop.domain.timetable import LAST_DAY, Timetable

READ_AS = {
    "tuesday 18:00": "tuesday 18:00",
    "every tuesday 18:00": "tuesday 18:00",
    "Every Tuesday at 6 p.m.": "tuesday 18:00",
    "18:00 every tuesday and thursday": "tuesday, thursday 18:00",
    "daily 02:30": "daily 02:30",
    "every day at 6:30 pm": "daily 18:30",
    "daily 12 am": "daily 00:00",
    "daily 12pm": "daily 12:00",
    "daily 9:00 and 18:30": "daily 09:00, 18:30",
    "hourly": "hourly",
    "every hour": "hourly",
    "hourly at :15": "hourly :15",
    "every 15 minutes": "every 15 minutes",
    "every minute": "every minute",
    "every 6 hours": "every 6 hours",
    "every 90 minutes": "every 90 minutes",
    "weekdays 07:00": "weekdays 07:00",
    "monday to friday 7:00": "weekdays 07:00",
    "fri-sun 7:00": "friday, saturday, sunday 07:00",
    "noon on weekends": "weekends 12:00",
    "monday, thursday 9:00": "monday, thursday 09:00",
    "monthly on the 31st 08:00": "monthly on the 31st 08:00",
    "on the 1st and 15th of each month at 8 am": "monthly on the 1st, 15th 08:00",
    "last day of the month 20:00": "last day of the month 20:00",
    "last day of february 20:00": "last day of february 20:00",
    "29 february 12:00": "29 february 12:00",
    "0 9 * * 1": "monday 09:00",
    "0 9 * * 0": "sunday 09:00",
    "0 9 * * 7": "sunday 09:00",
    "0 9 * * 5-7": "friday, saturday, sunday 09:00",
    "0 9 * * fri-mon": "monday, friday, saturday, sunday 09:00",
    "0 9 * * 0-6": "daily 09:00",
    "0 6 31 * *": "monthly on the 31st 06:00",
    "0 6 29 2 *": "29 february 06:00",
    "0 6 L * *": "last day of the month 06:00",
    "*/15 * * * *": "every 15 minutes",
    "*/20 9-17 * * mon-fri": "*/20 9-17 * * mon-fri",
    "0 9 13 * 5": "0 9 13 * fri",
    "0 0 1,15 1,7 *": "0 0 1,15 1,7 *",
    "0 6 15,31 2 *": "15 february 06:00",
    "0 6 31 2 mon": "0 6 * 2 mon",
    "@weekly": "sunday 00:00",
}

REFUSED = {
    "teusday 18:00": "tuesday 18:00",
    "tuesday": "tuesday 09:00",
    "tuesday 6": "tuesday 06:00",
    "18:00": "daily 18:00",
    "daily 18h30": "daily 18:30",
    "daily 18.30": "daily 18:30",
    "daily 13 pm": "daily 13:00",
    "daily 24:00": "daily 00:00",
    "daily 9:00:30": "daily 09:00",
    "daily monday 9:00": "monday 9:00",
    "every 7 minutes": "every 6 minutes",
    "every 5 hours": "every 4 hours",
    "every 2 days": "monday 09:00",
    "every 2 weeks on monday 9:00": "monday 09:00",
    "first monday 9:00": "monday 09:00",
    "weekly 9:00": "monday 09:00",
    "monthly 08:00": "monthly on the 1st 08:00",
    "yearly 08:00": "1 january 08:00",
    "30 february 08:00": "last day of february 09:00",
    "monday the 13th 9:00": "monthly on the 13th 09:00",
    "9th 9:00": "monthly on the 9th 09:00",
    "1st, 15th january, july 8:00": "0 8 1,15 1,7 *",
    "hourly 9:00": "hourly :15",
    "0 9 * *": "0 9 * * mon",
    "0 0 9 * * *": "0 9 * * *",
    "0 9 * * mno": "0 9 * * mon",
    "0 9 */2 * mon": "0 9 * * mon",
    "@dayly": "@daily",
}


@pytest.mark.parametrize(("text", "canonical_text"), READ_AS.items())
def test_a_timetable_is_read_as_people_write_it(text: str, canonical_text: str) -> None:
    assert canonical(parse_timetable(text)) == canonical_text


@pytest.mark.parametrize("text", [*READ_AS, *EXAMPLES])
def test_the_canonical_text_means_the_same_timetable(text: str) -> None:
    timetable = parse_timetable(text)
    assert parse_timetable(str(timetable)) == timetable
    assert str(parse_timetable(str(timetable))) == str(timetable)


@pytest.mark.parametrize(("text", "meant"), REFUSED.items())
def test_what_is_not_understood_is_refused_with_what_may_be_meant(text: str, meant: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_timetable(text)
    offered = re.findall("“(.*?)”", caught.value.remedy)
    assert meant in offered
    assert all(parse_timetable(offer) for offer in offered)
    assert caught.value.where.field == "timetable"


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\x00", "daily 25:00", "daily 12:60", "between 9 and 17", "60 9 * * 1", "0 9 * * 8", "0 9 0 * *",
     "*/0 * * * *", "5-1 * * * *", "0 9 * * 1-", "0 9 * * 1#2", "0 9 31 2 *", "32nd of the month 9:00",
     "tuesday 18:00 🎉", "9" * 5000, "every 0 minutes", "9" * 25 + " * * * *", "daily 99:99 pm", ":", "6 am 15 am", "9 pm 0 ,"],
)  # fmt: skip
def test_nonsense_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_timetable(text)
    assert caught.value.reason and caught.value.remedy


@given(st.text(alphabet="0123456789*/,-:#lmonthlydaily every tuesday last weekamp@", max_size=30))
def test_any_text_is_a_timetable_or_is_refused(text: str) -> None:
    try:
        timetable = parse_timetable(text)
    except InvalidInputError:
        return
    assert parse_timetable(str(timetable)) == timetable


def _fields(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.lists(st.integers(low, high), min_size=1, max_size=4).map(lambda v: ",".join(map(str, v)))
    return st.one_of(st.just("*"), numbers, st.integers(2, 6).map(lambda n: f"*/{n}"))


@given(st.tuples(_fields(0, 59), _fields(0, 23), _fields(1, 28), _fields(1, 12), st.just("*")))
def test_any_expression_of_cron_survives_its_canonical_text(fields: tuple[str, ...]) -> None:
    timetable = parse_timetable(" ".join(fields))
    assert parse_timetable(str(timetable)) == timetable


def test_numbers_of_weekdays_are_those_of_cron_and_shown_by_name() -> None:
    assert (
        words(parse_timetable("0 3 * * 0")) == words(parse_timetable("0 3 * * 7")) == "Every Sunday at 03:00"
    )
    assert words(parse_timetable("0 9 * * 1")) == "Every Monday at 09:00"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tuesday 18:00", "Every Tuesday at 18:00 (Europe/Berlin)"),
        ("daily 9:00, 18:30", "Every day at 09:00 and 18:30 (Europe/Berlin)"),
        ("hourly", "Every hour (Europe/Berlin)"),
        ("hourly :15", "Every hour at 15 minutes past (Europe/Berlin)"),
        ("every 15 minutes", "Every 15 minutes (Europe/Berlin)"),
        ("weekdays 07:00", "Every weekday (Monday to Friday) at 07:00 (Europe/Berlin)"),
        (
            "monthly on the 1st, last day 8:00",
            "On the 1st and last day of each month at 08:00 (Europe/Berlin)",
        ),
        ("29 february 12:00", "On 29 February at 12:00 (Europe/Berlin)"),
        ("0 9 13 * fri", "On the 13th of each month and every Friday at 09:00 (Europe/Berlin)"),
        ("*/15 9-17 * * mon", "Every Monday, 36 times from 09:00 to 17:45 (Europe/Berlin)"),
    ],
)
def test_a_timetable_is_said_in_words(text: str, said: str) -> None:
    assert words(parse_timetable(text), "Europe/Berlin") == said


def test_days_that_some_months_lack_are_told_with_the_last_day_as_a_way_out() -> None:
    assert "without a 31st are skipped" in rules(parse_timetable("0 6 31 * *"))[0]
    assert "last day of the month" in rules(parse_timetable("0 6 31 * *"))[0]
    assert "leap years" in rules(parse_timetable("29 february 12:00"))[0]
    assert rules(parse_timetable("last day of the month 20:00")) == []


def test_the_last_day_is_no_number() -> None:
    assert parse_timetable("last day of the month 20:00") == Timetable((1200,), days=(LAST_DAY,))


def test_only_a_timetable_of_each_hour_follows_the_hours_that_pass() -> None:
    assert parse_timetable("every 15 minutes").every_hour
    assert parse_timetable("30 * * * mon").every_hour
    assert not parse_timetable("every 2 hours").every_hour
    assert not parse_timetable("daily 02:30").every_hour


SCHEDULE = Schedule(
    schedule_id=1,
    name="weekly",
    timetable="tuesday 18:00",
    timezone="Europe/Berlin",
    action=Action("runs.start", {"data": "customers", "like": 3}, "f00d"),
    created_at=datetime(2026, 11, 25, tzinfo=UTC),
)


def test_a_schedule_and_its_firings_cross_the_wire_as_they_are() -> None:
    firing = Firing(1, datetime(2026, 12, 1, 17, tzinfo=UTC), "skipped", why="the run before was still going")
    for value in (SCHEDULE, firing):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type(value)) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("retries", 11), ("catch_up_h", -1.0), ("catch_up_h", float("nan")), ("retry_after_min", 1e9)],
)  # fmt: skip
def test_a_schedule_with_an_option_that_cant_hold_is_refused_by_its_name(field: str, value: object) -> None:
    check_schedule(SCHEDULE)
    with pytest.raises(InvalidInputError) as caught:
        check_schedule(msgspec.structs.replace(SCHEDULE, **{field: value}))
    assert caught.value.where.field == field


def test_lengths_of_time_are_said_in_two_units() -> None:
    assert late_words(7200) == "late by 2 h"
    assert [span_words(s) for s in (0, 40, 90, 5400, 86400 * 3 + 4 * 3600 + 60)] == [
        "0 s", "40 s", "1 min", "1 h 30 min", "3 d 4 h",
    ]  # fmt: skip
