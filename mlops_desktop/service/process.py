"""The service as a process: lock, listen, tell; then the heavy imports; then serve until nothing needs it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import logging.handlers
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from mlops_desktop import system
from mlops_desktop.domain.errors import BusyError, UserError, to_message
from mlops_desktop.presence.discovery import failure_line
from mlops_desktop.presence.notice import EXIT_OWNED, RENEW_EVERY_S, Leaving, Listener, claim
from mlops_desktop.project.protocol import protocol
from mlops_desktop.version import __version__

if TYPE_CHECKING:
    from .host import Host
    from .http import Wire

log = logging.getLogger(__name__)


TURN_S = 5.0
"""Seconds between two looks whether anything still needs the service."""
IDLE_S = 60.0
"""Seconds without a client after which a service that has nothing to do ends."""


def main(folder: str, idle_s: float = IDLE_S) -> int:
    """Serve the project in `folder`; returns the exit code.

    Parameters
    ----------
    folder : str
        The project's folder.
    idle_s : float
        Seconds without a client after which a service that has nothing to do ends.
    """
    system.keep_new_files_private()
    try:
        listener = claim(Path(folder), protocol(), __version__)
    except BusyError as error:
        print(failure_line(to_message(error)), flush=True)
        return EXIT_OWNED
    except UserError as error:
        print(failure_line(to_message(error)), flush=True)
        return 1
    try:
        _log_to(listener.folder)
        return _serve(listener.folder, listener, idle_s)
    except UserError as error:
        log.error("could not start: %s", error)
        print(failure_line(to_message(error)), flush=True)
        return 1
    finally:
        listener.close()


def _keep_pandas_out() -> None:
    """Let an import of pandas fail in this process.

    DuckDB imports pandas and pyarrow with the first bound parameter where it can: 0.4 s and 75 MB that the service
    has no use for (measured: 145 MB resident with them, 70 MB without). A finder says so and not a `None` in
    `sys.modules`: PyArrow takes that `None` for the module, and fails at each array made of a list.
    """
    sys.meta_path.insert(0, _WithoutPandas())


class _WithoutPandas:
    """A finder of modules that knows pandas not to be there."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Nothing for all modules but pandas, which is refused."""
        if name == "pandas":
            raise ModuleNotFoundError("The service does without pandas.", name=name)


def _serve(folder: Path, listener: Listener, idle_s: float) -> int:
    _keep_pandas_out()
    from mlops_desktop.store.failures import as_user_errors

    from .host import Host
    from .http import Wire
    from .login import keep_login_entry

    ending = asyncio.Event()
    loop = asyncio.new_event_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(ending.set)

    def tell_login(name: str, active: bool) -> None:
        keep_login_entry(folder, name, has_schedules=active)

    with as_user_errors():  # a folder that can't be written, a full disk
        host = Host(folder, stop, tell_login)
    wire = Wire(host, protocol(), idle_s)
    try:
        loop.run_until_complete(_until_done(host, wire, listener, ending))
    finally:
        listener.socket.close()
        wire.close()
        host.close()
        loop.close()
    return 0


async def _until_done(host: Host, wire: Wire, listener: Listener, ending: asyncio.Event) -> None:
    import uvicorn

    from .http import application

    def leave() -> Leaving:
        jobs = len(host.jobs.active())
        if not jobs:
            ending.set()
        return Leaving(leaves=not jobs, jobs=jobs)

    config = uvicorn.Config(
        application(wire, listener, leave), log_level="warning", log_config=None, lifespan="off",
        timeout_graceful_shutdown=2, timeout_keep_alive=120, server_header=False, access_log=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    # Its own handlers would end calls that wait with an error.
    server.capture_signals = contextlib.nullcontext  # pyright: ignore[reportAttributeAccessIssue]
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(ending.set)

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)
    serving = asyncio.create_task(server.serve(sockets=[listener.socket]))
    host.children.warm()
    log.info("serving %s on port %s", listener.folder, listener.port)
    renewed = time.monotonic()
    while not ending.is_set() and not serving.done():
        try:
            async with asyncio.timeout(min(TURN_S, wire.idle_s)):
                await ending.wait()
        except TimeoutError:
            if time.monotonic() - renewed > RENEW_EVERY_S:
                renewed = time.monotonic()
                listener.renew()
            if wire.is_quiet() and await asyncio.to_thread(host.is_idle):
                log.info("nothing needs the service: it ends")
                break
    wire.leave()
    server.should_exit = True
    await serving


def _log_to(folder: Path) -> None:
    """A rotating log in the state folder, one per project folder's name."""
    logs = system.state_folder() / "logs"
    system.make_private_folder(logs)
    logging.raiseExceptions = False  # a line that a full disk has no room for is lost, and nothing more
    handler = logging.handlers.RotatingFileHandler(
        logs / f"{folder.name}.log", maxBytes=2_000_000, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler, logging.StreamHandler(sys.stderr)], force=True)
