from __future__ import annotations

import pytest

from mlops_desktop.domain.errors import FileError

TABLE = "id   name     time   amount\n1    Anna     10:30    1.50\n2    Bob Lee  11:00   12.25\n3             12:15    3.00\n"


def test_columns_aligned_by_blanks_are_read_by_their_places(bring_in):
    table = bring_in(TABLE, name="t.txt")
    assert table["name"] == ["Anna", "Bob Lee", None]
    assert table["amount"] == [1.5, 12.25, 3.0]
    assert "delimiter: blanks. Aligned" in table.said


def test_numbers_without_names_between_runs_of_blanks_are_columns(bring_in):
    table = bring_in("".join(f"  {i:5.2f}   {i * 3:6d}  {i % 2}\n" for i in range(9)), name="t.data")
    assert table["column 2"] == [3 * i for i in range(9)]


def test_a_rule_below_the_names_and_decimal_commas_are_understood(bring_in):
    table = bring_in("id  betrag\n--  ------\n1     1,50\n2    12,25\n", name="t.txt")
    assert table.columns == {"id": [1, 2], "betrag": [1.5, 12.25]}


def test_a_gap_is_as_narrow_as_all_lines_leave_it(bring_in):
    rows = "".join(f"{i:<6d} {'Lee Ann':<8} {i:8.2f}\n" for i in range(1200))
    assert bring_in("id     name       amount\n" + rows, name="t.txt")["id"][-1] == 1199


def test_a_line_that_leaves_the_columns_is_refused_with_its_number(bring_in):
    rows = "".join(f"{i:<6d} {'Lee Ann':<8} {i:8.2f}\n" for i in range(500))
    with pytest.raises(FileError, match="Line 502 has “o lo”") as caught:
        bring_in("id     name       amount\n" + rows + "123456 Much too long a name 3.00\n", name="t.txt")
    assert caught.value.where.line == 502


def test_one_column_of_words_with_blanks_in_it_stays_one(bring_in):
    table = bring_in("note\nfirst  remark\nother  thing\nmore  words here\n")
    assert table["note"] == ["first  remark", "other  thing", "more  words here"]
    assert "may stand for columns of fixed width" in table.said


def test_the_blanks_that_a_preview_found_can_be_given_again(bring_in):
    found = bring_in(TABLE, name="t.txt").staged.report.options
    assert found.delimiter == "  "
    assert bring_in(TABLE, name="t.txt", delimiter=found.delimiter)["id"] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "| id | name |\n|----|:----:|\n| 1 | x |\n| 2 |  |\n",
        "+----+------+\n| id | name |\n+----+------+\n|  1 | x    |\n|  2 |      |\n+----+------+\n",
        " id | name \n----+------\n  1 | x\n  2 | \n(2 rows)\n",
    ],
)
def test_a_table_framed_by_bars_and_lines_is_read(bring_in, text):
    assert bring_in(text, name="t.txt").columns == {"id": [1, 2], "name": ["x", None]}


def test_a_row_of_dashes_is_a_row_of_missing_values(bring_in):
    rows = "".join(f"{i:4d}  {i * 2:4d}\n" for i in range(9))
    assert bring_in("  id     v\n" + rows + "  --    --\n", name="t.txt")["v"] == [*range(0, 18, 2), None]
