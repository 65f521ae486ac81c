"""What the system sees: each file and its folder are synced before the commit that names it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..running import ROOT, TRAINABLE

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
project.datasets.import_file(sys.argv[2], "table", target="sold").wait(60)
project.datasets.import_file(sys.argv[2], "table", mode="append").wait(60)
project.runs.start("table", algorithm="baseline").wait(120)
host.close()
"""
CALLS = "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat"
SYNC = re.compile(r"f(?:data)?sync\(\d+<([^>]+)>\)\s+= 0")
NAMING = re.compile(
    r'(?:rename|link)\w*\((?:AT_FDCWD(?:<[^>]*>)?, )?"([^"]+)", (?:AT_FDCWD(?:<[^>]*>)?, )?"([^"]+)"'
)


@dataclass
class Trace:
    """What a process asked of the file system, in order."""

    synced: list[tuple[int, str]]
    named: dict[str, tuple[int, str]]
    """Final name to when it got it, and the name before."""

    def first_sync(self, path: str, after: int = -1) -> int:
        """When `path` was synced first after the moment `after`; far in the future if never."""
        return next((at for at, synced in self.synced if synced == path and at > after), sys.maxsize)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project into which a table was imported twice and trained on, under strace."""
    place = tmp_path_factory.mktemp("traced")
    (place / "table.csv").write_text(TRAINABLE)
    command = [
        "strace", "-f", "-y", "-s", "1000", "-e", CALLS, "-o", str(place / "trace.txt"),
        sys.executable, "-c", SCRIPT, str(place / "p.mlops"), str(place / "table.csv"),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250)
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr[-2000:]
    return place / "p.mlops"


@pytest.fixture(scope="module")
def trace(folder: Path) -> Trace:
    lines = (folder.parent / "trace.txt").read_text().splitlines()
    synced = [(n, m[1]) for n, line in enumerate(lines) if (m := SYNC.search(line))]
    named = {m[2]: (n, m[1]) for n, line in enumerate(lines) if (m := NAMING.search(line))}
    return Trace(synced, named)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="takes strace")
@pytest.mark.parametrize("kind", ["data/??/*.parquet", "artifacts/??/*"])
def test_a_file_and_its_folder_are_synced_before_the_commit_that_names_it(
    folder: Path, trace: Trace, kind: str
) -> None:
    files = [str(path) for path in folder.glob(kind)]
    assert files
    for path in files:
        at, temp = trace.named[path]
        assert trace.first_sync(temp) < at, f"{path} got its name before its bytes were on the disk"
        above = [when for when, synced in trace.synced if synced == str(Path(path).parents[1]) and when < at]
        assert above, f"the folder of {path} got its name, and that was not synced"
        folder_synced = trace.first_sync(str(Path(path).parent), after=at)
        commit = trace.first_sync(f"{folder}/project.duckdb.wal", after=at)
        assert folder_synced < commit < sys.maxsize, (
            f"{path} was named by a commit before its folder was synced"
        )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="takes strace")
def test_what_a_child_is_told_and_says_at_its_end_is_synced(folder: Path, trace: Trace) -> None:
    for name in ("job.json", "child.json"):
        at, temp = trace.named[f"{folder}/runs/1/{name}"]
        assert trace.first_sync(temp) < at < trace.first_sync(f"{folder}/runs/1", after=at) < sys.maxsize
    assert trace.first_sync(f"{folder}/runs/1/events.jsonl") < sys.maxsize
