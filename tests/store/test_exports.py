"""Exports: CSV and Parquet that read back as what was exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mlops_desktop.domain.datasets import Condition
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError
from mlops_desktop.project.project import Project

Write = Callable[..., str]


@pytest.fixture
def notes(project: Project, write: Write) -> Project:
    """A project with cells that a spreadsheet would run."""
    lines = (
        "id,note,=balance",
        "0,=1+1,0",
        "1,+1-2,-1",
        "2,-2,-2",
        "3,'=quoted,-3",
        "4,@SUM(A1),-4",
        "5,plain,-5",
        "6,,-6",
    )
    project.datasets.import_file(write("notes.csv", *lines)).wait(30)
    return project


def test_a_csv_guards_cells_and_names_that_a_spreadsheet_would_run(notes: Project, tmp_path: Path) -> None:
    exported = notes.datasets.export("notes", str(tmp_path / "out.csv")).wait(30)
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines == [
        "id,note,'=balance", "0,'=1+1,0", "1,'+1-2,-1", "2,-2,-2", "3,''=quoted,-3", "4,'@SUM(A1),-4", "5,plain,-5", "6,,-6",
    ]  # fmt: skip
    assert exported.rows == 7 and "4 cells of “note”" in " ".join(exported.notes)


def test_a_csv_reads_back_as_the_same_table(project: Project, write: Write, tmp_path: Path) -> None:
    lines = (
        "code,x,when,said",
        '007,0.1,2024-03-31,"a ""b"", c"',
        "010,1e-300,2024-04-01,ü",
        '7,,,"two\nlines"',
    )
    before = project.datasets.import_file(write("table.csv", *lines)).wait(30)
    project.datasets.export("table", str(tmp_path / "out.csv")).wait(30)
    after = project.datasets.import_file(str(tmp_path / "out.csv")).wait(30)
    assert [c.type for c in after.columns] == [c.type for c in before.columns]
    assert project.datasets.rows("out").columns == project.datasets.rows("table").columns


def test_yes_and_no_are_found_and_written_in_the_words_of_the_file(
    project: Project, write: Write, tmp_path: Path
) -> None:
    lines = ("n,left,ok", "1,Ja,true", "2,Nein,false", "3,,true")
    project.datasets.import_file(write("table.csv", *lines)).wait(30)
    project.datasets.export("table", str(tmp_path / "out.csv")).wait(30)
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines() == list(lines)
    for operator, value, rows in (("=", "Ja", [1]), ("!=", "Ja", [2, 3]), ("contains", "ein", [2])):
        found = project.datasets.rows("table", where=[Condition("left", operator, value)])
        assert found.column("n") == rows


def test_parquet_holds_written_names_types_and_order(project: Project, write: Write, tmp_path: Path) -> None:
    project.datasets.import_file(write("a.csv", "file_row_number,Größe 1", "2,x", "1,y"), "a").wait(30)
    project.datasets.import_file(write("b.csv", "file_row_number,Größe 1", "3,z"), "a", "append").wait(30)
    assert project.datasets.export("a", str(tmp_path / "out.parquet")).wait(30).rows == 3
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.to_pydict() == {"file_row_number": [2, 1, 3], "Größe 1": ["x", "y", "z"]}


def test_an_older_version_is_exported_as_it_was(project: Project, write: Write, tmp_path: Path) -> None:
    project.datasets.import_file(write("a.csv", "k,x", "1,1", "2,2"), "a").wait(30)
    project.datasets.import_file(write("b.csv", "k,x", "2,3", "4,4"), "a", "merge", ["k"]).wait(30)
    for version, rows in ((1, "1,1\n2,2\n"), (2, "2,3\n4,4\n")):
        project.datasets.export(f"a@{version}", str(tmp_path / f"{version}.csv")).wait(30)
        assert (tmp_path / f"{version}.csv").read_text("utf-8") == "k,x\n" + rows


def test_a_file_that_exists_is_never_overwritten(notes: Project, tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError):
        notes.datasets.export("notes", str(target))
    assert target.read_text("utf-8") == "mine"


def test_two_exports_to_one_file_leave_the_first_whole(notes: Project, tmp_path: Path) -> None:
    jobs = [notes.datasets.export("notes", str(tmp_path / "out.csv")) for _ in range(2)]
    assert sorted(notes.jobs.wait(job.job_id, 30).state for job in jobs) == ["failed", "finished"]
    assert len((tmp_path / "out.csv").read_text("utf-8").splitlines()) == 8
    assert [p.name for p in tmp_path.glob(".*")] == []


def test_a_target_that_cannot_be_is_refused_at_once(notes: Project, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="csv"):
        notes.datasets.export("notes", str(tmp_path / "out.docx"))
    with pytest.raises(NotFoundError, match="folder"):
        notes.datasets.export("notes", str(tmp_path / "no" / "out.csv"))
