"""The one style sheet, made from the tokens. It sets colours, borders and paddings, never fonts.

Widgets are selected by properties: ``kind`` of frames and buttons, ``role`` of text, ``state`` of fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from string import Template

from mlops_desktop.gui.tokens import Scheme, Tokens

_SHEET = """
QWidget { color: $text; }
QMainWindow, QDialog, QWidget[kind="page"] { background: $background; }
QLabel { background: transparent; }
QLabel[role="muted"], QCheckBox[role="muted"] { color: $text_muted; }
QLabel[role="accent"] { color: $accent_text; }
QLabel[role="good"] { color: $good; }
QLabel[role="warn"] { color: $warn; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="key"] { color: $text_muted; background: $surface; border: 1px solid $border;
  border-radius: ${key}px; padding: 0px 5px; }
QLabel[role="avatar"] { color: $text_muted; background: $chip; border-radius: 9px; padding: 2px 8px; }
QLabel[role="step"] { color: $accent_text; background: $accent_soft; border-radius: 8px; padding: 1px 5px; }
QLabel:disabled { color: $text_muted; }

QFrame[kind="card"], QFrame[kind="popover"], QFrame[kind="toast"] {
  background: $surface; border: 1px solid $border; border-radius: ${card}px; }
QFrame[kind="popover"], QFrame[kind="toast"] { border-color: $border_strong; }
QFrame[kind="card"][state="bad"] { border-color: $bad; }
QFrame[kind="card"][state="warn"] { border-color: $warn; }
QFrame[kind="band"] { background: $background; border: none; }
QFrame[kind="band"][state="bad"] { background: $bad_soft; border-top-left-radius: ${cardin}px;
  border-top-right-radius: ${cardin}px; }
