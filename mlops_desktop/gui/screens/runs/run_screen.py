"""The page of one run: stages and curves while it works, what it was judged on, and what it takes to do it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from PySide6.QtWidgets import QMenu, QWidget

from mlops_desktop.domain.curves import Curve, CurveName
from mlops_desktop.domain.errors import NotFoundError, UserError
from mlops_desktop.domain.evaluations import Evaluation
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.charts.line_chart import load_canvas
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.chart_cards import ChartGrid
from mlops_desktop.gui.screens.runs.curves_panel import CurvesPanel
from mlops_desktop.gui.screens.runs.curves_state import Drawn, curve_charts, curve_specs
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.evaluation_state import ChartSpec, Judged, evaluation_charts, fold_chart
from mlops_desktop.gui.screens.runs.run_colours import assigned
from mlops_desktop.gui.screens.runs.run_parts import (
    CodeCard,
    LogCard,
    MetricStrip,
    ProblemCard,
    ProgressCard,
    WordsCard,
)
from mlops_desktop.gui.screens.runs.run_state import AT_WORK, RunState, run_state
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, KeyValueList, PageHeader, StatStrip, Step
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, set_shown
from mlops_desktop.gui.widgets.throttle import Throttle
from mlops_desktop.project import Project

MOST_POINTS = 1000
"""Of each metric: more than a chart has pixels across."""
MOST_LOG_LINES = 5000


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What was asked of the service about a run, at one moment."""

    run: Run
    job: JobRow | None
    names: tuple[CurveName, ...]
    curves: tuple[Curve, ...]
    """Of a training; those of a script, which may be thousands, are asked for as they come on screen."""
    evaluation: Evaluation | None
    first_line: int
    lines: tuple[str, ...]


def ask_run(project: Project, run_id: int, first_line: int, known: Evaluation | None) -> RunAnswer:
    """Ask for all that the page shows; called off the GUI thread."""
    run = project.runs.show(run_id)
    job = None
    if run.state in AT_WORK:
        job = next((j for j in project.jobs.list(active=True) if j.subject == f"run:{run_id}"), None)
    evaluation = known
    if evaluation is None and any(a.kind == "evaluation" for a in run.artifacts):
        evaluation = project.runs.evaluation(run_id)
    lines = project.runs.log_text(run_id, first_line, MOST_LOG_LINES)
    names = project.runs.curve_names([run_id])
    trained = run.kind == "training" and len(names) > 0
    curves = project.runs.curves([run_id], most=MOST_POINTS) if trained else []
    load_canvas()
    return RunAnswer(run, job, tuple(names), tuple(curves), evaluation, first_line, tuple(lines))


