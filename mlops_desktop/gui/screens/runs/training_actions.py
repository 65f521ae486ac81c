"""What can be done while a training is set up, as data."""

from __future__ import annotations

from collections.abc import Callable

from mlops_desktop.gui.actions import Action, ActionContext, may_edit
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.deeds import RunDeeds

SELECTION = "training"
"""Kind of the selection on the page that sets up a training: the page's own deeds, by name."""


def training_actions(host: ScreenHost, deeds: RunDeeds) -> tuple[Action, ...]:
    """Commands to set up a training, and those of the page that does."""

    def on_page(context: ActionContext) -> bool:
        return may_edit(context) and context.selection_kind == SELECTION

    def page(name: str) -> Callable[[ActionContext], None]:
        """The page hands its own deeds over as what is chosen: (name, callable) pairs."""
        return lambda context: next(deed for key, deed in context.selection if key == name)()

    return (
        Action(
            "training.new", tr("New training..."), lambda c: deeds.new_training(), "Ctrl+T", ("runs.header",), may_edit, "plus", tr("Training"),
            words=("train", "fit", "model"),
        ),
        Action("training.like", tr("Start from a run..."), lambda c: deeds.like_a_run(), "", (), may_edit, "copy", tr("Training")),
        Action(
            "training.run", tr("Run"), page("run"), "Ctrl+Return", (), on_page, "play", tr("Training"), words=("start",), section="runs",
        ),
        Action("training.script", tr("Show as script"), page("script"), "", (), on_page, "terminal", tr("Training"), words=("python", "command")),
        Action("training.schedule", tr("Run by itself..."), page("schedule"), "", (), on_page, "calendar", tr("Training")),
    )  # fmt: skip
