import threading
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mlops_desktop.domain.errors import BusyError
from mlops_desktop.gui.widgets.paged_model import Query, SortKey
from mlops_desktop.gui.widgets.paged_table import PagedTable
from mlops_desktop.gui.widgets.table_header import ColumnInfo

INFOS = (ColumnInfo("id", "integer", numeric=True), ColumnInfo("name", "text"))


@dataclass
class Page:
    columns: list[list[object]]
    total_rows: int


@dataclass
class Source:
    total: int
    asked: list[tuple[Query, int]] = field(default_factory=list)
    gate: threading.Event | None = None
    broken: bool = False

    def page(self, query, first, count):
        self.asked.append((query, first))
        if self.gate is not None:
            self.gate.wait(5)
        if self.broken:
            raise BusyError("the service is busy")
        rows = range(first, min(first + count, self.total))
        if query.sort and query.sort[0].descending:
            rows = [self.total - 1 - i for i in rows]
        return Page([list(rows), [None if i % 5 == 0 else f"row {i}" for i in rows]], self.total)

    def count(self, query):
        return 7 if query.where else self.total


@pytest.fixture
def table(qtbot, tasks):
    made = PagedTable(tasks)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def shown(table, row, column=0):
    return table.rows_model.data(table.rows_model.index(row, column))


def test_truth_values_are_shown_and_copied_in_the_words_of_their_column(qtbot, table):
    class Truths(Source):
        def page(self, query, first, count):
            return Page([[True, False, None], [True, False, None]], 3)

    table.show_source(Truths(3), (ColumnInfo("left", "yes/no", words=("Nein", "Ja")), ColumnInfo("ok")), 3)
    qtbot.waitUntil(lambda: shown(table, 0) == "Ja")
    table.selectAll()
    assert table.chosen_text().splitlines() == ["left\tok", "Ja\ttrue", "Nein\tfalse", "\t"]


def test_ten_million_rows_are_all_there(qtbot, table):
    table.show_source(Source(10_000_000), INFOS, 10_000_000)
    assert table.rows_model.rowCount() == 10_000_000
    qtbot.waitUntil(lambda: shown(table, 1, 1) == "row 1")


def test_a_jump_shows_the_rows_there(qtbot, table):
    source = Source(10_000_000)
    table.show_source(source, INFOS, 10_000_000)
    table.go_to(7_654_321)
    qtbot.waitUntil(lambda: shown(table, 7_654_321) == "7654321")
    assert len(source.asked) <= 3


def test_a_long_drag_asks_for_what_stays_on_screen_alone(qtbot, table, tasks):
    source = Source(10_000_000, gate=threading.Event())
    table.show_source(source, INFOS, 10_000_000)
    bar = table.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
        table.rows_model.look_at(table.rowAt(0), table.rowAt(300))
    source.gate.set()
    qtbot.waitUntil(lambda: tasks.busy == 0)
    assert len(source.asked) <= 6
    assert shown(table, table.rowAt(0)) != ""


def test_rows_of_an_earlier_sort_are_dropped(qtbot, table, tasks):
    source = Source(1000, gate=threading.Event())
    table.show_source(source, INFOS, 1000)
    qtbot.waitUntil(lambda: len(source.asked) == 1)
    table.sort_by("id")
    table.sort_by("id")
    source.gate.set()
    qtbot.waitUntil(lambda: shown(table, 0) == "999")
    qtbot.waitUntil(lambda: tasks.busy == 0)
    assert shown(table, 0) == "999"


def test_a_header_sorts_up_then_down_then_as_stored(table):
    table.show_source(Source(10), INFOS, 10)
    seen = []
    table.query_changed.connect(lambda query: seen.append(query.sort))
    for _ in range(3):
        table.sort_by("name")
    assert seen == [(SortKey("name"),), (SortKey("name", True),), ()]


def test_a_filter_brings_its_own_number_of_rows(qtbot, table):
    table.show_source(Source(1000), INFOS, 1000)
    table.show_query(Query(where="name is not null"))
    qtbot.waitUntil(lambda: table.rows_model.rowCount() == 7)


def test_a_failing_page_is_told_and_asked_for_again(qtbot, table):
    source = Source(1000, broken=True)
    with qtbot.waitSignal(table.rows_model.failed):
        table.show_source(source, INFOS, 1000)
    source.broken = False
    table.rows_model.look_at(0, 10)
    qtbot.waitUntil(lambda: shown(table, 1, 1) == "row 1")


def test_past_fifty_million_rows_a_window_is_shown(qtbot, table):
    table.show_source(Source(120_000_000), INFOS, 120_000_000)
    assert table.rows_model.rowCount() == 50_000_000
    table.go_to(110_000_000)
    here = 110_000_000 - table.rows_model.first_row
    qtbot.waitUntil(lambda: shown(table, here) == "110000000")
    assert table.rows_model.headerData(here, Qt.Orientation.Vertical) == "110,000,001"


def test_cells_are_copied_as_tsv_and_markdown(qtbot, table):
    table.show_source(Source(10), INFOS, 10)
    qtbot.waitUntil(lambda: shown(table, 1, 1) == "row 1")
    table.selectAll()
    assert table.copy()
    assert QGuiApplication.clipboard().text().splitlines()[:3] == ["id\tname", "0\t", "1\trow 1"]
    table.copy(markdown=True)
    assert QGuiApplication.clipboard().text().splitlines()[1:3] == ["| --- | --- |", "| 0 |  |"]


def test_a_hidden_column_is_not_copied(qtbot, table):
    table.show_source(Source(10), INFOS, 10)
    qtbot.waitUntil(lambda: shown(table, 1, 1) == "row 1")
    table.hide_column("id")
    table.selectAll()
    assert table.chosen_text().splitlines()[0] == "name"


def test_too_many_cells_ask_for_an_export(qtbot, table):
    table.show_source(Source(1_000_000), INFOS, 1_000_000)
    table.selectAll()
    with qtbot.waitSignal(table.export_wanted):
        assert not table.copy()


def test_a_screen_reader_hears_column_and_value(qtbot, table):
    table.show_source(Source(10), INFOS, 10)
    qtbot.waitUntil(lambda: shown(table, 1, 1) == "row 1")
    role = Qt.ItemDataRole.AccessibleTextRole
    assert table.rows_model.data(table.rows_model.index(1, 1), role) == "name: row 1"
    assert table.rows_model.data(table.rows_model.index(0, 1), role) == "name: missing"


def test_widths_and_hidden_columns_come_back(qtbot, table):
    table.show_source(Source(10), INFOS, 10)
    table.hide_column("id")
    table.horizontalHeader().resizeSection(1, 222)
    kept = table.layout_state()
    table.show_source(Source(10), INFOS, 10)
    table.hide_column("id", hidden=False)
    table.restore_layout(kept)
    assert table.layout_state() == kept
