"""Automation: schedules, this week, and one schedule with its rules and its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QMenu, QWidget

from mlops_desktop.gui.charts.timeline import Span, Timeline
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, EmptyState, KeyValueList, PageHeader
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.labels import Chip, Label
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, column, row, set_shown
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

from .automation_actions import CONTEXT_MENU
from .automation_state import (
    DAYS,
    MOST_FIRINGS,
    NEW,
    AutomationFacts,
    AutomationState,
    ChosenSchedule,
    automation_facts,
    automation_state,
)
from .schedule_deeds import ScheduleDeeds

CLOCK_MS = 30_000
"""How often "in 2 h" and the line of now move while the screen is in front."""


class AutomationScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"schedule", "firing", "run"})

    def __init__(self, host: ScreenHost) -> None:
        self._host, self._deeds = host, ScheduleDeeds(host)
        self._wanted = ""
        self._facts: AutomationFacts | None = None
        self._state: AutomationState | None = None
        self._page = self._build()
        self._clock = QTimer(self._page)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._on_tick)
        self._clock.start()

    def _build(self) -> Page:
        self._pause_all = Button(tr("Pause all"), icon="pause", on_click=self._deeds.pause_all)
        new = Button(tr("New schedule..."), "primary", "plus", self._deeds.new)
        self._header = PageHeader(tr("Automation"), buttons=[self._pause_all, new])
        self._timeline = Timeline(tr("Timetable"))
        self._timeline.picked.connect(self._choose)
        self._week = Card(tr("Timetable")).add(self._timeline)
        self._list = SimpleTable(
            [
                TableColumn("name", tr("Schedule"), stretch=2),
                TableColumn("when", tr("When"), stretch=4),
                TableColumn("next", tr("Next"), stretch=2),
                TableColumn("last", tr("Last")),
                TableColumn("state", tr("State")),
            ],
            fits_rows=True,
        )
        self._list.setAccessibleName(tr("Schedules"))
        self._list.chosen_changed.connect(self._on_chosen)
        self._list.menu_wanted.connect(self._on_menu)
        self._list_card = Card(flush=True).add(self._list)
        self._chosen = _ChosenCard(self._deeds)
        self._most = MOST_FIRINGS
        self._history = _HistoryCard(self._host, self._on_older)
        self._middle = FoldingRow([(self._chosen, 53), (self._history, 47)])
        self._empty = EmptyState(
            "automation",
            tr(
                "A schedule trains again by itself, on the newest data, with the window closed and after a restart."
            ),
            (tr("New schedule..."), self._deeds.new),
            (tr("See the runs that it can follow"), lambda: self._host.go(Place("runs"))),
            "plus",
        )
        for part in (self._empty, self._week, self._list_card, self._middle):
            set_shown(part, False)
        return Page(self._header, self._week, self._list_card, self._middle, self._empty, None)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def state(self) -> AutomationState | None:
        """What is shown, None before the first answer."""
        return self._state

    def show_intent(self, intent: object) -> None:
        """A name shows that schedule; `new` asks for one."""
        self._wanted = intent if isinstance(intent, str) else self._wanted
        self.refresh()
        if self._state is not None:
            self._tell_chosen()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask for schedules, their times and their history."""
        project, most = self._host.session.project, self._most
        if project is not None:
            self._host.session.tasks.run(
                lambda: automation_facts(project, most), self._on_facts, owner=self._page, key="automation"
            )

    def _on_older(self) -> None:
        self._most += MOST_FIRINGS
        self.refresh()

    def _on_facts(self, facts: AutomationFacts) -> None:
        self._facts = facts
        if self._wanted == NEW and all(s.schedule.name != NEW for s in facts.schedules):
            self._wanted = ""
            self._host.amend_intent("automation", None)
            self._deeds.new()
        self._apply()
        self._tell_chosen()

    def _on_tick(self) -> None:
        """Time passes: times to come are asked anew once the nearest one has gone by."""
        if self._page.isVisible() and self._facts is not None:
            passed = [
                s for s in self._facts.schedules
                if s.preview and s.preview.times and s.preview.times[0].due_at <= datetime.now(UTC)
            ]  # fmt: skip
            if passed:
                self.refresh()
            else:
                self._apply()

    def _apply(self) -> None:
        if self._facts is None:
            return
        state = automation_state(self._facts, self._wanted, datetime.now(UTC))
        self._state = state
        self._header.show_text(tr("Automation"), "", state.subtitle)
        set_shown(self._empty, state.empty)
        for part in (self._week, self._list_card, self._middle):
            set_shown(part, not state.empty)
        self._pause_all.setEnabled(state.can_pause_all)
        self._show_week(state)
        self._show_list(state)
        if state.chosen is not None:
            self._chosen.show_schedule(state.chosen)
            self._history.show_history(state.chosen)

    def _show_week(self, state: AutomationState) -> None:
        names = [line.name for line in state.lines]
        self._week.set_title(tr("Timetable"), state.days)
        spans = [Span(s.row, s.start, s.end, s.role, s.row, s.words) for s in state.week]
        self._timeline.setFixedHeight(theme().px(34 + 36 * min(len(names), 8)))
        self._timeline.show_spans(names, spans, state.first_day, DAYS, state.now)

    def _show_list(self, state: AutomationState) -> None:
        rows: list[tuple[str, Sequence[Cell | str]]] = [
            (
                line.name,
                [
                    Cell(line.name, strong=True),
                    line.words,
                    line.next or Cell("—", role="muted"),
                    Cell(line.last, chip=line.last_status)
                    if line.last
                    else Cell(tr("not yet"), role="muted"),
                    Cell(line.state, chip=line.status),
                ],
            )
            for line in state.lines
        ]
        self._list.set_rows(rows)
        if state.chosen is not None and self._list.chosen != [state.chosen.name]:
            blocked = self._list.blockSignals(True)
            self._list.choose([state.chosen.name])
            self._list.blockSignals(blocked)

    def _on_chosen(self, keys: list[str]) -> None:
        if keys and keys[0] != (self._state and self._state.chosen and self._state.chosen.name):
            self._choose(keys[0])

    def _choose(self, name: str) -> None:
        """Look at a schedule."""
        self._wanted = name
        self._host.amend_intent("automation", name)
        self._apply()
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        if self._page.isVisible():
            chosen = self._state.chosen if self._state else None
            self._host.set_selection("schedule", [chosen.name] if chosen else [])

    def _on_menu(self, key: str, position: QPoint) -> None:
        self._choose(key)
        menu = QMenu(self._list)
        menu.aboutToHide.connect(menu.deleteLater)
        self._host.actions_registry.fill_menu(menu, CONTEXT_MENU)
        menu.popup(position)


