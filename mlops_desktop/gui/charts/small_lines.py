"""A few short lines over names (months), painted without numpy: for places that must show at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from mlops_desktop.gui.charts.chart import ChartTable, nice_ticks
from mlops_desktop.gui.charts.dashes import set_dash
from mlops_desktop.gui.charts.painted import PaintedChart
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import draw_line, format_number


@dataclass(frozen=True, slots=True)
class SmallLine:
    """One line: its name, a value for each place, its colour and dash (series index).

    `label_at` is the place over (or, with `below`, under) which the name is written.
    """

    name: str
    values: tuple[float, ...]
    colour: int = 0
    label_at: int = 0
    below: bool = False


class SmallLines(PaintedChart):
    """Lines from zero up, their names written at them."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._places: tuple[str, ...] = ()
        self._lines: tuple[SmallLine, ...] = ()
        self._named: tuple[int, ...] = ()

    def show_lines(self, places: Sequence[str], lines: Sequence[SmallLine], named: Sequence[int]) -> None:
        """Show `lines`, each with one value for every place; the places at the indices `named` are written below."""
        self._places, self._lines, self._named = tuple(places), tuple(lines), tuple(named)
        self.told()

    def table(self) -> ChartTable:
        """A row for each place."""
        rows = tuple((p, *(line.values[i] for line in self._lines)) for i, p in enumerate(self._places))
        return ChartTable(("", *(line.name for line in self._lines)), rows)

    def summary(self) -> str:
        """From where to where each line goes."""
        parts = [
            f"{s.name} from {format_number(s.values[0])} to {format_number(s.values[-1])}"
            for s in self._lines
            if s.values
        ]
        return f"{self.name}: " + ("; ".join(parts) or "nothing to show") + "."

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint grid, lines and names."""
        self._areas = []
        values = [v for line in self._lines for v in line.values]
        if not values:
            return
        look = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ticks = nice_ticks(0.0, max(values), 4)
        top = max(ticks[-1], max(values))
        painter.setFont(look.font("micro"))
        left = max(painter.fontMetrics().horizontalAdvance(f"{t:g}") for t in ticks) + look.px(8)
        plot = QRectF(
            rect.left() + left, rect.top() + look.px(6), rect.width() - left - 1, rect.height() - look.px(24)
        )
        for tick in ticks:
            self._paint_tick(painter, plot, tick, top)
        for line in self._lines:
            self._paint_line(painter, plot, line, top)
        for index in self._named:
            x = self._x(plot, index)
            wide = look.px(70)
            at = min(max(x - wide / 2, plot.left()), plot.right() - wide)
            painter.setFont(look.font("micro"))
            painter.setPen(look.colour("text_muted"))
            side = (
                Qt.AlignmentFlag.AlignLeft
                if index == 0
                else Qt.AlignmentFlag.AlignRight
                if at < x - wide / 2
                else Qt.AlignmentFlag.AlignHCenter
            )
            painter.drawText(
                QRectF(at, plot.bottom() + look.px(4), wide, look.px(15)), side, self._places[index]
            )

    def _paint_tick(self, painter: QPainter, plot: QRectF, tick: float, top: float) -> None:
        look = theme()
        y = self._y(plot, tick, top)
        painter.setPen(look.colour("chart_grid"))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        box = QRectF(plot.left() - look.px(60), y - look.px(8), look.px(54), look.px(16))
        draw_line(painter, box, f"{tick:g}", look.font("micro"), look.colour("text_muted"), True)

    def _paint_line(self, painter: QPainter, plot: QRectF, line: SmallLine, top: float) -> None:
        look = theme()
        pen = QPen(look.series_colour(line.colour), 1.75)
        set_dash(pen, line.colour)
        painter.setPen(pen)
        points = [QPointF(self._x(plot, i), self._y(plot, v, top)) for i, v in enumerate(line.values)]
        painter.drawPolyline(QPolygonF(points))
        for i, (point, value) in enumerate(zip(points, line.values, strict=True)):
            area = QRectF(point.x() - look.px(6), point.y() - look.px(9), look.px(12), look.px(18))
            self._areas.append((area, "", f"{line.name}, {self._places[i]}: {format_number(value)}"))
        painter.setFont(look.font("micro"))
        wide = painter.fontMetrics().horizontalAdvance(line.name) + look.px(4)
        at = points[min(line.label_at, len(points) - 1)]
        x = min(max(at.x() - wide / 2, plot.left()), plot.right() - wide)
        y = at.y() + (look.px(8) if line.below else -look.px(22))
        painter.setPen(
            look.series_colour(line.colour).darker(120)
            if look.scheme == "light"
            else look.series_colour(line.colour)
        )
        painter.drawText(QRectF(x, y, wide, look.px(15)), Qt.AlignmentFlag.AlignCenter, line.name)

    def _x(self, plot: QRectF, index: int) -> float:
        return plot.left() + index * plot.width() / max(len(self._places) - 1, 1)

    def _y(self, plot: QRectF, value: float, top: float) -> float:
        return plot.bottom() - value / (top or 1) * plot.height()
