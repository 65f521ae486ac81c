"""What differs between runs in what they were asked, and on demand what is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from PySide6.QtGui import QColor, QResizeEvent
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
_LEAST_ROOM = 8
"""Letters on a line: of ten runs none has room."""
_MOST_LINES = 4


class SettingsCard(Card):
    """A column per run, a line per setting."""

    def __init__(self) -> None:
        super().__init__(tr("What differs"))
        self._state: CompareState | None = None
        self._all = False
        self._wide = False
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew where there is much more room, or much less."""
        super().resizeEvent(event)
        if self._is_wide() != self._wide:
            self._show()

    def _is_wide(self) -> bool:
        return self.width() > theme().px(_WIDE_PX)

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
        self._wide = self._is_wide()
        room = (125 if self._wide else 44) // len(state.marks)
        titles = [m.title for m in state.marks]
        dots = [theme().series_colour(m.colour) for m in state.marks]
        rows = [*setting_rows("titles", "", titles, room - 4, dots)]
        for name, values in lines:
            rows += setting_rows(name, setting_words(name), values, room)
        self._table.set_rows(rows)
        self._same.setText("" if self._all else state.same_words)
        self._more.set_text(tr("Show only what differs") if self._all else tr("Show"))
        self.body.insertWidget(0, self._table)

    def _on_more(self) -> None:
        self._all = not self._all
        self._show()


def setting_rows(
    key: str, title: str, values: Sequence[str], room: int, dots: Sequence[QColor] = ()
) -> Iterator[tuple[str, list[Value]]]:
    """A setting, on more lines than one where a value is longer than `room`: what differs may stand at its end."""
    broken = [wrap(v, max(room, _LEAST_ROOM), max_lines=_MOST_LINES, placeholder="…") or [v] for v in values]
    for number, parts in enumerate(zip_longest(*broken, fillvalue="")):
        shown = dots if dots and not number else [None] * len(values)
        cells = [Cell(part, dot=dot, tip=v) for part, dot, v in zip(parts, shown, values, strict=True)]
        yield f"{key} {number}" if number else key, [Cell("" if number else title, role="muted"), *cells]


def setting_words(name: str) -> str:
    """``max leaves`` for ``Parameter max_leaves``."""
    return name.removeprefix("Parameter ").replace("_", " ") if name.startswith("Parameter ") else tr(name)
