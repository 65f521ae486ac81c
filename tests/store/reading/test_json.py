from __future__ import annotations

from decimal import Decimal

import pytest

from mlops_desktop.domain.errors import FileError


def test_decimals_of_more_digits_than_a_double_keep_them_all(bring_in):
    table = bring_in('[{"a":0.1234567890123456789,"b":12345678901234567.25},{"a":2.5,"b":1}]', name="t.json")
    assert table["a"] == [Decimal("0.1234567890123456789"), Decimal("2.5")]
    assert table["b"] == [Decimal("12345678901234567.25"), 1]


def test_numbers_beyond_a_double_and_within_nested_values_stay_as_written(bring_in):
    table = bring_in('{"a":1e-400,"b":{"x":[1.00000000000000000001]}}\n{"a":2}\n', name="t.jsonl")
    assert table["a"] == ["1e-400", "2"]
    assert table["b"][0] == '{"x":[1.00000000000000000001]}'


def test_long_digits_in_texts_change_nothing(bring_in):
    table = bring_in('[{"a":"0.12345678901234567890","b":0.5},{"a":"x","b":1.5}]', name="t.json")
    assert table.columns == {"a": ["0.12345678901234567890", "x"], "b": [0.5, 1.5]}


@pytest.mark.parametrize(
    "text",
    [
        '{"a":[1,null],"b":["x","y"]}',
        '{"a":{"0":1,"1":null},"b":{"0":"x","1":"y"}}',
        '{"0":{"a":1,"b":"x"},"1":{"a":null,"b":"y"}}',
        '{"columns":["a","b"],"index":[0,1],"data":[[1,"x"],[null,"y"]]}',
    ],
)
def test_one_object_with_a_table_by_columns_or_rows_is_that_table(bring_in, text):
    assert bring_in(text, name="t.json").columns == {"a": [1, None], "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"a":[1,2],"b":["x"]}', "“a” has 2 values, “b” 1"),
        ('{"r1":{"a":1},"r2":{"a":3}}', "whether “r1” is a row or a column can't be told"),
        ('{"columns":["a","b"],"data":[[1,"x"],[2]]}', "a row of its data has 1 values for 2 columns"),
        ('[{"a":1},{"a":2,"b":1,"a":3}]', "Record 2 of t.json has the key “a” twice"),
        ('[{"a":1,"A":2},{"A":2,"A":3}]', "Record 2 of t.json has the key “A” twice"),
        ("null", "Record 1 of t.json is no object"),
        ('// made by hand\n[{"a":1}]', "is no whole JSON"),
    ],
)
def test_json_from_which_no_table_can_be_told_is_refused_with_the_reason(bring_in, text, word):
    with pytest.raises(FileError, match=word):
        bring_in(text, name="t.json")
