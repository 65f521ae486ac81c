"""What the system sees: a data file and its folder are synced before the commit that names it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.database import create
from mlops_desktop.store.session import Caller
folder = Path(sys.argv[1])
create(folder, lambda session: session.project.begin("strace"))
host = Host(folder)
project = Project(host.local(Caller("ann", "window")))
project.datasets.import_file(sys.argv[2], "table").wait(60)
host.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="takes strace")
def test_a_data_file_and_its_folder_are_synced_before_the_commit_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n" + "".join(f"{n},{n * n}\n" for n in range(1000)))
    trace = tmp_path / "trace.txt"
    command = [
        "strace", "-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", str(trace),
        sys.executable, "-c", SCRIPT, str(tmp_path / "p.mlops"), str(tmp_path / "table.csv"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = trace.read_text().splitlines()
    [data] = list((tmp_path / "p.mlops" / "data").glob("??/*.parquet"))
    renamed = next(n for n, line in enumerate(lines) if "rename" in line and data.name in line)
    synced = [
        n for n, line in enumerate(lines[:renamed]) if re.search(r"f(data)?sync\(\d+<[^>]*/data/", line)
    ]
    folder = next(
        n for n, line in enumerate(lines) if n > renamed and f"<{data.parent}>" in line and "sync(" in line
    )
    commits = [
        n for n, line in enumerate(lines) if re.search(r"f(data)?sync\(\d+<[^>]*project\.duckdb", line)
    ]
    assert synced, "the file was not synced before it got its name"
    assert any(n > folder for n in commits), "no commit came after the folder was synced"
