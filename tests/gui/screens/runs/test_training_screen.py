"""Setting a training up in a real window: looked at before, run, watched, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mlops_desktop.gui.main_window import MainWindow
from mlops_desktop.gui.screens.runs.runs_intent import TrainingDraft
from mlops_desktop.gui.screens.runs.training_screen import split_value
from mlops_desktop.gui.widgets.dialogs import Dialog

Go = Callable[..., Any]
RIDES = TrainingDraft(data="rides", algorithms=("linear",))
CANCELLED_WITHIN_S = 5

pytestmark = pytest.mark.slow  # real trainings in a real window


def looked_at(page: Any) -> bool:
    return bool(page.state.findings) and not page.state.problem


def test_a_leak_is_found_and_excluded_by_its_button(go: Go, qtbot: Any) -> None:
    page = go(looked_at, page="training", draft=RIDES)
    assert page.state.warning == "1 leak is still in"
    finding = page.state.findings[0]
    page._findings.remedy_wanted.emit(list(finding.columns))
    assert set(page.draft.ignored) == {"casual", "registered"}
    assert page.state.warning == ""


def test_dragging_a_handle_changes_what_is_tested_on(go: Go, qtbot: Any) -> None:
    page = go(lambda p: looked_at(p) and p.state.split.places is not None, page="training", draft=RIDES)
    count = len(page.state.split.bars)
    page._split.handle_moved.emit(1, count - 1)
    page._split.handle_moved.emit(0, count - 7)
    assert (page.draft.test_period, page.draft.train_window) == ("2012-12", "6 months")
    assert page._split._strip.handles == (count - 7, count - 1, count)


def test_the_keys_move_a_handle_too(go: Go, qtbot: Any) -> None:
    page = go(lambda p: looked_at(p) and p.state.split.places is not None, page="training", draft=RIDES)
    strip = page._split._strip
    before = strip.handles
    qtbot.keyClick(strip, Qt.Key.Key_Down)
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert strip.handles[1] == before[1] - 1


def test_the_way_back_keeps_what_was_set_up(go: Go, window: MainWindow, qtbot: Any, trained: Any) -> None:
    page = go(looked_at, page="training", draft=RIDES)
    page._algorithms.toggled.emit("baseline")
    page._features.toggled.emit("weekday")
    go(page="run", run=trained.rides[0])
    window.go_back()
    assert page.draft.algorithms == ("baseline", "linear")
    assert page.draft.ignored == ("weekday",)


def test_another_data_set_begins_anew(go: Go, qtbot: Any) -> None:
    page = go(looked_at, page="training", draft=TrainingDraft(data="rides", ignored=("casual",)))
    page._data.changed.emit("data", "loans")
    qtbot.waitUntil(lambda: page.state.target == "risk" and not page.state.problem, timeout=20_000)
    assert page.draft.ignored == ()
    assert page.state.split.method == "stratified"


def test_a_parameter_out_of_range_is_told_at_its_field(go: Go, qtbot: Any) -> None:
    page = go(looked_at, page="training", draft=RIDES)
    box = page._params._boxes["strength"]
    box.field.setText("-3")
    box.field.editingFinished.emit()
    assert "from 0.0" in box._note.text()
    assert page.draft.params == ()


def test_a_share_that_can_not_be_is_told(go: Go) -> None:
    for text in ("0", "100", "many"):
        try:
            split_value("test_share", text)
        except ValueError as error:
            assert "%" in str(error)
        else:
            raise AssertionError(text)
    assert split_value("test_share", "25 %") == 0.25


def test_the_script_does_the_same(go: Go, window: MainWindow, qtbot: Any) -> None:
    page = go(looked_at, page="training", draft=RIDES)
    page.show_script()
    asked = next(d for d in window.findChildren(Dialog) if d.isVisible())
    asked.accept_button.click()
    assert 'algorithm="linear"' in QGuiApplication.clipboard().text()


def test_ctrl_enter_runs_and_shows_the_run_until_its_end(
    go: Go, window: MainWindow, qtbot: Any, project: Any
) -> None:
    page = go(looked_at, page="training", draft=RIDES)
    page._findings.remedy_wanted.emit(["casual", "registered"])
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    screen: Any = window.screen_of("runs")
    qtbot.waitUntil(lambda: screen.front == "run", timeout=20_000)
    shown = screen.page("run")
    qtbot.waitUntil(lambda: shown.state is not None and shown.state.state == "finished", timeout=60_000)
    qtbot.waitUntil(lambda: any(c.key == "predicted" for c in shown._charts.cards), timeout=10_000)
    assert shown._log.count > 3
    project.runs.trash([shown.state.run_id])


def test_two_algorithms_start_two_runs(go: Go, window: MainWindow, qtbot: Any, project: Any) -> None:
    draft = TrainingDraft(data="loans", algorithms=("baseline", "linear"))
    page = go(looked_at, page="training", draft=draft)
    page.run()
    screen: Any = window.screen_of("runs")
    qtbot.waitUntil(lambda: screen.front == "table", timeout=20_000)
    assert window.here is not None
    begun = window.here.intent.chosen
    table = screen.page("table")

    def done() -> set[int]:
        return {line.run_id for line in table.state.lines if line.state == "finished"}

    qtbot.waitUntil(lambda: set(begun) <= done() and table.state.chosen != (), timeout=60_000)
    project.runs.trash(list(begun))


def test_a_cancelled_run_ends_within_five_seconds(
    go: Go, window: MainWindow, qtbot: Any, project: Any
) -> None:
    draft = TrainingDraft(
        data="rides", algorithms=("random_forest",), params=(("random_forest", "trees", 5000),)
    )
    page = go(looked_at, page="training", draft=draft)
    page.run()
    screen: Any = window.screen_of("runs")
    qtbot.waitUntil(lambda: screen.front == "run", timeout=20_000)
    shown = screen.page("run")
    qtbot.waitUntil(lambda: shown.state is not None and shown.state.state == "running", timeout=30_000)
    shown._progress._row.cancelled.emit()
    qtbot.waitUntil(lambda: shown.state.state == "cancelled", timeout=CANCELLED_WITHIN_S * 1000)
    assert not shown._progress.isVisible()


def test_a_draft_like_a_run_asks_the_same(go: Go, window: MainWindow, qtbot: Any, trained: Any) -> None:
    go(lambda p: len(p.state.lines) >= 4, chosen=(trained.rides[1],))
    qtbot.waitUntil(lambda: window.actions_registry.trigger("run.like"), timeout=5_000)
    screen: Any = window.screen_of("runs")
    qtbot.waitUntil(lambda: screen.front == "training" and looked_at(screen.page("training")), timeout=20_000)
    page = screen.page("training")
    assert (page.draft.algorithms, page.draft.test_period) == (("linear",), "2012-12")
    assert set(page.draft.ignored) == {"casual", "registered"}
