"""The look: tokens to QPalette, style sheet, fonts and tinted icons; switched live.

Use it so::

    theme().colour("text_muted")     a QColor of the scheme in use
    theme().px(14)                   14 px at the scale in use
    theme().font("title")            a QFont of the type scale, tabular figures
    theme().icon("data", "accent")   a tinted QIcon
    set_font(label, "small")         gives a widget a font that follows the scale
    theme().changed.connect(...)     for what paints itself and keeps colours
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from mlops_desktop.gui.following import follow
from mlops_desktop.gui.resources import resource
from mlops_desktop.gui.style_sheet import style_sheet
from mlops_desktop.gui.tokens import Palette, Scheme, Tokens, load_tokens

SchemeChoice = Literal["light", "dark", "system"]
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The steps of Ctrl + plus and minus."""

_FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf")
_FONT_KIND = "fontKind"


class Theme(QObject):
    """The look in use. There is one, made by `install_theme`; `theme()` returns it.

    Parameters
    ----------
    app : QApplication
        What is styled.
    choice : {"light", "dark", "system"}
        Scheme, or that of the desktop.
    scale : float
        1.0 is 100 %.
    """

    changed = Signal()
    """Colours or scale are others now; the style sheet is already applied."""

    def __init__(self, app: QApplication, choice: SchemeChoice = "system", scale: float = 1.0) -> None:
        super().__init__(app)
        self._app = app
        self.tokens: Tokens = load_tokens()
        self.choice: SchemeChoice = choice
        self.scale = scale
        self.family = _load_fonts()
        self.mono_family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._fonts: dict[str, QFont] = {}
        self._svgs: dict[str, bytes] = {}
        self._images = QTemporaryDir()
        self._applied: tuple[Scheme, float] | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)
        self._apply()

    @property
    def scheme(self) -> Scheme:
        """The scheme shown, "light" or "dark"."""
        if self.choice != "system":
            return self.choice
        return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    @property
    def palette(self) -> Palette:
        """The colours of the scheme shown."""
        return self.tokens.palette(self.scheme)

    def set_choice(self, choice: SchemeChoice) -> None:
        """Show another scheme, at once."""
        self.choice = choice
        self._apply()

    def set_scale(self, scale: float) -> None:
        """Show everything `scale` times as large (0.8 to 2.0), at once."""
        self.scale = min(max(scale, SCALES[0]), SCALES[-1])
        self._apply()

    def zoom(self, steps: int) -> None:
        """Go `steps` up or down the list of scales; 0 goes back to 100 %."""
        if steps == 0:
            self.set_scale(1.0)
            return
        nearest = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - self.scale))
        self.set_scale(SCALES[min(max(nearest + steps, 0), len(SCALES) - 1)])

    def colour(self, role: str) -> QColor:
        """The colour of a token, for example "text", "accent", "warn_soft"."""
        return _colour(self.palette.colours[role])

    def series_colour(self, index: int) -> QColor:
        """The colour of the chart series `index`; after the last it starts again."""
        return QColor(self.palette.series[index % len(self.palette.series)])

    def px(self, length: float) -> int:
        """A length of the design in px of the screen."""
        return round(length * self.scale)

    def size(self, name: str) -> int:
        """A size token in px of the screen, for example "table_row"."""
        return self.px(self.tokens.size[name])

    def space(self, name: str) -> int:
        """A spacing token in px of the screen, for example "gap"."""
        return self.px(self.tokens.spacing[name])

    def font(self, kind: str = "base") -> QFont:
        """The font of a kind of text; figures are tabular, so that columns of numbers align."""
        found = self._fonts.get(kind)
        if found is None:
            found = self._fonts[kind] = self._make_font(kind)
        return QFont(found)

    def icon(self, name: str, role: str = "text_muted", size: int = 16, pad: int = 0) -> QIcon:
        """The line icon `name` in the colour of `role`, greyed when disabled.

        `pad` px of nothing are put at its right: style sheets can't set the gap between icon and words.
        """
        icon = QIcon(self._padded(self.pixmap(name, role, size), pad))
        icon.addPixmap(self._padded(self.pixmap(name, "border_strong", size), pad), QIcon.Mode.Disabled)
        return icon

    def pixmap(self, name: str, role: str = "text_muted", size: int = 16) -> QPixmap:
        """The line icon `name` as a pixmap of `size` px (before scaling), cached."""
        ratio = self._app.devicePixelRatio()
        key = (name, self.colour(role).name(), self.px(size), ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw_icon(name, key[1], key[2], ratio)
        return found

    def icon_size(self, size: int = 16, pad: int = 0) -> QSize:
        """`size` px at the scale in use, as Qt wants it for buttons."""
        return QSize(self.px(size) + self.px(pad), self.px(size))

    def _make_font(self, kind: str) -> QFont:
        size, _, weight = self.tokens.type[kind]
        font = QFont(self.mono_family if kind == "mono" else self.family)
        font.setPixelSize(max(round(size * self.scale), 1))
        font.setWeight(QFont.Weight(weight))
        if kind == "mono":
            font.setFixedPitch(True)
        else:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _padded(self, pixmap: QPixmap, pad: int) -> QPixmap:
        if pad == 0:
            return pixmap
        ratio = pixmap.devicePixelRatio()
        wide = QPixmap(pixmap.width() + round(self.px(pad) * ratio), pixmap.height())
        wide.setDevicePixelRatio(ratio)
        wide.fill(Qt.GlobalColor.transparent)
        painter = QPainter(wide)
        painter.drawPixmap(0, 0, pixmap)
        painter.end()
        return wide

    def _svg(self, name: str, colour: str) -> bytes:
        raw = self._svgs.get(name)
        if raw is None:
            raw = self._svgs[name] = resource("icons", f"{name}.svg").read_bytes()
        return raw.replace(b'stroke="#000"', f'stroke="{colour}"'.encode())

    def _draw_icon(self, name: str, colour: str, side: int, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(self._svg(name, colour))).render(painter, QRectF(0, 0, side, side))
        painter.end()
        return pixmap

    def _image(self, name: str, role: str) -> str:
        """A tinted icon as a file: a style sheet takes images by path alone."""
        colour = self.colour(role).name()
        path = Path(self._images.filePath(f"{name}-{colour[1:]}.svg"))
        if not path.exists():
            path.write_bytes(self._svg(name, colour))
        return path.as_posix()

    def _on_system_scheme_changed(self) -> None:
        if self.choice == "system":
            self._apply()

    def _apply(self) -> None:
        look = (self.scheme, self.scale)
        if look == self._applied:
            return
        self._applied = look
        self._fonts.clear()
        self._app.setPalette(self._qpalette())
        self._app.setFont(self.font("base"))
        self._app.setStyleSheet(style_sheet(self.tokens, self.scheme, self.scale, self._image))
        for widget in self._app.allWidgets():
            kind = widget.property(_FONT_KIND)
            if kind:
                widget.setFont(self.font(kind))
        self.changed.emit()

    def _qpalette(self) -> QPalette:
        roles = QPalette.ColorRole
        palette = QPalette()
        for role, token in {
            roles.Window: "background",
            roles.WindowText: "text",
            roles.Base: "surface",
            roles.AlternateBase: "background",
            roles.Text: "text",
            roles.Button: "surface",
            roles.ButtonText: "text",
            roles.BrightText: "bad",
            roles.ToolTipBase: "surface",
            roles.ToolTipText: "text",
            roles.PlaceholderText: "text_muted",
            roles.Highlight: "accent_soft",
            roles.HighlightedText: "text",
            roles.Link: "accent_text",
            roles.LinkVisited: "accent_text",
            roles.Accent: "accent",
            roles.Mid: "border",
            roles.Dark: "border_strong",
            roles.Light: "surface",
            roles.Midlight: "border",
            roles.Shadow: "border_strong",
        }.items():
            palette.setColor(role, self.colour(token))
        for role in (roles.WindowText, roles.Text, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("text_muted"))
        return palette


def _colour(value: str) -> QColor:
    if value.startswith("rgba("):
        red, green, blue, alpha = value[5:-1].split(",")
        return QColor(int(red), int(green), int(blue), round(float(alpha) * 255))
    return QColor(value)


def _load_fonts() -> str:
    family = ""
    for name in _FONT_FILES:
        number = QFontDatabase.addApplicationFont(str(resource("fonts", name)))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        family = families[0] if families and not family else family
    return family or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


_installed: Theme | None = None


def install_theme(app: QApplication, choice: SchemeChoice = "system", scale: float = 1.0) -> Theme:
    """Give `app` its look; called again it changes the look that is there."""
    global _installed
    if _installed is None or _installed.parent() is not app:
        app.setStyle("Fusion")
        _installed = Theme(app, choice, scale)
    else:
        _installed.set_choice(choice)
        _installed.set_scale(scale)
    return _installed


def theme() -> Theme:
    """The look in use.

    Raises
    ------
    RuntimeError
        `install_theme` was not called yet.
    """
    if _installed is None:
        raise RuntimeError("install_theme(app) comes before any widget")
    return _installed


def follow_look(owner: QObject, restyle: Callable[[], object]) -> None:
    """Call `restyle` whenever the look changes, as long as `owner` lives.

    For a screen that is no QObject itself: a connection of its method would outlive its widgets.
    """
    follow(theme().changed, owner, restyle)


def set_font(widget: QWidget, kind: str) -> None:
    """Give `widget` the font `kind` of the type scale, now and whenever the scale changes."""
    widget.setProperty(_FONT_KIND, kind)
    widget.setFont(theme().font(kind))


def set_style(widget: QWidget, **properties: str | bool) -> None:
    """Set properties that the style sheet selects by, for example ``set_style(label, role="muted")``."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # it is styled when it is first shown: twice costs a page of cards a tenth of a second
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
