"""The data section in a real window, on a project with its own service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.client import open_project
from mlops_desktop.gui.actions import ActionRegistry
from mlops_desktop.gui.main_window import MainWindow
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.project_session import ProjectSession
from mlops_desktop.gui.screens.data import actions, section
from mlops_desktop.gui.screens.data.data_screen import DataScreen
from mlops_desktop.gui.tasks import Tasks

from ....keeper import new_project

BIKES = """day,hour,weather,rentals,zip
2011-01-01,0,Clear,16,00731
2011-01-01,1,Mist,40,10115
2011-01-01,2,,32,
2011-01-01,3,Clear,13,99999
"""
MORE = "day,hour,weather,rentals,zip\n2011-01-02,0,Rain,7,00731\n2011-01-02,1,Clear,9,00731\n"


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a service of its own, for the tests of a file."""
    folder = new_project(tmp_path_factory.mktemp("data") / "churn.mlops")
    yield folder
    with open_project(folder) as project:
        project.stop(force=True)


@pytest.fixture
def project(project_folder: Path) -> Iterator[Any]:
    """The project by another client than the window; every data set is trashed afterwards."""
    with open_project(project_folder, client="script", actor="ann") as opened:
        yield opened
        for dataset in opened.datasets.list():
            opened.datasets.trash(dataset.name)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a text into a file of the test's own folder."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def bikes(project: Any, write: Callable[[str, str], Path]) -> Any:
    """The data set bikes with one version."""
    return project.datasets.import_file(str(write("bikes.csv", BIKES)), target="rentals").wait(30)


@pytest.fixture
def window(qtbot: Any, tasks: Tasks, project: Any, project_folder: Path) -> Iterator[MainWindow]:
    """A window on the project, with the data section alone."""
    session = ProjectSession(tasks, "Ann Lee", "window")
    registry = ActionRegistry()
    made = MainWindow(session, [section()], registry)
    registry.add(actions(made))
    registry.install_shortcuts(made)
    session.topics_moved.connect(made.tell_changes)
    qtbot.addWidget(made)
    session.open(project_folder)
    qtbot.waitUntil(lambda: session.project is not None, timeout=20_000)
    made.show()
    yield made
    tasks.close()
    session.close()


@pytest.fixture
def screen(window: MainWindow) -> DataScreen:
    """The screen, shown."""
    window.go(Place("data"))
    found = window.screen_of("data")
    assert isinstance(found, DataScreen)
    return found
