"""A project's data without the rest of the project: one DuckDB file, the versions, and tables made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mlops_desktop.store.versions import Limits, Prepared, Staged, Versions

MIGRATION = Path(__file__).parents[2] / "mlops_desktop/store/migrations/0001_versions.sql"

Columns = Sequence[tuple[str, str, Sequence[Any]]]
"""(written name, DuckDB type, values as text, None or Python lists) for each column."""


class Lab:
    """A project folder that holds versions; what it does is what the service does around them."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.folder = folder
        self.limits = limits or Limits()
        folder.mkdir(exist_ok=True)
        self.open()

    def open(self) -> None:
        new = not (self.folder / "project.duckdb").exists()
        self.connection = duckdb.connect(str(self.folder / "project.duckdb"), config={"threads": 2})
        self.connection.execute("set global TimeZone = 'UTC'")
        if new:
            self.connection.execute(MIGRATION.read_text())
        self.versions = Versions(self.folder, self.limits)
        row = self.connection.execute("select coalesce(max(version_id), 0) from version").fetchone()
        self.last_id = row[0] if row else 0

    def close(self) -> None:
        self.connection.close()

    def copy_to(self, folder: Path) -> Lab:
        """The project in another folder; this one is left."""
        self.close()
        shutil.copytree(self.folder, folder)
        return Lab(folder, self.limits)

    def stage(self, columns: Columns, dataset: int = 1, raw: bool = False) -> Staged:
        """What a reader makes of a table; `raw` as one that forgot about -0.0 would."""
        names = [name for name, _, _ in columns]
        physical = self.versions.physical_names(self.connection, dataset, names)
        path = self.versions.temp_path()
        rows = len(columns[0][2])
        source = ", ".join(f"unnest(?::varchar[]) as c{i}" for i in range(len(columns)))
        items = ", ".join(
            f"cast(c{i} as {type_}){' + 0' if type_ == 'DOUBLE' and not raw else ''} as {quoted(name)}"
            for i, (name, (_, type_, _)) in enumerate(zip(physical, columns, strict=True))
        )
        self.connection.execute(
            f"copy (select {items} from (select {source})) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)",
            [[None if v is None else str(v) for v in values] for _, _, values in columns],
        )
        empty = frozenset(i for i, (_, _, values) in enumerate(columns) if all(v is None for v in values))
        return Staged(path, tuple(names), tuple(physical), tuple(t for _, t, _ in columns), empty, rows)

    def commit(self, prepared: Prepared) -> int:
        version_id = self.last_id + 1
        self.connection.execute("begin")
        try:
            self.versions.commit(self.connection, prepared, version_id)
            self.connection.execute("commit")
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.last_id = version_id
        return version_id

    def new(self, columns: Columns, dataset: int = 1) -> int:
        return self.commit(self.versions.prepare_new(self.connection, dataset, self.stage(columns, dataset)))

    def append(self, parent: int, columns: Columns) -> int:
        return self.commit(self.versions.prepare_append(self.connection, 1, parent, self.stage(columns)))

    def replace(self, parent: int, columns: Columns) -> int:
        return self.commit(self.versions.prepare_replace(self.connection, 1, parent, self.stage(columns)))

    def merge(self, parent: int, columns: Columns, key: Sequence[str] = ("k",), **options: Any) -> int:
        staged = self.stage(columns)
        return self.commit(self.versions.prepare_merge(self.connection, 1, parent, staged, key, **options))

    def restore(self, parent: int, source: int) -> int:
        return self.commit(self.versions.prepare_restore(self.connection, 1, parent, source))

    def delete(self, parent: int, condition: str) -> int:
        return self.commit(self.versions.prepare_delete_rows(self.connection, 1, parent, condition))

    def rows(self, version_id: int) -> list[tuple[Any, ...]]:
        return list(self.versions.page(self.connection, version_id, 0, 10_000).rows())

    def column(self, version_id: int, name: str) -> list[Any]:
        return list(self.versions.page(self.connection, version_id, 0, 10_000).column(name))

    def pieces(self, version_id: int) -> int:
        return len(self.versions.version(self.connection, version_id).pieces)

    def texts(self, file: str, column: str) -> set[str]:
        """Values of a column of a stored file, as text; of all rows, shown or not."""
        path = self.versions_path(file)
        names = self.connection.execute(f"describe from read_parquet('{path}')").fetchall()
        if column not in [row[0] for row in names]:
            return set()
        return set(map(str, self.read(path, quoted(column))))

    def versions_path(self, file: str) -> Path:
        return self.folder / "data" / file[:2] / f"{file}.parquet"

    def read(self, path: Path, items: str = "*") -> list[Any]:
        """The first column of what a Parquet file holds, as any other program reads it."""
        return [
            row[0]
            for row in self.connection.execute(f"select {items} from read_parquet('{path}')").fetchall()
        ]

    def files(self) -> set[str]:
        return {path.stem for path in (self.folder / "data").glob("??/*.parquet")}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture
def make_lab(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Makes projects in folders of the test's own."""
    made: list[Lab] = []

    def make(name: str = "project", limits: Limits | None = None) -> Lab:
        made.append(Lab(tmp_path / name, limits))
        return made[-1]

    yield make
    for lab in made:
        lab.close()


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    """An empty project."""
    return make_lab()
