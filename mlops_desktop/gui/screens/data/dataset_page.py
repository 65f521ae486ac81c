"""The page of data sets: which there are, their versions, and the rows, columns and changes of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from mlops_desktop.domain.datasets import (
    ColumnProfile,
    Dataset,
    DatasetDifference,
    DatasetVersion,
    Role,
)
from mlops_desktop.domain.errors import UserError, from_message, to_message
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent, TrainingDraft
from mlops_desktop.gui.shell.notices import ErrorPanel, describe
from mlops_desktop.gui.theme import follow_look, theme
from mlops_desktop.gui.widgets.buttons import Button, Tabs
from mlops_desktop.gui.widgets.cards import Card, EmptyState, PageHeader
from mlops_desktop.gui.widgets.layouts import column, row, set_shown

from .about_panel import AboutPanel
from .changes_panel import ChangesPanel
from .column_inspector import ColumnInspector
from .column_menus import open_role_menu, short_lived_menu
from .data_intent import DataIntent, Tab
from .data_state import DataAnswers, DataState, chosen_dataset, compared_version, resolve
from .dataset_commands import DatasetCommands
from .dataset_lists import DatasetsCard, VersionsCard
from .import_intent import ImportIntent
from .looking_up import looked_up
from .profile_panel import ProfilePanel
from .table_panel import TablePanel

PROFILED_UNASKED = 300
"""A version with more columns is profiled where one looks: thousands of columns would keep the service busy."""
PROFILED_AT_ONCE = 100
"""Columns profiled by one call: the first ones of a wide table come early."""
_NOT_NAMED = frozenset({"", None})


class DatasetPage:
    """The page; a part of the data screen."""

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._intent = DataIntent()
        self._answers = DataAnswers()
        self._state = DataState()
        self._inspected: tuple[object, ...] = ()
        self._shown_error: object = None
        self._profiling = ""
        """The version whose profile is under way."""
        self._seen: list[str] = []
        self._build()
        self.commands = DatasetCommands(host, self._page, self._on_changed)
        self._connect()

    def _build(self) -> None:
        self._restore = Button(tr("Make it the newest"), icon="undo", on_click=self.restore_version)
        self._import = Button(tr("Import..."), icon="download", on_click=self.import_file)
        self._add = Button(tr("Add version..."), icon="plus", on_click=self.add_version)
        self._train = Button(tr("Train on this version..."), "primary", on_click=self.train)
        self._more = Button(tr("More"), "icon", "more")
        self._more.set_menu(self._fill_more)
        buttons = [self._restore, self._import, self._add, self._train, self._more]
        self._header = PageHeader("Data", buttons=buttons)
        self.datasets = DatasetsCard()
        self.versions = VersionsCard()
        self._error = ErrorPanel()
        self._left = QWidget()
        lists = column(self.datasets, self.versions, spacing=theme().space("gap"))
        lists.setStretch(1, 1)
        lists.addStretch(0)
        self._left.setLayout(lists)
        self._build_panels()
        self._build_page()
        follow_look(self._left, self._fit)
        self._fit()

    def _build_panels(self) -> None:
        self.table = TablePanel(self._host.session.tasks)
        self.profile = ProfilePanel()
        self.changes = ChangesPanel()
        self.about = AboutPanel()
        self._tabs = Tabs()
        self._shown_tabs: tuple[tuple[str, str], ...] = ()
        self._panels: dict[str, QWidget] = {
            "table": self.table,
            "profile": self.profile,
            "changes": self.changes,
            "about": self.about,
        }
        self._stack = QStackedWidget()
        for panel in self._panels.values():
            self._stack.addWidget(panel)
        self._card = Card(flush=True)
        self._card.body.setSpacing(0)
        self._card.add(row(self._tabs, None, margins=(14, 4, 14, 0)))
        self._card.body.addWidget(self._stack, 1)

    def _build_page(self) -> None:
        gap, side, top = (theme().space(name) for name in ("gap", "page", "page_top"))
        work = row(self._left, self._card, spacing=gap)
        work.setStretch(1, 1)
        work.addStretch(0)
        self._work = QWidget()
        self._work.setLayout(work)
        self._empty = EmptyState(
            "data",
            tr("Data sets go here: named lines of versions, none of which is ever overwritten."),
            (tr("Import a file..."), self.import_file),
            button_icon="download",
        )
        self._page = QWidget()
        self._page.setProperty("kind", "page")
        self._page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = column(self._header, self._error, spacing=gap, margins=(side, top, side, theme().px(10)))
        box.addWidget(self._work, 1)
        box.addWidget(self._empty, 1)
        self._page.setLayout(box)

    def _connect(self) -> None:
        self.datasets.dataset_chosen.connect(self._on_dataset_chosen)
        self.datasets.trash_wanted.connect(self._on_trash_wanted)
        self.datasets.restore_wanted.connect(self.commands.restore)
        self.datasets.menu_wanted.connect(self._on_dataset_menu)
        self.versions.version_chosen.connect(self._on_version_chosen)
        self.versions.menu_wanted.connect(self._on_version_menu)
        self._tabs.chosen.connect(self.show_tab)
        self.table.intent_changed.connect(self._on_rows_asked)
        self.table.column_chosen.connect(self._on_column)
        self.table.role_wanted.connect(self._offer_roles)
        self.table.columns_seen.connect(self._on_seen)
        self.profile.columns_seen.connect(self._on_seen)
        self.table.export_wanted.connect(self.export)
        self.table.too_many_copied.connect(self._on_too_many_copied)
        self.profile.column_chosen.connect(self._on_column)
        self.profile.role_wanted.connect(self._offer_roles)
        self.changes.against_chosen.connect(self._on_against)
        self.about.notes_changed.connect(self._on_notes)
        self.about.tags_wanted.connect(self.edit_tags)

    # ---------------------------------------------------------------------------------------- what is asked for

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def state(self) -> DataState:
        """What is shown."""
        return self._state

    @property
    def intent(self) -> DataIntent:
        """What the person wants to see."""
        return self._intent

    def show_intent(self, intent: DataIntent) -> None:
        """Show a data set as it was left."""
        if intent.dataset != self._intent.dataset or intent.trash != self._intent.trash:
            self._answers = replace(self._answers, versions=(), shown=None, difference=None, error=None)
        self._intent = intent
        self._inspected = ()
        self._show()
        self.refresh()

    def refresh(self) -> None:
        """Ask for data sets and versions, then for what hangs on the version shown."""
        project, intent = self._host.session.project, self._intent
        if project is not None:
            self._host.session.tasks.run(
                lambda: looked_up(project, intent),
                lambda found: self._on_found(intent, *found),
                owner=self._page,
                key="datasets",
                failed=self._on_failed,
            )

    def _visit(self, intent: DataIntent) -> None:
        """Another data set or version: a step in the history."""
        if intent != self._intent:
            self._host.go(Place("data", intent))

    def _set(self, **fields: Any) -> None:
        """Another tab, order, filter or column of the same version: no step in the history."""
        intent = replace(self._intent, **fields)
        if intent == self._intent:
            return
        self._intent = intent
        self._host.amend_intent("data", intent)
        self._show()
        self._ask_more()

    def show_tab(self, tab: Tab) -> None:
        """Show a tab of the version."""
        self._set(tab=tab)

    # ------------------------------------------------------------------------------------------ what is answered

    def _on_found(
        self,
        intent: DataIntent,
        datasets: list[Dataset],
        trashed: list[Dataset],
        versions: list[DatasetVersion],
        shown: DatasetVersion | None,
        error: UserError | None,
    ) -> None:
        same = (self._intent.dataset, self._intent.version) == (intent.dataset, intent.version)
        if not same:
            return
        self._answers = replace(
            self._answers,
            datasets=tuple(datasets),
            trashed=tuple(trashed),
            versions=tuple(versions),
            shown=shown,
            error=to_message(error) if error else None,
        )
        self._show()
        self._ask_more()

    def _ask_more(self) -> None:
        """Ask for the profile of columns that have none, and for the difference while it is looked at."""
        shown, project = self._answers.shown, self._host.session.project
        if shown is None or project is None or self._intent.trash:
            return
        if self._answers.profiles_of != shown.ref:
            self._answers = replace(self._answers, profiles={}, profiles_of=shown.ref)
            self._seen = []
        names = [c.name for c in shown.columns] if len(shown.columns) <= PROFILED_UNASKED else self._seen
        todo = [n for n in names if n not in self._answers.profiles][:PROFILED_AT_ONCE]
        if todo and shown.ref != self._profiling:
            self._ask_profile(project, shown.ref, todo)
        looked_at = self._answers.profiles.get(self._intent.column)
        if looked_at is not None and not looked_at.exact and not self._profiling:
            self._ask_profile(project, shown.ref, [looked_at.name], exact=True)
        if self._state.tab == "changes":
            self._ask_difference(project, shown)

    def _ask_profile(self, project: Any, ref: str, names: Sequence[str], *, exact: bool = False) -> None:
        """Of a sample at first; of every row for the column that somebody looks at."""
        self._profiling = ref
        self._host.session.tasks.run(
            lambda: project.datasets.profile(ref, list(names), exact=exact),
            lambda found: self._on_profiles(ref, found),
            owner=self._page,
            key="profile",
            failed=self._on_no_profile,
        )

    def _on_no_profile(self, error: UserError) -> None:
        self._profiling = ""
        self._on_failed(error)

    def _on_profiles(self, ref: str, found: list[ColumnProfile]) -> None:
        self._profiling = ""
        if ref != self._answers.profiles_of:
            return
        profiles = {**self._answers.profiles, **{p.name: p for p in found}}
        self._answers = replace(self._answers, profiles=profiles)
        self._show()
        self._ask_more()

    def _ask_difference(self, project: Any, shown: DatasetVersion) -> None:
        old = compared_version(self._intent, self._answers.versions, shown.number)
        known = self._answers.difference
        if old is None or (
            known is not None and (known.old, known.new) == (f"{shown.dataset}@{old}", shown.ref)
        ):
            return
        self._host.session.tasks.run(
            lambda: project.datasets.difference(f"{shown.dataset}@{old}", shown.ref),
            self._on_difference,
            owner=self._page,
            key="difference",
            failed=self._on_failed,
        )

    def _on_difference(self, difference: DatasetDifference) -> None:
        self._answers = replace(self._answers, difference=difference)
        self._show()

    def _on_failed(self, error: UserError) -> None:
        self._answers = replace(self._answers, error=to_message(error))
        self._show()

    def _on_changed(self, name: str) -> None:
        """A command has changed a data set: a new name is followed, a trashed one left."""
        if (
            name
            and self._state.title
            and name != self._state.title
            and self._intent.dataset not in _NOT_NAMED
        ):
            self._set(dataset=name)
        self.refresh()

    # ------------------------------------------------------------------------------------------------ commands

    @property
    def dataset(self) -> Dataset | None:
        """The data set shown."""
        listed = (self._answers.trashed if self._intent.trash else self._answers.datasets) or ()
        return chosen_dataset(self._intent, listed)

    def import_file(self) -> None:
        """Go to the import page."""
        self._host.go(Place("data", ImportIntent()))

    def add_version(self) -> None:
        """Import a file into the data set shown."""
        name = self._state.title
        self._host.go(Place("data", ImportIntent(dataset=name, mode="append", settled=True)))

    def train(self) -> None:
        """Set up a training on the version shown."""
        state = self._state
        if state.ref:
            draft = TrainingDraft(state.title if state.is_newest else state.ref)
            self._host.go(Place("runs", RunsIntent("training", draft=draft)))

    def rename(self) -> None:
        """Rename the data set shown."""
        if self._state.title:
            self.commands.rename(self._state.title)

    def edit_tags(self) -> None:
        """Change the tags of the data set shown."""
        if self.dataset is not None:
            self.commands.edit_tags(self.dataset)

    def trash(self) -> None:
        """Move the data set shown to the trash."""
        name = self._state.title
        if name and not self._intent.trash:
            self._set(dataset="", version=None)
            self.commands.trash(name)

    def export(self) -> None:
        """Export the version shown."""
        if self._answers.shown is not None:
            self.commands.export(self._answers.shown)

    def restore_version(self) -> None:
        """Make the version shown the newest."""
        if self._answers.shown is not None:
            self._set(version=None)
            self.commands.restore_version(self._answers.shown)

    def _on_too_many_copied(self) -> None:
        self._host.say(
            tr("That is more than 100,000 cells, or not all of them are here: export them instead.")
        )
        self.export()

    def _on_dataset_chosen(self, name: str) -> None:
        self._visit(DataIntent(name, trash=self._intent.trash))

    def _on_trash_wanted(self, on: bool) -> None:
        self._visit(DataIntent(trash=on))

    def _on_rows_asked(self, intent: DataIntent) -> None:
        self._set(sort=intent.sort, where=intent.where)

    def _on_column(self, name: str) -> None:
        self._set(column=name)

    def _on_seen(self, names: list[str]) -> None:
        self._seen = names
        self._ask_more()

    def _on_against(self, number: int) -> None:
        self._set(against=number)

    def _on_notes(self, name: str, text: str) -> None:
        self.commands.set_notes(name, text)

    def _on_version_chosen(self, number: int) -> None:
        self._visit(replace(self._intent, dataset=self._state.title, version=number, against=None))

    def _offer_roles(self, name: str, at: QPoint) -> None:
        line = self._state.column(name)
        if line is None:
            return
        open_role_menu(self._page, at, line.role, lambda role: self._set_role(name, role))

    def _set_role(self, name: str, role: Role) -> None:
        self.commands.set_role(self._state.title, name, role)

    def _fill_more(self, menu: QMenu) -> None:
        self._host.actions_registry.fill_menu(menu, "data.dataset")

    def _on_dataset_menu(self, name: str, at: QPoint) -> None:
        if name == self._state.title and not self._intent.trash:
            menu = short_lived_menu(self._page)
            self._fill_more(menu)
            menu.popup(at)

    def _on_version_menu(self, key: str, at: QPoint) -> None:
        version = next((v for v in self._answers.versions if str(v.number) == key), None)
        if version is None:
            return
        menu = short_lived_menu(self._page)
        menu.addAction(tr("Tags..."), lambda: self.commands.tag_version(version))
        menu.addAction(tr("Export..."), lambda: self.commands.export(version))
        newest = max(v.number for v in self._answers.versions)
        if version.number != newest:
            menu.addAction(tr("Make it the newest"), lambda: self.commands.restore_version(version))
        menu.popup(at)

    # ------------------------------------------------------------------------------------------------ what is shown

    def _show(self) -> None:
        """Apply what the state says."""
        state = self._state = resolve(self._intent, self._answers, datetime.now().astimezone())
        set_shown(self._empty, state.empty)
        set_shown(self._work, not state.empty)
        self._show_header(state)
        self._show_error(state)
        self.datasets.show_state(state)
        self.versions.show_state(state)
        set_shown(self._card, bool(state.ref))
        if state.ref:
            self._show_version(state)
        if self._page.isVisible():  # else a late answer would take away what is chosen in another section
            self._host.set_selection("dataset", [state.ref] if state.ref and not state.trash else [])
            self._inspect(state)

    def _show_header(self, state: DataState) -> None:
        if state.ref:
            self._header.show_text(state.title, state.suffix, state.facts)
        else:
            self._header.show_text(tr("Trash") if state.trash else state.title or tr("Data"))
        set_shown(self.versions, not state.trash)
        self._header.set_chips([(tag, "neutral") for tag in state.tags[:4]])
        living = bool(state.ref) and not state.trash
        for button in (self._add, self._train, self._more):
            set_shown(button, living)
        set_shown(self._restore, living and not state.is_newest)
        set_shown(self._import, not state.empty)

    def _show_version(self, state: DataState) -> None:
        if state.tabs != self._shown_tabs:
            self._tabs.set_options(state.tabs)
            self._shown_tabs = state.tabs
        self._tabs.choose(state.tab)
        self._stack.setCurrentWidget(self._panels[state.tab])
        self.table.show_version(self._intent, state, self._host.session.project)
        if state.tab == "profile":
            self.profile.show_state(state)
        elif state.tab == "changes":
            self.changes.show_changes(state.changes)
        elif state.tab == "about":
            self.about.show_state(state)

    def _inspect(self, state: DataState) -> None:
        line = state.column(self._intent.column)
        profile = self._answers.profiles.get(self._intent.column)
        what = (state.ref, line, profile is None)
        if what == self._inspected:
            return
        self._inspected = what
        if line is None:
            self._host.inspect("", None)
            return
        name = line.name
        self._host.inspect(name, ColumnInspector(line, profile, lambda role: self._set_role(name, role)))

    def _show_error(self, state: DataState) -> None:
        if state.error == self._shown_error:
            return
        self._shown_error = state.error
        if state.error is None:
            self._error.hide()
        else:
            self._error.show_error(describe(from_message(state.error)))

    def _fit(self) -> None:
        self._left.setFixedWidth(theme().px(224))
