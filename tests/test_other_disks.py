"""Paths, locks and processes on a disk that ignores case, and on one without links and modes.

`MLOPS_TEST_FOLDER=/media/stick pytest tests/test_system.py tests/presence` runs the same on any disk at hand.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_desktop import system
from mlops_desktop.client import create_project, open_project
from mlops_desktop.domain.errors import BusyError, ConflictError
from mlops_desktop.known_projects import forget_project, known_projects, remember_project

from .disks import DiskKind, mounted
from .running import ROOT, TRAINABLE, Service

pytestmark = pytest.mark.slow

PATHS, LOCKS = "tests/test_system.py", "tests/presence/test_presence.py"
NEEDS_MORE = "link or pipe or private or only_its_user or stand_alone"
"""Words in the names of tests that need links, pipes or modes."""


@pytest.fixture(params=["ignores case", "without links"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of this kind, or the one that `MLOPS_TEST_FOLDER` names."""
    with mounted(request.param, tmp_path) as place:
        yield place


@pytest.fixture
def service(disk: Path) -> Iterator[Service]:
    """The service of a project on that disk."""
    running = Service(disk / "Churn.mlops").start()
    yield running
    running.close()


@pytest.mark.parametrize(
    ("kind", "files", "without"),
    [("ignores case", [PATHS, LOCKS], ""), ("without links", [PATHS], NEEDS_MORE)],
    ids=["ignores case", "without links"],
)
def test_what_holds_on_the_usual_disk_holds_there_too(
    tmp_path: Path, kind: DiskKind, files: list[str], without: str
) -> None:
    with mounted(kind, tmp_path) as place:
        chosen = f"not ({without})" if without else ""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow"]
        done = subprocess.run(
            [*command, "-k", chosen, *files],
            cwd=ROOT,
            env={**os.environ, "MLOPS_TEST_FOLDER": str(place)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout[-3000:]


def test_a_project_is_one_however_its_name_is_typed(service: Service) -> None:
    other = service.folder.with_name("cHURN.mlops")
    with open_project(other) as project:
        assert project.status().service.pid == service.pid
    with pytest.raises((BusyError, ConflictError), match=r"is a project already|is not empty"):
        create_project(other)


def test_a_project_is_known_once_however_its_name_is_typed(disk: Path) -> None:
    (disk / "Churn.mlops").mkdir()
    for name in ("Churn.mlops", "churn.mlops"):
        remember_project(disk / name, "churn", has_schedules=False)
    (known,) = [p for p in known_projects() if Path(p.path).parent == disk]
    assert Path(known.path).name.casefold() == "churn.mlops"
    forget_project(disk / "CHURN.mlops")
    assert not [p for p in known_projects() if Path(p.path).parent == disk]


def test_the_loop_works_there_and_no_file_is_written_over_for_the_case_of_its_letters(
    service: Service, disk: Path
) -> None:
    project = service.project()
    (disk / "sales.csv").write_text(TRAINABLE)
    project.datasets.import_file(str(disk / "SALES.CSV"), "sales", target="sold").wait(30)
    project.datasets.export("sales", str(disk / "Out.csv")).wait(30)
    with pytest.raises(ConflictError, match="exists"):
        project.datasets.export("sales", str(disk / "oUT.csv")).wait(30)
    run = project.runs.start("sales", algorithm="linear").wait(60)
    bundle = project.bundles.export(project.models.register(run.run_id, "Sales").ref, str(disk / "out")).wait(
        60
    )
    assert bundle.self_test.rows > 0
    assert project.doctor().whole


def test_of_many_that_make_a_file_once_all_get_the_first_ones(disk: Path) -> None:
    answers: list[bytes] = []
    start = threading.Barrier(8)

    def make(number: int) -> None:
        start.wait()
        answers.append(system.create_once(disk / "Key", bytes([number]) * 32))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {(disk / "kEY").read_bytes()}
    assert [path.name.casefold() for path in disk.iterdir()] == ["key"]
