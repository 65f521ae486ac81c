"""The tree of expected failures.

::

    UserError                     something a person can understand and mend
    ├── NotFoundError             no such data set, run, model, file ...
    ├── InvalidInputError         an argument, option or name that can't be taken
    │   └── FileError             a file that can't be read as a table (says file, row, column)
    ├── ConflictError             the thing has moved on, exists already, or is in use
    ├── RefusedError              allowed to nobody, or not with this right
    ├── BusyError                 owned by another process, or a newer version; try again later
    ├── CancelledError            a person cancelled it
    ├── TrainingError             a table that can't be trained on, or a fit that failed
    ├── ResourceError             disk full, read-only, out of memory
    └── DamagedError              bytes are not what was written

Everything else that is raised is a bug: it is logged with its trace and shown with "Copy details".
An error crosses the wire as an `ErrorMessage` and is raised on the other side as the same class.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """The place an error is about; every part is optional."""

    file: str | None = None
    row: int | None = None
    """Data row, from 1 (the header is not counted)."""
    line: int | None = None
    """Line of a text file, from 1."""
    column: str | None = None
    field: str | None = None
    """Name of the argument or setting."""


class ErrorMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error as it crosses the wire and as ``--json`` prints it."""

    code: str
    message: str
    reason: str = ""
    remedy: str = ""
    where: Where = Where()
    help_page: str = ""


class UserError(Exception):
    """An expected failure: what happened, why, and what to do.

    Parameters
    ----------
    message : str
        What happened, one sentence.
    reason : str
        Why it happened.
    remedy : str
        What the person can do now.
    where : Where
        File, row, column or argument it is about.
    """

    code: ClassVar[str] = "error"
    help_page: ClassVar[str] = "errors"

    def __init__(
        self, message: str, *, reason: str = "", remedy: str = "", where: Where | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.remedy = remedy
        self.where = where or Where()

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.reason, self.remedy) if part)


class NotFoundError(UserError):
    """There is no such data set, version, run, model, column or file."""

    code = "not_found"


class InvalidInputError(UserError):
    """An argument, option or name can't be taken as it is."""

    code = "invalid_input"


class FileError(InvalidInputError):
    """A file can't be read as a table; `where` says file, row and column as far as known."""

    code = "file"


class ConflictError(UserError):
    """The thing has moved on, exists already, or is in use."""

    code = "conflict"


class RefusedError(UserError):
    """The caller has no right to this."""

    code = "refused"


class BusyError(UserError):
    """Another process, machine or version owns the project just now."""

    code = "busy"


class CancelledError(UserError):
    """A person cancelled it."""

    code = "cancelled"


class TrainingError(UserError):
    """The table can't be trained on as asked, or the fit failed."""

    code = "training"


class ResourceError(UserError):
    """The disk is full or read-only, or memory ran out."""

    code = "resource"


class DamagedError(UserError):
    """Stored bytes are not the ones that were written."""

    code = "damaged"


def error_classes() -> dict[str, type[UserError]]:
    """Every class of the tree by its code."""
    found: dict[str, type[UserError]] = {}
    todo: list[type[UserError]] = [UserError]
    while todo:
        cls = todo.pop()
        found[cls.code] = cls
        todo.extend(cls.__subclasses__())
    return found


def to_message(error: UserError) -> ErrorMessage:
    """The wire form of `error`."""
    return ErrorMessage(error.code, error.message, error.reason, error.remedy, error.where, error.help_page)


def from_message(message: ErrorMessage) -> UserError:
    """The error that `message` carries, as its own class."""
    cls = error_classes().get(message.code, UserError)
    return cls(message.message, reason=message.reason, remedy=message.remedy, where=message.where)
