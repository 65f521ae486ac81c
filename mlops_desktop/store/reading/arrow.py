"""Arrow files, streams and Feather; and tables that pyarrow reads more exactly than DuckDB does.

Batches go into a Parquet file in scratch space, each column as a type that DuckDB reads exactly; what had to be
converted is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from mlops_desktop.domain.imports import Decision, ImportOptions, Problem
from mlops_desktop.store.reading.dialect import unique_names
from mlops_desktop.store.reading.formats import Format
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal

_PREVIEW_ROWS = 2000
_RENAMED = "Names have to be unique and not empty."
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def read_arrow(
    cursor: Cursor, source: Source, kind: Format, options: ImportOptions, *, all_rows: bool
) -> Relation:
    """The table of an Arrow file or stream, told apart by its bytes.

    Raises
    ------
    FileError
        Damaged or cut; or a column of a type that can't be kept, by its name.
    """
    word = "Arrow stream" if kind == "arrow stream" else "Arrow file (Feather)"
    problems: list[Problem] = []
    try:
        with pa.OSFile(
            str(source.alias)
        ) as file:  # not mapped: a file cut short meanwhile would end the process
            if kind == "arrow stream":
                if not _ends_well(source.path):
                    what = "The Arrow stream has no end mark; rows may be missing at its end."
                    problems.append(Problem("no end", "warning", what))
                reader = pa.ipc.open_stream(file)
                batches = iter(reader)
            else:
                reader = pa.ipc.open_file(file)
                count = reader.num_record_batches
                batches = (reader.get_batch(place) for place in range(count))
            return relation_of(
                cursor, source, word, reader.schema, batches, options, problems, all_rows=all_rows
            )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError, OSError) as error:
        raise source.error(
            f"{source.name} is an {word} that can't be read: it is damaged or incomplete.",
            reason=source.told(str(error)),
            remedy="Get the file again from where it was made.",
        ) from error


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 8))
        return file.read() == _END_OF_STREAM


@dataclass(frozen=True)
class _Column:
    """How a column is brought to a type that DuckDB reads exactly."""

    kind: Any
    convert: Callable[[Any], Any] | None
    why: str


def relation_of(
    cursor: Cursor,
    source: Source,
    word: str,
    schema: Any,
    batches: Iterator[Any],
    options: ImportOptions,
    problems: list[Problem],
    *,
    all_rows: bool,
) -> Relation:
    """Write batches (of a ``pyarrow.Schema``) into scratch space and hand them on."""
    import pyarrow.parquet as pq

    columns = [_column(source, field) for field in schema]
    target = source.scratch / "batches.parquet"
    plain = pa.schema([(f"c{place}", column.kind) for place, column in enumerate(columns)])
    rows = 0
    with pq.ParquetWriter(target, plain, compression="zstd", compression_level=1) as writer:
        for batch in batches:
            arrays = [c.convert(a) if c.convert else a for c, a in zip(columns, batch.columns, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=plain))
            rows += batch.num_rows
            if not all_rows and rows >= _PREVIEW_ROWS:
                break
    names, renamed = unique_names(schema.names)
    decisions = [Decision("names", ", ".join(renamed[:5]), _RENAMED, notable=True)] if renamed else []
    path = literal(str(target))
    described = cursor.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
    shown = ", ".join(f"c{place}" for place in range(len(names)))
    types = tuple(
        '"NULL"' if pa.types.is_null(f.type) else row[1] for f, row in zip(schema, described, strict=True)
    )
    return Relation(
        format=word,
        sql=f"(SELECT {shown} FROM read_parquet({path}))",
        names=tuple(names),
        types=types,
        options=options,
        decisions=tuple(decisions),
        problems=tuple(problems),
        rows=rows if all_rows else None,
        converted={
            place: ("{v}", types[place], column.why) for place, column in enumerate(columns) if column.why
        },
    )


def _decoded(convert: Callable[[Any], Any] | None, array: Any) -> Any:
    """The values that a dictionary stands for, brought to their type."""
    values = array.dictionary_decode()
    return convert(values) if convert else values


def _check_nested(source: Source, name: str, kind: Any) -> None:
    """Refuse what a nested column would lose of the values within."""
    inner = [kind.key_type, kind.item_type] if pa.types.is_map(kind) else [f.type for f in _fields_of(kind)]
    for part in inner:
        zoned = pa.types.is_timestamp(part) and part.unit == "ns" and part.tz is not None
        fine = pa.types.is_time64(part) and part.unit == "ns"
        if zoned or fine or any(test(part) for test in _LOST_WITHIN):
            raise source.error(
                f"Column {name} holds values of the type {part} within others, which can't be kept exactly.",
                remedy="Convert the column and write the file again.",
                column=name,
            )
        if pa.types.is_nested(part):
            _check_nested(source, name, part)


def _fields_of(kind: Any) -> list[Any]:
    return [kind.field(place) for place in range(kind.num_fields)]


_LOST_WITHIN = (
    pa.types.is_decimal256,
    pa.types.is_duration,
    pa.types.is_interval,
    pa.types.is_union,
    pa.types.is_run_end_encoded,
    pa.types.is_dictionary,
)


def _column(source: Source, field: Any) -> _Column:
    """How the values of a column travel."""
    kind = field.type
    if pa.types.is_dictionary(kind):
        inner = _column(source, field.with_type(kind.value_type))
        return _Column(inner.kind, partial(_decoded, inner.convert), inner.why)
    if pa.types.is_nested(kind) and not pa.types.is_union(kind):
        _check_nested(source, field.name, kind)
    if pa.types.is_float16(kind):
        return _Column(pa.float32(), lambda array: array.cast(pa.float32()), "")
    if pa.types.is_null(kind):
        return _Column(pa.string(), lambda array: array.cast(pa.string()), "")
    if pa.types.is_decimal256(kind):
        why = f"Decimals of {kind.precision} digits, more than any number type holds: kept as text."
        return _Column(pa.string(), lambda array: array.cast(pa.string()), why)
    if pa.types.is_timestamp(kind) and kind.unit == "ns" and kind.tz:
        plain = pa.timestamp("ns")
        why = "Instants to the nanosecond: kept exactly, as times in UTC without a zone."
        return _Column(plain, lambda array: array.cast(pa.timestamp("ns", "UTC")).cast(plain), why)
    if pa.types.is_time64(kind) and kind.unit == "ns":
        why = "Times of day to the nanosecond: kept as text."
        return _Column(pa.string(), lambda array: array.cast(pa.string()), why)
    if pa.types.is_duration(kind):
        why = f"Durations: kept as whole numbers, in {kind.unit}."
        return _Column(pa.int64(), lambda array: array.cast(pa.int64()), why)
    if pa.types.is_interval(kind) or pa.types.is_union(kind) or pa.types.is_run_end_encoded(kind):
        raise source.error(
            f"Column {field.name} has the type {kind}, which can't be kept.",
            remedy="Convert the column and write the file again.",
            column=field.name,
        )
    if str(kind) in ("string_view", "binary_view"):
        wide = pa.string() if str(kind) == "string_view" else pa.binary()
        return _Column(wide, lambda array: array.cast(wide), "")
    return _Column(kind, None, "")
