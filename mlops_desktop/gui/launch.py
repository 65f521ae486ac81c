"""From the command to the window: the project's service is on its way before Qt is loaded."""

from __future__ import annotations

import threading
from pathlib import Path

from mlops_desktop.domain.errors import UserError
from mlops_desktop.presence.discovery import find_or_start
from mlops_desktop.project.protocol import protocol
from mlops_desktop.version import __version__


class ServiceOnItsWay:
    """Finds or starts the service of a project on a thread of its own, while the window is built.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answered = threading.Event()
        threading.Thread(target=self._start, name="service start", daemon=True).start()

    def wait(self) -> None:
        """Return once the service answers, or once it is known that it can't."""
        self._answered.wait()

    def _start(self) -> None:
        try:
            find_or_start(self._folder, protocol(), __version__)
        except (UserError, OSError) as error:
            self.failure = error  # opening the project meets the same and shows it
        finally:
            self._answered.set()

    failure: Exception | None = None
    """Why there is no service."""


def place_of(project: str) -> Path | str:
    """The folder that a person named, or the address of a service as it is."""
    if project.startswith(("http://", "https://")):
        return project
    return Path(project).expanduser().absolute()


def run_application(project: str | None = None) -> int:
    """Open the window, on the start screen or on a project, and run it; returns the exit status.

    Parameters
    ----------
    project : str, optional
        The project's folder, or the address of its service.
    """
    folder = place_of(project) if project else None
    service = None
    if isinstance(folder, Path) and (folder / "project.duckdb").exists():
        service = ServiceOnItsWay(folder)
    from .window import run_window  # Qt is loaded here, while the service starts

    return run_window(folder, service)
