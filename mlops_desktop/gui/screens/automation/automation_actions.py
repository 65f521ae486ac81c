"""The commands of automation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost

from .schedule_deeds import ScheduleDeeds

CONTEXT_MENU = "automation.context"
"""The menu of a schedule."""


def automation_actions(host: ScreenHost) -> Sequence[Action]:
    """All commands of the section."""
    deeds = ScheduleDeeds(host)
    group = tr("Automation")
    one = chosen("schedule", 1, 1)

    def of_chosen(context: ActionContext) -> bool:
        return one(context) and may_edit(context)

    def act(action_id: str, title: str, run: Callable[[str], object], icon: str, keys: str = "") -> Action:
        def act_on_chosen(context: ActionContext) -> None:
            run(str(context.selection[0]))

        return Action(
            f"automation.{action_id}", title, act_on_chosen, keys, (CONTEXT_MENU,), of_chosen, icon, group,
            section="automation",
        )  # fmt: skip

    return (
        Action(
            "automation.new", tr("New schedule..."), lambda c: deeds.new(), icon="plus", group=group,
            enabled_when=may_edit, words=("retrain", "cron", "timer"),
        ),
        Action(
            "automation.pause_all", tr("Pause all schedules"), lambda c: deeds.pause_all(), icon="pause", group=group,
            enabled_when=may_edit,
        ),
        act("run", tr("Run schedule now"), deeds.run_now, "play"),
        act("times", tr("Set times..."), deeds.set_times, "calendar", "F2"),
        act("pause", tr("Pause schedule"), deeds.pause, "pause"),
        act("resume", tr("Resume schedule"), deeds.resume, "play"),
        act("remove", tr("Remove schedule"), deeds.remove, "trash", "Del"),
    )  # fmt: skip
