"""The whole window on a project with its own service: models, aliases and undo, a form, an export, settings, the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QSpinBox

from mlops_desktop.client import open_project
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.start.beginning import create_and_open
from mlops_desktop.gui.screens.start.start_state import project_folder
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.window import ProjectWindow
from mlops_desktop.gui.window_memory import WindowMemory, load_memory
from mlops_desktop.presence.discovery import find

from ..keeper import new_project

LONG_S = 60.0
LONG_MS = 60_000

pytestmark = pytest.mark.slow  # real services, started and ended by each test


def loans_csv() -> str:
    """Loans whose risk grows with the amount, with noise."""
    lines = ["amount,purpose,age,risk"]
    for i in range(240):
        amount = 100 + i * 37 % 900
        risk = "bad" if amount + i * 71 % 400 > 800 else "good"
        lines.append(f"{amount},{('car', 'house', 'tv')[i % 3]},{20 + i % 40},{risk}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with a model of two versions."""
    place = tmp_path_factory.mktemp("window")
    (place / "loans.csv").write_text(loans_csv(), encoding="utf-8")
    made = new_project(place / "loans.mlops", "Loans")
    with open_project(made, client="script") as project:
        project.datasets.import_file(str(place / "loans.csv"), target="risk").wait(LONG_S)
        for algorithm in ("baseline", "lightgbm"):
            run = project.runs.start("loans", algorithm=algorithm).wait(LONG_S)
            project.models.register(run.run_id, "risk")
        yield made
        project.stop(force=True)


@pytest.fixture
def go(qtbot: Any, made: ProjectWindow) -> Callable[..., Any]:
    """Shows a section and gives its screen, once it has been answered."""

    def show(section: str, intent: Any = None) -> Any:
        made.window.go(Place(section, intent))
        qtbot.waitUntil(lambda: made.tasks.busy == 0, timeout=LONG_MS)
        return made.window.screen_of(section)

    return show


def shown_dialog(made: ProjectWindow) -> Dialog:
    """The dialog that is open over the window."""
    return next(d for d in made.window.findChildren(Dialog) if d.isVisible())


def test_a_project_opens_on_its_overview(made: ProjectWindow):
    assert made.window.here == Place("overview")
    assert made.window.state.project_title == "Loans" and made.window.state.counts["models"] == 1


def test_every_section_shows_itself_without_an_error(made: ProjectWindow, go: Callable[..., Any]):
    for section in made._section_ids:
        go(section)
        assert not made.window.error_panel.isVisible(), section


def test_an_alias_is_set_by_a_command_and_taken_back_by_ctrl_z(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any]
):
    go("models", "risk@2")
    made.registry.trigger("models.champion")
    qtbot.waitUntil(
        lambda: made.session.project.models.show("risk@2").aliases == ["champion"], timeout=LONG_MS
    )
    qtbot.waitUntil(lambda: "risk@2 is the champion now." in made.window.toasts.texts, timeout=LONG_MS)
    qtbot.keyClick(made.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: made.session.project.models.show("risk@2").aliases == [], timeout=LONG_MS)


def test_nothing_to_take_back_is_said_and_is_no_error(qtbot: Any, made: ProjectWindow):
    made.undo()
    qtbot.waitUntil(lambda: "There is nothing to take back." in made.window.toasts.texts, timeout=LONG_MS)
    assert not made.window.error_panel.isVisible()


def test_the_answer_follows_as_one_types(qtbot: Any, go: Callable[..., Any]):
    form = go("models", "risk@2").try_out
    qtbot.waitUntil(lambda: form.answer_words not in ("—", "..."), timeout=LONG_MS)
    before = form.answer_words
    form.field("amount").setText("999" if float(before) < 0.5 else "100")
    qtbot.waitUntil(lambda: form.answer_words not in (before, "—", "..."), timeout=LONG_MS)


def test_a_word_for_a_number_is_marked_at_its_field(qtbot: Any, go: Callable[..., Any]):
    form = go("models", "risk@2").try_out
    form.field("amount").setText("much")
    qtbot.waitUntil(lambda: form.field("amount").property("state") == "bad", timeout=LONG_MS)
    form.field("amount").setText("500")
    qtbot.waitUntil(lambda: not form.field("amount").property("state"), timeout=LONG_MS)


