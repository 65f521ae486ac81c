"""`open_project`: finds or starts the project's service, and binds the facade to it."""

from __future__ import annotations

import contextlib
import getpass
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

import msgspec

from .domain.changes import News
from .domain.errors import (
    BusyError,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    ResourceError,
    from_message,
)
from .domain.jobs import Job, JobRow
from .domain.messages import ServeWork
from .domain.models import Prediction
from .domain.projects import ServiceHealth
from .domain.wire import Answer, Bug, Envelope, Failure, Reply
from .known_projects import known_projects
from .presence.discovery import at_address, failure_in, find_or_start
from .presence.notice import Address
from .project import Project
from .project.protocol import protocol
from .project.verb import VERBS, Verb
from .version import __version__

T = TypeVar("T")

TOKEN_VARIABLE = "MLOPS_TOKEN"
PATIENCE_S = 120.0
"""Longest time that one answer may take; what takes longer is a job or waits in turns."""
TURN_S = 25.0
"""Length of one turn of waiting."""
TRIES = 3
"""How often a call is sent while the service is starting again; its request id makes it be done once."""


class ServiceBugError(Exception):
    """Something unexpected failed in the service; its log has it under the reference."""

    def __init__(self, reference: str, details: str) -> None:
        named = f" (reference {reference})" if reference else ""
        super().__init__(f"The service met a bug{named}.\n{details}")
        self.reference = reference
        self.details = details


class Transport(Protocol):
    """What carries one call to a service and its reply back."""

    def post(self, verb: str, body: bytes) -> bytes:
        """The packed `Reply` to a packed `Envelope`; raises `OSError` where nobody answers."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...


class SocketTransport:
    """HTTP on loopback: a connection per thread, made anew when the service has been started again.

    Parameters
    ----------
    find : callable
        Gives the address of the project's service, starting it if need be.
    """

    def __init__(self, find: Callable[[], Address]) -> None:
        self._find = find
        self._address = find()
        self._kept = threading.local()
        self._all: set[http.client.HTTPConnection] = set()
        self._busy: set[http.client.HTTPConnection] = set()
        self._closed = False

    def post(self, verb: str, body: bytes) -> bytes:
        """Send one call; a broken connection is made anew, a service that is gone is started again."""
        for attempt in range(TRIES):
            try:
                return self._send(verb, body)
            except (OSError, http.client.HTTPException):
                self._drop()
                if self._closed or attempt == TRIES - 1:
                    raise
                self._address = self._find()  # proves itself anew: the port may be a stranger's by now
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every connection; a call that waits on another thread fails at once, and starts no service again."""
        self._closed = True
        for connection in list(self._all):
            sock = connection.sock
            if connection in self._busy and sock is not None:
                # Its own thread closes it: closing it here would break a read under way.
                with contextlib.suppress(OSError):  # it has just ended by itself
                    sock.shutdown(socket.SHUT_RDWR)
            else:
                connection.close()
        self._all.clear()

    def _send(self, verb: str, body: bytes) -> bytes:
        connection = self._connection()
        self._busy.add(connection)
        try:
            return self._exchange(connection, verb, body)
        finally:
            self._busy.discard(connection)
            if self._closed:
                connection.close()

    def _exchange(self, connection: http.client.HTTPConnection, verb: str, body: bytes) -> bytes:
        headers = {"Authorization": f"Bearer {self._address.token}", "Content-Type": "application/x-msgpack"}
        connection.request("POST", f"/v/{verb}", body, headers)
        response = connection.getresponse()
        data = response.read()
        if response.status == 401:  # another life of the service has another token
            raise http.client.HTTPException("the service has been started again")
        if response.status != 200:
            raise RefusedError(
                f"The service refused the call ({response.status}).", reason=data.decode("utf-8", "replace")
            )
        return data

    def _connection(self) -> http.client.HTTPConnection:
        address, connection = getattr(self._kept, "one", (None, None))
        if connection is None or address != self._address:
            connection = http.client.HTTPConnection(
                self._address.host, self._address.port, timeout=PATIENCE_S
            )
            self._kept.one = (self._address, connection)
            self._all.add(connection)
        return connection

    def _drop(self) -> None:
        _, connection = getattr(self._kept, "one", (None, None))
        if connection is not None:
            connection.close()
            self._all.discard(connection)
            self._kept.one = (None, None)


