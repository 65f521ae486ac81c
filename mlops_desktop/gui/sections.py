"""The sections of the window in their order, and the commands that they bring."""

from __future__ import annotations

from collections.abc import Iterable

from .actions import Action
from .main_window import MainWindow
from .preferences import Preferences
from .screen import Section
from .screens import (
    activity,
    automation,
    data,
    deployments,
    help,
    models,
    monitoring,
    overview,
    runs,
    settings,
    start,
)


def all_sections(preferences: Preferences) -> list[Section]:
    """Every section; those of a project are greyed while none is open.

    Parameters
    ----------
    preferences : Preferences
        What the window remembers, for its settings.
    """
    return [
        start.section(),
        overview.section(),
        data.section(),
        runs.section(),
        models.section(),
        deployments.section(),
        monitoring.section(),
        automation.section(),
        activity.section(),
        help.section(),
        settings.section(preferences),
    ]


def section_actions(host: MainWindow) -> Iterable[Action]:
    """The commands of all sections, for menus, palette and keys."""
    for module in (start, overview, data, runs, models, deployments, automation, activity, help, settings):
        yield from module.actions(host)
