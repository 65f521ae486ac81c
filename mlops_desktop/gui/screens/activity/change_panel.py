"""The inspector of one change: its facts, rows before and after, the same as a command, and taking it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import KeyValueList
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.code import CodeBlock
from mlops_desktop.gui.widgets.labels import KeyCap, Label
from mlops_desktop.gui.widgets.layouts import column, row
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

from .change_state import ChangeDetails, RowDetails, shortened


class ChangePanel(QWidget):
    """All that is known of one change.

    Parameters
    ----------
    host : ScreenHost
        The window.
    details : ChangeDetails
        What is shown.
    undo : callable
        Takes the change back.
    """

    def __init__(self, host: ScreenHost, details: ChangeDetails, undo: Callable[[], object]) -> None:
        super().__init__()
        self._host = host
        self.details = details
        self._box = column(Label(details.subtitle, "small", "muted"), spacing=10)
        self._box.addWidget(KeyValueList(details.facts, key_width=76))
        self._add_undo(undo)
        if details.rows:
            self._box.addWidget(Label(tr("Before and after"), "card_title"))
            for touched in details.rows:
                self._add_row(touched)
        if details.left_out:
            self._box.addWidget(Label(tr("and {} more fields").format(details.left_out), "small", "muted"))
        self._add_code(tr("As command"), details.command)
        self._add_code(tr("Arguments"), details.arguments)
        self._add_hash()
        self.setLayout(self._box)

    def _add_undo(self, undo: Callable[[], object]) -> None:
        details = self.details
        if details.can_undo:
            button = Button(tr("Undo this change"), icon="undo", on_click=undo, small=True)
            keys = self._host.actions_registry.shortcut_text("edit.undo")
            self._box.addLayout(row(button, KeyCap(keys), None))
        self._box.addWidget(Label(details.note, "small", "muted", wrap=True))

    def _add_row(self, touched: RowDetails) -> None:
        title = Label(f"{touched.title} · {touched.what}", "small", "muted")
        line = row(title, None)
        if touched.place is not None:
            place = touched.place
            show = Button(tr("Show"), "link", on_click=lambda: self._host.go(place), small=True)
            show.setAccessibleName(f"{tr('Show')} {touched.title}")
            line.addWidget(show)
        self._box.addLayout(line)
        if touched.fields:
            self._box.addWidget(_before_after(touched))

    def _add_code(self, title: str, code: str) -> None:
        if code:
            block = CodeBlock(code)
            block.setAccessibleName(title)
            self._box.addWidget(Label(title, "card_title"))
            self._box.addWidget(block)

    def _add_hash(self) -> None:
        hashed = Label(self.details.hash, "mono", "muted").set_selectable()
        hashed.setText("\n".join(self.details.hash[i : i + 32] for i in range(0, 64, 32)))
        says = tr(
            "SHA-256 over this change and the hash of the one before. “Check everything” goes through the chain."
        )
        self._box.addWidget(Label(tr("Hash"), "card_title"))
        self._box.addWidget(hashed)
        self._box.addWidget(Label(says, "small", "muted", wrap=True))


def _before_after(touched: RowDetails) -> SimpleTable:
    columns = [
        TableColumn("field", "", sortable=False),
        TableColumn("before", tr("Before"), stretch=1, sortable=False),
        TableColumn("after", tr("After"), stretch=1, sortable=False),
    ]
    table = SimpleTable(columns, dense=True, fits_rows=True)
    table.setAccessibleName(tr("Before and after of {}").format(touched.title))
    table.set_rows(
        [
            (
                field.name,
                [
                    Cell(field.name, role="muted"),
                    Cell(shortened(field.before), role="bad", ground="bad_soft", tip=field.before) if field.before else Cell(),
                    Cell(shortened(field.after), role="good", ground="good_soft", tip=field.after) if field.after else Cell(),
                ],
            )
            for field in touched.fields
        ]
    )  # fmt: skip
    return table
