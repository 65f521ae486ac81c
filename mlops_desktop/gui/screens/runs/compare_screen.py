"""Runs side by side: what differs, whether the difference is real, and the charts of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.comparisons import RunComparison
from mlops_desktop.domain.curves import CurveName
from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.evaluations import Evaluation
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.charts.line_chart import load_canvas
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.chart_cards import ChartGrid
from mlops_desktop.gui.screens.runs.compare_actions import SELECTION
from mlops_desktop.gui.screens.runs.compare_state import CompareState, compare_state
from mlops_desktop.gui.screens.runs.curves_panel import CurvesPanel
from mlops_desktop.gui.screens.runs.curves_state import Drawn
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.difference_table import DifferenceTable
from mlops_desktop.gui.screens.runs.evaluation_state import ChartSpec, Judged, evaluation_charts, metric_bars
from mlops_desktop.gui.screens.runs.run_colours import assigned
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.screens.runs.settings_card import SettingsCard
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, PageHeader
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, set_shown
from mlops_desktop.project import Project


@dataclass(frozen=True, slots=True)
class CompareAnswer:
    """What was asked of the service about several runs."""

    comparison: RunComparison
    runs: tuple[Run, ...]
    evaluations: tuple[Evaluation | None, ...]
    names: tuple[CurveName, ...]


def ask_comparison(project: Project, runs: tuple[int, ...]) -> CompareAnswer:
    """Ask for all that the page shows; called off the GUI thread."""
    comparison = project.runs.compare(list(runs))
    found = tuple(project.runs.show(run) for run in runs)
    evaluations = tuple(
        project.runs.evaluation(r.run_id) if any(a.kind == "evaluation" for a in r.artifacts) else None
        for r in found
    )
    names = project.runs.curve_names(list(runs))
    load_canvas()
    return CompareAnswer(comparison, found, evaluations, tuple(names))


class ComparePage:
    """The page that compares.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"run"})

    def __init__(self, host: ScreenHost) -> None:
        self._host, self._deeds = host, RunDeeds(host)
        self._runs: tuple[int, ...] = ()
        self._answer: CompareAnswer | None = None
        self._state: CompareState | None = None
        self._page = self._build()

    def _build(self) -> Page:
        self._header = PageHeader(buttons=self._buttons())
        self._settings = SettingsCard()
        self._differences = DifferenceTable()
        self._verdict = Label("", "card_title", wrap=True)
        self._method = Label("", "small", "muted", wrap=True)
        self._real = Card(tr("Is the difference real?")).add(
            self._verdict, self._differences, self._method, None
        )
        self._top = FoldingRow([(self._settings, 2), (self._real, 3)], 1000)
        self._charts = ChartGrid()
        self.by_step = CurvesPanel(self._host)
        for part in (self._top, self._charts, self.by_step):
            set_shown(part, False)
        return Page(self._header, self._top, self._charts, self.by_step, None)

    def _buttons(self) -> list[Button]:
        swap = Button(
            tr("Swap"), icon="refresh", on_click=lambda: self._deeds.compare([*self._runs[1:], self._runs[0]])
        )
        add = Button(
            tr("Add a run..."), icon="plus", on_click=lambda: self._deeds.add_to_comparison(self._runs)
        )
        self._register = Button(
            tr("Register..."), "primary", on_click=lambda: self._deeds.register(self._runs[0])
        )
        return [swap, add, self._register]

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def state(self) -> CompareState | None:
        """What is shown, None before the first answer."""
        return self._state

    def show_intent(self, intent: RunsIntent) -> None:
        """Compare these runs."""
        if intent.runs != self._runs:
            self._runs, self._answer, self._state = intent.runs, None, None
            self._header.show_text(tr("Compare runs"), "", tr("Loading..."))
            for part in (self._top, self._charts, self.by_step):
                set_shown(part, False)
            self._page.verticalScrollBar().setValue(0)
        self._host.set_selection(SELECTION, self._runs)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the comparison anew."""
        project, runs = cast(Project, self._host.session.project), self._runs
        if len(runs) >= 2:
            self._host.session.tasks.run(
                lambda: ask_comparison(project, runs),
                self._on_answer,
                owner=self._page,
                key="compare",
                failed=self._on_failed,
            )

    def _on_answer(self, answer: CompareAnswer) -> None:
        if tuple(answer.comparison.runs) != self._runs or answer == self._answer:
            return
        self._answer = answer
        state = compare_state(answer.comparison, answer.runs, assigned(self._host.session, self._runs))
        self._state = state
        self._header.show_text(state.title, "", state.subtitle)
        self._register.set_text(tr("Register {}...").format(state.marks[0].label))
        set_shown(self._register, state.can_register)
        self._verdict.setText(state.verdict_words)
        self._method.setText(" ".join((state.method, *state.notes)))
        self._differences.show_state(state)
        set_shown(self._differences, bool(state.lines))
        self._settings.show_state(state)
        self._charts.show_charts(self._specs(answer, state))
        self.by_step.show_curves([Drawn(m.run_id, m.label, m.colour) for m in state.marks], answer.names)
        set_shown(self._top, True)
        set_shown(self._charts, True)
        set_shown(self.by_step, self.by_step.count > 0)

    def _on_failed(self, error: UserError) -> None:
        self._header.show_text(tr("Compare runs"), "", str(error))
        self._host.show_error(error)

    def _specs(self, answer: CompareAnswer, state: CompareState) -> list[ChartSpec]:
        judged = [
            Judged(mark.label, mark.colour, evaluation)
            for mark, evaluation in zip(state.marks, answer.evaluations, strict=True)
            if evaluation is not None
        ]
        specs = [
            metric_bars(
                name,
                [(m.label, m.colour, r.metrics[name]) for m, r in zip(state.marks, answer.runs, strict=True)],
            )
            for name, _ in state.metric_names[:2]
        ]
        return [*evaluation_charts(judged), *specs]
