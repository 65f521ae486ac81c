"""Timetables laid on the clocks of real time zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.schedules import DueTime
from mlops_desktop.domain.timetable import Timetable
from mlops_desktop.domain.timetable_text import parse_timetable
from mlops_desktop.service.timetable import find_zone, local_zone_name, next_times, preview, times_between

ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
    "America/Nuuk", "America/Havana", "Africa/Cairo", "Asia/Beirut", "America/St_Johns", "Pacific/Chatham",
    "America/Santiago", "Europe/Dublin", "Antarctica/Troll", "UTC",
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(text: str, zone: str, after: str, count: int) -> list[DueTime]:
    return next_times(parse_timetable(text), at(after), zone, count)


def local(text: str, zone: str, after: str, count: int) -> list[str]:
    return [t.local for t in due(text, zone, after, count)]


def test_a_time_that_does_not_exist_is_taken_after_the_gap_and_said() -> None:
    times = due("30 2 * * *", "Europe/Berlin", "2027-03-27", 3)
    assert [t.due_at for t in times] == [
        at("2027-03-27T01:30"),
        at("2027-03-28T01:00"),
        at("2027-03-29T00:30"),
    ]
    assert times[1].local == "Sun 28 Mar 2027 03:00"
    assert times[1].note == "02:30 does not exist on that day: at 03:00"
    assert times[0].note == times[2].note == ""


def test_a_time_that_exists_twice_is_taken_the_first_time_and_said() -> None:
    times = due("30 2 * * *", "Europe/Berlin", "2026-10-24", 3)
    assert [t.due_at for t in times] == [
        at("2026-10-24T00:30"),
        at("2026-10-25T00:30"),
        at("2026-10-26T01:30"),
    ]
    assert times[1].note == "02:30 exists twice on that day: the first is taken"


def test_the_second_of_two_equal_wall_times_finds_the_next_day() -> None:
    assert due("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30", 1)[0].due_at == at("2026-10-26T01:30")
    assert due("30 2 * * *", "Europe/Berlin", "2026-10-25T01:00", 1)[0].due_at == at("2026-10-26T01:30")


def test_months_without_the_day_are_skipped_and_named() -> None:
    times = due("0 6 31 * *", "UTC", "2026-11-25", 3)
    assert [t.local for t in times] == [
        "Thu 31 Dec 2026 06:00",
        "Sun 31 Jan 2027 06:00",
        "Wed 31 Mar 2027 06:00",
    ]
    assert times[2].note == "February 2027 has no 31st: skipped"
    assert local("last day of the month 6:00", "UTC", "2027-01-31T07:00", 2) == [
        "Sun 28 Feb 2027 06:00",
        "Wed 31 Mar 2027 06:00",
    ]


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    assert local("0 6 29 2 *", "UTC", "2026-11-25", 2) == ["Tue 29 Feb 2028 06:00", "Sun 29 Feb 2032 06:00"]
    assert local("29 february 6:00", "UTC", "2096-03-01", 1) == ["Fri 29 Feb 2104 06:00"]


def test_zero_and_seven_are_sunday_and_one_is_monday() -> None:
    sundays = [f"Sun {day} 2026 03:00" for day in ("29 Nov", "6 Dec", "13 Dec", "20 Dec")]
    assert local("0 3 * * 0", "Europe/Berlin", "2026-11-25", 4) == sundays
    assert local("0 3 * * 7", "Europe/Berlin", "2026-11-25", 4) == sundays
    assert local("0 9 * * 1", "Europe/Berlin", "2026-11-25", 1) == ["Mon 30 Nov 2026 09:00"]


def test_day_of_month_and_weekday_of_cron_fit_either() -> None:
    found = local("0 9 13 * fri", "UTC", "2026-12-01", 4)
    assert [t[:10].strip() for t in found] == ["Fri 4 Dec", "Fri 11 Dec", "Sun 13 Dec", "Fri 18 Dec"]


def test_a_gap_of_half_an_hour_moves_a_time_by_what_is_missing() -> None:
    [moved] = due("daily 02:15", "Australia/Lord_Howe", "2026-10-03", 1)
    assert (moved.due_at, moved.local) == (at("2026-10-03T15:30"), "Sun 4 Oct 2026 02:30")


def test_a_day_without_midnight_begins_at_one() -> None:
    times = due("daily 00:00", "America/Sao_Paulo", "2018-11-03T12:00", 2)
    assert [t.local for t in times] == ["Sun 4 Nov 2018 01:00", "Mon 5 Nov 2018 00:00"]
    assert times[0].note == "00:00 does not exist on that day: at 01:00"


def test_a_gap_that_ends_at_midnight_keeps_the_run_on_its_day() -> None:
    assert local("daily 23:30", "America/Nuuk", "2027-03-27T12:00", 2) == [
        "Sat 27 Mar 2027 22:59",
        "Sun 28 Mar 2027 23:30",
    ]


def test_a_date_that_does_not_exist_is_left_out_and_named() -> None:
    times = due("daily 02:30", "Pacific/Apia", "2011-12-29T00:00", 2)
    assert [t.local for t in times] == ["Thu 29 Dec 2011 02:30", "Sat 31 Dec 2011 02:30"]
    assert times[1].note == "30 Dec 2011 does not exist there: skipped"


def test_several_missing_times_become_one() -> None:
    times = due("0,30 2,3 * * *", "Europe/Berlin", "2027-03-28T00:00", 3)
    assert [t.local[-5:] for t in times] == ["03:00", "03:30", "02:00"]
    assert times[0].note == "02:00, 02:30 do not exist on that day: at 03:00"


def test_each_hour_that_passes_counts_where_it_is_doubled_and_not_where_it_is_missing() -> None:
    autumn = due("hourly", "Europe/Berlin", "2026-10-24T22:30", 5)
    assert [t.due_at.hour for t in autumn] == [23, 0, 1, 2, 3]
    assert autumn[2].note == "02:00 exists twice on that day: this is the second"
    spring = local("hourly", "Europe/Berlin", "2027-03-27T23:30", 3)
    assert [t[-5:] for t in spring] == ["01:00", "03:00", "04:00"]


def minute_by_minute(timetable: Timetable, zone: str, begin: datetime, hours: int) -> list[datetime]:
    """What a timetable of each hour means, found by looking at every minute."""
    minutes = [begin + timedelta(minutes=n) for n in range(1, hours * 60 + 1)]
    walls = [m.astimezone(ZoneInfo(zone)) for m in minutes]
    return [
        m
        for m, w in zip(minutes, walls, strict=True)
        if w.hour * 60 + w.minute in timetable.times
        and (not timetable.weekdays or w.isoweekday() in timetable.weekdays)
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["hourly", "hourly :45", "every 20 minutes", "*/15 * * * sun"])
@pytest.mark.parametrize("day", ["2027-03-26", "2027-04-03", "2026-10-02", "2026-10-30", "2026-10-23"])
def test_each_hour_is_what_looking_at_every_minute_finds(zone: str, text: str, day: str) -> None:
    timetable = parse_timetable(text)
    expected = minute_by_minute(timetable, zone, at(day), 72)
    passed = times_between(timetable, at(day), at(day) + timedelta(hours=72), zone, 1000)
    assert [t.due_at for t in passed.latest] == expected
    assert passed.number == len(expected)


instants = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))


@settings(max_examples=300, deadline=None)
@given(zone=st.sampled_from(ZONES), after=instants, minute=st.integers(0, 1439))
def test_a_daily_time_comes_once_on_each_local_day_and_always_later(
    zone: str, after: datetime, minute: int
) -> None:
    times = [t.due_at for t in next_times(Timetable((minute,)), after, zone, 12)]
    assert times[0] > after
    assert all(a < b for a, b in pairwise(times))
    dates = [t.astimezone(ZoneInfo(zone)).date() for t in times]
    assert [(b - a).days for a, b in pairwise(dates)] == [1] * 11


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_time_comes_once_on_every_day_of_two_years(zone: str) -> None:
    for minute in (0, 30, 90, 150, 1410, 1439):
        times = next_times(Timetable((minute,)), at("2026-01-01"), zone, 730)
        dates = [t.due_at.astimezone(ZoneInfo(zone)).date() for t in times]
        assert [(b - a).days for a, b in pairwise(dates)] == [1] * 729


TEXTS = (
    "daily 02:30",
    "hourly",
    "*/20 1-3 * * *",
    "sunday 00:00",
    "monthly on the 31st 23:30",
    "0 2 13 * sun",
)


@settings(max_examples=200, deadline=None)
@given(zone=st.sampled_from(ZONES), after=instants, text=st.sampled_from(TEXTS), ahead=st.integers(1, 8))
def test_asking_one_by_one_finds_what_asking_at_once_finds(
    zone: str, after: datetime, text: str, ahead: int
) -> None:
    timetable = parse_timetable(text)
    together = [t.due_at for t in next_times(timetable, after, zone, ahead)]
    at_once: list[datetime] = []
    for _ in range(ahead):
        at_once.append(next_times(timetable, at_once[-1] if at_once else after, zone, 1)[0].due_at)
    assert at_once == together
    between = times_between(timetable, after, together[-1], zone, ahead)
    assert [t.due_at for t in between.latest] == together


def test_nothing_passed_between_an_instant_and_an_earlier_one() -> None:
    passed = times_between(parse_timetable("every minute"), at("2026-11-25"), at("2026-11-24"), "UTC", 5)
    assert passed == (0, [])


def test_a_year_of_every_minute_is_counted_and_the_latest_kept() -> None:
    passed = times_between(parse_timetable("every minute"), at("2026-01-01"), at("2027-01-01"), "UTC", 2)
    assert passed.number == 365 * 1440
    assert [t.due_at for t in passed.latest] == [at("2026-12-31T23:59"), at("2027-01-01")]


def test_a_preview_shows_words_times_and_rules() -> None:
    shown = preview("0 6 31 * *", "Europe/Berlin", at("2026-11-25"))
    assert shown.timetable == "monthly on the 31st 06:00"
    assert shown.words == "On the 31st of each month at 06:00 (Europe/Berlin)"
    assert len(shown.times) == 5
    assert "skipped" in shown.rules[0]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"), ("Europe/Berlim", "Europe/Berlin"),
     ("new york", "America/New_York"), ("../../etc/passwd", ""), ("", ""), ("/etc/localtime", "")],
)  # fmt: skip
def test_an_unknown_zone_is_refused_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        find_zone(name)
    assert meant in caught.value.remedy


def test_this_machine_has_a_zone_that_is_known() -> None:
    assert find_zone(local_zone_name())
