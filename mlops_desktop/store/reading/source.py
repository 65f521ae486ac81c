"""A file that a person named: checked for what it is, and given a name that no reader can misunderstand."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlops_desktop.domain.errors import FileError, NotFoundError, ResourceError, Where
from mlops_desktop.domain.sizes import size_words

HEAD_BYTES = 1 << 20
"""How much of a text is looked at to find its dialect."""

_ERROR_KIND = re.compile(r"^(?:[A-Z][A-Za-z-]* )+(?:Error|Exception): ")
"""The kind of error with which DuckDB begins its sentences."""


@dataclass(frozen=True)
class Source:
    """A regular file that can be read, as it was when it was opened."""

    path: Path
    """As the person named it."""
    alias: Path
    """The same file under a name without letters that DuckDB's readers give a meaning to."""
    scratch: Path
    """Private folder for what has to be written on the way; goes when the source is closed."""
    size_bytes: int
    mtime_ns: int
    head: bytes
    """The first `HEAD_BYTES`."""
    inode: int = 0
    """Number of the file itself, whatever its name."""

    @property
    def name(self) -> str:
        """The file's own name, fit to be shown in one line."""
        return self.path.name.replace("\n", "⏎").replace("\r", "⏎")

    def error(
        self, message: str, *, reason: str = "", remedy: str = "", **where: int | str | None
    ) -> FileError:
        """A `FileError` about this file; its ``field`` names the option or remedy by which it can be read after all."""
        row, line = where.get("row"), where.get("line")
        column, field = where.get("column"), where.get("field")
        return FileError(
            message,
            reason=reason,
            remedy=remedy,
            where=Where(
                file=str(self.path),
                row=row if isinstance(row, int) else None,
                line=line if isinstance(line, int) else None,
                column=column if isinstance(column, str) else None,
                field=field if isinstance(field, str) else None,
            ),
        )

    def told(self, reason: str) -> str:
        """The first line of what a reader said, with the file's own name for the one it was read under."""
        lines = reason.splitlines() or [""]
        said = _ERROR_KIND.sub("", lines[0])
        told = said.replace(str(self.alias), self.name).strip()
        return told if not told or told.endswith((".", "!", "?")) else f"{told}."

    def check_unchanged(self) -> None:
        """Refuse when the file is not the one that was opened any more.

        Raises
        ------
        FileError
            The file was written to, replaced or removed since.
        """
        try:
            now = self.path.stat()
        except OSError as error:
            raise self.error(
                f"{self.name} changed while it was read.", reason=f"It is gone: {error}."
            ) from error
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (self.size_bytes, self.mtime_ns, self.inode):
            raise self.error(
                f"{self.name} changed while it was read.",
                reason=f"It had {self.size_bytes} bytes at the start and has {now.st_size} now."
                if now.st_size != self.size_bytes
                else "It was written to or replaced by another file.",
                remedy="Import it again when nothing writes to it.",
            )


@contextmanager
def open_source(path: Path, scratch_parent: Path | None = None) -> Generator[Source]:
    """Check `path`, look at its first bytes and give it a safe name.

    Parameters
    ----------
    path : Path
        The file as a person named it; a link to a file is followed.
    scratch_parent : Path, optional
        Where the private folder is made; the system's temp folder by default.

    Raises
    ------
    NotFoundError
        There is no such file, or a link leads nowhere.
    FileError
        It is no regular file, may not be read, or is empty.
    """
    info = _regular(path)
    scratch = Path(tempfile.mkdtemp(prefix="reading-", dir=scratch_parent))
    try:
        alias = scratch / "source"
        _link(path, alias)
        yield Source(path, alias, scratch, info.st_size, info.st_mtime_ns, _head(path), info.st_ino)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ResourceError(
                f"There is no room on the disk to read {path.name}.",
                reason=f"{size_words(info.st_size)} may be needed beside the file.",
                remedy="Make room and import it again; the file was not touched.",
            ) from error
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _regular(path: Path) -> os.stat_result:
    """The state of a file that can be read without waiting for anybody."""
    where, name = Where(file=str(path)), path.name or str(path)
    try:
        info = path.stat()
    except FileNotFoundError as error:
        if path.is_symlink():
            raise NotFoundError(f"{name} is a link to a file that does not exist.", where=where) from error
        raise NotFoundError(f"There is no file {path}.", where=where) from error
    except PermissionError as error:
        raise FileError(f"You have no right to read {name} (permission denied).", where=where) from error
    except (OSError, ValueError) as error:
        raise _no_path(path, error) from error
    kind = _kind(info.st_mode)
    if kind:
        raise FileError(
            f"{name} is a {kind}, not a file.", remedy="Choose a file that holds a table.", where=where
        )
    if not os.access(path, os.R_OK):
        raise FileError(
            f"You have no right to read {name} (permission denied).",
            remedy="Ask its owner for access, or copy it to a place of your own.",
            where=where,
        )
    if info.st_size == 0:
        raise FileError(f"{name} is empty: it has 0 bytes.", remedy="Check where it was made.", where=where)
    return info


_NO_PATH = {
    errno.ELOOP: "is a link that leads back to itself (a loop of links), to no file.",
    errno.ENAMETOOLONG: "is too long for the name of a file.",
    errno.ENOTDIR: "lies within something that is no folder.",
    errno.EIO: "can't be read: the disk or the network gave an error.",
    errno.ESTALE: "can't be read: the folder of the network is gone.",
}


def _no_path(path: Path, error: OSError | ValueError) -> FileError:
    """What is wrong with a path that leads to no file, in words."""
    name = path.name or str(path)
    shown = name if len(name) <= 80 else f"{name[:80]} ..."
    told = (
        _NO_PATH.get(error.errno or 0, "")
        if isinstance(error, OSError)
        else "has a letter that no file's name has."
    )
    reason = "" if told else f"The system says: {error.strerror if isinstance(error, OSError) else error}."
    return FileError(
        f"{shown} {told or 'is no path to a file that can be read.'}",
        reason=reason,
        remedy="Choose the file itself.",
        where=Where(file=str(path)),
    )


def _kind(mode: int) -> str:
    """What is not a regular file, by its name; empty for a regular file."""
    kinds: tuple[tuple[Callable[[int], bool], str], ...] = (
        (stat.S_ISREG, ""),
        (stat.S_ISDIR, "folder (directory)"),
        (stat.S_ISFIFO, "named pipe"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISCHR, "device"),
        (stat.S_ISBLK, "device"),
    )
    return next((name for test, name in kinds if test(mode)), "special file")


def _link(path: Path, alias: Path) -> None:
    """Give the file a second name; copies it only where neither kind of link can be made."""
    target = path.resolve()
    for make in (os.symlink, os.link, shutil.copyfile):
        try:
            make(target, alias)
        except (OSError, NotImplementedError):
            continue
        return
    raise FileError(f"{path.name} can't be opened under another name.", where=Where(file=str(path)))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except PermissionError as error:
        raise FileError(
            f"You have no right to read {path.name} (permission denied).", where=Where(file=str(path))
        ) from error


def sha256_of(path: Path) -> str:
    """Hex digest of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
