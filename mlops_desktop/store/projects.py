"""Rows of the project itself: its name and format, and answers to requests that may come twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from mlops_desktop.domain.references import checked_name

from .times import naive, now

if TYPE_CHECKING:
    from .session import Session

KEPT_ANSWERS = timedelta(hours=1)
"""A request that comes again does so within seconds."""
PRUNED_EVERY = 500
"""Answers between two prunings; one by one they would cost more than what they keep small."""
COUNTED = {
    "datasets": "select count(*) from dataset where trashed_at is null",
    "runs": "select count(*) from run where trashed_at is null",
    "models": "select count(*) from model where trashed_at is null",
    "bundles": "select count(*) from bundle",
    "schedules": "select count(*) from schedule where trashed_at is null",
    "changes": "select count(*) from change",
}


class ProjectRows:
    """The project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """As people call it."""
        return str(self._session.value("select value from meta where name = 'name'") or "")

    @property
    def format(self) -> int:
        """Number of the database's format."""
        return int(self._session.value("select value from meta where name = 'format'"))

    def begin(self, name: str) -> None:
        """The first rows of a new project."""
        for key, value in (("name", checked_name(name, "project")), ("project_id", uuid.uuid4().hex)):
            self._session.insert("meta", {"name": key, "value": value})

    def rename(self, name: str) -> None:
        """Give the project another name; its folder stays."""
        self._session.update("meta", ["name"], value=checked_name(name, "project"))
        self._session.say(f"Renamed the project to {name}")

    def counts(self) -> dict[str, int]:
        """Things of each kind that are not in the trash."""
        return {name: int(self._session.value(sql)) for name, sql in COUNTED.items()}

    def answer_to(self, request_id: str) -> bytes | None:
        """What was answered to a request of this id, if it was done already."""
        if not request_id:
            return None
        found = self._session.value("select answer from request where request_id = ?", request_id)
        return None if found is None else bytes(found)

    def keep_answer(self, request_id: str, answer: bytes) -> None:
        """Keep the answer with the change that it answers, and now and then forget old ones."""
        if not request_id:
            return
        cursor, at = self._session.cursor, now()
        if self._session.database.answers_kept % PRUNED_EVERY == 0:
            cursor.execute("delete from request where answered_at < ?", [naive(at - KEPT_ANSWERS)])
        self._session.database.answers_kept += 1
        cursor.execute("insert into request values (?, ?, ?)", [request_id, answer, naive(at)])
