"""The project as a whole: its state, its health."""

from __future__ import annotations

from datetime import datetime

import msgspec


class ServiceHealth(msgspec.Struct, frozen=True):
    """The service as a process."""

    version: str
    instance: str
    pid: int
    started_at: datetime
    memory_bytes: int
    """Resident memory of the service and its children."""
    cpu_percent: float
    """Of one core, over the last seconds, service and children."""


class ProjectStatus(msgspec.Struct, frozen=True):
    """What the window's frame and ``mlops-desktop status`` show."""

    name: str
    path: str
    format: int
    counts: dict[str, int]
    """Things of each kind that are not in the trash: ``datasets``, ``runs``, ``models`` ..."""
    jobs_running: int
    service: ServiceHealth
    next_due: datetime | None = None


class Finding(msgspec.Struct, frozen=True):
    """Something that `doctor` saw."""

    severity: str
    """``error`` or ``note``."""
    what: str
    remedy: str = ""


class DoctorReport(msgspec.Struct, frozen=True):
    """What was checked and what was found."""

    whole: bool
    """No finding is an error."""
    checked: dict[str, int]
    """How many of each kind were checked: ``files``, ``versions``, ``changes`` ..."""
    findings: list[Finding]
    seconds: float


class Backup(msgspec.Struct, frozen=True):
    """A copy of the project, made while it runs."""

    path: str
    size_bytes: int
    files: int
