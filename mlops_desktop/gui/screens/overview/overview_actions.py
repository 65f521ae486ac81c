"""What can be done on the overview: go on with the loop."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action, has_project
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost


def overview_actions(host: ScreenHost) -> Sequence[Action]:
    """The commands of this section."""
    return (
        Action(
            "overview.needs", tr("Show what needs you"), lambda c: host.go(Place("overview")), icon="bell",
            group=tr("Go to"), enabled_when=has_project, words=("loop", "next"),
        ),
    )  # fmt: skip
