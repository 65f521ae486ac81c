"""CSV files in and out."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desktop.bundle.errors import InputError
from mlops_desktop.bundle.runtimes import NumpyRuntime
from mlops_desktop.bundle.scorer import Scorer
from mlops_desktop.bundle.tables import CsvTable, free_names, harmless, score_csv, unique_names
from mlops_desktop.store.reading import dialect

FEATURE = {
    "is": "number",
    "input": "x",
    "fill": None,
    "flag": False,
    "center": 0.0,
    "scale": 1.0,
    "limit": None,
}
DOUBLE = {"link": "identity", "intercept": [0.0], "coefficients": [[2.0]]}


@pytest.fixture
def doubler() -> Scorer:
    """Predicts twice the column x."""
    signature = {"inputs": [{"name": "x", "type": "decimal"}], "task": "regression", "target": "y"}
    return Scorer({}, signature, [FEATURE], NumpyRuntime(DOUBLE))


def scored(scorer: Scorer, text: str) -> str:
    out = io.StringIO(newline="")
    score_csv(scorer, io.StringIO(text, newline=""), out)
    return out.getvalue()


def test_predictions_stand_behind_the_persons_columns(doubler):
    assert scored(doubler, "name,x\nann,1.5\nbob,2\n") == "name,x,prediction\nann,1.5,3.0\nbob,2,4.0\n"


def test_a_column_named_prediction_is_kept(doubler):
    assert scored(doubler, "prediction,x\nmine,1\n").splitlines() == [
        "prediction,x,prediction_2",
        "mine,1,2.0",
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_shows_the_models_columns(doubler, separator):
    text = f"note{separator}x\nhas a {separator if separator == ',' else '.'} mark{separator}1\n"
    if separator == ",":
        text = 'note,x\n"has a , mark",1\n'
    assert scored(doubler, text).splitlines()[0] == "note,x,prediction"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(doubler, end):
    assert len(scored(doubler, end.join(["x", "1", "2"]) + end).splitlines()) == 3


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd", "@sum", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell):
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-5", "+4.5e3", "-inf", "plain", "", "a=b"])
def test_numbers_and_plain_text_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_names_that_are_taken_get_a_number():
    assert free_names(["p", "p", "q"], ["p", "p_2"]) == ["p_3", "p_4", "q"]


def test_a_row_of_another_length_is_named_with_its_line(doubler):
    with pytest.raises(InputError, match=r"Row 2 \(line 4\) has 3 values, but the header has 2 columns"):
        scored(doubler, 'a,x\n"two\nlines",1\nb,2,3\n')


def test_an_unclosed_quote_is_refused(doubler):
    with pytest.raises(InputError, match="can't be read as CSV"):
        scored(doubler, 'a,x\n"open,1\n')


def test_an_empty_table_is_refused_and_one_without_rows_is_not(doubler):
    with pytest.raises(InputError, match="no header"):
        scored(doubler, "")
    assert scored(doubler, "x\n") == "x,prediction\n"


def test_a_table_without_rows_must_still_have_the_columns(doubler):
    with pytest.raises(InputError, match="“x” is missing"):
        scored(doubler, "a\n")


def test_rows_come_in_blocks():
    table = CsvTable(io.StringIO("x\n" + "1\n" * 25, newline=""), ["x"])
    assert [len(block) for block in table.blocks(10)] == [10, 10, 5]


def test_a_block_and_a_row_alone_give_the_same_number():
    random = np.random.default_rng(0)
    runtime = NumpyRuntime(
        {
            "link": "softmax",
            "intercept": [0.1, 0.2, 0.3],
            "coefficients": random.normal(size=(3, 40)).tolist(),
        }
    )
    matrix = random.normal(size=(500, 40))
    alone = np.concatenate([runtime.outputs(matrix[i : i + 1]) for i in range(500)])
    assert np.array_equal(alone, runtime.outputs(matrix))


def test_an_empty_and_a_repeated_name_are_what_an_import_made_of_them(doubler):
    assert scored(doubler, "x,,note,note\n1,a,b,c\n").splitlines()[0] == "x,column 2,note,note_2,prediction"


@given(st.lists(st.sampled_from(["a", "A", "a_2", "", " ", "column 2", "column 2_2", "b"]), max_size=8))
def test_a_header_gets_the_names_that_an_import_gives_it(written):
    assert unique_names(written) == dialect.unique_names(written)[0]


@pytest.mark.parametrize("text", ['{"x": 1, "note": "a"}\n', '[{"x": 1}]'])
def test_json_is_named_instead_of_a_missing_column(doubler, text):
    with pytest.raises(InputError, match="This is JSON, not CSV"):
        scored(doubler, text)


def test_a_name_that_begins_with_a_bracket_is_no_json(doubler):
    assert scored(doubler, "[a],x\n1,2\n").splitlines()[1] == "1,2,4.0"
