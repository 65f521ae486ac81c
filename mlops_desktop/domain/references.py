"""References as people write them: ``customers@3``, ``churn@champion``; and files on the caller's side."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from .errors import InvalidInputError, Where

DatasetRef = Annotated[str, Meta(description="A data set: its name (newest version), name@3, or name@tag.")]
ModelRef = Annotated[str, Meta(description="A model version: its name (newest), name@2, or name@champion.")]
LocalFile = Annotated[str, Meta(description="A path on the caller's side.", extra={"local_file": True})]
"""Made absolute where it is said, so that a relative path means the caller's folder, not the service's."""

_NAME_FORBIDDEN = re.compile(r"[@\x00-\x1f\x7f]")


class Ref(msgspec.Struct, frozen=True):
    """A reference taken apart."""

    name: str
    number: int | None = None
    label: str | None = None
    """Tag of a data set version, or alias of a model version."""


def parse_ref(text: str) -> Ref:
    """Take ``name``, ``name@3`` or ``name@label`` apart.

    Raises
    ------
    InvalidInputError
        The name or what follows the @ is empty.

    Examples
    --------
    >>> parse_ref("customers@3")
    Ref(name='customers', number=3, label=None)
    """
    name, at, version = text.partition("@")
    if not name.strip() or (at and not version.strip()):
        raise InvalidInputError(
            f"“{text}” is not a reference.",
            remedy="Write a name, or name@3, or name@alias.",
            where=Where(field="reference"),
        )
    if version.isdecimal():
        return Ref(name, number=int(version))
    return Ref(name, label=version or None)


def checked_name(name: str, what: str) -> str:
    """`name` without blanks around it, or an error that names the letter that is not allowed.

    Parameters
    ----------
    name : str
        As the person wrote it.
    what : str
        What it names, for the message: ``"data set"``.
    """
    tidy = name.strip()
    if not tidy:
        raise InvalidInputError(f"The name of a {what} can't be empty.", where=Where(field="name"))
    if len(tidy) > 300:
        raise InvalidInputError(
            f"The name of a {what} can have 300 letters, this one has {len(tidy)}.", where=Where(field="name")
        )
    bad = _NAME_FORBIDDEN.search(tidy)
    if bad:
        raise InvalidInputError(
            f"The name of a {what} can't have the letter {bad.group()!r}.",
            reason="@ stands between a name and its version, and control letters can't be shown.",
            remedy="Leave that letter out.",
            where=Where(field="name"),
        )
    if tidy.isdecimal():
        raise InvalidInputError(
            f"A {what} can't be named by a number alone.", remedy="Add a word.", where=Where(field="name")
        )
    return tidy
