"""A field that takes one of any number of runs: the newest are offered, any other is found by what one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.run_pages import RunLine, RunPage
from mlops_desktop.domain.runs import METRICS, Run
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.table_state import metric_text
from mlops_desktop.gui.widgets.forms import Debounce, Select, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, set_shown
from mlops_desktop.project import Project

MOST_OFFERED = 50
TRAININGS = "algorithm != logged"
"""Runs that the service trained."""
FINISHED = f"{TRAININGS} and state = finished"
"""Trainings whose model is there."""


def offered_runs(project: Project, among: str, typed: str = "", first: str = "") -> RunPage:
    """The newest runs that can be chosen.

    Parameters
    ----------
    among : str
        Filter that all meet.
    typed : str
        What a person typed: a number, a word, or a filter; the run of that very number stands first.
    first : str
        Filter of what stands before the others, unless one has typed.
    """
    words = typed.strip()
    number = words.removeprefix("#")
    if number.isdecimal():
        first = f"run = {number}"
    elif words:
        first = ""
    page = project.runs.page(_both(among, words), limit=MOST_OFFERED)
    lines = list(project.runs.page(_both(among, first), limit=MOST_OFFERED // 2).lines) if first else []
    before = {line.run_id for line in lines}
    lines += [line for line in page.lines if line.run_id not in before]
    return RunPage(lines[:MOST_OFFERED], 0, page.matching, page.total)


def like_filter(one: Run | None) -> str:
    """Filter of the runs that predict the same thing as `one`."""
    if one is None or one.spec is None or one.spec.data is None:
        return ""
    return f'data = "{one.spec.data.dataset}" and target = "{one.spec.target}"'


def run_words(line: RunLine) -> str:
    """A run in one line: ``#3 LightGBM · bikes@22, MAE 39.3``."""
    value = line.metrics.get(line.main_metric)
    title = next((m.title for m in METRICS if m.name == line.main_metric), line.main_metric)
    metric = "" if value is None else f"{title} {metric_text(line.main_metric, value)}"
    data = ", ".join(part for part in (line.data, metric) if part)
    return f"#{line.run_id} {line.name}" + (f" · {data}" if data else "")


def offered_words(page: RunPage) -> str:
    """What is said below the runs that are offered; empty if these are all."""
    if not page.matching:
        return tr("No run is like that.")
    if page.matching <= len(page.lines):
        return ""
    return tr("The newest {:,} of {:,}. Type a number, a name or a filter to find others.").format(
        len(page.lines), page.matching
    )


def _both(one: str, other: str) -> str:
    return " and ".join(part for part in (one, other) if part)


class RunSelect(QWidget):
    """One of any number of runs.

    Parameters
    ----------
    host : ScreenHost
        The window.
    page : RunPage
        Those that are offered at first.
    among : str
        Filter that all meet.
    first : str
        Filter of what stands before the others.
    without : list of int
        Runs that aren't offered.
    """

    def __init__(
        self,
        host: ScreenHost,
        page: RunPage,
        *,
        among: str = "",
        first: str = "",
        without: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self._host, self._among, self._first, self._without = host, among, first, frozenset(without)
        self._find = TextField(hint=tr("Find: 1234, weekly, mae < 140"), icon="search")
        self._select = Select()
        self._select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._note = Label("", "small", "muted", wrap=True)
        self.setLayout(column(self._find, self._select, self._note, spacing=6))
        self._typing = Debounce(self, 150)
        self._typing.fired.connect(self._ask)
        self._find.textEdited.connect(lambda: self._typing.poke())
        self._show(page)
        set_shown(self._find, page.matching > len(page.lines))
        self.setFocusProxy(self._select if self._find.isHidden() else self._find)

    @property
    def choice(self) -> str:
        """Number of the run, empty when there is none."""
        return self._select.choice

    def choose(self, key: str) -> None:
        """Show a run that is offered."""
        self._select.choose(key)

    @property
    def offered(self) -> list[str]:
        """Numbers of the runs that can be chosen now."""
        return [self._select.itemData(i) for i in range(self._select.count())]

    @property
    def note(self) -> str:
        """What is said below."""
        return self._note.text()

    def type_words(self, text: str) -> None:
        """Type what is to be found."""
        self._find.setText(text)
        self._typing.poke()

    def _ask(self) -> None:
        project, among, first = cast(Project, self._host.session.project), self._among, self._first
        text = self._find.text()
        self._host.session.tasks.run(
            lambda: offered_runs(project, among, text, first),
            self._show,
            owner=self,
            key="find",
            failed=self._on_failed,
        )

    def _show(self, page: RunPage) -> None:
        lines = [line for line in page.lines if line.run_id not in self._without]
        self._select.set_options([(str(line.run_id), run_words(line)) for line in lines])
        if lines and self._find.text():
            self._select.choose(str(lines[0].run_id))
        self._note.setText(offered_words(page))
        set_shown(self._note, bool(self._note.text()))

    def _on_failed(self, error: UserError) -> None:
        self._note.setText(str(error))
        set_shown(self._note, True)


__all__ = [
    "FINISHED", "TRAININGS", "RunSelect", "like_filter", "offered_runs", "offered_words", "run_words",
]  # fmt: skip
