"""Start: projects used last, a new one, a file to begin with, the sample project."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from mlops_desktop.gui.charts.small_lines import SmallLine, SmallLines
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.resources import resource
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, PageHeader
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.drop_area import DropArea
from mlops_desktop.gui.widgets.file_dialogs import choose_file
from mlops_desktop.gui.widgets.labels import Chip, KeyCap, Label
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, column, row, set_shown
from mlops_desktop.gui.widgets.progress import ProgressRow
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn
from mlops_desktop.known_projects import known_projects
from mlops_desktop.presence.discovery import find

from .beginning import FILTERS, begin_with_file, sample_folder
from .new_project import NewProjectCard
from .sample_maker import SampleMaker
from .start_state import SAMPLE_STEPS, RecentProject, SampleProgress, recent_projects

_STATES = {"open": "accent", "running": "good", "resting": "neutral", "gone": "bad"}


class StartScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"projects"})

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        registry = host.actions_registry
        self._header = PageHeader(
            tr("Start"),
            subtitle=tr("Nothing is loaded until you open it."),
            buttons=[
                Button(tr("Open..."), icon="folder", on_click=lambda: registry.trigger("project.open")),
                Button(tr("New project..."), "primary", "plus", self._focus_new),
            ],
        )
        self._recent = _RecentCard(host)
        self._new = NewProjectCard(host)
        self._drop = DropArea(
            tr("Drop a file here"),
            tr("CSV, TSV, Parquet, Excel, JSON lines or Arrow. You see a preview first; nothing is changed."),
            (tr("Choose a file..."), self._choose_file),
        )
        self._drop.setMinimumHeight(theme().px(190))
        self._drop.dropped.connect(self._on_dropped)
        keys = [
            part
            for action_id, words in (("project.new", tr("new")), ("project.open", tr("open")),
                                     ("window.palette", tr("any command")), ("go.help", tr("help")))
            for part in (KeyCap(registry.shortcut_text(action_id)), Label(words, "small", "muted"), 8)
        ]  # fmt: skip
        lower = FoldingRow([(self._new, 1), (self._drop, 1)], folds_below=560)
        left = QWidget()
        left.setLayout(
            column(self._recent, lower, row(*keys, None, spacing=6), None, spacing=theme().space("gap"))
        )
        self._sample = _SampleCard(host)
        right = QWidget()
        right.setLayout(column(self._sample, _credits(), None, spacing=theme().space("gap")))
        right.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._page = Page(self._header, FoldingRow([(left, 68), (right, 32)], folds_below=800), None)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    def show_intent(self, intent: Any) -> None:
        """Show it; "new" puts the cursor into the new project's name, "sample" opens the sample."""
        self.refresh()
        if intent == "new":
            QTimer.singleShot(0, self._page, self._focus_new)
        elif intent == "sample":
            self._sample.open_sample()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask which projects there are, and which of them have a service."""
        here = self._host.session.path

        def ask() -> tuple[RecentProject, ...]:
            return recent_projects(
                known_projects(), datetime.now().astimezone(), lambda p: (p / "project.duckdb").exists(),
                lambda p: find(p) is not None, here, Path.home(),
            )  # fmt: skip

        self._host.session.tasks.run(ask, self._recent.show_projects, owner=self._page, key="recent")

    def _focus_new(self) -> None:
        self._page.ensureWidgetVisible(self._new)
        self._new.focus_name()

    def _on_dropped(self, files: list[Path]) -> None:
        begin_with_file(self._host, files[0])

    def _choose_file(self) -> None:
        choose_file(
            self._page,
            tr("Choose a file"),
            FILTERS,
            lambda path: begin_with_file(self._host, path),
            Path.home(),
        )


class _RecentCard(Card):
    """Projects used last."""

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(tr("Recent projects"), flush=True)
        self._host = host
        self._projects: dict[str, RecentProject] = {}
        columns = [
            TableColumn("project", tr("Project"), stretch=5),
            TableColumn("opened", tr("Opened"), stretch=2),
            TableColumn("state", tr("State"), stretch=2),
            TableColumn("open", right=True, sortable=False),
        ]
        self._table = SimpleTable(columns, fits_rows=True)
        self._table.setAccessibleName(tr("Recent projects"))
        self._table.activated_row.connect(self._open)
        self._table.clicked_cell.connect(self._open)
        self._table.chosen_changed.connect(self._on_chosen)
        self._table.menu_wanted.connect(self._show_menu)
        self._empty = Label(tr("Projects that you open are listed here."), "base", "muted")
        self._empty.setContentsMargins(14, 0, 14, 12)
        self.add(self._table, self._empty)
        self.show_projects(())

    def show_projects(self, projects: tuple[RecentProject, ...]) -> None:
        """Show these."""
        self._projects = {p.path: p for p in projects}
        self._table.set_rows([(p.path, _recent_cells(p)) for p in projects])
        set_shown(self._table, bool(projects))
        set_shown(self._empty, not projects)

    def _open(self, path: str) -> None:
        if self._projects[path].state != "gone":
            self._host.session.open(Path(path))

    def _on_chosen(self, keys: list[str]) -> None:
        self._host.set_selection("project", keys)

    def _show_menu(self, key: str, at: Any) -> None:
        menu = QMenu(self._table)
        self._host.actions_registry.fill_menu(menu, "start.recent")
        menu.popup(at)


def _recent_cells(project: RecentProject) -> list[Cell | str | None]:
    gone = project.state == "gone"
    status: Any = _STATES[project.state]
    return [
        Cell(project.name, icon="folder", strong=True, below=project.where, role="muted" if gone else "text"),
        project.opened,
        Cell(project.state_words, chip=status),
        Cell() if gone else Cell(tr("Open"), button=True),
    ]


class _SampleCard(Card):
    """The sample project: its steps, its story as a chart, and one button."""

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(tr("Open sample project"), actions=[Chip(tr("2 minutes"))])
        self._host = host
        self._maker = SampleMaker(self)
        self._maker.progressed.connect(self._on_progress)
        self._maker.made.connect(self._on_made)
        self._maker.failed.connect(self._on_failed)
        about = Label(
            tr("Bike rentals by the hour, 2011 to 2012. 17,379 rows, shipped with the app: no download. The whole loop in two minutes:"),
            "base", "muted", wrap=True,
        )  # fmt: skip
        self._marks = [Label(str(i + 1), "chip", "step") for i in range(len(SAMPLE_STEPS))]
        steps = column(
            *(
                row(mark, Label(tr(words)), None, spacing=10)
                for mark, (_, words) in zip(self._marks, SAMPLE_STEPS, strict=True)
            ),
            spacing=6,
        )
        self._chart = story_chart()
        self._open = Button(tr("Open sample project"), "primary", "play", self.open_sample)
        self._credit = Button(
            tr("German credit instead"), "link", on_click=lambda: self.open_sample(credit=True)
        )
        self._progress = ProgressRow()
        self._progress.cancelled.connect(self._maker.stop)
        self._said = Label("", "small", "muted", wrap=True)
        self.add(
            about, steps, Label(tr("Mean error in rentals an hour, by month"), "small", "muted"), self._chart
        )
        self.add(row(self._open, self._credit, None), self._progress, self._said)
        set_shown(self._progress, False)
        set_shown(self._said, False)

    def open_sample(self, *, credit: bool = False) -> None:
        """Open the sample if it was made before, else make it and open it then."""
        if self._maker.running:
            return
        folder, made = sample_folder(credit=credit)
        if made:
            self._host.session.open(folder)
            return
        self._maker.make(folder, credit=credit)
        self._show_running(True)

    def _show_running(self, running: bool) -> None:
        for button in (self._open, self._credit):
            set_shown(button, not running)
        set_shown(self._progress, running)
        set_shown(self._said, running)

    def _on_progress(self, progress: SampleProgress) -> None:
        self._progress.show_progress(tr(SAMPLE_STEPS[progress.step][0]), progress.share)
        self._said.setText(progress.text)
        for i, mark in enumerate(self._marks):
            mark.setText("✓" if i < progress.step else str(i + 1))

    def _on_made(self, folder: Path) -> None:
        self._show_running(False)
        self._host.session.open(folder)

    def _on_failed(self, said: str) -> None:
        self._show_running(False)
        set_shown(self._said, True)
        self._said.setText(said.splitlines()[-1] if said else tr("The sample was not finished."))
        for i, mark in enumerate(self._marks):
            mark.setText(str(i + 1))


def story_chart() -> SmallLines:
    """The mean error by month of a model that never learns again and of one that does, as `resources` has it."""
    story = json.loads(resource("samples", "bikes_story.json").read_text("utf-8"))
    months = [datetime.strptime(m, "%Y-%m").strftime("%b %Y") for m in story["months"]]
    never, retrained = tuple(story["never"]), tuple(story["retrained"])
    chart = SmallLines(tr("Mean error in rentals an hour, by month"))
    chart.setFixedHeight(theme().px(190))
    lines = [
        SmallLine(tr("never retrained"), never, 1, label_at=8),
        SmallLine(tr("retrained, last 6 months"), retrained, 0, label_at=len(months) - 4, below=True),
    ]
    chart.show_lines(months, lines, (0, len(months) // 3, len(months) - 1))
    return chart


def _credits() -> Label:
    return Label(
        tr("Sample data: Bike Sharing Dataset, H. Fanaee-T and J. Gama, UCI, CC BY 4.0. Trips: Capital Bikeshare."),
        "micro", "muted", wrap=True,
    )  # fmt: skip
