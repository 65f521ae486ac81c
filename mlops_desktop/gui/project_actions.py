"""The commands about projects and the application itself, as data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .actions import Action, ActionContext, has_project, may_edit
from .language import tr
from .places import Place
from .widgets.desktop import open_folder
from .widgets.file_dialogs import choose_folder, choose_new_file
from .window_memory import logs_folder

if TYPE_CHECKING:
    from .window import ProjectWindow

MENU = "project.menu"
"""The menu behind the project's name."""


def project_actions(owner: ProjectWindow) -> list[Action]:
    """Every command that needs no section.

    Parameters
    ----------
    owner : ProjectWindow
        Whose window and session they act on.
    """
    return [*_of_projects(owner), *_of_changes(owner), *_of_the_application(owner)]


def _of_projects(owner: ProjectWindow) -> list[Action]:
    group = tr("Project")

    def act(
        action_id: str, title: str, run: Callable[[], object], keys: str = "", icon: str = "folder"
    ) -> Action:
        return Action(
            f"project.{action_id}", title, _ignoring(run), keys, (MENU,), icon=icon, group=group,
            enabled_when=has_project if action_id in ("close", "stop", "doctor", "backup") else lambda c: True,
        )  # fmt: skip

    return [
        act("new", tr("New project..."), lambda: owner.window.go(Place("start", "new")), "Ctrl+N", "plus"),
        act("open", tr("Open project..."), lambda: ask_project(owner), "Ctrl+O"),
        act(
            "sample",
            tr("Open sample project"),
            lambda: owner.window.go(Place("start", "sample")),
            icon="play",
        ),
        act("start", tr("Start page"), lambda: owner.window.go(Place("start")), icon="home"),
        act(
            "doctor", tr("Check the project"), lambda: owner.registry.trigger("activity.check"), icon="shield"
        ),
        act("backup", tr("Back up the project..."), lambda: ask_backup(owner), icon="copy"),
        act("stop", tr("Stop the service"), owner.stop_service, icon="stop"),
        act("close", tr("Close project"), owner.close_project, icon="x"),
    ]


def _of_changes(owner: ProjectWindow) -> list[Action]:
    group = tr("Edit")
    return [
        Action("edit.undo", tr("Undo"), _ignoring(owner.undo), "Ctrl+Z", icon="undo", group=group, enabled_when=may_edit),
        Action(
            "edit.redo", tr("Redo"), _ignoring(lambda: owner.undo(redo=True)), "Ctrl+Shift+Z", icon="redo",
            group=group, enabled_when=may_edit,
        ),
    ]  # fmt: skip


def _of_the_application(owner: ProjectWindow) -> list[Action]:
    group = tr("Application")

    def act(
        action_id: str, title: str, run: Callable[[], object], keys: str = "", icon: str = "info"
    ) -> Action:
        return Action(f"app.{action_id}", title, _ignoring(run), keys, (MENU,), icon=icon, group=group)

    return [
        act("settings", tr("Settings"), lambda: owner.window.go(Place("settings")), icon="gear"),
        act("help", tr("Help and glossary"), lambda: owner.window.go(Place("help")), icon="book"),
        act(
            "shortcuts",
            tr("Keyboard shortcuts"),
            lambda: owner.window.go(Place("settings", "shortcuts")),
            icon="terminal",
        ),
        act("logs", tr("Open the logs"), lambda: open_folder(logs_folder()), icon="file"),
        act("about", tr("About MLOps Desktop"), lambda: owner.window.go(Place("help", "about"))),
        act("quit", tr("Quit"), lambda: owner.window.close(), "Ctrl+Q", "logout"),
    ]


def ask_project(owner: ProjectWindow) -> None:
    """Choose a project's folder and open it."""
    choose_folder(owner.window, tr("Open project"), owner.open_project, Path.home())


def ask_backup(owner: ProjectWindow) -> None:
    """Choose where a copy of the project goes, and begin it."""
    project, path = owner.session.project, owner.session.path
    if project is None or path is None:
        return

    def begin(folder: Path) -> None:
        owner.tasks.run(
            lambda: project.backup(str(folder)).row, lambda job: owner.window.say(tr("Backing up to {}").format(folder)),
            owner=owner,
        )  # fmt: skip

    choose_new_file(
        owner.window, tr("Back up the project to"), "", begin, path.with_name(f"{path.stem}-backup.mlops")
    )


def _ignoring(run: Callable[[], object]) -> Callable[[ActionContext], None]:
    """`run` as an action runs it: the context isn't needed."""

    def act(context: ActionContext) -> None:
        run()

    return act
