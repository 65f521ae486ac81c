"""Large files through the import screen of the real window: how long, whether it stays smooth, what it holds in memory.

At scale 1: CSV files of 255 MB and 1 GB (20 columns), and one of 255 MB with texts of 2 to 20 KB; a window that is
closed in the midst of an import. Gaps are told as the work that the window's thread did at a time, which a busy machine
does not lengthen, with the time on the clock beside it. The window runs in a process of its own (under Xvfb, or offscreen).
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bench_import import TABLE
from measuring import SCALE, Figures, Served, cpu_s, peak_bytes, window_process
from pytest_benchmark.fixture import BenchmarkFixture

SCRIPT = Path(__file__).with_name("import_window_script.py")
GAP_MS, WINDOW_GB = 50.0, 0.6
ROW_BYTES = 276
"""Of a row of `TABLE` as CSV, about."""
WORDS = ("alpha", "beta, gamma", 'quoted "word"', "größe", "line\nbreak", "plain")


def wide_rows(folder: Path, size_bytes: float) -> tuple[Path, int]:
    """A CSV of 20 columns of about this size, and its number of rows."""
    rows = max(10_000, round(size_bytes / ROW_BYTES))
    duckdb.execute(f"copy ({TABLE.format(rows=rows)}) to '{folder}/rows.csv' (header)")
    return folder / "rows.csv", rows


def long_texts(folder: Path, size_bytes: float) -> tuple[Path, int]:
    """A CSV with a number, a word and two texts of 2 to 20 KB in each row."""
    dice, rows, written = random.Random(3), 0, 0
    lump = " ".join(dice.choice(WORDS) for _ in range(20_000)).replace('"', '""')
    with (folder / "texts.csv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("number,word,text,answer\n")
        while written < size_bytes or rows < 200:
            texts = []
            for _ in range(2):
                begin, length = dice.randrange(len(lump) - 20_000), dice.randrange(2_000, 20_000)
                texts.append(lump[begin : begin + length].strip('"') + ".")
            texts = [t if t.count('"') % 2 == 0 else t.replace('"', "") for t in texts]
            written += file.write(f'{rows},{dice.choice("abc")},"{texts[0]}","{texts[1]}"\n')
            rows += 1
    return folder / "texts.csv", rows


@pytest.mark.parametrize(
    ("make", "megabytes", "service_gb"),
    [(wide_rows, 255, 1.5), (long_texts, 255, 2.0), (wide_rows, 1000, 1.5)],
    ids=["255 MB", "255 MB of long texts", "1 GB"],
)
def test_a_large_file_comes_through_the_import_screen(
    benchmark: BenchmarkFixture,
    bench: Served,
    tmp_path: Path,
    figures: Figures,
    make: Any,
    megabytes: int,
    service_gb: float,
) -> None:
    file, rows = make(tmp_path, megabytes * SCALE * 1e6)
    case = f"{file.stem} of {file.stat().st_size / 1e6:,.0f} MB"

    def played() -> dict[str, Any]:
        with window_process(SCRIPT, str(bench.folder), str(file)) as window:
            return json.loads(window.communicate(timeout=900)[0])

    used = cpu_s(bench.process)
    facts = benchmark.pedantic(played, rounds=1)
    used = cpu_s(bench.process) - used
    imported = bench.project.datasets.list()[0].newest
    assert imported is not None and imported.rows == rows
    ms = {step["step"]: step["ms"] for step in facts["steps"]}
    seconds = (ms["begin"] + ms["scroll until it has ended"]) / 1000
    gigabytes = file.stat().st_size / 1e9
    figures.add(f"{case}: import", seconds, "s", 12.0 * max(gigabytes, 0.5), f"{rows:,} rows")
    figures.add(
        "... processor of the service for each GB", used / gigabytes, "s", 24.0 if SCALE >= 1 else None
    )
    for step in facts["steps"]:
        note = f"{step['gap_ms']:.0f} ms on the clock; {step['ms']:.0f} ms in all"
        figures.add(f"... {step['step']}: longest work at a time", step["work_ms"], "ms", GAP_MS, note)
    for long in facts["long"]:
        figures.add(f"... gap at {long['at_s']:.1f} s", long["gap_ms"], "ms", None, long["stack"])
    figures.add("... memory of the window", facts["peak_bytes"] / 1e9, "GB", WINDOW_GB)
    figures.add("... memory of the service", peak_bytes(bench.process) / 1e9, "GB", service_gb)


def test_an_import_goes_on_when_its_window_is_closed(
    benchmark: BenchmarkFixture, bench: Served, tmp_path: Path, figures: Figures
) -> None:
    file, rows = wide_rows(tmp_path, 600 * SCALE * 1e6)

    def closed() -> float:
        with window_process(SCRIPT, str(bench.folder), str(file), "close") as window:
            told = json.loads(window.communicate(timeout=300)[0])
            assert window.returncode == 0
            return float(told["close_ms"])

    figures.add(
        "window closed in the midst of an import", benchmark.pedantic(closed, rounds=1) / 1000, "s", 2.0
    )
    jobs = bench.project.jobs.list()
    bench.project.jobs.wait(jobs[0].job_id, 300.0)
    imported = bench.project.datasets.list()[0].newest
    assert imported is not None and imported.rows == rows
