"""The table of runs in the real window: counts, times and gaps of its thread with few, many and growing runs.

At scale 1: 1,699, 1,700, 1,701 and 2,000 runs with 30 metrics of one step and 20 parameters each; 30,000 runs with 5 and
5; and 250 runs while ten scripts log on for 20 s. A bare window beside each tells what the machine itself does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from measuring import Figures, median, quantile, scaled, seconds, spread
from pytest_benchmark.fixture import BenchmarkFixture

from mlops_desktop.client import create_project, open_project
from mlops_desktop.project import Project
from mlops_desktop.store.database import Store

HERE = Path(__file__).parent
EDGE, LARGE = scaled(1700), scaled(30_000)
FOLLOWED, SCRIPTS, SECONDS = 250, 10, scaled(20, 8)
GAP_MS, BARE_S = 50.0, 12

LOG_ON = """
import os, sys, time
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project:
    while not os.path.exists(sys.argv[2]):
        with project.runs.log(f"script {sys.argv[3]}", {"depth": 3}) as log:
            log.metric("metric 0", time.time() % 1000, 0)
            time.sleep(1)
"""


def make(folder: Path, runs: int, metrics: int, params: int) -> Path:
    """A project with runs as scripts log them, written by SQL: logging them takes minutes."""
    path = create_project(folder / f"runs{runs}.mlops")
    store = Store(path)
    with store.writing() as session:
        for sql in (
            f"""insert into run select i, 'trial ' || i, 'logged', 'finished', 'null', null, null, '{{}}', null, '', '[]',
            now()::timestamp - to_seconds({runs} - i), 'ann', now()::timestamp, now()::timestamp + to_seconds(i % 600), null
            from range(1, {runs} + 1) t(i)""",
            "insert into ingested select run_id, 0 from run",
            f"""insert into metric select i, 'metric ' || m, 0, ((i * 7919 + m * 31) % 1000003) / 1e6, now()::timestamp
            from range(1, {runs} + 1) t(i), range({metrics}) u(m) order by i, m""",
            f"""insert into run_param select i, 'param ' || m, ((i * (m + 1)) % 97)::varchar
            from range(1, {runs} + 1) t(i), range({params}) u(m) order by i, m""",
            f"insert into counter values ('run', {runs})",
        ):
            session.cursor.execute(sql)
    store.close()
    return path


@contextmanager
def opened(path: Path) -> Iterator[Project]:
    """The project with its service, which ends afterwards."""
    with open_project(path) as project:
        try:
            yield project
        finally:
            project.stop(force=True)


def window(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A window that is shown and waits for the word to begin."""
    shown = {} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    started = subprocess.Popen(
        [sys.executable, str(HERE / script), *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | shown,
    )  # fmt: skip
    assert started.stdout is not None and started.stdout.readline() == "ready\n"
    return started


def watched(
    *arguments: str, beside: Callable[[], object] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a bare window and the application saw of their threads; `beside` begins what goes on meanwhile.

    It begins once both windows are quiet: one that always has something to ask for is never ready.
    """
    both = [window("gui_gap_script.py", "bare", str(BARE_S)), window("runs_window_script.py", *arguments)]
    if beside is not None:
        beside()
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    bare, ours = (json.loads(one.communicate(timeout=300)[0]) for one in both)
    return bare, ours


def note_gaps(figures: Figures, name: str, bare: dict[str, Any], ours: dict[str, Any]) -> None:
    """Gaps of the window against the 50 ms that are allowed beside those of a bare one, which are the machine's own."""
    over = f"{sum(gap > GAP_MS for gap in ours['gaps_ms'])} of {len(ours['gaps_ms'])} over {GAP_MS:.0f} ms"
    machine = max(bare["gaps_ms"])
    figures.add(f"{name}: longest gap", max(ours["gaps_ms"]), "ms", GAP_MS + machine, over)
    figures.add("... of a bare window beside it", machine, "ms")
    figures.add("... peak memory of the window", ours["peak_bytes"] / 1e6, "MB", 600.0)
    for long in ours["long"]:
        figures.add(f"... gap at {long['at_s']:.1f} s", long["gap_ms"], "ms", None, long["stack"])


def note_steps(figures: Figures, name: str, ours: dict[str, Any]) -> str:
    """Times of the steps against their limits; returns what the window says of how many runs there are."""
    said = ""
    for step in ours["steps"]:
        limit = {"open": 1.0}.get(
            step["step"], 0.2 if step["step"].startswith(("sort", "turn", "filter", "clear")) else None
        )
        if step["step"].startswith("said: "):
            said = step["step"].removeprefix("said: ")
        elif step["step"] != "look":
            figures.add(f"{name}: {step['step']}", step["ms"] / 1000, "s", limit)
    return said


def listed(path: Path) -> int:
    """How many runs the command line lists."""
    command = [sys.executable, "-m", "mlops_desktop", "--project", str(path), "--json", "runs", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return len({run["run_id"] for run in json.loads(done.stdout)})


def test_counts_and_times_around_an_edge(
    benchmark: BenchmarkFixture, tmp_path: Path, figures: Figures
) -> None:
    path = make(tmp_path, EDGE - 1, 30, 20)
    with opened(path) as project:
        took = benchmark.pedantic(
            lambda: [seconds(lambda: project.runs.page(numbers=True)) for _ in range(5)], rounds=1
        )
        figures.add(
            f"a page of {EDGE - 1:,} runs x 30 metrics, the first and its median",
            took[0],
            "s",
            1.0,
            spread(took),
        )
        for count in (EDGE - 1, EDGE, EDGE + 1):
            _, ours = watched("steps", str(path), str(count))
            assert note_steps(figures, f"{count:,} runs", ours) == f"{count:,} runs"
            assert listed(path) == count == project.runs.page().total
            with project.runs.log(f"trial {count + 1}") as log:
                for metric in range(30):
                    log.metric(f"metric {metric}", ((count + 1) * 7919 + metric * 31) % 1000003 / 1e6)


@pytest.mark.parametrize(("runs", "metrics", "params"), [(scaled(2000), 30, 20), (LARGE, 5, 5)])
def test_steps_of_a_person_on_many_runs(
    benchmark: BenchmarkFixture, tmp_path: Path, figures: Figures, runs: int, metrics: int, params: int
) -> None:
    path = make(tmp_path, runs, metrics, params)
    with opened(path):
        bare, ours = benchmark.pedantic(lambda: watched("steps", str(path), str(runs)), rounds=1)
        assert note_steps(figures, f"{runs:,} runs", ours) == f"{runs:,} runs"
        note_gaps(figures, f"{runs:,} runs", bare, ours)


def test_the_table_follows_scripts_that_log(
    benchmark: BenchmarkFixture, tmp_path: Path, figures: Figures
) -> None:
    path = make(tmp_path, FOLLOWED, 5, 5)
    with opened(path):
        scripts: list[subprocess.Popen[bytes]] = []

        def log_on() -> None:
            command = [sys.executable, "-c", LOG_ON, str(path), str(tmp_path / "enough")]
            scripts.extend(subprocess.Popen([*command, str(n)]) for n in range(SCRIPTS))

        bare, ours = benchmark.pedantic(
            lambda: watched("follow", str(path), str(SECONDS), beside=log_on), rounds=1
        )
        (tmp_path / "enough").touch()
        assert [script.wait(60) for script in scripts] == [0] * SCRIPTS
    delays = [float(d) for d in ours["steps"][-1]["step"].removeprefix("delays: ").split()]
    assert len(delays) >= SCRIPTS, "hardly a run was seen"
    figures.add("a new run is in the table after, median", median(delays), "s", 1.0, spread(delays))
    figures.add("... 95th percentile", quantile(delays, 0.95), "s", 1.0)
    note_gaps(figures, f"{FOLLOWED} runs, {SCRIPTS} scripts log on", bare, ours)
