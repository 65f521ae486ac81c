"""What a file would become, shown before anything is written."""

from __future__ import annotations

from pathlib import Path

import duckdb

from mlops_desktop.domain.imports import FilePreview, ImportOptions, NumberedRow, PreviewColumn
from mlops_desktop.domain.tables import Table
from mlops_desktop.store.reading.asked import check_options
from mlops_desktop.store.reading.readers import read
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source, open_source
from mlops_desktop.store.reading.sql import Cursor
from mlops_desktop.store.reading.staging import Typed, check_chosen, decisions_of, failure, type_columns

_SHOWN_ROWS = 50
_LAST_ROWS = 5
_ALL_ROWS_BYTES = 4 << 20


def preview(cursor: Cursor, path: Path, options: ImportOptions) -> FilePreview:
    """What `stage` would make of a file, from a part of its rows where it is large.

    Parameters
    ----------
    cursor : Cursor
        A cursor of an open DuckDB.
    path : Path
        The file as a person named it.
    options : ImportOptions
        What the person fixed so far.

    Raises
    ------
    NotFoundError, FileError
        As `stage` does, for what is seen in the part that is looked at.
    """
    check_options(options)
    with open_source(path) as source:
        cursor.execute("SET TimeZone='UTC'")
        all_rows = source.size_bytes <= _ALL_ROWS_BYTES
        try:
            relation = read(cursor, source, options, all_rows=all_rows)
            typed = type_columns(cursor, source, relation, options, all_rows=all_rows)
            typed = check_chosen(cursor, source, typed, refuse=False)
            return _shown(cursor, source, typed, exact=all_rows or relation.types[:1] != (None,))
        except (
            Exception
        ) as error:  # whatever a file means that is written to meanwhile, the change is said first
            source.check_unchanged()
            if isinstance(error, duckdb.Error):
                raise failure(source, error) from error
            raise


def _shown(cursor: Cursor, source: Source, typed: Typed, *, exact: bool) -> FilePreview:
    relation = typed.relation
    width = len(relation.names)
    texts = ", ".join(f"c{place}::VARCHAR" for place in range(width))
    rows = cursor.execute(f"SELECT {texts} FROM {relation.first_rows} LIMIT {_SHOWN_ROWS}").fetchall()
    wanted = sorted({p.row for p in typed.problems + relation.problems if p.row})[:20]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    return FilePreview(
        format=relation.format,
        options=relation.options,
        columns=tuple(
            PreviewColumn(n, r.type, r.duckdb, r.has_values)
            for n, r in zip(relation.names, typed.readings, strict=True)
        ),
        first_rows=Table(list(relation.names), list(typed.types), columns, 0, relation.rows or len(rows)),
        last_rows=_last(cursor, relation, texts),
        problem_rows=_around(cursor, relation.sql, texts, wanted) if exact and wanted else (),
        row_count=relation.rows,
        row_count_is_exact=relation.rows is not None,
        size_bytes=source.size_bytes,
        sheets=relation.sheets,
        decisions=decisions_of(typed),
        problems=(*relation.problems, *typed.problems),
    )


def _last(cursor: Cursor, relation: Relation, texts: str) -> tuple[NumberedRow, ...]:
    """The last rows, where their number is known."""
    if relation.rows is None:
        return ()
    first = max(0, relation.rows - _LAST_ROWS)
    found = cursor.execute(f"SELECT {texts} FROM {relation.sql} LIMIT {_LAST_ROWS} OFFSET {first}").fetchall()
    return tuple(NumberedRow(first + place, tuple(row)) for place, row in enumerate(found, start=1))


def _around(cursor: Cursor, source: str, texts: str, rows: list[int]) -> tuple[NumberedRow, ...]:
    """The rows with problems and one on each side."""
    near = sorted({r + step for r in rows for step in (-1, 0, 1) if r + step > 0})
    listed = ", ".join(str(row) for row in near)
    found = cursor.execute(
        f"SELECT r, {texts} FROM (SELECT row_number() OVER () AS r, * FROM {source}) WHERE r IN ({listed}) ORDER BY r"
    ).fetchall()
    return tuple(NumberedRow(row[0], tuple(row[1:])) for row in found)
