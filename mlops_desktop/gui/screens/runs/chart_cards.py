"""Cards with the charts of runs: made once, then shown other numbers."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_desktop.gui.charts.chart import Chart
from mlops_desktop.gui.charts.line_chart import LineChart
from mlops_desktop.gui.charts.painted import Bar, BarChart, HeatMatrix
from mlops_desktop.gui.charts.scatter_chart import ScatterChart
from mlops_desktop.gui.screens.runs.evaluation_state import ChartSpec
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.card_grid import CardGrid
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.labels import Label

CHART_HEIGHT = 284
GROWN_HEIGHT = 360


def make_chart(spec: ChartSpec) -> Chart:
    """An empty chart of the kind that `spec` needs."""
    if spec.kind == "lines":
        return LineChart(
            spec.title, spec.x_title, spec.y_title, diagonal=spec.diagonal, from_zero=spec.from_zero
        )
    if spec.kind == "points":
        return ScatterChart(spec.title, spec.x_title, spec.y_title, diagonal=spec.diagonal)
    if spec.kind == "matrix":
        return HeatMatrix(spec.title, spec.x_title, spec.y_title)
    return BarChart(spec.title, lying=spec.kind == "lying_bars", decimals=spec.decimals)


def show_chart(chart: Chart, spec: ChartSpec) -> None:
    """Show the numbers of `spec` in a chart of its kind."""
    chart.name = spec.title
    if isinstance(chart, LineChart | ScatterChart):
        chart.show_series(spec.series)
    elif isinstance(chart, HeatMatrix):
        chart.show_matrix(spec.rows, spec.columns, spec.values)
    elif isinstance(chart, BarChart):
        chart.show_bars([Bar(name, value, colour=colour) for name, value, colour in spec.bars])


class ChartCard(Card):
    """A card with one chart.

    Parameters
    ----------
    grows : bool
        Higher where its row is; else all cards of a grid are alike.
    """

    def __init__(self, spec: ChartSpec, *, grows: bool = False) -> None:
        super().__init__(spec.title, spec.subtitle)
        self.key, self.kind = spec.key, spec.kind
        self.chart = make_chart(spec)
        self.add(self.chart)
        self._shown: ChartSpec | None = None
        self.setMinimumHeight(theme().px(CHART_HEIGHT))
        self.setMaximumHeight(theme().px(GROWN_HEIGHT if grows else CHART_HEIGHT))

    def show_spec(self, spec: ChartSpec) -> None:
        """Show other numbers, if they are others."""
        if spec != self._shown:
            self._shown = spec
            self.set_title(spec.title, spec.subtitle)
            show_chart(self.chart, spec)


class ChartGrid(CardGrid):
    """Charts side by side; those that stay are shown other numbers, not made anew."""

    def __init__(self, *, most: int = 3, grows: bool = False) -> None:
        super().__init__(most=most)
        self._grows = grows

    def show_charts(self, specs: Sequence[ChartSpec]) -> None:
        """Show these charts."""
        before = {card.key: card for card in self.cards if isinstance(card, ChartCard)}
        cards: list[ChartCard] = []
        for spec in specs:
            found = before.get(spec.key)
            cards.append(
                found if found is not None and found.kind == spec.kind else ChartCard(spec, grows=self._grows)
            )
        if [id(c) for c in cards] != [id(c) for c in self.cards]:
            self.set_cards(cards)
        for card, spec in zip(cards, specs, strict=True):
            card.show_spec(spec)


def note(text: str) -> Label:
    """A muted line that wraps."""
    return Label(text, "small", "muted", wrap=True)
