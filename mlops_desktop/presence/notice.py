"""Who owns a project and where it listens: the lock, ``service.json``, and the proof that a listener is the owner.

The owner takes ``service.lock`` without waiting, listens on a port of loopback, and writes ``service.json``; only then
does it import what is heavy, and early clients wait in the backlog. A client (`mlops_desktop.presence.discovery`) never
touches the lock. It believes ``service.json`` only if

* the *seal* fits: a hash with a key of this user, which lies outside of every project, so that a project folder made by
  a stranger can't name a listener of its own;
* machine and boot are this one's, and the folder is the one it was written for, not a copy of it;
* the listener answers ``/hello?nonce=...`` with HMAC-SHA256(token, nonce). The token isn't sent before that.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from mlops_desktop import system
from mlops_desktop.domain.errors import BusyError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_NAME: Final = "service.lock"
NOTICE_NAME: Final = "service.json"
HELLO_PATH: Final = "/hello"
LEAVE_PATH: Final = "/leave"
NOTICE_LIMIT_BYTES: Final = 16_384
RENEW_EVERY_S: Final = 10.0
"""So often does an owner renew the time of ``service.json`` (`Listener.renew`)."""
FOREIGN_PATIENCE_S: Final = 180.0
"""On a network drive another machine counts as the owner until its ``service.json`` is so old."""
EXIT_OWNED: Final = 75
"""Exit code of a service that found the project owned (EX_TEMPFAIL)."""


class Notice(msgspec.Struct, frozen=True):
    """What ``service.json`` says; fields may be added, never changed: other versions read it."""

    port: int
    token: str
    pid: int
    create_time: float
    machine: str
    machine_name: str
    boot: str
    folder: str
    """Which folder it was written for (`system.folder_id`): a copied project isn't owned by the original's service."""
    instance: str
    protocol: str
    """Fingerprint of the verbs and the types that travel."""
    version: str


class Hello(msgspec.Struct, frozen=True):
    """Answer to ``GET /hello?nonce=...``, as JSON."""

    proof: str
    """HMAC-SHA256(token, nonce), hexadecimal."""


class Leaving(msgspec.Struct, frozen=True):
    """Answer to ``POST /leave`` (with the token), by which a client of another version asks the owner to end."""

    leaves: bool
    jobs: int = 0
    """How many jobs keep it here."""


@dataclass(frozen=True)
class Address:
    """A listener that has proved to be the owner of the project."""

    host: str
    port: int
    token: str = field(repr=False)
    instance: str


@dataclass(frozen=True)
class Found:
    """A readable ``service.json``, and whether this user's service wrote it."""

    notice: Notice
    is_sealed: bool


def hello(token: str, nonce: str) -> Hello:
    """The owner's answer to `nonce`."""
    return Hello(hmac.digest(token.encode(), nonce.encode(), "sha256").hex())


def proves(answer: bytes, token: str, nonce: str) -> bool:
    """Whether `answer` (the body of ``/hello``) could only be given by one who knows `token`."""
    try:
        proof = msgspec.json.decode(answer, type=Hello).proof
    except msgspec.DecodeError:
        return False
    return hmac.compare_digest(proof.encode(), hello(token, nonce).proof.encode())


def seal_notice(notice: Notice, key: bytes) -> bytes:
    """The bytes of ``service.json``: the fields of `notice`, and their seal by this user's `key`."""
    fields: dict[str, Any] = msgspec.to_builtins(notice)
    return msgspec.json.encode({**fields, "seal": _seal(fields, key)})


def open_notice(data: bytes, key: bytes) -> Found | None:
    """What the bytes of a ``service.json`` say; None if they are torn or no such thing."""
    try:
        fields = msgspec.json.decode(data, type=dict[str, Any])
        seal = str(fields.pop("seal", ""))
        notice = msgspec.convert(fields, Notice)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not 0 < notice.port < 65_536:
        return None
    return Found(notice, hmac.compare_digest(seal.encode(), _seal(fields, key).encode()))


def _seal(fields: dict[str, Any], key: bytes) -> str:
    return hmac.digest(key, msgspec.json.encode(fields, order="sorted"), "sha256").hex()


def read_notice(folder: Path, key: bytes) -> Found | None:
    """What ``service.json`` in the project `folder` says; None if it is missing, torn, a link or too long."""
    try:
        with system.open_nofollow(folder / NOTICE_NAME) as file:
            data = file.read(NOTICE_LIMIT_BYTES + 1)
    except (OSError, RefusedError):
        return None
    return open_notice(data, key) if len(data) <= NOTICE_LIMIT_BYTES else None


def user_key(folder: Path | None = None) -> bytes:
    """This user's key for seals, made at first use; in the state folder unless `folder` is given."""
    return system.create_once((folder or system.state_folder()) / "seal.key", secrets.token_bytes(32))


def is_here(notice: Notice, folder: Path) -> bool:
    """Whether `notice` was written on this machine since it started, for `folder` itself and not for a copy."""
    here = (system.machine_id(), system.boot_id(), system.folder_id(folder))
    return (notice.machine, notice.boot, notice.folder) == here


