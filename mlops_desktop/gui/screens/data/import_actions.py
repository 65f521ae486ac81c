"""The commands of the import page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit

if TYPE_CHECKING:
    from .data_actions import DataHost
    from .data_screen import DataScreen

IMPORT_PAGE = "import"
"""What is chosen while the import page is in front."""
_GROUP = "Data"


def import_actions(host: DataHost, screen: Callable[[DataHost], DataScreen]) -> tuple[Action, ...]:
    """Commands that begin an import, and those of the page."""
    importing = chosen(IMPORT_PAGE, 1, 1)

    def act(action_id: str, title: str, run: Callable[[DataScreen], object], keys: str, icon: str) -> Action:
        def call(context: ActionContext) -> None:
            run(screen(host))

        return Action(
            f"data.{action_id}",
            title,
            call,
            keys,
            enabled_when=importing,
            icon=icon,
            group=_GROUP,
            section="data",
        )

    def begin(context: ActionContext) -> None:
        screen(host).choose_file()

    return (
        Action(
            "data.import",
            "Import data...",
            begin,
            "Ctrl+I",
            ("menu.file",),
            may_edit,
            "download",
            _GROUP,
            words=("open file", "csv", "excel", "parquet", "upload", "load"),
        ),
        act("import_now", "Import this file", lambda s: s.importing.start_import(), "Ctrl+Return", "check"),
        act(
            "import_command", "Show import as a command", lambda s: s.importing.show_command(), "", "terminal"
        ),
        act("import_cancel", "Leave the import", lambda s: s.importing.leave(), "", "x"),
    )
