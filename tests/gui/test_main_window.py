from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor

from mlops_desktop.domain.errors import ConflictError
from mlops_desktop.gui.places import Place


def test_a_screen_is_built_when_first_shown(window):
    assert set(window._screens) == {"monitoring"}
    window.go(Place("runs"))
    assert set(window._screens) == {"monitoring", "runs"}


def test_back_and_forward_show_the_intents_again(qtbot, window):
    window.go(Place("runs", "mae < 140"))
    window.go(Place("data"))
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.here == Place("runs", "mae < 140")
    assert window.screen_of("runs").told[-1] == ("intent", "mae < 140")
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.here == Place("data")


def test_ctrl_k_finds_commands_and_things(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_box.isVisible()
    qtbot.keyClicks(window.palette_box._field, "comp")
    assert window.palette_box.titles[0] == "Compare selected runs"
    qtbot.waitUntil(lambda: "Comparing runs fairly" in window.palette_box.titles)
    qtbot.keyClick(window.palette_box._field, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()


def test_enter_in_the_palette_runs_the_command(qtbot, window):
    window.open_palette()
    qtbot.keyClicks(window.palette_box._field, "go to runs")
    qtbot.keyClick(window.palette_box._field, Qt.Key.Key_Return)
    assert window.here == Place("runs")


def test_help_only_leaves_commands_out(qtbot, window):
    window.open_palette("?comp")
    window.palette_box.show_findings(window.session.find("comp"))
    assert window.palette_box.titles == ["Comparing runs fairly"]


def test_space_shows_the_inspector_when_no_widget_wants_it(qtbot, window):
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.side_panel.what == "inspector"
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.side_panel.what == ""


@pytest.mark.parametrize(("width", "folded"), [(1440, False), (1024, True)])
def test_a_small_window_folds_the_sidebar(qtbot, window, width, folded):
    window.resize(width, 700)
    qtbot.waitUntil(lambda: window.sidebar.folded == folded)


def test_f9_folds_and_the_choice_stays(qtbot, window):
    window.resize(1440, 900)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.sidebar.folded
    window.resize(1400, 900)
    assert window.sidebar.folded


def test_a_change_refreshes_the_screen_in_front_and_marks_the_others(window):
    window.go(Place("runs"))
    window.go(Place("data"))
    window.tell_changes({"runs", "data"})
    assert window.screen_of("data").told[-1] == "refresh"
    assert window.screen_of("runs").told[-1] == "dirty"
    assert "refresh" not in window.screen_of("monitoring").told


def test_an_error_says_what_why_and_what_to_do(window, made_up):
    window.show_error(ConflictError("It moved on.", reason="Somebody was faster.", remedy="Look again."))
    assert window.error_panel.isVisible()
    assert window.error_panel.message == "It moved on."
    window.error_panel.close_panel()
    assert not window._error_row.isVisible()


def test_a_bug_of_a_call_is_shown(qtbot, window, tasks):
    tasks.run(lambda: 1 // 0, lambda _: None, owner=window)
    qtbot.waitUntil(window.error_panel.isVisible)
    assert "inside the app" in window.error_panel.message


def test_undo_in_a_notice_runs_and_the_notice_goes(qtbot, window):
    done = []
    window.say("Moved run #19 to the trash", lambda: done.append(True))
    assert window.toasts.texts == ["Moved run #19 to the trash"]
    from mlops_desktop.gui.widgets.buttons import Button

    button = next(b for b in window.toasts._toasts[0].findChildren(Button) if b.text() == "Undo")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [True]
    assert window.toasts.texts == []


def test_a_notice_goes_by_itself(qtbot, window):
    QCursor.setPos(0, 0)
    window.toasts.say("Saved", life_ms=20)
    qtbot.waitUntil(lambda: window.toasts.texts == [])


def test_cancel_of_a_job_reaches_the_session(qtbot, window, made_up):
    window.show_state(replace(made_up.STATE, jobs=made_up.JOBS))
    window.side_panel.open_panel("jobs")
    window.side_panel.jobs._rows["2"]._progress._cancel.click()
    assert window.session.asked == [("2", "cancel")]


def test_job_rows_are_changed_not_made_anew(window, made_up):
    window.show_state(replace(made_up.STATE, jobs=made_up.JOBS))
    before = dict(window.side_panel.jobs._rows)
    window.show_state(
        replace(made_up.STATE, jobs=(replace(made_up.JOBS[0], title="Other"), *made_up.JOBS[1:]))
    )
    assert window.side_panel.jobs._rows == before


def test_sections_wait_for_a_project(qtbot, made_up, tasks):
    window = made_up.make_window(tasks, made_up.ShellState())
    qtbot.addWidget(window)
    assert not window.sidebar._buttons["runs"].isEnabled()
    window.show_state(made_up.STATE)
    assert window.sidebar._buttons["runs"].isEnabled()
    assert window.sidebar._buttons["start"].isHidden()


def test_the_selection_reaches_the_actions(window):
    window.set_selection("run", ["214", "213"])
    assert window.actions_registry.context.selection == ("214", "213")
    window.go(Place("data"))
    assert window.actions_registry.context.selection == ()


def test_geometry_comes_back(qtbot, window, made_up, tasks):
    window.resize(900, 565)
    window.toggle_sidebar()
    kept = window.geometry_state()
    other = made_up.make_window(tasks)
    qtbot.addWidget(other)
    other.restore_geometry(kept)
    assert other.height() == 565
    assert other.sidebar.folded == window.sidebar.folded


def test_ctrl_plus_makes_everything_larger(qtbot, window, look):
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert look.scale == 1.1
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert look.scale == 1.0


def test_an_error_of_another_place_is_not_carried_along(window):
    window.show_error(ConflictError("It moved on."))
    window.go(Place("runs"))
    assert not window.error_panel.isVisible()
