"""What goes over the wire between a client and the service: one envelope, one answer."""

from __future__ import annotations

import msgspec

from .errors import ErrorMessage


class Envelope(msgspec.Struct, frozen=True):
    """A call. The verb's name is in the route, its arguments are packed."""

    request_id: str
    """Of the caller's making; a change that is asked for twice under one id is done once."""
    client: str
    """Whose Ctrl+Z it is: one per window, script or person at the command line."""
    actor: str
    """Name of the person, as the system knows it."""
    protocol: str
    """Fingerprint of the verbs and structs that the caller knows."""
    arguments: bytes


class Answer(msgspec.Struct, frozen=True, tag_field="is", tag="answer"):
    """The verb's result, packed."""

    result: bytes


class Failure(msgspec.Struct, frozen=True, tag_field="is", tag="failure"):
    """An expected failure."""

    error: ErrorMessage


class Bug(msgspec.Struct, frozen=True, tag_field="is", tag="bug"):
    """An unexpected failure, logged in the service under `reference`."""

    reference: str
    details: str


Reply = Answer | Failure | Bug
