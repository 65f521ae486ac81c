"""Import, merge, replace and difference of a large CSV, against DuckDB's own COPY of the same file in the same run.

At scale 1 the file has 5 M rows of 20 columns (1 GB). Every cell is compared with the table that the CSV was made from.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from measuring import (
    Figures,
    Served,
    cpu_s,
    in_python,
    median,
    pairs,
    peak_bytes,
    scaled,
    seconds,
    served,
    spread,
)
from pytest_benchmark.fixture import BenchmarkFixture

ROWS = scaled(5_000_000, 10_000)

TABLE = """
select i as id, (i * 7919) % 1000003 as number, (i * 31) % 97 as small, i * 4294967296 as big,
  case when i % 53 = 0 then null else (i * 17) % 100000 end as gaps,
  round(random() * 1000, 4) as amount, random() * 1e6 as precise, round(random() - 0.5, 6) as signed,
  case when i % 29 = 0 then null else round(random() * 10, 2) end as gappy, exp(random() * 40 - 20) as wide,
  date '2000-01-01' + cast(i % 9000 as integer) as day,
  timestamp '2020-01-01' + to_seconds(i * 13 % 100000000) as moment,
  i % 3 = 0 as flag, 'plan ' || (i % 7) as plan, 'city ' || (hash(i) % 5000) as city,
  lpad(cast(i % 100000 as varchar), 7, '0') as code, md5(cast(i as varchar)) as digest,
  case when i % 11 = 0 then null else 'note, with "quotes" ' || (i % 1000) end as note,
  cast(uuid() as varchar) as token, 'customer of ' || (hash(i) % 5000) as customer
from range({rows}) t(i)"""

RAW_COPY = """
import os, sys, time, duckdb
os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[3]))
c = duckdb.connect(config={"threads": os.cpu_count(), "memory_limit": "1200MB"})
c.execute("set enable_progress_bar = false")
began, used = time.perf_counter(), time.process_time()
c.execute(f"copy (from read_csv('{sys.argv[1]}')) to '{sys.argv[2]}' (format parquet, compression zstd)")
print(time.perf_counter() - began, time.process_time() - used)
"""
"""At the service's own priority: the service steps back behind the window, and a busy machine would tell."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the table as Parquet (the truth) and as CSV, and room for its variants."""
    folder = tmp_path_factory.mktemp("files")
    duckdb.execute("select setseed(0.5)")
    duckdb.execute("set threads = 1")  # with one thread, random() gives the same table each time
    duckdb.execute(f"copy ({TABLE.format(rows=ROWS)}) to '{folder}/truth.parquet' (format parquet)")
    duckdb.execute("set threads = 2")
    csv(folder, "all", f"from '{folder}/truth.parquet'")
    yield folder
    for file in folder.iterdir():
        file.unlink()


def csv(folder: Path, name: str, select: str) -> Path:
    """The rows of `select` as a CSV file."""
    path = folder / f"{name}.csv"
    duckdb.execute(f"copy ({select}) to '{path}' (header)")
    return path


