"""The sections of the window in their order, and the commands that they bring."""

from __future__ import annotations

from collections.abc import Iterable

from .actions import Action
from .main_window import MainWindow
from .screen import Section
from .screens import (
    automation,
    data,
    deployments,
    help,
    models,
    monitoring,
    overview,
    runs,
    start,
)


def all_sections() -> list[Section]:
    """Every section; those of a project are greyed while none is open."""
    return [
        start.section(),
        overview.section(),
        data.section(),
        runs.section(),
        models.section(),
        deployments.section(),
        monitoring.section(),
        automation.section(),
        help.section(),
    ]


def section_actions(host: MainWindow) -> Iterable[Action]:
    """The commands of all sections, for menus, palette and keys."""
    for module in (start, overview, data, runs, models, deployments, automation, help):
        yield from module.actions(host)
