"""The window as it is used on many charts and many columns; each case is a function that gives its steps.

    python charts_window_script.py CASE PROJECT [ARGUMENTS]

Says ``ready`` once the project is open, begins at a line on its input, and prints one JSON object (`window_steps`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from window_steps import Step, hover, play, wheel

from mlops_desktop.gui.charts.line_chart import LineChart
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.data.data_intent import DataIntent
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent, TrainingDraft


def panel_of(window: Any, page: str) -> Any:
    """The charts by step of a page of the runs."""
    return window.screen_of("runs").page(page).by_step


def has_lines(panel: Any) -> bool:
    """Whether a first chart has its lines."""
    return any(card.chart._series for card in panel.charts.cards)


def drawn_all(panel: Any) -> bool:
    """Whether all charts on screen have their lines."""
    cards = {card.key: card for card in panel.charts.cards}
    seen = panel.charts.seen
    return bool(seen) and all(key in cards and cards[key].chart._series for key in seen)


def show_charts(window: Any, page: str, name: str, intent: RunsIntent) -> Iterator[Step]:
    """Open a page of the runs and scroll to its charts."""
    runs = window.screen_of("runs")
    yield Step(
        f"{name}: head", lambda: window.go(Place("runs", intent)), lambda: runs.page(page).state is not None
    )
    panel = panel_of(window, page)
    bar = runs.page(page).widget().verticalScrollBar()

    def sees_lines() -> bool:
        bar.setValue(panel.y())  # it moves down while the parts above it get their heights
        return has_lines(panel)

    yield Step(f"{name}: first chart", lambda: None, sees_lines)
    yield Step(f"{name}: all charts on screen", lambda: None, lambda: drawn_all(panel))


def look_closely(panel: Any, name: str) -> Iterator[Step]:
    """Hover over a chart, zoom into it and out, let all be smoothed."""
    chart: LineChart = next(c.chart for c in panel.charts.cards if c.key == panel.charts.seen[0])
    view = chart._canvas.view.viewport()
    moves = iter(range(1_000_000))
    yield Step(f"{name}: hover", lambda: hover(view, 0.2 + next(moves) * 7 % 60 / 100), again_ms=16, for_s=3)
    chart._canvas.view.setFocus()
    yield Step(f"{name}: zoom", lambda: wheel(view, 1 if next(moves) % 40 < 20 else -1), again_ms=33, for_s=3)
    hover(view, -1)
    for smooth in ("51", "1001", "1"):
        yield Step(
            f"{name}: mean of {smooth}",
            lambda smooth=smooth: (panel.smooth.choose(smooth), panel.smooth.chosen.emit(smooth)),
            lambda words=f"mean of {int(smooth):,} points" if smooth != "1" else "": all(
                (words in c._shown.subtitle) if words else "mean of" not in c._shown.subtitle
                for c in panel.charts.cards
                if c.key in panel.charts.seen
            ),
        )


def scroll_through(window: Any, page: str, name: str) -> Iterator[Step]:
    """Turn the wheel over the charts, then go to the last one."""
    panel = panel_of(window, page)
    area = window.screen_of("runs").page(page).widget()
    yield Step(f"{name}: scroll", lambda: wheel(area.viewport(), -1), lambda: drawn_all(panel), 33, 4)
    last = panel.charts._keys[-1]
    bar = area.verticalScrollBar()
    yield Step(
        f"{name}: to the last",
        lambda: bar.setValue(bar.maximum()),
        lambda: last in panel.charts.seen and drawn_all(panel),
    )


def long_runs(window: Any, *runs: str) -> Iterator[Step]:
    """S09: ten runs of ten metrics of ten thousand steps."""
    numbers = tuple(map(int, runs))
    yield from show_charts(window, "compare", "comparison", RunsIntent(page="compare", runs=numbers))
    yield from look_closely(panel_of(window, "compare"), "comparison")
    yield from scroll_through(window, "compare", "comparison")
    yield from show_charts(window, "run", "run", RunsIntent(page="run", run=numbers[0]))
    yield from look_closely(panel_of(window, "run"), "run")


def logarithmic(window: Any, run: str) -> Iterator[Step]:
    """S12: values from 1e-300 to 1e300 with zeros, twenty times between the kinds of axis."""
    yield from show_charts(window, "run", "run", RunsIntent(page="run", run=int(run)))
    panel = panel_of(window, "run")
    for turn in range(20):
        on = turn % 2 == 0
        yield Step(
            f"axis {'logarithmic' if on else 'even'}, turn {turn + 1}",
            panel.log_y.click,
            lambda on=on: all(c.chart.log_y == on for c in panel.charts.cards if c.key in panel.charts.seen),
        )
        if on:
            yield from told(panel)


def told(panel: Any) -> Iterator[Step]:
    """Each chart that can't show a value says so; the words are noted as the name of a step."""
    for card in panel.charts.cards:
        if card.key in panel.charts.seen:
            yield Step(f"told of {card.key}: {card.chart.note}", lambda: None)


