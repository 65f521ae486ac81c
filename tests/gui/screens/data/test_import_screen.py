"""The import page in a real window: from a file to a version."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from mlops_desktop.domain.imports import ColumnType, ImportOptions
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.data.import_intent import ImportIntent
from mlops_desktop.gui.widgets.buttons import Button, SegmentedControl

ODD = "name,when,amount\nAnn,01/02/2024,3\nBob,03/04/2024,x\nEve,05/06/2024,5\n"


def looked_at(qtbot, screen):
    """Wait for the preview of what is asked."""
    qtbot.waitUntil(lambda: ready(screen), timeout=15_000)
    return screen.importing.state


def ready(screen):
    state = screen.importing.state
    return state is not None and not state.waits and (state.target is not None or state.error is not None)


def choose(menu_text):
    """Click an entry of the menu that is open."""
    menu = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible())
    next(a for a in menu.actions() if a.text() == menu_text).trigger()
    menu.close()


def click_chip(qtbot, table, column, key):
    place = [c.name for c in table.preview.columns].index(column)
    rect = table.chips.chip_rect(place, key)
    qtbot.mouseClick(table.chips.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def press_import(qtbot, screen):
    qtbot.mouseClick(screen.importing.target.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not screen.is_importing and bool(screen.page.state.ref), timeout=20_000)
    return screen.page.state


def test_a_file_chosen_in_the_dialog_is_previewed_and_imported(qtbot, window, screen, project, write):
    file = write("bikes.csv", "a,b\n1,2\n3,4\n")
    qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QFileDialog)
    assert (dialog is not None and not dialog.isModal()) or dialog.isVisible()
    dialog.fileSelected.emit(str(file))
    dialog.close()
    state = looked_at(qtbot, screen)
    assert (state.file, [c.name for c in state.columns], len(state.rows)) == ("bikes.csv", ["a", "b"], 2)
    assert project.datasets.list() == []
    assert press_import(qtbot, screen).ref == "bikes@1"
    assert project.datasets.rows("bikes").column("b") == [2, 4]


def test_a_file_dropped_anywhere_is_looked_at_and_nothing_is_written(qtbot, screen, project, write):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write("dropped.csv", "a\n1\n")))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    screen.widget().dropEvent(event)
    assert looked_at(qtbot, screen).file == "dropped.csv"
    assert project.datasets.list() == []


def test_a_type_is_changed_by_a_click_on_its_chip(qtbot, window, screen, project, write):
    window.go(Place("data", ImportIntent(str(write("codes.csv", "code,n\n1,2\n3,4\n")))))
    looked_at(qtbot, screen)
    click_chip(qtbot, screen.importing.table, "code", "type")
    choose("text")
    assert screen.importing.intent.options.types == {"code": ColumnType.TEXT}
    assert looked_at(qtbot, screen).columns[0].type == "text"
    press_import(qtbot, screen)
    assert project.datasets.rows("codes").column("code") == ["1", "3"]


def test_a_role_is_set_by_a_click_on_its_chip(qtbot, window, screen, project, write):
    window.go(Place("data", ImportIntent(str(write("churn.csv", "id,churned\n1,yes\n2,no\n")))))
    looked_at(qtbot, screen)
    click_chip(qtbot, screen.importing.table, "churned", "role")
    choose("target: what is predicted")
    press_import(qtbot, screen)
    assert [c.role for c in project.datasets.show("churn").columns] == ["feature", "target"]


def test_a_further_file_of_the_same_columns_is_appended(qtbot, window, screen, project, bikes, write):
    more = write("bikes_february.csv", "day,hour,weather,rentals,zip\n2011-02-01,0,Rain,7,00731\n")
    window.go(Place("data", ImportIntent(str(more))))
    target = looked_at(qtbot, screen).target
    qtbot.waitUntil(lambda: screen.importing.intent.mode == "append" and ready(screen))
    target = screen.importing.state.target
    assert (target.is_version, target.name, target.button) == (True, "bikes", "Import as bikes v2")
    assert press_import(qtbot, screen).ref == "bikes@2"
    assert project.datasets.rows("bikes").column("rentals") == [16, 40, 32, 13, 7]


def test_replace_is_chosen_by_its_segment(qtbot, window, screen, project, bikes, write):
    other = write("all.csv", "day,hour,weather,rentals,zip\n2011-02-01,0,Rain,7,00731\n")
    window.go(Place("data", ImportIntent(str(other))))
    qtbot.waitUntil(lambda: screen.importing.intent.mode == "append" and ready(screen), timeout=15_000)
    segments = screen.importing.target.findChild(SegmentedControl)
    qtbot.mouseClick(segments.button("replace"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready(screen))
    press_import(qtbot, screen)
    assert project.datasets.rows("bikes").column("rentals") == [7]


def test_a_merge_waits_for_its_key(qtbot, window, screen, project, bikes, write):
    other = write("all.csv", "day,hour,weather,rentals,zip\n2011-01-01,1,Mist,41,10115\n")
    window.go(Place("data", ImportIntent(str(other), mode="merge", dataset="bikes", settled=True)))
    state = looked_at(qtbot, screen)
    assert "tell rows apart" in state.target.why_not
    assert not screen.importing.target.import_button.isEnabled()
    screen.importing.target.key_chosen.emit(("day", "hour"))
    assert screen.importing.state.target.can_import


def test_another_delimiter_is_previewed_at_once(qtbot, window, screen, write):
    window.go(Place("data", ImportIntent(str(write("text.csv", "a;b,c\n1;2,3\n4;5,6\n")))))
    before = [c.name for c in looked_at(qtbot, screen).columns]
    wanted = "," if before == ["a", "b,c"] else ";"
    screen.importing._format.changed.emit("delimiter", wanted)
    qtbot.waitUntil(lambda: ready(screen) and [c.name for c in screen.importing.state.columns] != before)
    assert screen.importing.state.format_note == "1 chosen by you"


def test_a_remedy_is_chosen_by_its_segment(qtbot, window, screen, project, write):
    window.go(Place("data", ImportIntent(str(write("odd.csv", ODD)))))
    state = looked_at(qtbot, screen)
    problem = next(p for p in state.problems if p.key == "when:date order")
    assert state.tab == "problems" and state.marks[(1, 1)] == "warning"
    segments = screen.importing.problems.findChild(SegmentedControl)
    qtbot.mouseClick(segments.button("day first"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready(screen) and screen.importing.state.columns[1].type == "date")
    assert problem.chosen == "text"
    press_import(qtbot, screen)
    assert project.datasets.rows("odd").column("when")[0] == "2024-02-01"


def test_a_value_that_the_chosen_type_does_not_take_stops_the_import_at_its_cell(
    qtbot, window, screen, write
):
    intent = ImportIntent(str(write("odd.csv", ODD)))
    window.go(Place("data", intent))
    looked_at(qtbot, screen)
    screen.importing._offer_types("amount", QPoint(0, 0))
    choose("integer")
    qtbot.waitUntil(
        lambda: ready(screen) and screen.importing.state.marks.get((2, 2)) == "error", timeout=15_000
    )
    assert screen.importing.state.columns[2].severity == "error"
    assert not screen.importing.target.import_button.isEnabled()


def test_a_file_that_is_no_table_says_what_and_why(qtbot, window, screen, tmp_path):
    file = tmp_path / "broken.parquet"
    file.write_bytes(b"PAR1 this is not one")
    window.go(Place("data", ImportIntent(str(file))))
    state = looked_at(qtbot, screen)
    assert state.error is not None and "broken.parquet" in state.error.message
    assert screen.importing._error.isVisible()


def test_alt_left_brings_back_what_was_chosen(qtbot, window, screen, write):
    file = write("codes.csv", "code,n\n1,2\n")
    window.go(Place("data", ImportIntent(str(file))))
    looked_at(qtbot, screen)
    screen.importing._offer_types("code", QPoint(0, 0))
    choose("text")
    looked_at(qtbot, screen)
    window.go(Place("data"))
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert screen.is_importing
    assert looked_at(qtbot, screen).columns[0].type == "text"


def test_the_command_that_does_the_same_is_copied(qtbot, window, screen, write):
    file = write("codes.csv", "code,n\n1,2\n")
    window.go(Place("data", ImportIntent(str(file))))
    looked_at(qtbot, screen)
    qtbot.mouseClick(screen.importing.command_button, Qt.MouseButton.LeftButton)
    from mlops_desktop.gui.widgets.dialogs import Dialog

    dialog = window.findChild(Dialog)
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    assert f"mlops-desktop datasets import {file}" in QGuiApplication.clipboard().text()


def test_names_of_300_letters_and_thousands_of_columns_are_shown(qtbot, window, screen, write):
    names = [f"{'n' * 296}{i:04}" for i in range(3)] + [f"c{i}" for i in range(2000)]
    text = ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"
    window.go(Place("data", ImportIntent(str(write("wide.csv", text)))))
    state = looked_at(qtbot, screen)
    table = screen.importing.table
    assert len(state.columns) == len(names)
    assert table.chips.sectionSize(0) < 300
    assert state.more_decisions > 1900


def long_file(write, last="7"):
    rows = "".join(f"{i},{i * 7 % 1000},some words to fill the line {i}\n" for i in range(150_000))
    return write("long.csv", f"id,n,words\n{rows}150000,{last},end\n")


def test_an_import_is_cancelled_and_nothing_is_written(qtbot, window, screen, project, write):
    window.go(Place("data", ImportIntent(str(long_file(write)))))
    looked_at(qtbot, screen)
    screen.importing.start_import()
    qtbot.waitUntil(lambda: screen.importing.state.job is not None, timeout=15_000)
    screen.importing.target.stop_wanted.emit()
    qtbot.waitUntil(lambda: screen.importing.state.job is None, timeout=15_000)
    assert window.toasts.texts == ["Cancelled: nothing was written."]
    assert screen.is_importing and project.datasets.list() == []


def test_a_value_far_down_that_does_not_fit_is_found_before_the_import(qtbot, window, screen, project, write):
    options = ImportOptions(types={"n": ColumnType.INTEGER})
    window.go(Place("data", ImportIntent(str(long_file(write, "odd")), options)))
    state = looked_at(qtbot, screen)
    problem = next(p for p in state.problems if p.key == "n:unreadable")
    assert (problem.row, state.marks[(150_001, 1)]) == (150_001, "error")
    screen.importing.problems.remedy_chosen.emit("n:unreadable", "text")
    assert looked_at(qtbot, screen).target.can_import
    press_import(qtbot, screen)
    assert project.datasets.rows("long", first=150_000, limit=1).column("n") == ["odd"]


def test_a_failed_import_says_so_on_the_page_and_writes_nothing(qtbot, window, screen, project, write):
    file = write("gone.csv", "a,b\n1,2\n")
    window.go(Place("data", ImportIntent(str(file))))
    looked_at(qtbot, screen)
    file.unlink()
    qtbot.mouseClick(screen.importing.target.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(screen.importing._error.isVisible, timeout=15_000)
    assert "gone.csv" in screen.importing.state.error.message
    assert screen.is_importing and project.datasets.list() == []


def test_rows_with_too_many_values_are_left_out_by_a_click(qtbot, window, screen, project, write):
    window.go(Place("data", ImportIntent(str(write("ragged.csv", "a,b\n1,2\n3,4,5\n6,7\n")))))
    looked_at(qtbot, screen)
    button = next(b for b in screen.importing._error.findChildren(Button) if b.text().startswith("Leave out"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready(screen) and screen.importing.state.error is None, timeout=15_000)
    press_import(qtbot, screen)
    assert project.datasets.rows("ragged").column("a") == [1, 6]


def test_a_name_that_is_missing_is_settled_by_a_click(qtbot, window, screen, project, write):
    window.go(Place("data", ImportIntent(str(write("short.csv", "a,b\n1,2,3\n4,5,6\n")))))
    looked_at(qtbot, screen)
    buttons = {b.text(): b for b in screen.importing._error.findChildren(Button)}
    assert not any(text.startswith("Leave out") for text in buttons)
    qtbot.mouseClick(buttons["The last column has no name"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready(screen) and screen.importing.state.error is None, timeout=15_000)
    press_import(qtbot, screen)
    assert project.datasets.rows("short").column("column 3") == [3, 6]


@pytest.mark.slow
def test_a_decimal_mark_is_chosen_by_a_click_and_remembered_for_the_next_file(
    qtbot, window, screen, project, write
):
    window.go(Place("data", ImportIntent(str(write("sales.csv", "n;v\n1;1.234\n2;5.678\n")))))
    looked_at(qtbot, screen)
    segments = screen.importing.problems.findChild(SegmentedControl)
    qtbot.mouseClick(segments.button(","), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready(screen) and screen.importing.state.columns[1].type == "decimal")
    press_import(qtbot, screen)
    again = write("more.csv", "n;v\n3;9.876\n4;4.321\n")
    window.go(Place("data", ImportIntent(str(again), mode="append", dataset="sales", settled=True)))
    qtbot.waitUntil(lambda: ready(screen) and screen.importing.state.file == "more.csv")
    assert looked_at(qtbot, screen).problems == ()
    press_import(qtbot, screen)
    assert project.datasets.rows("sales").column("v") == [1234.0, 5678.0, 9876.0, 4321.0]


def test_what_an_append_makes_of_a_column_is_said_before_it_is_done(qtbot, window, screen, bikes, write):
    more = write("more.csv", "day,hour,weather,rentals,zip\n2011-02-01,0,Rain,many,00731\n")
    window.go(Place("data", ImportIntent(str(more), mode="append", dataset="bikes", settled=True)))
    problem = next(p for p in looked_at(qtbot, screen).problems if p.key == "rentals:changed type")
    assert problem.what == "Its type is text now, it was integer in bikes@1."
