"""The supervisor of children: one process per run, and one warm worker in waiting.

A child is a worker (``python -m mlops_desktop worker``) that reads the folder of its run from stdin, its only pipe.
It lives in a session of its own and prints into a file, so it goes on when the service is killed; ``child.json`` says
which process it is, and the next service adopts it. One thread polls all children: what they wrote to
``events.jsonl``, their memory, their time, their end.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mlops_desktop import system
from mlops_desktop.domain.errors import ConflictError, RefusedError, TrainingError
from mlops_desktop.presence.notice import user_key
from mlops_desktop.service.child import GRACE_S, Child, End, Limits, OnLines, Work
from mlops_desktop.service.child_record import ChildRecord, read_record, was_started, write_record

__all__ = ["Child", "Children", "End", "Limits", "worker_command"]

POLL_S: Final = 0.25
IDLE_S: Final = 600.0
"""A warm worker that nobody needed for so long is let go."""
OUTPUT_FOLDER: Final = "cache/workers"


def worker_command() -> list[str]:
    """The command that starts a worker."""
    return [sys.executable, "-m", "mlops_desktop", "worker"]


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    output: Path
    since: float = field(default_factory=time.monotonic)


class Children:
    """The children of one project.

    Parameters
    ----------
    project_folder : Path
        Runs lie below it.
    command : sequence of str, optional
        Starts a worker; `worker_command` if not given.
    idle_s, poll_s : float
        Seconds that a warm worker waits for a run, and between two polls.
    """

    def __init__(
        self,
        project_folder: Path,
        *,
        command: Sequence[str] | None = None,
        idle_s: float = IDLE_S,
        poll_s: float = POLL_S,
    ) -> None:
        self._folder = project_folder.resolve()
        self._command = tuple(command or worker_command())
        self._idle_s, self._poll_s = idle_s, poll_s
        self._key = user_key()
        self._lock = threading.RLock()
        self._children: dict[Path, Child] = {}
        self._warm: _Worker | None = None
        self._closing = False
        self._changed = threading.Event()
        # A daemon, so that a service that fails without `close` ends all the same and lets the project go.
        self._thread = threading.Thread(target=self._supervise, name="children", daemon=True)
        self._thread.start()

    def warm(self) -> None:
        """Have a worker ready; does nothing if one is."""
        with self._lock:
            if self._closing or (self._warm is not None and self._warm.process.poll() is None):
                return
            if self._warm is not None:
                _discard(self._warm)
            self._warm = self._spawn()
        self._changed.set()

    def run(
        self,
        run_folder: Path,
        on_lines: OnLines,
        *,
        offset: int = 0,
        memory_bytes: int | None = None,
        time_s: float | None = None,
    ) -> Child:
        """The child that works on the run whose ``job.json`` stands in `run_folder`: adopted, or started now.

        A run that was given to a child before is never started again: if that child has ended meanwhile, or the
        machine was restarted, its last lines are read, and then it is ``gone``.

        Parameters
        ----------
        on_lines : callable
            Takes whole lines and the byte offset after them, on the supervisor's thread; see `Child`.
        offset : int
            Bytes of ``events.jsonl`` that were taken before.
        memory_bytes, time_s : number, optional
            Its limits; None is without one.

        Raises
        ------
        RefusedError
            The folder isn't below the project, or is reached through a link.
        ConflictError
            A child works on this run already, or this service is leaving.
        ResourceError
            ``child.json`` can't be written.
        """
        folder = self._checked(run_folder)
        limits = Limits(memory_bytes, time_s)
        is_new = not was_started(folder)
        with self._lock:
            if self._closing or folder in self._children:
                raise ConflictError(
                    f"The run {folder.name} can't be started twice, nor by a service that leaves."
                )
            work = self._started(folder) if is_new else self._adopted(folder)
            child = self._children[folder] = Child(folder, work, on_lines, limits, offset)
        self._changed.set()
        if is_new:
            self.warm()
        return child

    def running(self) -> list[Child]:
        """The children that have not ended."""
        with self._lock:
            return list(self._children.values())

    def close(self, *, end_children: bool = False) -> None:
        """Stop watching and end the warm worker. Children work on, to be adopted, unless `end_children`."""
        with self._lock:
            self._closing = True
            children = list(self._children.values())
        for child in children:
            if end_children:
                child.cancel()
            else:
                child.leave()
        self._changed.set()
        self._thread.join()
        self._retire()

    # Start -------------------------------------------------------------------------------------------------------

    def _checked(self, run_folder: Path) -> Path:
        # Not resolved: a link must be refused by `within`, not followed.
        absolute = Path(os.path.normpath(self._folder / run_folder))
        if not absolute.is_relative_to(self._folder):
            raise RefusedError(f"{run_folder} is no run of this project.", reason="It lies elsewhere.")
        folder = system.within(self._folder, absolute.relative_to(self._folder).as_posix())
        if "\n" in str(folder) or not folder.is_dir():
            raise RefusedError(f"{folder.name!r} is no folder of a run.")
        return folder

    def _adopted(self, folder: Path) -> Work:
        record = read_record(folder, self._key)
        if record is None:
            return Work(None, time.monotonic(), self._folder / OUTPUT_FOLDER / "none")
        return Work(record.who, record.started, self._folder / OUTPUT_FOLDER / Path(record.output).name)

    def _spawn(self) -> _Worker:
        outputs = system.within(self._folder, OUTPUT_FOLDER)
        system.make_private_folder(outputs)
        output = outputs / f"{secrets.token_hex(8)}.txt"
        root = Path(__file__).parents[
            2
        ]  # where modules are looked for first, whoever's folder we were started in
        process = system.spawn(self._command, output=output, stdin=subprocess.PIPE, folder=root)
        return _Worker(process, output)

    def _started(self, folder: Path) -> Work:
        """Give the run to the warm worker, or to a new one if that has died."""
        waiting, self._warm = self._warm, None
        for worker in (waiting, None):
            if worker is not None and worker.process.poll() is not None:
                _discard(worker)
                continue
            worker = worker or self._spawn()
            who, started = system.identity(worker.process.pid), time.monotonic()
            # Recorded first: killed in between, the worker finds its stdin at its end, and nobody works unknown.
            self._record(folder, who, started, worker.output.name)
            if _give(worker.process, folder):
                return Work(who, started, worker.output, worker.process)
            worker.process.wait()
            _discard(worker)
        raise TrainingError(
            "The run could not be started.", reason="Its process ended before it took the run."
        )

    def _record(self, folder: Path, who: system.Identity, started: float, output: str) -> None:
        record = ChildRecord(
            folder=system.folder_id(folder),
            pid=who.pid,
            create_time=who.create_time,
            boot=system.boot_id(),
            machine=system.machine_id(),
            started=started,
            output=output,
        )
        write_record(folder, record, self._key)

    # Watch -------------------------------------------------------------------------------------------------------

    def _supervise(self) -> None:
        while True:
            with self._lock:
                children = list(self._children.values())
                if self._closing and not children:
                    return
            for child in children:
                if child.poll():
                    with self._lock:
                        del self._children[child.run_folder]
            patience_s = self._patience_s()
            self._changed.wait(patience_s)
            self._changed.clear()

    def _patience_s(self) -> float | None:
        """Seconds until something is due; the warm worker is let go here. None: until something changes."""
        with self._lock:
            if self._children:
                return self._poll_s
            if self._closing:
                return 0.0
            if self._warm is None:
                return None
            left_s = self._warm.since + self._idle_s - time.monotonic()
        if left_s > 0:
            return left_s
        self._retire()
        return None

    def _retire(self) -> None:
        with self._lock:
            worker, self._warm = self._warm, None
        if worker is None:
            return
        _close_stdin(worker.process)
        try:
            worker.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            system.terminate_tree(system.identity(worker.process.pid), GRACE_S)
            worker.process.wait()
        _discard(worker)


def _close_stdin(process: subprocess.Popen[bytes]) -> None:
    """An idle worker ends at the end of its stdin."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has ended
        process.stdin.close()


def _discard(worker: _Worker) -> None:
    """Drop what is left of a worker that has ended without a run."""
    _close_stdin(worker.process)
    worker.output.unlink(missing_ok=True)


def _give(process: subprocess.Popen[bytes], folder: Path) -> bool:
    """Write the folder of the run to the stdin of a worker and close it; False if the worker has ended."""
    assert process.stdin is not None
    try:
        with process.stdin as pipe:
            pipe.write(os.fsencode(folder) + b"\n")
    except BrokenPipeError:
        return False
    return True
