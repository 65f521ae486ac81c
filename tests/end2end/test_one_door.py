"""The window has one door: the story by clicks goes well for somebody who may not read the project's folder.

The folder belongs to another user, for that user alone; the window's process is root without the right to overrule
that (CAP_DAC_OVERRIDE), and knows the address of the service and its token. Needs root and setpriv (util-linux).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..running import Service

STORY = Path(__file__).with_name("test_window_loop.py")
NOBODY = 65534
CAN_TRY = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv") is not None


@pytest.mark.slow
@pytest.mark.skipif(not CAN_TRY, reason="takes root and setpriv")
def test_the_story_goes_well_for_one_who_may_not_read_the_folder(tmp_path: Path) -> None:
    service = Service(tmp_path / "bikes.mlops").start()
    try:
        for path in (service.folder, *service.folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        out = tmp_path / "out"
        out.mkdir()
        environment = {
            **os.environ,
            "MLOPS_STORY_ADDRESS": f"http://127.0.0.1:{service.address.port}",
            "MLOPS_TOKEN": service.address.token,
            "MLOPS_STORY_OUT": str(out),
        }
        without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"]
        reading = [sys.executable, "-c", f"import os; os.listdir({str(service.folder)!r})"]
        assert subprocess.run([*without, *reading], capture_output=True).returncode != 0
        command = [
            *without,
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xvfb",
            str(STORY),
        ]
        done = subprocess.run(
            [*command, "-o", "addopts=--import-mode=importlib", f"--basetemp={tmp_path / 'story'}"],
            env=environment, cwd=STORY.parents[2], capture_output=True, text=True, timeout=280,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]
        assert "1 passed" in done.stdout
    finally:
        service.close()
