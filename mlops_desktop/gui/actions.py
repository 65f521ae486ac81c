"""Every command as one frozen declaration; menus, tool bars, context menus, palette and keys derive from it.

Declare them as data::

    ACTIONS = (
        Action("data.import", "Import data...", import_data, shortcut="Ctrl+I", icon="download",
               places=(Place.PALETTE, "data.header"), enabled_when=has_project),
    )
    registry.add(ACTIONS)

and derive: ``registry.fill_menu(menu, "runs.context")``, ``registry.button("data.import")``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from mlops_desktop.gui.theme import theme

PALETTE = "palette"
"""The place of actions that the command palette offers; every action is offered there unless `hidden`."""


LEFT_TO_WIDGETS = ("Space", "Return", "Enter")
"""Keys that buttons and fields use themselves; the window hands them to their action when no widget took them."""


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What an action can ask about: where the person is, what is chosen, what may be done."""

    section: str = "start"
    selection: tuple[Any, ...] = ()
    """Things chosen in the section shown, references as the facade takes them."""
    selection_kind: str = ""
    """What they are: "run", "dataset", "model" ..."""
    has_project: bool = False
    running_jobs: int = 0
    rights: frozenset[str] = frozenset({"view", "edit", "approve", "admin"})
    can_undo: str = ""
    """What undo would take back, empty when nothing."""
    can_redo: str = ""


def always(context: ActionContext) -> bool:
    """Enabled everywhere."""
    return True


def has_project(context: ActionContext) -> bool:
    """Enabled while a project is open."""
    return context.has_project


def may_edit(context: ActionContext) -> bool:
    """Enabled while a project is open that the person may change."""
    return context.has_project and "edit" in context.rights


def chosen(kind: str, least: int = 1, most: int | None = None) -> Callable[[ActionContext], bool]:
    """Enabled while `least` to `most` things of `kind` are chosen."""

    def enabled(context: ActionContext) -> bool:
        count = len(context.selection) if context.selection_kind == kind else 0
        return count >= least and (most is None or count <= most)

    return enabled


@dataclass(frozen=True, slots=True)
class Action:
    """One command.

    Parameters
    ----------
    id : str
        "section.verb", never shown.
    title : str
        What the person reads; ends in "..." when it asks for more first.
    run : callable
        Takes the context of the moment.
    shortcut : str
        Portable key sequence ("Ctrl+K"), or empty.
    places : tuple of str
        Menus and bars that show it, for example "runs.context", "menu.file".
    enabled_when : callable
        Pure function of the context.
    icon : str
        Name of a line icon.
    group : str
        Heading under which palette and shortcut page list it.
    hidden : bool
        Not in the palette.
    """

    id: str
    title: str
    run: Callable[[ActionContext], None]
    shortcut: str = ""
    places: tuple[str, ...] = ()
    enabled_when: Callable[[ActionContext], bool] = always
    icon: str = ""
    group: str = "Commands"
    hidden: bool = False
    words: tuple[str, ...] = field(default=())
    """Other words a person may type for it in the palette."""
    section: str = ""
    """Enabled in this section alone; actions of different sections can share their keys (F2 renames what is shown)."""

    def collides(self, other: Action) -> bool:
        """Whether both can be enabled at the same time, so that they need different keys."""
        return not (self.section and other.section and self.section != other.section)


