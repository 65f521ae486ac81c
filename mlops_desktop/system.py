"""Every call that differs between operating systems, and the one way in which bytes become final.

* **Bytes**: `publish`, `staged`, `write_bytes`, `fsync_folder`: a file stands under its name whole, or not at all.
* **Paths**: `open_nofollow` and `within` keep a hostile project folder from leading out of itself.
* **Processes**: `identity`, `is_alive`, `spawn`, `terminate_tree`, `lower_priority`.
* **Machine**: `machine_id`, `machine_name`, `boot_id`, `folder_kind`, `state_folder`, `config_folder`.
* **Crash points**: `crash_point` names the moments at which a kill must lose nothing (`CRASH_POINTS`).

What depends on the system takes a `Platform`; `HERE` is the one we run on, a test hands in another.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import platform as host
import secrets
import signal
import stat
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, NamedTuple

import platformdirs

from mlops_desktop.domain.errors import RefusedError, ResourceError, UserError, Where

if TYPE_CHECKING:
    import psutil

APPLICATION: Final = "mlops-desktop"
PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
TEMP_SUFFIX: Final = ".tmp"
"""Ends the name of every file that isn't final yet; a file so named that is old may be deleted."""
REPLACE_ATTEMPTS: Final = 8
"""With pauses that double from 10 ms: 1.3 s in all."""
SERVICE_NICENESS: Final = 5
"""The service and its children run at least this far below the window."""
_JUNCTION: Final = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT


@dataclass(frozen=True)
class Platform:
    """The system we run on, and its calls that a test replaces.

    Attributes
    ----------
    name : str
        ``linux``, ``darwin`` or ``windows``.
    replace, fsync, pause : callable
        `os.replace`, `os.fsync` and `time.sleep`.
    """

    name: Literal["linux", "darwin", "windows"]
    replace: Callable[[Path, Path], None] = os.replace
    fsync: Callable[[int], None] = os.fsync
    pause: Callable[[float], None] = time.sleep

    @property
    def is_windows(self) -> bool:
        """Whether this is Windows."""
        return self.name == "windows"


def platform_named(sys_platform: str) -> Platform:
    """The `Platform` for a value of `sys.platform`; every other Unix counts as Linux."""
    if sys_platform.startswith("win"):
        return Platform("windows")
    return Platform("darwin") if sys_platform == "darwin" else Platform("linux")


HERE: Final = platform_named(sys.platform)


# Crash points ---------------------------------------------------------------------------------------------------

CRASH_VARIABLE: Final = "MLOPS_CRASH_AT"
CRASH_POINTS: Final[Mapping[str, str]] = {
    "publish.fsync": "the bytes of a new file reach the disk",
    "publish.rename": "a new file gets its final name",
    "publish.fsync_folder": "the folder that holds the new name reaches the disk",
    "store.commit": "a transaction of the store commits",
    "store.checkpoint": "the write-ahead log is folded into project.duckdb",
    "store.ingest": "a batch of a run's messages and its byte offset commit together",
    "store.alias": "an alias moves to another model version",
    "store.collect": "files that nothing names are deleted",
    "bundle.export": "an exported bundle gets its final name",
}
"""Every named moment at which bytes become durable, with what happens there."""

_crash_counts: dict[str, int] = {}
_crash_lock = threading.Lock()


@contextmanager
def crash_point(name: str) -> Generator[None]:
    """Mark the statement in the block as a moment at which a kill must lose nothing.

    Does nothing unless the environment variable ``MLOPS_CRASH_AT`` is ``name:before`` or ``name:after``, which kills
    this process there; with ``name:after:3`` at the third time only.

    Raises
    ------
    KeyError
        `name` isn't in `CRASH_POINTS`: a fault injection test would miss it.
    """
    CRASH_POINTS[name]  # an unknown name is a bug, also when no fault is injected
    _crash_if_asked(f"{name}:before")
    yield
    _crash_if_asked(f"{name}:after")


def _crash_if_asked(moment: str) -> None:
    asked = os.environ.get(CRASH_VARIABLE, "")
    if not asked.startswith(moment):
        return
    turn = asked[len(moment) :].lstrip(":") or "1"
    with _crash_lock:
        _crash_counts[moment] = count = _crash_counts.get(moment, 0) + 1
    if count == int(turn):
        # Windows has no SIGKILL; there SIGTERM is TerminateProcess and can't be caught either.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


# Bytes that become final ----------------------------------------------------------------------------------------


