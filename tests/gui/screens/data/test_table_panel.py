"""The bar above the rows of a version."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QMenu

from mlops_desktop.gui.screens.data.data_state import ColumnLine, DataState
from mlops_desktop.gui.screens.data.table_panel import TablePanel
from mlops_desktop.gui.tasks import Tasks


def test_the_menu_of_columns_says_how_many_it_does_not_list(qtbot: Any, tasks: Tasks) -> None:
    panel, menu = TablePanel(tasks), QMenu()
    qtbot.addWidget(panel)
    panel._state = DataState(
        columns=tuple(ColumnLine(f"c{n}", "integer", "feature", True) for n in range(5_000))
    )
    panel._fill_columns(menu)
    last = menu.actions()[-1]
    assert last.text().startswith("4,940 more") and not last.isEnabled()
