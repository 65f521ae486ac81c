from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mlops_desktop.domain.errors import FileError
from mlops_desktop.domain.imports import ColumnType
from mlops_desktop.store.reading.proofs import real


def column(values, name="v"):
    return f"n,{name}\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values))


def test_a_column_with_a_leading_zero_anywhere_stays_text(bring_in):
    table = bring_in(column(["12345"] * 30 + ["01234"]))
    assert table.types["v"] == "VARCHAR"
    assert table["v"][-1] == "01234"
    assert "Leading zeros, as in “01234” in row 31" in table.said


def test_a_plus_sign_makes_a_column_a_code(bring_in):
    assert bring_in(column(["12025550100", "+12025550101"]))["v"][1] == "+12025550101"


@pytest.mark.parametrize(
    "value", ["9223372036854775807", "9223372036854775808", "-99999999999999999999", "1" * 38]
)
def test_whole_numbers_keep_every_digit(bring_in, value):
    table = bring_in(column(["1", value]))
    assert table["v"] == [1, int(value)]


def test_whole_numbers_beyond_every_type_stay_text(bring_in):
    assert bring_in(column(["1" * 45]))["v"] == ["1" * 45]


def test_a_text_after_the_sample_widens_the_column_and_says_so(bring_in):
    rows = "".join(f"{i},{i},{'x' * 400}\n" for i in range(70_000))
    table = bring_in("id,value,pad\n" + rows + "70000,N0042,x\n")
    assert table.types == {"id": "BIGINT", "value": "VARCHAR", "pad": "VARCHAR"}
    assert table["value"][:2] == ["0", "1"]
    assert "value: integer in the rows looked at first, text because of “N0042” in row 70001" in table.said


def test_a_fraction_after_the_sample_is_not_rounded(bring_in):
    rows = "".join(f"{i},{'x' * 400}\n" for i in range(70_000))
    table = bring_in("v,pad\n" + rows + "2.5,x\n")
    assert table.types["v"] == "DOUBLE"
    assert table["v"][-1] == 2.5


def test_a_german_number_is_the_number_a_german_reads(bring_in):
    table = bring_in("betrag;n\n1.234,56;1\n0,50;2\n12;3\n")
    assert table["betrag"] == [1234.56, 0.5, 12.0]
    assert "comma was taken as decimal mark" in table.said


def test_a_comma_that_may_be_either_mark_stays_text(bring_in):
    table = bring_in('n,v\n1,"1,234"\n2,"2,345"\n')
    assert table["v"] == ["1,234", "2,345"]
    assert "thousands or a decimal comma" in table.said


def test_two_currencies_are_never_merged(bring_in):
    assert bring_in('n,v\n1,€12.50\n2,"$2,201.00"\n')["v"] == ["€12.50", "$2,201.00"]


def test_the_order_of_day_and_month_is_decided_by_any_row(bring_in):
    table = bring_in(column(["03/04/2024", "05/06/2024", "25/03/2024"]))
    assert table["v"] == [date(2024, 4, 3), date(2024, 6, 5), date(2024, 3, 25)]
    assert "Day first, decided by “25/03/2024” in row 3" in table.said


def test_an_order_that_no_row_decides_is_said_and_can_be_given(bring_in):
    rows = column(["03/04/2024", "05/06/2024"])
    assert "Ambiguous" in bring_in(rows).said
    assert bring_in(rows, date_order="month first")["v"][0] == date(2024, 3, 4)


def test_rows_that_contradict_each_other_leave_dates_as_written(bring_in):
    table = bring_in(column(["25/03/2024", "03/25/2024"]))
    assert table["v"] == ["25/03/2024", "03/25/2024"]
    assert "row 1 has the day first" in table.said


def test_zone_and_no_zone_are_not_mixed(bring_in):
    values = ["2024-03-31T01:30:00Z", "2024-03-31 01:30:00"]
    table = bring_in(column(values))
    assert table["v"] == values
    assert "1 rows have a zone, 1 have none" in table.said


def test_instants_with_different_offsets_stay_the_same_instants(bring_in):
    table = bring_in(column(["2024-03-31T01:30:00Z", "2024-03-31T03:31:00+02:00"]))
    assert table["v"] == ["2024-03-31 01:30:00+00", "2024-03-31 01:31:00+00"]


def test_an_impossible_date_leaves_the_column_as_text_with_its_row(bring_in):
    table = bring_in(column(["2021-05-01", "0000-00-00"]))
    assert table["v"][1] == "0000-00-00"
    assert "row 2" in table.said


def test_na_is_a_value_among_words_and_missing_among_numbers(bring_in):
    table = bring_in("country,gdp\nNA,NA\nZA,1001\nBW,NA\n")
    assert table["country"] == ["NA", "ZA", "BW"]
    assert table["gdp"] == [None, 1001, None]
    assert "2 cells with “NA” are missing, first in row 1" in table.said


def test_empty_in_quotes_is_a_text_and_empty_without_is_missing(bring_in):
    assert bring_in('id,name\n1,""\n2,\n')["name"] == ["", None]


def test_yes_and_no_in_several_spellings_are_one_boolean(bring_in):
    assert bring_in(column(["yes", "N", "", "Y", "no"]))["v"] == [True, False, None, True, False]


