"""The client's side of presence: find the service that owns a project, or start it."""

from __future__ import annotations

import hashlib
import http.client
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from mlops_desktop import system
from mlops_desktop.domain.errors import (
    BusyError,
    ErrorMessage,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    ResourceError,
    UserError,
    from_message,
)
from mlops_desktop.presence.notice import (
    EXIT_OWNED,
    HELLO_PATH,
    LEAVE_PATH,
    Address,
    Found,
    Leaving,
    Notice,
    is_here,
    owned_elsewhere,
    proves,
    read_notice,
    user_key,
)

HELLO_PATIENCE_S: Final = 1.0
"""So long may a listener take to answer before a client starts a service of its own; one too many ends by itself."""
START_AGAIN_S: Final = 0.5
POLL_S: Final = 0.02
ANSWER_LIMIT_BYTES: Final = 4_096
LOG_LIMIT_BYTES: Final = 1_000_000
ROOM_TO_START_BYTES: Final = 65_536
"""A disk with less room is full where a service ended without a word."""
FAILURE_MARK: Final = "mlops-desktop could not start: "


def service_command(folder: Path) -> list[str]:
    """The command that starts the service of the project `folder`."""
    return [sys.executable, "-m", "mlops_desktop", "service", str(folder)]


def find(folder: Path) -> Address | None:
    """The running service of the project `folder`, whatever its version, or None."""
    folder = system.stored_path(folder)
    found = read_notice(folder, user_key())
    return _address(found.notice) if found is not None and _answers(found, folder) else None


def find_or_start(
    folder: Path,
    protocol: str,
    version: str,
    *,
    command: Sequence[str] | None = None,
    patience_s: float = 30.0,
    log: Path | None = None,
) -> Address:
    """The service that owns the project `folder`; started if there is none.

    Parameters
    ----------
    protocol : str
        Fingerprint of the verbs and types this client speaks. An idle service with another one is asked to leave.
    version : str
        Version of this client.
    command : sequence of str, optional
        Starts the service; `service_command` if not given.
    patience_s : float
        Seconds until a service must have answered.
    log : Path, optional
        File for what the service prints; one of this project in the state folder if not given.

    Raises
    ------
    BusyError
        Another machine owns the project (named), a service of another version has jobs running, the program was
        updated meanwhile, or the owner doesn't answer.
    UserError
        The service could not start; as the class that it failed with.
    """
    folder = system.stored_path(folder)
    if not folder.is_dir():
        raise NotFoundError(f"There is no project folder {folder}.", remedy="Check the path.")
    start = _Start(folder, tuple(command or service_command(folder)), log or _log_of(folder))
    key, deadline = user_key(), time.monotonic() + patience_s
    while True:
        found = read_notice(folder, key)
        if found is not None and _answers(found, folder):
            if found.notice.protocol == protocol:
                return _address(found.notice)
            start.must_be_another(found.notice)
            _ask_to_leave(found.notice, version)
        else:
            start.go_on(found)
        if time.monotonic() > deadline:
            raise _no_answer(folder, found, patience_s)
        time.sleep(POLL_S)  # nothing in the system tells when another process begins to listen


def _log_of(folder: Path) -> Path:
    logs = system.state_folder() / "logs"
    system.make_private_folder(logs)
    return logs / f"start-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}.txt"


def _address(notice: Notice) -> Address:
    return Address(system.LOOPBACK, notice.port, notice.token, notice.instance)


@dataclass
class _Start:
    """The services that this client has started so far: one at a time, and none again within a moment."""

    folder: Path
    command: tuple[str, ...]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    log_offset: int = 0

    def go_on(self, found: Found | None) -> None:
        """Start a service unless one is on its way; raise what the last one failed with."""
        code = self.child.poll() if self.child is not None else 0
        if code is None:
            return
        if code == EXIT_OWNED and found is not None and found.notice.machine != system.machine_id():
            raise owned_elsewhere(self.folder, found)
        if code not in (0, EXIT_OWNED) and code > 0:  # killed by a signal: start again
            raise self._failure(code)
        if time.monotonic() - self.started_at > START_AGAIN_S:
            self.started_at = time.monotonic()
            size_bytes = self.log.stat().st_size if self.log.exists() else 0
            if size_bytes > LOG_LIMIT_BYTES:
                self.log.unlink()
            self.log_offset = 0 if size_bytes > LOG_LIMIT_BYTES else size_bytes
            self.child = system.spawn(
                self.command,
                output=self.log,
                lower_by=system.SERVICE_NICENESS,
                folder=Path(__file__).parents[2],  # not the caller's, in which a stranger's modules may lie
            )
            system.let_go(self.child)

    def must_be_another(self, notice: Notice) -> None:
        """Raise where the service that this client has started itself speaks another protocol than it does.

        Asking it to leave and starting the next one would go on for ever.
        """
        if self.child is not None and self.child.pid == notice.pid:
            raise BusyError(
                "The program was updated while this window or command was open.",
                reason="The service that it starts is of another version than itself.",
                remedy="Close it and open it again.",
            )

    def _failure(self, code: int) -> UserError:
        with self.log.open("rb") as file:
            file.seek(self.log_offset)
            printed = file.read(1_000_000).decode("utf-8", "replace")
        told = failure_in(printed) or self._full_disk()
        if told is not None:
            return told
        lines = printed.splitlines()
        return BusyError(
            f"The service of {self.folder.name} ended at its start.",
            reason=(lines[-1] if lines else f"Exit code {code}."),
            remedy=f"See {self.log}.",
        )

    def _full_disk(self) -> UserError | None:
        """A service whose last words had no room either."""
        for folder in (self.folder, self.log.parent):
            if shutil.disk_usage(folder).free < ROOM_TO_START_BYTES:
                return ResourceError(
                    f"There is no room on the disk for the service of {self.folder.name} to start.",
                    reason=f"{folder} is full.",
                    remedy="Free some space and try again.",
                )
        return None


