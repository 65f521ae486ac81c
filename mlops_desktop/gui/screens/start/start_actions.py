"""What can be done on the start screen beyond the commands of projects."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action, ActionContext
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.known_projects import forget_project


def start_actions(host: ScreenHost) -> Sequence[Action]:
    """The commands of this section."""
    from pathlib import Path

    def forget(context: ActionContext) -> None:
        for path in context.selection:
            forget_project(Path(path))
        host.go(Place("start", "again"))

    return (
        Action(
            "start.forget", tr("Leave out of this list"), forget, "Del", ("start.recent",), icon="x",
            group=tr("Project"), section="start",
            enabled_when=lambda c: c.selection_kind == "project" and bool(c.selection),
        ),
    )  # fmt: skip
