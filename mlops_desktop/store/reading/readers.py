"""Which reader takes a file."""

from __future__ import annotations

from mlops_desktop.domain.imports import ImportOptions
from mlops_desktop.store.reading.csv import read_text
from mlops_desktop.store.reading.formats import foreign, format_of
from mlops_desktop.store.reading.parquet import read_parquet
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor


def read(cursor: Cursor, source: Source, options: ImportOptions, *, all_rows: bool) -> Relation:
    """The table of a file, by what its bytes are.

    Raises
    ------
    FileError
        No reader knows the format, or the file is damaged.
    """
    kind = format_of(source.head)
    if kind == "parquet":
        return read_parquet(cursor, source, options)
    if kind == "text":
        return read_text(source, source.alias, options, all_rows=all_rows)
    word = foreign(source.head) or kind
    raise source.error(
        f"{source.name} is a {word} file, which can't be imported.",
        remedy="Export the table as CSV, Parquet or .xlsx and import that.",
    )
