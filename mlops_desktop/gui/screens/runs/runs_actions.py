"""What can be done with runs, as data; every page's own list is added to the table's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import Screen, ScreenHost
from mlops_desktop.gui.screens.runs.compare_actions import compare_actions
from mlops_desktop.gui.screens.runs.deeds import MOST_COMPARED, RunDeeds
from mlops_desktop.gui.screens.runs.run_actions import run_actions
from mlops_desktop.gui.screens.runs.training_actions import training_actions

if TYPE_CHECKING:
    from mlops_desktop.gui.screens.runs.runs_screen import RunsScreen

CONTEXT_MENU = "runs.context"


class RunsHost(ScreenHost, Protocol):
    """The window, as the commands of this section need it."""

    def screen_of(self, section: str) -> Screen:
        """The screen of a section, built now if it was not yet."""
        ...


def runs_actions(host: RunsHost) -> tuple[Action, ...]:
    """All commands of the section, for the registry of the window."""
    deeds = RunDeeds(host)
    return (
        *_table_actions(host, deeds),
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


def _table_actions(host: RunsHost, deeds: RunDeeds) -> tuple[Action, ...]:
    compare = Action(
        "runs.compare", tr("Compare chosen runs"), of_all(deeds.compare), "Ctrl+Shift+M", (CONTEXT_MENU,),
        chosen("run", 2, MOST_COMPARED), "chart", tr("Runs"), words=("difference", "side by side"),
    )  # fmt: skip
    return (
        Action(
            "runs.open", tr("Open run"), of_one(deeds.open), places=(CONTEXT_MENU,), enabled_when=chosen("run", 1, 1),
            icon="runs", group=tr("Runs"),
        ),
        compare,
        Action("runs.filter", tr("Filter runs..."), _filtering(host), "Ctrl+F", (), _on_table, "filter", tr("Runs"), section="runs"),
        *_word_actions(deeds),
        *_trash_actions(deeds),
    )  # fmt: skip


def _word_actions(deeds: RunDeeds) -> tuple[Action, ...]:
    one, any_of, group = _edits(chosen("run", 1, 1)), _edits(chosen("run")), tr("Words about runs")
    place = (CONTEXT_MENU,)
    return (
        Action(
            "runs.rename",
            tr("Rename run..."),
            of_one(deeds.rename),
            "F2",
            place,
            one,
            "edit",
            group,
            section="runs",
        ),
        Action("runs.tags", tr("Set tags..."), of_all(deeds.edit_tags), "", place, any_of, "tag", group),
        Action("runs.notes", tr("Edit notes..."), of_one(deeds.edit_notes), "", place, one, "note", group),
    )


def _trash_actions(deeds: RunDeeds) -> tuple[Action, ...]:
    group = tr("Trash of runs")
    return (
        Action(
            "runs.trash", tr("Move to trash"), of_all(deeds.trash), "Del", (CONTEXT_MENU,), _edits(chosen("run")), "trash", group,
            words=("delete", "remove"), section="runs",
        ),
        Action(
            "runs.restore", tr("Take out of the trash"), of_all(deeds.restore), "", ("runs.trash_context",),
            _edits(chosen("trashed_run")), "undo", group,
        ),
    )  # fmt: skip


def _filtering(host: RunsHost) -> Callable[[ActionContext], None]:
    """Lets the person type a filter in the table that is shown."""

    def run(context: ActionContext) -> None:
        page = cast("RunsScreen", host.screen_of("runs")).table_page
        if page is not None:
            page.focus_filter()

    return run


def _on_table(context: ActionContext) -> bool:
    return context.has_project and context.selection_kind in ("run", "trashed_run")


def _edits(condition: Callable[[ActionContext], bool]) -> Callable[[ActionContext], bool]:
    return lambda context: may_edit(context) and condition(context)


def _drop(value: object) -> None:
    """Actions return nothing."""
