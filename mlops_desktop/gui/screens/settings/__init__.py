"""Settings: of the window, of the project, and the keys of every command."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.preferences import Preferences
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section(preferences: Preferences) -> Section:
    """The section as the window lists it; `preferences` are those of the window."""
    return Section(
        "settings",
        tr("Settings"),
        "gear",
        lambda host: _build(host, preferences),
        needs_project=False,
        shortcut="Ctrl+,",
    )


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .settings_actions import settings_actions

    return settings_actions(host)


def _build(host: ScreenHost, preferences: Preferences) -> Screen:
    from .settings_screen import SettingsScreen

    return SettingsScreen(host, preferences)
