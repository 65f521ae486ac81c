"""What the benchmarks measure with: a project with its own service, clocks, a process's use, and the table of figures."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from mlops_desktop.client import create_project, open_project
from mlops_desktop.project import Project

SCALE = float(os.environ.get("MLOPS_DESKTOP_BENCH_SCALE", "0.1"))
"""Share of the full size at which a benchmark runs; the targets hold at 1."""


def scaled(full: int, least: int = 1) -> int:
    """`full`, at the scale that was asked for."""
    return max(least, round(full * SCALE))


@dataclass
class Figure:
    """One line of the table of figures."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    def __str__(self) -> str:
        verdict = ""
        if self.target is not None:
            verdict = (
                f"{'met' if self.value <= self.target else 'MISSED'} (at most {self.target:g} {self.unit})"
            )
        return f"{self.name:58} {self.value:>10.4g} {self.unit:5} {verdict:32} {self.note}".rstrip()


@dataclass
class Figures:
    """The figures of a session, in the order they came."""

    lines: list[Figure] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, target: float | None = None, note: str = "") -> None:
        """Note a figure; a smaller one is better, and `target` is the largest that is good enough."""
        self.lines.append(Figure(name, value, unit, target, note))


@dataclass(frozen=True)
class Served:
    """A project and the process that owns it."""

    project: Project
    folder: Path
    process: psutil.Process
    """The service."""

    def disk_bytes(self) -> int:
        """Bytes of the files that hold data."""
        return sum(f.stat().st_size for f in (self.folder / "data").rglob("*") if f.is_file())


@contextmanager
def served(folder: Path, name: str = "bench") -> Iterator[Served]:
    """A new project in `folder` with its service, which ends afterwards; a client waits for news, as a window does."""
    path = create_project(folder / f"{name}.mlops")
    with open_project(path) as project:
        process = psutil.Process(project.status().service.pid)
        ending = threading.Event()
        waiting = threading.Thread(target=_wait_for_news, args=(path, ending))
        waiting.start()
        try:
            yield Served(project, path, process)
        finally:
            ending.set()
            waiting.join()
            project.stop(force=True)
    process.wait(30)


def _wait_for_news(folder: Path, ending: threading.Event) -> None:
    """Without a client the service would leave after a minute in which a peer is measured."""
    with open_project(folder) as project:
        after, instance = 0, ""
        while not ending.is_set():
            news = project.activity.wait(after, instance, 1.0)
            after, instance = news.last, news.instance


@contextmanager
def window_process(script: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A script that shows a window, in a process of its own: it has said that it is ready, and was told to begin."""
    shown = {} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    started = subprocess.Popen(
        [sys.executable, str(script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | shown,
    )
    assert started.stdin is not None and started.stdout is not None
    try:
        if started.stdout.readline() != "ready\n":
            raise RuntimeError(f"{script.name} did not get ready")
        started.stdin.write("go\n")
        started.stdin.flush()
        yield started
    finally:
        started.kill()
        started.wait()


def peak_bytes(process: psutil.Process) -> int:
    """The most memory that a process has held so far (VmHWM)."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmHWM: peaks are read on Linux only")


def cpu_s(process: psutil.Process, *, children: bool = False) -> float:
    """Seconds of processor that a process has used, with its living children or without."""
    used = 0.0
    for one in [process, *(process.children(recursive=True) if children else [])]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue  # ended between the list and the look
        used += times.user + times.system
    return used


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def pairs(
    first: Callable[[], float], second: Callable[[], float], count: int
) -> tuple[list[float], list[float]]:
    """`count` measurements of each, alternating, the one that begins changing from pair to pair."""
    one: list[float] = []
    two: list[float] = []
    for number in range(count):
        order = ((first, one), (second, two))
        for measure, into in order if number % 2 == 0 else reversed(order):
            into.append(measure())
    return one, two


def spread(values: Sequence[float], unit: str = "s") -> str:
    """The smallest and the largest in words."""
    return f"{min(values):.3g}..{max(values):.3g} {unit}, n={len(values)}"


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values don't exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 1e6) // 1_000_000) - 1))]


def in_python(code: str, *arguments: str, timeout_s: float = 600.0) -> str:
    """What `code` prints, run in a Python process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    if done.returncode:
        raise RuntimeError(f"a peer failed: {done.stderr[-2000:]}")
    return done.stdout
