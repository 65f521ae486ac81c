"""The table of runs in the real window: opened, sorted, filtered, scrolled, chosen, copied, searched; or only watched.

    python runs_window_script.py steps PROJECT RUNS
    python runs_window_script.py follow PROJECT SECONDS

Says ``ready`` once the window is shown, begins at a line on its input, and prints one JSON object: each step with its
time and the longest gap of the window's thread. ``steps`` adds what the window says of how many runs there are,
``follow`` the seconds from the beginning of each new run to its line.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from window_steps import Step, play, wheel

PACE_S = 0.5
"""Seconds that a person looks at what came."""


def metric_of(run: int, metric: int) -> float:
    """The value that the benchmark gave a run."""
    return (run * 7919 + metric * 31) % 1000003 / 1e6


class Watched:
    """The page of the table, and what is seen of it."""

    def __init__(self, window: Any) -> None:
        self._window = window

    @property
    def page(self) -> Any:
        return self._window.screen_of("runs").page("table")

    def go(self) -> None:
        from mlops_desktop.gui.places import Place

        self._window.go(Place("runs"))

    def is_shown(self, count: int) -> bool:
        """Whether so many rows are there, and all on screen have their line."""
        model, table = self.page.table.rows_model, self.page.table
        first, last = table.rows_on_screen
        return (
            len(model.keys) == count
            and bool(model.columns)
            and all(model.is_here(row) for row in range(first, min(last + 1, count)))
        )

    def said(self) -> str:
        """What the window says of how many runs there are."""
        return self.page.state.subtitle

    def is_first(self, run: int, count: int) -> bool:
        return self.page.state.arranged.order[0] == run and self.is_shown(count)

    def type_filter(self, text: str) -> None:
        self.page._filter.setText(text)
        self.page._filter.textEdited.emit(text)

    def filtered(self, count: int) -> bool:
        words = f"{count:,} match" if count else ""
        return self.page._matches.text() == words and self.is_shown(count or int(sys.argv[3]))


def steps(window: Any) -> Iterator[Step]:
    """What a person does with many runs."""
    seen, count = Watched(window), int(sys.argv[3])
    yield Step("open", seen.go, lambda: seen.is_shown(count))
    yield Step(f"said: {seen.said()}", lambda: None)
    table = seen.page.table
    for name, pick in (("sort by a metric", max), ("turn the order", min)):
        yield from pause()
        first = pick(range(1, count + 1), key=lambda run: metric_of(run, 3))
        yield Step(
            name,
            lambda: table.sort_wanted.emit("metric:metric 3"),
            lambda first=first: seen.is_first(first, count),
        )
    for name, text, rows in (
        ("filter by a metric", "metric_3 < 0.2", sum(metric_of(n, 3) < 0.2 for n in range(1, count + 1))),
        ("filter by a word", "trial 17", sum(str(n).startswith("17") for n in range(1, count + 1))),
        ("clear the filter", "", 0),
    ):
        yield from pause()
        yield Step(name, lambda text=text: seen.type_filter(text), lambda rows=rows: seen.filtered(rows))
    yield Step("scroll by the wheel", lambda: wheel(table.viewport(), -3), again_ms=16, for_s=3.0)
    yield Step("... until its lines are there", lambda: None, lambda: seen.is_shown(count))
    yield Step("jump to the end", table.scrollToBottom, lambda: seen.is_shown(count))
    yield from pause()
    yield Step(
        "choose two",
        lambda: table.choose([table.rows_model.keys[0], table.rows_model.keys[-1]]),
        lambda: len(seen.page.state.chosen) == 2,
    )
    yield from pause()
    yield Step("choose all", table.selectAll, lambda: len(seen.page.state.chosen) == count)
    yield from pause()
    yield Step("copy all", table.copy_rows, lambda: QGuiApplication.clipboard().text().count("\n") == count)
    yield from pause()
    yield Step("choose none", table.clearSelection, lambda: not seen.page.state.chosen)
    yield from pause()
    yield Step(
        "search a run by its number",
        lambda: window.open_palette(f"#{count // 2}"),
        lambda: is_found(window, count // 2),
    )


def is_found(window: Any, run: int) -> bool:
    """Whether the search shows the run."""
    return any(f"#{run} " in title for title in window.palette_box.titles)


def pause() -> Iterator[Step]:
    """A person looks, and answers come in."""
    until = time.perf_counter() + PACE_S
    yield Step("look", lambda: None, lambda: time.perf_counter() > until)


def follow(window: Any) -> Iterator[Step]:
    """A person who watches what comes."""
    seen, until = Watched(window), float(sys.argv[3])
    yield Step("open", seen.go, lambda: bool(seen.page.state.lines))
    yield from pause()
    known = set(seen.page.state.arranged.order)
    delays: list[float] = []
    ends = time.perf_counter() + until

    def look() -> bool:
        page = seen.page
        for run in page.state.arranged.order[:60]:
            line = page.state.arranged.lines.get(run)
            if run not in known and line is not None:
                known.add(run)
                delays.append(time.time() - line.created_at.timestamp())
        return time.perf_counter() > ends

    yield Step("follow", lambda: None, look)
    yield Step("delays: " + " ".join(f"{d:.3f}" for d in delays), lambda: None)
    QApplication.processEvents()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    script = {"steps": steps, "follow": follow}[sys.argv[1]]
    sys.exit(play(sys.argv[2], script, 0.05))
