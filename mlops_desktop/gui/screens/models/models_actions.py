"""The commands of models: declared here once; menus, palette and keys derive from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlops_desktop.gui.actions import Action, ActionContext, chosen, has_project, may_edit
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost

from .models_deeds import ModelDeeds
from .models_state import ModelsIntent

ALIAS_MENU = "models.alias"
"""The menu of the aliases of a version."""
MENU = "models.context"
"""The menu of a version in the list."""


def models_actions(host: ScreenHost) -> Sequence[Action]:
    """The commands of this section."""
    deeds = ModelDeeds(host)
    one = chosen("model", 1, 1)
    gone = chosen("trashed model", 1, 1)
    group = tr("Models")

    def editable(context: ActionContext) -> bool:
        return one(context) and may_edit(context)

    def act(
        action_id: str,
        title: str,
        run: Callable[[str], object],
        icon: str,
        keys: str = "",
        places: tuple[str, ...] = (MENU,),
        enabled: Callable[[ActionContext], bool] = editable,
    ) -> Action:
        return Action(
            f"models.{action_id}", title, _on_one(run), keys, places, enabled, icon, group,
            section="models" if keys in ("F2", "Del") else "",
        )  # fmt: skip

    aliases = (ALIAS_MENU, MENU)
    return (
        Action("models.register", tr("Register a run..."), lambda c: deeds.register(), "", ("models.header",), may_edit, "plus", group),
        act("champion", tr("Make it the champion"), lambda ref: deeds.set_alias(ref, "champion"), "star", places=aliases),
        act("challenger", tr("Make it the challenger"), lambda ref: deeds.set_alias(ref, "challenger"), "flag", places=aliases),
        act("alias", tr("Other alias..."), deeds.ask_alias, "tag", places=aliases),
        act("no_champion", tr("No champion"), lambda ref: deeds.remove_alias(ref, "champion"), "x", places=(ALIAS_MENU,)),
        act("no_challenger", tr("No challenger"), lambda ref: deeds.remove_alias(ref, "challenger"), "x", places=(ALIAS_MENU,)),
        act("score", tr("Score a file..."), deeds.score_file, "table"),
        act("export", tr("Export bundle..."), deeds.export, "deployments"),
        act("rename", tr("Rename model..."), deeds.rename, "edit", "F2"),
        act("notes", tr("Edit notes..."), deeds.edit_notes, "note"),
        act("trash", tr("Move to trash"), deeds.trash, "trash", "Del"),
        act(
            "restore", tr("Take out of the trash"), deeds.restore, "undo", "", ("models.trash_context",),
            lambda c: gone(c) and may_edit(c),
        ),
        Action(
            "models.show_trash", tr("Show models in the trash"), lambda c: host.go(Place("models", ModelsIntent(trashed=True))),
            icon="trash", group=group, enabled_when=has_project,
        ),
    )  # fmt: skip


def _on_one(run: Callable[[str], object]) -> Callable[[ActionContext], None]:
    """`run` on the version that is chosen."""

    def act(context: ActionContext) -> None:
        run(str(context.selection[0]))

    return act
