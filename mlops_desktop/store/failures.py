"""DuckDB's and the system's failures as the errors that a person can understand."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from mlops_desktop.domain.errors import CancelledError, ResourceError, UserError

log = logging.getLogger(__name__)

_CAUSE = re.compile(r"(Could not write file .*)", re.DOTALL)
"""What DuckDB says behind the steps that it failed in."""


@contextmanager
def as_user_errors() -> Generator[None]:
    """Raise what the machine refuses (space, memory, rights) as a `ResourceError`."""
    try:
        yield
    except (duckdb.Error, OSError, MemoryError) as error:
        translated = user_error(error)
        if translated is None:
            raise
        raise translated from error


def user_error(error: BaseException) -> UserError | None:
    """The expected failure behind `error`, or None where it is a bug."""
    text = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "No space left" in text or "Disk quota" in text or "disk full" in text.lower():
        return ResourceError(
            "The disk is full.",
            reason=cause[1] if (cause := _CAUSE.search(text)) else text,
            remedy="Make room and do it again; nothing half made was kept.",
        )
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return ResourceError(
            "There was not enough memory for it.", reason=text, remedy="Close other programs and try again."
        )
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ResourceError(
            "The folder can't be written.", reason=text, remedy="Give yourself the right to write there."
        )
    if isinstance(error, duckdb.InterruptException):
        return CancelledError("It was cancelled.")
    return None


def roll_back(cursor: duckdb.DuckDBPyConnection, first: BaseException) -> None:
    """End the transaction that `first` broke; a database that a full disk took with it can't, and `first` says why."""
    try:
        cursor.execute("rollback")
    except duckdb.Error as second:
        log.debug("rollback after %r said %r", first, second)
