"""Table, one run and comparison in a real window, on a real service with real trainings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit

from mlops_desktop.gui.main_window import MainWindow
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.runs.run_colours import colours_of
from mlops_desktop.gui.screens.runs.run_select import RunSelect
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import TextField

Go = Callable[..., Any]

pytestmark = pytest.mark.slow  # real trainings in a real window


def all_here(page: Any) -> bool:
    return len(page.state.lines) >= 4


def dialog(window: MainWindow, qtbot: Any) -> Dialog:
    """The dialog that is open over the window."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(Dialog)), timeout=10_000)
    return next(d for d in window.findChildren(Dialog) if d.isVisible())


def test_the_table_shows_every_run_with_its_metric(go: Go, trained: Any) -> None:
    page = go(all_here)
    texts = [page.table.rows_model.cells(row)[1].text for row in range(len(page.state.lines))]
    assert {f"#{i}" for i in (*trained.rides, *trained.loans)} <= set(texts)
    assert any(c.key == "metric:mae" for c in page.table.rows_model.columns)


def test_a_click_on_a_header_sorts_and_a_second_one_turns(go: Go, qtbot: Any, trained: Any) -> None:
    page = go(all_here)
    best = list(trained.rides[::-1])  # the linear one is better than the baseline
    page.table.sort_wanted.emit("metric:mae")
    qtbot.waitUntil(lambda: [line.run_id for line in page.state.lines][:2] == best[::-1], timeout=5_000)
    page.table.sort_wanted.emit("metric:mae")
    qtbot.waitUntil(lambda: [line.run_id for line in page.state.lines][:2] == best, timeout=5_000)


def test_a_filter_by_a_column_that_no_run_has_is_told_and_hides_nothing(go: Go, qtbot: Any) -> None:
    page = go(all_here, filter="wheels < 3")
    qtbot.waitUntil(lambda: "wheels" in page.state.arranged.problem, timeout=5_000)
    assert len(page.state.lines) >= 4


def test_chosen_lines_are_copied_as_they_are_shown(go: Go, qtbot: Any, trained: Any) -> None:
    page = go(all_here, chosen=trained.rides)
    page.table.copy_rows()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().count("\n") == 2, timeout=5_000)
    assert f"#{trained.rides[0]}\t" in QGuiApplication.clipboard().text()


def test_a_filter_that_is_typed_is_part_of_the_place(
    go: Go, window: MainWindow, qtbot: Any, trained: Any
) -> None:
    page = go(all_here)
    page.focus_filter()
    qtbot.keyClicks(QApplication.focusWidget(), "data = loans")
    qtbot.waitUntil(lambda: {line.run_id for line in page.state.lines} == set(trained.loans), timeout=5_000)
    page.table.activated_row.emit(str(trained.loans[0]))
    window.go_back()
    assert page.state.lines[0].dataset == "loans"


def test_ctrl_f_goes_to_the_filter(go: Go, window: MainWindow, qtbot: Any) -> None:
    page = go(all_here)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is page._filter


def test_two_chosen_runs_are_compared_below_the_table(go: Go, qtbot: Any, trained: Any) -> None:
    page = go(all_here)
    page.table.choose([str(i) for i in trained.rides])
    qtbot.waitUntil(lambda: page._panel.isVisible() and page._panel._state is not None, timeout=20_000)
    assert page.state.subtitle.endswith("2 chosen to compare")


