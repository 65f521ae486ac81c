"""The commands of data: declared here once; menus, palette and keys derive from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit
from mlops_desktop.gui.screen import Screen, ScreenHost

from .import_actions import import_actions

if TYPE_CHECKING:
    from .data_screen import DataScreen

GROUP = "Data"
DATASET_MENU = "data.dataset"
"""The menu of a data set."""


Deed = Callable[["DataScreen"], object]
Condition = Callable[[ActionContext], bool]


class DataHost(ScreenHost, Protocol):
    """The window, as the commands need it: it builds the screen when it is first asked for."""

    def screen_of(self, section: str) -> Screen:
        """The screen of a section."""
        ...


def data_actions(host: DataHost) -> tuple[Action, ...]:
    """All commands of the section."""
    return (*import_actions(host, _screen), *_of_a_dataset(host), *_of_the_table(host))


def _of_a_dataset(host: DataHost) -> tuple[Action, ...]:
    menu = (DATASET_MENU,)

    def act(key: str, title: str, run: Deed, keys: str, icon: str, enabled: Condition = changeable) -> Action:
        return Action(
            f"data.{key}", title, _calls(host, run), keys, menu, enabled, icon, GROUP, section="data"
        )

    return (
        act("train", "Train on this version...", lambda s: s.page.train(), "", "play"),
        act("rename", "Rename data set...", lambda s: s.page.rename(), "F2", "edit"),
        act("tags", "Tags of data set...", lambda s: s.page.edit_tags(), "", "tag"),
        act("export", "Export version...", lambda s: s.page.export(), "Ctrl+E", "export", shown),
        act("compare", "Compare versions", lambda s: s.show_tab("changes"), "", "branch", shown),
        act("trash", "Move data set to trash", lambda s: s.page.trash(), "Del", "trash"),
    )


def _of_the_table(host: DataHost) -> tuple[Action, ...]:
    def act(key: str, title: str, run: Deed, keys: str, icon: str) -> Action:
        return Action(f"data.{key}", title, _calls(host, run), keys, (), shown, icon, GROUP, section="data")

    return (
        act("find", "Find column...", lambda s: s.find_column(), "Ctrl+F", "search"),
        act("filter", "Filter rows...", lambda s: s.filter_rows(), "Ctrl+Shift+F", "filter"),
        act("go_to", "Go to row or column...", lambda s: s.go_to_row(), "Ctrl+G", "table"),
        act("profile", "Show profile of columns", lambda s: s.show_tab("profile"), "", "chart"),
        act("notes", "Notes on data set", lambda s: s.show_tab("about"), "", "note"),
    )


def shown(context: ActionContext) -> bool:
    """Enabled while one data set is shown."""
    return context.has_project and chosen("dataset", 1, 1)(context)


def changeable(context: ActionContext) -> bool:
    """Enabled while one data set is shown that the person may change."""
    return shown(context) and may_edit(context)


def _calls(host: DataHost, run: Deed) -> Callable[[ActionContext], None]:
    def call(context: ActionContext) -> None:
        run(_screen(host))

    return call


def _screen(host: DataHost) -> DataScreen:
    screen = host.screen_of("data")
    from .data_screen import DataScreen

    assert isinstance(screen, DataScreen)
    return screen
