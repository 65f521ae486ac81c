"""Bundles: built, tested by themselves, and used where this package is not."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mlops_desktop.domain.errors import ConflictError, ResourceError, TrainingError
from mlops_desktop.domain.messages import ExportWork
from mlops_desktop.domain.runs import RunSpec
from mlops_desktop.training.exporting import export_bundle, plain_name
from mlops_desktop.training.reporting import Reporter


@pytest.fixture
def export(tmp_path: Path):
    """Exports a trained model into a folder of its own."""

    def run(trained, runtime: str = "fastest", rows: str = ""):
        (tmp_path / "job").mkdir(exist_ok=True)
        reporter = Reporter(tmp_path / "job")
        try:
            folder = str(tmp_path / "out/churn")
            work = ExportWork(trained.model_files, "churn", 1, folder, runtime=runtime, rows=rows)
            return export_bundle(work, reporter)
        finally:
            reporter.close()

    return run


@pytest.fixture
def linear(train, customers, export) -> str:
    """The folder of a bundle that needs numpy alone, and so starts quickly."""
    return export(train(customers(), RunSpec("churned", "linear"))).folder


def bundle(
    folder: str, *arguments: str, python: str = sys.executable, start: tuple[str, ...] = ("-m", "bundle")
):
    """Runs the bundle where only its folder and what is installed can be found."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    command = [python, "-s", *start, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


ROW = {"age": 30, "plan": "pro", "member": "true", "since": "2015-03-01"}


@pytest.mark.slow
def test_an_export_has_tested_itself_on_the_recorded_rows(train, customers, export):
    made = export(train(customers(), RunSpec("churned")), runtime="own")
    assert made.self_test.rows == 43
    assert made.self_test.largest_difference == 0.0
    assert made.self_test.runtime == "lightgbm"


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["lightgbm", "hist_gradient_boosting", "random_forest"])
def test_onnx_is_taken_only_where_it_predicts_the_same(train, customers, export, algorithm):
    trained = train(
        customers(), RunSpec("churned", algorithm, params={"trees": 20} if "forest" in algorithm else {})
    )
    made = export(trained, rows=str(trained.folder / "input.parquet"))
    assert made.self_test.largest_difference <= 1e-5
    assert "rows" in made.self_test.notes[0]
    assert made.self_test.runtime in made.self_test.notes[0] or made.self_test.runtime == "onnxruntime"


@pytest.mark.slow
def test_onnx_is_refused_where_single_precision_turns_labels(train, export):
    small = np.random.default_rng(0).integers(0, 100, 1000)
    table = pa.table({"at": 1_600_000_000 + small, "churned": np.where(small % 2 == 0, "yes", "no")})
    trained = train(table, RunSpec("churned", params={"min_rows_in_leaf": 1, "max_leaves": 100}))
    made = export(trained, rows=str(trained.folder / "input.parquet"))
    assert made.self_test.runtime == "lightgbm"
    assert re.search(r"ONNX was refused: labels of [\d,]+ of 5,000 rows differ", made.self_test.notes[0])


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """``out``, which this user can't write: root isn't stopped by modes, but by a read-only mount."""
    folder = tmp_path / "out"
    folder.mkdir(mode=0o500)
    if os.geteuid() != 0:
        yield folder
        return
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("root can't mount here, and isn't stopped by modes")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_folder_that_can_not_be_written_is_named(train, customers, export, closed):
    trained = train(customers(), RunSpec("churned", "linear"))
    with pytest.raises(ResourceError, match="churn can't be written") as refused:
        export(trained)
    assert str(closed) in refused.value.reason


def test_the_manifest_has_the_checksum_of_every_file(train, customers, export):
    folder = Path(export(train(customers(), RunSpec("churned", "linear"))).folder)
    entries = json.loads((folder / "manifest.json").read_text())["files"]
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert there - set(entries) == {"manifest.json", "churn-1.pyz"}
    assert all(
        hashlib.sha256((folder / n).read_bytes()).hexdigest() == e["sha256"] for n, e in entries.items()
    )


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["lightgbm", "linear", "hist_gradient_boosting"])
def test_a_bundle_scores_as_the_run_does(train, customers, export, tmp_path, algorithm):
    trained = train(
        customers(), RunSpec("churned", algorithm, params={"trees": 20} if "forest" in algorithm else {})
    )
    rows = [ROW, {**ROW, "plan": "family"}, {**ROW, "age": ""}, {**ROW, "member": ""}, {**ROW, "age": 41.5}]
    write_rows(tmp_path / "in.csv", rows)
    made = export(trained, runtime="own")
    done = bundle(made.folder, "score", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    assert done.returncode == 0, done.stderr
    records = [{k: (None if v == "" else v) for k, v in r.items()} for r in rows]
    records = [{**r, "member": None if r["member"] is None else True} for r in records]
    _, columns = trained.scorer.from_records(records)
    expected = trained.scorer.score(columns, 5).outputs[:, 1]
    with (tmp_path / "out.csv").open() as file:
        assert [float(r["probability_yes"]) for r in csv.DictReader(file)] == expected.tolist()


def test_the_one_file_scores_as_the_folder_does(train, customers, export, tmp_path):
    made = export(train(customers(), RunSpec("churned", "linear")))
    source = str(write_rows(tmp_path / "in.csv", [ROW]))
    bundle(made.folder, "score", source, str(tmp_path / "folder.csv"))
    done = bundle(str(tmp_path), "score", source, str(tmp_path / "file.csv"), start=(made.file,))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "file.csv").read_bytes() == (tmp_path / "folder.csv").read_bytes()