class Listener:
    """The owner's side: the lock of a project, the listening socket, the token and ``service.json``.

    Made by `claim`, ended by `close`.

    Attributes
    ----------
    socket : socket.socket
        Listens on loopback; hand it to the server.
    token : str
        Opens every route but ``/hello``. New at each start.
    instance : str
        Names this run of the service.
    """

    def __init__(self, folder: Path, lock: BaseFileLock, listening: socket.socket, notice: Notice) -> None:
        self.folder = folder
        self.socket = listening
        self.token = notice.token
        self.instance = notice.instance
        self.port = notice.port
        self._lock = lock
        self._notice = notice

    @property
    def address(self) -> Address:
        """Where this owner listens, with its token."""
        return Address(system.LOOPBACK, self.port, self.token, self.instance)

    def hello(self, nonce: str) -> Hello:
        """The answer to ``/hello?nonce=...``."""
        return hello(self.token, nonce)

    def renew(self) -> None:
        """Show that this owner lives; due every `RENEW_EVERY_S` seconds.

        Machines that share the folder go by the time of ``service.json``, and clients need it: one that was deleted
        or spoilt while we own the project is written again.
        """
        found, path = read_notice(self.folder, user_key()), self.folder / NOTICE_NAME
        if found is not None and found.is_sealed and found.notice.instance == self.instance:
            with suppress(FileNotFoundError):  # deleted just now: written the next time
                os.utime(path)
        else:
            system.write_bytes(path, seal_notice(self._notice, user_key()))

    def close(self) -> None:
        """Stop listening, remove our ``service.json``, and let the project go; again does nothing."""
        if not self._lock.is_locked:
            return
        found = read_notice(self.folder, b"")
        if found is not None and found.notice.instance == self.instance:
            (self.folder / NOTICE_NAME).unlink(missing_ok=True)
        self.socket.close()
        self._lock.release()


def claim(folder: Path, protocol: str, version: str) -> Listener:
    """Become the owner of the project `folder`, at once or not at all.

    Raises
    ------
    BusyError
        Another process has it; another machine is named. A service ends with `EXIT_OWNED` then.
    NotFoundError
        There is no such folder.
    RefusedError
        ``service.lock`` is a link.
    ResourceError
        The folder can't be written.
    """
    key, folder = user_key(), system.stored_path(folder)
    with _locked(folder, key) as lock:
        listening = system.listen_on_loopback()
        try:
            who = system.identity()
            notice = Notice(
                port=listening.getsockname()[1],
                token=secrets.token_urlsafe(32),
                pid=who.pid,
                create_time=who.create_time,
                machine=system.machine_id(),
                machine_name=system.machine_name(),
                boot=system.boot_id(),
                folder=system.folder_id(folder),
                instance=secrets.token_hex(8),
                protocol=protocol,
                version=version,
            )
            system.write_bytes(folder / NOTICE_NAME, seal_notice(notice, key))
        except BaseException:
            listening.close()
            raise
        return Listener(folder, lock, listening, notice)


@contextmanager
def _locked(folder: Path, key: bytes) -> Generator[BaseFileLock]:
    """Hold the lock of `folder`; it stays held after the block, and is released if the block fails."""
    from filelock import FileLock, Timeout

    if not folder.is_dir():
        raise NotFoundError(f"There is no project folder {folder}.", remedy="Check the path.")
    lock = FileLock(system.within(folder, LOCK_NAME), timeout=0, mode=system.PRIVATE_FILE, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise owned_elsewhere(folder, read_notice(folder, key)) from error
    except OSError as error:
        told = system.resource_error(error, folder / LOCK_NAME)
        if told is None:
            raise
        raise told from error
    try:
        _refuse_other_machine(folder, read_notice(folder, key))
        yield lock
    except BaseException:
        lock.release()
        raise


def _refuse_other_machine(folder: Path, found: Found | None) -> None:
    """On network drives and in synced folders locks may not reach other machines: believe a fresh notice instead."""
    if found is None or found.notice.machine == system.machine_id() or not system.is_network_folder(folder):
        return
    # Both times are the file server's, so that the clocks of two machines needn't agree.
    probe = folder / f".{secrets.token_hex(8)}{system.TEMP_SUFFIX}"
    probe.touch(mode=system.PRIVATE_FILE)
    age_s = probe.stat().st_mtime - (folder / NOTICE_NAME).stat().st_mtime
    probe.unlink()
    if age_s < FOREIGN_PATIENCE_S:
        raise owned_elsewhere(folder, found)


def owned_elsewhere(folder: Path, found: Found | None) -> BusyError:
    """What a person is told when another process or machine owns the project."""
    if found is not None and found.notice.machine != system.machine_id():
        name = found.notice.machine_name[:100]
        return BusyError(
            f"The project {folder.name} is open on {name!r}.",
            reason="One machine at a time owns a project; others ask it.",
            remedy=f"Close it on {name!r}, or connect to its team service.",
        )
    return BusyError(
        f"The project {folder.name} is owned by another process.",
        reason=f"It holds {folder / LOCK_NAME}.",
        remedy="Wait until it has started or ended, then try again.",
    )
