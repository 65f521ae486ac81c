"""Projects that this person has opened: for the start screen, and for the schedules to wake after login."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from . import system

FILE = "projects.json"
MOST = 50


class KnownProject(msgspec.Struct, frozen=True):
    """A project as it was when it was open last."""

    path: str
    name: str
    opened_at: datetime
    has_schedules: bool = False


def known_projects() -> list[KnownProject]:
    """Projects, the one opened last first; a file that can't be read knows none."""
    with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
        data = (system.state_folder() / FILE).read_bytes()
        return sorted(
            msgspec.json.decode(data, type=list[KnownProject]), key=lambda p: p.opened_at, reverse=True
        )
    return []


def remember_project(path: Path, name: str, *, has_schedules: bool) -> None:
    """Note that a project is open now; called by its service, which knows its schedules."""
    stored = system.stored_path(path)
    kept = [p for p in known_projects() if Path(p.path) != stored][: MOST - 1]
    found = [KnownProject(str(stored), name, datetime.now(UTC), has_schedules), *kept]
    system.make_private_folder(system.state_folder())
    system.write_bytes(
        system.state_folder() / FILE, msgspec.json.format(msgspec.json.encode(found), indent=1)
    )


def forget_project(path: Path) -> None:
    """Leave a project out of the list; the project itself stays."""
    stored = system.stored_path(path)
    kept = [p for p in known_projects() if Path(p.path) != stored]
    system.write_bytes(system.state_folder() / FILE, msgspec.json.format(msgspec.json.encode(kept), indent=1))
