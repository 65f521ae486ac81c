"""Deployments: bundles that were exported, and how to run them."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["actions", "section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("deployments", tr("Deployments"), "deployments", _build, shortcut="Ctrl+5")


def actions(host: ScreenHost) -> Sequence[Action]:
    """Its commands."""
    from .deployments_actions import deployments_actions

    return deployments_actions(host)


def _build(host: ScreenHost) -> Screen:
    from .deployments_screen import DeploymentsScreen

    return DeploymentsScreen(host)
