"""Monitoring: says plainly that nothing reports back yet, and what to do instead."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.widgets.cards import EmptyState, PageHeader
from mlops_desktop.gui.widgets.layouts import Page


class MonitoringScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset[str]()

    def __init__(self, host: ScreenHost) -> None:
        empty = EmptyState(
            "monitoring",
            tr("Here you will see how a model does on new data. Bundles don't report back yet: until then a schedule "
               "retrains on the newest data, and comparing its runs shows whether the champion still holds."),
            (tr("Open Automation"), lambda: host.go(Place("automation"))),
            (tr("Compare runs"), lambda: host.go(Place("runs"))),
            "automation",
        )  # fmt: skip
        self._page = Page(PageHeader(tr("Monitoring"), subtitle=tr("nothing is watched")), empty)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    def show_intent(self, intent: Any) -> None:
        """There is one way to look at it."""

    def mark_dirty(self) -> None:
        """Nothing it shows changes."""

    def refresh(self) -> None:
        """Nothing it shows changes."""
