"""The record of what happened: written by the store alone, undone by writing the befores back."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.changes import Change, RowChange
from mlops_desktop.domain.errors import NotFoundError

from .taking_back import TakingBack

if TYPE_CHECKING:
    from .session import Session

LONGEST_ARGUMENTS = 4096
"""Bytes of arguments that are kept in the change itself; longer ones are kept as their hash."""


class ChangeRows:
    """Changes of the project, newest last."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, verb: str, arguments: dict[str, Any], at: datetime, *, undoable: bool) -> int:
        """Write down what the running verb did; returns the change's sequence."""
        session = self._session
        packed = msgspec.json.encode(shown(arguments))
        arguments_text = packed.decode() if len(packed) <= LONGEST_ARGUMENTS else None
        rows_text = msgspec.json.encode(session.touched).decode()
        previous = session.value("select hash from change order by sequence desc limit 1") or ""
        sequence = int(session.value("select coalesce(max(sequence), 0) + 1 from change"))
        hashes = (_sha256(packed), _sha256(rows_text.encode()))
        values: dict[str, Any] = {
            "sequence": sequence,
            "verb": verb,
            "summary": session.summary or verb,
            "arguments": arguments_text,
            "arguments_hash": hashes[0],
            "actor": session.caller.actor,
            "client": session.caller.client,
            "happened_at": at.replace(tzinfo=None),
            "rows": rows_text,
            "rows_hash": hashes[1],
            "undoable": undoable and bool(session.touched),
            "undoes": session.undoes,
            "summary_hash": _sha256((session.summary or verb).encode()),
        }
        values["hash"] = chained(previous, values)
        session.cursor.execute(
            f"insert into change ({', '.join(values)}) values ({', '.join('?' * len(values))})",
            list(values.values()),
        )
        return sequence

    def newest(self, limit: int = 200, before: int | None = None) -> list[Change]:
        """Changes, newest first, those before the sequence `before`; at most `limit`, 0: all."""
        return self._read(
            "where sequence < coalesce(?, 9223372036854775807) order by sequence desc limit ?",
            before,
            limit or None,
        )

    def touching(self, table: str) -> list[Change]:
        """Changes that touched rows of `table`, oldest first."""
        return self._read("where contains(rows, ?) order by sequence", f'"table":"{table}"')

    def undo(self, client: str, *, redo: bool = False) -> Change:
        """Take back the newest undoable change of `client`, or the newest undo of it.

        Raises
        ------
        NotFoundError
            There is nothing to take back.
        ConflictError
            It has moved on since; see `TakingBack.run`.
        """
        change = self._newest_of(client, redo=redo)
        session = self._session
        made = {(r.table, *r.key) for r in self._origin(change).rows if r.fact}
        TakingBack(session, change, made, lambda row: self._who_touched(row, change)).run()
        session.touched = _merged(session.touched)
        session.undoes = change.sequence
        session.say(("Did again: " if redo else "Took back: ") + change.summary.removeprefix("Took back: "))
        return change

    def verify(self) -> list[str]:
        """Sentences about every break in the chain of hashes; empty when it holds."""
        previous, found = "", list[str]()
        for row in self._session.all("select * from change order by sequence"):
            row["happened_at"] = row["happened_at"].replace(tzinfo=None)
            stored = row.pop("hash")
            if chained(previous, row) != stored:
                found.append(f"Change {row['sequence']} isn't what was recorded.")
            for part in ("rows", "arguments", "summary"):
                dropped = row[part] is None or row[f"{part}_hash"] is None
                if not dropped and _sha256(row[part].encode()) != row[f"{part}_hash"]:
                    found.append(
                        f"What was recorded as {part} of change {row['sequence']} isn't there any more."
                    )
            previous = stored
        return found

    def _newest_of(self, client: str, *, redo: bool) -> Change:
        mine = self._read(
            "where client = ? and (undoable or undoes is not null) order by sequence desc limit 500", client
        )
        for change in mine:
            if redo and change.undoes is None:
                break  # something new of one's own ends what can be done again
            is_undo = change.undoes is not None and change.verb.endswith(".undo")
            if redo == is_undo and not change.undone:
                return change
        raise NotFoundError("There is nothing to do again." if redo else "There is nothing to take back.")

    def _origin(self, change: Change) -> Change:
        """The change that began a chain of undo and redo."""
        while change.undoes is not None:
            change = self._read("where sequence = ?", change.undoes)[0]
        return change

    def _who_touched(self, row: RowChange, change: Change) -> str:
        for later in self._read("where sequence > ? order by sequence", change.sequence):
            if any(r.table == row.table and r.key == row.key for r in later.rows):
                return later.actor
        return "someone"

    def _read(self, tail: str, *values: Any) -> list[Change]:
        rows = self._session.all(
            "select *, exists (select 1 from change u where u.undoes = change.sequence) as undone from change "
            + tail,
            *values,
        )
        return [
            Change(
                sequence=r["sequence"],
                verb=r["verb"],
                summary=r["summary"],
                arguments=r["arguments"] or "",
                actor=r["actor"],
                client=r["client"],
                at=r["happened_at"],
                rows=msgspec.json.decode(r["rows"] or "[]", type=list[RowChange]),
                undoable=r["undoable"],
                undoes=r["undoes"],
                undone=r["undone"],
                hash=r["hash"],
            )
            for r in rows
        ]


def chained(previous: str, row: dict[str, Any]) -> str:
    """Hash of a change: over its facts, the hashes of its values, and the hash of the change before.

    The values themselves stay out, so that an erasure can drop one and the chain still holds.
    """
    names = ["sequence", "verb", "arguments_hash", "actor", "client", "rows_hash", "undoable", "undoes"]
    if row["summary_hash"] is not None:  # changes of format 2 have none
        names.append("summary_hash")
    facts = [row[n] for n in names]
    return _sha256(msgspec.json.encode([previous, row["happened_at"].isoformat(), *facts]))


def shown(value: Any) -> Any:
    """Arguments as plain values without what nobody needs to keep (defaults of None)."""
    if isinstance(value, dict):
        return {k: shown(v) for k, v in value.items() if v is not None}
    return value


def _merged(rows: list[RowChange]) -> list[RowChange]:
    """One entry per row: a delete and the insert that follows it are one change."""
    kept: dict[tuple[str, str], RowChange] = {}
    for row in rows:
        place = (row.table, repr(row.key))
        first = kept.get(place)
        kept[place] = row if first is None else msgspec.structs.replace(first, after=row.after)
    return list(kept.values())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
