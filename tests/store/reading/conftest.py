from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mlops_desktop.domain.imports import ImportOptions
from mlops_desktop.store.reading import StagedFile, stage


@dataclass
class Imported:
    """A staged file, read back."""

    staged: StagedFile
    columns: dict[str, list[Any]]

    @property
    def types(self) -> dict[str, str]:
        return dict(zip(self.staged.names, self.staged.types, strict=True))

    @property
    def said(self) -> str:
        return self.staged.report.said()

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]


@pytest.fixture
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads=2")
        yield connection.cursor()


@pytest.fixture
def bring_in(tmp_path: Path, cursor: duckdb.DuckDBPyConnection) -> Callable[..., Imported]:
    """Write text or bytes to a file, stage it, and read the result back."""

    def bring_in(content: str | bytes | Path, name: str = "table.csv", **options: Any) -> Imported:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        target = tmp_path / "staged.parquet"
        staged = stage(
            cursor, path, ImportOptions(**options), target, lambda names: [f"p{i}" for i in range(len(names))]
        )
        shown = ", ".join(
            f"CAST({p} AS VARCHAR)" if t.startswith("TIMESTAMP") or t == "TIME" else p
            for p, t in zip(staged.physical, staged.types, strict=True)
        )
        rows = cursor.execute(f"SELECT {shown} FROM read_parquet('{target}')").fetchall()
        return Imported(staged, {n: [row[i] for row in rows] for i, n in enumerate(staged.names)})

    return bring_in
