"""From the request of a run to its first fit, against a plain script that reads the same table and fits the same.

Both sides have their imports done: the script before its clock starts, the run in the worker that waits warm. The run's
first fit is the time that its child wrote into ``events.jsonl`` when the stage began.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from measuring import Figures, Served, in_python, median, pairs, spread
from pytest_benchmark.fixture import BenchmarkFixture

from mlops_desktop.domain.messages import StageStarted, decode_lines

ROWS = 20_000
PLAIN = """
import sys, time
import numpy, pandas, lightgbm
from sklearn.model_selection import train_test_split
began = time.perf_counter()
table = pandas.read_parquet(sys.argv[1])
train, test = train_test_split(table, test_size=0.2, random_state=0)
data = lightgbm.Dataset(train.drop(columns="y"), label=train["y"], params={"verbosity": -1})
print(time.perf_counter() - began)
"""


def first_fit(folder: Path, run_id: int) -> datetime:
    """When the child of a run began its first fit."""
    events, _ = decode_lines((folder / "runs" / str(run_id) / "events.jsonl").read_bytes())
    return next(e.at for e in events if isinstance(e, StageStarted) and e.name in ("Folds", "Final fit"))


def test_request_to_first_fit_against_a_plain_script(
    benchmark: BenchmarkFixture, bench: Served, tmp_path: Path, figures: Figures
) -> None:
    table = tmp_path / "table.parquet"
    columns = ", ".join(f"random() as x{i}" for i in range(10))
    duckdb.execute(f"copy (select {columns}, random() as y from range({ROWS})) to '{table}'")
    project = bench.project
    project.datasets.import_file(str(table), "table", target="y").wait()
    project.runs.start("table", params={"iterations": 1}).wait()  # a worker is warm from here on

    def ours() -> float:
        time.sleep(5.0)  # the next worker warms up meanwhile, as between two clicks of a person
        asked = datetime.now(UTC)
        run = project.runs.start("table", params={"iterations": 1}).wait()
        return (first_fit(bench.folder, run.run_id) - asked).total_seconds()

    def plain() -> float:
        return float(in_python(PLAIN, str(table)))

    runs, scripts = benchmark.pedantic(lambda: pairs(ours, plain, 10), rounds=1)
    figures.add("request of a run to its first fit", median(runs), "s", None, spread(runs))
    figures.add("... reading and splitting in a plain script", median(scripts), "s", None, spread(scripts))
    extra = median([a - b for a, b in zip(runs, scripts, strict=True)])
    figures.add("... median difference of ten pairs", extra, "s", 1.0)
