"""Scoring a file in the form in which people write: what was trained on can be scored."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_desktop.domain.errors import FileError
from mlops_desktop.domain.models import ScoredFile
from mlops_desktop.project import Project

from ..running import Service

pytestmark = pytest.mark.slow
DAYS = [f"{n % 28 + 1:02d}.{n % 12 + 1:02d}.2024" for n in range(120)]
SALES = [f"{n % 9 + 1}.{n * 7 % 900 + 100},{n % 90 + 10}" for n in range(120)]
ROWS = [f"{SALES[n]};{DAYS[n]};{'NA' if n == 3 else n};{'ja' if n % 9 > 3 else 'nein'}" for n in range(120)]
HEADER = "umsatz;tag;n;treu"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory):
    tmp_path = tmp_path_factory.mktemp("laden")
    service = Service(tmp_path / "laden.mlops").start()
    (tmp_path / "laden.csv").write_text("\n".join([HEADER, *ROWS]) + "\n", "utf-8")
    project = service.project()
    project.datasets.import_file(str(tmp_path / "laden.csv"), "laden", target="treu").wait(60)
    run = project.runs.start("laden", algorithm="linear").wait(60)
    project.models.register(run.run_id, "laden")
    yield project
    service.close()


def scored(project: Project, folder: Path, *rows: str) -> tuple[ScoredFile, list[dict[str, str]]]:
    (folder / "neu.csv").write_text("\n".join(rows) + "\n", "utf-8")
    found = project.models.score("laden", str(folder / "neu.csv"), str(folder / "out.csv")).wait(60)
    with Path(found.path).open(newline="", encoding="utf-8") as file:
        return found, list(csv.DictReader(file))


def test_a_file_with_decimal_commas_and_the_day_first_is_scored_as_it_was_trained_on(
    project: Project, tmp_path: Path
) -> None:
    found, rows = scored(project, tmp_path, HEADER, *ROWS)
    assert "umsatz: The comma was taken as decimal mark. Points are thousands marks." in found.notes
    assert any(note.startswith("tag: Day first") for note in found.notes)
    assert (rows[0]["umsatz"], rows[0]["tag"], rows[3]["n"]) == ("1100.1", "2024-01-01", "NA")
    (tmp_path / "out.csv").unlink()
    plain = [f"{r['umsatz']};{r['tag']};{r['n']};{r['treu']}" for r in rows]
    _, again = scored(project, tmp_path, HEADER, *plain)
    assert [r["probability_ja"] for r in again] == [r["probability_ja"] for r in rows]
    (tmp_path / "out.csv").unlink()
    with pytest.raises(FileError, match="Row 1, column “umsatz”: “abc” is not a number") as caught:
        scored(project, tmp_path, HEADER, "abc;2024-01-02;1;ja", "1,5;2024-01-02;2;ja")
    assert caught.value.where is not None and caught.value.where.file == "neu.csv"


def test_an_exported_bundle_reads_the_form_of_the_training_data(project: Project, tmp_path: Path) -> None:
    _, rows = scored(project, tmp_path, HEADER, *ROWS)
    project.bundles.export("laden", str(tmp_path / "bundle")).wait(120)
    command = [
        sys.executable,
        "-m",
        "bundle",
        "score",
        str(tmp_path / "neu.csv"),
        str(tmp_path / "by bundle.csv"),
    ]
    subprocess.run(command, cwd=tmp_path / "bundle", check=True, timeout=60)
    with (tmp_path / "by bundle.csv").open(newline="", encoding="utf-8") as file:
        alone = list(csv.DictReader(file))
    assert [r["probability_ja"] for r in alone] == [r["probability_ja"] for r in rows]
    assert "umsatz`: decimal, written as 1234,5" in (tmp_path / "bundle" / "README.md").read_text("utf-8")
