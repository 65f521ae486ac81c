"""A fit in a run against the same fit in a plain script: what the program costs.

The script has its imports done, reads the same CSV, and fits the same estimator with the same parameters, rows and
threads. At scale 1 the fit takes about a minute on the machine of the limits.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from measuring import Figures, Served, in_python, median, pairs, scaled, seconds, spread
from pytest_benchmark.fixture import BenchmarkFixture

ROWS, COLUMNS = 300_000, 20
TREES = scaled(4500, 20)

PLAIN = f"""
import sys, time
import numpy, pandas, lightgbm
from sklearn.model_selection import train_test_split
began, used = time.perf_counter(), time.process_time()
table = pandas.read_csv(sys.argv[1])
train, test = train_test_split(table, test_size=0.2, random_state=0)
params = dict(objective="regression", metric="rmse", learning_rate=0.1, num_leaves=63, max_depth=-1,
    min_data_in_leaf=20, seed=0, num_threads=1, deterministic=True, force_row_wise=True, verbosity=-1)
data = lightgbm.Dataset(train.drop(columns="y"), label=train["y"], params={{"verbosity": -1}})
held = data.create_valid(test.drop(columns="y"), label=test["y"])
booster = lightgbm.train(params, data, {TREES}, valid_sets=[data, held], valid_names=["train", "test"])
error = float(numpy.sqrt(numpy.mean((booster.predict(test.drop(columns="y"), num_threads=1) - test["y"]) ** 2)))
booster.save_model(sys.argv[2])
print(time.perf_counter() - began, time.process_time() - used)
"""
"""One thread on both sides: two would measure the other programs on the machine."""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Numbers that a target follows from."""
    path = tmp_path / "table.csv"
    features = ", ".join(f"round(random(), 5) as x{i}" for i in range(COLUMNS))
    duckdb.execute("set threads = 1; select setseed(0.25)")
    duckdb.execute(
        f"copy (select *, round(10 * sin(6 * x0) * x1 + 5 * x2 * x3 + random(), 5) as y"
        f" from (select {features} from range({ROWS}))) to '{path}' (header)"
    )
    return path


def test_fit_against_a_plain_script(
    benchmark: BenchmarkFixture, bench: Served, table: Path, tmp_path: Path, figures: Figures
) -> None:
    project = bench.project
    project.datasets.import_file(str(table), "table", target="y").wait()
    params = {"iterations": TREES, "max_leaves": 63}
    project.runs.start("table", params={"iterations": 1}, threads=1).wait()  # the worker is warm from here on

    def ours() -> float:
        return seconds(lambda: project.runs.start("table", params=params, threads=1).wait())

    def plain() -> float:
        return float(in_python(PLAIN, str(table), str(tmp_path / "model.txt")).split()[0])

    runs, scripts = benchmark.pedantic(lambda: pairs(ours, plain, 5), rounds=1)
    extra = median([a - b for a, b in zip(runs, scripts, strict=True)])
    figures.add(f"fit of {TREES} trees in a run", median(runs), "s", None, spread(runs))
    figures.add("... in a plain script", median(scripts), "s", None, spread(scripts))
    figures.add("... median difference of the pairs", extra, "s", 1.0 + 0.03 * median(scripts))
