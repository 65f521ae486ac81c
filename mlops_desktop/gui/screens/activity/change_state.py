"""The details of one change: who, through what, the rows before and after, and the same as a command. No Qt."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, cast

import msgspec

from mlops_desktop.domain.changes import Change, RowChange
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.project.verb import VERBS, Verb

from .activity_state import next_undo, via_words

LONGEST_VALUE = 60
"""Letters of a value that are shown; the whole is its tooltip."""
MOST_FIELDS = 40
_TIDY = frozenset({"created_at", "created_by"})
"""Fields that say nothing that the change itself doesn't."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a row before and after; a missing value is empty."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowDetails:
    """A row that a change touched."""

    title: str
    """``schedule 1``."""
    what: str
    """``made``, ``changed``, ``removed``."""
    fields: tuple[FieldChange, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class ChangeDetails:
    """All that the inspector shows of a change."""

    sequence: int
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[RowDetails, ...]
    left_out: int
    """Fields that are not shown, past `MOST_FIELDS`."""
    arguments: str
    """As JSON, indented."""
    command: str
    hash: str
    can_undo: bool
    note: str
    """Why it can or can't be taken back."""


def change_details(
    change: Change, changes: Sequence[Change], client: str, zone: tzinfo | None = None
) -> ChangeDetails:
    """The details of `change`, one of `changes` (newest first)."""
    local = change.at.astimezone(zone)
    facts = [
        (tr("Who"), f"{change.actor}, {via_words(change, client)}"),
        (tr("When"), f"{local.day} {local:%b %Y %H:%M:%S}"),
        (tr("Verb"), change.verb),
    ]
    if change.undoes is not None:
        facts.append((tr("Takes back"), tr("change {}").format(change.undoes)))
    rows, left_out = _rows(change.rows)
    can_undo = change.sequence == next_undo(changes, client)
    return ChangeDetails(
        sequence=change.sequence,
        title=change.summary,
        subtitle=tr("change {}").format(change.sequence),
        facts=tuple(facts),
        rows=rows,
        left_out=left_out,
        arguments=_pretty(change.arguments),
        command=command_of(change.verb, change.arguments),
        hash=change.hash,
        can_undo=can_undo,
        note=_undo_note(change, can_undo, client),
    )


def _undo_note(change: Change, can_undo: bool, client: str) -> str:
    if can_undo:
        return tr("The newest change of this window: Ctrl+Z takes it back.")
    if change.undone:
        return tr("It was taken back.")
    if not change.undoable:
        return tr("It can't be taken back: what it made stays, or was only begun by it.")
    if change.client != client:
        return tr("Each window and script takes back its own changes; this one was made elsewhere.")
    return tr("Later changes of this window are taken back first.")


def _rows(changes: Sequence[RowChange]) -> tuple[tuple[RowDetails, ...], int]:
    left, left_out = MOST_FIELDS, 0
    found: list[RowDetails] = []
    for row in changes:
        fields = _fields(row)
        found.append(
            RowDetails(
                title=f"{row.table.replace('_', ' ')} {', '.join(str(k) for k in row.key)}",
                what=_what(row),
                fields=fields[:left],
                place=_place(row),
            )
        )
        left_out += max(len(fields) - left, 0)
        left = max(left - len(fields), 0)
    return tuple(found), left_out


def _what(row: RowChange) -> str:
    if row.fact:
        return tr("made; it never changes")
    if row.before is None:
        return tr("made")
    return tr("removed") if row.after is None else tr("changed")


def _fields(row: RowChange) -> tuple[FieldChange, ...]:
    before, after = flat(row.before or {}), flat(row.after or {})
    names = [n for n in dict.fromkeys([*before, *after]) if before.get(n) != after.get(n)]
    keys = {str(k) for k in row.key}
    return tuple(
        FieldChange(name.replace("_", " "), before.get(name, ""), after.get(name, ""))
        for name in names
        if name.rpartition(".")[2] not in _TIDY
        and not (row.before is None and name.endswith("_id") and after.get(name) in keys)
    )


def flat(row: Mapping[str, Any], under: str = "") -> dict[str, str]:
    """The values of a row as text by name; documents in it are opened, what is missing or empty is left out.

    Examples
    --------
    >>> flat({"name": "weekly", "facts": '{"timetable": "daily 02:30", "why": ""}'})
    {'name': 'weekly', 'timetable': 'daily 02:30'}
    """
    found: dict[str, str] = {}
    for name, value in row.items():
        opened = _opened(value)
        path = f"{under}{name}"
        if isinstance(opened, dict):
            inner = flat(cast("dict[str, Any]", opened), "" if name == "facts" and not under else f"{path}.")
            found.update({k: v for k, v in inner.items() if k not in found})
        elif opened is not None and opened != "" and opened != []:
            found[path] = opened if isinstance(opened, str) else json.dumps(opened, ensure_ascii=False)
    return found


def _opened(value: Any) -> Any:
    """A document that is kept as text in a column, opened; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _place(row: RowChange) -> Place | None:
    """Where the thing of a row is shown."""
    now = row.after or {}
    name = now.get("name")
    if row.table in ("run", "bundle"):
        return Place("runs" if row.table == "run" else "deployments", int(row.key[0]))
    sections = {"schedule": "automation", "model": "models", "dataset": "data"}
    if row.table in sections and isinstance(name, str) and now.get("trashed_at") is None:
        return Place(sections[row.table], name)
    return None


def shortened(text: str) -> str:
    """At most `LONGEST_VALUE` letters of a text."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _pretty(arguments: str) -> str:
    if not arguments:
        return ""
    found = json.loads(arguments)
    return json.dumps(found, indent=2, ensure_ascii=False) if found else ""


def command_of(verb_name: str, arguments: str) -> str:
    """The same as a command line, for a POSIX shell; empty where the arguments were not kept.

    Parameters
    ----------
    verb_name : str
        As ``models.set_alias``.
    arguments : str
        JSON by parameter name.
    """
    verb = VERBS.get(verb_name)
    if verb is None or not arguments:
        return ""
    given = json.loads(arguments)
    words = ["mlops-desktop", *([verb.group] if verb.group else []), _command_name(verb)]
    options: list[list[str]] = []
    for name, parameter in verb.signature.parameters.items():
        if name not in given:
            continue
        required = parameter.default is inspect.Parameter.empty
        if required:
            words += _value_words(given[name])
        elif given[name] != msgspec.to_builtins(parameter.default):
            options += _option(name.replace("_", "-"), given[name])
    return " \\\n  ".join([" ".join(words), *(" ".join(o) for o in options)])


def _command_name(verb: Verb) -> str:
    return verb.method.removesuffix("_file").replace("_", "-")


def _option(name: str, value: Any) -> list[list[str]]:
    if isinstance(value, bool):
        return [[f"--{name}" if value else f"--no-{name}"]]
    if isinstance(value, dict) and all(
        not isinstance(v, dict | list) for v in cast("dict[str, Any]", value).values()
    ):
        pairs = cast("dict[str, Any]", value)
        return [
            [f"--{name}", shlex.quote(f"{k}={v if isinstance(v, str) else json.dumps(v)}")]
            for k, v in pairs.items()
        ]
    if isinstance(value, list) and all(not isinstance(v, dict | list) for v in cast("list[Any]", value)):
        return [[f"--{name}", shlex.quote(str(v))] for v in cast("list[Any]", value)]
    return [[f"--{name}", *_value_words(value)]]


def _value_words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [shlex.quote(value)]
    if isinstance(value, list) and all(not isinstance(v, dict | list) for v in cast("list[Any]", value)):
        return [shlex.quote(str(v)) for v in cast("list[Any]", value)]
    return [shlex.quote(json.dumps(value, ensure_ascii=False))]
