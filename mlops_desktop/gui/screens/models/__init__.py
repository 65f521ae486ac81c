"""Models: versions of what was trained, aliases that move, trying one out."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("models", tr("Models"), "models", _build, shortcut="Ctrl+4")


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .models_actions import models_actions

    return models_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .models_screen import ModelsScreen

    return ModelsScreen(host)
