"""Taking a change back: just what it changed, and only where nothing has been built on it since."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from mlops_desktop.domain.changes import Change, RowChange
from mlops_desktop.domain.errors import ConflictError

if TYPE_CHECKING:
    from .session import Session

NAMED: Final = {"dataset": "data set", "model": "model", "schedule": "schedule"}
"""Tables in which each name that isn't in the trash stands once."""

BUILT_ON: Final = {
    "dataset": (("dataset_version", ("dataset_id",)),),
    "model": (("model_version", ("model_id",)),),
    "model_version": (("alias", ("model_id", "number")), ("bundle", ("model_id", "number"))),
}
"""Facts, and the rows that mean nothing without them."""

WhoTouched = Callable[[RowChange], str]
"""Who changed a row last since the change that is taken back."""


class TakingBack:
    """Writes the befores of one change back.

    Parameters
    ----------
    session : Session
        The transaction in which it happens.
    change : Change
        What is taken back.
    made : set
        Table and key of the facts that came with it, or with the change at the start of its chain of undo and redo.
    who_touched : callable
        Names who is to be asked where a row has moved on.
    """

    def __init__(
        self, session: Session, change: Change, made: set[tuple[Any, ...]], who_touched: WhoTouched
    ) -> None:
        self._session = session
        self._change = change
        self._made = made
        self._who_touched = who_touched

    def run(self) -> None:
        """Put every row back as it was; columns that others have changed since stay as they are.

        Raises
        ------
        ConflictError
            A value has moved on, something was built on a row, or a name is taken by now.
        """
        targets = [(row, self._target(row)) for row in self._change.rows]
        for row, _ in targets:
            if not row.fact and row.after is not None:  # all first: one by one they could meet UNIQUE
                self._session.delete(row.table, row.key)
        for row, target in targets:
            if row.fact:
                self._trash(row)
            elif target is not None:
                self._session.write_back(msgspec.structs.replace(row, before=target))
        self._check_names()

    def _target(self, row: RowChange) -> dict[str, Any] | None:
        """The row as it is to be: the present one, with the values before the change where it changed them."""
        if (row.table, *row.key) in self._made and self._goes(row):
            self._check_built_on(row)
        if row.fact:
            return None
        now = self._session.row(row.table, row.key)
        if row.before is None or row.after is None or now is None:
            if now != row.after:
                raise self._moved_on(row)
            return row.before
        changed = [column for column, value in row.before.items() if row.after.get(column) != value]
        if any(now[column] != row.after[column] for column in changed):
            raise self._moved_on(row)
        return {**now, **{column: row.before[column] for column in changed}}

    def _goes(self, row: RowChange) -> bool:
        """Whether the row goes into the trash, or away."""
        return row.before is None or row.before.get("trashed_at") is not None

    def _moved_on(self, row: RowChange) -> ConflictError:
        return self._refused(
            f"The {_said(row.table)} has been changed since, by {self._who_touched(row)}.",
            "Change it by hand, or undo the later change first.",
        )

    def _refused(self, reason: str, remedy: str) -> ConflictError:
        return ConflictError(
            f"“{self._change.summary}” can't be taken back any more.", reason=reason, remedy=remedy
        )

    def _check_built_on(self, row: RowChange) -> None:
        """A fact goes into the trash only with all that stands on it."""
        session = self._session
        own = {(r.table, *r.key) for r in self._change.rows}
        for table, columns in BUILT_ON.get(row.table, ()):
            condition = " and ".join(f"{column} = ?" for column in columns)
            for other in session.all(f"select * from {table} where {condition}", *row.key):
                key = [other[column] for column in session.database.keys[table]]
                if other.get("trashed_at") is None and (table, *key) not in own:
                    who = self._who_touched(RowChange(table, key, None, None))
                    raise self._refused(
                        f"A {_said(table)} has been added to it since, by {who}.",
                        "Undo that first, or put it into the trash by hand.",
                    )

    def _trash(self, row: RowChange) -> None:
        now = self._session.row(row.table, row.key)
        if now is not None and "trashed_at" in now and now["trashed_at"] is None:
            self._session.update(row.table, row.key, trashed_at=self._change.at)

    def _check_names(self) -> None:
        for table in {row.table for row in self._change.rows} & set(NAMED):
            double = self._session.value(
                f"select name from {table} where trashed_at is null group by name having count(*) > 1"
            )
            if double is not None:
                raise self._refused(
                    f"There is another {NAMED[table]} “{double}” by now.", "Rename that one first."
                )


def _said(table: str) -> str:
    words = {**NAMED, "dataset_version": "version", "model_version": "version", "meta": "project"}
    return words.get(table, table.replace("_", " "))


__all__ = ["TakingBack"]
