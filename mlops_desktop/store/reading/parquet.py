"""Parquet files: names, types and rows as the file declares them."""

from __future__ import annotations

import duckdb

from mlops_desktop.domain.imports import Decision, ImportOptions
from mlops_desktop.store.reading.dialect import unique_names
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal


def read_parquet(cursor: Cursor, source: Source, options: ImportOptions) -> Relation:
    """The table of a Parquet file.

    Raises
    ------
    FileError
        The file is damaged, cut or locked, or holds a type that can't be read exactly (named with its column).
    """
    path = literal(str(source.alias))
    plain = f"read_parquet({path}, hive_partitioning=false, union_by_name=false)"
    try:
        described = cursor.execute(f"DESCRIBE SELECT * FROM {plain}").fetchall()
        count = cursor.execute(f"SELECT num_rows FROM parquet_file_metadata({path})").fetchone()
        names = _written_names(cursor, path)
    except duckdb.Error as error:
        raise source.error(
            f"{source.name} is a Parquet file that can't be read: it is damaged or incomplete.",
            reason=str(error).splitlines()[0],
            remedy="Get the file again from where it was made.",
        ) from error
    if len(names) != len(described):
        names = [row[0] for row in described]
    shown, renamed = unique_names(names)
    columns = ", ".join(f"c{place}" for place in range(len(described)))
    decisions = (
        [Decision("names", ", ".join(renamed[:5]), "Names have to be unique and not empty.")]
        if renamed
        else []
    )
    return Relation(
        format="Parquet",
        sql=f"(SELECT * FROM {plain} t({columns}))",
        names=tuple(shown),
        types=tuple(row[1] for row in described),
        options=options,
        decisions=tuple(decisions),
        rows=int(count[0]) if count else None,
    )


def _written_names(cursor: Cursor, path: str) -> list[str]:
    """Names of the columns as the file writes them, in order; DuckDB changes those that differ by case alone."""
    rows = cursor.execute(f"SELECT name, num_children FROM parquet_schema({path})").fetchall()
    names: list[str] = []
    skip = 0
    for place, (written, children) in enumerate(rows):
        if place == 0:
            continue
        if skip:
            skip += (children or 0) - 1
            continue
        names.append(written)
        skip = children or 0
    return names
