"""The commands of activity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from mlops_desktop.gui.actions import Action, ActionContext, chosen, has_project
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import Screen, ScreenHost

if TYPE_CHECKING:
    from .activity_screen import ActivityScreen

CONTEXT_MENU = "activity.context"
"""The menu of a change."""


class ActivityHost(ScreenHost, Protocol):
    """The window, as the commands need it: it builds the screen when it is first asked for."""

    def screen_of(self, section: str) -> Screen:
        """The screen of a section."""
        ...


def activity_actions(host: ActivityHost) -> Sequence[Action]:
    """All commands of the section."""
    group = tr("Activity")
    one = chosen("change", 1, 1)

    def here(run: Callable[[ActivityScreen], object]) -> Callable[[ActionContext], None]:
        """Show the section, then do something in it."""

        def act(context: ActionContext) -> None:
            if context.section != "activity":
                host.go(Place("activity"))
            run(_screen(host))

        return act

    def of_chosen(context: ActionContext) -> bool:
        return one(context) and context.has_project

    return (
        Action(
            "activity.check", tr("Check everything"), here(lambda s: s.check()), icon="shield", group=group,
            enabled_when=has_project, words=("doctor", "verify", "hash", "whole"),
        ),
        Action(
            "activity.jobs", tr("History of jobs"), here(lambda s: s.show_tab("jobs")), icon="hourglass", group=group,
            enabled_when=has_project,
        ),
        Action(
            "activity.find", tr("Find changes..."), here(lambda s: s.focus_filter()), "Ctrl+F", icon="search", group=group,
            enabled_when=has_project, section="activity",
        ),
        Action(
            "activity.details", tr("Details of change"), here(lambda s: s.open_details()), places=(CONTEXT_MENU,),
            icon="panel-right", group=group, enabled_when=of_chosen, section="activity",
        ),
        Action(
            "activity.copy_command", tr("Copy as command"), here(lambda s: s.copy_command()), places=(CONTEXT_MENU,),
            icon="terminal", group=group, enabled_when=of_chosen, section="activity",
        ),
    )  # fmt: skip


def _screen(host: ActivityHost) -> ActivityScreen:
    return cast("ActivityScreen", host.screen_of("activity"))