@pytest.fixture(scope="module")
def imported(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A project that has the table as version 1."""
    with served(tmp_path_factory.mktemp("merges")) as running:
        running.project.datasets.import_file(str(files / "all.csv"), "table").wait()
        yield running


def different_cells(folder: Path, exported: Path) -> int:
    """Cells, types and orders in which the exported table is not the truth."""
    names = [r[0] for r in duckdb.execute(f"describe from '{folder}/truth.parquet'").fetchall()]
    differs = ", ".join(f'count(*) filter (t."{n}" is distinct from e."{n}")' for n in names)
    counts = duckdb.execute(
        f"select count(*), {differs} from read_parquet('{folder}/truth.parquet', file_row_number=true) t"
        f" full join read_parquet('{exported}', file_row_number=true) e using (file_row_number)"
    ).fetchone()
    types = [
        [(r[0], r[1]) for r in duckdb.execute(f"describe from '{f}'").fetchall()]
        for f in (folder / "truth.parquet", exported)
    ]
    assert counts is not None and counts[0] == ROWS
    return sum(counts[1:]) + sum(a != b for a, b in zip(*types, strict=True))


def test_import_against_copy(
    benchmark: BenchmarkFixture, files: Path, bench: Served, tmp_path: Path, figures: Figures
) -> None:
    numbers = iter(range(99))
    service = bench.process
    used: list[float] = []
    used_raw: list[float] = []

    def ours() -> float:
        name, before = f"table {next(numbers)}", cpu_s(service)
        took = seconds(lambda: bench.project.datasets.import_file(str(files / "all.csv"), name).wait())
        used.append(cpu_s(service) - before)
        return took

    def copy() -> float:
        words = str(files / "all.csv"), str(tmp_path / "raw.parquet"), str(service.nice())
        wall, cpu = map(float, in_python(RAW_COPY, *words).split())
        used_raw.append(cpu)
        return wall

    mine, raw = benchmark.pedantic(lambda: pairs(ours, copy, 3), rounds=1)
    size = (files / "all.csv").stat().st_size / 1e9
    bound = 1.4 * median(raw) + 1.0
    figures.add(f"import of {size:.2f} GB, {ROWS:,} x 20", median(mine), "s", bound, spread(mine))
    figures.add("... DuckDB's COPY of it", median(raw), "s", None, spread(raw))
    figures.add("... import / COPY", median(mine) / median(raw), "x")
    figures.add(
        "... import / COPY, processor",
        median(used) / median(used_raw),
        "x",
        None,
        f"{median(used):.2f} s / {median(used_raw):.2f} s",
    )
    figures.add("... per GB", median(mine) / size, "s", 12.0)
    figures.add("... peak memory of the service", peak_bytes(service) / 1e9, "GB", 1.5)
    exported = tmp_path / "out.parquet"
    bench.project.datasets.export("table 0", str(exported)).wait()
    assert different_cells(files, exported) == 0


def merged(running: Served, file: Path) -> float:
    """Seconds that the merge of `file` by key takes."""
    return seconds(
        lambda: running.project.datasets.import_file(str(file), "table", mode="merge", key=["id"]).wait()
    )


def page_ms(running: Served, count: int = 15) -> float:
    """Median milliseconds of a page of 500 rows at a random place, asked from another process."""
    took: list[float] = []
    for number in range(count):
        place = random.Random(number).randrange(max(1, ROWS - 500))
        began = time.perf_counter()
        page = running.project.datasets.rows("table", place, 500)
        took.append(1000 * (time.perf_counter() - began))
        assert len(page) == 500
    return median(took)


def changed(files: Path, *shares: str) -> Path:
    """The whole table again, with the column `number` changed once for each of `shares` that a row is in."""
    more = " + ".join(f"cast({share} as integer)" for share in shares)
    return csv(files, "changed", f"select * replace (number + {more} as number) from '{files}/truth.parquet'")


def hundredth(number: int) -> str:
    """SQL: whether a row is in the scattered hundredth with this number."""
    return f"(hash(id + {number} * 7919) % 100 = 0)"


def test_merge_by_key(benchmark: BenchmarkFixture, files: Path, imported: Served, figures: Figures) -> None:
    again = seconds(lambda: imported.project.datasets.import_file(str(files / "all.csv"), "second").wait())
    before = imported.disk_bytes()
    one = merged(imported, changed(files, f"(id = {ROWS // 2})"))
    figures.add("merge of the whole file, one changed cell", one, "s", 1.3 * again, f"import {again:.2f} s")
    figures.add("... more on disk", (imported.disk_bytes() - before) / 1e6, "MB", 1.0)
    assert imported.project.datasets.show("table").changed_rows == 1
    scattered, middle = changed(files, hundredth(0)), imported.disk_bytes()
    first = benchmark.pedantic(lambda: merged(imported, scattered), rounds=1)
    figures.add("merge with 1 % scattered", first, "s", 1.3 * again)
    figures.add("... more on disk", (imported.disk_bytes() - middle) / 1e6, "MB", 10.0)
    figures.add("... page of 500 rows", page_ms(imported), "ms", 50.0)
    newest = imported.project.datasets.show("table").number
    difference = f"table@{newest - 1}", f"table@{newest}"
    took = [seconds(lambda: imported.project.datasets.difference(*difference)) for _ in range(3)]
    figures.add("... difference of the two versions", median(took), "s", 1.0, spread(took))
    figures.add("... peak memory of the service", peak_bytes(imported.process) / 1e9, "GB", 1.5)


def test_replace_by_a_file_that_grew(
    benchmark: BenchmarkFixture, files: Path, bench: Served, figures: Figures
) -> None:
    first = seconds(lambda: bench.project.datasets.import_file(str(files / "all.csv"), "table").wait())
    before = bench.disk_bytes()
    more = f"from '{files}/truth.parquet' union all select * replace (id + {ROWS} as id) from '{files}/truth.parquet' where id < {ROWS // 100} order by id"
    path = csv(files, "grown", more)
    took = benchmark.pedantic(
        lambda: seconds(lambda: bench.project.datasets.import_file(str(path), "table").wait()), rounds=1
    )
    figures.add("replace by a file with 1 % more rows", took, "s", None, f"import {first:.2f} s")
    figures.add("... more on disk", 100 * (bench.disk_bytes() / before - 1), "%", 2.0)
    assert bench.project.datasets.show("table").rows == ROWS + ROWS // 100


def test_ten_merges_in_a_row(
    benchmark: BenchmarkFixture, files: Path, bench: Served, figures: Figures
) -> None:
    bench.project.datasets.import_file(str(files / "all.csv"), "table").wait()
    before, pages, took = bench.disk_bytes(), [], []

    def ten() -> None:
        for number in range(1, 11):
            took.append(merged(bench, changed(files, *map(hundredth, range(number)))))
            pages.append(page_ms(bench))

    benchmark.pedantic(ten, rounds=1)
    figures.add("ten merges of 1 % in a row, each", median(took), "s", None, spread(took))
    figures.add("... slowest median page", max(pages), "ms", 50.0)
    figures.add("... disk against the first", bench.disk_bytes() / before, "x", 1.7)
