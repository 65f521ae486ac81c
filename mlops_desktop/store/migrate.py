"""The format of the database and the numbered steps between formats.

The steps are SQL files in `migrations/`, run in order in one transaction each; the format number is a row of `meta`.
"""

from __future__ import annotations

from importlib import resources

import duckdb

from mlops_desktop.domain.errors import BusyError, DamagedError

from .failures import roll_back

FORMAT = 3
"""Number of the newest step."""


def steps() -> list[tuple[int, str]]:
    """Number and SQL of every step, in order."""
    folder = resources.files("mlops_desktop.store") / "migrations"
    found = [
        (int(f.name[:4]), f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".sql")
    ]
    return sorted(found)


def format_of(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The database's format, or None where it has no such table: an empty one, or another program's.

    Raises
    ------
    DamagedError
        What stands there is no number.
    """
    columns = connection.execute(
        "select column_name from duckdb_columns() where table_name = 'meta'"
    ).fetchall()
    if not {("name",), ("value",)} <= set(columns):
        return None
    row = connection.execute("select value from meta where name = 'format'").fetchone()
    if row is not None and not str(row[0]).isdecimal():
        raise DamagedError(
            "The format of this project can't be read.",
            reason=f"“{row[0]}” stands where its number should.",
            remedy="Restore a backup; nothing was changed.",
        )
    return int(row[0]) if row else None


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring the database to `FORMAT`.

    Raises
    ------
    BusyError
        It was written by a newer version of the program.
    """
    have = format_of(connection) or 0
    if have > FORMAT:
        raise BusyError(
            f"This project has format {have}, and this version knows formats up to {FORMAT}.",
            reason="A newer version of MLOps Desktop wrote it.",
            remedy="Install that version or a later one; nothing was changed.",
        )
    for number, sql in steps():
        if number > have:
            connection.execute("begin")
            try:
                connection.execute(sql)
                if number >= 2:
                    connection.execute("insert or replace into meta values ('format', ?)", [str(number)])
                connection.execute("commit")
            except BaseException as first:
                roll_back(connection, first)
                raise


def dump(connection: duckdb.DuckDBPyConnection) -> str:
    """The SQL of every table, sorted: what the checked-in dump must equal."""
    rows = connection.execute(
        "select sql from duckdb_tables() where not internal order by table_name"
    ).fetchall()
    return "\n".join(str(r[0]) for r in rows) + "\n"
