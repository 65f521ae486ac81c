"""Activity: what happened by day, the jobs, one change with its rows before and after, and a check of everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from mlops_desktop.domain.changes import Change
from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.projects import DoctorReport
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button, FilterPills, Tabs
from mlops_desktop.gui.widgets.cards import Card, PageHeader
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.forms import Select, TextField
from mlops_desktop.gui.widgets.labels import Label, Line
from mlops_desktop.gui.widgets.layouts import FlowLayout, Page, row, set_shown
from mlops_desktop.gui.widgets.simple_table import Row, SimpleTable, TableColumn
from mlops_desktop.gui.widgets.throttle import Throttle
from mlops_desktop.project import Project

from .activity_actions import CONTEXT_MENU
from .activity_state import (
    KIND_TITLES,
    MOST_JOBS,
    PAGE,
    ActivityFacts,
    ActivityIntent,
    ActivityState,
    ChangeLine,
    JobLine,
    activity_facts,
    activity_state,
    with_older,
)
from .change_panel import ChangePanel
from .change_state import ChangeDetails, change_details
from .check_card import CheckCard

ALL = "all"
"""The pill that filters nothing."""
REFRESH_MS = 500
MOST_PILLS = 4
"""Actors that stand side by side; more of them are a list to choose from."""


class ActivityScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"change", "job"})

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._intent = ActivityIntent()
        self._facts = ActivityFacts()
        self._state = ActivityState()
        self._inspected: ChangeDetails | None = None
        check = Button(tr("Check everything"), icon="shield", on_click=self.check)
        logs = Button(
            tr("Open the logs"), icon="file", on_click=lambda: host.actions_registry.trigger("app.logs")
        )
        self._header = PageHeader(tr("Activity"), buttons=[logs, check])
        self._tabs = Tabs([("changes", tr("Changes")), ("jobs", tr("Jobs"))])
        self._tabs.chosen.connect(self.show_tab)
        self._check_card = CheckCard()
        self._make_filters()
        self._make_changes()
        self._make_jobs()
        self._page = Page(
            self._header, row(self._tabs, None), self._check_card, self._filters, self._changes_card, self._jobs_card, None
        )  # fmt: skip
        self._throttle = Throttle(self._page, REFRESH_MS)
        self._throttle.fired.connect(self._ask)
        self._show()

    def _make_filters(self) -> None:
        self._actors = FilterPills([(ALL, tr("Everyone"))])
        self._actors.chosen.connect(self._on_actor)
        self._many_actors = Select([(ALL, tr("Everyone"))], small=True)
        self._many_actors.setAccessibleName(tr("Whose changes"))
        self._many_actors.chosen.connect(self._on_actor)
        self._kinds = FilterPills(
            [(ALL, tr("Everything")), *((kind, tr(title)) for kind, title in KIND_TITLES)]
        )
        self._kinds.chosen.connect(self._on_kind)
        self._text = TextField("", tr("Find changes"), "search", small=True)
        self._text.setFixedWidth(theme().px(180))
        self._text.textEdited.connect(self._on_text)
        self._matches = Label("", "small", "muted")
        self._matches.setMinimumHeight(theme().px(25))
        between = Line(down=True)
        between.setFixedHeight(theme().px(24))
        self._filters = QWidget()
        flow = FlowLayout(self._filters)
        for part in (self._actors, self._many_actors, between, self._kinds, self._text, self._matches):
            flow.addWidget(part)

    def _make_changes(self) -> None:
        columns = [
            TableColumn("time", sortable=False),
            TableColumn("actor", stretch=2, sortable=False),
            TableColumn("summary", stretch=7, sortable=False),
            TableColumn("verb", stretch=3, sortable=False),
            TableColumn("undo", right=True, sortable=False),
        ]
        self._table = SimpleTable(columns, fits_rows=True)
        self._table.setAccessibleName(tr("Changes"))
        self._table.chosen_changed.connect(self._on_chosen)
        self._table.clicked_cell.connect(self._on_clicked)
        self._table.activated_row.connect(self._on_activated)
        self._table.menu_wanted.connect(self._on_menu)
        self._none = Label(tr("No change matches."), "base", "muted")
        self._none.setContentsMargins(14, 10, 14, 10)
        self._older = Button(tr("Older changes"), "link", on_click=self._on_older)
        self._changes_card = Card(flush=True).add(self._table, self._none, row(None, self._older, None))

    def _make_jobs(self) -> None:
        columns = [
            TableColumn("title", tr("Job"), stretch=3),
            TableColumn("state", tr("State")),
            TableColumn("when", tr("Began")),
            TableColumn("took", tr("Took"), right=True),
            TableColumn("actor", tr("By")),
            TableColumn("why", tr("What it said"), stretch=4),
        ]
        self._jobs = SimpleTable(columns, fits_rows=True)
        self._jobs.setAccessibleName(tr("Jobs"))
        self._no_jobs = Label(tr("Nothing was worked on yet."), "base", "muted")
        self._no_jobs.setContentsMargins(14, 10, 14, 10)
        self._most_jobs = MOST_JOBS
        self._older_jobs = Button(tr("Older jobs"), "link", on_click=self._on_older_jobs)
        self._jobs_card = Card(flush=True).add(self._jobs, self._no_jobs, row(None, self._older_jobs, None))

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def state(self) -> ActivityState:
        """What is shown."""
        return self._state

    def show_intent(self, intent: Any) -> None:
        """Show whose changes, of which kind, and the one looked at."""
        self._inspected = None
        self._intent = intent if isinstance(intent, ActivityIntent) else ActivityIntent()
        self._show()
        self.refresh()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask for the changes and the jobs; a job at work tells of itself many times a second."""
        self._throttle.poke()

    def _ask(self) -> None:
        project = self._project
        if project is not None:
            wanted, jobs = len(self._facts.changes), self._most_jobs
            self._host.session.tasks.run(
                lambda: activity_facts(project, wanted, jobs),
                self._on_facts,
                owner=self._page,
                key="activity",
            )

    # What the commands do.

    def check(self) -> None:
        """Check everything in the project; the report stays until it is closed."""
        project = self._project
        if project is None:
            return
        self._check_card.show_working()

        def failed(error: UserError) -> None:
            self._check_card.show_failed()
            self._host.show_error(error)

        def show(report: DoctorReport) -> None:
            self._check_card.show_report(report)

        self._host.session.tasks.run(project.doctor, show, owner=self._page, key="doctor", failed=failed)

    def show_tab(self, name: str) -> None:
        """Show the changes, or the jobs."""
        self._change(replace(self._intent, tab="jobs" if name == "jobs" else "changes"))

    def focus_filter(self) -> None:
        """Put the cursor into the search."""
        self.show_tab("changes")
        self._text.setFocus()
        self._text.selectAll()

    def open_details(self) -> None:
        """Show the change that is chosen in the inspector."""
        self._host.open_inspector()

    def copy_command(self) -> None:
        """Put the command that does the same onto the clipboard."""
        change = self._chosen_change()
        if change is not None:
            command = change_details(change, self._facts.changes, self._client).command
            QGuiApplication.clipboard().setText(command)
            self._host.say(
                tr("Copied the command.") if command else tr("There is no command for this change.")
            )

    # News.

    @property
    def _project(self) -> Project | None:
        return cast("Project | None", self._host.session.project)

    @property
    def _client(self) -> str:
        return self._host.session.client

    def _on_facts(self, facts: ActivityFacts) -> None:
        self._facts = facts
        self._show()

    def _show(self) -> None:
        state = self._state = activity_state(self._facts, self._intent, self._client, datetime.now(UTC))
        changes = self._intent.tab == "changes"
        self._header.show_text(tr("Activity"), "", state.subtitle)
        self._tabs.choose(self._intent.tab)
        for part in (self._filters, self._changes_card):
            set_shown(part, changes)
        set_shown(self._jobs_card, not changes)
        self._show_filters(state)
        self._table.set_rows([_change_row(line) for line in state.lines])
        self._table.choose([str(state.chosen)])
        set_shown(self._table, bool(state.lines))
        set_shown(self._none, not state.lines)
        set_shown(self._older, state.more)
        self._jobs.set_rows([(job.key, _job_cells(job)) for job in state.jobs])
        set_shown(self._jobs, bool(state.jobs))
        set_shown(self._no_jobs, not state.jobs)
        set_shown(self._older_jobs, state.more_jobs)
        self._inspect()

    def _show_filters(self, state: ActivityState) -> None:
        options = [(ALL, tr("Everyone")), *state.actors]
        few = len(state.actors) <= MOST_PILLS
        chosen = self._intent.actor if self._intent.actor in dict(state.actors) else ALL
        for choice, shown in ((self._actors, few), (self._many_actors, not few)):
            choice.set_options(options if shown else options[:1])
            choice.choose(chosen if shown else ALL)
            set_shown(choice, shown)
        self._kinds.choose(self._intent.kind or ALL)
        if self._text.text() != self._intent.text:
            self._text.setText(self._intent.text)
        self._matches.setText(state.matches)

    def _inspect(self) -> None:
        """Selection and inspector belong to the section in front; an answer may come after it was left."""
        if not self._page.isVisible():
            return
        change = self._chosen_change()
        self._host.set_selection("change", [change.sequence] if change is not None else [])
        details = change_details(change, self._facts.changes, self._client) if change is not None else None
        if details is None:
            self._inspected = None
            self._host.inspect("", None)
        elif details != self._inspected:
            self._inspected = details
            self._host.inspect(details.title, ChangePanel(self._host, details, self._undo))

    def _chosen_change(self) -> Change | None:
        return next((c for c in self._facts.changes if c.sequence == self._state.chosen), None)

    # What the person does.

    def _change(self, intent: ActivityIntent) -> None:
        if intent != self._intent:
            self._intent = intent
            self._host.amend_intent("activity", intent)
            self._show()

    def _on_actor(self, actor: str) -> None:
        self._change(replace(self._intent, actor="" if actor == ALL else actor))

    def _on_kind(self, kind: str) -> None:
        self._change(replace(self._intent, kind="" if kind == ALL else kind))

    def _on_text(self, text: str) -> None:
        self._change(replace(self._intent, text=text))

    def _on_chosen(self, keys: list[str]) -> None:
        if keys and keys[0].isdecimal():
            self._change(replace(self._intent, change=int(keys[0])))

    def _on_clicked(self, key: str, column: str) -> None:
        if column == "undo":
            self._undo()

    def _on_activated(self, key: str) -> None:
        self.open_details()

    def _on_menu(self, key: str, at: QPoint) -> None:
        menu = QMenu(self._table)
        self._host.actions_registry.fill_menu(menu, CONTEXT_MENU)
        menu.popup(at)

    def _undo(self) -> None:
        self._host.actions_registry.trigger("edit.undo")

    def _on_older_jobs(self) -> None:
        self._most_jobs += MOST_JOBS
        self._ask()

    def _on_older(self) -> None:
        project, changes = self._project, self._facts.changes
        if project is None or not changes:
            return
        before = changes[-1].sequence

        def show(older: Sequence[Change]) -> None:
            self._on_facts(with_older(self._facts, older))

        self._host.session.tasks.run(
            lambda: list(project.activity.list(limit=PAGE, before=before)),
            show,
            owner=self._page,
            key="older",
        )


def _change_row(line: ChangeLine) -> Row:
    if line.band:
        return Row(line.key, band=line.band)
    last = Cell(tr("Undo"), button=True, icon="undo") if line.can_undo else Cell(line.mark, role="muted")
    return Row(
        line.key,
        (
            Cell(line.time, role="muted"),
            Cell(line.actor, icon="automation" if line.by_schedule else "user", tip=line.via),
            line.summary,
            Cell(f"{line.verb} · {line.via}", role="muted"),
            last,
        ),
    )


def _job_cells(job: JobLine) -> list[Cell | str | None]:
    took = Cell(job.took, sort=job.seconds) if job.seconds is not None else None
    return [
        job.title,
        Cell(job.state, chip=job.status),
        job.when,
        took,
        job.actor,
        Cell(job.why, role="muted", tip=job.why),
    ]