class ActionRegistry(QObject):
    """All actions, the context they see and the keys they have."""

    context_changed = Signal(object)
    shortcuts_changed = Signal()

    def __init__(self, parent: QObject | None = None, keys: dict[str, str] | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, Action] = {}
        self._keys: dict[str, str] = dict(keys or {})
        self._qactions: dict[str, list[QAction]] = {}
        self._shortcuts: dict[str, QAction] = {}
        self._context = ActionContext()

    @property
    def context(self) -> ActionContext:
        """What the actions see now."""
        return self._context

    def set_context(self, context: ActionContext) -> None:
        """Show enabled and disabled anew for `context`."""
        if context == self._context:
            return
        self._context = context
        for action_id, made in self._qactions.items():
            enabled = self.is_enabled(action_id)
            for qaction in made:
                if isValid(qaction):
                    qaction.setEnabled(enabled)
        self.context_changed.emit(context)

    def add(self, actions: Iterable[Action]) -> None:
        """Register `actions`.

        Raises
        ------
        ValueError
            An id or a default shortcut is already taken.
        """
        for action in actions:
            if action.id in self._actions:
                raise ValueError(f"the action {action.id} is registered twice")
            holder = self._rival(action, self._keys.get(action.id, action.shortcut))
            if holder is not None:
                raise ValueError(f"{action.id} and {holder} share the shortcut {action.shortcut}")
            self._actions[action.id] = action

    def all(self) -> Sequence[Action]:
        """Every action in the order of registration."""
        return tuple(self._actions.values())

    def get(self, action_id: str) -> Action:
        """The action with that id (KeyError when there is none)."""
        return self._actions[action_id]

    def at(self, place: str) -> Sequence[Action]:
        """The actions shown at `place`, in order."""
        return tuple(a for a in self._actions.values() if place in a.places)

    def is_enabled(self, action_id: str) -> bool:
        """Whether it can be run now."""
        action = self._actions[action_id]
        return action.section in ("", self._context.section) and action.enabled_when(self._context)

    def trigger(self, action_id: str) -> bool:
        """Run it if it can be run now; says whether it did."""
        if not self.is_enabled(action_id):
            return False
        self._actions[action_id].run(self._context)
        return True

    def shortcut(self, action_id: str) -> str:
        """Its keys in portable form, those the person chose before the default."""
        return self._keys.get(action_id, self._actions[action_id].shortcut)

    def shortcut_text(self, action_id: str) -> str:
        """Its keys as this desktop writes them ("Ctrl K"), for key caps."""
        native = QKeySequence(self.shortcut(action_id)).toString(QKeySequence.SequenceFormat.NativeText)
        return native.replace("+", " ").replace("  ", " +") if native else ""

    def holder(self, shortcut: str) -> str | None:
        """The id of the action that has these keys where the person is, if any."""
        if not shortcut:
            return None
        wanted = QKeySequence(shortcut)
        here = (i for i, a in self._actions.items() if a.section in ("", self._context.section))
        return next((i for i in here if QKeySequence(self.shortcut(i)) == wanted), None)

    def _rival(self, action: Action, shortcut: str) -> str | None:
        """The id of an action that these keys would mean as well, if any."""
        wanted = QKeySequence(shortcut)
        rivals = (i for i, a in self._actions.items() if i != action.id and a.collides(action))
        return next((i for i in rivals if shortcut and QKeySequence(self.shortcut(i)) == wanted), None)

    def set_shortcut(self, action_id: str, shortcut: str) -> None:
        """Give it other keys; an empty text takes them away.

        Raises
        ------
        ValueError
            Another action has these keys.
        """
        holder = self._rival(self._actions[action_id], shortcut)
        if holder is not None:
            raise ValueError(f"“{self._actions[holder].title}” has these keys")
        self._keys[action_id] = shortcut
        if action_id in self._shortcuts:
            self._shortcuts[action_id].setShortcut(QKeySequence(shortcut))
        self.shortcuts_changed.emit()

    def chosen_shortcuts(self) -> dict[str, str]:
        """What differs from the defaults, to be kept in the settings."""
        return {i: k for i, k in self._keys.items() if i in self._actions and k != self._actions[i].shortcut}

    def install_shortcuts(self, window: QWidget) -> None:
        """Make the keys of all actions work in `window`; call again after more were added."""
        for action in self._actions.values():
            if action.id not in self._shortcuts and self.shortcut(action.id) not in LEFT_TO_WIDGETS:
                qaction = self.qaction(action.id, window)
                qaction.setShortcut(QKeySequence(self.shortcut(action.id)))
                qaction.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
                window.addAction(qaction)
                self._shortcuts[action.id] = qaction

    def qaction(self, action_id: str, parent: QObject) -> QAction:
        """A QAction that runs it and follows what is enabled; `parent` owns it."""
        action = self._actions[action_id]
        qaction = QAction(action.title, parent)
        if action.icon:
            qaction.setIcon(theme().icon(action.icon))
        qaction.setEnabled(self.is_enabled(action_id))
        qaction.triggered.connect(lambda: self.trigger(action_id))
        made = [q for q in self._qactions.get(action_id, []) if isValid(q)]
        self._qactions[action_id] = [*made, qaction]
        return qaction

    def fill_menu(self, menu: QMenu, place: str) -> None:
        """Add the actions of `place` to `menu`, a line between groups, keys shown."""
        group = ""
        for action in self.at(place):
            if group and action.group != group:
                menu.addSeparator()
            group = action.group
            qaction = self.qaction(action.id, menu)
            qaction.setShortcut(QKeySequence(self.shortcut(action.id)))
            qaction.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            menu.addAction(qaction)
