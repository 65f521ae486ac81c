"""An import that is killed leaves nothing or the whole version, and the next start clears up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.database import create
from mlops_desktop.store.session import Caller
from mlops_desktop.system import CRASH_VARIABLE

Write = Callable[..., str]

SCRIPT = Path(__file__).parent / "import_script.py"
MOMENTS = [
    f"{point}:{side}"
    for point in ("publish.fsync", "publish.rename", "publish.fsync_folder")
    for side in ("before", "after")
] + [f"store.commit:{side}:{turn}" for side in ("before", "after") for turn in (1, 2, 3)]


@contextmanager
def served(folder: Path) -> Generator[Project]:
    """The project, as a service that starts and leaves."""
    with closing(Host(folder)) as host:
        yield Project(host.local(Caller("ann", "window-1")))


def killed_import(folder: Path, file: str, mode: str, moment: str) -> str:
    """What an import printed that was killed at `moment`."""
    environment = {**os.environ, CRASH_VARIABLE: moment, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(SCRIPT), str(folder), file, "table", mode]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode in (-9, 0), done.stderr
    return done.stdout.strip()


def left_behind(folder: Path, project: Project) -> list[str]:
    left = [p.name for p in (folder / "data" / "tmp").glob("*")]
    return left + [str(finding) for finding in project.doctor().findings]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["append", "merge"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_leaves_nothing_or_the_whole_version(
    project_folder: Path, write: Write, moment: str, mode: str
) -> None:
    create(project_folder, lambda session: session.project.begin("kills"))
    rows = [f"{k},{k}" for k in range(100)]
    with served(project_folder) as project:
        project.datasets.import_file(write("table.csv", "k,x", *rows)).wait(30)
    more = write("more.csv", "k,x", *rows[:50], "50,0", "100,1")
    acknowledged = killed_import(project_folder, more, mode, moment)
    with served(project_folder) as project:
        newest = project.datasets.show("table")
        assert (newest.number, newest.rows) in ((1, 100), (2, {"append": 152, "merge": 52}[mode]))
        assert acknowledged in ("", newest.ref)
        assert left_behind(project_folder, project) == []
        assert project.datasets.import_file(more, "table", "append").wait(30).rows == newest.rows + 52
