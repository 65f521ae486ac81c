"""Bytes become final in one way: a temp file beside the target, fsync, replace, fsync of the folder."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mlops_desktop.domain.errors import ResourceError, UserError, Where
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.system.crash_points import crash_point
from mlops_desktop.system.platforms import HERE, Platform

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
TEMP_SUFFIX: Final = ".tmp"
"""Ends the name of every file that isn't final yet; a file so named that is old may be deleted."""
REPLACE_ATTEMPTS: Final = 8
"""With pauses that double from 10 ms: 1.3 s in all."""


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
            reason=f"{size_words(needed_bytes)} are needed in {folder}."
            if needed_bytes
            else f"{folder} is full.",
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


def publish_new(temp: Path, target: Path, platform: Platform = HERE) -> None:
    """As `publish`, but a file that stands under the name already stays as it is.

    Raises
    ------
    FileExistsError
        There is one; `temp` is still there.
    ResourceError
        As `publish`.
    """
    with _explained(target, temp.stat().st_size):
        with crash_point("publish.fsync"):
            _fsync_file(temp, platform)
        with crash_point("publish.rename"):
            _name_once(temp, target, platform)
        with crash_point("publish.fsync_folder"):
            fsync_folder(target.parent, platform)


def _name_once(temp: Path, target: Path, platform: Platform) -> None:
    if platform.is_windows:
        os.rename(temp, target)  # noqa: PTH104 (refuses an existing target there, and there alone)
        return
    try:
        os.link(temp, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # A file system without hard links (FAT on a stick): look, then replace, and nobody else meanwhile.
        with _alone_in(target.parent):
            if target.exists() or target.is_symlink():
                raise FileExistsError(errno.EEXIST, "exists", str(target)) from error
            platform.replace(temp, target)
        return
    temp.unlink()


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """Wait until no other process or thread is in such a block of this folder; a kill lets go."""
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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
def staged(
    target: Path, mode: int = PRIVATE_FILE, platform: Platform = HERE, *, over: bool = True
) -> Generator[Path]:
    """A temp file beside `target` to write into; published at the end of the block, deleted if the block fails.

    Parameters
    ----------
    over : bool
        Whether it may take the place of a file of this name.

    Raises
    ------
    FileExistsError
        Not `over`, and there is one.
    ResourceError
        As `publish`; a disk that fills up inside the block is told in the same words.
    """
    temp = target.with_name(f".{secrets.token_hex(8)}{TEMP_SUFFIX}")
    try:
        with _explained(target, 0):
            os.close(os.open(temp, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
            yield temp
        (publish if over else publish_new)(temp, target, platform)
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


def create_once(path: Path, data: bytes, platform: Platform = HERE) -> bytes:
    """Write `path` unless it exists; what stands there in the end, whoever was first."""
    if not path.exists():
        # Another process may be faster: then its bytes count.
        with suppress(FileExistsError), staged(path, platform=platform, over=False) as temp:
            temp.write_bytes(data)
    return path.read_bytes()


def make_private_folder(folder: Path) -> None:
    """Make `folder`, for this user only, with the folders above it; one that exists is left as it is."""
    with _explained(folder, 0):
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)


def keep_new_files_private() -> None:
    """Let this process and its children make files and folders for this user only."""
    os.umask(0o077)
