"""The application in a process of its own: what it loads, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.client import open_project

from ..keeper import new_project
from ..running import until

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("launch_script.py")
HEAVY = {"pandas", "sklearn", "pyarrow", "duckdb", "lightgbm", "onnxruntime", "numpy", "pyqtgraph"}
SECTIONS = ("start", "overview", "models", "deployments", "monitoring", "automation", "help", "settings")

pytestmark = pytest.mark.slow  # real services, started and ended by each test


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose service ends with the tests."""
    folder = new_project(tmp_path_factory.mktemp("launch") / "churn.mlops")
    yield folder
    with open_project(folder) as project:
        project.stop(force=True)


def launch(folder: Path, *sections: str) -> tuple[dict[str, Any], int]:
    """Facts and exit status of an application that went through the sections and had nothing to complain of."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT), str(folder), *sections]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip(), done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout), done.returncode


@pytest.fixture(scope="module")
def launched(project_folder: Path) -> tuple[dict[str, Any], int]:
    """An application that was in every section without a chart that needs numpy."""
    return launch(project_folder, *SECTIONS)


def test_nothing_heavy_is_in_the_windows_process_before_the_first_chart(launched: tuple[dict[str, Any], int]):
    assert HEAVY & set(launched[0]["packages"]) == set()


def test_closing_the_window_ends_the_process_well(launched: tuple[dict[str, Any], int]):
    assert launched[1] == 0


def test_a_window_that_closes_during_an_import_ends_well_and_the_import_goes_on(
    project_folder: Path, tmp_path: Path
):
    rows = "".join(f"{n},{n * 7 % 1000},name {n}\n" for n in range(400_000))
    (tmp_path / "table.csv").write_text("id,n,word\n" + rows)
    for turn in (1, 2):
        facts, code = launch(project_folder, f"import:{tmp_path / 'table.csv'}")
        assert (code, facts["closing_s"] < 2) == (0, True)
        with open_project(project_folder) as project:
            until(lambda: not project.jobs.list(active=True))
            newest = project.datasets.show("table")
            assert (newest.number, newest.rows) == (turn, 400_000)


def test_a_project_that_is_not_there_leaves_the_window_on_the_start_screen(qtbot: Any, tmp_path: Path):
    from mlops_desktop.gui.window import ProjectWindow
    from mlops_desktop.gui.window_memory import WindowMemory

    made = ProjectWindow(WindowMemory())
    qtbot.addWidget(made.window)
    made.window.show()
    made.open_project(tmp_path / "gone.mlops")
    qtbot.waitUntil(lambda: made.window.error_panel.isVisible())
    assert "There is no project" in made.window.error_panel.message
    made.end()
