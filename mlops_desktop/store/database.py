"""`Store`: one project's DuckDB file, its writer, its readers, and the record of what was done.

After a failed statement DuckDB answers OK to COMMIT and commits nothing, so `transaction` is the only place that
commits: it probes the transaction first, always rolls back on an exception, and raises the first error.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from mlops_desktop.domain.errors import BusyError, NotFoundError, RefusedError, Where
from mlops_desktop.system import crash_point, is_link, make_private_folder, publish

from .failures import as_user_errors, roll_back
from .migrate import migrate
from .opening import DATABASE, LOGS, open_database
from .paging import Pages
from .session import Caller, Session
from .versions import Versions

log = logging.getLogger(__name__)

FOLDERS = ("data", "artifacts", "runs", "cache")
FOLDERS_OF_FOLDERS = ("data", "artifacts", "cache")
"""Those whose folders are written to, and cleared, by name; a run's is looked at when it is used."""

SYSTEM = Caller("service", "service")
"""The caller of what the service does by itself."""


class Store:
    """The store of one project; exactly one process may hold it (see `presence`).

    Parameters
    ----------
    folder : Path
        The project's folder.

    Attributes
    ----------
    said : list of str
        What people must know of how it was opened (see `opening`).

    Raises
    ------
    NotFoundError
        There is no project in this folder.
    UserError
        The database can't be opened; see `open_database`.
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
        self._connection, self.said = open_database(folder)
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
        roll_back(cursor, first)
        raise


MAKING = "making"
"""Folder in which a new project's database is built; a killed creation may leave it."""


def create(folder: Path, begin: Callable[[Session], None]) -> None:
    """Make an empty project in `folder`: the database is built under another name and renamed last."""
    make_private_folder(folder)
    if (folder / DATABASE).exists():
        raise BusyError(f"“{folder}” is a project already.", remedy="Open it, or choose another folder.")
    making = folder / MAKING
    shutil.rmtree(making, ignore_errors=True)
    make_private_folder(making)
    try:
        with as_user_errors():
            _make(making, begin)
            publish(making / DATABASE, folder / DATABASE)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    prepare(folder)


def _make(folder: Path, begin: Callable[[Session], None]) -> None:
    connection = open_database(folder).connection
    try:
        migrate(connection)
    finally:
        connection.close()
    store = Store(folder)
    try:
        with store.writing() as session:
            begin(session)
        store.checkpoint()
    finally:
        store.close()


def prepare(folder: Path) -> None:
    """Make the folders of a project, for the user only.

    Raises
    ------
    RefusedError
        A part of it is a link: a stranger's project may not have us write, or delete, somewhere else.
    """
    for name in FOLDERS:
        _no_link(folder / name)
        make_private_folder(folder / name)
    for name in (DATABASE, *LOGS):
        _no_link(folder / name)
    for name in FOLDERS_OF_FOLDERS:
        for entry in (folder / name).iterdir():
            _no_link(entry)


def _no_link(path: Path) -> None:
    if is_link(path):
        raise RefusedError(
            f"{path.name} in the project “{path.parent.name}” is a link.",
            reason="What a project holds lies in its own folder; this leads somewhere else.",
            remedy=f"Put the files themselves in the place of {path}, if you trust where they come from.",
            where=Where(file=str(path)),
        )


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
