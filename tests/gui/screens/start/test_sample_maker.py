"""The sample project, made by a process of its own while the window tells how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from mlops_desktop.client import open_project
from mlops_desktop.gui.screens.start.beginning import sample_folder
from mlops_desktop.gui.screens.start.sample_maker import SampleMaker
from mlops_desktop.gui.screens.start.start_state import SampleProgress

LONG_MS = 120_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.slow
def test_a_sample_is_made_once_and_found_again(qtbot: Any):
    owner = QObject()
    maker = SampleMaker(owner)
    told: list[SampleProgress] = []
    maker.progressed.connect(told.append)
    folder, there = sample_folder(credit=True)
    assert not there
    with qtbot.waitSignal(maker.made, timeout=LONG_MS):
        maker.make(folder, credit=True)
    assert sample_folder(credit=True) == (folder, True)
    assert any("German credit" in progress.text for progress in told)
    with open_project(folder) as project:
        project.stop(force=True)


def test_a_sample_that_was_stopped_is_not_taken_for_whole(qtbot: Any):
    owner = QObject()
    maker = SampleMaker(owner)
    folder, _ = sample_folder(credit=True)
    with qtbot.waitSignal(maker.failed, timeout=LONG_MS):
        maker.make(folder, credit=True)
        maker.stop()
    assert not maker.running
    assert sample_folder(credit=True)[1] is False
