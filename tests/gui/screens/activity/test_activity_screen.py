"""Changes read, found and taken back in a real window, on a project with its own service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from mlops_desktop.client import open_project
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.activity.activity_screen import ActivityScreen
from mlops_desktop.gui.screens.activity.activity_state import PAGE, ActivityIntent
from mlops_desktop.gui.screens.activity.change_panel import ChangePanel
from mlops_desktop.gui.window import ProjectWindow

from ....keeper import new_project

LONG_MS = 60_000

pytestmark = pytest.mark.slow  # a real service


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with more changes than fit a page, made by a script."""
    made = new_project(tmp_path_factory.mktemp("activity") / "names.mlops", "Names")
    with open_project(made, client="script", actor="bob") as project:
        for i in range(PAGE + 5):
            project.rename(f"Name {i}")
        yield made
        project.stop(force=True)


@pytest.fixture
def screen(qtbot: Any, made: ProjectWindow) -> ActivityScreen:
    """The screen, shown and answered."""
    made.window.go(Place("activity"))
    found = made.window.screen_of("activity")
    assert isinstance(found, ActivityScreen)
    qtbot.waitUntil(lambda: bool(found.state.lines), timeout=LONG_MS)
    return found


def summaries(screen: ActivityScreen) -> list[str]:
    """What the list says, newest first."""
    return [line.summary for line in screen.state.lines if not line.band]


def test_a_change_of_this_window_is_taken_back_where_it_stands(
    qtbot: Any, made: ProjectWindow, screen: ActivityScreen
):
    before = made.session.project.status().name
    made.session.project.rename("Wrong")
    qtbot.waitUntil(lambda: any(line.can_undo for line in screen.state.lines), timeout=LONG_MS)
    key = next(line.key for line in screen.state.lines if line.can_undo)
    screen._table.clicked_cell.emit(key, "undo")
    qtbot.waitUntil(lambda: made.session.project.status().name == before, timeout=LONG_MS)
    qtbot.waitUntil(lambda: summaries(screen)[0].startswith("Took back"), timeout=LONG_MS)
    assert not any(line.can_undo for line in screen.state.lines)


def test_a_change_of_another_client_is_seen_but_not_offered_for_undo(
    qtbot: Any, screen: ActivityScreen, folder: Path
):
    with open_project(folder, client="other", actor="eve") as other:
        other.rename("By eve")
    qtbot.waitUntil(lambda: "eve" in dict(screen.state.actors), timeout=LONG_MS)
    assert not screen.state.lines[1].can_undo and screen.state.lines[1].via == "other"


def test_older_changes_come_by_pages(qtbot: Any, screen: ActivityScreen):
    assert screen.state.more and len(summaries(screen)) == PAGE
    screen._older.click()
    qtbot.waitUntil(lambda: not screen.state.more, timeout=LONG_MS)
    assert len(summaries(screen)) > PAGE + 4


def test_words_that_are_typed_narrow_the_list(qtbot: Any, made: ProjectWindow, screen: ActivityScreen):
    qtbot.keyClicks(screen._text, "name 104")
    assert len(summaries(screen)) == 1
    assert made.window.here == Place("activity", ActivityIntent(text="name 104"))


def test_a_chosen_change_is_told_in_the_inspector_and_copied_as_a_command(
    made: ProjectWindow, screen: ActivityScreen
):
    key = next(line.key for line in screen.state.lines if "Name 104" in line.summary)
    screen._table.choose([key])
    screen.open_details()
    [panel] = made.window.side_panel.findChildren(ChangePanel)
    assert panel.isVisible() and str(panel.details.sequence) == key
    made.registry.trigger("activity.copy_command")
    assert QGuiApplication.clipboard().text() == "mlops-desktop rename 'Name 104'"


def test_an_answer_that_comes_after_the_section_was_left_changes_no_choice(
    qtbot: Any, made: ProjectWindow, screen: ActivityScreen
):
    made.window.go(Place("activity", ActivityIntent(change=1)))
    made.window.go(Place("overview"))
    qtbot.waitUntil(lambda: made.tasks.busy == 0, timeout=LONG_MS)
    assert made.registry.context.selection_kind != "change"
