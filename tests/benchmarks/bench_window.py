"""From the command to the window: first paint and open project, five times, in a process of its own each time."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from measuring import Figures, Served, median, spread
from pytest_benchmark.fixture import BenchmarkFixture

LAUNCHES = Path(__file__).parents[1] / "gui" / "test_launch.py"


def test_command_to_window(benchmark: BenchmarkFixture, bench: Served, figures: Figures) -> None:
    spec = importlib.util.spec_from_file_location("tests.gui.test_launch", LAUNCHES)
    assert spec is not None and spec.loader is not None
    launches = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(launches)
    facts = benchmark.pedantic(lambda: [launches.launch(bench.folder)[0] for _ in range(5)], rounds=1)
    shown = [f["shown_s"] for f in facts]
    figures.add("command to the first paint of the window", median(shown), "s", 1.0, spread(shown))
