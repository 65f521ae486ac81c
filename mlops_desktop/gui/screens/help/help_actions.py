"""What can be done about help."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.actions import Action
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost

from .help_state import PAGES, HelpIntent


def help_actions(host: ScreenHost) -> Sequence[Action]:
    """A command for each page."""
    return tuple(
        Action(
            f"help.{name}", tr(title), lambda c, name=name: host.go(Place("help", HelpIntent(name))), icon="book",
            group=tr("Help"), words=("help", "manual", "term"), hidden=name == "about",
        )
        for name, title in PAGES
    )  # fmt: skip
