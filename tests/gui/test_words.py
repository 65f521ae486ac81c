"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mlops_desktop.gui.words import counted, file_name, share_words, signed, when_words

NOW = datetime(2026, 11, 25, 9, 8, tzinfo=UTC)


def test_shares_never_say_none_or_all_when_it_is_not() -> None:
    assert [share_words(p, 100_000) for p in (0, 1, 5200, 99_999, 100_000)] == [
        "0 %",
        "<0.1 %",
        "5.2 %",
        ">99.9 %",
        "100 %",
    ]


def test_one_thing_is_not_called_many() -> None:
    assert [counted(n, "1 row", "{:,} rows") for n in (0, 1, 1337)] == ["0 rows", "1 row", "1,337 rows"]


def test_a_difference_has_its_sign() -> None:
    assert [signed(n) for n in (212, 0, -3)] == ["+212", "+0", "−3"]


def test_a_name_is_found_in_paths_of_either_system() -> None:
    assert {file_name("/data/may.csv"), file_name("C:\\data\\may.csv")} == {"may.csv"}


def test_times_are_near_or_dated() -> None:
    assert when_words(NOW - timedelta(days=1), NOW) == "yesterday 09:08"
    assert when_words(NOW - timedelta(days=9), NOW) == "16 Nov"
    assert when_words(NOW - timedelta(days=900), NOW).endswith("2024")
