"""The commands of the window itself: sections, palette, panels, history, scale and theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mlops_desktop.gui.actions import Action, ActionContext
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.theme import SchemeChoice, theme

if TYPE_CHECKING:
    from mlops_desktop.gui.main_window import MainWindow
    from mlops_desktop.gui.screen import Section

_GO = "Go to"
_VIEW = "View"


def window_actions(window: MainWindow, sections: Sequence[Section]) -> list[Action]:
    """All commands of `window`."""
    return [*_section_actions(window, sections), *_panel_actions(window), *_look_actions()]


def _section_actions(window: MainWindow, sections: Sequence[Section]) -> list[Action]:
    def opener(section_id: str) -> Callable[[ActionContext], None]:
        return lambda context: window.go(Place(section_id))

    return [
        Action(
            f"go.{section.id}",
            f"Go to {section.title}",
            opener(section.id),
            shortcut=section.shortcut,
            icon=section.icon,
            group=_GO,
            enabled_when=(lambda c: c.has_project) if section.needs_project else (lambda c: True),
        )
        for section in sections
    ]


def _panel_actions(window: MainWindow) -> list[Action]:
    def act(
        action_id: str, title: str, run: Callable[[], object], shortcut: str, icon: str, group: str = _VIEW
    ) -> Action:
        return Action(
            f"window.{action_id}", title, lambda context: _drop(run()), shortcut, icon=icon, group=group
        )

    return [
        act("palette", "Search or run a command", lambda: window.open_palette(), "Ctrl+K", "search"),
        act("find", "Open anything", lambda: window.open_palette(), "Ctrl+P", "search"),
        act("jobs", "Show jobs", lambda: window.side_panel.toggle("jobs"), "Ctrl+J", "hourglass"),
        act(
            "inspector",
            "Show inspector",
            lambda: window.side_panel.toggle("inspector"),
            "Space",
            "panel-right",
        ),
        act("sidebar", "Fold or unfold the sidebar", window.toggle_sidebar, "F9", "panel-left"),
        act("fullscreen", "Full screen", window.toggle_full_screen, "F11", "maximize"),
        act("back", "Back", window.go_back, "Alt+Left", "arrow-left", _GO),
        act("forward", "Forward", window.go_forward, "Alt+Right", "arrow-right", _GO),
    ]


def _look_actions() -> list[Action]:
    def zoom(steps: int) -> Callable[[ActionContext], None]:
        return lambda context: theme().zoom(steps)

    def choose(choice: SchemeChoice) -> Callable[[ActionContext], None]:
        return lambda context: theme().set_choice(choice)

    return [
        Action(
            "look.larger", "Larger", zoom(1), "Ctrl++", icon="plus", group=_VIEW, words=("zoom in", "scale")
        ),
        Action("look.smaller", "Smaller", zoom(-1), "Ctrl+-", icon="minus", group=_VIEW, words=("zoom out",)),
        Action("look.normal", "Normal size", zoom(0), "Ctrl+0", icon="search", group=_VIEW, words=("100 %",)),
        Action("look.light", "Light theme", choose("light"), icon="sun", group=_VIEW),
        Action("look.dark", "Dark theme", choose("dark"), icon="moon", group=_VIEW),
        Action("look.system", "Theme of the desktop", choose("system"), icon="gear", group=_VIEW),
    ]


def _drop(value: object) -> None:
    """Actions return nothing."""
