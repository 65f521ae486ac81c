"""Many runs, many metrics, many columns: that lists, pages and profiles stay fast, and that nothing is left out.

At scale 1: 2,000 runs with 30 metrics and 20 parameters each; a run of 2,000 metrics with 50 steps; 5,000 columns;
80 scripts that log while their service is killed.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import psutil
from measuring import Figures, Served, in_python, median, peak_bytes, scaled, seconds, spread
from pytest_benchmark.fixture import BenchmarkFixture

from mlops_desktop.client import open_project

RUNS, METRICS, PARAMS = scaled(2000), 30, 20
CURVES, STEPS = scaled(2000), 50
COLUMNS = scaled(5000)
SCRIPTS, POINTS = scaled(80, 8), 400

LOG_RUNS = f"""
import sys
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project:
    for number in range({RUNS}):
        params = {{f"param {{p}}": (number * p) % 97 for p in range({PARAMS})}}
        with project.runs.log(f"run {{number}}", params) as log:
            for metric in range({METRICS}):
                log.metric(f"metric {{metric}}", (number * 7919 + metric) % 1000003 / 1e6)
"""

LOG_CURVES = f"""
import sys
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project, project.runs.log("wide") as log:
    for step in range({STEPS}):
        for metric in range({CURVES}):
            log.metric(f"metric {{metric}}", metric + 1 / (step + 1), step)
"""

LOG_ON = f"""
import sys, time
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project, project.runs.log(f"script {{sys.argv[2]}}") as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for step in range({POINTS}):
        log.metric("loss", 1.0 / (step + 1), step)
        time.sleep(0.01)
print("done", flush=True)
"""


def test_many_runs_are_listed(benchmark: BenchmarkFixture, bench: Served, figures: Figures) -> None:
    in_python(LOG_RUNS, str(bench.folder), timeout_s=1200)
    took = benchmark.pedantic(
        lambda: [seconds(lambda: bench.project.runs.list(limit=RUNS)) for _ in range(3)], rounds=1
    )
    runs = bench.project.runs.list(limit=RUNS)
    assert len(runs) == RUNS and all(len(r.metrics) == METRICS and len(r.params) == PARAMS for r in runs)
    figures.add(f"list of {RUNS:,} runs x {METRICS} metrics", took[0], "s", 1.0, spread(took))
    by_command = [
        sys.executable,
        "-m",
        "mlops_desktop",
        "--project",
        str(bench.folder),
        "--json",
        "runs",
        "list",
    ]
    found = subprocess.run([*by_command, "--limit", str(RUNS)], capture_output=True, text=True, check=True)
    assert len({run["run_id"] for run in json.loads(found.stdout)}) == RUNS


def test_a_run_with_many_metrics(benchmark: BenchmarkFixture, bench: Served, figures: Figures) -> None:
    in_python(LOG_CURVES, str(bench.folder), timeout_s=600)
    run = bench.project.runs.list(limit=1)[0]
    assert len(run.metrics) == CURVES
    one = benchmark.pedantic(
        lambda: [
            seconds(lambda: bench.project.runs.metrics(run.run_id, f"metric {CURVES // 2}")) for _ in range(5)
        ],
        rounds=1,
    )
    figures.add(f"points of one of {CURVES:,} metrics", median(one), "s", 0.2, spread(one))
    every = seconds(lambda: bench.project.runs.metrics(run.run_id))
    assert len(bench.project.runs.metrics(run.run_id)) == CURVES * STEPS
    figures.add(f"all {CURVES * STEPS:,} points of the run", every, "s", 1.0)


def test_many_columns(benchmark: BenchmarkFixture, bench: Served, tmp_path: Path, figures: Figures) -> None:
    dice = random.Random(0)
    names = [f"column {n}" for n in range(COLUMNS)]
    lines = (",".join(f"{dice.random():.4f}" for _ in names) for _ in range(60))
    (tmp_path / "wide.csv").write_text("\n".join([",".join(names), *lines]) + "\n")
    took = seconds(
        lambda: bench.project.datasets.import_file(
            str(tmp_path / "wide.csv"), "wide", target="column 7"
        ).wait()
    )
    figures.add(f"import of {COLUMNS:,} columns x 60 rows", took, "s")
    profile = benchmark.pedantic(lambda: seconds(lambda: bench.project.datasets.profile("wide")), rounds=1)
    assert len(bench.project.datasets.profile("wide")) == COLUMNS
    figures.add("... profile", profile, "s", 20.0)
    figures.add(
        "... page",
        median([seconds(lambda: bench.project.datasets.rows("wide", limit=20)) for _ in range(5)]),
        "s",
        0.3,
    )
    run = bench.project.runs.start("wide", algorithm="linear")
    figures.add("... training", seconds(run.wait), "s")
    figures.add("... peak memory of the service", peak_bytes(bench.process) / 1e9, "GB", 1.5)


def test_a_killed_service_while_many_log(
    benchmark: BenchmarkFixture, bench: Served, figures: Figures
) -> None:
    command = [sys.executable, "-c", LOG_ON, str(bench.folder)]
    scripts = [
        subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(SCRIPTS)
    ]
    for script in scripts:
        assert script.stdout is not None and script.stdin is not None
        assert script.stdout.readline() == "ready\n"
    for script in scripts:
        script.stdin.write("go\n")  # type: ignore[union-attr]
        script.stdin.flush()  # type: ignore[union-attr]

    def kill_and_wait() -> list[str]:
        psutil.Process(bench.project.status().service.pid).kill()
        return [script.communicate(timeout=600)[0] for script in scripts]

    ended = benchmark.pedantic(lambda: seconds(kill_and_wait), rounds=1)
    with open_project(bench.folder) as project:
        logged = [r for r in project.runs.list(limit=SCRIPTS) if r.name.startswith("script")]
        points = sum(len(project.runs.metrics(r.run_id, "loss")) for r in logged)
    figures.add(
        f"points lost of {SCRIPTS} scripts, the service killed among them", SCRIPTS * POINTS - points, "", 0
    )
    figures.add("... until all have ended", ended, "s")
    assert all(script.returncode == 0 for script in scripts)
    assert points == SCRIPTS * POINTS
