"""The header of a table: muted names, a sign for the sort; with room for type, distribution and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.cells import draw_line, format_number, paint_bars
from mlops_desktop.gui.widgets.labels import Status, chip_width, paint_chip


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """What the header says of a column.

    Parameters
    ----------
    name, type : str
        Name as written and type in words ("integer").
    numeric : bool
        Aligned at the right.
    bars : tuple of float
        Distribution, heights 0 to 1.
    missing : float, optional
        Share of missing values, 0 to 1; None while unknown.
    distinct : int, optional
        Different values; None while unknown.
    exact : bool
        False puts "≈" before both: they come from a sample.
    chip : str
        A word such as the role of the column, in the colour of `status`.
    words : tuple of str
        For no and for yes, in which truth values are shown; else "no" and "yes".
    """

    name: str
    type: str = ""
    numeric: bool = False
    bars: tuple[float, ...] = ()
    missing: float | None = None
    distinct: int | None = None
    exact: bool = True
    chip: str = ""
    status: Status = "neutral"
    words: tuple[str, ...] = ()

    @property
    def counts(self) -> str:
        """Missing and distinct in words, empty while unknown."""
        about = "" if self.exact else "≈"
        parts: list[str] = []
        if self.missing is not None:
            share = self.missing * 100
            text = "0" if share == 0 else "<0.1" if share < 0.1 else f"{share:.1f}".rstrip("0").rstrip(".")
            parts.append(f"{about}{text} % missing")
        if self.distinct is not None:
            parts.append(f"{about}{format_number(self.distinct)} distinct")
        return " · ".join(parts)


class TableHeader(QHeaderView):
    """A horizontal header that paints itself.

    Parameters
    ----------
    rich : bool
        Show type, distribution and counts (needs `set_infos`), else the name alone.
    """

    chip_clicked = Signal(int, QPoint)
    """Logical column whose chip was clicked, and where a menu goes. Nothing is sorted then."""

    def __init__(self, parent: QWidget, *, rich: bool = False) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rich = rich
        self._infos: list[ColumnInfo] = []
        self._has_bars = self._has_chips = self._has_counts = False
        self._pressed_chip: int | None = None
        self.sort_marks: dict[int, bool] = {}
        """Logical column to "descending"."""
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(28)
        self.setSectionsMovable(rich)
        set_font(self, "table_head")

    def set_infos(self, infos: list[ColumnInfo]) -> None:
        """Tell it about the columns."""
        self._infos = infos
        self._has_bars = any(i.bars for i in infos)
        self._has_chips = any(i.chip or i.type for i in infos)
        self._has_counts = any(i.missing is not None or i.distinct is not None for i in infos)
        self.viewport().update()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """High enough for what it shows."""
        height = 30
        if self._rich:
            height = 48 if self._has_chips else 40
            height += 24 if self._has_bars else 0
            height += 14 if self._has_counts else 0
        return QSize(super().sizeHint().width(), theme().px(height))

    def section_width(self, logical: int) -> int:
        """Px that the words of a column need."""
        look = theme()
        model = self.model()  # none while its table is taken down
        has_model = model is not None  # pyright: ignore[reportUnnecessaryComparison] - the stubs don't know
        name = str(model.headerData(logical, Qt.Orientation.Horizontal) or "") if has_model else ""
        need = self.fontMetrics().horizontalAdvance(name) + look.px(18)
        if self._rich and logical < len(self._infos):
            info = self._infos[logical]
            need = max(need, chip_width(info.type) + (chip_width(info.chip) + 4 if info.chip else 0))
            need = max(need, look.px(96) if info.bars else 0)
            counts = QFontMetrics(look.font("micro")).horizontalAdvance(info.counts)
            need = max(need, counts + 2 if info.counts else 0)
        return int(need) + 2 * look.space("cell_x")

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one section."""
        look = theme()
        painter.save()
        painter.fillRect(rect, look.colour("surface"))
        painter.setPen(look.colour("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = QRectF(rect).adjusted(look.space("cell_x"), 0, -look.space("cell_x"), 0)
        if self._rich and logicalIndex < len(self._infos):
            self._paint_rich(painter, inner, logicalIndex)
        else:
            alignment = self.model().headerData(
                logicalIndex, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
            )
            right = bool(int(alignment or 0) & int(Qt.AlignmentFlag.AlignRight))
            name = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
            self._paint_name(painter, inner, name, logicalIndex, "text_muted", right)
        painter.restore()

    def _paint_name(
        self, painter: QPainter, rect: QRectF, name: str, logical: int, ink: str, right: bool
    ) -> None:
        look = theme()
        if logical in self.sort_marks:
            side = look.px(12)
            mark = look.pixmap("sort-down" if self.sort_marks[logical] else "sort-up", "text", 12)
            if right:
                left = rect.right() - side + 2
                rect = rect.adjusted(0, 0, -side, 0)
            else:
                left = min(
                    rect.left() + self.fontMetrics().horizontalAdvance(name) + 2, rect.right() - side + 2
                )
            painter.drawPixmap(int(left), int(rect.center().y() - side / 2 + 1), mark)
            ink = "text"
        draw_line(painter, rect, name, look.font("table_head"), look.colour(ink), right)

    def _paint_rich(self, painter: QPainter, rect: QRectF, logical: int) -> None:
        look = theme()
        info = self._infos[logical]
        y = rect.top() + look.px(6)
        line = look.px(16)
        right = info.numeric
        self._paint_name(
            painter, QRectF(rect.left(), y, rect.width(), line), info.name, logical, "text", right
        )
        y += line + look.px(3)
        for text, status, place in self._chips(info, rect):
            paint_chip(painter, place, text, status)
        y += look.size("chip") + look.px(3) if info.type or info.chip else 0
        if self._has_bars:
            bar_width = min(rect.width(), look.px(120))
            area = QRectF(rect.right() - bar_width if right else rect.left(), y, bar_width, look.px(20))
            paint_bars(painter, area, info.bars, look.colour("accent"))
            y += look.px(23)
        if info.counts:
            words = QRectF(rect.left(), y, rect.width(), look.px(14))
            draw_line(painter, words, info.counts, look.font("micro"), look.colour("text_muted"), right)

    def _chips(self, info: ColumnInfo, rect: QRectF) -> Iterator[tuple[str, Status, QRectF]]:
        """Type and chip with their places; `rect` is the section without its side margins."""
        look = theme()
        chips: list[tuple[str, Status]] = [(info.type, "neutral")] if info.type else []
        if info.chip:
            chips.append((info.chip, info.status))
        total = sum(chip_width(t) for t, _ in chips) + look.px(4) * max(len(chips) - 1, 0)
        left = rect.right() - total if info.numeric else rect.left()
        for text, status in chips:
            width = chip_width(text)
            yield text, status, QRectF(left, rect.top() + look.px(25), width, look.size("chip"))
            left += width + look.px(4)

    def chip_rect(self, logical: int) -> QRect | None:
        """Where the chip of a column is in the viewport; None where it has none."""
        if not self._rich or not 0 <= logical < len(self._infos) or not self._infos[logical].chip:
            return None
        margin = theme().space("cell_x")
        left, width = self.sectionViewportPosition(logical), self.sectionSize(logical)
        inner = QRectF(left + margin, 0, width - 2 * margin, self.height())
        *_, (_, _, place) = self._chips(self._infos[logical], inner)
        return place.toRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a chip is no press on the section."""
        at = event.position().toPoint()
        logical = self.logicalIndexAt(at)
        rect = self.chip_rect(logical)
        hit = rect is not None and rect.contains(at) and event.button() == Qt.MouseButton.LeftButton
        self._pressed_chip = logical if hit else None
        if not hit:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a chip."""
        pressed, self._pressed_chip = self._pressed_chip, None
        rect = self.chip_rect(pressed) if pressed is not None else None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif rect is not None and rect.contains(event.position().toPoint()):
            self.chip_clicked.emit(pressed, self.viewport().mapToGlobal(rect.bottomLeft()))

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        """Width of the words."""
        return QSize(self.section_width(logicalIndex), self.sizeHint().height())

    def hidden_columns(self) -> list[int]:
        """Logical columns that are hidden."""
        return [i for i in range(self.count()) if self.isSectionHidden(i)]

    def shown_order(self) -> list[int]:
        """Logical columns in the order shown, without the hidden."""
        order = (self.logicalIndex(i) for i in range(self.count()))
        return [i for i in order if not self.isSectionHidden(i)]
