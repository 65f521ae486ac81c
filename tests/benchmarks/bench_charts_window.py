"""Charts of very many points and metrics, and tables of very many columns, in the real window.

At scale 1: ten runs of ten metrics of 10,000 steps; values from 1e-300 to 1e300; runs of 150 and of 2,000 metrics;
a data set of 5,000 columns. The window runs in a process of its own (under Xvfb, or offscreen).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from measuring import Figures, Served, in_python, peak_bytes, scaled, window_process
from pytest_benchmark.fixture import BenchmarkFixture

SCRIPT = Path(__file__).with_name("charts_window_script.py")
STEPS, CURVES, COLUMNS = scaled(10_000), scaled(2000, 40), scaled(5000, 400)
GAP_MS, FIRST_GAP_MS, LOG_GAP_MS = 50.0, 200.0, 200.0
WINDOW_GB, SERVICE_GB = 0.6, 1.5

LOG_LONG = f"""
import math, random, sys
from mlops_desktop import open_project
dice = random.Random(1)
with open_project(sys.argv[1]) as project:
    for number in range(10):
        with project.runs.log(f"run {{number}}", {{"seed": number}}) as log:
            for step in range({STEPS}):
                for metric in range(10):
                    log.metric(f"metric {{metric}}", math.exp(-step / 3000) * (1 + metric) + dice.gauss(0, 0.05), step)
"""

LOG_WILD = f"""
import sys
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project, project.runs.log("wild") as log:
    for step in range({STEPS}):
        exponent = step * 7919 % 601 - 300
        log.metric("wild", 0.0 if step % 10 == 0 else 10.0 ** exponent, step)
        log.metric("below", -(10.0 ** exponent), step)
        log.metric("mixed", (float("nan"), float("inf"), 0.0, 1e300, 1e-300)[step % 5], step)
"""

LOG_WIDE = """
import os, sys
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project:
    log = project.runs.log(f"wide {sys.argv[2]}")
    for step in range(50):
        for metric in range(int(sys.argv[2])):
            log.metric(f"metric {metric}", metric + 1 / (step + 1), step)
    log.flush()
    if sys.argv[3] == "end":
        log.end()
    print(log.run_id, flush=True)
    os._exit(0)  # a script that goes on: leaving would end its run
"""


def played(served: Served, case: str, *arguments: str) -> dict[str, Any]:
    """What the window noted while it was used."""
    with window_process(SCRIPT, case, str(served.folder), *arguments) as window:
        return json.loads(window.communicate(timeout=600)[0])


def note(figures: Figures, served: Served, facts: dict[str, Any], case: str, gap_ms: float) -> None:
    """A figure for each step, and the memory of both.

    Of a gap the work of the window's thread is held against the limit: that is what a busy machine does not lengthen.
    """
    for step in facts["steps"]:
        first = "first" in step["step"] or "head" in step["step"]
        clock = f"{step['gap_ms']:.0f} ms on the clock; {step['ms']:.0f} ms until seen"
        figures.add(
            f"{case}, {step['step']}: work", step["work_ms"], "ms", FIRST_GAP_MS if first else gap_ms, clock
        )
    for long in facts["long"]:
        figures.add(f"{case}, gap at {long['at_s']:.1f} s", long["gap_ms"], "ms", None, long["stack"])
    figures.add(f"{case}, memory of the window", facts["peak_bytes"] / 1e9, "GB", WINDOW_GB)
    figures.add(f"{case}, memory of the service", peak_bytes(served.process) / 1e9, "GB", SERVICE_GB)


def until_ms(facts: dict[str, Any], step: str) -> float:
    """Milliseconds from the deed to what was to be seen."""
    return next(s["ms"] for s in facts["steps"] if s["step"] == step)


def test_ten_runs_of_many_steps_are_compared(
    benchmark: BenchmarkFixture, bench: Served, figures: Figures
) -> None:
    in_python(LOG_LONG, str(bench.folder), timeout_s=1200)
    runs = sorted(r.run_id for r in bench.project.runs.list())
    facts = benchmark.pedantic(lambda: played(bench, "long_runs", *map(str, runs)), rounds=1)
    for page in ("comparison", "run"):
        ms = until_ms(facts, f"{page}: head") + until_ms(facts, f"{page}: first chart")
        figures.add(f"S09, {page}: first chart", ms / 1000, "s", 1.0)
    note(figures, bench, facts, "S09", GAP_MS)


def test_an_axis_is_switched_on_wild_values(
    benchmark: BenchmarkFixture, bench: Served, figures: Figures
) -> None:
    in_python(LOG_WILD, str(bench.folder), timeout_s=600)
    facts = benchmark.pedantic(lambda: played(bench, "logarithmic", "1"), rounds=1)
    words = {s["step"] for s in facts["steps"] if s["step"].startswith("told")}
    assert any("wild" in w and f"{STEPS // 10:,} points are not above 0" in w for w in words), words
    assert any("below" in w and f"{STEPS:,} points are not above 0" in w for w in words), words
    note(figures, bench, facts, "S12", LOG_GAP_MS)


def test_thousands_of_metrics_are_listed(
    benchmark: BenchmarkFixture, bench: Served, figures: Figures
) -> None:
    counts = (scaled(150, 20), CURVES)
    runs = [
        in_python(LOG_WIDE, str(bench.folder), str(count), end, timeout_s=600).strip()
        for count in counts
        for end in ("", "end")
    ]
    facts = benchmark.pedantic(lambda: played(bench, "many_metrics", *runs), rounds=1)
    for run, count in zip(runs, [c for c in counts for _ in range(2)], strict=True):
        made = next(s["step"] for s in facts["steps"] if s["step"].startswith(f"count of {run}:"))
        assert f" {count} listed" in made
        figures.add(f"S05, charts made of {count:,}", int(made.split()[5]), "", 20)
        ms = until_ms(facts, f"run {run}: head") + until_ms(facts, f"run {run}: first chart")
        figures.add(f"S05, page of {count:,} metrics", ms / 1000, "s", 1.0)
        command = [
            sys.executable,
            "-m",
            "mlops_desktop",
            "--project",
            str(bench.folder),
            "--json",
            "runs",
            "metrics",
            run,
        ]
        exported = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        assert len({(p["name"], p["step"]) for p in exported}) == count * 50
    note(figures, bench, facts, "S05", GAP_MS)


def test_thousands_of_columns(
    benchmark: BenchmarkFixture, bench: Served, tmp_path: Path, figures: Figures
) -> None:
    dice = random.Random(0)
    names = [f"column {n}" for n in range(COLUMNS)]
    lines = (",".join(f"{dice.random():.4f}" for _ in names) for _ in range(60))
    (tmp_path / "wide.csv").write_text("\n".join([",".join(names), *lines]) + "\n")
    bench.project.datasets.import_file(str(tmp_path / "wide.csv"), "wide", target="column 7").wait()
    facts = benchmark.pedantic(
        lambda: played(bench, "many_columns", "wide", f"column {COLUMNS - 9}"), rounds=1
    )
    for step in ("table: menu of columns", "role menu", "training: features", "training: a column left out"):
        figures.add(f"S08, {step}", until_ms(facts, step) / 1000, "s", 0.3)
    note(figures, bench, facts, "S08", GAP_MS)
