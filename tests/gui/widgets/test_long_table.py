"""Tables whose rows are all at hand, but painted as they come on screen."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.long_table import LongTable
from mlops_desktop.gui.widgets.simple_table import TableColumn

COLUMNS = [
    TableColumn("run", "Run"),
    TableColumn("name", "Name", stretch=1),
    TableColumn("mae", "MAE", right=True, decimals=1),
]
COUNT = 30_000


@pytest.fixture
def table(qtbot: Any) -> LongTable:
    made = LongTable("Runs")
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.show_rows(COLUMNS, keys(), lambda row: (f"#{row}", Cell("Trial", chip="good"), row / 7))
    return made


def keys(step: int = 1) -> tuple[str, ...]:
    return tuple(str(i) for i in range(0, COUNT, 1))[::step]


def test_only_rows_on_screen_are_made(table: LongTable, qtbot: Any) -> None:
    table.grab()
    assert table.rows_model.rowCount() == COUNT
    assert len(table.rows_model._made) < 1000


def test_a_choice_stays_when_the_order_turns(table: LongTable) -> None:
    table.choose(["3", "29999"])
    table.show_rows(COLUMNS, keys(-1), lambda row: ("x", "y", 1.0), chosen=["29999", "3"])
    assert table.chosen == ["29999", "3"]
    assert table.is_chosen(0)


def test_choosing_all_is_one_range(table: LongTable) -> None:
    table.selectAll()
    assert len(table.chosen) == COUNT
    assert table._chosen_ranges == [(0, COUNT - 1)]


def test_a_key_that_is_not_shown_chooses_nothing(table: LongTable) -> None:
    table.choose(["nobody"])
    assert table.chosen == []


def test_chosen_rows_are_copied_with_their_header(table: LongTable, qtbot: Any) -> None:
    table.choose(["0", "1"])
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Run\tName\tMAE\n#0\tTrial\t0.0\n#1\tTrial\t0.1"


def test_enter_opens_the_row_under_the_cursor(table: LongTable, qtbot: Any) -> None:
    table.setCurrentIndex(table.rows_model.index(5, 0))
    with qtbot.waitSignal(table.activated_row) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == ["5"]


def test_a_screen_reader_is_told_the_column(table: LongTable) -> None:
    index = table.rows_model.index(7, 2)
    assert table.rows_model.data(index, int(Qt.ItemDataRole.AccessibleTextRole)) == "MAE: 1.0"


def test_a_width_that_was_given_stays(table: LongTable) -> None:
    table.horizontalHeader().resizeSection(0, 140)
    table.resize(900, 400)
    assert table.columnWidth(0) == 140


def test_columns_that_stretch_never_push_the_others_out(table: LongTable) -> None:
    table.resize(420, 400)
    assert sum(table.columnWidth(i) for i in range(3)) <= table.viewport().width()


def test_colours_follow_the_theme(table: LongTable, look: Any) -> None:
    table.show_rows(COLUMNS, ("1",), lambda row: (Cell(dot=look.series_colour(0)), "a", 1.0))
    light = table.rows_model.cells(0)[0].dot
    look.set_choice("dark")
    assert table.rows_model.cells(0)[0].dot != light
