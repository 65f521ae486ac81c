"""The sections' code is read before they are shown."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from mlops_desktop.gui.reading_ahead import ReadingAhead, section_modules

READ_ALL = """
import importlib, sys
from mlops_desktop.gui.reading_ahead import section_modules
for name in section_modules():
    importlib.import_module(name)
print([m for m in ("numpy", "pandas", "pyqtgraph", "duckdb", "sklearn", "pyarrow") if m in sys.modules])
print("mlops_desktop.gui.screens.runs.runs_screen" in sys.modules)
"""


@pytest.mark.slow
def test_every_section_is_read_ahead_and_nothing_heavy_with_it() -> None:
    """In a process of its own: this one has read them already."""
    done = subprocess.run([sys.executable, "-c", READ_ALL], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "True"]


@pytest.mark.slow
@pytest.mark.parametrize("is_quiet", [True, False])
def test_all_is_read_whether_the_window_is_busy_or_not(qtbot: Any, is_quiet: bool) -> None:
    ahead = ReadingAhead(lambda: is_quiet)
    qtbot.waitUntil(lambda: ahead.ended, timeout=30_000)
    assert set(section_modules()) <= set(sys.modules)