class Remote:
    """Backend Remote: packs the arguments, posts them, raises the same error class.

    Parameters
    ----------
    transport : Transport
        What carries the calls.
    client : str
        Whose Ctrl+Z it is.
    actor : str
        Name of the person.
    """

    def __init__(self, transport: Transport, client: str, actor: str) -> None:
        self._transport = transport
        self.client = client
        self.actor = actor

    def call(self, verb: Verb, arguments: dict[str, Any]) -> Any:
        """Run `verb` in the service."""
        envelope = Envelope(
            uuid.uuid4().hex, self.client, self.actor, protocol(), verb.pack_arguments(arguments)
        )
        try:
            packed = self._transport.post(verb.name, msgspec.msgpack.encode(envelope))
        except (OSError, http.client.HTTPException) as error:
            raise ResourceError(
                "The project's service doesn't answer.", reason=str(error), remedy="Try again; see its log."
            ) from error
        reply = msgspec.msgpack.decode(packed, type=Reply)
        if isinstance(reply, Failure):
            raise from_message(reply.error)
        if isinstance(reply, Bug):
            raise ServiceBugError(reply.reference, reply.details)
        assert isinstance(reply, Answer)
        return verb.unpack_result(reply.result, self)

    def job_row(self, job_id: int, timeout_s: float | None) -> JobRow:
        """The job's row, once it has ended or after `timeout_s` seconds; waits in turns."""
        ends = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            left = TURN_S if ends is None else max(0.0, min(TURN_S, ends - time.monotonic()))
            row: JobRow = self.call(VERBS["jobs.wait"], {"job": job_id, "timeout_s": left})
            if row.ended or (ends is not None and time.monotonic() >= ends):
                return row

    def cancel_job(self, job_id: int) -> None:
        """Ask for the end of the job."""
        self.call(VERBS["jobs.cancel"], {"job": job_id})

    def close(self) -> None:
        """Let connections go."""
        self._transport.close()

    # What only the service itself has; a body never runs on this side.

    def session(self) -> NoReturn:
        """There is no store on this side."""
        raise RuntimeError("the store is in the service")

    def begin(self, kind: str, title: str, work: Callable[[Any], T], subject: str) -> Job[T]:
        """Jobs begin in the service."""
        self.session()

    def active_jobs(self) -> list[JobRow]:
        """Known to the service."""
        self.session()

    def unwritten_jobs(self) -> list[JobRow]:
        """Known to the service."""
        self.session()

    @property
    def scheduler(self) -> NoReturn:
        """Part of the service."""
        self.session()

    def news(self, after: int, instance: str) -> News:
        """Known to the service."""
        self.session()

    def predict(self, work: ServeWork, row: dict[str, Any]) -> Prediction:
        """Done by the service."""
        self.session()

    def health(self) -> ServiceHealth:
        """Known to the service."""
        self.session()

    def stop(self, force: bool) -> None:
        """Done by the service."""
        self.session()


def open_project(project: str | Path, *, client: str | None = None, actor: str | None = None) -> Project:
    """Open a project: finds its service, or starts it.

    Parameters
    ----------
    project : path
        The project's folder, as ``bikes.mlops``; or the address of its service, as ``http://127.0.0.1:4711``, for a
        person who may not read the folder. The variable ``MLOPS_TOKEN`` has the token then.
    client : str, optional
        Whose undo it is; None: this call's own.
    actor : str, optional
        Name to record; None: the system's user.

    Raises
    ------
    NotFoundError
        There is no project in this folder.
    BusyError
        It is owned by another machine, or by a service of another version that is at work.

    Examples
    --------
    >>> project = open_project("bikes.mlops")  # doctest: +SKIP
    >>> project.datasets.import_file("bikes.csv", target="rentals").wait().rows  # doctest: +SKIP
    17379
    """
    if str(project).startswith(("http://", "https://")):
        transport = SocketTransport(lambda: at_address(str(project), os.environ.get(TOKEN_VARIABLE, "")))
    else:
        folder = Path(project).expanduser().absolute()
        if not (folder / "project.duckdb").exists():
            raise NotFoundError(
                f"There is no project in “{folder}”.",
                remedy="Create one: `mlops-desktop projects create PATH`.",
            )
        transport = SocketTransport(lambda: find_or_start(folder, protocol(), __version__))
    return Project(Remote(transport, client or uuid.uuid4().hex, actor or user()))


def create_project(path: str | Path, name: str = "") -> Path:
    """Create an empty project and return its folder.

    Parameters
    ----------
    path : path
        Its folder; ``.mlops`` is added where it is missing. Must not exist or be empty.
    name : str
        Its name; empty: the folder's.

    Raises
    ------
    ConflictError
        There is something in the folder already.
    """
    folder = Path(path).expanduser().absolute()
    if folder.suffix != ".mlops":
        folder = folder.with_name(folder.name + ".mlops")
    if "?" in str(folder):
        raise InvalidInputError(
            "A project's folder can't have a question mark in its path.",
            reason="DuckDB takes what follows it for options.",
            remedy="Choose another name.",
        )
    run_once(["create", str(folder), name or folder.stem])
    return folder


def run_once(arguments: list[str]) -> None:
    """Run one command of the service's side and raise what it failed with; this side has no DuckDB."""
    done = subprocess.run(
        [sys.executable, "-m", "mlops_desktop", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],  # not the caller's, in which a stranger's modules may lie
        check=False,
    )
    if done.returncode:
        raise failure_in(done.stdout.decode("utf-8", "replace")) or ServiceBugError(
            "", done.stderr.decode("utf-8", "replace")
        )


def wake_projects() -> list[Path]:
    """Start the services of the projects that have schedules; the entry after login calls this."""
    woken: list[Path] = []
    for known in known_projects():
        folder = Path(known.path)
        if known.has_schedules and (folder / "project.duckdb").exists():
            with contextlib.suppress(
                BusyError
            ):  # another machine or version has it: it runs its schedules itself
                find_or_start(folder, protocol(), __version__)
                woken.append(folder)
    return woken


def user() -> str:
    """Name of the person at this machine."""
    with contextlib.suppress(KeyError, OSError, ImportError):
        return getpass.getuser()
    return "somebody"


__all__ = [
    "Remote",
    "ServiceBugError",
    "SocketTransport",
    "Transport",
    "create_project",
    "open_project",
    "wake_projects",
]
