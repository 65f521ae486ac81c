"""A process that adds versions until it is killed: ``python versions_child.py FOLDER ACKNOWLEDGED``.

For each line on stdin it forks a worker and prints its pid; a worker appends the id of each version it has committed to
the file ACKNOWLEDGED and prints "+". Version n can be computed from n alone (`rows_of`).
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from conftest import Lab  # noqa: E402

Rows = dict[int, int]


def step(rows: Rows, n: int) -> Rows:
    """The rows of version `n` from those of the version before."""
    if n % 3 == 0:
        return rows | {1000 * n + i: i for i in range(5)}
    if n % 3 == 1:
        return {k: n if k % 7 == n % 7 else v for k, v in rows.items()} | {-n: 0}
    return {k: v for k, v in rows.items() if k % 11 != n % 11}


def rows_of(n: int) -> Rows:
    """The rows of version `n`, in order: k and v."""
    rows = {k: 10 * k for k in range(200)}
    for m in range(2, n + 1):
        rows = step(rows, m)
    return rows


def columns(rows: Rows) -> list[tuple[str, str, list[int]]]:
    return [("k", "INTEGER", list(rows)), ("v", "INTEGER", list(rows.values()))]


def add_version(lab: Lab, n: int) -> int:
    before = rows_of(n - 1)
    if n == 1:
        return lab.new(columns(rows_of(1)))
    if n % 3 == 0:
        return lab.append(n - 1, columns({k: v for k, v in rows_of(n).items() if k not in before}))
    if n % 3 == 1:
        return lab.merge(n - 1, columns(rows_of(n)))
    return lab.delete(n - 1, f"(k % 11 + 11) % 11 = {n % 11}")


def work(folder: Path, acknowledged: Path) -> None:
    lab = Lab(folder)
    while True:
        n = add_version(lab, lab.last_id + 1)
        with acknowledged.open("a") as file:
            file.write(f"{n}\n")
        print("+", flush=True)
        lab.versions.collect(lab.connection, 3600)


def main(folder: Path, acknowledged: Path) -> None:
    import_module("pandas")  # DuckDB imports it when it binds the first value; once for all workers
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(folder, acknowledged)
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
