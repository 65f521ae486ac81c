"""Parquet files: names, types and rows as the file declares them."""

from __future__ import annotations

from typing import Any

import duckdb

from mlops_desktop.domain.imports import Decision, ImportOptions
from mlops_desktop.store.reading.dialect import unique_names
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal


def read_parquet(cursor: Cursor, source: Source, options: ImportOptions, *, all_rows: bool) -> Relation:
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
        fields = _fields(cursor, path)
    except duckdb.Error as error:
        raise _unreadable(source, str(error)) from error
    if any(_duckdb_loses(field) for field in fields) and _loses_digits(source, fields):
        return _by_pyarrow(cursor, source, options, all_rows=all_rows)
    if all_rows:
        _check_sums(source)
    names, renamed = unique_names([field["name"] for field in fields])
    decisions: list[Decision] = []
    if renamed:
        why = "Names have to be unique and not empty."
        decisions.append(Decision("names", ", ".join(renamed[:5]), why, notable=True))
    columns = ", ".join(f"c{place}" for place in range(len(described)))
    return Relation(
        format="Parquet",
        sql=f"(SELECT * FROM {plain} t({columns}))",
        names=tuple(names),
        types=tuple(
            '"NULL"' if "NullType" in str(field["logical"]) else row[1]
            for row, field in zip(described, fields, strict=True)
        ),
        options=options,
        decisions=tuple(decisions),
        rows=int(count[0]) if count else None,
        converted=_told_of(cursor, source, fields, [row[1] for row in described]),
    )


def _told_of(
    cursor: Cursor, source: Source, fields: list[dict[str, Any]], types: list[str]
) -> dict[int, tuple[str, str, str]]:
    """What has to be said of columns that are read as they are: their old form, or a unit that is lost."""
    told = {
        place: ("{v}", types[place], "INT96 timestamps: kept to the microsecond.")
        for place, field in enumerate(fields)
        if field["type"] == "INT96"
    }
    path = literal(str(source.alias))
    keys = cursor.execute(
        f"SELECT count(*) FROM parquet_kv_metadata({path}) WHERE key = 'ARROW:schema'"
    ).fetchone()
    if keys == (0,):
        return told
    import pyarrow as pa
    import pyarrow.parquet as pq

    for place, field in enumerate(pq.read_schema(source.alias)):
        if pa.types.is_duration(field.type) and place < len(types):
            why = f"Durations: kept as whole numbers, in {field.type.unit}."
            told[place] = ("{v}", types[place], why)
    return told


def _check_sums(source: Source) -> None:
    """Where the pages have check sums, hold every page against its own; the reader does not.

    Raises
    ------
    FileError
        A page is not what was written.
    """
    with source.alias.open("rb") as file:
        file.seek(4)
        if not _has_check_sum(file.read(64)):
            return
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.alias, page_checksum_verification=True) as file:
            for _ in file.iter_batches(batch_size=100_000):
                pass
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if "checksum" in str(error).lower() or "crc" in str(error).lower():
            raise _unreadable(source, str(error)) from error


def _has_check_sum(header: bytes) -> bool:
    """Whether the header of a page (Thrift's compact form) has its fourth field, the check sum, behind three numbers."""
    place = 0
    for _ in range(3):
        if header[place : place + 1] != b"\x15":
            return False
        place += 1
        while place < len(header) and header[place] & 0x80:
            place += 1
        place += 1
    return header[place : place + 1] == b"\x15"


def _unreadable(source: Source, reason: str) -> Exception:
    if "encrypt" in reason.lower():
        return source.error(
            f"{source.name} is an encrypted Parquet file.", remedy="Decrypt it and import that."
        )
    return source.error(
        f"{source.name} is a Parquet file that can't be read: it is damaged or incomplete.",
        reason=source.told(reason),
        remedy="Get the file again from where it was made.",
    )


def _fields(cursor: Cursor, path: str) -> list[dict[str, Any]]:
    """The columns as the file writes them, in order (DuckDB changes names that differ by case alone).

    ``inner`` holds what is declared within nested ones.
    """
    rows = cursor.execute(
        f"SELECT name, type, num_children, precision, logical_type FROM parquet_schema({path})"
    ).fetchall()
    fields: list[dict[str, Any]] = []
    open_children = 0
    for written, kind, children, precision, logical in rows[1:]:
        field = {
            "name": written,
            "type": kind,
            "precision": precision,
            "logical": logical,
            "inner": list[Any](),
        }
        if open_children:
            open_children += (children or 0) - 1
            fields[-1]["inner"].append(field)
            continue
        fields.append(field)
        open_children = children or 0
    return fields


def _duckdb_loses(field: dict[str, Any]) -> bool:
    """Whether DuckDB may read less than the file holds: wide decimals as doubles, nanoseconds cut off."""
    if any(_duckdb_loses(inner) for inner in field["inner"]):
        return True
    logical = str(field["logical"])
    wide = "Decimal" in logical and (field["precision"] or 0) > 38
    instant = logical.startswith("TimestampType(isAdjustedToUTC=1")
    time = logical.startswith("TimeType")
    return wide or ((instant or time) and "NANOS=NanoSeconds" in logical)


def _loses_digits(source: Source, fields: list[dict[str, Any]]) -> bool:
    """Whether a value really has digits that DuckDB would not read; refuses them within nested columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    nested = next((f["name"] for f in fields if any(_duckdb_loses(inner) for inner in f["inner"])), None)
    if nested is not None:
        raise source.error(
            f"Column {nested} holds nested decimals or times with more digits than can be kept.",
            remedy="Convert the column and write the file again.",
            column=nested,
        )
    with pq.ParquetFile(source.alias) as file:
        wide = [place for place, field in enumerate(fields) if _duckdb_loses(field)]
        for place in wide:
            name = file.schema_arrow.field(place).name
            if pa.types.is_decimal(file.schema_arrow.field(place).type):
                return True
            for batch in file.iter_batches(columns=[name]):
                ticks = batch.column(0).cast(pa.int64()).drop_null().to_numpy()
                if (ticks % 1000).any():
                    return True
    return False


def _by_pyarrow(cursor: Cursor, source: Source, options: ImportOptions, *, all_rows: bool) -> Relation:
    """The same table, by the reader that keeps those digits."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from mlops_desktop.store.reading.arrow import relation_of

    try:
        with pq.ParquetFile(source.alias) as file:
            schema, batches = file.schema_arrow, file.iter_batches(batch_size=20_000)
            return relation_of(cursor, source, "Parquet", schema, batches, options, [], all_rows=all_rows)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise _unreadable(source, str(error)) from error
