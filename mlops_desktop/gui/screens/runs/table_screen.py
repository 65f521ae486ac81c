"""The table of runs: sorted, filtered, with the columns one wants; several are chosen to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.chosen_panel import ChosenPanel
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.run_colours import assigned
from mlops_desktop.gui.screens.runs.run_inspector import run_details, runs_details
from mlops_desktop.gui.screens.runs.runs_actions import CONTEXT_MENU
from mlops_desktop.gui.screens.runs.runs_intent import NEWEST_FIRST, RunsIntent
from mlops_desktop.gui.screens.runs.table_cells import cells_of
from mlops_desktop.gui.screens.runs.table_state import (
    NOTHING,
    Arranged,
    RunLine,
    TableState,
    arrange,
    line_of,
    merged,
    table_state,
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

PAGE_RUNS = 500
"""Runs asked for at once: the newest are shown before the others have come."""
OLDER_RUNS = 1000
"""Older ones in a page."""
ARRANGED_AT_ONCE = 2000
"""More runs than this are filtered and sorted off the GUI thread."""
QUIET_MS = 3000
"""Older runs are asked for again once nothing has changed for so long."""


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
        self._lines: tuple[RunLine, ...] | None = None
        self._whole = False
        self._of_trash = False
        self._detailed: tuple[RunLine, ...] = ()
        self._arranged, self._arranged_for = NOTHING, None
        self._state = table_state(NOTHING, self._intent)
        self._page = self._build()
        self._throttle = Throttle(self._page, 500)
        self._throttle.fired.connect(self._ask_newest)
        self._quiet = Debounce(self._page, QUIET_MS)
        self._quiet.fired.connect(self._ask_older_again)
        self._typing = Debounce(self._page, 150)
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

    @property
    def lines(self) -> Sequence[RunLine]:
        """Every run that is known, newest first."""
        return self._lines or ()

    def focus_filter(self) -> None:
        """Let the person type a filter."""
        self._filter.setFocus()
        self._filter.selectAll()

    def show_intent(self, intent: RunsIntent) -> None:
        """Show these filters, this order and choice."""
        self._intent = intent
        if intent.trashed != self._of_trash:
            self._of_trash, self._lines, self._whole = intent.trashed, None, False
        if self._filter.text() != intent.filter:
            self._filter.setText(intent.filter)
        self._detailed = ()
        self._apply()
        self._tell_chosen()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the newest runs; for older ones once it is quiet."""
        self._throttle.poke()
        if self._whole and self._lines is not None and len(self._lines) > PAGE_RUNS:
            self._quiet.poke()

    # Asking.

    def _ask_newest(self) -> None:
        project, trashed = self._host.session.project, self._of_trash
        self._host.session.tasks.run(
            lambda: _page_of(project, trashed, None), self._on_newest, owner=self._page, key="newest"
        )

    def _on_newest(self, page: tuple[RunLine, ...]) -> None:
        first = self._lines is None
        lines = merged(self._lines or (), page, whole_page=PAGE_RUNS)
        if lines != self._lines:
            self._lines = lines
        if len(page) < PAGE_RUNS:
            self._whole = True
        elif first:
            self._ask_older(page[-1].run_id)
        self._apply()

    def _ask_older(self, before: int) -> None:
        """Ask for the page before the run `before`, show it, and ask for the one before that."""
        project, trashed = self._host.session.project, self._of_trash

        def take(page: tuple[RunLine, ...]) -> None:
            self._lines = (*(line for line in self._lines or () if line.run_id >= before), *page)
            self._whole = len(page) < OLDER_RUNS
            self._apply()
            if not self._whole:
                self._ask_older(page[-1].run_id)

        self._host.session.tasks.run(
            lambda: _page_of(project, trashed, before), take, owner=self._page, key="older"
        )

    def _ask_older_again(self) -> None:
        """Something may have changed among the older runs: read them once more, shown when all are here."""
        if self._lines is None or len(self._lines) <= PAGE_RUNS or not self._whole:
            return
        project, trashed, before = (
            self._host.session.project,
            self._of_trash,
            self._lines[PAGE_RUNS - 1].run_id,
        )

        def read() -> tuple[RunLine, ...]:
            lines: list[RunLine] = []
            while (
                len(page := _page_of(project, trashed, lines[-1].run_id if lines else before)) == OLDER_RUNS
            ):
                lines += page
            return (*lines, *page)

        def take(older: tuple[RunLine, ...]) -> None:
            known = self._lines or ()
            lines = (*(line for line in known if line.run_id >= before), *older)
            if lines != known:
                self._lines = lines
                self._apply()

        self._host.session.tasks.run(read, take, owner=self._page, key="older")

    # Showing.

    def _apply(self) -> None:
        """Filter and sort anew if need be, then show: at once, or off the GUI thread where there are many runs."""
        intent, lines = self._intent, self._lines
        wanted = (id(lines), intent.filter, intent.sort, intent.columns, intent.trashed)
        if lines is None:
            self._take(NOTHING, None)
        elif wanted == self._arranged_for:
            self._show()
        elif len(lines) <= ARRANGED_AT_ONCE:
            self._take(arrange(lines, intent), wanted)
        else:
            self._host.session.tasks.run(
                lambda: arrange(lines, intent),
                lambda found: self._take(found, wanted),
                owner=self._page,
                key="arrange",
            )

    def _take(self, arranged: Arranged, made_for: tuple[object, ...] | None) -> None:
        self._arranged, self._arranged_for = arranged, made_for
        self._show()

    def _show(self) -> None:
        arranged = self._arranged
        state = table_state(arranged, self._intent, complete=self._whole)
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
            self._apply()

    def _show_details(self, state: TableState) -> None:
        """The inspector shows what is chosen, and anew when that has changed."""
        shown = state.chosen_lines
        if shown == self._detailed or not self._page.isVisible():
            return
        self._detailed = shown
        if len(shown) == 1:
            self._inspect(shown[0].run_id)
        else:
            title = tr("{} runs").format(len(shown)) if shown else ""
            self._host.inspect(title, runs_details(shown) if shown else None)

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
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self._table.as_tsv())


def _page_of(project: object, trashed: bool, before: int | None) -> tuple[RunLine, ...]:
    """A page of lines; called off the GUI thread, so that the window never holds whole runs by thousands."""
    limit = PAGE_RUNS if before is None else OLDER_RUNS
    runs: Sequence[Run] = project.runs.list(limit=limit, trashed=trashed, before=before)  # type: ignore[attr-defined]
    return tuple(line_of(run) for run in runs)
