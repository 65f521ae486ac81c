"""The fingerprint of everything that travels: two sides with the same one understand each other."""

from __future__ import annotations

import functools
import hashlib

import msgspec

from mlops_desktop.domain import messages, wire

from .verb import VERBS


@functools.cache
def protocol() -> str:
    """16 hexadecimal digits that change whenever a verb's signature or a struct that travels does."""
    from .project import Project

    assert VERBS, Project  # its import has registered every verb

    structs = {t for v in VERBS.values() for t in v.hints.values()}
    names = sorted(f"{v.name}{v.signature}" for v in VERBS.values())
    fields = sorted({line for t in structs for line in _fields(t, set())})
    text = "\n".join(
        [
            *names,
            *fields,
            messages.fingerprint(),
            ",".join(f.name for f in msgspec.structs.fields(wire.Envelope)),
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _fields(kind: object, seen: set[object]) -> list[str]:
    """A line per struct that `kind` mentions: its name and its fields with their types."""
    found: list[str] = []
    todo = [kind]
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        todo.extend(getattr(one, "__args__", ()))
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            parts = msgspec.structs.fields(one)
            found.append(one.__name__ + ":" + ",".join(f"{p.name} {p.type}" for p in parts))
            todo.extend(p.type for p in parts)
    return found
