"""The pyqtgraph side of line and scatter charts. Importing this module loads numpy and pyqtgraph: do it late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QGraphicsView

from mlops_desktop.gui.charts.dashes import set_dash
from mlops_desktop.gui.charts.series import Mark, Series
from mlops_desktop.gui.theme import theme

MANY_POINTS = 100_000
"""From here on lines are drawn by their peaks."""
DENSE_POINTS = 50_000
"""From here on a scatter is drawn as an image of its density."""
_MARKED_POINTS = 30
_DENSITY_SIDE = 256
_MISSING = np.nan
_FARTHEST = 1e307
"""The end of what an axis shows: twice as much is no number any more."""


def as_array(values: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """`values` as floats, what is no finite number as NaN."""
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, _MISSING)


def nearest_index(values: Sequence[float | None], wanted: float) -> int:
    """Index of the value nearest to `wanted`, -1 when there is none."""
    distances = np.abs(as_array(values) - wanted)
    return int(np.nanargmin(distances)) if np.isfinite(distances).any() else -1


class LabelAxis(pg.AxisItem):
    """An axis that shows words at whole numbers, as many as fit."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.labels: Sequence[str] = ()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Every n-th word inside what is shown."""
        if not self.labels:
            levels = super().tickValues(minVal, maxVal, size)
            return levels[:1]
        first, last = max(int(np.ceil(minVal)), 0), min(int(maxVal), len(self.labels) - 1)
        widest = max((len(self.labels[i]) for i in range(first, last + 1)), default=1) * theme().px(6.5)
        step = max(1, int(np.ceil((widest + theme().px(14)) * max(maxVal - minVal, 1) / max(size, 1))))
        return [(step, [float(i) for i in range(first, last + 1, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The words."""
        if not self.labels:
            return [text.replace("-", "−") for text in super().tickStrings(values, scale, spacing)]
        return [self.labels[int(v)] if 0 <= v < len(self.labels) else "" for v in values]


class _View(pg.ViewBox):
    """Drag pans, Shift+drag selects, double-click resets; the wheel zooms once the chart has the focus."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(enableMenu=False)
        self._canvas = canvas

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom, or let the page scroll."""
        if self._canvas.view.hasFocus():
            super().wheelEvent(ev, axis)
        else:
            ev.ignore()

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Pan, or select with Shift."""
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier and axis is None:
            ev.accept()
            area = QRectF(ev.buttonDownPos(Qt.MouseButton.LeftButton), ev.pos()).normalized()
            self.updateScaleBox(ev.buttonDownPos(Qt.MouseButton.LeftButton), ev.pos())
            if ev.isFinish():
                self.rbScaleBox.hide()
                self._canvas.selected.emit(self.childGroup.mapRectFromParent(area))
        else:
            super().mouseDragEvent(ev, axis)

    def mouseDoubleClickEvent(self, ev: Any) -> None:
        """Show everything again."""
        self._canvas.reset()
        ev.accept()


class Canvas(QObject):
    """A themed plot area: axes, grid, lines, points, marks, crosshair."""

    hovered = Signal(object)
    """x under the pointer, None when it leaves."""
    selected = Signal(QRectF)
    clicked = Signal(QPointF)

    def __init__(self, parent: QObject, *, by_time: bool = False) -> None:
        super().__init__(parent)
        axis = pg.DateAxisItem("bottom") if by_time else LabelAxis("bottom")
        self.bottom: Any = axis
        self.left: Any = LabelAxis("left")
        self.view = pg.PlotWidget(viewBox=_View(self), axisItems={"bottom": axis, "left": self.left})
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMinimumSize(60, 50)
        self.plot: Any = self.view.getPlotItem()
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.hide()
        scene: Any = self.view.scene()
        self._moves = pg.SignalProxy(scene.sigMouseMoved, rateLimit=60, slot=self._on_move)
        scene.sigMouseClicked.connect(self._on_click)
        self.view.viewport().installEventFilter(self)
        self._log_y = False
        self._zero_top: float | None = None
        self._reach: tuple[float, float] = (np.inf, -np.inf)
        """Lowest and highest value drawn, as they stand on the axis."""
        self.restyle()

    def restyle(self) -> None:
        """Colours and fonts of the theme."""
        look = theme()
        self.view.setBackground(look.colour("surface"))
        none = QPen(Qt.PenStyle.NoPen)
        for axis in (self.bottom, self.left):
            axis.setZValue(-1000)
            axis.setTextPen(look.colour("text_muted"))
            axis.setStyle(tickFont=look.font("micro"), tickLength=0, tickTextOffset=look.px(6))
        self.left.setPen(none)
        self.left.setTickPen(pg.mkPen(look.colour("chart_grid")))
        self.left.setGrid(255)
        self.bottom.setPen(pg.mkPen(look.colour("chart_axis")))
        self.bottom.setTickPen(none)
        self._cross.setPen(pg.mkPen(look.colour("chart_axis")))

    def set_labels(self, x: str, y: str) -> None:
        """Words under and beside the axes."""
        style = {"color": theme().colour("text_muted").name(), "font-size": f"{theme().px(11)}px"}
        self.bottom.setLabel(x or None, **style)
        self.left.setLabel(y or None, **style)

    def set_log_y(self, on: bool) -> None:
        """A logarithmic axis; what is not above 0 must not be drawn."""
        if on != self._log_y:
            self.plot.vb.enableAutoRange(
                y=True
            )  # the range that was zoomed to has no meaning on the other kind
        self._log_y = on
        self.plot.setLogMode(y=on)

    def fit(self) -> None:
        """Show the whole height, unless the person has zoomed.

        pyqtgraph cuts values a million times beyond what is shown, and finds its range from what it left: from 1 to
        1e300 it would take fifty steps, each painted in seconds.
        """
        low, high = self._reach
        if low <= high and self.plot.vb.autoRangeEnabled()[1]:
            self.plot.vb.setRange(yRange=(max(low, -_FARTHEST), min(high, _FARTHEST)), disableAutoRange=False)

    def clear(self) -> None:
        """Take everything away."""
        self._reach = (np.inf, -np.inf)
        self.plot.clear()
        self.plot.addItem(self._cross, ignoreBounds=True)
        self._cross.hide()

    def add_line(self, series: Series, *, thick: bool = True) -> list[Any]:
        """Draw a line with its band, ground and points; returns its items."""
        look = theme()
        x, y = as_array(series.x), as_array(series.y)
        if self._log_y:
            y = np.where(y > 0, y, _MISSING)
        drawn = self._scaled(y)[np.isfinite(y)]
        if len(drawn):
            self._reach = (
                min(self._reach[0], float(drawn.min())),
                max(self._reach[1], float(drawn.max())),
            )
        items: list[Any] = []
        colour = series_ink(series.colour)
        if series.band is not None:
            items += self._add_band(x, series, colour)
        pen = series_pen(series.colour, 2 if thick else 1)
        curve = pg.PlotDataItem(x, y, pen=pen, connect="finite", antialias=len(x) <= MANY_POINTS)
        if series.filled:
            curve.setFillLevel(0)
            curve.setFillBrush(look.colour("accent_soft"))
        self.plot.addItem(curve)
        if len(x) > MANY_POINTS:
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
        items.append(curve)
        if 0 < len(x) <= _MARKED_POINTS and series.colour >= 0:
            shown = np.log10(y) if self._log_y else y
            points = pg.ScatterPlotItem(x, shown, size=look.px(6), pen=None, brush=colour)
            self.plot.addItem(points)
            items.append(points)
        return items

    def add_points(self, series: Series, *, size: int = 5) -> list[Any]:
        """Draw points, or the image of their density where they are very many."""
        x, y = as_array(series.x), as_array(series.y)
        able = np.isfinite(x) & np.isfinite(y)
        x, y = x[able], y[able]
        if len(x) > DENSE_POINTS:
            return [self._add_density(x, y, series_ink(series.colour))]
        colour = QColor(series_ink(series.colour))
        colour.setAlphaF(0.55 if len(x) > 200 else 0.9)
        keys = [k for k, good in zip(series.keys, able, strict=True) if good] if series.keys else None
        points = pg.ScatterPlotItem(x, y, size=theme().px(size), pen=None, brush=colour, data=keys)
        self.plot.addItem(points)
        return [points]

    def add_mark(self, mark: Mark) -> None:
        """Draw an upright line with a word."""
        colour = theme().colour(mark.role)
        pen = pg.mkPen(colour, width=1.5, dash=[2, 3])
        options = {"position": 0.95, "color": colour, "anchors": [(0, 0.5), (0, 0.5)]}
        line: Any = pg.InfiniteLine(mark.x, angle=90, pen=pen, label=mark.text, labelOpts=options)
        line.label.setFont(theme().font("micro"))
        self.plot.addItem(line, ignoreBounds=True)

    def add_diagonal(self, low: float, high: float) -> None:
        """Draw the line where both are equal."""
        pen = pg.mkPen(theme().colour("chart_axis"), width=1, dash=[4, 4])
        self.plot.addItem(pg.PlotDataItem([low, high], [low, high], pen=pen))

    def reset(self, zero_top: float | None = None) -> None:
        """Show everything; with `zero_top` from 0 to a little above it, now and after each double-click."""
        self._zero_top = zero_top if zero_top is not None else self._zero_top
        self.plot.vb.enableAutoRange()
        self.fit()
        if self._zero_top:
            self.plot.vb.setYRange(0, self._zero_top * 1.08, padding=0)

    def show_cross(self, x: float | None) -> None:
        """Show the crosshair at `x`, or hide it."""
        self._cross.setVisible(x is not None)
        if x is not None:
            self._cross.setValue(x)

    def x_of(self, x: float) -> float:
        """Where `x` stands in the view, in px."""
        return float(self.view.mapFromScene(self.plot.vb.mapViewToScene(QPointF(x, 0))).x())

    def render(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the plot into `rect`, as vectors where the device has them."""
        cross = self._cross.isVisible()
        self._cross.hide()
        view: QGraphicsView = self.view
        points = [item for item in self.plot.items if isinstance(item, pg.ScatterPlotItem)]
        for item in points:
            item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        QGraphicsView.render(view, painter, rect, view.rect(), Qt.AspectRatioMode.IgnoreAspectRatio)
        for item in points:
            item.setExportMode(False)
        self._cross.setVisible(cross)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The pointer leaves."""
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return False

    def _add_band(self, x: Any, series: Series, colour: QColor) -> list[Any]:
        low, high = series.band or ((), ())
        tint = QColor(colour)
        tint.setAlphaF(0.14)
        ends = [pg.PlotCurveItem(x, self._scaled(as_array(side)), pen=None) for side in (low, high)]
        fill = pg.FillBetweenItem(ends[0], ends[1], brush=tint)
        for item in ends:
            self.plot.addItem(item)
        self.plot.addItem(fill, ignoreBounds=True)
        return [*ends, fill]

    def _scaled(self, y: Any) -> Any:
        """`y` as it stands on the axis."""
        return np.log10(np.where(y > 0, y, _MISSING)) if self._log_y else y

    def _add_density(self, x: Any, y: Any, colour: QColor) -> Any:
        counts, x_edges, y_edges = np.histogram2d(x, y, bins=_DENSITY_SIDE)
        share = np.log1p(counts) / max(float(np.log1p(counts.max())), 1.0)
        pixels = np.zeros((*share.shape, 4), dtype=np.ubyte)
        pixels[..., 0], pixels[..., 1], pixels[..., 2] = colour.red(), colour.green(), colour.blue()
        pixels[..., 3] = np.where(counts > 0, 40 + 215 * share, 0).astype(np.ubyte)
        image = pg.ImageItem(pixels)
        image.setRect(QRectF(x_edges[0], y_edges[0], x_edges[-1] - x_edges[0], y_edges[-1] - y_edges[0]))
        self.plot.addItem(image)
        return image

    def _on_move(self, event: tuple[QPointF]) -> None:
        position = event[0]
        inside = self.plot.vb.sceneBoundingRect().contains(position)
        self.hovered.emit(self.plot.vb.mapSceneToView(position).x() if inside else None)

    def _on_click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.plot.vb.mapSceneToView(event.scenePos()))


def series_ink(index: int) -> QColor:
    """Colour of a series; -1 is the grey of references."""
    return theme().series_colour(index) if index >= 0 else theme().colour("chart_axis")


def series_pen(index: int, width: float) -> QPen:
    """Pen of a series: its colour and, after the first, its dash."""
    pen = pg.mkPen(series_ink(index), width=width)
    set_dash(pen, index)
    return pen