def test_unseen_and_missing_values_are_counted_apart(train, customers, export, tmp_path):
    rows = [{**ROW, "plan": "family"}] * 3 + [{**ROW, "plan": ""}] * 2
    made = export(train(customers(), RunSpec("churned", "linear")))
    done = bundle(made.folder, "score", str(write_rows(tmp_path / "in.csv", rows)), str(tmp_path / "out.csv"))
    assert "plan: 3 values that training did not have (“family”)." in done.stderr
    assert "plan: 2 values missing." in done.stderr


BAD_VALUES = [
    ("age", "abc", "Row 1, column “age”: “abc” is not a number."),
    ("age", "12,5", "Row 1, column “age”: “12,5” is not a number."),
    ("since", "31.12.2012", "Row 1, column “since”: “31.12.2012” is not a date as 2012-10-31."),
    ("member", "perhaps", "Row 1, column “member”: “perhaps” is not true or false."),
]


def test_a_value_that_does_not_fit_is_refused_with_row_and_column(linear, tmp_path):
    for column, value, words in BAD_VALUES:
        source = write_rows(tmp_path / "in.csv", [{**ROW, column: value}])
        done = bundle(linear, "score", str(source), str(tmp_path / "out.csv"))
        assert (done.returncode, words in done.stderr) == (1, True), done.stderr
        assert not list(tmp_path.glob("out.csv*"))


def test_a_missing_column_is_refused_by_name(linear, tmp_path):
    source = write_rows(tmp_path / "in.csv", [{"age": 1, "plan": "pro", "member": "true"}])
    done = bundle(linear, "score", str(source), str(tmp_path / "out.csv"))
    assert (done.returncode, "“since” is missing" in done.stderr) == (1, True)


@pytest.mark.parametrize("name", ["model/weights.json", "bundle/scorer.py", "MLmodel"])
def test_a_changed_byte_is_refused_with_the_files_name(train, customers, export, name):
    folder = export(train(customers(), RunSpec("churned", "linear"))).folder
    data = bytearray((Path(folder) / name).read_bytes())
    data[5] ^= 1  # in the module's docstring
    (Path(folder) / name).write_bytes(data)
    done = bundle(folder, "check")
    assert done.returncode == 1
    assert name in done.stderr
    assert "checksum" in done.stderr


def test_a_changed_model_is_refused_before_it_is_served(linear):
    path = Path(linear) / "model/weights.json"
    path.write_bytes(path.read_bytes().replace(b"logistic", b"identity"))
    assert (
        "model/weights.json is not the file that was exported"
        in bundle(linear, "serve", "--port", "0").stderr
    )


def test_an_export_into_a_folder_that_holds_something_is_refused(train, customers, export, tmp_path):
    (tmp_path / "out/churn").mkdir(parents=True)
    (tmp_path / "out/churn/mine.txt").write_text("mine")
    with pytest.raises(ConflictError, match="is not empty"):
        export(train(customers(), RunSpec("churned", "linear")))
    assert [p.name for p in (tmp_path / "out").rglob("*")] == ["churn", "mine.txt"]


def test_a_whole_bundle_that_a_kill_left_is_taken_as_it_is(train, customers, export, tmp_path):
    trained = train(customers(), RunSpec("churned", "linear"))
    first = export(trained)
    before = {p: p.stat().st_mtime_ns for p in Path(first.folder).rglob("*")}
    again = export(trained)
    assert (again.sha256, again.folder) == (first.sha256, first.folder)
    assert {p: p.stat().st_mtime_ns for p in Path(first.folder).rglob("*")} == before
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["churn"]


@pytest.mark.parametrize("change", ["another model", "a file more", "a byte less"])
def test_a_bundle_that_is_not_the_same_is_not_taken(train, customers, export, tmp_path, change):
    folder = Path(export(train(customers(), RunSpec("churned", "linear"))).folder)
    trained = train(customers(), RunSpec("churned", "baseline" if change == "another model" else "linear"))
    if change == "a file more":
        (folder / "mine.txt").write_text("mine")
    if change == "a byte less":
        (folder / "README.md").write_bytes((folder / "README.md").read_bytes()[:-1])
    before = sorted(p.name for p in folder.rglob("*"))
    with pytest.raises(ConflictError, match="is not empty"):
        export(trained)
    assert sorted(p.name for p in folder.rglob("*")) == before