class RunPage:
    """The page of one run.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"run", "metric", "log", "job"})

    def __init__(self, host: ScreenHost) -> None:
        self._host, self._deeds = host, RunDeeds(host)
        self._run_id = 0
        self._answer: RunAnswer | None = None
        self._state: RunState | None = None
        self._page = self._build()
        self._throttle = Throttle(self._page, 300)
        self._throttle.fired.connect(self._ask)

    def _build(self) -> Page:
        self._header = PageHeader(buttons=self._buttons())
        self._strip = StatStrip()
        self._progress = ProgressCard(self._on_cancel)
        self._problem = ProblemCard()
        self._metrics = MetricStrip()
        self._charts = ChartGrid()
        self._log = LogCard()
        self._facts = KeyValueList(key_width=104)
        self._words = WordsCard(
            lambda: self._deeds.edit_tags([self._run_id]), lambda: self._deeds.edit_notes(self._run_id)
        )
        self._code = CodeCard()
        self._facts_card = Card(tr("To do it again"), tr("all that it takes")).add(self._facts)
        self._curves = ChartGrid(most=1, grows=True)
        self._lower = FoldingRow([(self._log, 5), (self._curves, 4), (self._code, 4)], 900)
        self._lowest = FoldingRow([(self._facts_card, 5), (self._words, 4)], 860)
        self.by_step = CurvesPanel(self._host)
        return Page(
            self._header, self._strip, self._progress, self._problem, self._metrics, self._charts, self._lower,
            self._lowest, self.by_step, None,
        )  # fmt: skip

    def _buttons(self) -> list[Button]:
        self._more = Button(tr("More"), "icon", "more")
        self._more.set_menu(self._fill_more)
        self._reproduce = Button(
            tr("Reproduce"), icon="refresh", on_click=lambda: self._deeds.reproduce(self._run_id)
        )
        self._compare = Button(tr("Compare with..."), on_click=lambda: self._deeds.compare_with(self._run_id))
        self._register = Button(
            tr("Register model..."), "primary", on_click=lambda: self._deeds.register(self._run_id)
        )
        return [self._more, self._reproduce, self._compare, self._register]

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def state(self) -> RunState | None:
        """What is shown, None before the first answer."""
        return self._state

    def show_intent(self, intent: RunsIntent) -> None:
        """Show this run."""
        if intent.run != self._run_id:
            self._run_id, self._answer, self._state = intent.run, None, None
            self._header.show_text(tr("Run #{}").format(intent.run), "", tr("Loading..."))
            self._header.set_chips([])
            self._log.show_lines([])
            for part in self._parts():
                set_shown(part, False)
            self._page.verticalScrollBar().setValue(0)
        self._host.set_selection("run", (self._run_id,))
        self.refresh()

    def refresh(self) -> None:
        """Ask for the run as it is now, a few times a second at most."""
        self._throttle.poke()

    def _parts(self) -> list[QWidget]:
        return [
            self._strip,
            self._progress,
            self._problem,
            self._metrics,
            self._charts,
            self._lower,
            self._lowest,
            self.by_step,
        ]

    def _ask(self) -> None:
        project, run_id = cast(Project, self._host.session.project), self._run_id
        known = self._answer.evaluation if self._answer else None
        first_line = self._log.count
        if run_id:
            self._host.session.tasks.run(
                lambda: ask_run(project, run_id, first_line, known), self._on_answer, owner=self._page, key="run",
                failed=self._on_failed,
            )  # fmt: skip

    def _on_answer(self, answer: RunAnswer) -> None:
        if answer.run.run_id != self._run_id:
            return
        self._answer = answer
        path = str(getattr(self._host.session, "path", None) or "project.mlops")
        self._state = run_state(answer.run, answer.job, path, datetime.now().astimezone())
        self._show(self._state, answer)

    def _on_failed(self, error: UserError) -> None:
        if isinstance(error, NotFoundError):
            self._header.show_text(f"Run #{self._run_id}", "", str(error))
        else:
            self._host.show_error(error)

    def _show(self, state: RunState, answer: RunAnswer) -> None:
        self._header.show_text(state.title, state.name, state.subtitle)
        self._header.set_chips(
            [(tr(state.state), state.status), *([(tr("in the trash"), "warn")] if state.trashed else [])]
        )
        self._show_buttons(state)
        self._strip.set_steps(
            [
                Step(s.name, tr(s.name), s.headline, s.detail, aside=s.aside, progress=s.progress)
                for s in state.stages
            ]
        )
        self._progress.show_progress(state)
        self._problem.show_problem(state)
        self._metrics.show_tiles(state.tiles)
        colour = assigned(self._host.session, (state.run_id,))[state.run_id]
        self._charts.show_charts(self._chart_specs(answer, colour))
        drawn = Drawn(state.run_id, f"#{state.run_id}", colour)
        charts = curve_charts(answer.names) if answer.curves else {}
        self._curves.show_charts(curve_specs(charts, answer.curves, [drawn]))
        self.by_step.show_curves([drawn], () if answer.curves else answer.names)
        if answer.first_line == self._log.count:
            self._log.add_lines(answer.lines)
        self._facts.set_rows([(tr(name), value) for name, value in state.facts])
        self._words.show_words(state.tags, state.notes, state.warnings)
        self._code.show_code(state.python, state.command)
        self._show_parts(state)
        if self._page.isVisible():
            self._host.inspect("", None)

    def _show_buttons(self, state: RunState) -> None:
        set_shown(self._reproduce, state.can_reproduce and not state.at_work)
        set_shown(self._register, state.can_register)
        set_shown(self._compare, not state.at_work)

    def _show_parts(self, state: RunState) -> None:
        set_shown(self._strip, bool(state.stages))
        set_shown(self._progress, state.at_work)
        set_shown(self._problem, state.error is not None and not state.at_work)
        set_shown(self._metrics, bool(state.tiles))
        set_shown(self._charts, bool(self._charts.cards))
        set_shown(self._curves, bool(self._curves.cards))
        has_log = bool(self._log.count) or state.can_reproduce
        set_shown(self._log, has_log)
        set_shown(self._lower, has_log or bool(self._curves.cards))
        set_shown(self._code, bool(state.python))
        set_shown(self.by_step, self.by_step.count > 0)
        set_shown(self._lowest, True)

    def _chart_specs(self, answer: RunAnswer, colour: int) -> Sequence[ChartSpec]:
        specs: list[ChartSpec] = []
        folds = fold_chart(answer.run, colour)
        if folds is not None:
            specs.append(folds)
        if answer.evaluation is not None:
            specs += evaluation_charts([Judged(f"#{answer.run.run_id}", colour, answer.evaluation)])
        return specs

    def _on_cancel(self) -> None:
        self._deeds.cancel(self._run_id)

    def _fill_more(self, menu: QMenu) -> None:
        self._host.actions_registry.fill_menu(menu, "run.menu")
        menu.addSeparator()
        for action_id in ("runs.rename", "runs.tags", "runs.notes", "runs.trash"):
            menu.addAction(self._host.actions_registry.qaction(action_id, menu))


__all__ = ["RunAnswer", "RunPage", "ask_run"]
