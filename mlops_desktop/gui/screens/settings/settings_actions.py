"""The commands of the settings."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action, has_project
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost


def settings_actions(host: ScreenHost) -> Sequence[Action]:
    """The commands of this section."""
    return (
        Action(
            "settings.project", tr("Settings of the project"), lambda c: host.go(Place("settings", "project")), icon="gear",
            group=tr("Project"), enabled_when=has_project, words=("threads", "memory", "time zone"),
        ),
    )  # fmt: skip