QFrame[kind="code"] { background: $background; border: 1px solid $border; border-radius: ${control}px; }
QFrame[kind="drop"] { background: $background; border: 1px dashed $border_strong; border-radius: ${card}px; }
QFrame[kind="drop"][state="over"] { background: $accent_soft; border-color: $accent; }
QFrame[kind="line"] { background: $border; border: none; }
QFrame[kind="topbar"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[kind="statusbar"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[kind="sidebar"] { background: $surface; border: none; border-right: 1px solid $border; }
QFrame[kind="inspector"] { background: $surface; border: none; border-left: 1px solid $border; }

QPushButton { background: $surface; color: $text; border: 1px solid $border; border-radius: ${control}px;
  padding: 0px 11px; min-height: ${button}px; }
QPushButton[small="true"] { padding: 0px 8px; min-height: ${button_small}px; border-radius: ${small_control}px; }
QPushButton:hover { border-color: $border_strong; }
QPushButton:pressed { background: $chip; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { background: $chip; color: $text_muted; border-color: $border; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $chip; color: $text_muted; border-color: $border; }
QPushButton[kind="danger"] { color: $bad; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $accent_text;
  padding: 0px 2px; min-height: ${link}px; border-radius: ${key}px; text-align: left; }
QPushButton[kind="link"][state="bad"] { color: $bad; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border-color: $accent; }
QPushButton[kind="link"]:disabled { color: $text_muted; background: transparent; }
QPushButton[kind="icon"], QPushButton[kind="bar"] { background: transparent; border: 1px solid transparent;
  padding: 0px 5px; min-height: ${button_small}px; }
QPushButton[kind="icon"]:hover, QPushButton[kind="bar"]:hover { background: $chip; }
QPushButton[kind="icon"]:focus, QPushButton[kind="bar"]:focus { border-color: $accent; }
QPushButton[kind="icon"]:disabled { background: transparent; }
QPushButton[kind="bar"] { text-align: left; }
QPushButton[kind="search"] { background: $background; color: $text_muted; text-align: left; padding: 0px 10px;
  min-height: ${search}px; font-weight: 400; }
QPushButton[kind="filter"] { border-radius: ${pill}px; min-height: ${button_small}px; padding: 0px 10px; }
QPushButton[kind="filter"]:checked { background: $accent_soft; color: $accent_text; border-color: $accent_soft; }
QPushButton[kind="filter"]:focus { border-color: $accent; }
QPushButton[kind="segment"] { border-radius: 0px; border-left-width: 0px; padding: 0px 10px;
  min-height: ${segment}px; }
QPushButton[kind="segment"][position="first"] { border-left-width: 1px; border-top-left-radius: ${control}px;
  border-bottom-left-radius: ${control}px; }
QPushButton[kind="segment"][position="last"] { border-top-right-radius: ${control}px;
  border-bottom-right-radius: ${control}px; }
QPushButton[kind="segment"][position="only"] { border-left-width: 1px; border-radius: ${control}px; }
QPushButton[kind="segment"]:checked { background: $accent_soft; color: $accent_text; }
QPushButton[kind="segment"]:focus { border-color: $accent; border-left-width: 1px; }
QPushButton[kind="tab"] { background: transparent; color: $text_muted; border: none; border-radius: 0px;
  border-bottom: 2px solid transparent; padding: 0px 0px; min-height: ${tab}px; }
QPushButton[kind="tab"]:hover { color: $text; }
QPushButton[kind="tab"]:checked { color: $text; border-bottom-color: $accent; }
QPushButton[kind="tab"]:focus { color: $accent_text; }
QPushButton[kind="nav"] { background: transparent; border: 1px solid transparent; text-align: left;
  min-height: ${nav}px; padding: 0px 9px; }
QPushButton[kind="nav"]:hover { background: $chip; }
QPushButton[kind="nav"]:checked { background: $accent_soft; color: $accent_text; }
QPushButton[kind="nav"]:focus { border-color: $accent; }
QPushButton::menu-indicator { width: 0px; image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QTimeEdit, QDateTimeEdit {
  background: $surface; color: $text; border: 1px solid $border; border-radius: ${control}px; padding: 0px 9px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QTimeEdit, QDateTimeEdit { min-height: ${field}px; }
QLineEdit[small="true"], QComboBox[small="true"], QSpinBox[small="true"] { min-height: ${field_small}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus,
QDateEdit:focus, QTimeEdit:focus, QDateTimeEdit:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
  background: $background; color: $text_muted; }
QLineEdit[state="bad"], QComboBox[state="bad"] { border-color: $bad; background: $bad_soft; }
QLineEdit[kind="bare"], QPlainTextEdit[kind="bare"], QTextEdit[kind="bare"] { border: none; background: transparent; padding: 0px; }
QComboBox { padding-right: 24px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($img_chevron); width: ${arrow}px; height: ${arrow}px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border_strong; outline: none;
  selection-background-color: $accent_soft; selection-color: $text; padding: 3px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QDateEdit::up-button, QTimeEdit::up-button, QDateTimeEdit::up-button {
  border: none; width: 18px; subcontrol-origin: border; subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button, QDateEdit::down-button, QTimeEdit::down-button,
QDateTimeEdit::down-button { border: none; width: 18px; subcontrol-origin: border;
  subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url($img_up); width: ${arrow_small}px; height: ${arrow_small}px; }
QAbstractSpinBox::down-arrow { image: url($img_chevron); width: ${arrow_small}px; height: ${arrow_small}px; }

QCheckBox, QRadioButton { background: transparent; spacing: 8px; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_muted; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator { width: ${box}px; height: ${box}px;
  border: 1px solid $box_border; background: $surface; }
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: ${box_half}px; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $accent; border-color: $accent;
  image: url($img_check); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent; image: url($img_minus); }
QRadioButton::indicator:checked { border: ${dot}px solid $accent; width: ${dot_in}px; height: ${dot_in}px; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $chip; border-color: $border; }

QProgressBar { background: $border; border: none; border-radius: 2px; min-height: 4px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QProgressBar[state="good"]::chunk { background: $good; }
QProgressBar[state="bad"]::chunk { background: $bad; }

QMenu { background: $surface; border: 1px solid $border_strong; border-radius: ${control}px; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: ${key}px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $text_muted; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QToolTip { background: $surface; color: $text; border: 1px solid $border_strong; padding: 4px 7px; }

QAbstractItemView { background: $surface; border: none; outline: none; selection-background-color: $accent_soft;
  selection-color: $text; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $text_muted; border: none; border-bottom: 1px solid $border;
  padding: 0px 8px; }
QTableCornerButton::section { background: $surface; border: none; border-bottom: 1px solid $border; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[kind="scrolled"] { background: transparent; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0px; border: none; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0px; border: none; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $text_muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $accent_soft; }
QGroupBox { border: none; }
"""

_LENGTHS: dict[str, int] = {
    "card": 8,
    "cardin": 7,
    "control": 6,
    "small_control": 5,
    "key": 4,
    "button": 29,
    "button_small": 23,
    "pill": 12,
    "link": 18,
    "segment": 25,
    "search": 28,
    "tab": 34,
    "nav": 31,
    "field": 29,
    "field_small": 23,
    "arrow": 14,
    "arrow_small": 10,
    "box": 13,
    "box_half": 7,
    "dot": 4,
    "dot_in": 7,
}
"""Named lengths of the sheet in px at 100 %, as its other lengths are; heights are without the border of 1 px on each side."""

_PX = re.compile(r"\b(\d+)px")
_COLOUR = re.compile(r"^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$")


def style_sheet(tokens: Tokens, scheme: Scheme, scale: float, image: Callable[[str, str], str]) -> str:
    """The style sheet of `scheme` at `scale`.

    Parameters
    ----------
    image : callable
        Takes the name of an icon and a colour role, returns the path of the tinted SVG.
    """
    colours = tokens.palette(scheme).colours
    values = dict(colours)
    values |= {name: str(length) for name, length in _LENGTHS.items()}
    values["accent_hover"] = _mixed(colours["accent"], "#000000" if scheme == "light" else "#ffffff", 0.1)
    values["box_border"] = _mixed(colours["border_strong"], colours["text_muted"], 0.5)
    values["img_chevron"] = image("chevron-down", "text_muted")
    values["img_up"] = image("chevron-up", "text_muted")
    values["img_check"] = image("check", "on_accent")
    values["img_minus"] = image("minus", "on_accent")
    sheet = Template(_SHEET).substitute(values)
    return _PX.sub(lambda match: f"{_scaled(int(match[1]), scale)}px", sheet)


def _scaled(length: int, scale: float) -> int:
    """Lines of 1 and 2 px stay as thin as they are."""
    return length if length <= 2 else round(length * scale)


def _mixed(first: str, second: str, share: float) -> str:
    """`first` with `share` (0 to 1) of `second`, channel by channel."""
    one, two = _COLOUR.match(first), _COLOUR.match(second)
    if one is None or two is None:
        raise ValueError(f"not a plain colour: {first} or {second}")
    channels = (
        round(int(a, 16) * (1 - share) + int(b, 16) * share)
        for a, b in zip(one.groups(), two.groups(), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)
