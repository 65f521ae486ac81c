"""Opening the database: its limits, a log whose end is damaged, and the way from an older format.

DuckDB opens a write-ahead log that just ends early, without the last transaction, which nobody was told was done. A
log that holds other bytes than were written is refused, and the message names the byte: then a copy that ends before
the damaged entry takes its place, the damaged file is kept aside, and people are told.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from mlops_desktop import system
from mlops_desktop.domain.errors import BusyError, DamagedError, NotFoundError, ResourceError, UserError

from .failures import as_user_errors
from .migrate import FORMAT, format_of, migrate

DATABASE: Final = "project.duckdb"
LOG: Final = f"{DATABASE}.wal"
LOGS: Final = (LOG, f"{LOG}.checkpoint", f"{LOG}.recovery")
"""With those that DuckDB writes while it folds the log into the database."""
MEMORY_LIMIT: Final = "1200MB"
"""DuckDB's share; with the process around it the service stays under 2 GB."""

_DAMAGE: Final = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
_ENTRY_HEAD: Final = 16
"""Bytes of an entry before the position that DuckDB names: its length and its checksum."""
_MOST_CUTS: Final = 3
"""A log is cut again only where the cut itself was wrong."""
_OTHER_STORAGE: Final = re.compile(r"database file with version number (\d+)")
"""How DuckDB refuses a file whose pages another version of it laid out."""


class Opened(NamedTuple):
    """An open database, and what people must know of how it was opened."""

    connection: duckdb.DuckDBPyConnection
    said: list[str]


def open_database(folder: Path) -> Opened:
    """Open the database of the project in `folder`, in today's format, with limits and in UTC.

    Raises
    ------
    BusyError
        Another process holds it, or a newer version of the program wrote it.
    ResourceError
        The folder can't be written, or the disk is full.
    DamagedError
        It can't be read.
    NotFoundError
        It was there already, and this program didn't make it.
    """
    said: list[str] = []
    new = not (folder / DATABASE).exists()
    connection = _connected(folder, said)
    try:
        have = format_of(connection)
        if have is None and not new:
            raise NotFoundError(
                f"“{folder}” is no project.",
                reason=f"{DATABASE} in it was made by another program.",
                remedy="Choose another folder; nothing in this database was changed.",
            )
        if have is not None and have < FORMAT:
            with as_user_errors():
                connection = _brought_forward(folder, connection, have)
            said.append(
                f"The project was brought from format {have} to {FORMAT};"
                f" the database as it was is kept as {DATABASE}.format-{have}."
            )
        elif have is not None:
            migrate(connection)  # refuses a newer one
        # Global: a cursor doesn't take over what its parent set.
        connection.execute("set global TimeZone = 'UTC'")
    except BaseException:
        connection.close()
        raise
    return Opened(connection, said)


def kept_logs(folder: Path) -> list[str]:
    """Names of the damaged logs that lie aside in the project's folder."""
    return sorted(p.name for p in folder.glob(f"{LOG}.damaged-*"))


def _connected(folder: Path, said: list[str]) -> duckdb.DuckDBPyConnection:
    for _ in range(_MOST_CUTS):
        try:
            return duckdb.connect(str(folder / DATABASE), config=_settings(folder))
        except duckdb.Error as error:
            damage = _DAMAGE.search(str(error))
            if damage is None:
                raise _explained(folder, error) from error
            said.append(_cut_log(folder, int(damage[1]) - _ENTRY_HEAD))
    raise DamagedError(
        f"The database of “{folder}” can't be opened.",
        reason=f"Its log {LOG} is damaged in several places.",
        remedy="Restore a backup; every damaged file is kept beside it.",
    )


def _settings(folder: Path) -> dict[str, Any]:
    return {
        "threads": os.cpu_count() or 1,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder / "cache" / "duckdb"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def _cut_log(folder: Path, end: int) -> str:
    """Let the log end at the byte `end`, keep the damaged one, and say so. Nobody has the database open meanwhile."""
    log = folder / LOG
    with system.open_nofollow(log) as file:
        data = file.read()
    kept = folder / f"{LOG}.damaged-{len(kept_logs(folder)) + 1}"
    system.write_bytes(kept, data)
    system.write_bytes(log, data[: max(0, end)])
    return (
        f"The end of the project's log was damaged: its last {len(data) - max(0, end):,} bytes could not be read,"
        f" and what was done last may be missing. The damaged file is kept as {kept.name}."
    )


def _brought_forward(
    folder: Path, connection: duckdb.DuckDBPyConnection, have: int
) -> duckdb.DuckDBPyConnection:
    """Migrate a copy and put it in the database's place; the database as it was is kept."""
    path, copy = folder / DATABASE, folder / f".{DATABASE}.migrating"
    connection.execute("checkpoint")
    connection.close()
    for left in (copy, copy.with_name(f"{copy.name}.wal")):  # of a migration that was killed
        left.unlink(missing_ok=True)
    with system.staged(folder / f"{DATABASE}.format-{have}") as kept:
        shutil.copyfile(path, kept)
    shutil.copyfile(path, copy)
    migrating = duckdb.connect(str(copy), config=_settings(folder))
    try:
        migrate(migrating)
        migrating.execute("checkpoint")
    finally:
        migrating.close()
    system.publish(copy, path)
    return duckdb.connect(str(path), config=_settings(folder))


def _explained(folder: Path, error: duckdb.Error) -> UserError:
    text = str(error)
    if "Could not set lock" in text or "Conflicting lock" in text:
        return BusyError(
            f"Another process has “{folder}” open.", reason=text, remedy="Close it there, or try again later."
        )
    if "No space left" in text:
        return ResourceError(
            f"There is no room on the disk for the database of “{folder}”.",
            reason=text,
            remedy="Free some space and try again; nothing half made was kept.",
        )
    if re.search("Read-only file system|Permission denied", text):
        return ResourceError(
            f"The project in “{folder}” can't be opened for writing.",
            reason=text,
            remedy="Give yourself the right to write there.",
        )
    if storage := _OTHER_STORAGE.search(text):
        return BusyError(
            f"The database of “{folder}” was written by another version of DuckDB (its storage is {storage[1]}).",
            reason=text,
            remedy="Open it with the version of MLOps Desktop that wrote it, or a later one; nothing was changed.",
        )
    return DamagedError(
        f"The database of “{folder}” can't be opened.",
        reason=text,
        remedy="Restore a backup (see `mlops-desktop backup`); nothing was changed.",
    )


__all__ = ["DATABASE", "LOG", "LOGS", "Opened", "kept_logs", "open_database"]
