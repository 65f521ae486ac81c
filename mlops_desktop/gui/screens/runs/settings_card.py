"""What differs between runs in what they were asked, and on demand what is the same."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.compare_state import CompareState
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.cells import Cell, Value
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import row
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

_WIDE_PX = 700


class SettingsCard(Card):
    """A column per run, a line per setting."""

    def __init__(self) -> None:
        super().__init__(tr("What differs"))
        self._state: CompareState | None = None
        self._all = False
        self._table: SimpleTable | None = None
        self._same = Label("", "small", "muted", wrap=True)
        self._more = Button(tr("Show"), "link", on_click=self._on_more, small=True)
        line = row(self._same, self._more, spacing=6)
        line.setStretch(0, 1)
        self._foot = QWidget()
        self._foot.setLayout(line)
        self.add(self._foot, None)
        theme().changed.connect(self._show)

    def show_state(self, state: CompareState) -> None:
        """Show the settings of `state`."""
        self._state = state
        self._show()

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        if self._table is not None:
            self.body.removeWidget(self._table)
            self._table.hide()
            self._table.deleteLater()
        columns = [TableColumn("setting", sortable=False)]
        columns += [TableColumn(m.label, m.label, stretch=1, sortable=False) for m in state.marks]
        self._table = SimpleTable(columns, dense=True, fits_rows=True)
        self._table.setAccessibleName(tr("What differs"))
        lines = state.differing + (state.same if self._all else ())
        room = (130 if self.width() > theme().px(_WIDE_PX) else 54) // len(state.marks)
        self._table.set_rows([_title_row(state, room - 4), *(_setting_row(n, v, room) for n, v in lines)])
        self._same.setText("" if self._all else state.same_words)
        self._more.set_text(tr("Show only what differs") if self._all else tr("Show"))
        self.body.insertWidget(0, self._table)

    def _on_more(self) -> None:
        self._all = not self._all
        self._show()


def _title_row(state: CompareState, room: int) -> tuple[str, list[Value]]:
    titles = (
        Cell(shortened(m.title, room), dot=theme().series_colour(m.colour), tip=m.title) for m in state.marks
    )
    return "titles", [Cell(""), *titles]


def _setting_row(name: str, values: tuple[str, ...], room: int) -> tuple[str, list[Value]]:
    return name, [
        Cell(setting_words(name), role="muted"),
        *(Cell(shortened(v, room), tip=v) for v in values),
    ]


def setting_words(name: str) -> str:
    """``max leaves`` for ``Parameter max_leaves``."""
    return name.removeprefix("Parameter ").replace("_", " ") if name.startswith("Parameter ") else tr(name)


def shortened(text: str, most: int) -> str:
    """`text`, cut where it has more than `most` letters; the whole is in the tooltip."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
