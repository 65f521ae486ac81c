"""The story of the product, once by command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "resources" / "samples"


@pytest.mark.slow
def test_the_whole_loop_by_command_line(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "PYTHONPATH": str(HERE.parent.parent),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    done = subprocess.run(
        ["bash", str(HERE / "loop.sh"), str(tmp_path), str(SAMPLES)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert done.stdout.rstrip().endswith("== Done")
