"""Monitoring: an honest empty place until something reports back."""

from __future__ import annotations

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost, Section

__all__ = ["section"]


def section() -> Section:
    """The section as the window lists it."""
    return Section("monitoring", tr("Monitoring"), "monitoring", _build, shortcut="Ctrl+6")


def _build(host: ScreenHost) -> Screen:
    from .monitoring_screen import MonitoringScreen

    return MonitoringScreen(host)
