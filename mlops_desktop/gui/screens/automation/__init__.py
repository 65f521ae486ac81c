"""Automation: schedules that retrain by themselves, and what became of each time."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("automation", tr("Automation"), "automation", _build, shortcut="Ctrl+7")


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .automation_actions import automation_actions

    return automation_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .automation_screen import AutomationScreen

    return AutomationScreen(host)
