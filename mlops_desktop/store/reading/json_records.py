"""JSON and JSON lines: every key of every record, numbers with all their digits.

A record is an object: one a line, or the elements of an array (which may be the one list within an object). Types
follow from what all records hold: texts stay texts but for dates, numbers become the number type that keeps them,
nested values stay JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mlops_desktop.domain.imports import Decision, ImportOptions
from mlops_desktop.store.reading.bytes_scan import scan_bytes
from mlops_desktop.store.reading.dialect import unique_names
from mlops_desktop.store.reading.encoding import find_encoding, recode
from mlops_desktop.store.reading.json_layouts import (
    LARGEST_RECORD_BYTES,
    Layout,
    doubled_key,
    is_lines,
    layout_of,
    pointer,
)
from mlops_desktop.store.reading.json_numbers import is_marked, plain_nested, plain_number, with_long_numbers
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal, name

_PREVIEW_RECORDS = 3000
_NESTED = frozenset({"OBJECT", "ARRAY"})


@dataclass(frozen=True)
class _Key:
    """A key and the JSON types of its values; ``NUMBER`` is one that is written as a marked text."""

    name: str
    types: frozenset[str]


def read_json(
    cursor: Cursor, source: Source, path: Path, options: ImportOptions, *, all_rows: bool
) -> Relation:
    """The table of a JSON text.

    Raises
    ------
    FileError
        Text that is no JSON, with the line; JSON that is no list of objects; or a key twice in an object.
    """
    path = _as_utf8(source, path, options)
    marked = source.scratch / "marked.json"
    mark = with_long_numbers(path, marked)
    path = marked if mark else path
    limit = "" if all_rows else f" LIMIT {_PREVIEW_RECORDS}"
    try:
        layout = layout_of(cursor, source, path)
        keys, count = _keys(cursor, source, f"(SELECT * FROM {layout.records}{limit})", mark)
        if not _is_read_at_once(layout, keys):
            _refuse_doubled(cursor, source, f"(SELECT * FROM {layout.records}{limit})")
    except duckdb.Error as error:
        raise _malformed(source, path, error) from error
    if not keys:
        raise source.error(
            f"{source.name} holds JSON without a record: there are no rows.", reason="It is empty."
        )
    names, renamed = unique_names([key.name for key in keys])
    decisions = [Decision("records", "JSON", layout.why)]
    if renamed:
        why = "Names have to be unique, whatever their case, and not empty."
        decisions.append(Decision("names", ", ".join(renamed[:5]), why, notable=True))
    return Relation(
        format="JSON",
        sql=_columns(layout, path, keys, mark),
        names=tuple(names),
        types=tuple(_declared(key) for key in keys),
        options=options,
        decisions=tuple(decisions),
        rows=count if all_rows else None,
        texts=frozenset(place for place, key in enumerate(keys) if "VARCHAR" in key.types),
        converted={
            place: ("{v}", "VARCHAR", "Nested values, kept as JSON text.")
            for place, key in enumerate(keys)
            if key.types & _NESTED
        },
    )


def _as_utf8(source: Source, path: Path, options: ImportOptions) -> Path:
    """The text as UTF-8 without a mark."""
    facts = scan_bytes(path)
    with path.open("rb") as file:
        head = file.read(1 << 16)
    found = options.encoding or getattr(find_encoding(head, facts), "name", "")
    if not found or (found == "utf-8" and facts.bad_utf8_line is not None):
        raise source.error(
            f"The encoding can't be told: line {facts.bad_utf8_line} has bytes that are not UTF-8.",
            line=facts.bad_utf8_line,
        )
    if found == "utf-8" and not head.startswith(b"\xef\xbb\xbf"):
        return path
    target = source.scratch / "utf-8.json"
    if recode(path, target, found) is not None:
        raise source.error(f"{source.name} has bytes that are no letters in the encoding {found}.")
    return target


def _keys(cursor: Cursor, source: Source, records: str, mark: str) -> tuple[list[_Key], int]:
    """All keys in the order in which they first come, and the number of records."""
    numbered = f"(SELECT row_number() OVER () AS r, json FROM {records})"
    count, odd = cursor.execute(
        f"SELECT count(*), min(CASE WHEN json_type(json) <> 'OBJECT' THEN r END) FROM {numbered}"
    ).fetchone() or (0, None)
    if odd is not None:
        raise source.error(
            f"Record {odd} of {source.name} is no object with named values.",
            remedy="A table in JSON is a list of objects, or one object a line.",
            row=int(odd),
        )
    kind = f"CASE WHEN {is_marked('e.value', mark)} THEN 'NUMBER' ELSE e.type END"
    rows = cursor.execute(
        f"SELECT e.key, list(DISTINCT {kind}) FROM {numbered} t, json_each(t.json) e "
        f"GROUP BY e.key ORDER BY min(r), min(e.id)"
    ).fetchall()
    return [_Key(key, frozenset(types)) for key, types in rows], int(count)


def _refuse_doubled(cursor: Cursor, source: Source, records: str) -> None:
    """Refuse a key twice in one object; where DuckDB reads the records at once it does so itself."""
    found = cursor.execute(
        f"SELECT r, keys FROM (SELECT row_number() OVER () AS r, json_keys(json) AS keys FROM {records}) "
        "WHERE len(keys) > len(list_distinct(keys)) LIMIT 1"
    ).fetchone()
    if found:
        record, keys = found
        raise doubled_key(source, record, next(k for place, k in enumerate(keys) if k in keys[:place]))


def _is_read_at_once(layout: Layout, keys: Sequence[_Key]) -> bool:
    """Whether DuckDB takes the keys as names of columns, which it tells apart by more than their case."""
    lowered = {key.name.lower() for key in keys}
    return bool(layout.format) and len(lowered) == len(keys) and "" not in lowered


def _columns(layout: Layout, path: Path, keys: Sequence[_Key], mark: str) -> str:
    """The source of texts ``c0``, ``c1`` ..."""
    if _is_read_at_once(layout, keys):
        columns = ", ".join(f"{literal(key.name)}: 'VARCHAR'" for key in keys)
        told = f"format='{layout.format}', records='true', columns={{{columns}}}, maximum_object_size={LARGEST_RECORD_BYTES}"
        records, values = f"read_json({literal(str(path))}, {told})", [name(key.name) for key in keys]
    else:
        records = layout.records
        values = [f"json_extract_string(json, {literal(pointer(key.name))})" for key in keys]
    shown = ", ".join(
        f"{plain_nested(value, mark) if key.types & _NESTED else plain_number(value, mark)} AS c{place}"
        for place, (key, value) in enumerate(zip(keys, values, strict=True))
    )
    return f"(SELECT {shown} FROM {records})"


def _declared(key: _Key) -> str | None:
    """Nested values and mixtures with texts are text; for all others the values decide (`None`)."""
    kinds = key.types - {"NULL"}
    mixed = len(kinds & {"VARCHAR", "BOOLEAN"}) > 0 and len(kinds) > 1
    return "VARCHAR" if kinds & _NESTED or mixed else None


def _malformed(source: Source, path: Path, error: duckdb.Error) -> Exception:
    """What is wrong with a text: the line at which it stops to be JSON, or a row that fits no columns."""
    uneven = re.search(r"a row of its data has \d+ values for \d+ columns", str(error))
    if uneven:
        return source.error(f"{source.name} is no table: {uneven.group()}.", remedy="Complete that row.")
    line = _first_bad_line(path) if is_lines(path) else None
    at = f"line {line}" if line else "its end or in between"
    return source.error(
        f"{source.name} is no whole JSON: {at} can't be read.",
        reason="" if line else source.told(str(error)),
        remedy="The file may be cut; get it again or mend that line.",
        line=line,
    )


def _first_bad_line(path: Path) -> int | None:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    json.loads(line)
                except ValueError:
                    return number
    return None
