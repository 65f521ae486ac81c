"""Lines: gaps stay gaps, what can't be shown is told, the crosshair reads all series."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QMenu

from mlops_desktop.gui.charts.chart import Chart, ChartTable
from mlops_desktop.gui.charts.legend import Legend
from mlops_desktop.gui.charts.series import Mark, Series, facts_of, gaps, is_number, summary_of
from mlops_desktop.gui.widgets.cells import Value, format_number
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, expanding
from mlops_desktop.gui.words import counted

if TYPE_CHECKING:
    from mlops_desktop.gui.charts.canvas import Canvas


_MANY = 5_000
"""From here on points are looked up by numpy."""
THICK_POINTS = 200
"""Points in all up to which lines are 2 px wide: a thousand that go up and down take two seconds to paint so, and a
thousandth of that with 1 px."""


def load_canvas() -> None:
    """Load what draws lines. Call it off the GUI thread: numpy and pyqtgraph take a third of a second."""
    importlib.import_module("mlops_desktop.gui.charts.canvas")


class Readout(QFrame):
    """The small box beside the crosshair."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart.surface)
        self._chart = chart
        self.setProperty("kind", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = Label("", "small")
        self.setLayout(column(self._words, margins=(8, 5, 8, 5)))
        self.hide()

    def show_at(self, x: float, text: str) -> None:
        """Show `text` beside the px `x`, inside the chart."""
        self._words.setText(text)
        self.adjustSize()
        width = self._chart.surface.width()
        self.move(int(x + 12 if x + 12 + self.width() < width else max(x - 12 - self.width(), 0)), 6)
        self.show()
        self.raise_()


class LineChart(Chart):
    """Lines over numbers, words or times.

    Parameters
    ----------
    name : str
        What it is.
    x_title, y_title : str
        Words at the axes.
    by_time : bool
        x is seconds since 1970 (UTC).
    log_y : bool
        Logarithmic; values not above 0 are left out and told.
    from_zero : bool
        The upright axis begins at 0.
    diagonal : bool
        A dashed line where x = y (ROC, calibration).
    """

    selected = Signal(float, float)
    """Lowest and highest x of a Shift+drag."""

    def __init__(
        self,
        name: str = "",
        x_title: str = "",
        y_title: str = "",
        *,
        by_time: bool = False,
        log_y: bool = False,
        diagonal: bool = False,
        from_zero: bool = False,
    ) -> None:
        super().__init__(name)
        self._titles = (x_title, y_title)
        self._by_time, self._log_y, self._diagonal = by_time, log_y, diagonal
        self._from_zero = from_zero
        self._series: tuple[Series, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._words: tuple[str, ...] = ()
        self._items: dict[str, list[Any]] = {}
        self._canvas: Canvas | None = None
        self._readout = Readout(self)
        self.legend = Legend()
        self.legend.hidden_changed.connect(self._on_hidden)
        self.surface_layout.addWidget(self.legend)

    def show_series(
        self, series: Sequence[Series], x_words: Sequence[str] = (), marks: Sequence[Mark] = ()
    ) -> None:
        """Show these lines.

        Parameters
        ----------
        x_words : sequence of str
            Words at x = 0, 1, 2 ... ("Jul 2011").
        marks : sequence of Mark
            Upright lines with a word.
        """
        self._series, self._words, self._marks = tuple(series), tuple(x_words), tuple(marks)
        self._tell_lost()
        self.legend.show_series([(s.name, s.colour) for s in series])
        self._draw()
        self.told()

    @property
    def log_y(self) -> bool:
        """Whether the upright axis is logarithmic."""
        return self._log_y

    def set_log_y(self, on: bool) -> None:
        """Make the upright axis logarithmic, or even again; what it can't show is told."""
        if on != self._log_y:
            self._log_y = on
            self._tell_lost()
            self._draw()

    def fill_menu(self, menu: QMenu) -> None:
        """The menu of charts, and the kind of the upright axis."""
        super().fill_menu(menu)
        menu.addSeparator()
        logarithmic = menu.addAction(self.tr("Logarithmic axis"), lambda: self.set_log_y(not self._log_y))
        logarithmic.setCheckable(True)
        logarithmic.setChecked(self._log_y)

    def table(self) -> ChartTable:
        """x, then a column per series; series with other x get their own rows."""
        xs: dict[float | None, None] = {}
        for series in self._series:
            xs |= dict.fromkeys(series.x)
        maps = [dict(zip(s.x, s.y, strict=True)) for s in self._series]
        rows = tuple((self._x_value(x), *(m.get(x) for m in maps)) for x in xs)
        return ChartTable((self._titles[0] or "x", *(s.name for s in self._series)), rows)

    def summary(self) -> str:
        """Each series in words."""
        return summary_of(self._series, self.name)

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the plot; the legend's names come from the table and summary."""
        if self._canvas is not None:
            self._canvas.render(painter, rect)

    def restyle(self) -> None:
        """Draw anew in the other colours."""
        if self._canvas is not None:
            self._canvas.restyle()
            self._draw()

    def _tell_lost(self) -> None:
        """Say how many points can't be shown, and which of them for the sake of the axis."""
        lost = sum(gaps(s) for s in self._series)
        words = [counted(lost, "1 point can't be shown", "{:,} points can't be shown")] if lost else []
        low = sum(gaps(s, log_y=True) for s in self._series) - lost if self._log_y else 0
        if low:
            many = "{:,} points are not above 0: a logarithmic axis can't show them"
            words.append(counted(low, "1 point is not above 0: a logarithmic axis can't show it", many))
        self.show_note(" · ".join(words))

    def _make_canvas(self) -> Canvas:
        from mlops_desktop.gui.charts.canvas import Canvas

        canvas = Canvas(self, by_time=self._by_time)
        canvas.hovered.connect(self._on_hover)
        canvas.selected.connect(self._on_selected)
        self.surface_layout.addWidget(expanding(canvas.view), 1)
        self._readout.raise_()
        return canvas

    def _draw(self) -> None:
        if self._canvas is None:
            self._canvas = self._make_canvas()
        canvas = self._canvas
        canvas.clear()
        canvas.set_log_y(self._log_y)
        canvas.set_labels(*self._titles)
        if not self._by_time:
            canvas.bottom.labels = self._words
        if self._diagonal:
            canvas.add_diagonal(0.0, 1.0)
        thick = sum(len(s.x) for s in self._series) <= THICK_POINTS
        self._items = {s.name: canvas.add_line(s, thick=thick) for s in reversed(self._series)}
        for mark in self._marks:
            canvas.add_mark(mark)
        canvas.fit()
        if self._from_zero and not self._log_y:
            tops = [f[4] for f in (facts_of(s.y) for s in self._series) if f is not None]
            canvas.reset(max(tops, default=1.0))
        self._on_hidden(self.legend.hidden_names)

    def _on_hidden(self, hidden: frozenset[str]) -> None:
        for name, items in self._items.items():
            for item in items:
                item.setVisible(name not in hidden)

    def _on_selected(self, area: QRectF) -> None:
        self.selected.emit(area.left(), area.right())

    def _on_hover(self, x: float | None) -> None:
        canvas = self._canvas
        if canvas is None:
            return
        nearest = None if x is None else self._nearest(x)
        canvas.show_cross(nearest)
        if nearest is None:
            self._readout.hide()
            return
        lines = [str(self._x_value(nearest))]
        for series in self._series:
            if series.name not in self.legend.hidden_names:
                value = _value_at(series, nearest)
                lines.append(f"{series.name}: {'missing' if value is None else format_number(value)}")
        self._readout.show_at(canvas.x_of(nearest), "\n".join(lines))

    def _nearest(self, x: float) -> float | None:
        """The x of a shown point nearest to `x`."""
        shown = (s for s in self._series if s.name not in self.legend.hidden_names and len(s.x))
        near = [v for v in (_nearest_in(s.x, x) for s in shown) if v is not None]
        return min(near, key=lambda v: abs(v - x), default=None)

    def _x_value(self, x: float | None) -> Value:
        if x is None or not is_number(x):
            return None
        if self._by_time:
            return datetime.fromtimestamp(x, UTC).strftime("%Y-%m-%d %H:%M:%S")
        if self._words and x == int(x) and 0 <= x < len(self._words):
            return self._words[int(x)]
        return x


def _nearest_in(xs: Sequence[float | None], x: float) -> float | None:
    """The value of `xs` nearest to `x`."""
    if len(xs) > _MANY:
        from mlops_desktop.gui.charts.canvas import nearest_index

        index = nearest_index(xs, x)
        return xs[index] if index >= 0 else None
    return min((v for v in xs if v is not None and is_number(v)), key=lambda v: abs(v - x), default=None)


def _value_at(series: Series, x: float) -> float | None:
    """y of `series` where its x is exactly `x`, None where it has no such point."""
    if len(series.x) > _MANY:
        from mlops_desktop.gui.charts.canvas import nearest_index

        index = nearest_index(series.x, x)
    else:
        index = next((i for i, value in enumerate(series.x) if value == x), -1)
    if index < 0 or series.x[index] != x:
        return None
    value = series.y[index]
    return value if is_number(value) else None
