"""The window has one door: every test of a window goes well for somebody who may not read the project's folder.

The folder belongs to another user, for that user alone; the window's process is root without the right to overrule
that. The story knows the address of the service and its token; all other tests find it by the one note in the folder
that can be opened (`tests/keeper.py`). Needs root and setpriv (util-linux).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ..keeper import CAN_KEEP, KEEPER, WITHOUT_RIGHTS, keeper, lock_away
from ..running import ROOT, Service

TESTS = ROOT / "tests"
STORY = Path(__file__).with_name("test_window_loop.py")
LEFT_OUT = {
    f"tests/gui/test_screens.py::test_no_screen_has_a_fault[{look}]": "the same sections once more, in another look"
    for look in ("1024x700-light", "1440x900-dark", "1024x700-dark")
}
"""Tests of windows that aren't run again, and why."""

needs_root = pytest.mark.skipif(not CAN_KEEP, reason="takes root and setpriv")


def window_tests() -> list[Path]:
    """Files and folders of tests that open a window on a project with a service."""
    found = [f for f in (TESTS / "gui").rglob("*.py") if "new_project(" in f.read_text(encoding="utf-8")]
    return sorted(f.parent if f.name == "conftest.py" else f for f in found)


def run(what: list[Path], into: Path, environment: Mapping[str, str], *options: str) -> str:
    """What pytest says of tests in a process without the rights."""
    command = [
        *WITHOUT_RIGHTS,
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xvfb",
    ]
    command += ["-o", "addopts=--import-mode=importlib", f"--basetemp={into}", *options, *map(str, what)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=600)
    return f"{done.stdout[-6000:]}\n{done.stderr[-500:]}\nexit status {done.returncode}"


@pytest.mark.slow
@needs_root
def test_the_story_goes_well_for_one_who_knows_but_the_address(tmp_path: Path) -> None:
    service = Service(tmp_path / "bikes.mlops").start()
    try:
        lock_away(service.folder)
        service.folder.chmod(0o700)
        out = tmp_path / "out"
        out.mkdir()
        environment = {
            "MLOPS_STORY_ADDRESS": f"http://127.0.0.1:{service.address.port}",
            "MLOPS_TOKEN": service.address.token,
            "MLOPS_STORY_OUT": str(out),
        }
        said = run([STORY], tmp_path / "story", environment)
        assert "1 passed" in said and "exit status 0" in said, said
    finally:
        service.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@needs_root
def test_every_test_of_a_window_passes_for_one_who_may_not_read_the_folder(tmp_path: Path) -> None:
    left_out = [part for name in LEFT_OUT for part in ("--deselect", name)]
    with keeper(tmp_path) as door:
        said = run(window_tests(), tmp_path / "windows", {KEEPER: door}, *left_out)
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None and int(passed[1]) > 100 and "exit status 0" in said, said
    assert f"{len(LEFT_OUT)} deselected" in said and "skipped" not in said, said


@pytest.mark.slow
@needs_root
def test_a_window_that_opens_what_is_in_the_folder_is_noticed(tmp_path: Path) -> None:
    sample = TESTS / "samples" / "window_that_reads.py"
    with keeper(tmp_path) as door:
        said = run([sample], tmp_path / "reading", {KEEPER: door})
    assert "4 failed" in said and said.count("PermissionError") >= 4, said
    assert "4 passed" in run([sample], tmp_path / "may", {})


def test_no_test_of_a_window_makes_its_project_past_the_keeper() -> None:
    past = [f.name for f in (TESTS / "gui").rglob("*.py") if re.search(r"\bcreate_project\(", f.read_text())]
    assert past == [] and len(window_tests()) >= 8