def test_an_export_that_fails_its_self_test_leaves_nothing(train, customers, export, tmp_path):
    trained = train(customers(), RunSpec("churned", "linear"))
    path = Path(trained.model_files["golden.json"])
    golden = json.loads(path.read_text())
    golden["outputs"][0][0] += 0.1
    path.write_text(json.dumps(golden))
    with pytest.raises(TrainingError, match="does not predict what was recorded"):
        export(trained)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [("demand", "demand"), ("a/b: 100%", "a-b-100"), ("café", "café"), ("..", "model"), ("", "model")],
)
def test_a_models_name_makes_a_plain_name_of_a_file(name, plain):
    assert plain_name(name) == plain


def test_the_signature_says_whole_numbers_that_may_be_missing(train, customers, export):
    folder = Path(export(train(customers(), RunSpec("churned", "linear"))).folder)
    inputs = {i["name"]: i for i in json.loads((folder / "model/signature.json").read_text())["inputs"]}
    assert (inputs["age"]["type"], inputs["age"]["may_be_missing"]) == ("integer", True)
    assert json.loads((folder / "input_example.json").read_text())["columns"] == list(ROW)


class Server:
    """A bundle that serves, until the end of the block."""

    def __init__(self, folder: str, python: str = sys.executable) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        command = [python, "-s", "-m", "bundle", "serve", "--port", "0"]
        self.child = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> Server:
        assert self.child.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.child.stderr.readline())
        assert found, "the server did not start"
        self.url = f"http://127.0.0.1:{found[1]}"
        return self

    def __exit__(self, *failure: object) -> None:
        self.child.terminate()
        self.child.communicate(timeout=10)

    def post(self, body: bytes, kind: str = "application/json", **headers: str) -> tuple[int, dict]:
        request = urllib.request.Request(self.url + "/invocations", body, {"Content-Type": kind, **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())


def test_a_bundle_answers_every_form_of_request_alike(train, customers, export):
    record = {"age": 30, "plan": "pro", "member": None, "since": "2015-03-01"}
    names, values = list(record), list(record.values())
    with Server(export(train(customers(), RunSpec("churned", "linear"))).folder) as server:
        bodies = [
            {"dataframe_records": [record]},
            {"dataframe_split": {"columns": names[::-1], "data": [values[::-1]]}},
            {"instances": [values]},
            {"inputs": {name: [value] for name, value in record.items()}},
        ]
        answers = [server.post(json.dumps(body).encode()) for body in bodies]
        answers.append(server.post(b"plan,since,age,member\npro,2015-03-01,30,\n", "text/csv"))
    assert [status for status, _ in answers] == [200] * 5
    assert len({json.dumps(answer["probabilities"]) for _, answer in answers}) == 1


BAD_REQUESTS = {
    b'{"dataframe_records": [{"age": "30", "plan": "pro", "member": null, "since": null}]}': "Row 1, column “age”",
    b'{"dataframe_records": [{"age": true, "plan": "pro", "member": null, "since": null}]}': "the value true",
    b'{"dataframe_records": [{"age": 1, "plan": 7, "member": null, "since": null}]}': "the number 7 is not text",
    b'{"dataframe_records": [{"age": 1, "plan": "pro"}]}': "no column “member”",
    b'{"dataframe_split": {"columns": ["age"], "data": [[1, 2]]}}': "“plan” is missing",
    b"{]": "no JSON",
    b"[1]": "must be an object",
    b"{}": "none of dataframe_split",
}


def test_a_request_that_does_not_fit_gets_400_and_a_sentence(linear):
    with Server(linear) as server:
        for body, words in BAD_REQUESTS.items():
            status, answer = server.post(body)
            assert (status, words in answer["error"]) == (400, True), answer


def test_a_server_on_this_computer_refuses_another_hosts_name(linear):
    with Server(linear) as server:
        assert server.post(b"{}", Host="evil.example")[0] == 403


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["lightgbm", "hist_gradient_boosting", "linear"])
def test_a_bundle_works_in_a_fresh_environment(train, customers, export, tmp_path, algorithm):
    folder = export(train(customers(), RunSpec("churned", algorithm))).folder
    venv.create(tmp_path / "fresh", with_pip=True)
    python = str(tmp_path / "fresh" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    install = [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]
    subprocess.run(install, cwd=folder, check=True, timeout=280)
    source = write_rows(tmp_path / "in.csv", [ROW])
    done = bundle(folder, "score", str(source), str(tmp_path / "out.csv"), python=python)
    assert done.returncode == 0, done.stderr
    with Server(folder, python) as server:
        status, answer = server.post(source.read_bytes(), "text/csv")
    assert status == 200
    assert answer["predictions"][0] in (tmp_path / "out.csv").read_text()
