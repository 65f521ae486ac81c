"""Warm children that answer single rows: one per model version that a form is open on."""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from mlops_desktop.domain.errors import (
    BusyError,
    ConflictError,
    InvalidInputError,
    TrainingError,
    UserError,
    Where,
    from_message,
)
from mlops_desktop.domain.messages import Listening, Outcome, ServeWork, decode_event
from mlops_desktop.domain.models import Prediction
from mlops_desktop.store.child_jobs import write_job

from .children import Child, Children

START_S = 30.0
"""Longest time from the start of a child to its first answer."""
ANSWER_S = 30.0
KEPT = 3
"""Models that stay warm; the one that was asked longest ago goes first."""


@dataclass
class _Server:
    child: Child
    folder: Path
    token: str
    ready: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    error: UserError | None = None
    asked_at: float = field(default_factory=time.monotonic)

    def take(self, lines: list[bytes], offset: int) -> None:
        """Messages of the child, on the supervisor's thread."""
        for event in map(decode_event, lines):
            if isinstance(event, Listening):
                self.port = event.port
                self.ready.set()
            elif isinstance(event, Outcome):
                self.error = from_message(event.error) if event.error else None
                self.ready.set()


class ModelServers:
    """Answers single rows by children that have their model loaded.

    Parameters
    ----------
    folder : Path
        The project's folder.
    children : Children
        Who runs them.
    """

    def __init__(self, folder: Path, children: Children) -> None:
        self._folder = folder
        self._children = children
        self._lock = threading.Lock()
        self._servers: dict[str, _Server] = {}

    def predict(self, work: ServeWork, row: dict[str, Any]) -> Prediction:
        """What the model says of one row.

        Raises
        ------
        InvalidInputError
            A value does not fit its column; says which.
        TrainingError
            The child could not load the model.
        """
        for attempt in range(2):
            server = self._server(work)
            try:
                return _ask(server, row)
            except (OSError, http.client.HTTPException) as error:
                self._forget(work.model)
                if attempt:
                    raise TrainingError("The model's process doesn't answer.", reason=str(error)) from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End every child."""
        for model in list(self._servers):
            self._forget(model)

    def _server(self, work: ServeWork) -> _Server:
        with self._lock:
            server = self._servers.get(work.model)
            if server is None or not server.child.is_running:
                server = self._servers[work.model] = self._started(work)
            server.asked_at = time.monotonic()
            stale = sorted(self._servers, key=lambda m: self._servers[m].asked_at)[:-KEPT]
        for model in stale:
            self._forget(model)
        if not server.ready.wait(START_S) or not server.port:
            self._forget(work.model)
            raise server.error or ConflictError("The model took too long to load.", remedy="Try again.")
        return server

    def _started(self, work: ServeWork) -> _Server:
        token = secrets.token_urlsafe(24)
        folder = self._folder / "runs" / f"serve-{secrets.token_hex(6)}"
        write_job(folder, 0, msgspec.structs.replace(work, token=token))
        box: list[_Server] = []
        server = _Server(self._children.run(folder, _late(box)), folder, token)
        box.append(server)
        return server

    def _forget(self, model: str) -> None:
        with self._lock:
            server = self._servers.pop(model, None)
        if server is not None:
            server.child.cancel()
            server.child.wait()
            shutil.rmtree(server.folder, ignore_errors=True)


def _late(box: list[_Server]) -> Callable[[list[bytes], int], None]:
    """Hands lines to the server that is about to stand in `box`; they are asked for again until it does."""

    def take(lines: list[bytes], offset: int) -> None:
        if not box:
            raise BusyError("The server is being set up.")  # makes the supervisor offer the lines again
        box[0].take(lines, offset)

    return take


def _ask(server: _Server, row: dict[str, Any]) -> Prediction:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_S)
    try:
        headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
        connection.request("POST", "/invocations", json.dumps({"dataframe_records": [row]}), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200:
        where = Where(row=answer.get("row"), column=answer.get("column"))
        raise InvalidInputError(str(answer.get("error", answer)), where=where)
    probabilities = answer.get("probabilities") or [{}]
    return Prediction(answer["predictions"][0], probabilities[0], list(answer.get("notes", [])))
