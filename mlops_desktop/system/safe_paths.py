"""Paths and files that don't lead out of a project folder, which may be a stranger's."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Final

from mlops_desktop.domain.errors import RefusedError, Where
from mlops_desktop.system.platforms import HERE, Platform

_JUNCTION: Final = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT


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


def stored_path(path: Path) -> Path:
    """`path` without links, each part spelled as its folder lists it; one name for each spelling on a disk that ignores case.

    Some drivers take two spellings of one file for two files, each with locks of its own (exFAT by FUSE).
    """
    found = path.resolve()
    if not found.exists():
        return found
    stored = Path(found.anchor)
    for part in found.parts[1:]:
        stored /= _listed_name(stored, part)
    return stored


def _listed_name(folder: Path, name: str) -> str:
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:  # a folder that may be passed through but not listed
        return name
    wanted = name.casefold()
    return name if name in names else next((n for n in names if n.casefold() == wanted), name)


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
