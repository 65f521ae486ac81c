"""The dash of a series, the same in chart and legend: colour alone tells lines apart for few."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from mlops_desktop.gui.theme import theme

_REFERENCE: Final = (4.0, 3.0)
"""Of the grey of references."""


def set_dash(pen: QPen, index: int) -> None:
    """Give `pen` the dash of the series `index`; flat ends, since square ones fill the gaps."""
    dashes = theme().tokens.dashes
    dash = dashes[index % len(dashes)] if index >= 0 else _REFERENCE
    if dash:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([max(d / pen.widthF(), 0.5) for d in dash])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
