"""A table header with chips below each name that a person can click: type, role, whatever can be changed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.cells import draw_line
from mlops_desktop.gui.widgets.labels import Status, chip_width, paint_chip

_TOP, _NAME, _GAP = 7, 16, 4
_ARROW = 12


@dataclass(frozen=True, slots=True)
class HeaderChip:
    """A chip below a name.

    Parameters
    ----------
    key, text : str
        Name in the signal, and word shown.
    status : str
        Colour of a filled chip.
    filled : bool
        Filled, or outlined.
    menu : bool
        An arrow says that a click opens a menu.
    """

    key: str
    text: str
    status: Status = "neutral"
    filled: bool = False
    menu: bool = False


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """A column: its name, its chips, whether it stands at the right, and the colour of its name."""

    name: str
    chips: tuple[HeaderChip, ...] = ()
    right: bool = False
    ink: str = "text"


class ChipHeader(QHeaderView):
    """A horizontal header whose chips are clicked."""

    chip_clicked = Signal(int, str, QPoint)
    """Column, key of the chip, and where a menu goes (global, below the chip)."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns: list[HeaderColumn] = []
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(28)
        self.setMouseTracking(True)
        set_font(self, "table_head")

    def set_columns(self, columns: Sequence[HeaderColumn]) -> None:
        """Tell it about the columns."""
        self._columns = list(columns)
        self.updateGeometry()
        self.viewport().update()

    def reset_offsets(self) -> None:
        """Sections were resized with signals blocked: lay them out anew."""
        self.setOffset(self.offset())
        self.viewport().update()

    def column_width(self, logical: int) -> int:
        """Px that name and chips of a column need, without margins."""
        column = self._columns[logical]
        name = self.fontMetrics().horizontalAdvance(column.name[:60])
        return int(max([name, *(self._chip_width(c) for c in column.chips)], default=0) + 1)

    def chip_at(self, position: QPoint) -> tuple[int, str, QRect] | None:
        """Column, key and place of the chip at `position` of the viewport."""
        logical = self.logicalIndexAt(position)
        if not 0 <= logical < len(self._columns):
            return None
        for chip, rect in self._chips(logical, self._section_rect(logical)):
            if rect.contains(position.toPointF()):
                return logical, chip.key, rect.toRect()
        return None

    def chip_rect(self, logical: int, key: str) -> QRect:
        """Where a chip is painted in the viewport."""
        chips = self._chips(logical, self._section_rect(logical))
        return next(rect.toRect() for chip, rect in chips if chip.key == key)

    def sizeHint(self) -> QSize:
        """High enough for a name and its chips."""
        chips = max((len(c.chips) for c in self._columns[:1]), default=0)
        look = theme()
        height = look.px(_TOP + _NAME + 5) + chips * (look.size("chip") + look.px(_GAP))
        return QSize(super().sizeHint().width(), height)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one section."""
        look = theme()
        painter.save()
        painter.fillRect(rect, look.colour("surface"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if logicalIndex < len(self._columns):
            column = self._columns[logicalIndex]
            inner = QRectF(rect).adjusted(look.space("cell_x"), look.px(_TOP), -look.space("cell_x"), 0)
            name = QRectF(inner.left(), inner.top(), inner.width(), look.px(_NAME))
            draw_line(
                painter, name, column.name, look.font("table_head"), look.colour(column.ink), column.right
            )
            for chip, place in self._chips(logicalIndex, rect):
                self._paint_chip(painter, chip, place)
        painter.restore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a chip."""
        found = self.chip_at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            logical, key, rect = found
            self.chip_clicked.emit(logical, key, self.viewport().mapToGlobal(rect.bottomLeft()))
        super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over chips."""
        super().mouseMoveEvent(event)
        if self.chip_at(event.position().toPoint()) is not None:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        elif self.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor:
            self.viewport().unsetCursor()

    def _section_rect(self, logical: int) -> QRect:
        return QRect(self.sectionViewportPosition(logical), 0, self.sectionSize(logical), self.height())

    def _chip_width(self, chip: HeaderChip) -> float:
        return chip_width(chip.text) + (theme().px(_ARROW) if chip.menu else 0)

    def _chips(self, logical: int, rect: QRect) -> Iterator[tuple[HeaderChip, QRectF]]:
        look = theme()
        column = self._columns[logical]
        margin, height = look.space("cell_x"), look.size("chip")
        room = rect.width() - 2 * margin
        y = rect.top() + look.px(_TOP + _NAME + 3)
        for chip in column.chips:
            width = min(self._chip_width(chip), room)
            left = rect.right() - margin - width if column.right else rect.left() + margin
            yield chip, QRectF(left, y, width, height)
            y += height + look.px(_GAP)

    def _paint_chip(self, painter: QPainter, chip: HeaderChip, rect: QRectF) -> None:
        look = theme()
        if chip.filled:
            paint_chip(painter, rect, chip.text, chip.status)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.colour("border_strong"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), rect.height() / 2, rect.height() / 2)
        words = rect.adjusted(look.space("chip_x"), 0, -look.space("chip_x") + look.px(2), 0)
        if chip.menu:
            words.setRight(words.right() - look.px(_ARROW) + look.px(2))
            arrow = look.pixmap("chevron-down", "text_muted", _ARROW)
            painter.drawPixmap(
                int(rect.right() - look.px(_ARROW + 4)),
                int(rect.center().y() - look.px(_ARROW) / 2 + 1),
                arrow,
            )
        draw_line(painter, words, chip.text, look.font("chip"), look.colour("text_muted"), False)
