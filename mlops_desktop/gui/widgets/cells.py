"""Cells of small tables: what they show, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.labels import STATUS_ICONS, Role, Status, chip_width, paint_chip

MISSING = "—"
"""What stands for no value."""

_INKS: dict[str, str] = {"muted": "text_muted", "accent": "accent_text"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Points and the line between them on a small axis: an interval, or two runs side by side.

    Parameters
    ----------
    points : tuple of (float, int or str)
        Value, and series index or colour token.
    line : (float, float), optional
        From where to where a line goes; without one from the lowest to the highest point.
    limits : (float, float)
        Ends of the axis, the same for all rows.
    zero : float, optional
        Where an upright mark stands.
    role : str
        Colour token of the line.
    """

    points: tuple[tuple[float, int | str], ...]
    limits: tuple[float, float]
    line: tuple[float, float] | None = None
    zero: float | None = None
    role: str = "chart_axis"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. A plain str, int, float or None does for most; this is for the rest.

    Parameters
    ----------
    text : str
        What is read.
    role : str
        Colour of the text.
    strong : bool
        Semibold.
    below : str
        A muted second line.
    sort : Any
        What it is sorted by; without one the text.
    chip : str, optional
        Status: the text is painted as a chip.
    icon : str
        A line icon before the text, or inside the chip or button.
    dot : QColor, optional
        A disc before the text (the colour of a run).
    bars : tuple of float
        A small distribution, 0 to 1 each, instead of text.
    ground : str
        Colour token behind the cell ("bad_soft").
    link, button : bool
        Clicks emit `SimpleTable.clicked`; painted as a link or a small button.
    checked : bool, optional
        A check box before the text; clicks emit `SimpleTable.clicked`.
    """

    text: str = ""
    role: Role | str = "text"
    strong: bool = False
    below: str = ""
    sort: Any = None
    chip: Status | None = None
    icon: str | None = None
    dot: QColor | None = None
    bars: tuple[float, ...] = ()
    ground: str = ""
    link: bool = False
    button: bool = False
    checked: bool | None = None
    tip: str = ""
    reach: Reach | None = None
    """A small interval instead of text; give `text` for screen readers."""

    @property
    def clickable(self) -> bool:
        """Whether a click on it means something of its own."""
        return self.link or self.button or self.checked is not None

    @property
    def words(self) -> str:
        """All of it in words, for copying and for screen readers."""
        mark = "" if self.checked is None else ("checked " if self.checked else "not checked ")
        return f"{mark}{self.text}{', ' + self.below if self.below else ''}"


Value = str | int | float | Cell | None
"""What a row may hold."""


def as_cell(value: Value, decimals: int | None = None) -> Cell:
    """`value` as a cell; a missing one is a muted dash, numbers are sorted as numbers.

    Parameters
    ----------
    decimals : int, optional
        Digits after the point of a float; None shows up to four that count.
    """
    if isinstance(value, Cell):
        return value
    if value is None or value != value:
        return Cell(MISSING, role="muted", sort=None)
    if isinstance(value, str):
        return Cell(value, sort=value.casefold())
    return Cell(format_number(value, decimals), sort=value)


def format_number(value: float, decimals: int | None = None) -> str:
    """A number as people read it: groups of three, a true minus, no noise at the end."""
    if isinstance(value, int):
        text = f"{value:,}"
    elif decimals is not None:
        text = f"{value:,.{decimals}f}"
    elif value in (float("inf"), float("-inf")):
        text = "∞" if value > 0 else "-∞"
    elif value and not 1e-4 <= abs(value) < 1e9:
        text = f"{value:.3g}"
    else:
        text = f"{value:,.4f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.1f}"
    return text.replace("-", "−")


def sort_key(cell: Cell) -> tuple[int, Any]:
    """Orders numbers before words and puts the missing last."""
    value = cell.sort if cell.sort is not None else (cell.text.casefold() if cell.text != MISSING else None)
    if value is None:
        return (2, "")
    return (0, value) if isinstance(value, int | float) else (1, str(value))


def cell_width(cell: Cell) -> float:
    """Px that the cell needs, without its side margins."""
    look = theme()
    if cell.bars or cell.reach is not None:
        return look.px(120)
    width = 0.0
    if cell.chip is not None:
        width = chip_width(cell.text, bool(_chip_icon(cell))) if cell.text else 0
    else:
        width = QFontMetricsF(_font(cell)).horizontalAdvance(cell.text)
        if cell.icon:
            width += look.px(16) + (look.px(8) if cell.text else 0)
        if cell.button:
            width += look.px(18)
    if cell.below:
        width = max(width, QFontMetricsF(look.font("small")).horizontalAdvance(cell.below))
    if cell.dot is not None:
        width += look.px(8) + (look.px(8) if cell.text else 0)
    if cell.checked is not None:
        width += look.px(15) + (look.px(8) if cell.text else 0)
    return width


_LONGEST_MEASURED = 3
"""Of plain texts so many, the ones with the most letters, are measured for the width of a column."""


def is_plain(cell: Cell) -> bool:
    """Whether a cell is nothing but text of the base font."""
    return not (
        cell.chip is not None or cell.dot is not None or cell.icon or cell.strong or cell.below or cell.bars
        or cell.reach is not None or cell.link or cell.button or cell.checked is not None or cell.ground
    )  # fmt: skip


def widest_width(cells: Sequence[Cell]) -> float:
    """Px that the widest of many cells needs, without its side margins; each look of a cell is measured once."""
    plain = sorted({c.text for c in cells if is_plain(c)}, key=len)[-_LONGEST_MEASURED:]
    others = {
        (c.text, c.chip, c.icon, c.strong, c.below, c.bars, c.link, c.button, c.checked, c.dot is None): c
        for c in cells
        if not is_plain(c)
    }
    return max(map(cell_width, [*others.values(), *map(Cell, plain)]), default=0.0)


def paint_cell(painter: QPainter, rect: QRectF, cell: Cell, right: bool) -> None:
    """Paint `cell` into `rect` (margins already taken off); `right` aligns at the right."""
    look = theme()
    if cell.bars:
        paint_bars(painter, rect.adjusted(0, 5, 0, -6), cell.bars, look.colour("accent"))
        return
    if cell.reach is not None:
        _paint_reach(painter, rect, cell.reach)
        return
    if cell.checked is not None:
        _paint_box(painter, rect, cell.checked)
        rect = rect.adjusted(look.px(23), 0, 0, 0)
    if cell.dot is not None:
        side = look.px(8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("border_strong")) if cell.dot.alpha() == 0 else Qt.PenStyle.NoPen)
        painter.setBrush(cell.dot)
        painter.drawEllipse(QRectF(rect.left(), rect.center().y() - side / 2, side, side))
        rect = rect.adjusted(side + look.px(8), 0, 0, 0)
    if cell.chip is not None and cell.text:
        _paint_chip_cell(painter, rect, cell, right)
    elif cell.button:
        _paint_button(painter, rect, cell, right)
    else:
        _paint_text(painter, rect, cell, right)


def paint_bars(painter: QPainter, rect: QRectF, bars: tuple[float, ...], colour: QColor) -> None:
    """Paint a small distribution; `bars` are heights from 0 to 1."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    step = rect.width() / max(len(bars), 1)
    gap = 2 if step > 5 else 1 if step > 2.5 else 0
    for i, share in enumerate(bars):
        height = max(share * rect.height(), 1.0) if share > 0 else 0
        left = round(rect.left() + i * step)
        width = max(round(rect.left() + (i + 1) * step) - left - gap, 1)
        painter.drawRect(QRectF(left, rect.bottom() - height, width, height))


