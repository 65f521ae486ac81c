"""Keeps the entry that wakes schedules after login: there while any known project has one, gone otherwise."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from mlops_desktop.domain.errors import UserError
from mlops_desktop.known_projects import known_projects, remember_project

from . import autostart

log = logging.getLogger(__name__)


def keep_login_entry(folder: Path, name: str, *, has_schedules: bool) -> None:
    """Note whether this project has schedules, and make or remove the entry accordingly.

    A machine where no entry can be written still runs its schedules while the service lives; the log says so.
    """
    try:
        remember_project(folder, name, has_schedules=has_schedules)
        wanted = autostart.entries_here(os.environ, autostart.wake_command())
        registry = autostart.registry_here()
        if any(p.has_schedules for p in known_projects()):
            if not autostart.is_installed(wanted, registry):
                autostart.install(wanted, registry)
                log.info("schedules are woken after login by %s", wanted)
        elif autostart.is_installed(wanted, registry):
            autostart.remove(wanted, registry)
    except (UserError, OSError) as error:
        log.warning("schedules can't be woken after login: %s", error)
