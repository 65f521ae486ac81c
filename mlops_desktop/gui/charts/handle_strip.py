"""A strip of bars with handles between them, to be dragged or moved by keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen

from mlops_desktop.gui.charts.painted import HistogramStrip, StripBar
from mlops_desktop.gui.theme import theme

_GRIP_PX = 9
"""How near to a handle the pointer takes it."""


class HandleStrip(HistogramStrip):
    """Bars with handles at places between them: 0 is left of the first bar.

    Left and right move the handle that was used last, up and down (or Page Up and Down) choose another.
    """

    moved = Signal(int, int)
    """Handle, and the place where the person puts it; whoever listens shows it (or not)."""

    def __init__(self, name: str = "", handle_names: Sequence[str] = ()) -> None:
        super().__init__(name)
        self._handles: tuple[int, ...] = ()
        self._names = tuple(handle_names)
        self._active = 0
        self._held: int | None = None
        self._paper.installEventFilter(self)

    @property
    def handles(self) -> tuple[int, ...]:
        """Where the handles stand."""
        return self._handles

    def show_strip(self, bars: Sequence[StripBar], handles: Sequence[int]) -> None:
        """Show these bars and handles."""
        self._handles = tuple(handles)
        self._active = min(self._active, max(len(self._handles) - 1, 0))
        self.show_bars(bars)

    def summary(self) -> str:
        """The bars, and where the handles stand."""
        places = [
            f"{self._names[i] if i < len(self._names) else f'handle {i + 1}'} at {place}"
            for i, place in enumerate(self._handles)
        ]
        return f"{super().summary()} {', '.join(places)}".strip()

    def render_chart(self, painter: QPainter, rect: QRectF) -> None:
        """Paint bars and handles."""
        inner = self._inner(rect)
        super().render_chart(painter, inner)
        look = theme()
        foot = inner.bottom() - (look.px(18) if any(b.label for b in self._bars) else 2)
        for number, place in enumerate(self._handles):
            x = round(self._x(inner, place)) + 0.5
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            active = number == self._active and self.hasFocus()
            ink = look.colour("accent" if active else "text")
            painter.setPen(QPen(ink, 2 if active else 1.5))
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, foot))
            grip = QRectF(x - look.px(3), (rect.top() + foot) / 2 - look.px(8), look.px(6), look.px(16))
            painter.setPen(QPen(ink, 1.5))
            painter.setBrush(look.colour("surface"))
            painter.drawRoundedRect(grip, 2, 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take and move handles with the mouse."""
        if watched is self._paper and isinstance(event, QMouseEvent):
            kind = event.type()
            if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self._held = self._handle_near(event.position().x())
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                if self._held is not None:
                    self._active = self._held
                    return True
            elif kind == QEvent.Type.MouseMove:
                return self._on_moved(event)
            elif kind == QEvent.Type.MouseButtonRelease and self._held is not None:
                self._held = None
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the active handle, or choose another."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        turns = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key())
        if self._handles and key in steps and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(self._active, self._handles[self._active] + steps[key])
        elif self._handles and key in turns:
            self._active = (self._active + turns[key]) % len(self._handles)
            self._paper.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The focus shows on the handle."""
        super().focusInEvent(event)
        self._paper.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The focus shows no more."""
        super().focusOutEvent(event)
        self._paper.update()

    def _on_moved(self, event: QMouseEvent) -> bool:
        if self._held is None:
            if self._handle_near(event.position().x()) is not None:
                self._paper.setCursor(Qt.CursorShape.SizeHorCursor)
                return True
            return False
        inner = self._inner(QRectF(self._paper.rect()))
        count = len(self._bars)
        place = round((event.position().x() - inner.left()) / (inner.width() or 1) * count)
        if place != self._handles[self._held]:
            self.moved.emit(self._held, place)
        return True

    def _handle_near(self, x: float) -> int | None:
        inner = self._inner(QRectF(self._paper.rect()))
        far = [(abs(self._x(inner, place) - x), i) for i, place in enumerate(self._handles)]
        near = min(far, default=(float("inf"), 0))
        return near[1] if near[0] <= theme().px(_GRIP_PX) else None

    def _inner(self, rect: QRectF) -> QRectF:
        side = theme().px(5)
        return rect.adjusted(side, 0, -side, 0)

    def _x(self, inner: QRectF, place: int) -> float:
        return inner.left() + inner.width() * place / max(len(self._bars), 1)
