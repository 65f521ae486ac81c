"""What can be done with a comparison, as data."""

from __future__ import annotations

from mlops_desktop.gui.actions import Action, ActionContext
from mlops_desktop.gui.screens.runs.deeds import MOST_COMPARED, RunDeeds

GROUP = "Comparison"
SELECTION = "compared_run"
"""Kind of the selection on the page that compares: the runs in their order."""


def compare_actions(deeds: RunDeeds) -> tuple[Action, ...]:
    """Commands of the comparison that is open."""

    def open_now(context: ActionContext) -> bool:
        return context.selection_kind == SELECTION and len(context.selection) >= 2

    def room(context: ActionContext) -> bool:
        return open_now(context) and len(context.selection) < MOST_COMPARED

    def swap(context: ActionContext) -> None:
        first, *rest = (int(r) for r in context.selection)
        deeds.compare([*rest, first])

    def add(context: ActionContext) -> None:
        deeds.add_to_comparison([int(r) for r in context.selection])

    def register(context: ActionContext) -> None:
        deeds.register(int(context.selection[0]))

    return (
        Action(
            "compare.swap",
            "Hold against the next run",
            swap,
            "",
            ("compare.menu",),
            open_now,
            "refresh",
            GROUP,
        ),
        Action("compare.add", "Add a run...", add, "", ("compare.menu",), room, "plus", GROUP),
        Action(
            "compare.register",
            "Register the first run...",
            register,
            "",
            ("compare.menu",),
            open_now,
            "models",
            GROUP,
        ),
    )