def test_seventeen_digits_come_back(bring_in):
    values = ["0.30000000000000004", "1e22", "123456789.12345679", "2.2250738585072014e-308"]
    assert bring_in(column(values))["v"] == [float(v) for v in values]


def test_digits_beyond_a_double_are_kept_as_exact_decimals(bring_in):
    assert bring_in(column(["0.123456789012345678901", "1.5"]))["v"][0] == Decimal("0.123456789012345678901")


@pytest.mark.parametrize("value", ["1e400", "1e-400"])
def test_a_number_out_of_range_is_neither_infinite_nor_zero(bring_in, value):
    assert bring_in(column(["1.5", value]))["v"][1] == value


def test_infinite_and_nan_are_themselves_and_counted(bring_in):
    table = bring_in(column(["1.5", "inf", "nan", "", "-Infinity"]))
    assert str(table["v"]) == "[1.5, inf, nan, None, -inf]"
    assert "2 values are infinite" in table.said


def test_minus_zero_is_stored_as_zero(bring_in):
    assert str(bring_in(column(["-0.0", "1.5"]))["v"][0]) == "0.0"


def test_codes_with_an_e_stay_text(bring_in):
    assert bring_in(column(["1E5", "12E3", "7"]))["v"] == ["1E5", "12E3", "7"]


def test_trailing_zeros_that_go_away_are_said(bring_in):
    assert "trailing zero" in bring_in(column(["45.10", "45.1"])).said
    assert (
        "trailing zero" not in bring_in(column(["90000.0", "18.01"])).said
    )  # how programs write whole numbers


def test_times_beyond_a_day_stay_text(bring_in):
    assert bring_in(column(["10:00:00", "25:30:00"]))["v"] == ["10:00:00", "25:30:00"]
    assert bring_in(column(["10:00", "23:59:59.5"]))["v"] == ["10:00:00", "23:59:59.5"]


def test_blanks_around_words_are_kept(bring_in):
    assert bring_in(column(["yes", "yes ", " no"]))["v"] == ["yes", "yes ", " no"]


def test_a_column_without_any_value_has_no_type_yet(bring_in):
    table = bring_in("a,b\n1,\n2,\n")
    assert table.staged.no_value_yet == {"b"}
    assert "b: no value yet" in table.said


@pytest.mark.parametrize("options", [{}, {"missing": ("gone",)}])
def test_a_word_for_missing_with_blanks_around_it_is_missing(bring_in, options):
    table = bring_in(f"a,b,c\nx,y,1\nx,y,{' gone' if options else '. '}\n", **options)
    assert table["c"] == [1, None]


def test_points_that_may_be_of_thousands_stay_text_until_it_is_said_what_they_are(bring_in):
    content = "a;b\n1.234;5.678\n2.345;900\n"
    table = bring_in(content)
    assert table.columns == {"a": ["1.234", "2.345"], "b": ["5.678", "900"]}
    assert "a: text. “1.234” may have a thousands or a decimal point" in table.said
    assert bring_in(content, decimal_mark=".")["a"] == [1.234, 2.345]
    assert bring_in(content, remedies={"a:decimal mark": ","})["a"] == [1234.0, 2345.0]


@pytest.mark.parametrize("content", ["a;b\n1.234;0.678\n2.345;6.789\n", "a,b\n1.234,5.678\n2.345,900\n"])
def test_a_point_that_a_value_of_the_file_decides_is_a_decimal_point(bring_in, content):
    assert bring_in(content)["a"] == [1.234, 2.345]


def test_thousands_without_decimals_join_those_with_a_comma(bring_in):
    assert bring_in("a;b\n1.234;x\n2.345,5;y\n")["a"] == [1234.0, 2345.5]


def test_marks_of_thousands_stand_only_between_groups_of_three(cursor):
    reading = real("", marks=". ", decimal=",")
    texts = ["1.234,5", "1 234", "12", "-1.234.567,89", "1.23", "1.2.3", "1234.567", "12.5", "1,2.345"]
    cursor.execute("CREATE TEMP TABLE t AS SELECT unnest(?) AS v", [texts])
    rows = cursor.execute(
        f"SELECT v FROM (SELECT v, {reading.value_of('v')} AS x FROM t) WHERE coalesce({reading.proof_of('v', 'x')}, false)"
    ).fetchall()
    assert [row[0] for row in rows] == texts[:4]


def test_a_column_with_both_decimal_marks_is_no_number_also_by_choice(bring_in):
    with pytest.raises(FileError, match=r"Row 2, column b: “12\.5” is no decimal"):
        bring_in("a;b\n1;12,5\n2;12.5\n", types={"b": ColumnType.DECIMAL})


def test_french_thousands_join_a_column_of_decimal_commas(bring_in):
    assert bring_in("a;b\n1;1 234,5\n2;-13 000\n3;0,5\n")["b"] == [1234.5, -13000.0, 0.5]


@pytest.mark.parametrize("number", ["9007199254740993.0", "-9007199254740993.0", "1234567890123456.8"])
def test_long_whole_numbers_with_a_point_keep_every_digit(bring_in, number):
    assert bring_in(f"a,b\n1,{number}\n2,1.5\n")["b"] == [Decimal(number), Decimal("1.5")]
    assert bring_in(f'[{{"b":{number}}},{{"b":1.5}}]', name="t.json")["b"] == [
        Decimal(number),
        Decimal("1.5"),
    ]
