"""Words on the window: labels, chips, key caps, icons, dots and lines."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from mlops_desktop.gui.theme import set_font, set_style, theme

Status = Literal["good", "warn", "bad", "accent", "neutral"]
"""What a chip says by colour, beside its word."""
Role = Literal["text", "muted", "accent", "good", "warn", "bad"]
"""Colour of text."""

_CHIP_COLOURS: dict[Status, tuple[str, str]] = {
    "good": ("good", "good_soft"),
    "warn": ("warn", "warn_soft"),
    "bad": ("bad", "bad_soft"),
    "accent": ("accent_text", "accent_soft"),
    "neutral": ("text_muted", "chip"),
}
STATUS_ICONS: dict[Status, str] = {"good": "check", "warn": "warning", "bad": "error"}
"""The icon that goes with a status, so that colour is never alone."""


class Label(QLabel):
    """Text of one kind and colour.

    Parameters
    ----------
    text : str
        Plain text; markup is shown as written.
    kind : str
        Kind of the type scale: "base", "small", "micro", "title", "subtitle", "card_title", "number", "mono".
    role : str
        Colour: "text", "muted", "accent", "good", "warn", "bad".
    wrap : bool
        Break lines instead of asking for width.
    """

    def __init__(
        self, text: str = "", kind: str = "base", role: Role | str = "text", *, wrap: bool = False
    ) -> None:
        super().__init__(text)
        self._wrap_width = 0
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        set_font(self, kind)
        self.set_role(role)

    def set_role(self, role: Role | str) -> None:
        """Give it another colour."""
        if self.property("role") != role:
            set_style(self, role=role)

    def set_wrap_width(self, width: int) -> Label:
        """Break lines at `width` px (at 100 %) and be as high as that takes; returns itself."""
        self._wrap_width = width
        self.setWordWrap(True)
        self._rewrap()
        theme().changed.connect(self._rewrap)
        return self

    def setText(self, text: str) -> None:
        """Show another text."""
        super().setText(text)
        if self._wrap_width:
            self._rewrap()

    def _rewrap(self) -> None:
        width = theme().px(self._wrap_width)
        self.setFixedSize(width, max(self.heightForWidth(width), 1))

    def set_selectable(self) -> Label:
        """Let the person mark and copy the text; returns itself."""
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return self


class ElidedLabel(Label):
    """A label that ends in "..." where there is no room, with the whole text as tooltip."""

    def __init__(self, text: str = "", kind: str = "base", role: Role | str = "text") -> None:
        super().__init__("", kind, role)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def whole_text(self) -> str:
        """The text that was set, never cut."""
        return self._whole

    def set_text(self, text: str) -> None:
        """Show `text`, cut if need be."""
        self._whole = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._cut()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        metrics = self.fontMetrics()
        return QSize(min(metrics.horizontalAdvance("mmmm"), self.sizeHint().width()), metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1))
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class Chip(QWidget):
    """A word in a pill whose colour says its status, with an icon where colour alone would not do.

    Parameters
    ----------
    text : str
        One or two words.
    status : str
        "good", "warn", "bad", "accent" or "neutral".
    icon : str, optional
        Name of a line icon; None takes the one of the status, an empty text takes none.
    """

    def __init__(self, text: str = "", status: Status = "neutral", icon: str | None = None) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        set_font(self, "chip")
        self._text, self._icon = "", ""
        self._status: Status = status
        self.show_status(text, status, icon)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    @property
    def status(self) -> Status:
        """The status shown."""
        return self._status

    def show_status(self, text: str, status: Status = "neutral", icon: str | None = None) -> None:
        """Show another word and status."""
        self._text, self._status = text, status
        self._icon = STATUS_ICONS.get(status, "") if icon is None else icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Exactly what is painted."""
        return QSize(int(chip_width(self._text, bool(self._icon)) + 0.99), theme().size("chip"))

    def minimumSizeHint(self) -> QSize:
        """A chip is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill."""
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._text, self._status, self._icon)


def chip_width(text: str, with_icon: bool = False) -> float:
    """Width in px that `paint_chip` needs for `text`."""
    look = theme()
    width = QFontMetricsF(look.font("chip")).horizontalAdvance(text) + 2 * look.space("chip_x")
    return width + (look.px(12) + look.px(3) if with_icon else 0)


def paint_chip(
    painter: QPainter, rect: QRectF, text: str, status: Status = "neutral", icon: str = ""
) -> None:
    """Paint a chip that fills `rect`; tables use it too."""
    look = theme()
    ink, ground = _CHIP_COLOURS[status]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(ground))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    left = rect.left() + look.space("chip_x")
    if icon:
        side = look.px(12)
        painter.drawPixmap(int(left), int(rect.center().y() - side / 2 + 0.5), look.pixmap(icon, ink, 12))
        left += side + look.px(3)
    painter.setPen(look.colour(ink))
    painter.setFont(look.font("chip"))
    painter.drawText(
        QRectF(left, rect.top(), rect.right() - left, rect.height()),
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
        text,
    )


class KeyCap(Label):
    """Keys to press, as "Ctrl K"."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys, "micro", "key")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class IconLabel(QWidget):
    """A line icon that follows the theme.

    Parameters
    ----------
    name : str
        Name of the icon.
    role : str
        Colour token.
    size : int
        Side in px at 100 %.
    """

    def __init__(self, name: str, role: str = "text_muted", size: int = 16) -> None:
        super().__init__()
        self._name, self._role, self._side = name, role, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, role: str = "text_muted") -> None:
        """Show another icon."""
        self._name, self._role = name, role
        self.update()

    def sizeHint(self) -> QSize:
        """The side of the icon."""
        return theme().icon_size(self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        if self._name:
            QPainter(self).drawPixmap(0, 0, theme().pixmap(self._name, self._role, self._side))


class Dot(QWidget):
    """A small disc of one colour: a token ("good"), or any QColor (a series of a chart)."""

    def __init__(self, colour: str | QColor = "good", size: int = 8) -> None:
        super().__init__()
        self._colour, self._side = colour, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_colour(self, colour: str | QColor) -> None:
        """Show another colour."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        """The diameter."""
        return theme().icon_size(self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour(self._colour) if isinstance(self._colour, str) else self._colour)
        painter.drawEllipse(QRectF(self.rect()))


class Line(QFrame):
    """A hairline, across or down."""

    def __init__(self, down: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "line")
        if down:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
