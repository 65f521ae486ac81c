"""A keeper makes projects that the window under test may not read, and serves them.

It runs where the rights are; tests ask it over a socket, by `new_project`. A project's folder belongs to another user
then, for that user alone: nothing in it can be listed or read but the note of where the service listens, by which a
window finds it. Whoever asks is root without the right to overrule that (CAP_DAC_OVERRIDE).
"""

from __future__ import annotations

import json
import os
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import AF_UNIX, socket

import psutil

from mlops_desktop.client import create_project
from mlops_desktop.presence.discovery import find, service_command

from .running import ROOT, end_all, until

KEEPER = "MLOPS_TESTS_KEEPER"
"""Where the keeper of this process's projects listens; unset, projects are the process's own."""
NOBODY = 65534
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--")
"""Runs a command as root that reads what root may read, and no more."""
CAN_KEEP = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv") is not None


def new_project(folder: Path, name: str = "") -> Path:
    """A new project; if a keeper has been named it is served, and can't be read by this process."""
    if (keeper := os.environ.get(KEEPER)) is None:
        return create_project(folder, name)
    with socket(AF_UNIX) as asking:
        asking.connect(keeper)
        with asking.makefile("rw") as wire:
            wire.write(json.dumps([str(folder), name, os.environ["XDG_STATE_HOME"]]) + "\n")
            wire.flush()
            assert wire.readline() == "made\n", f"the keeper could not make {folder}"
    until(lambda: find(folder) is not None)
    return folder


def lock_away(folder: Path) -> None:
    """Give a project's folder and all that is in it to another user, for that user alone; names in it can be opened."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
        path.chmod(0o700 if path.is_dir() else 0o600)
    folder.chmod(0o711)


@contextmanager
def keeper(place: Path) -> Iterator[str]:
    """A keeper that listens in the folder `place`; gives what `KEEPER` is to be for those who may ask it."""
    served: list[subprocess.Popen[bytes]] = []

    class Asked(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            folder, name, state = json.loads(self.rfile.readline())
            lock_away(create_project(folder, name))
            served.append(serve(Path(folder), state))
            self.wfile.write(b"made\n")

    with socketserver.UnixStreamServer(str(place / "keeper"), Asked) as server:
        listening = threading.Thread(target=server.serve_forever)
        listening.start()
        try:
            yield str(place / "keeper")
        finally:
            server.shutdown()
            listening.join()
            end_all([psutil.Process(s.pid) for s in served if s.poll() is None])


def serve(folder: Path, state: str) -> subprocess.Popen[bytes]:
    """Start the service of a project, for clients whose state folder is `state`."""
    return subprocess.Popen(
        service_command(folder),
        cwd=ROOT,
        env={**os.environ, "XDG_STATE_HOME": state},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
