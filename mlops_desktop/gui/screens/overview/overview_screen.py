"""Overview: the loop as a strip, the next thing to do, what needs the person, recent runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.charts.painted import Bar, BarChart
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.data.import_intent import ImportIntent
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.run_colours import assigned
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.shell.shell_state import Notice
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, PageHeader, StatStrip, Step
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.labels import IconLabel, Label, Line
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, clear, column, row, set_shown
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn
from mlops_desktop.gui.words import counted

from .overview_facts import OverviewFacts, overview_facts, short_number
from .overview_state import NextThing, OverviewState, RunLine, overview_state

NO_STATE = OverviewState("", "", (), None, (), (), (), "", "", ())


class OverviewScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset(
        {
            "dataset",
            "dataset_version",
            "run",
            "model",
            "model_version",
            "alias",
            "bundle",
            "schedule",
            "firing",
            "meta",
        }
    )

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._state = NO_STATE
        self._header = PageHeader(
            buttons=[
                Button(tr("Import data..."), icon="download", on_click=lambda: host.go(Place("data", ImportIntent()))),
                Button(tr("New training..."), "primary", "play", lambda: host.go(Place("runs", RunsIntent(page="training")))),
            ]
        )  # fmt: skip
        self._strip = StatStrip()
        self._strip.opened.connect(self._on_step)
        self._next = _NextCard(host)
        self._bars = BarChart(tr("Runs by their main metric"), lying=True)
        self._bars.picked.connect(self._open_run)
        self._bars_card = Card(tr("Runs")).add(self._bars)
        self._needs = _NeedsCard(host)
        self._runs_card = Card(tr("Recent runs"), flush=True)
        self._table: SimpleTable | None = None
        side = QWidget()
        side.setLayout(column(self._next, self._needs, None, spacing=theme().space("gap")))
        self._middle = FoldingRow([(self._bars_card, 66), (side, 36)])
        self._page = Page(self._header, self._strip, self._middle, self._runs_card, None)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    def show_intent(self, intent: Any) -> None:
        """There is one way to look at it."""
        self.refresh()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask for everything that the loop is made of."""
        project = self._host.session.project
        if project is not None:
            self._host.session.tasks.run(
                lambda: overview_facts(project), self._on_facts, owner=self._page, key="overview"
            )

    def _on_facts(self, facts: OverviewFacts) -> None:
        state = overview_state(facts, datetime.now().astimezone())
        before, self._state = self._state, state
        self._header.show_text(state.title, "", state.subtitle)
        if state.steps != before.steps:
            self._strip.set_steps(
                [Step(s.key, s.title, s.headline, s.detail, s.chip, s.status) for s in state.steps]
            )
        self._next.show_next(state.next)
        self._needs.show_needs(state.needs)
        self._show_bars(state)
        self._show_runs(state)

    def _show_bars(self, state: OverviewState) -> None:
        set_shown(self._bars_card, bool(state.bars))
        self._bars_card.set_title(state.bars_title, state.bars_note)
        colours = assigned(self._host.session, tuple(b.run_id for b in state.bars))
        decimals = 1 if any(abs(b.value) >= 10 for b in state.bars) else 3
        bars = [Bar(b.label, b.value, colour=colours[b.run_id], key=str(b.run_id)) for b in state.bars]
        self._bars.show_bars(bars, decimals)
        self._bars_card.setMinimumHeight(theme().px(70 + 28 * len(bars)))

    def _show_runs(self, state: OverviewState) -> None:
        set_shown(self._runs_card, bool(state.runs))
        if self._table is None or [c.title for c in self._table.rows_model.columns[3:-3]] != list(
            state.metric_titles
        ):
            self._make_table(state.metric_titles)
        assert self._table is not None
        self._table.set_rows([(str(line.run_id), _cells(line)) for line in state.runs])

    def _make_table(self, metrics: tuple[str, ...]) -> None:
        if self._table is not None:
            self._table.deleteLater()
            self._runs_card.body.removeWidget(self._table)
        columns = [
            TableColumn("run", tr("Run")),
            TableColumn("name", tr("Name"), stretch=3),
            TableColumn("data", tr("Data"), stretch=2),
            *(TableColumn(f"metric{i}", title, right=True, stretch=1) for i, title in enumerate(metrics)),
            TableColumn("time", tr("Time"), right=True),
            TableColumn("by", tr("By"), stretch=1),
            TableColumn("state", tr("State")),
        ]
        self._table = SimpleTable(columns, fits_rows=True)
        self._table.setAccessibleName(tr("Recent runs"))
        self._table.activated_row.connect(self._open_run)
        self._table.clicked_cell.connect(self._open_run)
        self._table.chosen_changed.connect(self._on_chosen)
        self._runs_card.add(self._table)

    def _open_run(self, key: str) -> None:
        self._host.go(Place("runs", int(key)))

    def _on_chosen(self, keys: list[str]) -> None:
        self._host.set_selection("run", [int(k) for k in keys])

    def _on_step(self, key: str) -> None:
        step = next(s for s in self._state.steps if s.key == key)
        self._host.go(step.place)


