"""Which reader takes a file: by its bytes, through as many layers of compression as it has."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mlops_desktop.domain.imports import Decision, ImportOptions
from mlops_desktop.store.reading.arrow import read_arrow
from mlops_desktop.store.reading.compressed import unpack
from mlops_desktop.store.reading.csv import read_text
from mlops_desktop.store.reading.excel import read_workbook
from mlops_desktop.store.reading.formats import Format, foreign, format_of, locked_or_old, office_kind
from mlops_desktop.store.reading.json_records import read_json
from mlops_desktop.store.reading.parquet import read_parquet
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import HEAD_BYTES, Source
from mlops_desktop.store.reading.sql import Cursor

_COMPRESSED: tuple[Format, ...] = ("gzip", "zstd", "zip")


def read(cursor: Cursor, source: Source, options: ImportOptions, *, all_rows: bool) -> Relation:
    """The table of a file, by what its bytes are.

    Raises
    ------
    FileError
        No reader knows the format, or the file is damaged.
    """
    path, head, kind = source.alias, source.head, format_of(source.head, source.name)
    layers: list[str] = []
    while kind in _COMPRESSED and not (kind == "zip" and _office(source, path)):
        if len(layers) == 2:
            raise source.error(f"{source.name} is compressed more than twice.", remedy="Unpack it first.")
        layers.append(kind)
        path = unpack(source, path, kind, options, whole=all_rows)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        kind = format_of(head)
    relation = _of_kind(cursor, source, path, kind, head, options, all_rows=all_rows)
    if not layers:
        return relation
    return _with_decision(relation, Decision("compression", " and ".join(layers), "Its first bytes say so."))


def _with_decision(relation: Relation, decision: Decision) -> Relation:
    from dataclasses import replace

    return replace(relation, decisions=(decision, *relation.decisions))


def _of_kind(
    cursor: Cursor,
    source: Source,
    path: Path,
    kind: Format,
    head: bytes,
    options: ImportOptions,
    *,
    all_rows: bool,
) -> Relation:
    if kind == "text":
        return read_text(source, path, options, all_rows=all_rows)
    if kind == "json":
        return read_json(cursor, source, path, options, all_rows=all_rows)
    if path == source.alias and kind == "parquet":
        return read_parquet(cursor, source, options, all_rows=all_rows)
    if path == source.alias and kind in ("arrow file", "arrow stream"):
        return read_arrow(cursor, source, kind, options, all_rows=all_rows)
    if path == source.alias and kind == "zip":
        return read_workbook(source, options)
    word = locked_or_old(path) if kind == "ole" else foreign(head) or kind
    raise source.error(
        f"{source.name} is {word}, which can't be imported."
        if path == source.alias
        else f"{source.name} is compressed and holds {word}: only text and JSON are read from within.",
        remedy="Unpack it and import the file within."
        if path != source.alias and kind in ("parquet", "arrow file", "arrow stream", "zip")
        else "Save or export the table as .xlsx, CSV or Parquet and import that.",
    )


def _office(source: Source, path: Path) -> bool:
    """Whether a zip file is a workbook; refuses other office documents by what they are."""
    try:
        with zipfile.ZipFile(path) as archive:
            kind = office_kind(archive)
    except (zipfile.BadZipFile, OSError) as error:
        raise source.error(
            f"{source.name} is a zip file (or a workbook, which is one) that is damaged or cut.",
            reason=f"{error}.",
            remedy="Get the file again from where it was made.",
        ) from error
    if kind in ("", "workbook"):
        return kind == "workbook"
    raise source.error(f"{source.name} is {kind}.", remedy="Save it as .xlsx or CSV and import that.")
