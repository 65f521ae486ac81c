"""Where the records of a JSON text stand: its layouts, each as a source of one object a row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlops_desktop.domain.errors import FileError
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import Cursor, literal

LARGEST_RECORD_BYTES = 128 << 20
_BY_COLUMNS = "One object with the values of each column"


@dataclass(frozen=True)
class Layout:
    """A source of one column ``json`` with an object a row."""

    records: str
    """SQL to stand behind FROM."""
    why: str
    format: str = ""
    """The format by which DuckDB reads the records at once; empty where SQL makes them."""


@dataclass(frozen=True)
class _Member:
    """A value of an object: its key and JSON type, and for a list or an object what is within."""

    key: str
    kind: str
    first: str
    """JSON type of a list's first element."""
    length: int
    keys: tuple[str, ...]


def layout_of(cursor: Cursor, source: Source, path: Path) -> Layout:
    """How the records stand in a JSON text.

    Raises
    ------
    FileError
        One object from which no rows can be told.
    """
    with path.open("rb") as file:
        start = file.read(4096).lstrip()
    if start.startswith(b"["):
        return _read(path, "array", "The elements of an array.")
    if is_lines(path):
        return _read(path, "newline_delimited", "One object a line.")
    whole = _read(path, "unstructured", "One object after the other.")
    if path.stat().st_size > LARGEST_RECORD_BYTES:
        return whole
    members = _members(cursor, whole.records)
    return _within_one(cursor, source, whole, members) or whole


def _read(path: Path, format_: str, why: str) -> Layout:
    records = f"read_json_objects({literal(str(path))}, format='{format_}', maximum_object_size={LARGEST_RECORD_BYTES})"
    return Layout(records, why, format_)


def is_lines(path: Path) -> bool:
    """Whether the first of several lines is an object by itself."""
    with path.open("rb") as file:
        lines = (line for line in file if line.strip())
        first, second = next(lines, b""), next(lines, b"")
    try:
        return bool(second) and isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _members(cursor: Cursor, whole: str) -> list[_Member]:
    """The values of the one object of a text; none where there are more objects."""
    count = cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {whole} LIMIT 2)").fetchone()
    if count != (1,):
        return []
    rows = cursor.execute(
        "SELECT e.key, e.type, coalesce(json_type(e.value, '$[0]'), ''), coalesce(json_array_length(e.value), 0), "
        f"coalesce(json_keys(e.value), []) FROM (SELECT json FROM {whole}) t, json_each(t.json) e ORDER BY e.id"
    ).fetchall()
    return [_Member(key, kind, first, length, tuple(keys)) for key, kind, first, length, keys in rows]


def _within_one(cursor: Cursor, source: Source, whole: Layout, members: Sequence[_Member]) -> Layout | None:
    """The rows within one object, or `None` where it is a row itself."""
    kinds = {member.kind for member in members}
    by_key = {member.key: member for member in members}
    columns, data = by_key.get("columns"), by_key.get("data")
    if columns and data and columns.kind == "ARRAY" and columns.first == "VARCHAR" and data.first == "ARRAY":
        return _rows_beside_names(cursor, whole)
    tables = [m.key for m in members if m.kind == "ARRAY" and m.first == "OBJECT"]
    if len(tables) == 1:
        inner = f"unnest(json_extract(json, {literal(pointer(tables[0]))})::JSON[]) AS json"
        why = f"The list “{tables[0]}” within one object; what stands beside it is left out."
        return Layout(f"(SELECT {inner} FROM {whole.records})", why)
    if kinds == {"ARRAY"} and not tables:
        return _lists(source, whole, members)
    if kinds == {"OBJECT"}:
        return _objects(source, whole, members)
    return None


def _rows_beside_names(cursor: Cursor, whole: Layout) -> Layout:
    """``{"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}``; a row of another length is an error."""
    listed = f"SELECT json_extract_string(json, '/columns')::JSON::VARCHAR[] FROM {whole.records}"
    found = cursor.execute(listed).fetchone()
    names: list[str] = found[0] if found else []
    pairs = ", ".join(f"{literal(name)}, json_extract(r, '/{place}')" for place, name in enumerate(names))
    many = f"error('a row of its data has ' || json_array_length(r) || ' values for {len(names)} columns')"
    shown = f"CASE WHEN json_array_length(r) = {len(names)} THEN json_object({pairs}) ELSE {many} END::JSON AS json"
    rows = f"SELECT unnest(json_extract(json, '/data')::JSON[]) AS r FROM {whole.records}"
    return Layout(
        f"(SELECT {shown} FROM ({rows}))",
        "Names and rows apart, in “columns” and “data” of one object; what stands beside them is left out.",
    )


def _lists(source: Source, whole: Layout, members: Sequence[_Member]) -> Layout:
    """``{"a": [1, 2], "b": [3, 4]}``."""
    uneven = next((m for m in members if m.length != members[0].length), None)
    if uneven is not None:
        raise source.error(
            f"{source.name} is one object whose lists are not equally long: “{members[0].key}” has "
            f"{members[0].length} values, “{uneven.key}” {uneven.length}.",
            reason="As columns they would make no table.",
            remedy="Complete the lists, or write a list of objects, one for each row.",
            column=uneven.key,
        )
    shown = ", ".join(f"unnest({_member(m)}::JSON[]) AS m{place}" for place, m in enumerate(members))
    return Layout(_zipped(whole, shown, members), f"{_BY_COLUMNS} in a list.")


def _objects(source: Source, whole: Layout, members: Sequence[_Member]) -> Layout | None:
    """``{"a": {"0": 1, "1": 2}}`` by columns, ``{"0": {"a": 1}, "1": {"a": 2}}`` by rows."""
    inner, outer = members[0].keys, tuple(m.key for m in members)
    if _counts(inner) and all(m.keys == inner for m in members):
        shown = ", ".join(
            f"unnest(json_extract({_member(m)}, '$.*')) AS m{place}" for place, m in enumerate(members)
        )
        return Layout(_zipped(whole, shown, members), f"{_BY_COLUMNS} by the number of the row.")
    if _counts(outer):
        records = f"(SELECT unnest(json_extract(json, '$.*')) AS json FROM {whole.records})"
        return Layout(records, "One object with the rows by their number.")
    if len(members) > 1 and all(set(m.keys) & set(inner) for m in members):
        raise source.error(
            f"{source.name} is one object of objects: whether “{members[0].key}” is a row or a column can't be told.",
            reason="Their names are neither all numbers of rows nor is there a list.",
            remedy="Write a list of objects, one for each row, or one object a line.",
        )
    return None


def _counts(keys: Sequence[str]) -> bool:
    """Whether the keys are 0, 1, 2 ..."""
    return len(keys) > 0 and all(key == str(number) for number, key in enumerate(keys))


def _member(member: _Member) -> str:
    return f"json_extract(json, {literal(pointer(member.key))})"


def _zipped(whole: Layout, shown: str, members: Sequence[_Member]) -> str:
    pairs = ", ".join(f"{literal(m.key)}, m{place}" for place, m in enumerate(members))
    return f"(SELECT json_object({pairs}) AS json FROM (SELECT {shown} FROM {whole.records}))"


def pointer(key: str) -> str:
    """The JSON pointer of a key, whatever letters it has."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def doubled_key(source: Source, record: int, key: str) -> FileError:
    """The error that an object has a key twice."""
    return source.error(
        f"Record {record} of {source.name} has the key “{key}” twice.",
        reason="Which of the two values is meant can't be told.",
        remedy="Rename or remove one of them.",
        row=record,
        column=key,
    )
