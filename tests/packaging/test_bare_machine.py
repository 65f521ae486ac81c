"""The README's first command, on machines that have nothing but git, Python and a network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.bare
@pytest.mark.timeout(1500)
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="makes a system in a folder: needs root")
@pytest.mark.skipif(shutil.which("debootstrap") is None, reason="needs debootstrap")
@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_one_command_goes_from_an_empty_debian_to_a_whole_sample_project(release):
    script = "bash packaging/start.sh && .venv/bin/mlops-desktop --project bikes.mlops doctor"
    done = subprocess.run(
        ["bash", HERE / "bare_machine.sh", release, "bash", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1400,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "This machine has no display" in done.stdout
