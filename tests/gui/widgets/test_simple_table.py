import pytest
from PySide6.QtCore import QPoint, Qt

from mlops_desktop.gui.widgets.cells import Cell, format_number
from mlops_desktop.gui.widgets.simple_table import Row, SimpleTable, TableColumn

COLUMNS = [TableColumn("run", "Run"), TableColumn("mae", "MAE", right=True, decimals=1), TableColumn("do")]


@pytest.fixture
def table(qtbot):
    made = SimpleTable(COLUMNS, multiple=True)
    qtbot.addWidget(made)
    made.resize(500, 300)
    undo = Cell("Undo", button=True)
    made.set_rows([("1", ("#1", 39.3, undo)), ("2", ("#2", None, Cell())), ("3", ("#3", 7.0, Cell()))])
    made.show()
    return made


def order(table):
    return [row.key for row in table.rows_model.rows]


def test_figures_are_sorted_as_figures_and_missing_stay_last(table):
    table.sort_by("mae")
    assert order(table) == ["3", "1", "2"]
    table.sort_by("mae", descending=True)
    assert order(table) == ["1", "3", "2"]


def test_the_choice_survives_sorting_and_new_rows(table):
    table.choose(["3", "1"])
    table.sort_by("mae")
    assert sorted(table.chosen) == ["1", "3"]
    table.set_rows([("3", ("#3", 7.0, Cell())), ("9", ("#9", 1.0, Cell()))])
    assert table.chosen == ["3"]


def test_a_button_in_a_cell_is_told_apart_from_its_row(qtbot, table):
    rect = table.visualRect(table.rows_model.index(0, 2))
    with qtbot.waitSignal(table.clicked_cell) as told:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert told.args == ["1", "do"]


def test_enter_opens_the_row(qtbot, table):
    table.choose(["2"])
    with qtbot.waitSignal(table.activated_row) as told:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert told.args == ["2"]


def test_a_context_menu_knows_its_row(qtbot, table):
    rect = table.visualRect(table.rows_model.index(1, 0))
    with qtbot.waitSignal(table.menu_wanted) as told:
        table.customContextMenuRequested.emit(QPoint(rect.center()))
    assert told.args[0] == "2"
    assert table.chosen == ["2"]


def test_a_heading_goes_across(table):
    table.set_rows([Row("today", band="Today"), Row("1", ("#1", 1.0, Cell()))])
    assert table.columnSpan(0, 0) == 3


def test_a_screen_reader_hears_both_lines(table):
    table.set_rows([("1", (Cell("Bike rentals", below="~/bikes.mlops"), None, Cell()))])
    words = table.rows_model.data(table.rows_model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert words == "Bike rentals, ~/bikes.mlops"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1234567, "1,234,567"),
        (-0.5, "−0.5"),
        (0.861, "0.861"),
        (12.0, "12"),
        (1e-9, "1e−09"),
        (float("inf"), "∞"),
    ],
)
def test_numbers_are_written_for_people(value, words):
    assert format_number(value) == words