def test_ctrl_shift_m_opens_the_comparison(go: Go, window: MainWindow, qtbot: Any, trained: Any) -> None:
    page = go(all_here)
    page.table.choose([str(i) for i in trained.rides])
    qtbot.waitUntil(lambda: window.actions_registry.is_enabled("runs.compare"), timeout=5_000)
    qtbot.keyClick(
        window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert window.here is not None
    assert set(window.here.intent.runs) == set(trained.rides)


def test_a_comparison_says_whether_the_difference_is_real(go: Go, trained: Any) -> None:
    page = go(lambda p: p.state is not None, page="compare", runs=tuple(reversed(trained.rides)))
    assert "MAE" in page.state.verdict_words
    assert page.state.lines[0].verdict in ("better", "worse", "tie")
    assert any(card.key == "predicted" for card in page._charts.cards)


def test_classifiers_are_compared_by_their_curves(go: Go, trained: Any) -> None:
    page = go(lambda p: p.state is not None, page="compare", runs=trained.loans)
    keys = [card.key for card in page._charts.cards]
    assert keys[:2] == ["roc", "pr"]
    assert sum(key.startswith("confusion") for key in keys) == 2


def test_a_run_keeps_its_colour_from_place_to_place(go: Go, window: MainWindow, trained: Any) -> None:
    compared = go(lambda p: p.state is not None, page="compare", runs=trained.rides)
    before = {m.run_id: m.colour for m in compared.state.marks}
    one = go(lambda p: p.state is not None, page="run", run=trained.rides[1])
    assert colours_of(window.session).index(str(trained.rides[1])) == before[trained.rides[1]]
    assert one.state.run_id == trained.rides[1]


def test_a_run_shows_stages_metrics_charts_log_and_script(go: Go, qtbot: Any, trained: Any) -> None:
    page = go(lambda p: p.state is not None and p._log.count > 0, page="run", run=trained.rides[1])
    assert page.state.stages[0].name == "Data"
    assert page.state.tiles[0].name == "mae"
    assert {"predicted", "residuals"} <= {card.key for card in page._charts.cards}
    assert "open_project" in page.state.python


def test_a_number_is_the_place_of_that_run(window: MainWindow, qtbot: Any, trained: Any) -> None:
    window.go(Place("runs", trained.loans[0]))
    page = window.screen_of("runs").page("run")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.state is not None, timeout=20_000)
    assert page.state.run_id == trained.loans[0]


def test_a_late_answer_about_another_run_is_dropped(
    go: Go, window: MainWindow, qtbot: Any, trained: Any
) -> None:
    page = go(page="run", run=trained.rides[0])
    window.go(Place("runs", trained.rides[1]))
    qtbot.waitUntil(lambda: page.state is not None, timeout=20_000)
    assert page.state.run_id == trained.rides[1]


def test_a_run_that_there_is_not_is_said_in_its_place(go: Go, window: MainWindow, qtbot: Any) -> None:
    page = go(page="run", run=9999)
    qtbot.waitUntil(lambda: "no run 9999" in page._header._subtitle.whole_text, timeout=10_000)


def test_f2_renames_and_undo_takes_it_back(
    go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any
) -> None:
    run = trained.rides[0]
    before = project.runs.show(run).name
    page = go(all_here, chosen=(run,))
    page.table.setFocus()
    qtbot.waitUntil(lambda: window.actions_registry.is_enabled("runs.rename"), timeout=5_000)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    asked = dialog(window, qtbot)
    asked.findChild(TextField).setText("Mean of all days")
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: project.runs.show(run).name == "Mean of all days", timeout=10_000)
    project.runs.rename(run, before)


def test_what_another_client_renames_is_shown(go: Go, qtbot: Any, project: Any, trained: Any) -> None:
    page = go(all_here)
    project.runs.rename(trained.rides[1], "Ridge of Bob")
    qtbot.waitUntil(lambda: any(line.name == "Ridge of Bob" for line in page.state.lines), timeout=10_000)


def test_tags_of_several_runs_are_set_at_once(
    go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any
) -> None:
    go(all_here, chosen=trained.loans)
    qtbot.waitUntil(lambda: window.actions_registry.trigger("runs.tags"), timeout=5_000)
    asked = dialog(window, qtbot)
    asked.findChild(TextField).setText("checked, november")
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    tags = ["checked", "november"]
    qtbot.waitUntil(lambda: all(project.runs.show(i).tags == tags for i in trained.loans), timeout=10_000)


