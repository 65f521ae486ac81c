"""What can be done with a comparison, as data."""

from __future__ import annotations

from collections.abc import Callable

from mlops_desktop.gui.actions import Action, chosen
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.deeds import MOST_COMPARED, RunDeeds

SELECTION = "compared_run"
"""Kind of the selection on the page that compares: the runs in their order."""


def compare_actions(deeds: RunDeeds) -> tuple[Action, ...]:
    """Commands of the comparison that is open."""

    def register(runs: list[int]) -> None:
        deeds.register(runs[0])

    def swap(runs: list[int]) -> None:
        deeds.compare([*runs[1:], runs[0]])

    def act(
        key: str, title: str, deed: Callable[[list[int]], object], icon: str, most: int = MOST_COMPARED
    ) -> Action:
        return Action(
            f"compare.{key}", title, lambda c: _drop(deed([int(run) for run in c.selection])), "", ("compare.menu",),
            chosen(SELECTION, 2, most), icon, tr("Comparison"),
        )  # fmt: skip

    return (
        act("swap", tr("Hold against the next run"), swap, "refresh"),
        act("add", tr("Add a run..."), deeds.add_to_comparison, "plus", MOST_COMPARED - 1),
        act("register", tr("Register the first run..."), register, "models"),
    )


def _drop(value: object) -> None:
    """Actions return nothing."""
