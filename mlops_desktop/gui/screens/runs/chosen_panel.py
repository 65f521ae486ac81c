"""Below the table: the chosen runs at a glance, without leaving it."""

from __future__ import annotations

from typing import cast

from mlops_desktop.domain.comparisons import RunComparison
from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.charts.painted import Bar, BarChart
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.compare_state import CompareState, compare_state
from mlops_desktop.gui.screens.runs.difference_table import DifferenceTable
from mlops_desktop.gui.screens.runs.run_colours import assigned
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Tabs
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.labels import ElidedLabel
from mlops_desktop.gui.widgets.layouts import set_shown
from mlops_desktop.project import Project


class ChosenPanel(Card):
    """Tabs with the main metric and the differences of two to ten runs."""

    def __init__(self, host: ScreenHost) -> None:
        self._tabs = Tabs([("difference", tr("Is the difference real?"))])
        super().__init__(actions=[self._tabs])
        self.head_tools.addStretch(1)
        self._host = host
        self._runs: tuple[int, ...] = ()
        self._state: CompareState | None = None
        self._values: dict[str, dict[int, float]] = {}
        self._tabs.chosen.connect(self._show_tab)
        self._words = ElidedLabel("", "small", "muted")
        self._table = DifferenceTable(fits_rows=False)
        self._chart = BarChart(tr("Metric"))
        self.add(self._words, self._table, self._chart)
        self.setMaximumHeight(theme().px(380))

    def show_runs(self, runs: tuple[int, ...]) -> None:
        """Compare these runs; an answer for others that comes late is dropped."""
        if runs == self._runs:
            return
        self._runs = runs
        project = cast(Project, self._host.session.project)

        def ask() -> tuple[RunComparison, list[Run]]:
            return project.runs.compare(list(runs)), [project.runs.show(run) for run in runs]

        self._host.session.tasks.run(ask, self._on_answer, owner=self, key="compare", failed=self._on_failed)

    def _on_answer(self, found: tuple[RunComparison, list[Run]]) -> None:
        state = compare_state(*found, assigned(self._host.session, self._runs))
        self._state = state
        self._values = {
            m.name: {found[1][0].run_id: m.first} | {o.run_id: o.value for o in m.others}
            for m in found[0].metrics
        }
        self._tabs.set_options([("difference", tr("Is the difference real?")), *state.metric_names[:4]])
        self._table.show_state(state)
        self._show_tab()

    def _on_failed(self, error: UserError) -> None:
        self._state = None
        self._words.set_text(str(error))
        set_shown(self._table, False)
        set_shown(self._chart, False)

    def _show_tab(self) -> None:
        state = self._state
        if state is None:
            return
        tab = self._tabs.choice or "difference"
        is_table = tab == "difference"
        self._words.set_text(" ".join((state.verdict_words, *state.notes)) if is_table else "")
        set_shown(self._words, is_table)
        set_shown(self._table, is_table and bool(state.lines))
        set_shown(self._chart, not is_table)
        if not is_table:
            values = self._values.get(tab, {})
            self._chart.name = dict(state.metric_names).get(tab, tab)
            self._chart.show_bars([Bar(m.label, values.get(m.run_id), colour=m.colour) for m in state.marks])
