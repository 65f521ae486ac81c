"""Data: data sets with their versions, rows, profiles and changes; imports looked at before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

if TYPE_CHECKING:
    from .data_actions import DataHost

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("data", "Data", "data", _build, shortcut="Ctrl+2")


def actions(host: DataHost) -> Sequence[Action]:
    """Its commands."""
    from .data_actions import data_actions

    return data_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .data_screen import DataScreen

    return DataScreen(host)
