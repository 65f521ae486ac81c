"""Whole tables scored by a child's job: every way in gives the same answer."""

from __future__ import annotations

import csv
import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from mlops_desktop.domain.errors import FileError, RefusedError, Where
from mlops_desktop.domain.messages import InputColumn, ScoreWork
from mlops_desktop.domain.runs import RunSpec
from mlops_desktop.training.reporting import Reporter
from mlops_desktop.training.scoring import cells_of, loaded, score_table

KINDS = ["lightgbm", "hist_gradient_boosting", "linear", "random_forest"]


@pytest.fixture
def score(tmp_path: Path):
    """Scores a file with a trained model; the rows of what was written, and what was said."""

    def run(
        trained,
        source: Path,
        target: str = "out.csv",
        columns: list[InputColumn] | None = None,
        name: str = "",
    ):
        (tmp_path / "job").mkdir(exist_ok=True)
        reporter = Reporter(tmp_path / "job")
        work = ScoreWork(
            trained.model_files, "churn@1", str(source), str(tmp_path / target), columns or [], name
        )
        try:
            return score_table(work, reporter)
        finally:
            reporter.close()

    return run


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def fitted(train, table: pa.Table, algorithm: str = "linear"):
    return train(
        table, RunSpec("churned", algorithm, params={"trees": 20} if algorithm == "random_forest" else {})
    )


@pytest.mark.parametrize("algorithm", KINDS)
def test_csv_and_parquet_and_turned_columns_give_equal_predictions(
    train, customers, score, tmp_path, algorithm
):
    trained = fitted(train, customers(), algorithm)
    table = customers(80, seed=9)
    pq.write_table(table, tmp_path / "in.parquet")
    pq.write_table(table.select(table.column_names[::-1]), tmp_path / "turned.parquet")
    pyarrow.csv.write_csv(table, tmp_path / "in.csv")
    files = ["in.parquet", "turned.parquet", "in.csv"]
    written = [rows_of(score(trained, tmp_path / name, f"{name}.out.csv").path) for name in files]
    answers = [[row["probability_yes"] for row in rows] for rows in written]
    assert answers[0] == answers[1] == answers[2]


def test_the_rows_of_the_run_are_predicted_as_the_run_did(train, customers, score, tmp_path):
    trained = fitted(train, customers(), "lightgbm")
    pq.write_table(customers(), tmp_path / "in.parquet")
    written = rows_of(score(trained, tmp_path / "in.parquet").path)
    kept = pq.read_table(trained.folder / "artifacts/predictions.parquet")
    assert [float(written[row]["probability_yes"]) for row in kept["row"].to_pylist()] == kept[
        "p1"
    ].to_pylist()


