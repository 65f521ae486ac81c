"""Real windows: a look, a runner of calls, and the made-up window of the gallery."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from mlops_desktop.gui.tasks import Tasks
from mlops_desktop.gui.theme import Theme, install_theme
from mlops_desktop.gui.window import ProjectWindow
from mlops_desktop.gui.window_memory import WindowMemory

LONG_MS = 60_000


def load(name: str) -> ModuleType:
    """A module of this folder that is no test."""
    full = f"tests_gui_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None and spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[Theme]:
    """The light look at 100 %."""
    yield install_theme(qapp, "light", 1.0)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """A runner of calls that is drained afterwards."""
    runner = Tasks()
    yield runner
    runner.close()


@pytest.fixture
def gallery() -> ModuleType:
    """The window of all widgets."""
    return load("gallery")


@pytest.fixture
def made_up() -> ModuleType:
    """A window with made-up things in it."""
    return load("window")


@pytest.fixture
def charts_gallery() -> ModuleType:
    """The window of all charts."""
    return load("charts_gallery")


@pytest.fixture
def window(qtbot: Any, made_up: ModuleType, tasks: Tasks) -> Any:
    """The whole window, shown."""
    made = made_up.make_window(tasks)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def made(qtbot: Any, folder: Path) -> Iterator[ProjectWindow]:
    """The window on the project `folder` of the test's own file; nothing in it may turn out to be a bug."""
    found = ProjectWindow(WindowMemory(told_background=True))
    problems: list[object] = []
    found.tasks.bug_found.connect(problems.append)
    found.window.show()
    found.open_project(folder)
    qtbot.waitUntil(lambda: found.session.project is not None and found.tasks.busy == 0, timeout=LONG_MS)
    yield found
    found.window.close()
    found.end()
    assert problems == []