def test_a_file_is_scored_into_a_file_of_the_persons_choice(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any], folder: Path, tmp_path: Path
):
    go("models", "risk@2")
    made.registry.trigger("models.score")
    answer_file_dialog(qtbot, made, folder.with_name("loans.csv"))
    answer_file_dialog(qtbot, made, tmp_path / "scored.csv")
    qtbot.waitUntil(lambda: any("240 rows" in text for text in made.window.toasts.texts), timeout=LONG_MS)
    assert len((tmp_path / "scored.csv").read_text().splitlines()) == 241


def answer_file_dialog(qtbot: Any, made: ProjectWindow, path: Path) -> None:
    """Choose a path in the file dialog that is open."""

    def dialogs() -> list[QFileDialog]:
        return [d for d in made.window.findChildren(QFileDialog) if d.isVisible()]

    qtbot.waitUntil(lambda: bool(dialogs()), timeout=LONG_MS)
    [dialog] = dialogs()
    dialog.close()
    dialog.fileSelected.emit(str(path))


def test_a_setting_of_the_project_is_set_in_its_field(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any]
):
    screen = go("settings", "project")
    [field] = [w for w in screen.widget().findChildren(QSpinBox) if w.accessibleName() == "Runs at a time"]
    field.setValue(3)
    field.editingFinished.emit()

    def value() -> str:
        return next(v.value for v in made.session.project.settings.list() if v.name == "parallel_runs")

    qtbot.waitUntil(lambda: value() == "3", timeout=LONG_MS)


def test_the_theme_is_remembered(made: ProjectWindow):
    made.registry.trigger("look.dark")
    assert theme().scheme == "dark" and load_memory().setting("theme") == "dark"
    made.preferences.set("theme", "light")
    assert theme().scheme == "light"


def test_the_section_in_front_comes_back(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any], folder: Path
):
    go("models")
    assert load_memory().sections[str(folder)] == "models"
    made.close_project()
    assert made.window.here == Place("start")
    made.open_project(folder)
    qtbot.waitUntil(
        lambda: made.window.here is not None and made.window.here.section == "models", timeout=LONG_MS
    )


def test_another_clients_change_is_seen_without_asking(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any], folder: Path
):
    screen = go("models")
    with open_project(folder, client="other", actor="bob") as other:
        other.models.set_notes("risk", "only for amounts under 1,000")
    qtbot.waitUntil(lambda: "under 1,000" in screen._notes.text(), timeout=LONG_MS)


def test_activity_tells_what_happened_and_checks_everything(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any]
):
    made.session.project.models.set_notes("risk", "checked by ann")
    screen = go("activity")
    qtbot.waitUntil(
        lambda: "Changed the notes of model risk" in [line.summary for line in screen.state.lines],
        timeout=LONG_MS,
    )
    assert next(line.can_undo for line in screen.state.lines if not line.band)
    made.registry.trigger("project.doctor")
    qtbot.waitUntil(lambda: "The chain of changes holds." in screen._check_card.text, timeout=LONG_MS)


def test_what_goes_on_without_the_window_is_said_once(qtbot: Any, made: ProjectWindow):
    made.session.project.schedules.add("weekly", "tuesday 18:00", 2)
    qtbot.waitUntil(lambda: bool(made.session.state.note), timeout=LONG_MS)
    made.preferences.remember(WindowMemory())
    made.window.close()
    dialog = shown_dialog(made)
    assert made.window.isVisible() and "Close the window" in dialog.accept_button.text()
    dialog.close()
    assert made.memory.told_background
    made.window.close()
    assert not made.window.isVisible()


def test_a_new_project_is_created_and_opened(
    qtbot: Any, made: ProjectWindow, go: Callable[..., Any], tmp_path: Path
):
    go("start")
    wanted = project_folder("Second one", tmp_path / "deeper")
    create_and_open(made.window, wanted, "Second one")
    qtbot.waitUntil(lambda: made.session.path == wanted, timeout=LONG_MS)
    assert made.window.state.project_title == "Second one"
    assert made.window.here == Place("overview")
    made.stop_service()
    qtbot.waitUntil(lambda: any("has ended" in text for text in made.window.toasts.texts), timeout=LONG_MS)
    qtbot.waitUntil(lambda: find(wanted) is None, timeout=LONG_MS)
