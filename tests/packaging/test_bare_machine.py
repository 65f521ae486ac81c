"""The README's two commands, on machines that have nothing but git, Python and a network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SAMPLE = "bash packaging/start.sh && .venv/bin/mlops-desktop --project bikes.mlops doctor"
TESTS = "bash packaging/test.sh fast tests/domain tests/presence tests/gui/test_launch.py tests/training/test_worker.py"
"""Style and types of everything, and tests that take files, sockets, windows and every library."""

pytestmark = [
    pytest.mark.bare,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(
        os.name != "posix" or os.geteuid() != 0, reason="makes a system in a folder: needs root"
    ),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="needs debootstrap"),
]


@pytest.mark.parametrize(
    ("release", "first", "second"), [("bookworm", SAMPLE, TESTS), ("trixie", TESTS, SAMPLE)]
)
def test_both_commands_set_up_an_empty_debian_in_either_order(release, first, second):
    done = subprocess.run(
        ["bash", HERE / "bare_machine.sh", release, "bash", "-c", f"{first} && {second}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1400,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "This machine has no display" in done.stdout
    assert " 0 failed" in done.stdout
