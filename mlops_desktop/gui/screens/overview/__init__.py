"""Overview: the whole loop of the project, and the next thing to do."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("overview", tr("Overview"), "overview", _build, shortcut="Ctrl+1")


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .overview_actions import overview_actions

    return overview_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .overview_screen import OverviewScreen

    return OverviewScreen(host)
