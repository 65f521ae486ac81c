"""What can be done with one run, as data."""

from __future__ import annotations

from collections.abc import Callable

from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.deeds import RunDeeds

_PLACES = ("runs.context", "run.menu")


def run_actions(deeds: RunDeeds) -> tuple[Action, ...]:
    """Commands of the run that is open or chosen."""
    one = chosen("run", 1, 1)

    def edits(context: ActionContext) -> bool:
        return may_edit(context) and one(context)

    def act(
        key: str, title: str, deed: Callable[[int], object], icon: str, words: tuple[str, ...] = ()
    ) -> Action:
        return Action(
            f"run.{key}",
            title,
            lambda c: _drop(deed(int(c.selection[0]))),
            "",
            _PLACES,
            edits,
            icon,
            tr("One run"),
            words=words,
        )

    return (
        act("reproduce", tr("Reproduce"), deeds.reproduce, "refresh", ("again", "same")),
        act("retrain", tr("Train on the newest data"), deeds.retrain, "automation", ("retrain",)),
        act("like", tr("New training like this..."), deeds.like, "copy", ("clone", "start from")),
        act("compare_with", tr("Compare with..."), deeds.compare_with, "chart"),
        act("register", tr("Register model..."), deeds.register, "models"),
        act("schedule", tr("Train by itself..."), deeds.schedule, "calendar", ("schedule", "weekly")),
        Action(
            "run.cancel", tr("Cancel run"), lambda c: deeds.cancel(int(c.selection[0])), "", _PLACES, edits, "stop", tr("One run"),
            words=("stop", "abort"),
        ),
    )  # fmt: skip


def _drop(value: object) -> None:
    """Actions return nothing."""
