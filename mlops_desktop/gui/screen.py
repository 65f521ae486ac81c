"""What a screen is, and what it may ask of the window around it.

A screen is a plain class (not a QWidget) in `screens/NAME/NAME_screen.py`; what is shown is made by a pure function in
`NAME_state.py` (no Qt), what can be done is a tuple of `Action` in `NAME_actions.py`. In short::

    class RunsScreen:
        topics = frozenset({"runs"})

        def __init__(self, host: ScreenHost) -> None:
            self._host, self._intent, self._dirty = host, RunsIntent(), False
            self._table = SimpleTable(COLUMNS, multiple=True)
            self._page = Page(PageHeader("Runs", buttons=[...]), Card(flush=True).add(self._table))

        def widget(self) -> QWidget:
            return self._page

        def show_intent(self, intent: RunsIntent | None) -> None:       # called each time it comes to the front
            self._intent = intent or RunsIntent()
            self.refresh()

        def mark_dirty(self) -> None:                                   # nothing to do: show_intent asks again

        def refresh(self) -> None:
            runs = self._host.session.project.runs
            self._host.session.tasks.run(lambda: runs.list(), self._show, owner=self._page, key="runs")

Where things are: `widgets/cards.py` (Card, PageHeader, KeyValueList, EmptyState, NumberCard, StatStrip),
`widgets/labels.py` (Label, ElidedLabel, Chip, KeyCap, IconLabel, Dot, Line), `widgets/buttons.py` (Button,
SegmentedControl, Tabs, FilterPills), `widgets/forms.py` (TextField, Select, Toggle, Field, Debounce),
`widgets/layouts.py` (row, column, Page, FoldingRow, FlowLayout, clear, set_shown), `widgets/simple_table.py`,
`widgets/paged_table.py`, `widgets/progress.py`, `widgets/code.py` (CodeBlock, LogView), `widgets/drop_area.py`,
`charts/` (LineChart, ScatterChart, BarChart, HeatMatrix, HistogramStrip, SeriesColours). Colours, fonts and icons come
from `theme.py`; lengths are px at 100 %. Show and hide parts with `set_shown`, never `setVisible` before there is a
parent: that opens a window. `tests/gui/gallery.py`, `charts_gallery.py` and `window.py` show all of it.
"""

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

    def window(self) -> QWidget:
        """The widget over which dialogs open."""
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

    def open_inspector(self) -> None:
        """Show the inspector, with what was handed to `inspect`."""
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
