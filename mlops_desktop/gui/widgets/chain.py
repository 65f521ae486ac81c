"""Boxes joined by lines, left to right: where a thing comes from and where it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.cells import draw_line


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the chain: its key, what it is, a muted line below; `current` marks where one is."""

    key: str
    title: str
    below: str = ""
    current: bool = False


class Chain(QWidget):
    """Boxes joined by lines; a click (or arrows and Enter) opens one."""

    opened = Signal(str)

    def __init__(self, boxes: Sequence[Box] = ()) -> None:
        super().__init__()
        self._boxes: tuple[Box, ...] = ()
        self._focused = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.show_boxes(boxes)

    def show_boxes(self, boxes: Sequence[Box]) -> None:
        """Show other boxes."""
        self._boxes = tuple(boxes)
        self._focused = next((i for i, b in enumerate(self._boxes) if b.current), 0)
        self.setAccessibleName(" → ".join(f"{b.title} {b.below}".strip() for b in self._boxes))
        self.update()

    def sizeHint(self) -> QSize:
        """A box is 140 px wide."""
        return QSize(theme().px(140) * max(len(self._boxes), 1), theme().px(56))

    def minimumSizeHint(self) -> QSize:
        """Boxes shrink, their words are cut."""
        return QSize(theme().px(90) * max(len(self._boxes), 1), theme().px(56))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open a box."""
        for i, box in enumerate(self._boxes):
            if self._rect(i).contains(event.position()):
                self.opened.emit(box.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over boxes."""
        over = any(self._rect(i).contains(event.position()) for i in range(len(self._boxes)))
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from box to box, Enter opens one."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self._boxes:
            self._focused = min(max(self._focused + steps[key], 0), len(self._boxes) - 1)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._boxes:
            self.opened.emit(self._boxes[self._focused].key)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lines and boxes."""
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i, box in enumerate(self._boxes):
            rect = self._rect(i)
            if i:
                painter.setPen(look.colour("chart_axis"))
                middle = rect.center().y()
                painter.drawLine(QPointF(self._rect(i - 1).right(), middle), QPointF(rect.left(), middle))
            focused = self.hasFocus() and i == self._focused
            painter.setPen(look.colour("accent" if box.current or focused else "border"))
            painter.setBrush(look.colour("accent_soft" if box.current else "surface"))
            painter.drawRoundedRect(rect, 4, 4)
            inner = rect.adjusted(look.px(9), look.px(5), -look.px(6), -look.px(5))
            upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
            lower = QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2)
            draw_line(painter, upper, box.title, look.font("chip"), look.colour("text"), False)
            ink = "text_muted_on_accent_soft" if box.current else "text_muted"
            draw_line(painter, lower, box.below, look.font("micro"), look.colour(ink), False)

    def _rect(self, index: int) -> QRectF:
        gap = theme().px(22)
        count = max(len(self._boxes), 1)
        width = min((self.width() - 1 - gap * (count - 1)) / count, theme().px(190))
        return QRectF(index * (width + gap) + 0.5, 3.5, width, self.height() - 7)
