"""Schedules set, paused, run and removed in a real window, on a project with its own service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from mlops_desktop.client import open_project
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.automation.automation_screen import AutomationScreen
from mlops_desktop.gui.screens.automation.schedule_dialog import TimesFields
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import Field, TextField
from mlops_desktop.gui.window import ProjectWindow

from ....keeper import new_project

LONG_S = 60.0
LONG_MS = 60_000

pytestmark = pytest.mark.slow  # a real service, and trainings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with one finished training."""
    place = tmp_path_factory.mktemp("automation")
    rows = "".join(f"{i % 7},{i % 5},{i % 7 * 2 + i % 5}\n" for i in range(200))
    (place / "rides.csv").write_text("warmth,hour,rentals\n" + rows, encoding="utf-8")
    made = new_project(place / "rides.mlops", "Rides")
    with open_project(made, client="script") as project:
        project.datasets.import_file(str(place / "rides.csv"), target="rentals").wait(LONG_S)
        project.runs.start("rides", algorithm="baseline").wait(LONG_S)
        yield made
        project.stop(force=True)


@pytest.fixture
def made(made: ProjectWindow) -> Iterator[ProjectWindow]:
    """The window on the project; schedules are removed afterwards."""
    yield made
    for schedule in made.session.project.schedules.list():
        made.session.project.schedules.remove(schedule.name)


@pytest.fixture
def screen(qtbot: Any, made: ProjectWindow) -> AutomationScreen:
    """The screen, shown and answered."""
    made.window.go(Place("automation"))
    found = made.window.screen_of("automation")
    assert isinstance(found, AutomationScreen)
    qtbot.waitUntil(lambda: found.state is not None, timeout=LONG_MS)
    return found


@pytest.fixture
def weekly(made: ProjectWindow, qtbot: Any, screen: AutomationScreen) -> Callable[[], Any]:
    """A schedule that is looked at; gives what the service knows of it."""
    made.session.project.schedules.add("weekly", "tuesday 18:00", 1)
    qtbot.waitUntil(lambda: screen.state is not None and not screen.state.empty, timeout=LONG_MS)
    return lambda: made.session.project.schedules.show("weekly")


def dialog(qtbot: Any, made: ProjectWindow) -> Dialog:
    """The dialog that is open over the window, once it is."""
    qtbot.waitUntil(lambda: bool(dialogs(made)), timeout=LONG_MS)
    return dialogs(made)[0]


def dialogs(made: ProjectWindow) -> list[Dialog]:
    """Those that are open."""
    return [d for d in made.window.findChildren(Dialog) if d.isVisible()]


def field(root: Any, name: str) -> TextField:
    """The field of text with this name."""
    return next(f for f in root.findChildren(TextField) if f.accessibleName() == name)


def click(qtbot: Any, root: Any, words: str) -> None:
    """Click the button with these words."""
    found = next(b for b in root.findChildren(Button) if b.text() == words and b.isVisible())
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def test_a_new_schedule_is_told_while_one_types_and_stands_in_the_list(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen
):
    click(qtbot, screen.widget(), "New schedule...")
    asked = dialog(qtbot, made)
    [times] = asked.findChildren(TimesFields)
    field(asked, "Every").setText("daily 02:30")
    field(asked, "Time zone").setText("Europe/Berlin")
    qtbot.waitUntil(lambda: times.told == "Every day at 02:30 (Europe/Berlin)", timeout=LONG_MS)
    field(asked, "Name").setText("nightly")
    click(qtbot, asked, "Set schedule")
    qtbot.waitUntil(lambda: bool(screen.state and screen.state.chosen), timeout=LONG_MS)
    assert screen.state and screen.state.chosen and screen.state.chosen.name == "nightly"
    assert made.window.here == Place("automation", "nightly") and not dialogs(made)


def test_times_that_mean_nothing_are_refused_at_their_field(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen
):
    click(qtbot, screen.widget(), "New schedule...")
    asked = dialog(qtbot, made)
    every = next(f for f in asked.findChildren(Field) if f.field is field(asked, "Every"))
    field(asked, "Every").setText("tuesdai 18:00")
    qtbot.waitUntil(lambda: "no timetable" in every.field.accessibleDescription(), timeout=LONG_MS)
    asked.close()


def test_a_name_that_is_taken_is_refused_at_its_field_and_the_dialog_stays(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen, weekly: Callable[[], Any]
):
    click(qtbot, screen.widget(), "New schedule...")
    asked = dialog(qtbot, made)
    field(asked, "Name").setText("weekly")
    click(qtbot, asked, "Set schedule")
    qtbot.waitUntil(lambda: "already" in field(asked, "Name").accessibleDescription(), timeout=LONG_MS)
    assert asked.isVisible() and asked.accept_button.isEnabled()
    asked.close()


def test_a_schedule_is_paused_and_goes_on(qtbot: Any, screen: AutomationScreen, weekly: Callable[[], Any]):
    click(qtbot, screen.widget(), "Pause")
    qtbot.waitUntil(lambda: weekly().state == "paused", timeout=LONG_MS)
    qtbot.waitUntil(
        lambda: bool(screen.state and screen.state.chosen and screen.state.chosen.paused), timeout=LONG_MS
    )
    click(qtbot, screen.widget(), "Resume")
    qtbot.waitUntil(lambda: weekly().state == "active", timeout=LONG_MS)


def test_all_schedules_rest_at_once(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen, weekly: Callable[[], Any]
):
    made.session.project.schedules.add("daily", "daily 02:30", 1)
    click(qtbot, screen.widget(), "Pause all")
    schedules = made.session.project.schedules
    qtbot.waitUntil(lambda: {s.state for s in schedules.list()} == {"paused"}, timeout=LONG_MS)
    qtbot.waitUntil(lambda: "2 schedules rest." in made.window.toasts.texts, timeout=LONG_MS)


def test_other_times_are_set(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen, weekly: Callable[[], Any]
):
    click(qtbot, screen.widget(), "Set times...")
    asked = dialog(qtbot, made)
    field(asked, "Every").setText("monday 07:00")
    click(qtbot, asked, "Set times")
    qtbot.waitUntil(lambda: weekly().timetable == "monday 07:00", timeout=LONG_MS)
    qtbot.waitUntil(lambda: not dialogs(made), timeout=LONG_MS)


def test_a_removed_schedule_comes_back_with_ctrl_z(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen, weekly: Callable[[], Any]
):
    click(qtbot, screen.widget(), "Remove")
    qtbot.waitUntil(lambda: bool(screen.state and screen.state.empty), timeout=LONG_MS)
    qtbot.keyClick(made.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(screen.state and not screen.state.empty), timeout=LONG_MS)
    assert weekly().state == "active"


def test_what_a_schedule_does_can_be_done_now(
    qtbot: Any, made: ProjectWindow, screen: AutomationScreen, weekly: Callable[[], Any]
):
    before = len(made.session.project.runs.list())
    click(qtbot, screen.widget(), "Run now")
    qtbot.waitUntil(
        lambda: made.window.here is not None and made.window.here.section == "runs", timeout=LONG_MS
    )
    assert len(made.session.project.runs.list()) == before + 1
    assert made.window.here is not None
    qtbot.waitUntil(
        lambda: made.session.project.runs.show(made.window.here.intent).state == "finished", timeout=LONG_MS
    )
