"""Deployments: the bundles that were exported; the chosen one with its self-test and the commands that run it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.gui.job_progress import JobProgress
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.models.models_deeds import ModelDeeds
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, EmptyState, KeyValueList, PageHeader
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.code import CodeBlock
from mlops_desktop.gui.widgets.desktop import open_folder
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, clear, column, row, set_shown
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

from .deployments_actions import MENU, ask_version
from .deployments_state import (
    BundleLine,
    Command,
    DeploymentFacts,
    DeploymentsState,
    deployment_facts,
    deployments_state,
)


class DeploymentsScreen:
    """The screen of the section; its intent is the number of a bundle.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"bundle", "model", "model_version", "alias"})

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._wanted = 0
        self._facts = DeploymentFacts()
        self._state = DeploymentsState()
        self._shown_commands: tuple[Command, ...] = ()
        export = Button(tr("Export bundle..."), "primary", "deployments", self._on_export)
        self._header = PageHeader(tr("Deployments"), buttons=[export])
        self._job = JobProgress(host)
        self._job.ended.connect(self._on_job_ended)
        self._job_card = Card().add(self._job)
        set_shown(self._job_card, False)
        self._make_table()
        left = self._make_facts()
        self._commands = column(spacing=10)
        self._commands_card = Card(tr("How to run it"), tr("no part of this program is needed")).add(
            self._commands, None
        )
        self._details = FoldingRow([(left, 46), (self._commands_card, 54)], folds_below=820)
        self._empty = EmptyState(
            "deployments",
            tr(
                "A bundle scores files and answers requests on any machine with Python, without this program."
            ),
            (tr("Export bundle..."), self._on_export),
            (tr("See it in the sample project"), lambda: host.go(Place("start", "sample"))),
            "deployments",
        )
        self._page = Page(self._header, self._job_card, self._table_card, self._details, self._empty, None)
        self._show(DeploymentsState())

    def _make_facts(self) -> QWidget:
        self._facts_list = KeyValueList(key_width=96)
        self._folder = Button(tr("Open folder"), icon="folder", on_click=self._on_folder, small=True)
        self._folder.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._newer = Button("", icon="deployments", on_click=self._on_newer)
        self._newer_row = QWidget()
        self._newer_row.setLayout(row(self._newer, None))
        self._facts_card = Card(tr("Bundle"), actions=[self._folder]).add(
            self._facts_list, self._newer_row, None
        )
        servers = Label(
            tr(
                "No server is started from this window. “Answer requests” starts one from the bundle itself, here or on "
                "another machine; it goes on without this program, and what it answers is not seen here."
            ),
            "base",
            "muted",
            wrap=True,
        )
        left = QWidget()
        left.setLayout(
            column(self._facts_card, Card(tr("Servers")).add(servers), None, spacing=theme().space("gap"))
        )
        return left

    def _make_table(self) -> None:
        columns = [
            TableColumn("model", tr("Model"), stretch=2),
            TableColumn("alias", tr("Alias")),
            TableColumn("size", tr("Size"), right=True),
            TableColumn("test", tr("Self-test"), stretch=1),
            TableColumn("runtime", tr("Scores with"), stretch=1),
            TableColumn("exported", tr("Exported"), stretch=1),
            TableColumn("folder", right=True, sortable=False),
        ]
        self._table = SimpleTable(columns, fits_rows=True)
        self._table.setAccessibleName(tr("Bundles exported"))
        self._table.chosen_changed.connect(self._on_chosen)
        self._table.clicked_cell.connect(self._on_clicked)
        self._table.menu_wanted.connect(self._on_menu)
        self._table_card = Card(tr("Bundles exported"), flush=True).add(self._table)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def state(self) -> DeploymentsState:
        """What is shown."""
        return self._state

    def show_intent(self, intent: Any) -> None:
        """Show the bundle of this number, or the newest."""
        self._wanted = intent if isinstance(intent, int) else 0
        self.refresh()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask for the bundles, and look whether their folders are still there."""
        project = self._host.session.project
        if project is not None:
            self._host.session.tasks.run(
                lambda: deployment_facts(project, Path.is_dir),
                self._on_facts,
                owner=self._page,
                key="deployments",
            )

    def _on_facts(self, facts: DeploymentFacts) -> None:
        self._facts = facts
        self._show(deployments_state(facts, self._wanted, datetime.now().astimezone()))

    def _show(self, state: DeploymentsState) -> None:
        self._state = state
        self._header.show_text(tr("Deployments"), "", state.subtitle or tr("nothing is exported yet"))
        known = bool(state.lines)
        for part in (self._table_card, self._details):
            set_shown(part, known)
        set_shown(self._empty, not known)
        self._table.set_rows([(str(line.bundle_id), _cells(line)) for line in state.lines])
        self._table.choose([str(state.chosen)])
        if self._page.isVisible():
            self._host.set_selection("bundle", [state.chosen] if known else [])
        self._facts_card.set_title(state.title)
        self._facts_list.set_rows([*state.facts, *((tr("SHA-256"), _hash(h)) for h in [state.sha256] if h)])
        set_shown(self._newer_row, bool(state.newer))
        self._newer.set_text(tr("Export {}...").format(state.newer))
        self._folder.setEnabled(bool(state.folder))
        if state.commands != self._shown_commands:
            self._show_commands(state.commands)

    def _show_commands(self, commands: tuple[Command, ...]) -> None:
        self._shown_commands = commands
        clear(self._commands)
        for command in commands:
            block = CodeBlock(command.code)
            block.setAccessibleName(command.title)
            holder = QWidget()
            holder.setLayout(column(Label(command.title, "small", "muted"), block, spacing=3))
            self._commands.addWidget(holder)

    def _on_chosen(self, keys: list[str]) -> None:
        if keys and int(keys[0]) != self._wanted:
            self._wanted = int(keys[0])
            self._host.amend_intent("deployments", self._wanted)
            self._on_facts(self._facts)

    def _on_clicked(self, key: str, what: str) -> None:
        if what == "folder":
            self._open(int(key))

    def _on_folder(self) -> None:
        self._open(self._state.chosen)

    def _open(self, bundle_id: int) -> None:
        bundle = next((b for b in self._facts.bundles if b.bundle_id == bundle_id), None)
        if bundle is not None and not open_folder(Path(bundle.folder)):
            self._host.say(tr("It lies in {}").format(bundle.folder))

    def _on_menu(self, key: str, at: QPoint) -> None:
        menu = QMenu(self._table)
        self._host.actions_registry.fill_menu(menu, MENU)
        menu.popup(at)

    def _on_export(self) -> None:
        ask_version(self._host, self._follow)

    def _on_newer(self) -> None:
        if self._state.newer:
            ModelDeeds(self._host).export(self._state.newer, self._follow)

    def _follow(self, job: JobRow) -> None:
        set_shown(self._job_card, True)
        self._job.follow(job)

    def _on_job_ended(self, job: JobRow) -> None:
        set_shown(self._job_card, False)


def _hash(sha256: str) -> QWidget:
    """The hash of the one file: its beginning is read, all of it is copied."""
    shown = Label(f"{sha256[:24]}…", "mono")
    shown.setToolTip(sha256)
    shown.setAccessibleName(sha256)
    copy = Button(
        tr("Copy SHA-256"), "icon", "copy", lambda: QGuiApplication.clipboard().setText(sha256), small=True
    )
    holder = QWidget()
    holder.setLayout(row(shown, copy, spacing=4))
    return holder


def _cells(line: BundleLine) -> list[Cell | str]:
    return [
        Cell(line.model, strong=True),
        Cell(line.alias, chip=line.alias_status, icon="warning" if line.alias_status == "warn" else "")
        if line.alias
        else Cell(),
        Cell(line.size, sort=line.size_bytes),
        Cell(line.test, chip="good"),
        line.runtime,
        line.exported,
        Cell(tr("Open folder"), link=True) if line.there else Cell(tr("not there any more"), role="muted"),
    ]