class _NextCard(Card):
    """The one thing to do next."""

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(tr("Next"))
        self._host = host
        self._shown: NextThing | None = None
        self._button = Button("", "primary", "play", self._go)
        self._title = Label("", "subtitle", wrap=True)
        self._why = Label("", "base", "muted", wrap=True)
        self.add(self._title, self._why, row(self._button, None))
        set_shown(self, False)

    def show_next(self, thing: NextThing | None) -> None:
        """Show what is next, or that the loop is closed."""
        self._shown = thing
        set_shown(self, True)
        set_shown(self._button, thing is not None)
        if thing is None:
            self._title.setText(tr("The loop is closed"))
            self._why.setText(
                tr("The champion is exported and retrains by itself. Nothing waits for you here.")
            )
            return
        self._title.setText(thing.title)
        self._why.setText(thing.why)
        self._button.set_text(thing.button)
        self._button.set_icon(thing.icon)

    def _go(self) -> None:
        if self._shown is None:
            return
        if self._shown.retrain:
            RunDeeds(self._host).retrain(self._shown.retrain)
        else:
            self._host.go(self._shown.place)


class _NeedsCard(Card):
    """What waits for the person; each line opens its place."""

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(tr("Needs you"))
        self._host = host
        self._shown: tuple[Notice, ...] | None = None
        self._lines = column(spacing=6)
        self.add(self._lines)

    def show_needs(self, needs: tuple[Notice, ...]) -> None:
        """Show these."""
        if needs == self._shown:
            return
        self._shown = needs
        clear(self._lines)
        self.set_title(tr("Needs you"), counted(len(needs), "1 thing", "{:,} things") if needs else "")
        if not needs:
            self._lines.addLayout(
                row(IconLabel("check", "good"), Label(tr("Nothing"), "base", "muted"), None)
            )
        for i, need in enumerate(needs):
            if i:
                self._lines.addWidget(Line())
            words = Label(need.title, wrap=True)
            button = Button(
                tr("Show"), "link", on_click=lambda place=need.place: self._host.go(place), small=True
            )
            button.setAccessibleName(f"{tr('Show')}: {need.title}")
            line = row(IconLabel("warning", "warn"), words, button)
            line.setStretch(1, 1)
            self._lines.addLayout(line)


def _cells(line: RunLine) -> list[Cell | float | str | None]:
    seconds = None if line.seconds is None else Cell(_duration(line.seconds), sort=line.seconds)
    return [
        Cell(f"#{line.run_id}", link=True, sort=line.run_id),
        line.name,
        line.data,
        *(None if m is None else Cell(short_number(m), sort=m) for m in line.metrics),
        seconds,
        line.by,
        Cell(tr(line.state), chip=line.status),
    ]


def _duration(seconds: float) -> str:
    """``2.1 s``, ``41 s``, ``3 min``."""
    return (
        f"{seconds:.1f} s"
        if seconds < 10
        else f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
    )
