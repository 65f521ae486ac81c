"""Benchmarks: `bench_*.py`, so that `pytest tests` doesn't collect them; see README.md beside this file."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from measuring import SCALE, Figures, Served, served

FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No limit of time: a benchmark at full size takes minutes."""
    for item in items:
        item.add_marker(pytest.mark.timeout(0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of figures, with the machine and its load."""
    lines = config.stash[FIGURES].lines
    if lines:
        terminalreporter.section("figures")
        load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
        memory = psutil.virtual_memory().total / 2**30
        terminalreporter.write_line(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, "
            f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, "
            f"load {load}, scale {SCALE:g}"
        )
        for line in lines:
            terminalreporter.write_line(str(line))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a benchmark notes what it found."""
    return request.config.stash[FIGURES]


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Logs and known projects in a folder of the session, not the person's own."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(folder / name))
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        yield


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Served]:
    """An empty project with its service."""
    with served(tmp_path) as running:
        yield running