def test_notes_are_kept(go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any) -> None:
    go(all_here, chosen=(trained.loans[1],))
    qtbot.waitUntil(lambda: window.actions_registry.trigger("runs.notes"), timeout=5_000)
    asked = dialog(window, qtbot)
    asked.findChild(QPlainTextEdit).setPlainText("Looked at by hand.")
    asked.accept_button.click()
    qtbot.waitUntil(lambda: project.runs.show(trained.loans[1]).notes == "Looked at by hand.", timeout=10_000)


def test_a_run_in_the_trash_is_gone_until_it_is_restored(
    go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any
) -> None:
    run = trained.loans[0]
    page = go(all_here, chosen=(run,))
    qtbot.waitUntil(lambda: window.actions_registry.trigger("runs.trash"), timeout=5_000)
    qtbot.waitUntil(lambda: all(line.run_id != run for line in page.state.lines), timeout=10_000)
    trash = go(lambda p: [line.run_id for line in p.state.lines] == [run], trashed=True, chosen=(run,))
    qtbot.waitUntil(lambda: window.actions_registry.trigger("runs.restore"), timeout=5_000)
    qtbot.waitUntil(lambda: trash.state.arranged.empty == "no_trash", timeout=10_000)


def test_the_model_of_a_run_is_registered_under_a_name(
    go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any
) -> None:
    page = go(lambda p: p.state is not None, page="run", run=trained.rides[1])
    page._register.click()
    asked = dialog(window, qtbot)
    asked.findChildren(TextField)[0].setText("rentals")
    asked.accept_button.click()
    qtbot.waitUntil(lambda: any(m.name == "rentals" for m in project.models.list()), timeout=10_000)


def test_a_run_trains_by_itself_at_the_times_that_were_shown(
    go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any
) -> None:
    go(lambda p: p.state is not None, page="run", run=trained.rides[1])
    assert window.actions_registry.trigger("run.schedule")
    asked = dialog(window, qtbot)
    qtbot.waitUntil(lambda: any("18:00" in w.text() for w in asked.findChildren(QLabel)), timeout=10_000)
    asked.accept_button.click()
    qtbot.waitUntil(lambda: len(project.schedules.list()) == 1, timeout=10_000)
    project.schedules.remove(project.schedules.list()[0].name)


def test_reproducing_a_run_gives_the_same_numbers(
    go: Go, window: MainWindow, qtbot: Any, project: Any, trained: Any
) -> None:
    page = go(lambda p: p.state is not None, page="run", run=trained.rides[1])
    page._reproduce.click()
    qtbot.waitUntil(lambda: page.state is not None and page.state.run_id > trained.loans[1], timeout=20_000)
    qtbot.waitUntil(lambda: not page.state.at_work, timeout=60_000)
    assert project.runs.show(page.state.run_id).metrics == project.runs.show(trained.rides[1]).metrics
    project.runs.trash([page.state.run_id])


def test_a_run_is_chosen_to_compare_with(go: Go, window: MainWindow, qtbot: Any, trained: Any) -> None:
    go(lambda p: p.state is not None, page="run", run=trained.rides[0])
    assert window.actions_registry.trigger("run.compare_with")
    asked = dialog(window, qtbot)
    select = asked.findChild(RunSelect)
    assert select.offered[0] == str(trained.rides[1]) and str(trained.rides[0]) not in select.offered
    asked.accept_button.click()
    assert window.here is not None and window.here.intent.runs == trained.rides


@pytest.mark.parametrize("keys", [("run", "name"), ("name", "metric:mae", "run")])
def test_columns_are_those_that_were_chosen(go: Go, keys: tuple[str, ...]) -> None:
    page = go(all_here, columns=keys)
    assert [c.key for c in page.table.rows_model.columns][1:] == list(keys)


def test_the_window_stays_without_numpy_until_a_chart_is_drawn() -> None:
    """In a process of its own: this one has drawn charts already."""
    import subprocess
    import sys

    code = (
        "import sys; from mlops_desktop.gui.screens.runs.runs_screen import RunsScreen; "
        "from mlops_desktop.gui.screens.runs.runs_actions import runs_actions; "
        "print([m for m in ('numpy', 'pandas', 'pyqtgraph', 'duckdb', 'sklearn', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
