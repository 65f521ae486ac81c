"""The table of runs: sorted, filtered, with the columns one wants; several are chosen to compare."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from mlops_desktop.domain.errors import InvalidInputError, UserError
from mlops_desktop.domain.run_filters import parse_filter
from mlops_desktop.domain.run_pages import METRIC, RunLine, RunPage
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.chosen_panel import ChosenPanel
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.run_colours import assigned
from mlops_desktop.gui.screens.runs.run_inspector import MOST_NAMED, run_details, runs_details
from mlops_desktop.gui.screens.runs.runs_actions import CONTEXT_MENU
from mlops_desktop.gui.screens.runs.runs_intent import NEWEST_FIRST, RunsIntent
from mlops_desktop.gui.screens.runs.table_cells import as_tsv, cells_of
from mlops_desktop.gui.screens.runs.table_state import (
    NOTHING,
    Arranged,
    TableState,
    arrange,
    table_state,
    value_columns,
)
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, EmptyState, PageHeader
from mlops_desktop.gui.widgets.forms import Debounce, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import Page, clear, column, row, set_shown
from mlops_desktop.gui.widgets.long_table import LongTable
from mlops_desktop.gui.widgets.simple_table import TableColumn
from mlops_desktop.gui.widgets.throttle import Throttle
from mlops_desktop.gui.words import counted

AROUND = 40
"""Rows above and below those on screen that are asked for along with them."""
MOST_KEPT = 5000
"""Lines that are kept; past that only those of the newest answer are."""
COPIED_AT_ONCE = 1000
"""Lines asked for at once while they are copied."""


class TablePage:
    """The page with the table.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"run"})

    def __init__(self, host: ScreenHost) -> None:
        self._host, self._deeds = host, RunDeeds(host)
        self._intent = RunsIntent()
        self._of_trash = False
        self._lines: dict[int, RunLine] = {}
        self._asked_columns: tuple[str, ...] | None = None
        self._fresh: set[int] = set()
        self._asked: set[int] = set()
        self._refused: tuple[str, str] = ("", "")
        self._detailed: tuple[int, tuple[RunLine | None, ...]] = (0, ())
        self._arranged = NOTHING
        self._state = table_state(NOTHING, self._intent)
        self._page = self._build()
        self._throttle = Throttle(self._page, 500)
        self._throttle.fired.connect(self._ask)
        self._typing = Debounce(self._page, 40)
        self._typing.fired.connect(self._on_filter)
        self._chosen_soon = Debounce(self._page, 120)
        self._chosen_soon.fired.connect(self._tell_chosen)

    def _build(self) -> Page:
        self._header = PageHeader(tr("Runs"), buttons=self._buttons())
        self._filter = TextField(hint=tr("Filter: mae < 140 and data = bikes and not failed"), icon="filter")
        self._filter.textEdited.connect(lambda: self._typing.poke())
        self._matches = Label("", "small", "muted")
        self._problem = Label("", "small", "bad")
        set_shown(self._problem, False)
        line = row(self._filter, self._matches, spacing=10)
        line.setStretch(0, 1)
        self._table = LongTable(tr("Runs"))
        self._table.sort_wanted.connect(self._on_sort)
        self._table.chosen_changed.connect(self._on_chosen)
        self._table.activated_row.connect(self._on_activated)
        self._table.menu_wanted.connect(self._on_menu)
        self._table.rows_wanted.connect(self._ask_lines)
        self._table.copy_rows = self._copy
        self._card = Card(flush=True).add(self._table)
        self._panel = ChosenPanel(self._host)
        set_shown(self._panel, False)
        self._empty: QVBoxLayout = column()
        self._empty_holder = QWidget()
        self._empty_holder.setLayout(self._empty)
        self._empty_kind = ""
        set_shown(self._empty_holder, False)
        self._filter_row = QWidget()
        self._filter_row.setLayout(column(line, self._problem, spacing=4))
        page = Page(self._header, self._filter_row, self._card, self._panel, self._empty_holder)
        page.body.setStretchFactor(self._card, 3)
        page.body.setStretchFactor(self._panel, 2)
        page.body.setStretchFactor(self._empty_holder, 1)
        return page

    def _buttons(self) -> list[Button]:
        columns = Button(tr("Columns"), icon="columns")
        columns.set_menu(self._fill_columns)
        more = Button(tr("More"), "icon", "more")
        more.set_menu(self._fill_more)
        self._compare = Button(tr("Compare"), icon="chart", on_click=self._on_compare)
        new = Button(tr("New training..."), "primary", on_click=lambda: self._deeds.new_training())
        return [columns, more, self._compare, new]

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def table(self) -> LongTable:
        """The table, for keys that go to it."""
        return self._table

    @property
    def state(self) -> TableState:
        """What is shown."""
        return self._state

    def focus_filter(self) -> None:
        """Let the person type a filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    def show_intent(self, intent: RunsIntent) -> None:
        """Show these filters, this order and choice."""
        self._intent = intent
        if intent.trashed != self._of_trash:
            self._of_trash, self._arranged = intent.trashed, NOTHING
            self._forget_lines(None)
        if self._filter.text() != intent.filter:
            self._filter.setText(intent.filter)
        self._detailed = (0, ())
        self._show()
        self._tell_chosen()
        self._ask()

    def refresh(self) -> None:
        """Something has changed: ask again, a few times a second at most."""
        self._throttle.poke()

    # Asking.

    def _ask(self) -> None:
        """Ask for the order of all that match and the lines on screen; a later one makes this one late."""
        project, intent, before, lines = (
            self._host.session.project,
            self._intent,
            self._arranged,
            self._lines,
        )
        problem = self._problem_of(intent.filter)
        words = "" if problem else intent.filter
        columns = self._asked_columns or ()
        first, last = self._table.rows_on_screen
        first = max(first - AROUND, 0)
        limit = max(last - first, AROUND) + AROUND

        def ask() -> tuple[RunPage, Arranged]:
            key, down = intent.sort
            page = project.runs.page(words, key, down, first, limit, intent.trashed, list(columns), True)
            return page, arrange(page, lines, intent, before, problem)

        def take(found: tuple[RunPage, Arranged]) -> None:
            self._on_page(*found, columns)

        def refuse(error: UserError) -> None:
            if not isinstance(error, InvalidInputError) or problem:
                self._host.session.tasks.failed.emit(error)
                return
            self._refused = (intent.filter, str(error))
            self._ask()

        self._host.session.tasks.run(ask, take, owner=self._page, key="page", failed=refuse)

    def _problem_of(self, text: str) -> str:
        """Why a filter can't be taken: what is half typed, or what the last answer said of it."""
        try:
            parse_filter(text)
        except InvalidInputError as error:
            return str(error)
        return self._refused[1] if text and text == self._refused[0] else ""

    def _on_page(self, page: RunPage, arranged: Arranged, columns: tuple[str, ...]) -> None:
        shown = tuple(value_columns(arranged.columns))
        lacking = bool(columns) and not set(shown) <= set(columns)
        if lacking or len(self._lines) > MOST_KEPT:
            self._forget_lines(None if lacking else shown)
            arranged = replace(arranged, lines=self._lines)
        elif arranged.lines is not self._lines:
            arranged = replace(arranged, lines=self._lines)
        self._asked_columns = None if lacking else shown
        self._lines |= {line.run_id: line for line in page.lines}
        self._fresh = set() if lacking else {line.run_id for line in page.lines}
        self._asked = set()
        self._arranged = arranged
        self._show()
        if lacking:
            self._ask()

    def _forget_lines(self, columns: tuple[str, ...] | None) -> None:
        self._lines, self._fresh, self._asked, self._asked_columns = {}, set(), set(), columns

    def _ask_lines(self, first: int, last: int) -> None:
        """Ask for the lines on screen that have not come, or not since the last change."""
        order, held = self._arranged.order, self._lines
        rows = range(max(first - AROUND, 0), min(last + AROUND + 1, len(order)))
        wanted = [run for row in rows if (run := order[row]) not in self._fresh and run not in self._asked]
        if not wanted:
            return
        asked, project, columns = self._asked, self._host.session.project, list(self._asked_columns or ())
        asked |= set(wanted)

        def take(lines: list[RunLine]) -> None:
            if self._lines is not held:
                return
            held.update((line.run_id, line) for line in lines)
            if self._asked is asked:  # nothing has changed meanwhile
                self._fresh.update(wanted)
            self._table.rows_came()

        self._host.session.tasks.run(lambda: project.runs.lines(wanted, columns), take, owner=self._page)

    # Showing.

    def _show(self) -> None:
        arranged = self._arranged
        state = table_state(arranged, self._intent)
        self._state = state
        self._header.show_text(tr("Trash of runs") if self._of_trash else tr("Runs"), "", state.subtitle)
        self._matches.setText(arranged.matches)
        set_shown(self._matches, bool(arranged.matches))
        self._problem.setText(arranged.problem)
        set_shown(self._problem, bool(arranged.problem))
        self._show_empty(arranged)
        colours = assigned(self._host.session, state.chosen[:10])
        columns = [TableColumn("dot", "", sortable=False)]
        columns += [TableColumn(c.key, tr(c.title), c.right, c.stretch, c.decimals) for c in arranged.columns]
        self._table.show_rows(
            columns,
            arranged.keys,
            cells_of(arranged, colours),
            is_here=lambda row: arranged.order[row] in self._fresh,
            sorted_by=state.sort,
            chosen=[str(r) for r in state.chosen],
        )
        self._compare.setEnabled(2 <= len(state.chosen) <= 10 and not self._of_trash)
        self._show_panel(state)
        self._show_details(state)

    def _show_panel(self, state: TableState) -> None:
        """Two to ten chosen runs are compared below the table."""
        compares = 2 <= len(state.chosen) <= 10 and not self._of_trash
        set_shown(self._panel, compares)
        if compares:
            self._panel.show_runs(state.chosen)

    def _show_empty(self, state: Arranged) -> None:
        shown = state.empty in ("none", "no_match", "no_trash")
        set_shown(self._empty_holder, shown)
        set_shown(self._card, not shown)
        set_shown(self._filter_row, state.empty not in ("none", "no_trash"))
        if shown and state.empty != self._empty_kind:
            clear(self._empty)
            self._empty.addWidget(self._empty_state(state.empty))
        self._empty_kind = state.empty if shown else ""

    def _empty_state(self, kind: str) -> EmptyState:
        if kind == "no_match":
            words = tr("No run matches the filter.")
            return EmptyState("filter", words, None, (tr("Show all runs"), lambda: self._amend(filter="")))
        if kind == "no_trash":
            back = (tr("Show the runs"), lambda: self._amend(trashed=False))
            return EmptyState(
                "trash", tr("Runs that you move to the trash wait here until you want them back."), None, back
            )
        words = tr("A run is one training: what it was asked, how it went, and what came out of it.")
        return EmptyState(
            "runs", words, (tr("New training..."), lambda: self._deeds.new_training()), None, "plus"
        )

    # What the person does.

    def _amend(self, **changes: object) -> None:
        """Another intent at the same place, kept for the way back."""
        intent = replace(self._intent, **changes)  # type: ignore[arg-type]
        self._host.amend_intent("runs", intent)
        self.show_intent(intent)

    def _on_filter(self) -> None:
        self._amend(filter=self._filter.text())

    def _on_sort(self, key: str) -> None:
        now, down = self._intent.sort
        first_down = key == "run" or any(c.key == key and c.right for c in self._arranged.offered)
        self._amend(sort=(key, not down if key == now else first_down))

    def _on_chosen(self) -> None:
        chosen = tuple(int(key) for key in self._table.chosen)
        if chosen != self._intent.chosen:
            self._intent = replace(self._intent, chosen=chosen)
            self._chosen_soon.poke()

    def _tell_chosen(self) -> None:
        """The window learns what is chosen."""
        if self._page.isVisible():
            self._host.amend_intent("runs", self._intent)
            self._host.set_selection("trashed_run" if self._of_trash else "run", self._intent.chosen)
            self._show()

    def _show_details(self, state: TableState) -> None:
        """The inspector shows what is chosen, and anew when that has changed."""
        named = state.chosen[:MOST_NAMED]
        shown = (len(state.chosen), tuple(self._lines.get(run) for run in named))
        if shown == self._detailed or not self._page.isVisible():
            return
        self._detailed = shown
        if len(named) == 1:
            self._inspect(named[0])
        elif not named:
            self._host.inspect("", None)
        else:
            self._inspect_all(named, len(state.chosen))

    def _inspect_all(self, named: tuple[int, ...], count: int) -> None:
        project, chosen = self._host.session.project, self._intent.chosen

        def show(lines: list[RunLine]) -> None:
            if self._intent.chosen == chosen and self._page.isVisible():
                self._host.inspect(tr("{:,} runs").format(count), runs_details(lines, count))

        self._host.session.tasks.run(
            lambda: project.runs.lines(list(named), [METRIC]), show, owner=self._page, key="inspect"
        )

    def _inspect(self, run: int) -> None:
        project = self._host.session.project

        def show(found: Run) -> None:
            if self._intent.chosen == (run,) and self._page.isVisible():
                self._host.inspect(f"Run #{run}", run_details(found, self._deeds))

        self._host.session.tasks.run(
            lambda: project.runs.show(run), show, owner=self._page, key="inspect", failed=lambda error: None
        )

    def _on_activated(self, key: str) -> None:
        self._deeds.open(int(key))

    def _on_compare(self) -> None:
        self._deeds.compare(self._state.chosen)

    def _on_menu(self, key: str, position: QPoint) -> None:
        self._tell_chosen()
        menu = QMenu(self._table)
        menu.aboutToHide.connect(menu.deleteLater)
        place = "runs.trash_context" if self._of_trash else CONTEXT_MENU
        self._host.actions_registry.fill_menu(menu, place)
        menu.popup(position)

    def _fill_columns(self, menu: QMenu) -> None:
        shown = [c.key for c in self._arranged.columns]
        for offered in self._arranged.offered:
            action = menu.addAction(tr(offered.title))
            action.setCheckable(True)
            action.setChecked(offered.key in shown)
            action.triggered.connect(partial(self._on_column, offered.key))
        menu.addSeparator()
        menu.addAction(tr("Those that fit"), lambda: self._amend(columns=()))

    def _on_column(self, key: str, on: bool) -> None:
        shown = [c.key for c in self._arranged.columns if c.key != key]
        wanted = [*shown, key] if on else shown
        order = [c.key for c in self._arranged.offered]
        if wanted:
            kept = [k for k in wanted if k in shown]
            self._amend(columns=tuple(kept + [k for k in order if k in wanted and k not in kept]))

    def _fill_more(self, menu: QMenu) -> None:
        if self._of_trash:
            menu.addAction(
                theme().icon("runs"), tr("Show the runs"), lambda: self._amend(trashed=False, chosen=())
            )
        else:
            menu.addAction(
                theme().icon("trash"), tr("Show the trash"), lambda: self._amend(trashed=True, chosen=())
            )
        menu.addAction(tr("Newest first"), lambda: self._amend(sort=NEWEST_FIRST))
        menu.addAction(tr("Copy the chosen lines"), self._copy)

    def _copy(self) -> None:
        """Copy the chosen lines; those that have not come are fetched."""
        chosen, columns = self._state.chosen, self._arranged.columns
        project, asked = self._host.session.project, value_columns(columns)

        def read() -> str:
            lines: list[RunLine] = []
            for first in range(0, len(chosen), COPIED_AT_ONCE):
                lines += project.runs.lines(list(chosen[first : first + COPIED_AT_ONCE]), asked)
            return as_tsv(columns, lines)

        def take(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self._host.say(counted(len(chosen), "1 line copied.", "{:,} lines copied."))

        if chosen:
            self._host.session.tasks.run(read, take, owner=self._page, key="copy")
