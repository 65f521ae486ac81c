"""All that runs logged by step, as charts: of one run, or of several in one picture each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.curves import Curve, CurveName
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.curves_state import (
    SMOOTHINGS,
    Drawn,
    curve_charts,
    curve_specs,
    empty_spec,
)
from mlops_desktop.gui.screens.runs.seen_charts import SeenCharts
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.forms import Debounce, Select, TextField, Toggle
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column, row, set_shown
from mlops_desktop.gui.words import counted
from mlops_desktop.project import Project

MOST_POINTS = 600
"""Of each line: a chart is some 400 px wide."""
_AT_ONCE = 3
"""Charts that are asked for together: a row."""
_FILTERED_FROM = 10
"""Charts that need a field to find one."""


class CurvesPanel(QWidget):
    """Charts of metrics by step, with a filter, a logarithmic axis and means; only those on screen are asked for.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    def __init__(self, host: ScreenHost) -> None:
        super().__init__()
        self._host = host
        self._runs: tuple[Drawn, ...] = ()
        self._names: tuple[CurveName, ...] = ()
        self._charts: dict[str, tuple[str, ...]] = {}
        self._title = Label(tr("By step"), "card_title")
        self._words = Label("", "small", "muted")
        self.filter = TextField(hint=tr("Filter"), icon="search", small=True)
        self.filter.setFixedWidth(theme().px(150))
        self.smooth = Select([(key, tr(words)) for key, words in SMOOTHINGS], "1", small=True)
        self.smooth.setAccessibleName(tr("Smoothing"))
        self.smooth.setToolTip(tr("Draw the mean of so many points around each instead of each value"))
        self.charts = SeenCharts()
        self.log_y = Toggle(tr("Logarithmic axis"), on_change=self.charts.set_log_y)
        head = row(self._title, self._words, None, self.filter, self.smooth, self.log_y, spacing=10)
        self.setLayout(column(head, self.charts, spacing=8))
        self._typing = Debounce(self, 200)
        self.filter.textChanged.connect(lambda: self._typing.poke())
        self._typing.fired.connect(self._show_charts)
        self.smooth.chosen.connect(self.charts.ask_again)
        self.charts.wanted.connect(self._ask)

    @property
    def count(self) -> int:
        """How many charts there are without the filter."""
        return len(curve_charts(self._names))

    def show_curves(self, runs: Sequence[Drawn], names: Sequence[CurveName]) -> None:
        """Show what these runs have by step; charts on screen are asked for again where there is more in them."""
        shown = (tuple(runs), tuple(names))
        if shown == (self._runs, self._names):
            return
        if shown[0] != self._runs:
            self.filter.clear()
        self._runs, self._names = shown
        self._show_charts()
        self.charts.ask_again()

    def _show_charts(self) -> None:
        self._charts = curve_charts(self._names, self.filter.text().strip())
        whole = self.count
        words = counted(whole, "1 chart", "{:,} charts")
        shown = len(self._charts)
        self._words.setText(words if shown == whole else tr("{:,} of {}").format(shown, words))
        set_shown(self.filter, whole >= _FILTERED_FROM)
        self.charts.show_empty([empty_spec(key) for key in self._charts])

    def _ask(self, keys: tuple[str, ...]) -> None:
        """Ask for the curves of these charts, a few at a time: the first are seen while the next are read."""
        charts = {key: self._charts[key] for key in keys[:_AT_ONCE] if key in self._charts}
        project, runs, smooth = cast(Project, self._host.session.project), self._runs, int(self.smooth.choice)
        if not charts:
            return
        names = [name for members in charts.values() for name in members]

        def show(found: list[Curve]) -> None:
            if runs == self._runs and smooth == int(self.smooth.choice):
                self.charts.show_specs(curve_specs(charts, found, runs))
                self._ask(keys[_AT_ONCE:])

        self._host.session.tasks.run(
            lambda: project.runs.curves([r.run_id for r in runs], names, MOST_POINTS, smooth),
            show,
            owner=self,
            key="curves",
        )