def _paint_reach(painter: QPainter, rect: QRectF, reach: Reach) -> None:
    look = theme()
    low, high = reach.limits
    side = look.px(4)

    def x(value: float) -> float:
        share = (value - low) / ((high - low) or 1)
        return rect.left() + side + min(max(share, 0.0), 1.0) * (rect.width() - 2 * side)

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = rect.center().y()
    if reach.zero is not None:
        painter.setPen(QPen(look.colour("chart_axis"), 1))
        painter.drawLine(QPointF(x(reach.zero), middle - side * 2), QPointF(x(reach.zero), middle + side * 2))
    values = [value for value, _ in reach.points]
    ends = reach.line or (min(values), max(values))
    pen = QPen(look.colour(reach.role), look.px(3) if reach.line else look.px(2))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(QPointF(x(ends[0]), middle), QPointF(x(ends[1]), middle))
    painter.setPen(Qt.PenStyle.NoPen)
    for value, colour in reach.points:
        painter.setBrush(look.colour(colour) if isinstance(colour, str) else look.series_colour(colour))
        painter.drawEllipse(QPointF(x(value), middle), side, side)


def _font(cell: Cell) -> QFont:
    kind = "button_small" if cell.button else "card_title" if cell.strong else "base"
    return theme().font(kind)