def test_a_parquet_output_keeps_the_types_of_the_persons_columns(train, customers, score, tmp_path):
    pq.write_table(customers(50), tmp_path / "in.parquet")
    score(fitted(train, customers()), tmp_path / "in.parquet", "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.select(customers().column_names).equals(customers(50))
    assert written.column_names[-3:] == ["prediction", "probability_no", "probability_yes"]


def test_columns_are_found_under_their_stored_names(train, customers, score, tmp_path):
    table = customers(20).rename_columns(["c0", "c1", "c2", "c3", "c4"])
    pq.write_table(table, tmp_path / "in.parquet")
    columns = [InputColumn(name, f"c{i}") for i, name in enumerate(customers().column_names)]
    scored = score(fitted(train, customers()), tmp_path / "in.parquet", columns=columns)
    assert list(rows_of(scored.path)[0])[:5] == customers().column_names


def test_a_model_of_a_later_version_is_refused(train, customers, tmp_path):
    ran = fitted(train, customers(60))
    model = tmp_path / "model.json"
    later = json.loads(Path(ran.model_files["model.json"]).read_text()) | {"format": 3}
    model.write_text(json.dumps(later))
    with pytest.raises(RefusedError, match="newer version"):
        loaded({**ran.model_files, "model.json": str(model)})


def test_a_missing_column_is_refused_by_name_and_leaves_no_file(train, customers, score, tmp_path):
    pq.write_table(customers(20).drop_columns("age"), tmp_path / "in.parquet")
    with pytest.raises(FileError, match="“age” is missing"):
        score(fitted(train, customers()), tmp_path / "in.parquet")
    assert not list(tmp_path.glob("out*"))


def test_text_in_a_number_is_refused_with_row_and_column(train, customers, score, tmp_path):
    ages = pa.array(["30"] * 7 + ["abc"] + ["30"] * 12)
    pq.write_table(customers(20).set_column(0, "age", ages), tmp_path / "in.parquet")
    with pytest.raises(FileError, match="“abc” is not a number") as caught:
        score(fitted(train, customers()), tmp_path / "in.parquet", name="june.csv")
    assert caught.value.where == Where(file="june.csv", row=8, column="age")


def test_an_extra_column_is_named_and_kept(train, customers, score, tmp_path):
    table = customers(20).append_column("note", pa.array(["=1+1"] * 20))
    pq.write_table(table, tmp_path / "in.parquet")
    scored = score(fitted(train, customers()), tmp_path / "in.parquet")
    assert "Not an input of the model, ignored: “note”." in scored.notes
    assert rows_of(scored.path)[0]["note"] == "'=1+1"


def test_a_number_never_stands_for_a_code_with_leading_zeros(train, customers, score, tmp_path):
    codes = ["007" if v == "yes" else "7" for v in customers()["churned"].to_pylist()]
    trained = fitted(train, customers().append_column("code", pa.array(codes)))
    outputs = []
    for code in ("007", "7"):
        _, columns = trained.scorer.from_records([{**_row(), "code": code}])
        outputs.append(trained.scorer.score(columns, 1).outputs[0, 1])
    pq.write_table(pa.Table.from_pylist([{**_row(), "code": 7}]), tmp_path / "in.parquet")
    written = rows_of(score(trained, tmp_path / "in.parquet").path)
    assert outputs[0] > outputs[1]
    assert float(written[0]["probability_yes"]) == outputs[1]


def _row() -> dict[str, object]:
    return {"age": 40, "plan": "pro", "member": True, "since": datetime.date(2015, 1, 1)}


def test_a_table_without_rows_gives_a_header(train, customers, score, tmp_path):
    pq.write_table(customers(20).slice(0, 0), tmp_path / "in.parquet")
    scored = score(fitted(train, customers()), tmp_path / "in.parquet")
    assert scored.rows == 0
    assert "prediction" in Path(scored.path).read_text()


@pytest.mark.parametrize("given", [True, False])
def test_a_column_without_values_may_be_in_the_file_or_not(train, customers, score, tmp_path, given):
    table = customers().append_column("bonus", pa.nulls(300, pa.float64()))
    trained = fitted(train, table)
    pq.write_table(table if given else customers(), tmp_path / "in.parquet")
    assert score(trained, tmp_path / "in.parquet").rows == 300


def test_columns_that_tools_keep_for_themselves_come_back_unchanged(train, customers, score, tmp_path):
    names = ["index", "target", "class", "prediction", "churned"]
    trained = fitted(train, customers().rename_columns(names))
    pyarrow.csv.write_csv(customers(20).rename_columns(names), tmp_path / "in.csv")
    rows = rows_of(score(trained, tmp_path / "in.csv").path)
    before = rows_of(str(tmp_path / "in.csv"))
    assert [{name: row[name] for name in names} for row in rows] == before
    assert all(row["prediction_2"] in ("no", "yes") for row in rows)


@pytest.mark.parametrize("algorithm", KINDS)
def test_negative_zero_scores_as_zero(train, customers, score, algorithm):
    values = [float(i % 5 - 2) for i in range(300)]
    trained = fitted(train, customers().append_column("x", pa.array(values)), algorithm)
    _, columns = trained.scorer.from_records([{**_row(), "x": -0.0}, {**_row(), "x": 0.0}])
    one, two = trained.scorer.score(columns, 2).outputs
    assert one.tolist() == two.tolist()


def test_cells_keep_every_digit_and_the_form_of_dates():
    columns = [
        pa.array([0.1, None, 1e300]),
        pa.array([2**63 - 1, None, -1]),
        pa.array([True, None, False]),
        pa.array([datetime.date(1066, 10, 14), None, datetime.date(9999, 12, 31)]),
    ]
    assert [cells_of(column) for column in columns] == [
        ["0.1", "", "1e+300"],
        ["9223372036854775807", "", "-1"],
        ["true", "", "false"],
        ["1066-10-14", "", "9999-12-31"],
    ]


def test_days_that_no_calendar_of_python_reaches_are_written_as_they_are():
    days = pa.array([2_932_897, None, -1_500_000], pa.int32()).cast(pa.date32())
    assert cells_of(days) == ["10000-01-01", "", "-2137-02-21"]
