"""What differs between runs, as lines of a table."""

from __future__ import annotations

from mlops_desktop.gui.screens.runs.settings_card import setting_rows

SPLITS = ("708 rows of 2012-10 held out", "708 rows of 2012-10 held out, trained on the 6 months before")


def test_long_settings_that_differ_at_their_end_are_shown_whole() -> None:
    rows = [cells for _, cells in setting_rows("Split", "Split", SPLITS, 22)]
    columns = list(zip(*rows, strict=True))
    assert [" ".join(cell.text for cell in column).strip() for column in columns] == ["Split", *SPLITS]


def test_a_setting_without_a_value_has_its_line() -> None:
    assert len(list(setting_rows("Tags", "Tags", ("", "a"), 22))) == 1


def test_ten_runs_with_no_room_for_a_letter_are_shown() -> None:
    rows = [cells for _, cells in setting_rows("titles", "", ["a long name"] * 10, 0)]
    assert [row[1].text for row in rows] == ["a long", "name"]