def resource_error(error: OSError, path: Path, needed_bytes: int = 0) -> UserError | None:
    """What a person is told about `error`, or None if it is none of the disk's and the file's states.

    Parameters
    ----------
    needed_bytes : int
        Size of what was to be written, said when the disk is full.
    """
    where = Where(file=str(path))
    folder = path.parent
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return ResourceError(
            f"There is no room on the disk for {path.name}.",
            reason=f"{_size(needed_bytes)} are needed in {folder}." if needed_bytes else f"{folder} is full.",
            remedy="Free some space and try again.",
            where=where,
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ResourceError(
            f"{path.name} can't be written.",
            reason=f"{folder} is read-only, or belongs to another user, or another program holds the file.",
            remedy="Close the other program or change the folder's permissions, then try again.",
            where=where,
        )
    return None


def _size(size_bytes: int) -> str:
    for unit, scale in (("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)):
        if size_bytes >= scale:
            return f"{size_bytes / scale:.1f} {unit}"
    return f"{size_bytes} bytes"


@contextmanager
def _explained(path: Path, needed_bytes: int) -> Generator[None]:
    try:
        yield
    except OSError as error:
        told = resource_error(error, path, needed_bytes)
        if told is None:
            raise
        raise told from error


def publish(temp: Path, target: Path, platform: Platform = HERE) -> None:
    """Give the finished file `temp` its final name, durably: fsync, replace, fsync of the folder.

    `temp` lies in the folder of `target`. After an error `temp` is still there and `target` is as it was.

    Raises
    ------
    ResourceError
        The disk is full (says the space needed), the folder is read-only, or another program holds `target`.
    """
    with _explained(target, temp.stat().st_size):
        with crash_point("publish.fsync"):
            _fsync_file(temp, platform)
        with crash_point("publish.rename"):
            _replace(temp, target, platform)
        with crash_point("publish.fsync_folder"):
            fsync_folder(target.parent, platform)


def _fsync_file(path: Path, platform: Platform) -> None:
    # Windows flushes only through a handle that may write; elsewhere reading is enough, also for a read-only file.
    descriptor = os.open(path, os.O_RDWR if platform.is_windows else os.O_RDONLY)
    try:
        platform.fsync(descriptor)
        if platform.name == "darwin":
            _flush_drive(descriptor)
    finally:
        os.close(descriptor)


def _flush_drive(descriptor: int) -> None:
    """macOS: fsync leaves the bytes in the drive's own cache, F_FULLFSYNC doesn't."""
    import fcntl

    full_fsync = getattr(fcntl, "F_FULLFSYNC", None)
    if full_fsync is not None:
        fcntl.fcntl(descriptor, full_fsync)


def _replace(temp: Path, target: Path, platform: Platform) -> None:
    # On Windows a file that somebody reads (virus scanner, indexer, another client) can't be replaced, and nothing
    # tells when it is released: so try again for a moment.
    attempts = REPLACE_ATTEMPTS if platform.is_windows else 1
    for attempt in range(attempts):
        try:
            platform.replace(temp, target)
            return
        except PermissionError as error:
            if attempt + 1 == attempts:
                raise ResourceError(
                    f"{target.name} can't be replaced.",
                    reason=f"Another program holds {target}, or it may not be written.",
                    remedy="Close the program that has it open and try again.",
                    where=Where(file=str(target)),
                ) from error
            platform.pause(0.01 * 2**attempt)


def fsync_folder(folder: Path, platform: Platform = HERE) -> None:
    """Make the names in `folder` durable. Windows needs nothing: NTFS journals names itself."""
    if platform.is_windows:
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        platform.fsync(descriptor)
    except OSError as error:
        # Some network file systems can't sync a folder and say so; their rename is as durable as it gets.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextmanager
def staged(target: Path, mode: int = PRIVATE_FILE, platform: Platform = HERE) -> Generator[Path]:
    """A temp file beside `target` to write into; published at the end of the block, deleted if the block fails.

    Raises
    ------
    ResourceError
        As `publish`; a disk that fills up inside the block is told in the same words.
    """
    temp = target.with_name(f".{secrets.token_hex(8)}{TEMP_SUFFIX}")
    try:
        with _explained(target, 0):
            os.close(os.open(temp, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
            yield temp
        publish(temp, target, platform)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes, mode: int = PRIVATE_FILE, platform: Platform = HERE) -> None:
    """Write `path` whole or not at all, readable by `mode` (this user only unless said otherwise).

    Raises
    ------
    ResourceError
        The disk is full (says the space needed), the folder is read-only, or another program holds `path`.
    """
    with staged(path, mode, platform) as temp, _explained(path, len(data)):
        temp.write_bytes(data)


def make_private_folder(folder: Path) -> None:
    """Make `folder`, for this user only, with the folders above it; one that exists is left as it is."""
    with _explained(folder, 0):
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def keep_new_files_private() -> None:
    """Let this process and its children make files and folders for this user only."""
    os.umask(0o077)


# Paths that don't lead out --------------------------------------------------------------------------------------


def within(folder: Path, relative: str) -> Path:
    """The path `relative` inside `folder`, which is trusted; `relative` may come from a stranger.

    Raises
    ------
    RefusedError
        `relative` is empty, absolute, has ``..`` or a drive, or passes through a link.
    """
    as_windows, as_posix = PureWindowsPath(relative), PurePosixPath(relative)
    absolute = as_windows.drive or as_windows.root or as_posix.is_absolute()
    if absolute or ".." in as_windows.parts or not as_windows.parts or "\0" in relative:
        raise _leads_out(folder, relative)
    path = folder
    for part in as_posix.parts:
        path /= part
        if is_link(path):
            raise _leads_out(folder, relative)
    return path


def is_link(path: Path) -> bool:
    """Whether `path` is a symbolic link or, on Windows, a junction; False where nothing is."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    # Other reparse points (placeholders of OneDrive) are plain files to us.
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION


def _leads_out(folder: Path, relative: str) -> RefusedError:
    return RefusedError(
        f"The path {relative!r} is refused.",
        reason=f"It is a link, or leads out of {folder}.",
        remedy="Use a plain path below that folder.",
        where=Where(file=str(folder)),
    )


def open_nofollow(path: Path, platform: Platform = HERE) -> BinaryIO:
    """Open the regular file `path` for reading; never through a link, never a pipe or a device.

    Only the last part is checked: get `path` from `within` where the folders above may be a stranger's too.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    RefusedError
        It is a link, or no regular file.
    """
    if platform.is_windows and is_link(path):  # no O_NOFOLLOW there
        raise _leads_out(path.parent, path.name)
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if not platform.is_windows:
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe that nobody writes would block
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO):
            raise _leads_out(path.parent, path.name) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _leads_out(path.parent, path.name)
    return io.BufferedReader(io.FileIO(descriptor, "rb", closefd=True))


# Processes ------------------------------------------------------------------------------------------------------


class Identity(NamedTuple):
    """A process, told apart from a later one that got the same number."""

    pid: int
    create_time: float
    """Seconds since the epoch."""


def identity(pid: int | None = None) -> Identity:
    """Who process `pid` (this one by default) is.

    Raises
    ------
    ProcessLookupError
        There is no such process.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        return Identity(process.pid, process.create_time())
    except psutil.NoSuchProcess as error:
        raise ProcessLookupError(f"no process {pid}") from error


def is_alive(who: Identity) -> bool:
    """Whether exactly this process still runs (a zombie doesn't)."""
    return _process(who) is not None


def _process(who: Identity) -> psutil.Process | None:
    import psutil

    try:
        process = psutil.Process(who.pid)
        # Linux counts the start in clock ticks since boot, and psutil adds a boot time that a set clock shifts.
        same = abs(process.create_time() - who.create_time) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def process_options(platform: Platform) -> dict[str, Any]:
    """Arguments of `subprocess.Popen` that cut a child loose from our terminal, console and signals."""
    if platform.is_windows:
        new_group, below_normal, no_window = 0x200, 0x4000, 0x0800_0000
        return {"creationflags": new_group | below_normal | no_window}
    return {"start_new_session": True}


def spawn(
    command: Sequence[str | Path],
    *,
    output: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    niceness: int = 0,
    environment: Mapping[str, str] | None = None,
    platform: Platform = HERE,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, which lives on when this process is killed.

    Parameters
    ----------
    output : Path, optional
        File that takes stdout and stderr, appended to; without it they are dropped. Never a pipe: a full or broken
        pipe would hang or kill a child that outlives us.
    niceness : int
        At least so far below normal priority; a child is never above its parent.
    """
    out: int = subprocess.DEVNULL
    if output is not None:
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        out = os.open(output, flags, PRIVATE_FILE)
    try:
        child: subprocess.Popen[bytes] = subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=out,
            stderr=subprocess.STDOUT if output is not None else subprocess.DEVNULL,
            env=None if environment is None else dict(environment),
            **process_options(platform),
        )
    finally:
        if out != subprocess.DEVNULL:
            os.close(out)
    if niceness:
        lower_priority(niceness, child.pid, platform)
    return child


def lower_priority(niceness: int, pid: int | None = None, platform: Platform = HERE) -> None:
    """Put process `pid` (this one by default) `niceness` below normal, unless it is lower already."""
    import psutil

    try:
        process = psutil.Process(pid)
        if platform.is_windows:
            process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 0x4000))
        elif process.nice() < niceness:
            process.nice(niceness)
    except psutil.NoSuchProcess:
        return  # it has ended: nothing left to lower


def tree(who: Identity) -> list[psutil.Process]:
    """The living processes that `who` started, itself first; also those whose parent in between has ended."""
    import psutil

    root = _process(who)
    found: dict[int, psutil.Process] = {}
    if root is not None:
        found[root.pid] = root
        with suppress(psutil.NoSuchProcess):
            found.update((child.pid, child) for child in root.children(recursive=True))
    found.update((member.pid, member) for member in _session(who) if member.pid != who.pid)
    return list(found.values())


def _session(who: Identity) -> list[psutil.Process]:
    """Members of the session that `who` leads: orphans have lost their parent, not their session."""
    import psutil

    if not hasattr(os, "getsid"):
        return []
    members: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == who.pid and process.create_time() >= who.create_time - 1.0:
                members.append(process)
    return members


def terminate_tree(who: Identity, grace_s: float = 2.0) -> bool:
    """End `who` and all it started: ask, wait `grace_s` seconds, kill. True if none is left."""
    import psutil

    processes = tree(who)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(processes, timeout=grace_s)
    rest = {process.pid: process for process in [*processes, *tree(who)] if process.is_running()}
    for process in rest.values():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(list(rest.values()), timeout=grace_s)
    return not alive


# This machine ---------------------------------------------------------------------------------------------------


def machine_name() -> str:
    """The name people know this machine by."""
    return host.node() or "this machine"


def machine_id() -> str:
    """An id of this machine that stays over restarts; a hash, so that it can be shown."""
    known = _first_text(Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")) or f"{uuid.getnode():x}"
    # Containers often share or lack the file: the name of the host tells them apart.
    return hashlib.sha256(f"{APPLICATION}\0{known}\0{host.node()}".encode()).hexdigest()[:32]


def boot_id(platform: Platform = HERE) -> str:
    """An id of this run of the machine: another one after each restart."""
    known = _first_text(Path("/proc/sys/kernel/random/boot_id")) if platform.name == "linux" else ""
    if known:
        return known
    import psutil

    return f"booted {psutil.boot_time():.0f}"


def _first_text(*paths: Path) -> str:
    for path in paths:
        with suppress(OSError):  # not there, or not for us: the next one
            text = path.read_text("ascii").strip()
            if text:
                return text
    return ""


FolderKind = Literal["local", "network", "synced"]
_NETWORK_TYPES: Final = frozenset(
    ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "webdav", "davfs", "9p", "ceph", "glusterfs", "lustre", "gpfs"]
)
_NETWORK_FUSE: Final = ("sshfs", "rclone", "s3fs", "gcsfuse", "davfs", "gvfsd", "glusterfs", "curlftpfs")
_SYNCED_NAMES: Final = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "nextcloud",
    "seafile",
)


def folder_kind(path: Path, mounts: Sequence[tuple[str, str]] | None = None) -> FolderKind:
    """A guess where `path` lies: its locks can't be trusted on a network drive or in a synced folder.

    Parameters
    ----------
    mounts : sequence of (mount point, type of file system), optional
        Those of this machine if not given.
    """
    text = str(path)
    if text.startswith(("\\\\", "//")):
        return "network"
    kind, longest = "", -1
    for mount_point, file_system in _mounts() if mounts is None else mounts:
        inside = text == mount_point or text.startswith(
            mount_point.rstrip("/\\") + ("\\" if "\\" in mount_point else "/")
        )
        if inside and len(mount_point) > longest:
            kind, longest = file_system.lower(), len(mount_point)
    if (
        kind in _NETWORK_TYPES
        or (kind.startswith("fuse") and kind.endswith(_NETWORK_FUSE))
        or "remote" in kind
    ):
        return "network"
    parts = [part.lower() for part in path.parts]
    return "synced" if any(part.startswith(_SYNCED_NAMES) for part in parts) else "local"


def _mounts() -> list[tuple[str, str]]:
    import psutil

    # On Windows the options say "remote" or "fixed"; elsewhere the type of the file system tells.
    return [
        (part.mountpoint, part.fstype if os.name != "nt" else part.opts)
        for part in psutil.disk_partitions(all=True)
    ]


def is_network_folder(path: Path) -> bool:
    """Whether `path` seems to lie on a network drive or in a synced folder."""
    return folder_kind(path.resolve()) != "local"


def state_folder() -> Path:
    """Where this user's logs and list of known projects are kept; made if missing."""
    return _private(platformdirs.user_state_path(APPLICATION, appauthor=False))


def config_folder() -> Path:
    """Where this user's settings are kept; made if missing."""
    return _private(platformdirs.user_config_path(APPLICATION, appauthor=False))


def _private(folder: Path) -> Path:
    make_private_folder(folder)
    return folder