def _chip_icon(cell: Cell) -> str:
    return STATUS_ICONS.get(cell.chip or "neutral", "") if cell.icon is None else cell.icon


def _paint_box(painter: QPainter, rect: QRectF, checked: bool) -> None:
    look = theme()
    side = look.px(14)
    box = QRectF(rect.left() + 0.5, round(rect.center().y() - side / 2) + 0.5, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.colour("accent" if checked else "border_strong"))
    painter.setBrush(look.colour("accent" if checked else "surface"))
    painter.drawRoundedRect(box, 3, 3)
    if checked:
        painter.drawPixmap(box.topLeft() + QPointF(1, 1), look.pixmap("check", "on_accent", 12))


def _paint_chip_cell(painter: QPainter, rect: QRectF, cell: Cell, right: bool) -> None:
    icon = _chip_icon(cell)
    width = min(chip_width(cell.text, bool(icon)), rect.width())
    height = theme().size("chip")
    left = rect.right() - width if right else rect.left()
    top = rect.center().y() - height / 2
    paint_chip(painter, QRectF(left, top, width, height), cell.text, cell.chip or "neutral", icon)


def button_rect(rect: QRectF, cell: Cell, right: bool) -> QRectF:
    """Where the button of a cell is painted inside `rect`."""
    width, height = cell_width(cell), theme().px(24)
    left = rect.right() - width if right else rect.left()
    return QRectF(left, round(rect.center().y() - height / 2), width, height)


def _paint_button(painter: QPainter, rect: QRectF, cell: Cell, right: bool) -> None:
    look = theme()
    box = button_rect(rect, cell, right).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.colour("border"))
    painter.setBrush(look.colour("surface"))
    painter.drawRoundedRect(box, 5, 5)
    left = box.left() + look.px(9)
    if cell.icon:
        painter.drawPixmap(
            QPointF(left, box.center().y() - look.px(14) / 2), look.pixmap(cell.icon, "text_muted", 14)
        )
        left += look.px(20)
    painter.setPen(look.colour("text"))
    painter.setFont(look.font("button_small"))
    painter.drawText(
        QRectF(left, box.top(), box.right() - left, box.height()), Qt.AlignmentFlag.AlignVCenter, cell.text
    )


def _paint_text(painter: QPainter, rect: QRectF, cell: Cell, right: bool) -> None:
    look = theme()
    role = "accent" if cell.link else cell.role
    if cell.icon:
        side = look.px(16)
        ink = _INKS.get(role, role) if role not in ("text",) else "text_muted"
        painter.drawPixmap(
            QPointF(rect.left(), rect.center().y() - side / 2 + 0.5), look.pixmap(cell.icon, ink, 16)
        )
        rect = rect.adjusted(side + look.px(8), 0, 0, 0)
    upper = rect
    if cell.below:
        line = look.px(17)
        upper = QRectF(rect.left(), rect.center().y() - line, rect.width(), line)
        lower = QRectF(rect.left(), rect.center().y() - 1, rect.width(), line)
        draw_line(painter, lower, cell.below, look.font("small"), look.colour("text_muted"), right)
    draw_line(painter, upper, cell.text, _font(cell), look.colour(_INKS.get(role, role)), right)


def draw_line(painter: QPainter, rect: QRectF, text: str, font: QFont, ink: QColor, right: bool) -> None:
    """Draw one line of text, cut with "..." if it does not fit."""
    painter.setFont(font)
    painter.setPen(ink)
    metrics = painter.fontMetrics()
    if metrics.horizontalAdvance(text) > rect.width() + 1:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, text)
