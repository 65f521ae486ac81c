"""How long the window's thread is away while a person moves through ten million rows beside an import and a training.

Two windows run side by side, each in a process of its own: the application on the table, and a bare Qt window, whose
gaps are those of the machine. At scale 1 the table has 10,000,000 rows and it takes 60 s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest
from measuring import Figures, Served, median, quantile, scaled, spread
from pytest_benchmark.fixture import BenchmarkFixture

from mlops_desktop.domain.errors import CancelledError

SCRIPT = Path(__file__).with_name("gui_gap_script.py")
ROWS = scaled(10_000_000)
SECONDS = scaled(60, 15)
TABLE = """
select i as id, (i * 7919) % 1000003 as number, (i * 31) % 97 as small, random() as share,
  timestamp '2020-01-01' + to_seconds((i * 61) % 100000000) as moment, 'city ' || (hash(i) % 5000) as city,
  'plan ' || (i % 7) as plan, i % 3 = 0 as flag
from range({rows}) t(i)"""


def window(*arguments: str) -> subprocess.Popen[str]:
    """A window that is shown and waits for the word to begin."""
    shown = {} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    started = subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | shown,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def watched(served: Served) -> list[dict[str, Any]]:
    """What both windows saw of their threads."""
    both = [window("bare", str(SECONDS)), window("table", str(SECONDS), str(served.folder), "table")]
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    return [json.loads(one.communicate(timeout=SECONDS + 120)[0]) for one in both]


class Work:
    """An import and a training of the same rows, again and again until it is left."""

    def __init__(self, served: Served, file: Path) -> None:
        self._served, self._file = served, file
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(job,)) for job in (self._import, self._train)
        ]
        self.done = {"_import": 0, "_train": 0}

    def __enter__(self) -> Work:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for job in self._served.project.jobs.list(active=True):
            self._served.project.jobs.cancel(job.job_id)
        for thread in self._threads:
            thread.join()

    def _repeat(self, job: Any) -> None:
        while not self._ending.is_set():
            try:
                job()
            except CancelledError:
                return
            self.done[job.__name__] += 1

    def _import(self) -> None:
        self._served.project.datasets.import_file(str(self._file), "beside").wait()

    def _train(self) -> None:
        self._served.project.runs.start("beside0", "number", "lightgbm").wait()


def test_gaps_of_the_window_on_a_large_table(
    benchmark: BenchmarkFixture, bench: Served, tmp_path: Path, figures: Figures
) -> None:
    duckdb.execute(f"copy ({TABLE.format(rows=ROWS)}) to '{tmp_path}/table.parquet' (format parquet)")
    duckdb.execute(
        f"copy (from '{tmp_path}/table.parquet' limit {ROWS // 5}) to '{tmp_path}/beside.csv' (header)"
    )
    bench.project.datasets.import_file(str(tmp_path / "table.parquet"), "table").wait()
    bench.project.datasets.import_file(str(tmp_path / "beside.csv"), "beside0").wait()
    with Work(bench, tmp_path / "beside.csv") as work:
        bare, ours = benchmark.pedantic(lambda: watched(bench), rounds=1)
    machine, gaps = quantile(bare["gaps_ms"], 0.999), quantile(ours["gaps_ms"], 0.999)
    beside = f"{work.done['_import']} imports, {work.done['_train']} trainings beside it"
    figures.add(
        f"99.9th percentile of the gaps, {ROWS:,} rows, {SECONDS} s", gaps, "ms", machine + 50, beside
    )
    figures.add("... of a bare window beside it", machine, "ms")
    figures.add("... longest; bare", max(ours["gaps_ms"]), "ms", None, f"{max(bare['gaps_ms']):.0f} ms")
    figures.add(
        "... first rows of a jump", median(ours["jumps_ms"]), "ms", 200.0, spread(ours["jumps_ms"], "ms")
    )
    for long in ours["long"]:
        figures.add(f"... gap at {long['at_s']:.1f} s", long["gap_ms"], "ms", None, long["stack"])
    assert len(ours["gaps_ms"]) > SECONDS * 10, "the window's timer hardly ticked"
    if not ours["jumps_ms"]:
        pytest.fail("no jump was painted")
