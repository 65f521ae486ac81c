"""What a screen is, and what it may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.actions import ActionRegistry
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.session import Session


class Screen(Protocol):
    """One section of the window. It is built when first shown."""

    topics: frozenset[str]
    """Topics of changes that it shows; the window calls `refresh` or `mark_dirty` when one changes."""

    def widget(self) -> QWidget:
        """The widget, always the same."""
        ...

    def show_intent(self, intent: Any) -> None:
        """Show what the person wants to see: a frozen value of this section, or None for its start."""
        ...

    def mark_dirty(self) -> None:
        """Something it shows has changed while it is not in front: ask again when shown next."""
        ...

    def refresh(self) -> None:
        """It is in front: ask for what it shows and apply the difference."""
        ...


class ScreenHost(Protocol):
    """What a screen may ask of the window."""

    @property
    def session(self) -> Session:
        """The project and the runner of calls."""
        ...

    @property
    def actions_registry(self) -> ActionRegistry:
        """All commands."""
        ...

    def go(self, place: Place) -> None:
        """Show another place; it enters the history."""
        ...

    def amend_intent(self, section: str, intent: Any) -> None:
        """The place shown has another intent now (a filter typed), without a step in the history."""
        ...

    def set_selection(self, kind: str, things: Sequence[Any]) -> None:
        """What is chosen, for actions and the inspector: kind "run", "dataset" ... and references."""
        ...

    def inspect(self, title: str, content: QWidget | None) -> None:
        """What the inspector shows when it is open; the window owns `content` from now on."""
        ...

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """A notice for ten seconds, with Undo if it can be taken back."""
        ...

    def show_error(self, error: BaseException) -> None:
        """Show an error without stopping anything."""
        ...


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the sidebar.

    Parameters
    ----------
    id, title, icon : str
        "runs", "Runs", "runs".
    build : callable
        Makes the screen when it is first shown.
    needs_project : bool
        Greyed while no project is open.
    shortcut : str
        "Ctrl+3", or empty.
    in_sidebar : bool
        Off for places reached otherwise (settings).
    """

    id: str
    title: str
    icon: str
    build: Callable[[ScreenHost], Screen]
    needs_project: bool = True
    shortcut: str = ""
    in_sidebar: bool = True