def many_metrics(window: Any, *runs: str) -> Iterator[Step]:
    """S05: runs of 150 and of 2,000 metrics, before their end and after it."""
    for run in map(int, runs):
        name = f"run {run}"
        yield from show_charts(window, "run", name, RunsIntent(page="run", run=run))
        yield from scroll_through(window, "run", name)
        panel = panel_of(window, "run")
        made = len(panel.findChildren(LineChart))
        yield Step(f"count of {run}: {panel.charts.count} listed, {made} charts made", lambda: None)
    if len(runs) > 1:
        yield from show_charts(
            window, "compare", "two of them", RunsIntent(page="compare", runs=tuple(map(int, runs[-2:])))
        )


def many_columns(window: Any, dataset: str, target: str) -> Iterator[Step]:
    """S08: the screens of a data set of five thousand columns."""
    data, runs = window.screen_of("data"), window.screen_of("runs")
    page = data.page
    table = page.table.table

    def has_rows() -> bool:
        return bool(table.rows_model.total) and bool(table.rows_model.value(0, 0)[0])

    yield Step("data set: first rows", lambda: window.go(Place("data", DataIntent(dataset))), has_rows)
    bar = table.horizontalScrollBar()
    yield Step("table: scroll across", lambda: bar.setValue(bar.value() + 300), again_ms=33, for_s=3)
    yield Step(
        "table: find a column", lambda: page.table.show_column(target), lambda: table.currentIndex().isValid()
    )
    yield Step("table: menu of columns", lambda: menu_of(page.table), closes)
    profile = page.profile.table
    yield Step("profile: shown", lambda: page.show_tab("profile"), lambda: profile.isVisible())
    yield Step("profile: first figures", lambda: None, lambda: len(page._answers.profiles) >= 10)
    down = profile.verticalScrollBar()
    yield Step("profile: scroll", lambda: down.setValue(down.value() + 20), again_ms=33, for_s=3)
    role = lambda: page._offer_roles(target, window.mapToGlobal(window.rect().center()))  # noqa: E731
    yield Step("role menu", role, closes)
    training = lambda: window.go(Place("runs", RunsIntent("training", draft=TrainingDraft(dataset))))  # noqa: E731
    yield Step("training: features", training, lambda: bool(runs.page("training").state.features))
    setup = runs.page("training")
    features = setup._features
    yield Step("training: filter", lambda: features._filter.setText("99"), lambda: True)
    yield Step("training: filter away", features._filter.clear, lambda: True)
    name = setup.state.features[3].name
    checked = lambda: next(f for f in setup.state.features if f.name == name).checked  # noqa: E731
    yield Step("training: a column left out", lambda: features.toggled.emit(name), lambda: not checked())
    yield Step(
        "training: another target",
        lambda: setup._on_choice("target", target),
        lambda: setup.state.target == target,
    )
    yield Step("training: looked at again", lambda: None, lambda: not window.session.tasks.busy)


def menu_of(panel: Any) -> None:
    """Open the menu of columns."""
    from PySide6.QtWidgets import QMenu

    menu = QMenu(panel)
    panel._fill_columns(menu)
    menu.popup(panel.mapToGlobal(panel.rect().center()))


def closes() -> bool:
    """Whether a menu was open; it is closed."""
    from PySide6.QtWidgets import QApplication

    menu = QApplication.activePopupWidget()
    if menu is not None:
        menu.close()
    return menu is not None


CASES: dict[str, Callable[..., Iterator[Step]]] = {
    "long_runs": long_runs,
    "logarithmic": logarithmic,
    "many_metrics": many_metrics,
    "many_columns": many_columns,
}

if __name__ == "__main__":
    case, project, *rest = sys.argv[1:]
    sys.exit(play(project, lambda window: CASES[case](window, *rest), 0.05))
