"""`Change`: one record of what happened. It refreshes screens, is undone, and is the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from .jobs import JobRow


class RowChange(msgspec.Struct, frozen=True):
    """A row before and after a verb."""

    table: str
    key: list[Any]
    before: dict[str, Any] | None
    """None where the verb made the row."""
    after: dict[str, Any] | None
    """None where the verb deleted it."""
    fact: bool = False
    """The row never changes; undo trashes it, and `after` isn't kept."""


class Change(msgspec.Struct, frozen=True):
    """What a verb did."""

    sequence: int
    verb: str
    summary: str
    """One line for people: ``Renamed data set bikes to rentals``."""
    arguments: str
    """The verb's arguments as JSON."""
    actor: str
    client: str
    at: datetime
    rows: list[RowChange]
    undoable: bool
    undoes: int | None = None
    """Sequence of the change that this one takes back."""
    undone: bool = False
    hash: str = ""
    """SHA-256 over this change and the hash of the one before."""


class Event(msgspec.Struct, frozen=True):
    """News for clients: what has moved, so that a screen that cares asks again."""

    number: int
    topics: list[str]
    """Tables that moved: ``dataset``, ``run``, ``job`` ..."""
    keys: list[str]
    """Rows that moved, as ``run:3``."""
    verb: str = ""
    client: str = ""
    summary: str = ""
    change: int | None = None
    job: JobRow | None = None


class News(msgspec.Struct, frozen=True):
    """The answer of `activity.wait`."""

    instance: str
    """Id of this life of the service; another one means that numbers begin anew."""
    last: int
    """Number to wait after next time."""
    reset: bool
    """True: events are missing, reload what you show."""
    events: list[Event]