def failure_line(message: ErrorMessage) -> str:
    """What a service that can't start prints as its last line, so that the client raises the same error."""
    return FAILURE_MARK + msgspec.json.encode(message).decode()


def failure_in(output: str) -> UserError | None:
    """The error that a process of the service's side printed as its last words, or None."""
    for line in reversed(output.splitlines()):
        if line.startswith(FAILURE_MARK):
            return from_message(msgspec.json.decode(line.removeprefix(FAILURE_MARK), type=ErrorMessage))
    return None


def at_address(url: str, token: str) -> Address:
    """The service that listens at `url`, once it has proved to know `token`; the token isn't sent before that.

    Raises
    ------
    InvalidInputError
        The address isn't one of this machine's loopback.
    RefusedError
        Whoever listens there doesn't know the token.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
        raise InvalidInputError(f"“{url}” can't be opened.", remedy="It looks like http://127.0.0.1:PORT.")
    nonce = secrets.token_hex(16)
    answer = _request(parts.port, "GET", f"{HELLO_PATH}?nonce={nonce}", {}, HELLO_PATIENCE_S)
    if answer is None or not proves(answer, token, nonce):
        raise RefusedError(
            f"No service at {url} knows this token.",
            remedy="Take both anew: a service has another token at each start.",
        )
    return Address(system.LOOPBACK, parts.port, token, "")


def _answers(found: Found, folder: Path) -> bool:
    """Whether the listener that a sealed notice of this boot names proves to know the token."""
    notice = found.notice
    if not found.is_sealed or not is_here(notice, folder):
        return False
    nonce = secrets.token_hex(16)
    answer = _request(notice.port, "GET", f"{HELLO_PATH}?nonce={nonce}", {}, HELLO_PATIENCE_S)
    return answer is not None and proves(answer, notice.token, nonce)


def _request(port: int, method: str, path: str, headers: dict[str, str], patience_s: float) -> bytes | None:
    """Body of the answer with status 200, or None; a stranger may listen there, so it is short and soon or nothing."""
    connection = http.client.HTTPConnection(system.LOOPBACK, port, timeout=patience_s)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read(ANSWER_LIMIT_BYTES)
        return body if response.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _ask_to_leave(notice: Notice, version: str) -> None:
    """Ask a service of another protocol to end; it does if it is idle. One that is about to end may not answer any more.

    Raises
    ------
    BusyError
        It is newer than this client, or has jobs running.
    """
    if _numbers(notice.version) > _numbers(version):
        raise BusyError(
            f"The project is open in the newer version {notice.version}.",
            reason=f"This is version {version}.",
            remedy="Use the newer version, or close the project there first.",
        )
    headers = {"Authorization": f"Bearer {notice.token}"}
    answer = _request(notice.port, "POST", LEAVE_PATH, headers, patience_s=5.0)
    if answer is None:
        return
    try:
        leaving = msgspec.json.decode(answer, type=Leaving)
    except msgspec.DecodeError:
        leaving = Leaving(leaves=False)
    if not leaving.leaves:
        jobs = f"{leaving.jobs} running job{'s' if leaving.jobs != 1 else ''}"
        raise BusyError(
            f"The project is owned by a service of version {notice.version}, which is busy.",
            reason=f"It has {jobs}; this is version {version}." if leaving.jobs else "It doesn't leave.",
            remedy="Wait until its jobs have ended, then open the project again.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdecimal())


def _no_answer(folder: Path, found: Found | None, patience_s: float) -> BusyError:
    process = (
        f"Process {found.notice.pid} owns it"
        if found is not None and is_here(found.notice, folder)
        else "Its owner"
    )
    return BusyError(
        f"The service of {folder.name} doesn't answer.",
        reason=f"{process} and has said nothing for {patience_s:.0f} seconds.",
        remedy="Try again; if it stays so, end that process.",
    )
