"""The commands of data: declared here once; menus, palette and keys derive from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from mlops_desktop.gui.actions import PALETTE, Action, ActionContext, chosen, has_project, may_edit
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import Screen, ScreenHost

from .import_actions import import_actions

if TYPE_CHECKING:
    from .data_screen import DataScreen

GROUP = "Data"
DATASET_MENU = "data.dataset"
"""The menu of a data set."""


class DataHost(ScreenHost, Protocol):
    """The window, as the commands need it: it builds the screen when it is first asked for."""

    def screen_of(self, section: str) -> Screen:
        """The screen of a section."""
        ...


def data_actions(host: DataHost) -> tuple[Action, ...]:
    """All commands of the section."""
    one = chosen("dataset", 1, 1)

    def shown(context: ActionContext) -> bool:
        return one(context) and context.has_project

    def changeable(context: ActionContext) -> bool:
        return one(context) and may_edit(context)

    def act(
        action_id: str,
        title: str,
        run: Callable[[DataScreen], object],
        keys: str = "",
        icon: str = "",
        enabled: Callable[[ActionContext], bool] = shown,
        places: tuple[str, ...] = (DATASET_MENU,),
    ) -> Action:
        return Action(
            f"data.{action_id}",
            title,
            lambda context: _drop(run(_screen(host))),
            keys,
            places,
            enabled,
            icon,
            GROUP,
            section="data",
        )

    return (
        *import_actions(host, _screen),
        Action(
            "data.open",
            "Show data sets",
            lambda context: host.go(Place("data")),
            enabled_when=has_project,
            icon="data",
            group=GROUP,
        ),
        act("train", "Train on this version...", lambda s: s.page.train(), "", "play", changeable),
        act("rename", "Rename data set...", lambda s: s.page.rename(), "F2", "edit", changeable),
        act("tags", "Tags of data set...", lambda s: s.page.edit_tags(), "", "tag", changeable),
        act("export", "Export version...", lambda s: s.page.export(), "Ctrl+E", "export"),
        act("compare", "Compare versions", lambda s: s.show_tab("changes"), "", "branch"),
        act("trash", "Move data set to trash", lambda s: s.page.trash(), "Del", "trash", changeable),
        act("find", "Find column...", lambda s: s.find_column(), "Ctrl+F", "search", places=(PALETTE,)),
        act(
            "filter", "Filter rows...", lambda s: s.filter_rows(), "Ctrl+Shift+F", "filter", places=(PALETTE,)
        ),
        act("go_to", "Go to row or column...", lambda s: s.go_to_row(), "Ctrl+G", "table", places=(PALETTE,)),
        act(
            "profile",
            "Show profile of columns",
            lambda s: s.show_tab("profile"),
            "",
            "chart",
            places=(PALETTE,),
        ),
        act("notes", "Notes on data set", lambda s: s.show_tab("about"), "", "note", places=(PALETTE,)),
    )


def _screen(host: DataHost) -> DataScreen:
    screen = host.screen_of("data")
    from .data_screen import DataScreen

    assert isinstance(screen, DataScreen)
    return screen


def _drop(value: object) -> None:
    """Actions return nothing."""
