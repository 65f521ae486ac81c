"""The page of data sets in a real window on a real service."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from mlops_desktop.domain.datasets import Condition
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.data.column_inspector import ColumnInspector
from mlops_desktop.gui.screens.data.data_intent import DataIntent
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import TextField

MORE = "day,hour,weather,rentals,zip\n2011-01-02,0,Rain,7,00731\n2011-01-02,1,Clear,9,00731\n"


def shows(qtbot, screen, ref):
    qtbot.waitUntil(lambda: screen.page.state.ref == ref, timeout=15_000)
    return screen.page


def cell(page, row, column):
    return page.table.table.rows_model.value(row, column)[1]


def loaded(qtbot, page, rows):
    model = page.table.table.rows_model
    qtbot.waitUntil(lambda: model.rowCount() == rows and (rows == 0 or model.value(0, 0)[0]), timeout=15_000)
    return model


def choose(menu_text):
    menu = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible())
    next(a for a in menu.actions() if a.text() == menu_text).trigger()
    menu.close()


def test_an_empty_project_says_what_goes_here(qtbot, screen):
    qtbot.waitUntil(lambda: screen.page.state.empty or screen.page.state.trashed > 0, timeout=15_000)
    assert screen.page.state.ref == ""


def test_rows_and_their_distribution_are_shown(qtbot, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    assert [cell(page, 2, c) for c in range(5)] == ["2011-01-01", 2, None, 32, None]
    infos = page.table.table.rows_model.infos
    qtbot.waitUntil(lambda: page.table.table.rows_model.infos[2].distinct == 2)
    infos = page.table.table.rows_model.infos
    assert (infos[2].missing, infos[3].chip, infos[4].type) == (0.25, "target", "text")


def test_a_click_on_a_header_sorts_and_alt_left_brings_the_order_back(qtbot, window, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    page.table.table.sort_by("rentals")
    qtbot.waitUntil(lambda: cell(page, 0, 3) == 13, timeout=15_000)
    window.go(Place("data", DataIntent("bikes", 1, tab="profile")))
    window.go_back()
    assert [k.column for k in page.intent.sort] == ["rentals"]
    qtbot.waitUntil(lambda: cell(page, 0, 3) == 13, timeout=15_000)


def test_a_filter_is_typed_shown_as_a_pill_and_taken_away(qtbot, window, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_F, keys)
    editor = page.table.bar.editor
    assert editor.isVisible()
    editor.column_field.setText("rentals")
    editor.column_field.editingFinished.emit()
    editor.operator.choose(">=")
    qtbot.keyClicks(editor.value, "30")
    qtbot.keyClick(editor.value, Qt.Key.Key_Return)
    loaded(qtbot, page, 2)
    assert page.intent.where == (Condition("rentals", ">=", "30"),)
    qtbot.waitUntil(lambda: page.table.bar._count.text() == "2 of 4 rows")
    page.table.bar.condition_removed.emit(0)
    loaded(qtbot, page, 4)


def test_a_filter_that_can_not_be_is_refused_where_it_was_typed(qtbot, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    page.table.bar.editor.made.emit(Condition("rentals", ">=", "many"))
    qtbot.waitUntil(lambda: "many" in page.table.bar.editor._error.text(), timeout=15_000)


def test_ctrl_g_goes_to_a_row_and_ctrl_f_to_a_column(qtbot, window, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.table.bar.row_field, "3")
    qtbot.keyClick(page.table.bar.row_field, Qt.Key.Key_Return)
    assert page.table.table.currentIndex().row() == 2
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.table.bar.find_field, "zi")
    qtbot.keyClick(page.table.bar.find_field, Qt.Key.Key_Return)
    assert page.table.table.currentIndex().column() == 4


def test_chosen_cells_are_copied_as_markdown(qtbot, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    page.table._copy(markdown=True)
    assert QGuiApplication.clipboard().text().splitlines()[2] == "| 2011-01-01 | 0 | Clear | 16 | 00731 |"


def test_a_role_is_set_by_a_click_on_the_chip_in_the_header(qtbot, project, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    header = page.table.table.horizontalHeader()
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.chip_rect(1).center())
    choose("time: orders the rows")
    qtbot.waitUntil(lambda: page.state.columns[1].role == "time", timeout=15_000)
    assert page.intent.sort == ()
    assert project.datasets.show("bikes").columns[1].role == "time"


def test_the_profile_has_a_line_for_each_column_and_its_role_is_clicked(qtbot, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    screen.show_tab("profile")
    table = page.profile.table
    qtbot.waitUntil(lambda: table.model().columnCount() > 3 and table.model().rowCount() == 5, timeout=15_000)
    row = [c.text for c in table.rows_model.cells(2)]
    assert (row[0], row[4], row[5]) == ("weather", "25 %", "2")
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(2, 2)).center()
    )
    choose("sensitive: looked at for bias")
    qtbot.waitUntil(lambda: page.state.columns[2].role == "sensitive", timeout=15_000)


def test_the_inspector_shows_the_column_that_the_cursor_is_in(qtbot, window, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    loaded(qtbot, page, 4)
    qtbot.waitUntil(lambda: page.state.columns[3].distinct is not None, timeout=15_000)
    window.side_panel.open_panel("inspector")
    page.table.table.go_to(0, 3)
    assert window.side_panel._title.text() == "rentals"
    assert window.side_panel.findChild(ColumnInspector) is not None


def test_versions_are_chosen_compared_and_restored(qtbot, project, bikes, screen, write):
    project.datasets.import_file(str(write("more.csv", MORE)), dataset="bikes", mode="append").wait(30)
    page = shows(qtbot, screen, "bikes@2")
    screen.show_tab("changes")
    qtbot.waitUntil(lambda: page.state.changes is not None and page.state.changes.facts != (), timeout=15_000)
    assert dict(page.state.changes.facts)["New rows"] == "2"
    page.versions.version_chosen.emit(1)
    shows(qtbot, screen, "bikes@1")
    assert not page.state.is_newest
    page.restore_version()
    shows(qtbot, screen, "bikes@3")
    loaded(qtbot, page, 4)


def test_a_change_by_somebody_else_is_shown_within_moments(qtbot, project, bikes, screen, write):
    shows(qtbot, screen, "bikes@1")
    project.datasets.import_file(str(write("more.csv", MORE)), dataset="bikes", mode="append").wait(30)
    shows(qtbot, screen, "bikes@2")


def test_f2_renames_and_the_page_follows(qtbot, window, project, bikes, screen):
    shows(qtbot, screen, "bikes@1")
    qtbot.keyClick(window, Qt.Key.Key_F2)
    dialog = window.findChild(Dialog)
    dialog.findChild(TextField).setText("rentals")
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    shows(qtbot, screen, "rentals@1")
    assert [d.name for d in project.datasets.list()] == ["rentals"]


def test_del_moves_to_the_trash_and_undo_brings_it_back(qtbot, window, project, bikes, screen):
    shows(qtbot, screen, "bikes@1")
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bool(window.toasts.texts), timeout=15_000)
    assert project.datasets.list() == []
    window.toasts._toasts[-1]._on_button()
    shows(qtbot, screen, "bikes@1")


def test_a_data_set_is_put_back_from_the_trash(qtbot, window, project, bikes, screen):
    shows(qtbot, screen, "bikes@1")
    project.datasets.trash("bikes")
    window.go(Place("data", DataIntent("bikes", trash=True)))
    qtbot.waitUntil(lambda: any(d.name == "bikes" for d in screen.page.state.datasets), timeout=15_000)
    screen.page.datasets.restore_wanted.emit("bikes")
    qtbot.waitUntil(lambda: [d.name for d in project.datasets.list()] == ["bikes"], timeout=15_000)


def test_notes_are_saved_when_one_leaves_them(qtbot, project, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    screen.show_tab("about")
    page.about.notes.setPlainText("Blanks are real.")
    page.about.save()
    qtbot.waitUntil(lambda: project.datasets.list()[0].notes == "Blanks are real.", timeout=15_000)


def test_a_version_is_exported(qtbot, bikes, screen, tmp_path):
    page = shows(qtbot, screen, "bikes@1")
    page.commands.export_to("bikes@1", tmp_path / "out.csv")
    qtbot.waitUntil(lambda: (tmp_path / "out.csv").exists(), timeout=15_000)


def test_a_data_set_that_is_not_there_is_said(qtbot, window, bikes, screen):
    window.go(Place("data", "nothing"))
    qtbot.waitUntil(lambda: screen.page.state.error is not None, timeout=15_000)
    assert "nothing" in screen.page.state.error.message
    window.go(Place("data", "bikes@1"))
    shows(qtbot, screen, "bikes@1")
    assert screen.page.state.error is None


def test_notes_written_while_another_data_set_is_chosen_stay_with_their_own(
    qtbot, window, project, bikes, screen, write
):
    project.datasets.import_file(str(write("credit.csv", "a\n1\n"))).wait(30)
    window.go(Place("data", DataIntent("bikes", tab="about")))
    page = shows(qtbot, screen, "bikes@1")
    qtbot.waitUntil(lambda: page.about._dataset == "bikes")
    page.about.notes.setPlainText("About bikes.")
    window.go(Place("data", DataIntent("credit", tab="about")))
    shows(qtbot, screen, "credit@1")
    qtbot.waitUntil(
        lambda: {d.name: d.notes for d in project.datasets.list()} == {"bikes": "About bikes.", "credit": ""},
        timeout=15_000,
    )


def test_a_training_is_set_up_on_the_version_shown(qtbot, window, bikes, screen):
    shows(qtbot, screen, "bikes@1")
    gone = []
    window.go = gone.append
    window.actions_registry.trigger("data.train")
    assert (gone[0].section, gone[0].intent.page, gone[0].intent.draft.data) == ("runs", "training", "bikes")


def test_a_version_that_was_taken_back_gives_way_to_the_newest_and_it_is_said(
    qtbot, window, project, bikes, screen, write
):
    project.datasets.import_file(str(write("more.csv", MORE)), dataset="bikes", mode="append").wait(30)
    window.go(Place("data", "bikes@2"))
    shows(qtbot, screen, "bikes@2")
    project.activity.undo()
    page = shows(qtbot, screen, "bikes@1")
    assert "version 2" in page.state.error.message
    loaded(qtbot, page, 4)


def test_a_late_answer_leaves_what_is_chosen_elsewhere(qtbot, window, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    page.widget().hide()
    window.set_selection("run", [3])
    page._show()
    assert window.actions_registry.context.selection == (3,)


def test_undo_in_a_notice_takes_back_that_change_and_no_other(qtbot, window, project, bikes, screen):
    page = shows(qtbot, screen, "bikes@1")
    page.commands.set_role("bikes", "hour", "time")
    qtbot.waitUntil(
        lambda: page.state.columns[1].role == "time" and bool(window.toasts.texts), timeout=15_000
    )
    notice = window.toasts._toasts[-1]
    page.commands.set_notes("bikes", "Later.")
    qtbot.waitUntil(lambda: page.state.notes == "Later.", timeout=15_000)
    notice._on_button()
    qtbot.waitUntil(window.error_panel.isVisible, timeout=15_000)
    assert project.datasets.show("bikes").columns[1].role == "time"
    window.toasts._toasts[-1]._on_button()
    qtbot.waitUntil(lambda: page.state.notes == "", timeout=15_000)


def exact_columns(page):
    return [line.name for line in page.state.columns if line.exact and line.distinct is not None]


@pytest.mark.slow
def test_a_large_version_is_sampled_at_first_and_a_column_that_is_looked_at_is_counted_whole(
    qtbot, project, window, screen, tmp_path
):
    numbers = pa.array(range(1_200_000))
    pq.write_table(pa.table({"number": numbers, "half": pc.divide(numbers, 2)}), tmp_path / "large.parquet")
    project.datasets.import_file(str(tmp_path / "large.parquet"), "large").wait(60)
    page = shows(qtbot, screen, "large@1")
    qtbot.waitUntil(
        lambda: len(page.state.columns) == 2 and page.state.columns[1].distinct is not None, timeout=30_000
    )
    assert exact_columns(page) == []
    window.go(Place("data", DataIntent("large", 1, column="half")))
    qtbot.waitUntil(lambda: "half" in exact_columns(page), timeout=60_000)
    assert exact_columns(page) == ["half"]
    assert page.state.column("half").distinct == 600_000
