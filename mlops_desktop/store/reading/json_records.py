"""JSON and JSON lines: every key of every record, numbers with all their digits.

A record is an object: one a line, or the elements of an array (which may be the one list within an object). Types
follow from what all records hold: texts stay texts but for dates, numbers become the number type that keeps them,
nested values stay JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mlops_desktop.domain.imports import Decision, ImportOptions
from mlops_desktop.store.reading.bytes_scan import scan_bytes
from mlops_desktop.store.reading.dialect import unique_names
from mlops_desktop.store.reading.encoding import find_encoding, recode
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal, name

_PREVIEW_RECORDS = 3000
_LARGEST_RECORD_BYTES = 128 << 20


@dataclass(frozen=True)
class _Key:
    """A key and the JSON types of its values."""

    name: str
    types: frozenset[str]


def read_json(
    cursor: Cursor, source: Source, path: Path, options: ImportOptions, *, all_rows: bool
) -> Relation:
    """The table of a JSON text.

    Raises
    ------
    FileError
        Text that is no JSON, with the line; or JSON that is no list of objects.
    """
    path = _as_utf8(source, path, options)
    limit = "" if all_rows else f" LIMIT {_PREVIEW_RECORDS}"
    try:
        records, why = _records(cursor, source, path)
        keys, count = _keys(cursor, source, f"(SELECT * FROM {records}{limit})")
    except duckdb.Error as error:
        raise _malformed(source, path, error) from error
    if not keys:
        raise source.error(
            f"{source.name} holds JSON without a record: there are no rows.", reason="It is empty."
        )
    names, _ = unique_names([key.name for key in keys])
    nested = [key for key in keys if key.types & {"OBJECT", "ARRAY"}]
    decisions = [Decision("records", "JSON", why)]
    decisions += [
        Decision(key.name, "text", "Nested values, kept as JSON text.", is_column=True, notable=True)
        for key in nested
    ]
    return Relation(
        format="JSON",
        sql=_columns(records, path, keys),
        names=tuple(names),
        types=tuple(_declared(key) for key in keys),
        options=options,
        decisions=tuple(decisions),
        rows=count if all_rows else None,
        texts=frozenset(place for place, key in enumerate(keys) if "VARCHAR" in key.types),
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


def _reader(path: Path, layout: str) -> str:
    return f"read_json_objects({literal(str(path))}, format='{layout}', maximum_object_size={_LARGEST_RECORD_BYTES})"


def _records(cursor: Cursor, source: Source, path: Path) -> tuple[str, str]:
    """A source of one column ``json`` with an object a row, and how they were found."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip()
    if start.startswith(b"["):
        return _reader(path, "array"), "The elements of an array."
    if _is_lines(path):
        return _reader(path, "newline_delimited"), "One object a line."
    whole = _reader(path, "unstructured")
    kinds = cursor.execute(
        f"SELECT e.key, e.type, json_type(e.value, '$[0]') FROM (SELECT json FROM {whole} LIMIT 1) t, json_each(t.json) e"
    ).fetchall()
    lists = [key for key, kind, inner in kinds if kind == "ARRAY" and inner == "OBJECT"]
    if len(lists) == 1 and path.stat().st_size <= _LARGEST_RECORD_BYTES:
        inner = f"unnest(json_extract(json, {literal(_pointer(lists[0]))})::JSON[]) AS json"
        return (
            f"(SELECT {inner} FROM {whole})",
            f"The list “{lists[0]}” within one object; what stands beside it is left out.",
        )
    return whole, "One object after the other."


def _is_lines(path: Path) -> bool:
    """Whether the first of several lines is an object by itself."""
    with path.open("rb") as file:
        lines = (line for line in file if line.strip())
        first, second = next(lines, b""), next(lines, b"")
    try:
        return bool(second) and isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _keys(cursor: Cursor, source: Source, records: str) -> tuple[list[_Key], int]:
    """All keys in the order in which they first come, and the number of records."""
    odd = cursor.execute(
        f"SELECT count(*), min(CASE WHEN json_type(json) <> 'OBJECT' THEN r END) "
        f"FROM (SELECT row_number() OVER () AS r, json FROM {records})"
    ).fetchone() or (0, None)
    if odd[1] is not None:
        raise source.error(
            f"Record {odd[1]} of {source.name} is no object with named values.",
            remedy="A table in JSON is a list of objects, or one object a line.",
            row=int(odd[1]),
        )
    rows = cursor.execute(
        f"SELECT e.key, list(DISTINCT e.type) FROM (SELECT row_number() OVER () AS r, json FROM {records}) t, "
        f"json_each(t.json) e GROUP BY e.key ORDER BY min(r), min(e.id)"
    ).fetchall()
    return [_Key(key, frozenset(types)) for key, types in rows], int(odd[0])


def _columns(records: str, path: Path, keys: Sequence[_Key]) -> str:
    """The source of texts ``c0``, ``c1`` ...; read in one go where names allow it."""
    lowered = {key.name.lower() for key in keys}
    plain = records.startswith("read_json_objects(") and len(lowered) == len(keys) and "" not in lowered
    if plain:
        layout = (
            "array"
            if "format='array'" in records
            else "newline_delimited"
            if "newline" in records
            else "unstructured"
        )
        columns = ", ".join(f"{literal(key.name)}: 'VARCHAR'" for key in keys)
        shown = ", ".join(f"{name(key.name)} AS c{place}" for place, key in enumerate(keys))
        told = f"format='{layout}', records='true', columns={{{columns}}}, maximum_object_size={_LARGEST_RECORD_BYTES}"
        return f"(SELECT {shown} FROM read_json({literal(str(path))}, {told}))"
    shown = ", ".join(
        f"json_extract_string(json, {literal(_pointer(key.name))}) AS c{place}"
        for place, key in enumerate(keys)
    )
    return f"(SELECT {shown} FROM {records})"


def _pointer(key: str) -> str:
    """The JSON pointer of a key, whatever letters it has."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _declared(key: _Key) -> str | None:
    """Nested values and mixtures with texts are text; for all others the values decide (`None`)."""
    kinds = key.types - {"NULL"}
    mixed = len(kinds & {"VARCHAR", "BOOLEAN"}) > 0 and len(kinds) > 1
    return "VARCHAR" if kinds & {"OBJECT", "ARRAY"} or mixed else None


def _malformed(source: Source, path: Path, error: duckdb.Error) -> Exception:
    """The line at which a text stops to be JSON."""
    line = _first_bad_line(path) if _is_lines(path) else None
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
