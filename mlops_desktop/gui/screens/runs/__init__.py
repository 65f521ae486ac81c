"""Runs: trainings and what scripts logged; set one up, watch it, judge it, compare it.

A place of this section is a `RunsIntent`; an int means that run, a `TrainingDraft` sets up that training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent, TrainingDraft, draft_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlops_desktop.gui.actions import Action
    from mlops_desktop.gui.screen import Screen, ScreenHost, Section
    from mlops_desktop.gui.screens.runs.runs_actions import RunsHost


def section() -> Section:
    """The section of the sidebar."""
    from mlops_desktop.gui.screen import Section

    return Section("runs", "Runs", "runs", _build, shortcut="Ctrl+3")


def actions(host: RunsHost) -> Sequence[Action]:
    """Commands of the section; the window registers them before its first screen is built."""
    from mlops_desktop.gui.screens.runs.runs_actions import runs_actions

    return runs_actions(host)


def _build(host: ScreenHost) -> Screen:
    from mlops_desktop.gui.screens.runs.runs_screen import RunsScreen

    return RunsScreen(host)


__all__ = ["RunsIntent", "TrainingDraft", "actions", "draft_like", "section"]
