"""Processes: who they are, started apart from us, put below the window, ended with all they started."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from mlops_desktop.system.durable import PRIVATE_FILE
from mlops_desktop.system.platforms import HERE, Platform

if TYPE_CHECKING:
    import psutil

SERVICE_NICENESS: Final = 5
"""The service and its children run at least this far below the window."""


class Identity(NamedTuple):
    """A process, told apart from a later one that got the same number."""

    pid: int
    create_time: float
    """Seconds since the epoch."""


def identity(pid: int | None = None) -> Identity:
    """Who process `pid` (this one by default) is.

    Raises
    ------
    ProcessLookupError
        There is no such process.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        return Identity(process.pid, process.create_time())
    except psutil.NoSuchProcess as error:
        raise ProcessLookupError(f"no process {pid}") from error


def is_alive(who: Identity) -> bool:
    """Whether exactly this process still runs (a zombie doesn't)."""
    return _process(who) is not None


def _process(who: Identity) -> psutil.Process | None:
    import psutil

    try:
        process = psutil.Process(who.pid)
        # Linux counts the start in clock ticks since boot, and psutil adds a boot time that a set clock shifts.
        same = abs(process.create_time() - who.create_time) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


class Detachment(NamedTuple):
    """Arguments of `subprocess.Popen` that cut a child loose from our terminal, console and signals."""

    start_new_session: bool
    creationflags: int


def detachment(platform: Platform) -> Detachment:
    """How a child is cut loose: a session of its own, on Windows a group below normal priority and no console."""
    if platform.is_windows:
        new_group, below_normal, no_window = 0x200, 0x4000, 0x0800_0000
        return Detachment(start_new_session=False, creationflags=new_group | below_normal | no_window)
    return Detachment(start_new_session=True, creationflags=0)


def spawn(
    command: Sequence[str | Path],
    *,
    output: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    niceness: int = 0,
    environment: Mapping[str, str] | None = None,
    platform: Platform = HERE,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, which lives on when this process is killed.

    Parameters
    ----------
    output : Path, optional
        File that takes stdout and stderr, appended to; without it they are dropped. Never a pipe: a full or broken
        pipe would hang or kill a child that outlives us.
    niceness : int
        At least so far below normal priority; a child is never above its parent.
    """
    loose = detachment(platform)
    out: int = subprocess.DEVNULL
    if output is not None:
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        out = os.open(output, flags, PRIVATE_FILE)
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=out,
            stderr=subprocess.STDOUT if output is not None else subprocess.DEVNULL,
            env=None if environment is None else dict(environment),
            start_new_session=loose.start_new_session,
            creationflags=loose.creationflags,
        )
    finally:
        if out != subprocess.DEVNULL:
            os.close(out)
    if niceness:
        lower_priority(niceness, child.pid, platform)
    return child


def lower_priority(niceness: int, pid: int | None = None, platform: Platform = HERE) -> None:
    """Put process `pid` (this one by default) `niceness` below normal, unless it is lower already."""
    import psutil

    try:
        process = psutil.Process(pid)
        if platform.is_windows:
            process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 0x4000))
        elif process.nice() < niceness:
            process.nice(niceness)
    except psutil.NoSuchProcess:
        return  # it has ended: nothing left to lower


def tree(who: Identity) -> list[psutil.Process]:
    """The living processes that `who` started, itself first; also those whose parent in between has ended."""
    import psutil

    root = _process(who)
    found: dict[int, psutil.Process] = {}
    if root is not None:
        found[root.pid] = root
        with suppress(psutil.NoSuchProcess):
            found.update((child.pid, child) for child in root.children(recursive=True))
    found.update((member.pid, member) for member in _session(who) if member.pid != who.pid)
    return list(found.values())


def _session(who: Identity) -> list[psutil.Process]:
    """Members of the session that `who` leads: orphans have lost their parent, not their session."""
    import psutil

    if not hasattr(os, "getsid"):
        return []
    members: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == who.pid and process.create_time() >= who.create_time - 1.0:
                members.append(process)
    return members


def terminate_tree(who: Identity, grace_s: float = 2.0) -> bool:
    """End `who` and all it started: ask, wait `grace_s` seconds, kill. True if none is left.

    Nothing is reaped: whoever started `who` still reads its exit code.
    """
    asked = tree(who)
    for process in asked:
        _send(process, process.terminate)
    rest = _still_running(asked, grace_s)
    # Some may have started others while they ended.
    doomed = {process.pid: process for process in [*rest, *tree(who)]}
    for process in doomed.values():
        _send(process, process.kill)
    return not _still_running(list(doomed.values()), grace_s)


def _send(process: psutil.Process, signal_it: Callable[[], None]) -> None:
    import psutil

    with suppress(psutil.NoSuchProcess):  # ended by itself in between
        if process.status() != psutil.STATUS_ZOMBIE:
            signal_it()


def _still_running(processes: Sequence[psutil.Process], patience_s: float) -> list[psutil.Process]:
    """Those of `processes` that outlast `patience_s` seconds; the system announces the end of our own children only."""
    deadline = time.monotonic() + patience_s
    left = [process for process in processes if _runs(process)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [process for process in left if _runs(process)]
    return left


def _runs(process: psutil.Process) -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
