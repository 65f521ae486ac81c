"""`Store`: one project's DuckDB file, its writer, its readers, and the record of what was done.

After a failed statement DuckDB answers OK to COMMIT and commits nothing, so `transaction` is the only place that
commits: it probes the transaction first, always rolls back on an exception, and raises the first error.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from mlops_desktop.domain.errors import BusyError, DamagedError, NotFoundError, ResourceError
from mlops_desktop.system import crash_point, publish

from .migrate import FORMAT, format_of, migrate
from .paging import Pages
from .session import Caller, Session
from .versions import Versions

log = logging.getLogger(__name__)

DATABASE = "project.duckdb"
MEMORY_LIMIT = "1200MB"
"""DuckDB's share; with the process around it the service stays under 2 GB."""

SYSTEM = Caller("service", "service")
"""The caller of what the service does by itself."""


class Store:
    """The store of one project; exactly one process may hold it (see `presence`).

    Parameters
    ----------
    folder : Path
        The project's folder.

    Raises
    ------
    NotFoundError
        There is no project in this folder.
    BusyError
        Another process holds the database, or it was written by a newer version.
    DamagedError
        The database can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / DATABASE).exists():
            raise NotFoundError(
                f"“{folder}” is no project.",
                reason=f"There is no {DATABASE} in it.",
                remedy="Create one with `mlops-desktop projects create`.",
            )
        prepare(folder)
        self._connection = connect(folder)
        self._writer = threading.RLock()
        self._closed = False
        self.answers_kept = 0
        self.versions = Versions(folder)
        self.pages = Pages(self.versions)
        self.keys = primary_keys(self._connection)

    @contextmanager
    def reading(self, caller: Caller = SYSTEM) -> Generator[Session]:
        """A session that only reads, on a cursor of its own; it sees one committed state."""
        with self.cursor() as cursor:
            yield Session(self, cursor, caller, writing=False)

    @contextmanager
    def cursor(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A cursor for one thread."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def writing(self, caller: Caller = SYSTEM) -> Generator[Session]:
        """A session inside the one write transaction; committed at the end, rolled back on any exception."""
        with self._writer, self.cursor() as cursor, transaction(cursor):
            yield Session(self, cursor, caller, writing=True)

    def collect(self, grace_s: float) -> list[str]:
        """Delete data files that no version names, and what a killed import left; returns the names of the data files.

        Parameters
        ----------
        grace_s : float
            Seconds that a file has to be unnamed; 0 takes the files of what is at work, so only before work begins.
        """
        with self._writer, self.cursor() as cursor, transaction(cursor):
            gone = self.versions.collect(cursor, grace_s)
        for left in (self.folder / "data" / "tmp").glob("reading-*"):
            if left.is_dir() and not left.is_symlink() and time.time() - left.stat().st_mtime >= grace_s:
                shutil.rmtree(left)
        return gone

    def checkpoint(self) -> bool:
        """Move what is in the write-ahead log into the file; False where another transaction is in the way."""
        with self._writer, self.cursor() as cursor:
            try:
                with crash_point("store.checkpoint"):
                    cursor.execute("checkpoint")
            except duckdb.TransactionException:
                return False
        return True

    def close(self) -> None:
        """Close the database; once is enough, twice does no harm."""
        with self._writer:
            if not self._closed:
                self._closed = True
                self._connection.close()

    def backup(self, target: Path) -> None:
        """Write a copy of the database's rows to `target` (SQL only: the file itself is never opened)."""
        with self._writer, self.cursor() as cursor:
            cursor.execute(f"attach {literal(str(target))} as backup_copy")
            try:
                cursor.execute(f"copy from database {quoted(self._catalog(cursor))} to backup_copy")
            finally:
                cursor.execute("detach backup_copy")

    def _catalog(self, cursor: duckdb.DuckDBPyConnection) -> str:
        row = cursor.execute("select current_database()").fetchone()
        assert row is not None
        return str(row[0])


@contextmanager
def transaction(cursor: duckdb.DuckDBPyConnection) -> Generator[None]:
    """BEGIN ... COMMIT, or ROLLBACK and the first error."""
    cursor.execute("begin")
    try:
        yield
        cursor.execute(
            "select 1"
        )  # raises if a statement failed and its error was swallowed: COMMIT would say OK
        with crash_point("store.commit"):
            cursor.execute("commit")
    except BaseException as first:
        try:
            cursor.execute("rollback")
        except duckdb.Error as second:
            log.debug("rollback after %r said %r", first, second)
        raise


def create(folder: Path, begin: Callable[[Session], None]) -> None:
    """Make an empty project in `folder`: the database is built under another name and renamed last."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / DATABASE).exists():
        raise BusyError(f"“{folder}” is a project already.", remedy="Open it, or choose another folder.")
    making = folder / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    connection = connect(making)
    migrate(connection)
    connection.close()
    store = Store(making)
    with store.writing() as session:
        begin(session)
    store.checkpoint()
    store.close()
    publish(making / DATABASE, folder / DATABASE)
    shutil.rmtree(making)
    prepare(folder)


def prepare(folder: Path) -> None:
    """Make the folders of a project, for the user only."""
    for name in ("data", "artifacts", "runs", "cache"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open the database of the project in `folder`, with limits and in UTC."""
    path = folder / DATABASE
    settings: dict[str, Any] = {
        "threads": os.cpu_count() or 1,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder / "cache" / "duckdb"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    try:
        connection = duckdb.connect(str(path), config=settings)
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise BusyError(
                f"Another process has “{folder}” open.",
                reason=text,
                remedy="Close it there, or try again later.",
            ) from error
        if "space" in text.lower() or "read-only" in text.lower() or "permission" in text.lower():
            raise ResourceError(
                f"The project in “{folder}” can't be opened for writing.", reason=text
            ) from error
        raise DamagedError(f"The database of “{folder}” can't be opened.", reason=text) from error
    except duckdb.Error as error:
        raise DamagedError(
            f"The database of “{folder}” can't be opened.",
            reason=str(error),
            remedy="Restore a backup, or ask `mlops-desktop doctor` for what can be saved.",
        ) from error
    connection.execute(
        "set global TimeZone = 'UTC'"
    )  # global: a cursor doesn't take over what its parent set
    if format_of(connection) not in (None, FORMAT):
        migrate(connection)
    return connection


def primary_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Columns of each table's primary key."""
    rows = connection.execute(
        "select table_name, constraint_column_names from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
    ).fetchall()
    return {str(table): list(columns) for table, columns in rows}


def quoted(name: str) -> str:
    """An identifier, safe in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string literal, safe in SQL."""
    return "'" + text.replace("'", "''") + "'"
