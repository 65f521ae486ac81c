"""The legend above a chart: a click hides a series, Ctrl+click leaves it alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from mlops_desktop.gui.charts.dashes import set_dash
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.layouts import FlowLayout, clear, set_shown


def isolated(names: Sequence[str], hidden: frozenset[str], name: str, *, alone: bool) -> frozenset[str]:
    """The hidden series after a click on `name`: toggled, or all others hidden (and back)."""
    if not alone:
        return hidden ^ {name}
    others = frozenset(names) - {name}
    return frozenset() if hidden == others else others


class _Entry(QPushButton):
    """A line or dot in the colour of the series, and its name."""

    def __init__(self, name: str, index: int, *, dot: bool) -> None:
        super().__init__(name)
        self._index, self._dot = index, dot
        self._off = False
        self.setProperty("kind", "icon")
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Click hides, Ctrl+click leaves it alone"))
        set_font(self, "small")

    def show_off(self, off: bool) -> None:
        """Show whether the series is hidden."""
        self._off = off
        self.update()

    def sizeHint(self) -> QSize:
        """Room for sign and name."""
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + theme().px(30), theme().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint sign and name."""
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = look.series_colour(self._index) if self._index >= 0 else look.colour("chart_axis")
        middle = self.height() / 2
        painter.setOpacity(0.35 if self._off else 1.0)
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(look.px(10), middle), look.px(4), look.px(4))
        else:
            pen = QPen(colour, 2)
            set_dash(pen, self._index)
            painter.setPen(pen)
            painter.drawLine(QPointF(look.px(2), middle), QPointF(look.px(18), middle))
        painter.setPen(look.colour("text_muted"))
        painter.drawText(
            self.rect().adjusted(look.px(24), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text()
        )
        if self.hasFocus():
            painter.setPen(look.colour("accent"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)


class Legend(QWidget):
    """Entries of the series shown."""

    hidden_changed = Signal(object)
    """Frozen set of the names that are hidden."""

    def __init__(self, *, dots: bool = False) -> None:
        super().__init__()
        self._dots = dots
        self._flow = FlowLayout(self, 4)
        self._entries: dict[str, _Entry] = {}
        self.hidden_names: frozenset[str] = frozenset()

    def show_series(self, series: Sequence[tuple[str, int]]) -> None:
        """Show entries, (name, colour index) each; what was hidden stays so."""
        if list(self._entries) == [name for name, _ in series]:
            return
        clear(self._flow)
        self._entries = {}
        for name, index in series:
            entry = _Entry(name, index, dot=self._dots)
            entry.clicked.connect(lambda _=False, name=name: self._on_clicked(name))
            self._entries[name] = entry
            self._flow.addWidget(entry)
        self.hidden_names &= frozenset(self._entries)
        self._tell()
        set_shown(self, len(series) > 1)

    def toggle(self, name: str, *, alone: bool = False) -> None:
        """What a click does."""
        self.hidden_names = isolated(list(self._entries), self.hidden_names, name, alone=alone)
        self._tell()
        self.hidden_changed.emit(self.hidden_names)

    def _on_clicked(self, name: str) -> None:
        control = Qt.KeyboardModifier.ControlModifier
        self.toggle(name, alone=bool(QGuiApplication.keyboardModifiers() & control))

    def _tell(self) -> None:
        for name, entry in self._entries.items():
            entry.show_off(name in self.hidden_names)
