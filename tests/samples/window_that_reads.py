"""A window that looks into the project's folder, past its service: `test_one_door.py` holds that this is noticed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.client import open_project
from mlops_desktop.gui.theme import install_theme
from mlops_desktop.gui.window import ProjectWindow
from mlops_desktop.gui.window_memory import WindowMemory

from ..keeper import new_project

LOOKS: dict[str, Callable[[Path], object]] = {
    "folder": lambda folder: list(folder.iterdir()),
    "database": lambda folder: (folder / "project.duckdb").open("rb").close(),
    "data": lambda folder: list((folder / "data").iterdir()),
    "runs": lambda folder: list((folder / "runs").iterdir()),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a service."""
    made = new_project(tmp_path_factory.mktemp("reads") / "churn.mlops")
    yield made
    with open_project(made) as project:
        project.stop(force=True)


@pytest.mark.parametrize("look", LOOKS)
def test_a_screen_that_reads_the_folder(qtbot: Any, qapp: Any, folder: Path, look: str) -> None:
    install_theme(qapp, "light", 1.0)
    made = ProjectWindow(WindowMemory(told_background=True))
    problems: list[object] = []
    made.tasks.bug_found.connect(problems.append)
    made.open_project(folder)
    qtbot.waitUntil(lambda: made.session.project is not None and made.tasks.busy == 0, timeout=30_000)
    path = made.session.path
    assert path is not None
    made.tasks.run(lambda: LOOKS[look](path), lambda found: None, owner=made.window)
    qtbot.waitUntil(lambda: made.tasks.busy == 0, timeout=30_000)
    made.window.close()
    made.end()
    assert problems == []
