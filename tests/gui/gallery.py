"""All general widgets in one window: `python tests/gui/gallery.py [light|dark] [picture.png WIDTHxHEIGHT SCALE]`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from mlops_desktop.gui.tasks import Tasks
from mlops_desktop.gui.theme import install_theme, theme
from mlops_desktop.gui.widgets.buttons import Button, FilterPills, SegmentedControl, Tabs
from mlops_desktop.gui.widgets.cards import Card, KeyValueList, NumberCard, PageHeader, StatStrip, Step
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.code import CodeBlock, LogView
from mlops_desktop.gui.widgets.drop_area import DropArea
from mlops_desktop.gui.widgets.forms import Field, Select, TextField, Toggle
from mlops_desktop.gui.widgets.labels import Chip, KeyCap
from mlops_desktop.gui.widgets.layouts import FlowLayout, FoldingRow, Page, row
from mlops_desktop.gui.widgets.paged_model import Query
from mlops_desktop.gui.widgets.paged_table import PagedTable
from mlops_desktop.gui.widgets.progress import ProgressRow
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn
from mlops_desktop.gui.widgets.table_header import ColumnInfo


@dataclass
class Rows:
    """A page of made-up rows."""

    columns: list[list[Any]]
    total_rows: int


class Counting:
    """A source of ten million made-up rows."""

    total = 10_000_000

    def page(self, query: Query, first: int, count: int) -> Rows:
        rows = range(first, min(first + count, self.total))
        return Rows(
            [
                [f"C{i:08d}" for i in rows],
                [i * 37 % 73 for i in rows],
                [round(18.25 + i * 7919 % 10050 / 100, 2) if i % 61 else None for i in rows],
                [("Month-to-month", "One year", "Two year")[i * 31 % 3] for i in rows],
                [i % 4 == 0 for i in rows],
            ],
            self.total,
        )

    def count(self, query: Query) -> int:
        return self.total


INFOS = (
    ColumnInfo("customer_id", "text", missing=0, distinct=10_000_000, exact=False, chip="id"),
    ColumnInfo(
        "tenure", "integer", True, (0.9, 0.5, 0.3, 0.35, 0.4, 0.3, 0.35, 0.4, 0.9), 0, 73, chip="feature"
    ),
    ColumnInfo(
        "monthly_charges", "decimal", True, (0.1, 0.3, 0.7, 1, 0.8, 0.5, 0.2), 0.0164, 1585, chip="feature"
    ),
    ColumnInfo("contract", "category", False, (1, 0.4, 0.3), 0, 3, chip="feature"),
    ColumnInfo("churned", "yes/no", False, (1, 0.36), 0, 2, chip="target", status="good"),
)
STEPS = (
    Step("data", "Data", "customers v12", "7,043 rows +212", "18 of 18 tests pass", "good"),
    Step("train", "Train", "run #214", "finished 09:12 · 41 s", "5-fold CV", "good"),
    Step("model", "Model", "churn v5 · champion", "ROC AUC 0.861 ± 0.006", "+0.008 vs v4", "good"),
    Step("deploy", "Deploy", "bundle 5.0 · 18 MB", "self-test passed", "signed", "good"),
    Step("monitor", "Monitor", "since 14 days", "drift in 2 of 19", "tenure, monthly", "warn"),
    Step("retrain", "Retrain", "today 18:00", "weekly + on drift", "needs approval"),
)


def runs_table() -> SimpleTable:
    """A small table with chips, dots and figures."""
    look = theme()
    table = SimpleTable(
        [
            TableColumn("dot", sortable=False),
            TableColumn("run", "Run"),
            TableColumn("algorithm", "Algorithm", stretch=2),
            TableColumn("auc", "ROC AUC", right=True, decimals=3),
            TableColumn("loss", "Log loss", right=True, decimals=3),
            TableColumn("time", "Time", right=True),
            TableColumn("by", "By", stretch=1),
            TableColumn("state", "State"),
            TableColumn("do"),
        ],
        fits_rows=True,
        multiple=True,
    )
    undo = Cell("Undo", icon="undo", button=True)
    dots = [Cell(dot=look.series_colour(i)) for i in range(3)]
    table.set_rows(
        [
            (
                "214",
                (
                    dots[0],
                    "#214",
                    "LightGBM, tuned (60 trials)",
                    0.861,
                    0.402,
                    "41 s",
                    "schedule",
                    Cell("finished", chip="good"),
                    undo,
                ),
            ),
            (
                "213",
                (
                    dots[1],
                    "#213",
                    "Random forest",
                    0.847,
                    0.421,
                    "12 s",
                    "analyst-1",
                    Cell("finished", chip="good"),
                    undo,
                ),
            ),
            (
                "212",
                (
                    dots[2],
                    "#212",
                    Cell("Logistic regression", link=True),
                    0.845,
                    0.417,
                    "2 s",
                    "analyst-1",
                    Cell("tie", chip="neutral"),
                    undo,
                ),
            ),
            (
                "211",
                (
                    Cell(),
                    "#211",
                    "LightGBM",
                    None,
                    None,
                    "3 s",
                    "analyst-2",
                    Cell("failed", chip="bad"),
                    None,
                ),
            ),
        ]
    )
    table.choose(["214"])
    return table


def form() -> Card:
    """Fields."""
    bad = Field("Folder", TextField("~/projects"))
    bad.show_error("There is a project already.")
    return Card("New project", "a folder that you can copy").add(
        Field("Name", TextField("Bike rentals 2013")),
        bad,
        Field("Delimiter", Select([("comma", "Comma"), ("tab", "Tab")]), beside=100),
        SegmentedControl([("append", "Append"), ("replace", "Replace"), ("merge", "Merge by key")]),
        row(Toggle("Stratified", True), Toggle("Shuffle"), None),
        row(Button("Create project", "primary", "plus"), Button("Choose..."), Button("Why?", "link"), None),
        None,
    )


def chips() -> QWidget:
    """All chips."""
    holder = QWidget()
    flow = FlowLayout(holder)
    for text, status in (
        ("passed", "good"),
        ("one behind", "warn"),
        ("failed", "bad"),
        ("time", "accent"),
        ("tie", "neutral"),
    ):
        flow.addWidget(Chip(text, status))  # type: ignore[arg-type]
    flow.addWidget(KeyCap("Ctrl K"))
    return holder


def gallery(tasks: Tasks) -> Page:
    """The page."""
    header = PageHeader(
        "customers",
        "v12",
        "7,043 rows · 21 columns · imported today 09:08",
        [
            Button("Compare versions"),
            Button("More", "icon", "more"),
            Button("Train on this version...", "primary"),
        ],
    )
    header.set_chips([("champion", "good")])
    table = PagedTable(tasks)
    table.show_source(Counting(), INFOS, Counting.total)
    table.setMinimumHeight(260)
    progress = ProgressRow()
    progress.show_progress("Random forest, fold 4 of 5", 0.68, "3 s left")
    log = LogView()
    log.show_lines(
        ["21:58.10  stage  data: 4,390 rows", "21:58.39  warn   casual left out", "22:00.28  done   saved"]
    )
    log.setMinimumHeight(60)
    code = CodeBlock('from mlops_desktop import open_project\n\np = open_project("bikes.mlops")  # opens it')
    facts = KeyValueList(
        [
            ("Who", "analyst-1, this window"),
            ("Gate", Chip("passed 4 of 4", "good")),
            ("When", "Every Tuesday 18:00"),
        ]
    )
    return Page(
        header,
        StatStrip(STEPS),
        FoldingRow(
            [
                (NumberCard("Requests", "12.4 /s", "since 09:40", ("steady", "good")), 1),
                (NumberCard("Errors", "0.00 %", "3 refused", ("see rows", "neutral")), 1),
                (NumberCard("ROC AUC", "0.842", "", ("−0.019", "warn")), 1),
            ],
            400,
        ),
        Card("Recent runs", "newest first", [Button("Show all", "link")]).add(runs_table()),
        FoldingRow(
            [
                (form(), 1),
                (
                    DropArea(
                        "Drop a file here",
                        "CSV, TSV, Parquet. You see a preview first.",
                        ("Choose a file...", lambda: None),
                    ),
                    1,
                ),
            ]
        ),
        Card(flush=True).add(table),
        FoldingRow([(Card("Facts").add(facts, chips(), progress, None), 1), (Card("Log").add(log, code), 1)]),
        row(
            Tabs([("a", "Table"), ("b", "Profile"), ("c", "Tests 18/18")]),
            None,
            FilterPills([("e", "Everyone"), ("s", "Schedules")]),
        ),
    )


def main() -> None:
    """Show the gallery, or write a picture of it."""
    app = QApplication(sys.argv[:1])
    install_theme(
        app, "dark" if "dark" in sys.argv else "light", float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    )
    tasks = Tasks()
    page = gallery(tasks)
    width, height = (int(n) for n in (sys.argv[3] if len(sys.argv) > 3 else "1200x900").split("x"))
    page.resize(width, height)
    page.show()
    if len(sys.argv) > 2:
        tasks.busy_changed.connect(lambda busy: busy or app.quit())
        app.exec()
        page.widget().grab().save(sys.argv[2])
        tasks.close()
        return
    app.exec()
    tasks.close()


if __name__ == "__main__":
    main()
