"""Results for people (tables, lines) and for programs (one JSON document)."""

from __future__ import annotations

import math
import sys
from datetime import datetime
from typing import Any

import msgspec

from mlops_desktop.domain import json_numbers
from mlops_desktop.domain.errors import UserError, to_message
from mlops_desktop.domain.imports import ImportReport
from mlops_desktop.domain.run_pages import RunPage
from mlops_desktop.domain.tables import Table

HIDDEN = {"report", "spec", "facts", "artifacts", "rows_hash", "result", "hash", "client", "fingerprint"}
"""Fields that a table of many things leaves out; ``--json`` has them."""

MOST_PRINTED = 1000
"""Things that are laid out as a table for people, which takes a millisecond each; ``--json`` has any number."""


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json_numbers.encode(value).decode() + "\n")


def print_error(error: UserError, *, as_json: bool) -> None:
    """An expected failure: for people on stderr, for programs also as an object on stdout."""
    message = to_message(error)
    if as_json:
        print_json({"error": msgspec.to_builtins(message)})
    for line in (message.message, message.reason, message.remedy):
        if line:
            sys.stderr.write(line + "\n")


def print_result(value: Any) -> None:
    """A result for people."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    if value is None:
        console.print("Done.")
    elif isinstance(value, Table):
        _print_rows(console, value.names, [[shown(v) for v in row] for row in value.rows()])
        console.print(
            f"rows {value.first_row + 1} to {value.first_row + len(value)} of {value.total_rows}", style="dim"
        )
    elif isinstance(value, list):
        _print_list(console, value)
    elif isinstance(value, msgspec.Struct):
        _print_struct(console, value)
    else:
        console.print(str(value), markup=False)


def print_cut(result: Any, limit: Any) -> None:
    """Say on stderr that a list ends where ``--limit`` says, so that nobody takes it for all there is."""
    if isinstance(result, list) and limit and len(result) >= limit:  # type: ignore[arg-type]
        sys.stderr.write(f"These are {limit:,}, as --limit says; there may be more. --limit 0 shows all.\n")
    elif isinstance(result, RunPage) and len(result.lines) < result.matching:
        first = result.offset + 1
        last = result.offset + len(result.lines)
        sys.stderr.write(
            f"These are {first:,} to {last:,} of {result.matching:,}; --offset {last} shows the next.\n"
        )


def shown(value: Any) -> str:
    """A value in a cell."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "undefined" if math.isnan(value) else f"{value:.6g}"
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dict):
        return ", ".join(f"{k} {shown(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, msgspec.Struct):
        named = getattr(value, "ref", None) or getattr(value, "name", None)
        parts = msgspec.structs.asdict(value).items()
        return (
            str(named)
            if named
            else ", ".join(f"{k.replace('_', ' ')} {shown(v)}" for k, v in parts if v not in (None, ""))
        )
    return str(value)


def _print_list(console: Any, values: list[Any]) -> None:
    if not values:
        console.print("Nothing here.", style="dim")
        return
    if not isinstance(values[0], msgspec.Struct):
        for value in values:
            console.print(shown(value), markup=False, soft_wrap=True)
        return
    total, values = len(values), values[:MOST_PRINTED]
    fields = [f for f in values[0].__struct_fields__ if f not in HIDDEN]
    used = [f for f in fields if any(_is_cell(getattr(v, f)) for v in values)]
    _print_rows(console, used, [[shown(getattr(v, f)) for f in used] for v in values])
    if total > len(values):
        sys.stderr.write(f"These are the first {len(values):,} of {total:,}; --json has all.\n")


def _is_cell(value: Any) -> bool:
    """Whether a value is worth a cell: something is there, and it is no list of things."""
    is_things = isinstance(value, list) and bool(value) and isinstance(value[0], msgspec.Struct)
    return value not in (None, "", [], {}, ()) and not is_things


def _print_rows(console: Any, names: list[str], rows: list[list[str]]) -> None:
    from rich.table import Table as RichTable
    from rich.text import Text

    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(Text(name.replace("_", " ")), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _print_struct(console: Any, value: msgspec.Struct) -> None:
    tables: list[tuple[str, list[Any]]] = []
    for field in value.__struct_fields__:
        part = getattr(value, field)
        if part in (None, "", [], {}, ()):
            continue
        if isinstance(part, list) and part and isinstance(part[0], msgspec.Struct):
            tables.append((field, part))
        elif isinstance(part, ImportReport):
            console.print(f"{field.replace('_', ' ')}:\n" + part.said(), markup=False, soft_wrap=True)
        elif field not in HIDDEN:
            console.print(f"{field.replace('_', ' ')}: {shown(part)}", markup=False, soft_wrap=True)
    for name, rows in tables:
        console.print(f"\n{name.replace('_', ' ')}", style="bold", markup=False)
        _print_list(console, rows)
