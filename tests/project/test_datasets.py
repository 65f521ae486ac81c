"""Data sets through the facade: import, look, change, take back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_desktop.domain.datasets import Condition, SortKey
from mlops_desktop.domain.errors import ConflictError, FileError, InvalidInputError, NotFoundError
from mlops_desktop.domain.imports import ColumnType, ImportOptions
from mlops_desktop.project.project import Project

Write = Callable[..., str]

BIKES = ("day,hour,rentals,zip", "2011-01-01,0,16,00731", "2011-01-01,1,40,10115", "2011-01-01,2,32,")


def column(project: Project, dataset: str, name: str) -> list[object]:
    return list(project.datasets.rows(dataset).column(name))


def test_an_imported_file_is_a_data_set_of_the_files_name(project: Project, write: Write) -> None:
    version = project.datasets.import_file(write("bikes.csv", *BIKES)).wait(30)
    assert (version.ref, version.rows, version.mode, version.source) == ("bikes@1", 3, "new", "bikes.csv")
    assert [d.name for d in project.datasets.list()] == ["bikes"]
    shown = project.datasets.show("bikes")
    assert [(c.name, c.type, c.role) for c in shown.columns] == [
        ("day", "date", "feature"),
        ("hour", "integer", "feature"),
        ("rentals", "integer", "feature"),
        ("zip", "text", "feature"),
    ]
    assert shown.report is not None and "3 rows" in shown.report.said()


def test_rows_come_in_the_files_order_with_their_number(project: Project, write: Write) -> None:
    project.datasets.import_file(write("bikes.csv", *BIKES)).wait(30)
    page = project.datasets.rows("bikes", first=1, limit=2, columns=["zip", "hour"])
    assert (page.names, page.columns, page.first_row, page.total_rows) == (
        ["zip", "hour"],
        [["10115", None], [1, 2]],
        1,
        3,
    )
