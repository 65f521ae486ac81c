"""Layouts: rows, columns, a flow that wraps, a grid of cards that folds, and the page that scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mlops_desktop.gui.theme import theme

L = TypeVar("L", bound=QBoxLayout)
Item = QWidget | QLayout | int | None
"""What `row` and `column` take: a widget, a layout, px of space, or None for what stretches."""


def row(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Items side by side."""
    return _fill(QHBoxLayout(), items, spacing, margins)


def column(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Items one below the other."""
    return _fill(QVBoxLayout(), items, spacing, margins)


def _fill(box: L, items: Sequence[Item], spacing: int, margins: tuple[int, int, int, int]) -> L:
    box.setSpacing(spacing)
    box.setContentsMargins(*margins)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(item)
        elif isinstance(item, QLayout):
            box.addLayout(item)
        else:
            box.addWidget(item)
    return box


def clear(layout: QLayout) -> None:
    """Take everything out of `layout` and delete its widgets."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def set_shown(widget: QWidget, shown: bool) -> None:
    """Show or hide a part; one that has no parent yet is not opened as a window of its own."""
    if shown and widget.parentWidget() is None:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_Hidden, False)
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
    else:
        widget.setVisible(shown)


class FlowLayout(QLayout):
    """Widgets in a row that wraps."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Add at the end (Qt calls it)."""
        self._items.append(item)

    def count(self) -> int:
        """How many items it has."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """The item at `index`, None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Take the item at `index` out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that `width` px need."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place all items inside `rect`."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """The least that is needed."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in (i for i in self._items if not i.isEmpty()):
            hint = item.sizeHint()
            if x + hint.width() > rect.right() + 1 and line > 0:
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        return y + line - rect.y()


class FoldingRow(QWidget):
    """Widgets side by side where there is room, one below the other where there is not.

    Parameters
    ----------
    parts : sequence of (QWidget, int)
        Widgets and their shares of the width.
    folds_below : int
        Width in px at 100 % below which they stand one below the other.
    """

    def __init__(self, parts: Sequence[tuple[QWidget, int]], folds_below: int = 760) -> None:
        super().__init__()
        self._folds_below = folds_below
        self._parts = list(parts)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().space("gap"))
        for widget, share in self._parts:
            self._box.addWidget(widget, share)

    def minimumSizeHint(self) -> QSize:
        """The widest part: the row can always fold."""
        hints = [w.minimumSizeHint() for w, _ in self._parts if not w.isHidden()]
        return QSize(max((h.width() for h in hints), default=0), self._box.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(self._folds_below)
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if wanted != self._box.direction():
            self._box.setDirection(wanted)
            self.updateGeometry()


class Page(QScrollArea):
    """The ground of a screen: margins of the design, scrolls down when it must.

    Add widgets to `body`; `add` takes the same items as `column`.
    """

    def __init__(self, *items: Item) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setProperty("kind", "page")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        look = theme()
        side, top = look.space("page"), look.space("page_top")
        self.body: QVBoxLayout = column(spacing=look.space("gap"), margins=(side, top, side, look.px(10)))
        inner.setLayout(self.body)
        self.setWidget(inner)
        self.add(*items)

    def add(self, *items: Item) -> None:
        """Add items below those that are there."""
        for item in items:
            if item is None:
                self.body.addStretch(1)
            elif isinstance(item, int):
                self.body.addSpacing(item)
            elif isinstance(item, QLayout):
                self.body.addLayout(item)
            else:
                self.body.addWidget(item)


def expanding(widget: QWidget) -> QWidget:
    """Let `widget` take what room there is, both ways; returns it."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return widget
