"""Help: the glossary, how to go round the loop, and what the application is made of."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("help", tr("Help and glossary"), "book", _build, needs_project=False, shortcut="F1")


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .help_actions import help_actions

    return help_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .help_screen import HelpScreen

    return HelpScreen(host)
