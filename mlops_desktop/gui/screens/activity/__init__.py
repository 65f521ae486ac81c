"""Activity: what happened, by whom, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

if TYPE_CHECKING:
    from .activity_actions import ActivityHost

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("activity", tr("Activity"), "activity", _build, shortcut="Ctrl+8")


def actions(host: ActivityHost) -> Sequence[Action]:
    """Its commands."""
    from .activity_actions import activity_actions

    return activity_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .activity_screen import ActivityScreen

    return ActivityScreen(host)
