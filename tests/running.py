"""A project's service as a process of its own, and a facade on it; ended with the test that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from mlops_desktop.client import create_project, open_project
from mlops_desktop.presence.discovery import find, service_command
from mlops_desktop.presence.notice import Address
from mlops_desktop.project import Project

ROOT = Path(__file__).parents[1]
PATIENCE_S = 30.0
TRAINABLE = "shop,hour,sold\n" + "".join(
    f"{'abc'[n % 3]},{n * 7 % 24},{n % 3 * 10 + n * 7 % 24}\n" for n in range(240)
)
"""A small table that can be trained on; ``sold`` is the target."""


def until(happens: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for a condition of another process, which nothing announces."""
    ends = time.monotonic() + patience_s
    while not happens():
        assert time.monotonic() < ends, f"it did not happen within {patience_s:.0f} s"
        time.sleep(0.01)


class Service:
    """The service of the project in `folder`; the project is made if there is none.

    Parameters
    ----------
    folder : Path
        The project's folder.
    command : sequence of str, optional
        Starts it; as every client does, if not given.
    """

    def __init__(self, folder: Path, command: list[str] | None = None) -> None:
        self.folder = folder
        self.command = command or service_command(folder)
        self.process: subprocess.Popen[bytes] | None = None
        self._opened: list[Project] = []
        if not (folder / "project.duckdb").exists():
            create_project(folder)

    def start(self, environment: Mapping[str, str] | None = None) -> Self:
        """Start it and wait until it answers, or has ended."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(lambda: find(self.folder) is not None or self.has_ended)
        return self

    @property
    def has_ended(self) -> bool:
        """Whether the process that the test started has ended."""
        return self.process is None or self.process.poll() is not None

    @property
    def address(self) -> Address:
        """Where it listens."""
        found = find(self.folder)
        assert found is not None
        return found

    @property
    def pid(self) -> int:
        """Number of the process that the test started."""
        assert self.process is not None
        return self.process.pid

    def project(self, client: str = "window-1", actor: str = "ann") -> Project:
        """The facade as a client has it; closed with the service."""
        self._opened.append(open_project(self.folder, client=client, actor=actor))
        return self._opened[-1]

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        """Let clients go, and end this service, others of the project, and what they left at work."""
        for project in self._opened:
            project.close()
        if not self.has_ended:
            self.terminate()
        end_all(processes_in(self.folder))


def processes_in(folder: Path) -> list[psutil.Process]:
    """Living processes, but this one, that serve the project in `folder` or work in it."""
    mine = processes_of(os.environ["XDG_STATE_HOME"])
    return [p for p in mine if _is_in(p, str(folder))]


def _is_in(process: psutil.Process, folder: str) -> bool:
    try:
        named = folder in process.cmdline()
        return named or any(f.path.startswith(folder + os.sep) for f in process.open_files())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False  # ended just now


def processes_of(state: str, among: set[int] | None = None) -> list[psutil.Process]:
    """Living processes, but this one, whose state folder lies in `state`: whoever started them."""
    found: list[psutil.Process] = []
    for pid in set(psutil.pids()) - {os.getpid()} if among is None else among:
        try:
            process = psutil.Process(pid)
            ours = process.environ().get("XDG_STATE_HOME", "").startswith(state)
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # ended just now, or another user's
    return found


def end_all(processes: list[psutil.Process]) -> None:
    """End them: services leave by themselves, what doesn't is killed."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(processes, timeout=10)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=10)
