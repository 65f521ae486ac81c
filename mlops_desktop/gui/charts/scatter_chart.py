"""Clouds of points; past 50,000 an image of their density."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from mlops_desktop.gui.charts.chart import Chart, ChartTable
from mlops_desktop.gui.charts.legend import Legend
from mlops_desktop.gui.charts.series import Series, facts_of, gaps
from mlops_desktop.gui.widgets.layouts import expanding

if TYPE_CHECKING:
    from mlops_desktop.gui.charts.canvas import Canvas


class ScatterChart(Chart):
    """Points of one or more series.

    Parameters
    ----------
    name, x_title, y_title : str
        What it is, and words at the axes.
    diagonal : bool
        A dashed line where both are equal (predicted against actual).
    """

    selected = Signal(QRectF)
    """Area of a Shift+drag, in the units of the axes."""

    def __init__(
        self, name: str = "", x_title: str = "", y_title: str = "", *, diagonal: bool = False
    ) -> None:
        super().__init__(name)
        self._titles = (x_title, y_title)
        self._diagonal = diagonal
        self._series: tuple[Series, ...] = ()
        self._items: dict[str, list[Any]] = {}
        self._canvas: Canvas | None = None
        self.legend = Legend(dots=True)
        self.legend.hidden_changed.connect(self._on_hidden)
        self.surface_layout.addWidget(self.legend)

    def show_series(self, series: Sequence[Series]) -> None:
        """Show these points; `Series.keys` names them for `picked`."""
        self._series = tuple(series)
        lost = sum(gaps(s) for s in series)
        words = (
            self.tr("1 point can't be shown")
            if lost == 1
            else self.tr("{:,} points can't be shown").format(lost)
        )
        self.show_note(words if lost else "")
        self.legend.show_series([(s.name, s.colour) for s in series])
        self._draw()
        self.told()

    def table(self) -> ChartTable:
        """Series, x and y of each point."""
        rows = tuple((s.name, x, y) for s in self._series for x, y in zip(s.x, s.y, strict=True))
        return ChartTable(("Series", self._titles[0] or "x", self._titles[1] or "y"), rows)

    def summary(self) -> str:
        """Number and range of each series."""
        parts: list[str] = []
        for series in self._series:
            across, up = facts_of(series.x), facts_of(series.y)
            if across is not None and up is not None:
                parts.append(
                    f"{series.name}: {len(series.x) - gaps(series):,} points, x {across[3]:.4g} to {across[4]:.4g}, "
                    f"y {up[3]:.4g} to {up[4]:.4g}."
                )
        return f"{self.name}. " + (" ".join(parts) or "Nothing to show.")

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the plot."""
        if self._canvas is not None:
            self._canvas.render(painter, rect)

    def restyle(self) -> None:
        """Draw anew in the other colours."""
        if self._canvas is not None:
            self._canvas.restyle()
            self._draw()

    def _draw(self) -> None:
        if self._canvas is None:
            from mlops_desktop.gui.charts.canvas import Canvas

            self._canvas = Canvas(self)
            self._canvas.selected.connect(self.selected)
            self._canvas.clicked.connect(self._on_clicked)
            self.surface_layout.addWidget(expanding(self._canvas.view), 1)
        canvas = self._canvas
        canvas.clear()
        canvas.set_labels(*self._titles)
        self._items = {s.name: canvas.add_points(s) for s in self._series}
        if self._diagonal:
            self._draw_diagonal(canvas)
        self._on_hidden(self.legend.hidden_names)

    def _draw_diagonal(self, canvas: Canvas) -> None:
        facts = [facts_of(values) for s in self._series for values in (s.x, s.y)]
        known = [f for f in facts if f is not None]
        if known:
            canvas.add_diagonal(min(f[3] for f in known), max(f[4] for f in known))

    def _on_hidden(self, hidden: frozenset[str]) -> None:
        for name, items in self._items.items():
            for item in items:
                item.setVisible(name not in hidden)

    def _on_clicked(self, position: QPointF) -> None:
        for name, items in self._items.items():
            if name in self.legend.hidden_names:
                continue
            for item in items:
                at: Any = item.pointsAt(position) if hasattr(item, "pointsAt") else []
                if len(at) and at[0].data() is not None:
                    self.picked.emit(str(at[0].data()))
                    return
