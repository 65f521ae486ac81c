"""Very many charts, of which only those on screen exist: thousands of metrics cost as much as a dozen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.charts.line_chart import LineChart
from mlops_desktop.gui.screens.runs.chart_cards import CHART_HEIGHT, ChartCard
from mlops_desktop.gui.screens.runs.evaluation_state import ChartSpec
from mlops_desktop.gui.theme import follow_look, theme
from mlops_desktop.gui.widgets.forms import Debounce


class SeenCharts(QWidget):
    """Line charts of the same size in rows, as tall as all of them; a card that leaves the screen shows another one.

    One card is made or filled each time the events have been dealt with, so that scrolling stays smooth.

    Parameters
    ----------
    least : int
        Narrowest chart in px at 100 %.
    most : int
        Most charts in a row.
    """

    wanted = Signal(tuple)
    """Keys of the charts on screen, when they are others than before: answer with `show_specs`."""

    def __init__(self, least: int = 330, most: int = 3) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._empty: dict[str, ChartSpec] = {}
        self._keys: tuple[str, ...] = ()
        self._cards: dict[str, ChartCard] = {}
        self._waiting: dict[str, ChartSpec] = {}
        self._seen: tuple[str, ...] = ()
        self._log_y = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._work)
        self._pause = Debounce(self, 40)
        self._pause.fired.connect(lambda: self.wanted.emit(self._seen))
        follow_look(self, self._reshape)

    @property
    def count(self) -> int:
        """How many charts there are, seen or not."""
        return len(self._keys)

    @property
    def cards(self) -> tuple[ChartCard, ...]:
        """The cards that exist."""
        return tuple(self._cards.values())

    @property
    def seen(self) -> tuple[str, ...]:
        """Keys of the charts on screen."""
        return self._seen

    def show_empty(self, specs: Sequence[ChartSpec]) -> None:
        """Have these charts, without their lines yet; those on screen are asked for by `wanted`."""
        before = self._keys
        self._empty = {s.key: s for s in specs}
        self._keys = tuple(self._empty)
        if self._keys != before:
            for key in [k for k in self._cards if k not in self._empty]:
                self._drop(self._cards.pop(key))
            self._seen = ()
            self._reshape()

    def show_specs(self, specs: Sequence[ChartSpec]) -> None:
        """Show what was wanted; a chart that has left the screen meanwhile takes nothing."""
        self._waiting |= {s.key: s for s in specs}
        self._soon.start()

    def set_log_y(self, on: bool) -> None:
        """Give all charts a logarithmic axis, or an even one."""
        self._log_y = on
        self._soon.start()

    def ask_again(self) -> None:
        """Ask anew for the charts on screen."""
        if self._seen:
            self._pause.poke()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A part of the ground came on screen."""
        super().paintEvent(event)
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many in a row as there is room for."""
        super().resizeEvent(event)
        self._reshape()

    @property
    def _per_row(self) -> int:
        room = max(1, self.width() // max(theme().px(self._least), 1))
        return max(1, min(room, self._most, len(self._keys)))

    @property
    def _pitch(self) -> int:
        return theme().px(CHART_HEIGHT) + theme().space("gap")

    def _reshape(self) -> None:
        rows = -(-len(self._keys) // self._per_row)
        self.setFixedHeight(max(rows * self._pitch - theme().space("gap"), 0))
        for place, key in enumerate(self._keys):
            if key in self._cards:
                self._cards[key].setGeometry(self._area(place))
        self._soon.start()

    def _area(self, place: int) -> QRect:
        line, column = divmod(place, self._per_row)
        gap = theme().space("gap")
        width = (self.width() - gap * (self._per_row - 1)) // self._per_row
        return QRect(column * (width + gap), line * self._pitch, width, theme().px(CHART_HEIGHT))

    def _on_screen(self) -> range:
        shown = self.visibleRegion().boundingRect()
        if shown.isEmpty():
            return range(0)
        first, last = shown.top() // self._pitch, shown.bottom() // self._pitch
        return range(first * self._per_row, min((last + 1) * self._per_row, len(self._keys)))

    def _work(self) -> None:
        """One step of what is to be done, and on to the next after other events."""
        places = self._on_screen()
        seen = tuple(self._keys[p] for p in places)
        if seen != self._seen and seen:
            self._seen = seen
            self._waiting.clear()
            self._pause.poke()
        if self._place_one(places) or self._switch_one() or self._fill_one():
            self._soon.start()

    def _place_one(self, places: range) -> bool:
        missing = next((p for p in places if self._keys[p] not in self._cards), None)
        if missing is None:
            return False
        key = self._keys[missing]
        free = next((k for k in self._cards if k not in self._seen), None)
        spec = self._empty[key]
        card = ChartCard(spec) if free is None else self._cards.pop(free)
        card.key = key
        card.show_spec(spec)
        card.setParent(self)
        card.setGeometry(self._area(missing))
        card.show()
        self._cards[key] = card
        return True

    def _switch_one(self) -> bool:
        for card in (self._cards[k] for k in self._seen if k in self._cards):
            if isinstance(card.chart, LineChart) and card.chart.log_y != self._log_y:
                card.chart.set_log_y(self._log_y)
                return True
        return False

    def _fill_one(self) -> bool:
        key = next((k for k in self._seen if k in self._waiting and k in self._cards), None)
        if key is None:
            return False
        self._cards[key].show_spec(self._waiting.pop(key))
        return True

    def _drop(self, card: ChartCard) -> None:
        card.hide()
        card.deleteLater()
