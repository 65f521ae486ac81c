"""What the pages of this section share."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent


class RunsPage(Protocol):
    """One page of the section: the table, a run, a training that is set up, or a comparison."""

    @property
    def topics(self) -> frozenset[str]:
        """Topics of changes that it shows."""
        ...

    def widget(self) -> QWidget:
        """The widget, always the same."""
        ...

    def show_intent(self, intent: RunsIntent) -> None:
        """Show what the person wants to see."""
        ...

    def refresh(self) -> None:
        """Something that it shows has changed."""
        ...
