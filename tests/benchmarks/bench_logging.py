"""Eighty scripts that log 100 points a second each: nothing is lost, a watcher follows, the service stays under a core.

At scale 1 they log for 60 s. The scripts are real processes that use the Python API as a person's script does; beside
them one process waits for news as the window does, and reads the newest points of a run whenever there are some.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
from measuring import Figures, Served, cpu_s, median, peak_bytes, quantile, scaled
from pytest_benchmark.fixture import BenchmarkFixture

SCRIPTS = 80
POINTS_PER_S = 100
SECONDS = scaled(60, 10)

SCRIPT = f"""
import sys, time
from mlops_desktop import open_project
with open_project(sys.argv[1]) as project, project.runs.log(f"script {{sys.argv[2]}}") as log:
    print("ready", flush=True)
    began = time.monotonic() + float(sys.stdin.readline())
    for step in range({SECONDS * POINTS_PER_S}):
        if step % 5 == 0:
            time.sleep(max(0.0, began + step / {POINTS_PER_S} - time.monotonic()))
        log.metric("loss", 1.0 / (step + 1), step)
print(log.run_id, flush=True)
"""


class Watcher:
    """Waits for news as the window does, and looks at a run whenever its points have grown."""

    def __init__(self, served: Served, run: int) -> None:
        self._served, self._run = served, run
        self._ending = threading.Event()
        self.lag_s: list[float] = []
        """Age of the newest point when it has been read, per look."""
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _watch(self) -> None:
        project, after, instance = self._served.project, 0, ""
        while not self._ending.is_set():
            news = project.activity.wait(after, instance, 1.0)
            after, instance = news.last, news.instance
            if any("metric" in event.topics for event in news.events):
                points = project.runs.metrics(self._run, "loss")
                # Once all are there the last one only grows older.
                if 0 < len(points) < SECONDS * POINTS_PER_S and points[-1].at is not None:
                    self.lag_s.append(time.time() - points[-1].at.timestamp())
                self._ending.wait(0.5)


def begun(folder: Path) -> list[subprocess.Popen[str]]:
    """The scripts, each with its run begun and waiting for the word to go."""
    scripts: list[subprocess.Popen[str]] = []
    for number in range(SCRIPTS):
        command = [sys.executable, "-c", SCRIPT, str(folder), str(number)]
        scripts.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        if number % 4 == 3:  # not all at once: their own imports are not what is measured
            for script in scripts[-4:]:
                assert script.stdout is not None and script.stdout.readline() == "ready\n"
    return scripts


def logged(scripts: list[subprocess.Popen[str]]) -> list[int]:
    """Let them log; the numbers of their runs."""
    for number, script in enumerate(scripts):
        assert script.stdin is not None
        script.stdin.write(f"{number / SCRIPTS}\n")
        script.stdin.flush()
    return [int(script.communicate(timeout=SECONDS + 120)[0]) for script in scripts]


def test_eighty_scripts(benchmark: BenchmarkFixture, bench: Served, figures: Figures) -> None:
    scripts = begun(bench.folder)
    service, machine = bench.process, psutil.cpu_times()
    used, began = cpu_s(service), time.monotonic()
    with Watcher(bench, 1) as watcher:
        runs = benchmark.pedantic(lambda: logged(scripts), rounds=1)
    took = time.monotonic() - began
    busy = psutil.cpu_times()
    everything = sum(busy) - sum(machine) - (busy.idle - machine.idle)
    cores = (cpu_s(service) - used) / took
    note = f"{took:.0f} s for {SECONDS} s of logging; the whole machine used {everything / took:.2f} cores"
    figures.add(f"{SCRIPTS} scripts x {POINTS_PER_S}/s: the service", cores, "cores", 1.0, note)
    figures.add("... age of a point when it is shown, median", median(watcher.lag_s), "s", 2.0)
    figures.add("... 95th percentile", quantile(watcher.lag_s, 0.95), "s")
    figures.add("... peak memory of the service", peak_bytes(service) / 1e9, "GB", 1.5)
    wanted = SECONDS * POINTS_PER_S
    there = [len(bench.project.runs.metrics(run, "loss")) for run in runs]
    figures.add("... points lost", wanted * SCRIPTS - sum(there), "", 0)
    assert there == [wanted] * SCRIPTS
