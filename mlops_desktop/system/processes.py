"""Processes: who they are, started apart from us, put below the window, ended with all they started."""

from __future__ import annotations

import os
import subprocess
import threading
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
    """A process, told apart from a later one that got the same number; valid within one boot of the machine."""

    pid: int
    create_time: float
    """Seconds; on Linux since the boot, which a clock that is set doesn't shift, elsewhere since the epoch."""


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
        return Identity(process.pid, _create_time(process))
    except psutil.NoSuchProcess as error:
        raise ProcessLookupError(f"no process {pid}") from error


def _create_time(process: psutil.Process) -> float:
    """When `process` started, on a clock that nobody sets where there is one."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_bytes().rpartition(b")")[2].split()
    except FileNotFoundError:
        return process.create_time()  # no /proc, or just gone: then psutil says so
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")  # field 22 of proc(5), counted from after the name


def is_alive(who: Identity) -> bool:
    """Whether exactly this process still runs (a zombie doesn't)."""
    return _process(who) is not None


def _process(who: Identity) -> psutil.Process | None:
    import psutil

    try:
        process = psutil.Process(who.pid)
        same = abs(_create_time(process) - who.create_time) < 0.005
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.NoSuchProcess, ProcessLookupError):
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
    lower_by: int = 0,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    platform: Platform = HERE,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, which lives on when this process is killed.

    Parameters
    ----------
    output : Path, optional
        File that takes stdout and stderr, appended to; without it they are dropped. Never a pipe: a full or broken
        pipe would hang or kill a child that outlives us.
    lower_by : int
        Niceness below this process's own; 0 is the same priority. On Windows always the class below normal.
    folder : Path, optional
        Working folder; with ``python -m`` it is also where modules are looked for first.
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
            cwd=folder,
            env=None if environment is None else dict(environment),
            start_new_session=loose.start_new_session,
            creationflags=loose.creationflags,
        )
    finally:
        if out != subprocess.DEVNULL:
            os.close(out)
    if lower_by:
        lower_priority(_own_niceness() + lower_by, child.pid, platform)
    return child


_let_go: Final[list[subprocess.Popen[bytes]]] = []
_let_go_lock: Final = threading.Lock()


def let_go(child: subprocess.Popen[bytes]) -> None:
    """Leave `child` to itself: it may outlive us, and nobody waits for it. Its entry is reaped by a later call."""
    with _let_go_lock:
        _let_go[:] = [other for other in [*_let_go, child] if other.poll() is None]


def lower_priority(niceness: int, pid: int | None = None, platform: Platform = HERE) -> None:
    """Put process `pid` (this one by default) at `niceness` (0 to 19), unless it is lower already."""
    import psutil

    try:
        process = psutil.Process(pid)
        if platform.is_windows:
            process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 0x4000))
        elif process.nice() < niceness:
            process.nice(min(niceness, 19))
    except psutil.NoSuchProcess:
        return  # it has ended: nothing left to lower


def _own_niceness() -> int:
    return os.nice(0) if hasattr(os, "nice") else 0


def tree(who: Identity) -> list[psutil.Process]:
    """The living processes that `who` started, itself first, never this one; also those whose parent in between has ended."""
    import psutil

    if who.pid <= 1:  # init or the kernel: none of ours
        return []
    root = _process(who)
    found: dict[int, psutil.Process] = {}
    if root is not None:
        found[root.pid] = root
        with suppress(psutil.NoSuchProcess):
            found.update((child.pid, child) for child in root.children(recursive=True))
    found.update((member.pid, member) for member in _session(who) if member.pid != who.pid)
    found.pop(os.getpid(), None)
    return list(found.values())


def _session(who: Identity) -> list[psutil.Process]:
    """Members of the session that `who` leads: orphans have lost their parent, not their session."""
    import psutil

    if not hasattr(os, "getsid") or _is_reused(who):
        return []
    members: list[psutil.Process] = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == who.pid and _create_time(process) >= who.create_time:
                members.append(process)
    return members


def _is_reused(who: Identity) -> bool:
    """Whether another process has the number of `who` by now; not while members of the session of `who` live."""
    try:
        return identity(who.pid) != who
    except ProcessLookupError:
        return False


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


def memory_of(who: Identity) -> int:
    """Resident bytes of `who` and all its descendants together; shared pages count for each. 0 if it has ended."""
    import psutil

    root, used_bytes = _process(who), 0
    if root is None:
        return 0
    with suppress(psutil.NoSuchProcess):
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # one that has just ended uses nothing
                used_bytes += process.memory_info().rss
    return used_bytes