class _ChosenCard(Card):
    """The schedule that is looked at: its rules, and what can be done with it."""

    def __init__(self, deeds: ScheduleDeeds) -> None:
        super().__init__(" ")
        self._deeds = deeds
        self._shown: ChosenSchedule | None = None
        self._chip = Chip()
        self.head_tools.addWidget(self._chip)
        self._rules = KeyValueList(key_width=104)
        self._run = Button(tr("Run now"), icon="play", on_click=lambda: self._do(deeds.run_now))
        self._times = Button(tr("Set times..."), icon="calendar", on_click=lambda: self._do(deeds.set_times))
        self._rest = Button(tr("Pause"), icon="pause", on_click=self._on_rest)
        self._remove = Button(tr("Remove"), icon="trash", on_click=lambda: self._do(deeds.remove))
        self.add(self._rules, row(self._run, self._times, self._rest, None, self._remove), None)

    def show_schedule(self, schedule: ChosenSchedule) -> None:
        """Show this schedule."""
        if self._shown == schedule:
            return
        self._shown = schedule
        self.set_title(schedule.name)
        self._chip.show_status(schedule.state, schedule.status)
        self._rules.set_rows(schedule.rules)
        self._rest.set_text(tr("Resume") if schedule.paused else tr("Pause"))
        self._rest.set_icon("play" if schedule.paused else "pause")

    def _do(self, deed: object) -> None:
        if self._shown is not None and callable(deed):
            deed(self._shown.name)

    def _on_rest(self) -> None:
        if self._shown is not None:
            self._do(self._deeds.resume if self._shown.paused else self._deeds.pause)


class _HistoryCard(Card):
    """What became of each time of a schedule, newest first."""

    def __init__(self, host: ScreenHost, on_older: Callable[[], object]) -> None:
        super().__init__(tr("History"), flush=True)
        self._host = host
        self._runs: dict[str, int] = {}
        self._table = SimpleTable(
            [
                TableColumn("when", tr("Due")),
                TableColumn("run", tr("Run")),
                TableColumn("outcome", tr("Outcome")),
                TableColumn("why", tr("Why"), stretch=1),
            ]
        )
        self._table.setAccessibleName(tr("History"))
        self._table.clicked_cell.connect(self._open)
        self._table.activated_row.connect(self._open)
        self._nothing = Label("", "base", "muted", wrap=True)
        self._holder = QWidget()
        self._holder.setLayout(column(self._nothing, None, margins=(14, 0, 14, 8)))
        self._older = Button(tr("Older lines"), "link", on_click=on_older)
        self.add(self._table, self._holder, row(None, self._older, None))

    def show_history(self, schedule: ChosenSchedule) -> None:
        """Show the history of this schedule."""
        lines = schedule.history
        set_shown(self._table, bool(lines))
        set_shown(self._holder, not lines)
        set_shown(self._older, schedule.more)
        self._nothing.setText(
            tr(
                "No time has come yet. What becomes of each one stands here: the run, its outcome, and why it was late or left out."
            )
        )
        self._runs = {line.key: line.run_id for line in lines if line.run_id is not None}
        self._table.set_rows(
            [
                (
                    line.key,
                    [
                        line.when,
                        Cell(f"#{line.run_id}", link=True) if line.run_id is not None else None,
                        Cell(line.outcome, chip=line.status, tip=line.outcome),
                        Cell(line.why, role="muted", tip=line.why),
                    ],
                )
                for line in lines
            ]
        )

    def _open(self, key: str, column: str = "") -> None:
        if key in self._runs:
            self._host.go(Place("runs", self._runs[key]))
