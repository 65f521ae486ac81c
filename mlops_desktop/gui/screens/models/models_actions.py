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
TRASH_MENU = "models.trash_context"
"""The menu of a version whose model is in the trash."""


def models_actions(host: ScreenHost) -> Sequence[Action]:
    """The commands of this section."""
    deeds = ModelDeeds(host)
    group = tr("Models")
    show_trash = Place("models", ModelsIntent(trashed=True))
    return (
        Action("models.register", tr("Register a run..."), lambda c: deeds.register(), "", ("models.header",), may_edit, "plus", group),
        *_alias_actions(deeds),
        _act("score", tr("Score a file..."), deeds.score_file, "table"),
        _act("export", tr("Export bundle..."), deeds.export, "deployments"),
        _act("rename", tr("Rename model..."), deeds.rename, "edit", "F2"),
        _act("notes", tr("Edit notes..."), deeds.edit_notes, "note"),
        _act("trash", tr("Move to trash"), deeds.trash, "trash", "Del"),
        Action(
            "models.restore", tr("Take out of the trash"), _on_one(deeds.restore), places=(TRASH_MENU,), icon="undo", group=group,
            enabled_when=lambda c: chosen("trashed model", 1, 1)(c) and may_edit(c),
        ),
        Action(
            "models.show_trash", tr("Show models in the trash"), lambda c: host.go(show_trash), icon="trash", group=group,
            enabled_when=has_project,
        ),
    )  # fmt: skip


def _alias_actions(deeds: ModelDeeds) -> Sequence[Action]:
    """Commands that move an alias to the version chosen, or take it away."""
    both, menu = (ALIAS_MENU, MENU), (ALIAS_MENU,)
    return (
        _act("champion", tr("Make it the champion"), lambda ref: deeds.set_alias(ref, "champion"), "star", places=both),
        _act("challenger", tr("Make it the challenger"), lambda ref: deeds.set_alias(ref, "challenger"), "flag", places=both),
        _act("alias", tr("Other alias..."), deeds.ask_alias, "tag", places=both),
        _act("no_champion", tr("No champion"), lambda ref: deeds.remove_alias(ref, "champion"), "x", places=menu),
        _act("no_challenger", tr("No challenger"), lambda ref: deeds.remove_alias(ref, "challenger"), "x", places=menu),
    )  # fmt: skip


def _act(
    name: str,
    title: str,
    run: Callable[[str], object],
    icon: str,
    keys: str = "",
    places: tuple[str, ...] = (MENU,),
) -> Action:
    """A command on the one version that is chosen; keys that other sections use too hold in this one alone."""

    def able(context: ActionContext) -> bool:
        return chosen("model", 1, 1)(context) and may_edit(context)

    section = "models" if keys else ""
    return Action(
        f"models.{name}", title, _on_one(run), keys, places, able, icon, tr("Models"), section=section
    )


def _on_one(run: Callable[[str], object]) -> Callable[[ActionContext], None]:
    """`run` on the version that is chosen."""

    def act(context: ActionContext) -> None:
        run(str(context.selection[0]))

    return act
