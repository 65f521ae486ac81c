"""What happens when: a row for each thing, spans of time on it, a line for now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from mlops_desktop.gui.charts.chart import ChartTable
from mlops_desktop.gui.charts.painted import PaintedChart
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import draw_line


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time on the row `row`: colour token ("good", "bad", "chart_ghost"), key, what it is in words."""

    row: str
    start: datetime
    end: datetime
    role: str = "good"
    key: str = ""
    words: str = ""


class Timeline(PaintedChart):
    """Spans of time by row, a column for each day.

    All times are of one zone; the caller chooses it.
    """

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._rows: tuple[str, ...] = ()
        self._spans: tuple[Span, ...] = ()
        self._first = datetime(1970, 1, 1)
        self._days = 7
        self._now: datetime | None = None

    def show_spans(
        self,
        rows: Sequence[str],
        spans: Sequence[Span],
        first_day: datetime,
        days: int = 7,
        now: datetime | None = None,
    ) -> None:
        """Show `spans` of the `days` days from midnight `first_day` on."""
        self._rows, self._spans = tuple(rows), tuple(spans)
        self._first, self._days, self._now = first_day, days, now
        self.told()

    def table(self) -> ChartTable:
        """Row, start, end and words of each span."""
        rows = tuple(
            (s.row, f"{s.start:%Y-%m-%d %H:%M}", f"{s.end:%Y-%m-%d %H:%M}", s.words) for s in self._spans
        )
        return ChartTable(("Row", "Start", "End", "What"), rows)

    def summary(self) -> str:
        """Number of spans by row."""
        parts = [f"{name} {sum(s.row == name for s in self._spans)} times" for name in self._rows]
        return f"{self.name}: " + (", ".join(parts) or "nothing to show") + "."

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint days, rows and spans."""
        self._areas = []
        look = theme()
        painter.setFont(look.font("small"))
        widest = max((painter.fontMetrics().horizontalAdvance(r) for r in self._rows), default=0)
        left, top = min(widest + look.px(18), rect.width() * 0.3), look.px(22)
        plot = QRectF(rect.left() + left, rect.top() + top, rect.width() - left, rect.height() - top)
        self._paint_days(painter, plot, rect.top())
        height = min(plot.height() / max(len(self._rows), 1), look.px(44))
        for i, name in enumerate(self._rows):
            line = QRectF(plot.left(), plot.top() + i * height, plot.width(), height)
            head = QRectF(rect.left(), line.top(), left - look.px(8), height)
            draw_line(painter, head, name, look.font("small"), look.colour("text"), False)
            for span in (s for s in self._spans if s.row == name):
                self._paint_span(painter, line, span)
        if self._now is not None:
            x = self._x(plot, self._now)
            painter.setPen(QPen(look.colour("bad"), 1.5))
            painter.drawLine(QPointF(x, plot.top() - look.px(6)), QPointF(x, plot.bottom()))

    def _paint_days(self, painter: QPainter, plot: QRectF, top: float) -> None:
        look = theme()
        step = plot.width() / self._days
        for day in range(self._days):
            x = round(plot.left() + day * step)
            painter.setPen(look.colour("chart_grid"))
            painter.drawLine(QPointF(x, top), QPointF(x, plot.bottom()))
            date = self._first + timedelta(days=day)
            words = QRectF(x + look.px(6), top, step - look.px(6), look.px(16))
            draw_line(
                painter, words, f"{date:%a} {date.day}", look.font("micro"), look.colour("text_muted"), False
            )

    def _paint_span(self, painter: QPainter, line: QRectF, span: Span) -> None:
        left, right = self._x(line, span.start), self._x(line, span.end)
        if right < line.left() or left > line.right():
            return
        width = max(right - left, theme().px(7))
        box = QRectF(max(left, line.left()), line.center().y() - theme().px(9), width, theme().px(18))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour(span.role))
        painter.drawRoundedRect(box, 3, 3)
        self._areas.append((box, span.key, span.words or f"{span.row}, {span.start:%a %H:%M}"))

    def _x(self, plot: QRectF, time: datetime) -> float:
        share = (time - self._first) / timedelta(days=self._days)
        return plot.left() + share * plot.width()
