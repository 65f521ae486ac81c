"""Start: projects used last, a new one, the sample, a file to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("start", tr("Start"), "home", _build, needs_project=False)


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .start_actions import start_actions

    return start_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .start_screen import StartScreen

    return StartScreen(host)
