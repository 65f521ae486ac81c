"""`Session`: one transaction on the project's database, and the rows it has touched."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec

from mlops_desktop.domain.changes import RowChange

from .bundles import BundleRows
from .changes import ChangeRows
from .comparisons import Comparisons
from .curves import Curves
from .datasets import DatasetRows
from .exports import Exports
from .health import Health
from .imports import Imports
from .inputs import Inputs
from .jobs import JobRows
from .model_files import ModelFiles
from .models import ModelRows
from .profiles import Profiles
from .projects import ProjectRows
from .run_pages import RunPages
from .runs import RunRows
from .schedules import ScheduleRows
from .settings import SettingRows
from .times import aware, naive
from .training import Trainings
from .training_checks import TrainingChecks
from .versions import Versions

if TYPE_CHECKING:
    from .database import Store


class Caller(msgspec.Struct, frozen=True):
    """Who asks: shown in Activity, and whose Ctrl+Z it is."""

    actor: str
    client: str
    request_id: str = ""


class Session:
    """What a verb's body may do with the store while it runs.

    Parameters
    ----------
    store : Store
        The project's store.
    cursor : duckdb.DuckDBPyConnection
        A cursor of its own; inside a transaction where `writing`.
    caller : Caller
        Who asks.
    writing : bool
        Whether rows may be changed.
    """

    def __init__(
        self, store: Store, cursor: duckdb.DuckDBPyConnection, caller: Caller, *, writing: bool
    ) -> None:
        self.database = store
        self.folder: Path = store.folder
        self.cursor = cursor
        self.caller = caller
        self.writing = writing
        self.touched: list[RowChange] = []
        self.topics: set[str] = set()
        self.summary = ""
        self.undoes: int | None = None

    # The rows of each kind, under the words of the facade.

    @functools.cached_property
    def datasets(self) -> DatasetRows:
        """Data sets and the facts of their versions."""
        return DatasetRows(self)

    @functools.cached_property
    def imports(self) -> Imports:
        """Files on their way to a version."""
        return Imports(self)

    @functools.cached_property
    def profiles(self) -> Profiles:
        """What is known of the values of columns."""
        return Profiles(self)

    @functools.cached_property
    def exports(self) -> Exports:
        """Versions on their way to a file."""
        return Exports(self)

    @functools.cached_property
    def versions(self) -> Versions:
        """The pieces that versions are made of."""
        return self.database.versions

    @functools.cached_property
    def runs(self) -> RunRows:
        """Runs, their metrics and artifacts."""
        return RunRows(self)

    @functools.cached_property
    def run_pages(self) -> RunPages:
        """Runs by the page."""
        return RunPages(self)

    @functools.cached_property
    def comparisons(self) -> Comparisons:
        """Runs side by side."""
        return Comparisons(self)

    @functools.cached_property
    def curves(self) -> Curves:
        """Metrics by step."""
        return Curves(self)

    @functools.cached_property
    def training(self) -> Trainings:
        """What is trained, and the same again."""
        return Trainings(self)

    @functools.cached_property
    def training_checks(self) -> TrainingChecks:
        """What to look at before a training runs."""
        return TrainingChecks(self)

    @functools.cached_property
    def inputs(self) -> Inputs:
        """Training inputs."""
        return Inputs(self)

    @functools.cached_property
    def model_files(self) -> ModelFiles:
        """A model's files, and what children do with them."""
        return ModelFiles(self)

    @functools.cached_property
    def health(self) -> Health:
        """What `doctor` looks at."""
        return Health(self)

    @functools.cached_property
    def models(self) -> ModelRows:
        """Models, versions, aliases."""
        return ModelRows(self)

    @functools.cached_property
    def bundles(self) -> BundleRows:
        """Exported bundles."""
        return BundleRows(self)

    @functools.cached_property
    def schedules(self) -> ScheduleRows:
        """Schedules and what came of them."""
        return ScheduleRows(self)

    @functools.cached_property
    def jobs(self) -> JobRows:
        """Jobs."""
        return JobRows(self)

    @functools.cached_property
    def changes(self) -> ChangeRows:
        """The record of what happened."""
        return ChangeRows(self)

    @functools.cached_property
    def settings(self) -> SettingRows:
        """The project's settings."""
        return SettingRows(self)

    @functools.cached_property
    def project(self) -> ProjectRows:
        """The project itself."""
        return ProjectRows(self)

    # Reading.

    def all(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Every row of a query as a dict; times are aware and in UTC."""
        found = self.cursor.execute(sql, list(values))
        names = [d[0] for d in found.description or []]
        return [{n: aware(v) for n, v in zip(names, row, strict=True)} for row in found.fetchall()]

    def first(self, sql: str, *values: Any) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def value(self, sql: str, *values: Any) -> Any:
        """The first value of the first row, or None."""
        row = self.cursor.execute(sql, list(values)).fetchone()
        return aware(row[0]) if row else None

    # Changing: each row is noted before and after, which is all that undo, audit and refresh need.

    def next_id(self, kind: str) -> int:
        """A number that no other thing of this kind has had or will have."""
        self._must_write()
        row = self.cursor.execute(
            "insert into counter values (?, 1) on conflict (name) do update set value = value + 1 returning value",
            [kind],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def insert(self, table: str, row: dict[str, Any], *, fact: bool = False) -> None:
        """Add a row and note it.

        Parameters
        ----------
        table : str
            Name of the table.
        row : dict
            Value by column.
        fact : bool
            The row never changes: only its key is noted, and an undo trashes instead of deleting it.
        """
        self._must_write()
        self._put(table, row)
        key = [row[c] for c in self.database.keys[table]]
        after = None if fact else self.row(table, key)
        self._note(RowChange(table, key, None, after, fact))

    def update(self, table: str, key: Sequence[Any], **values: Any) -> None:
        """Change columns of one row and note it before and after."""
        self._must_write()
        before = self.row(table, key)
        if before is None:
            raise LookupError(f"no row {list(key)} in {table}")
        sets = ", ".join(f'"{c}" = ?' for c in values)
        self.cursor.execute(
            f"update {table} set {sets} where {self._where(table)}", [*map(naive, values.values()), *key]
        )
        self._note(RowChange(table, list(key), before, self.row(table, key)))

    def update_all(self, table: str, ids: Sequence[int], **values: Any) -> None:
        """Change columns of many rows, whose key is one number, and note each before and after; all at once."""
        self._must_write()
        (key,) = self.database.keys[table]
        these = f"{key} in (select unnest(?::bigint[]))"
        found = f"select * from {table} where {these} order by {key}"
        before = msgspec.to_builtins(self.all(found, list(ids)))
        sets = ", ".join(f'"{c}" = ?' for c in values)
        self.cursor.execute(
            f"update {table} set {sets} where {these}", [*map(naive, values.values()), list(ids)]
        )
        after = msgspec.to_builtins(self.all(found, list(ids)))
        for old, new in zip(before, after, strict=True):
            self._note(RowChange(table, [new[key]], old, new))

    def delete(self, table: str, key: Sequence[Any]) -> None:
        """Delete one row and note it."""
        self._must_write()
        before = self.row(table, key)
        if before is not None:
            self.cursor.execute(f"delete from {table} where {self._where(table)}", list(key))
            self._note(RowChange(table, list(key), before, None))

    def append(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows to a table of facts that nobody undoes (metrics, artifacts), in one statement."""
        self._must_write()
        if rows:
            marks = ", ".join("(" + ", ".join("?" * len(rows[0])) + ")" for _ in rows)
            self.cursor.execute(f"insert into {table} values {marks}", [naive(v) for r in rows for v in r])

    def row(self, table: str, key: Sequence[Any]) -> dict[str, Any] | None:
        """One row as plain values (times as ISO text), as changes keep it."""
        found = self.first(f"select * from {table} where {self._where(table)}", *key)
        return None if found is None else msgspec.to_builtins(found)

    def write_back(self, change: RowChange) -> None:
        """Put a row back as it was before `change`."""
        key = change.key
        now = self.row(change.table, key)
        if now is not None:
            self.cursor.execute(f"delete from {change.table} where {self._where(change.table)}", key)
        if change.before is not None:
            self._put(change.table, change.before)
        self._note(RowChange(change.table, key, now, change.before))

    def say(self, summary: str) -> None:
        """The line that Activity shows of this verb."""
        self.summary = summary

    def _put(self, table: str, row: dict[str, Any]) -> None:
        columns = ", ".join(f'"{c}"' for c in row)
        self.cursor.execute(
            f"insert into {table} ({columns}) values ({', '.join('?' * len(row))})",
            [naive(v) for v in row.values()],
        )

    def _note(self, change: RowChange) -> None:
        self.touched.append(change)
        self.topics.add(change.table)

    def _where(self, table: str) -> str:
        return " and ".join(f'"{c}" = ?' for c in self.database.keys[table])

    def _must_write(self) -> None:
        if not self.writing:
            raise RuntimeError("a verb with the right to view can't change the store")
