"""What can be done with runs, as data; every page's own list is added to the table's."""

from __future__ import annotations

from collections.abc import Callable

from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.compare_actions import compare_actions
from mlops_desktop.gui.screens.runs.deeds import MOST_COMPARED, RunDeeds
from mlops_desktop.gui.screens.runs.run_actions import run_actions
from mlops_desktop.gui.screens.runs.training_actions import training_actions

GROUP = "Runs"
CONTEXT_MENU = "runs.context"


def runs_actions(host: ScreenHost) -> tuple[Action, ...]:
    """All commands of the section, for the registry of the window."""
    deeds = RunDeeds(host)
    return (
        *_table_actions(deeds),
        *run_actions(deeds),
        *compare_actions(deeds),
        *training_actions(host, deeds),
    )


def of_one(deed: Callable[[int], object]) -> Callable[[ActionContext], None]:
    """Runs a deed with the one chosen run."""
    return lambda context: _drop(deed(int(context.selection[0])))


def of_all(deed: Callable[[list[int]], object]) -> Callable[[ActionContext], None]:
    """Runs a deed with all chosen runs."""
    return lambda context: _drop(deed([int(run) for run in context.selection]))


def _table_actions(deeds: RunDeeds) -> tuple[Action, ...]:
    one, any_of = chosen("run", 1, 1), chosen("run")
    gone = chosen("trashed_run")
    place = (CONTEXT_MENU,)
    return (
        Action("runs.open", "Open run", of_one(deeds.open), places=place, enabled_when=one, icon="runs", group=GROUP),
        Action(
            "runs.compare",
            "Compare chosen runs",
            of_all(deeds.compare),
            "Ctrl+Shift+M",
            place,
            chosen("run", 2, MOST_COMPARED),
            "chart",
            GROUP,
            words=("difference", "side by side"),
        ),
        Action(
            "runs.rename", "Rename run...", of_one(deeds.rename), "F2", place, _edits(one), "edit", "Words about runs",
            section="runs",
        ),
        Action("runs.tags", "Set tags...", of_all(deeds.edit_tags), "", place, _edits(any_of), "tag", "Words about runs"),
        Action("runs.notes", "Edit notes...", of_one(deeds.edit_notes), "", place, _edits(one), "note", "Words about runs"),
        Action(
            "runs.trash", "Move to trash", of_all(deeds.trash), "Del", place, _edits(any_of), "trash", "Trash of runs",
            words=("delete", "remove"), section="runs",
        ),
        Action(
            "runs.restore", "Take out of the trash", of_all(deeds.restore), "", ("runs.trash_context",), _edits(gone), "undo",
            "Trash of runs",
        ),
    )  # fmt: skip


def _edits(condition: Callable[[ActionContext], bool]) -> Callable[[ActionContext], bool]:
    return lambda context: may_edit(context) and condition(context)


def _drop(value: object) -> None:
    """Actions return nothing."""
