"""Charts that are painted directly, without numpy: bars, a heat matrix, a strip of bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from mlops_desktop.gui.charts.chart import Chart, ChartTable, nice_ticks
from mlops_desktop.gui.charts.series import is_number
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.tokens import contrast
from mlops_desktop.gui.widgets.cells import draw_line, format_number
from mlops_desktop.gui.widgets.layouts import expanding


class _Surface(QWidget):
    """Hands painting and clicks to its chart."""

    def __init__(self, chart: PaintedChart) -> None:
        super().__init__()
        self._chart = chart
        self.setMouseTracking(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart."""
        painter = QPainter(self)
        self._chart.render_chart(painter, QRectF(self.rect()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a part picks it."""
        key, _ = self._chart.at(event.position())
        if key:
            self._chart.picked.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        key, words = self._chart.at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), words, self)
        else:
            QToolTip.hideText()


class PaintedChart(Chart):
    """A chart that remembers where it painted which part."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._areas: list[tuple[QRectF, str, str]] = []
        self._paper = _Surface(self)
        self.surface_layout.addWidget(expanding(self._paper))

    def at(self, position: QPointF) -> tuple[str, str]:
        """Key and words of the part at `position`, empty where there is none."""
        return next(((key, words) for area, key, words in self._areas if area.contains(position)), ("", ""))

    def told(self) -> None:
        """Other data: paint anew."""
        super().told()
        self._paper.update()

    def restyle(self) -> None:
        """The theme changed."""
        self._paper.update()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, value, half width of its interval, and colour (series index)."""

    name: str
    value: float | None
    spread: float = 0.0
    colour: int = 0
    key: str = ""


class BarChart(PaintedChart):
    """Bars, upright with their values on top, or lying with their names at the left.

    Parameters
    ----------
    lying : bool
        Lying bars, for long names (importance).
    decimals : int, optional
        Digits of the values.
    """

    def __init__(self, name: str = "", *, lying: bool = False, decimals: int | None = None) -> None:
        super().__init__(name)
        self._lying = lying
        self._decimals = decimals
        self._bars: tuple[Bar, ...] = ()

    def show_bars(self, bars: Sequence[Bar], decimals: int | None = None) -> None:
        """Show these bars; a value that is no number leaves its place empty and is told below.

        `decimals` are digits after the point of their values, None: as the chart was made.
        """
        self._bars = tuple(bars)
        self._decimals = self._decimals if decimals is None else decimals
        missing = sum(not is_number(b.value) for b in bars)
        self.show_note(self.tr("{} values can't be shown").format(missing) if missing else "")
        self.told()

    def table(self) -> ChartTable:
        """Names and values."""
        return ChartTable(("Name", "Value"), tuple((b.name, b.value) for b in self._bars))

    def summary(self) -> str:
        """Number, highest and lowest."""
        able = [b for b in self._bars if is_number(b.value)]
        if not able:
            return f"{self.name}: nothing to show."
        top = max(able, key=lambda b: b.value or 0)
        low = min(able, key=lambda b: b.value or 0)
        return (
            f"{self.name}: {len(able)} bars; highest {top.name} with {format_number(top.value or 0)}, "
            f"lowest {low.name} with {format_number(low.value or 0)}."
        )

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint bars and axis."""
        self._areas = []
        values = [b.value or 0.0 for b in self._bars if is_number(b.value)]
        if not values:
            return
        spreads = [b.spread for b in self._bars]
        low = min(0.0, min(v - s for v, s in zip(values, spreads, strict=False)))
        high = max(0.0, max(v + s for v, s in zip(values, spreads, strict=False)))
        if self._lying:
            self._paint_lying(painter, rect, low, high)
        else:
            self._paint_upright(painter, rect, low, high)

    def _paint_upright(self, painter: QPainter, rect: QRectF, low: float, high: float) -> None:
        look = theme()
        ticks = nice_ticks(low, high, 4)
        low, high = ticks[0], max(ticks[-1], high)
        left = _axis_width(painter, ticks)
        plot = QRectF(
            rect.left() + left, rect.top() + look.px(18), rect.width() - left, rect.height() - look.px(40)
        )
        _paint_grid(painter, plot, ticks, low, high)
        step = plot.width() / len(self._bars)
        skip = _label_step(painter, [b.name for b in self._bars], step)
        zero = _y(plot, 0.0, low, high)
        for i, bar in enumerate(self._bars):
            place = QRectF(plot.left() + i * step, plot.top(), step, plot.height())
            if i % skip == 0:
                foot = QRectF(
                    place.center().x() - step * skip / 2, plot.bottom() + look.px(5), step * skip, look.px(16)
                )
                _centred(painter, foot, bar.name, "micro", "text_muted")
            if bar.value is None or not is_number(bar.value):
                continue
            y = _y(plot, bar.value, low, high)
            width = min(max(step * 0.58, 2), look.px(46))
            box = QRectF(place.center().x() - width / 2, min(y, zero), width, max(abs(zero - y), 1))
            _paint_bar(painter, box, look.series_colour(bar.colour))
            if step > look.px(34):
                above = QRectF(place.left(), min(y, zero) - look.px(17), step, look.px(16))
                _centred(painter, above, format_number(bar.value, self._decimals), "small", "text")
            self._remember(place, bar)

    def _paint_lying(self, painter: QPainter, rect: QRectF, low: float, high: float) -> None:
        look = theme()
        painter.setFont(look.font("small"))
        names = max(painter.fontMetrics().horizontalAdvance(b.name) for b in self._bars)
        left = min(names + look.px(14), rect.width() * 0.5)
        right = look.px(46)
        plot = QRectF(rect.left() + left, rect.top(), max(rect.width() - left - right, 10), rect.height())
        step = min(plot.height() / len(self._bars), look.px(28))
        scale = plot.width() / ((high - low) or 1)
        zero = plot.left() - low * scale
        for i, bar in enumerate(self._bars):
            line = QRectF(rect.left(), rect.top() + i * step, rect.width(), step)
            name = QRectF(rect.left(), line.top(), left - look.px(10), step)
            draw_line(painter, name, bar.name, look.font("small"), look.colour("text_muted"), False)
            if bar.value is None or not is_number(bar.value):
                continue
            end = zero + bar.value * scale
            box = QRectF(min(zero, end), line.top() + step * 0.2, max(abs(end - zero), 1), step * 0.6)
            _paint_bar(painter, box, look.series_colour(bar.colour))
            reach = bar.spread * scale
            if reach:
                painter.setPen(QPen(look.colour("text_muted"), 1.5))
                painter.drawLine(
                    QPointF(end - reach, line.center().y()), QPointF(end + reach, line.center().y())
                )
            at = QRectF(max(end, zero) + reach + look.px(6), line.top(), right, step)
            draw_line(
                painter,
                at,
                format_number(bar.value, self._decimals),
                look.font("small"),
                look.colour("text"),
                False,
            )
            self._remember(line, bar)

    def _remember(self, area: QRectF, bar: Bar) -> None:
        words = f"{bar.name}: {format_number(bar.value or 0, self._decimals)}"
        self._areas.append((area, bar.key or bar.name, words))


class HeatMatrix(PaintedChart):
    """A matrix of coloured cells: confusion by share of its row, or heat by limits.

    Parameters
    ----------
    row_title, column_title : str
        "actual", "predicted".
    limits : (float, float), optional
        From the first on a cell warns, from the second on it is bad; without limits colour grows with the share of
        the row.
    """

    def __init__(
        self,
        name: str = "",
        row_title: str = "",
        column_title: str = "",
        limits: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(name)
        self._titles = (row_title, column_title)
        self._limits = limits
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._values: tuple[tuple[float | None, ...], ...] = ()

    def show_matrix(
        self, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]]
    ) -> None:
        """Show `values[row][column]`. A click emits `picked` with "row\\tcolumn"."""
        self._rows, self._columns = tuple(rows), tuple(columns)
        self._values = tuple(tuple(line) for line in values)
        self.told()

    def table(self) -> ChartTable:
        """The matrix, rows named."""
        head = f"{self._titles[0]} \\ {self._titles[1]}" if self._titles[0] else ""
        return ChartTable(
            (head, *self._columns),
            tuple((name, *line) for name, line in zip(self._rows, self._values, strict=True)),
        )

    def summary(self) -> str:
        """Size, share on the diagonal or number above the limits."""
        cells = [v for line in self._values for v in line if v is not None and is_number(v)]
        if self._limits is not None:
            over = sum(v >= self._limits[0] for v in cells)
            return f"{self.name}: {len(self._rows)} by {len(self._columns)} cells, {over} above the limit."
        total = sum(cells)
        right = sum(line[i] or 0 for i, line in enumerate(self._values) if i < len(line))
        share = f"{right / total:.1%}" if total else "none"
        return f"{self.name}: {len(self._rows)} classes, {share} of {format_number(total)} on the diagonal."

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint cells, names and titles."""
        self._areas = []
        if not self._values:
            return
        look = theme()
        painter.setFont(look.font("small"))
        names = max(painter.fontMetrics().horizontalAdvance(n) for n in self._rows)
        left = min(names + look.px(12), rect.width() * 0.35)
        top = look.px(18) if self._titles[1] else 0
        foot = look.px(20)
        plot = QRectF(rect.left() + left, rect.top() + top, rect.width() - left, rect.height() - top - foot)
        width, height = plot.width() / len(self._columns), plot.height() / len(self._rows)
        if self._titles[1]:
            _centred(
                painter,
                QRectF(plot.left(), rect.top(), plot.width(), top),
                self._titles[1],
                "micro",
                "text_muted",
            )
        named = math.ceil(
            painter.fontMetrics().height() / height
        )  # every so many rows, so that names don't overlap
        for i, line in enumerate(self._values):
            if i % named == 0:
                middle = plot.top() + (i + 0.5) * height
                tall = max(height, painter.fontMetrics().height())
                name = QRectF(rect.left(), middle - tall / 2, left - look.px(8), tall)
                draw_line(painter, name, self._rows[i], look.font("small"), look.colour("text_muted"), False)
            total = sum(v for v in line if v is not None and is_number(v))
            for j, value in enumerate(line):
                cell = QRectF(plot.left() + j * width, plot.top() + i * height, width, height)
                gap = 1 if height > look.px(6) else 0
                self._paint_cell(painter, cell.adjusted(gap, gap, -gap, -gap), (i, j), value, total)
        skip = _label_step(painter, self._columns, width)
        for j in range(0, len(self._columns), skip):
            at = QRectF(plot.left() + j * width, plot.bottom() + look.px(4), width * skip, look.px(16))
            at.setWidth(width if skip == 1 else width * skip)
            _centred(painter, at, self._columns[j], "micro", "text_muted")

    def _paint_cell(
        self, painter: QPainter, cell: QRectF, place: tuple[int, int], value: float | None, total: float
    ) -> None:
        look = theme()
        ground = self._colour(value, total)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, min(3, cell.height() / 4), min(3, cell.height() / 4))
        i, j = place
        words = "missing" if value is None else format_number(value)
        self._areas.append(
            (cell, f"{self._rows[i]}\t{self._columns[j]}", f"{self._rows[i]}, {self._columns[j]}: {words}")
        )
        painter.setFont(look.font("card_title"))
        metrics = painter.fontMetrics()
        fits = cell.width() > metrics.horizontalAdvance(words) + 4 and cell.height() > metrics.height()
        if self._limits is None and fits:
            inks = (look.palette.colours["surface"], look.palette.colours["text"])
            painter.setPen(QColor(max(inks, key=lambda ink: contrast(ink, ground.name()))))
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), words)

    def _colour(self, value: float | None, total: float) -> QColor:
        look = theme()
        if value is None or not is_number(value):
            return look.colour("chip")
        palette = look.palette
        if self._limits is not None:
            if value >= self._limits[1]:
                return QColor(palette.heat_bad)
            if value >= self._limits[0]:
                return QColor(palette.heat_warn)
            calm = (QColor(palette.heat_calm[0]), QColor(palette.heat_calm[1]))
            return _between(calm[0], calm[1], max(value, 0) / (self._limits[0] or 1))
        return _between(look.colour("chip"), look.series_colour(0), (value / total if total else 0) ** 0.7)


@dataclass(frozen=True, slots=True)
class StripBar:
    """A bar of a `HistogramStrip`: height, the word below, colour role or series index, key."""

    height: float
    label: str = ""
    colour: int | str = 0
    behind: float | None = None
    """Height of a grey bar behind it (the reference)."""
    key: str = ""


class HistogramStrip(PaintedChart):
    """Bars side by side without an axis: a distribution, months of a split, today against the reference."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._bars: tuple[StripBar, ...] = ()

    def show_bars(self, bars: Sequence[StripBar]) -> None:
        """Show these bars."""
        self._bars = tuple(bars)
        self.told()

    def table(self) -> ChartTable:
        """Labels and heights."""
        rows = tuple((b.label or str(i + 1), b.height, b.behind) for i, b in enumerate(self._bars))
        return ChartTable(("Bin", "Value", "Reference"), rows)

    def summary(self) -> str:
        """Number of bars and the highest."""
        if not self._bars:
            return f"{self.name}: nothing to show."
        top = max(self._bars, key=lambda b: b.height)
        return f"{self.name}: {len(self._bars)} bars, highest {top.label} with {format_number(top.height)}."

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the bars and as many words as fit."""
        self._areas = []
        if not self._bars:
            return
        look = theme()
        labels = [b.label for b in self._bars]
        foot = look.px(18) if any(labels) else 2
        plot = rect.adjusted(0, 2, 0, -foot)
        high = max(max(b.height, b.behind or 0) for b in self._bars) or 1
        step = plot.width() / len(self._bars)
        gap = min(4.0, step * 0.12)
        skip = _label_step(painter, labels, step)
        for i, bar in enumerate(self._bars):
            place = QRectF(plot.left() + i * step, plot.top(), step, plot.height())
            inner = place.adjusted(gap / 2, 0, -gap / 2, 0)
            if bar.behind is not None:
                inner = QRectF(inner.left(), inner.top(), inner.width() * 0.55, inner.height())
                ghost = QRectF(place.left() + step * 0.42, 0, step * 0.5, bar.behind / high * plot.height())
                ghost.moveBottom(plot.bottom())
                _paint_bar(painter, ghost, look.colour("chart_ghost"))
            box = QRectF(inner.left(), 0, inner.width(), max(bar.height / high * plot.height(), 0))
            box.moveBottom(plot.bottom())
            colour = (
                look.colour(bar.colour) if isinstance(bar.colour, str) else look.series_colour(bar.colour)
            )
            _paint_bar(painter, box, colour)
            if bar.label and i % skip == 0:
                at = QRectF(
                    place.left(), plot.bottom() + look.px(3), step * skip if skip > 1 else step, look.px(15)
                )
                _centred(painter, at, bar.label, "micro", "text_muted")
            self._areas.append((place, bar.key, f"{bar.label}: {format_number(bar.height)}"))


def _paint_bar(painter: QPainter, box: QRectF, colour: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    radius = 2 if min(box.width(), box.height()) >= 5 else 0
    painter.drawRoundedRect(box, radius, radius)


def _paint_grid(painter: QPainter, plot: QRectF, ticks: Sequence[float], low: float, high: float) -> None:
    look = theme()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for tick in ticks:
        y = round(_y(plot, tick, low, high))
        painter.setPen(look.colour("chart_grid"))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        words = QRectF(0, y - look.px(8), plot.left() - look.px(8), look.px(16))
        draw_line(painter, words, format_number(tick), look.font("micro"), look.colour("text_muted"), True)


def _axis_width(painter: QPainter, ticks: Sequence[float]) -> float:
    painter.setFont(theme().font("micro"))
    return max(painter.fontMetrics().horizontalAdvance(format_number(t)) for t in ticks) + theme().px(10)


def _y(plot: QRectF, value: float, low: float, high: float) -> float:
    return plot.bottom() - (value - low) / ((high - low) or 1) * plot.height()


def _label_step(painter: QPainter, labels: Sequence[str], step: float) -> int:
    """Each how many labels one is shown, so that none touches the next."""
    painter.setFont(theme().font("micro"))
    widest = max(
        (painter.fontMetrics().horizontalAdvance(label) for label in labels), default=0
    ) + theme().px(8)
    return max(1, int(-(-widest // max(step, 1))))


def _centred(painter: QPainter, rect: QRectF, text: str, kind: str, ink: str) -> None:
    painter.setFont(theme().font(kind))
    painter.setPen(theme().colour(ink))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)


def _between(first: QColor, second: QColor, share: float) -> QColor:
    share = min(max(share, 0.0), 1.0)
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )
