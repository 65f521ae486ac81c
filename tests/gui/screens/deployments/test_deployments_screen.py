"""A bundle exported from its section in a real window, on a project with its own service and model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from mlops_desktop.client import open_project
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.deployments.deployments_screen import DeploymentsScreen
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.code import CodeBlock
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.window import ProjectWindow

from ....keeper import new_project

LONG_S = 60.0
LONG_MS = 60_000

pytestmark = pytest.mark.slow  # a real service, trainings and an export


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a model of two versions, the first of them champion."""
    place = tmp_path_factory.mktemp("deployments")
    rows = "".join(f"{i % 7},{i % 5},{i % 7 * 2 + i % 5}\n" for i in range(200))
    (place / "rides.csv").write_text("warmth,hour,rentals\n" + rows, encoding="utf-8")
    made = new_project(place / "rides.mlops", "Rides")
    with open_project(made, client="script") as project:
        project.datasets.import_file(str(place / "rides.csv"), target="rentals").wait(LONG_S)
        for algorithm in ("linear", "lightgbm"):
            run = project.runs.start("rides", algorithm=algorithm).wait(LONG_S)
            project.models.register(run.run_id, "rides")
        project.models.set_alias("rides@1", "champion")
        yield made
        project.stop(force=True)


def opened(qtbot: Any, made: ProjectWindow, kind: Any) -> Any:
    """The dialog of this kind that is open, once it is."""

    def dialogs() -> list[Any]:
        return [d for d in made.window.findChildren(kind) if d.isVisible()]

    qtbot.waitUntil(lambda: bool(dialogs()), timeout=LONG_MS)
    return dialogs()[0]


def test_a_bundle_is_exported_told_and_out_of_date_once_another_is_champion(
    qtbot: Any, made: ProjectWindow, tmp_path: Path
):
    made.window.go(Place("deployments"))
    screen = made.window.screen_of("deployments")
    assert isinstance(screen, DeploymentsScreen)
    made.registry.trigger("deployments.export")
    opened(qtbot, made, Dialog).accept_button.click()
    chooser = opened(qtbot, made, QFileDialog)
    chooser.close()
    chooser.fileSelected.emit(str(tmp_path / "out"))
    qtbot.waitUntil(lambda: bool(screen.state.lines), timeout=LONG_MS)
    assert screen.state.lines[0].model == "rides v1" and screen.state.newer == ""
    codes = [block.code for block in screen.widget().findChildren(CodeBlock)]
    assert any("pip install" in c for c in codes) and any("curl" in c for c in codes)
    copy = next(b for b in screen.widget().findChildren(Button) if b.accessibleName() == "Copy SHA-256")
    copy.click()
    assert QGuiApplication.clipboard().text() == screen.state.sha256
    made.session.project.models.set_alias("rides@2", "champion")
    qtbot.waitUntil(lambda: screen.state.newer == "rides@2", timeout=LONG_MS)
    assert screen.state.lines[0].alias == "champion is v2"
