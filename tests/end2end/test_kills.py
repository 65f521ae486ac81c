"""Service, children and window are killed (kill -9) at random moments of the loop: nothing acknowledged is lost.

A client imports, trains, promotes and exports, and writes each acknowledged thing to a file outside of the project. The
kills go on beside it: of the service (every call finds or starts the next one by itself), of a child of it, of a window
that is open on the project (the next one is opened at once). At the end every acknowledged thing is found, the doctor
finds everything whole, every job has ended as finished, failed, cancelled or interrupted, and the window opens.
``MLOPS_KILLS`` says how many kills (20), ``MLOPS_SEED`` repeats a sequence that was printed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from mlops_desktop.client import open_project
from mlops_desktop.domain.errors import UserError
from mlops_desktop.project import Project

from ..running import ROOT, TRAINABLE, Service

VICTIMS = ("service", "child", "window")
KILLS = int(os.environ.get("MLOPS_KILLS", "20"))
LIVES_S = (1.0, 3.0, 8.0)
"""A service lives at most one of these, drawn each time: some die at their start, some in the middle of an export."""
STEP_S = 120.0


class Client:
    """Somebody who works on, whatever happens to the service, and notes what was acknowledged."""

    def __init__(self, folder: Path, outside: Path, seed: int) -> None:
        self.project: Project = open_project(folder, client="worker")
        self.outside = outside
        self.notes = outside / "acknowledged.txt"
        self.failures: list[BaseException] = []
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="client")
        self._number = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(STEP_S)
        assert not self._thread.is_alive()

    def acknowledged(self) -> list[tuple[str, str]]:
        return [tuple(line.split("\t")) for line in self.notes.read_text().splitlines()]  # type: ignore[misc]

    def _work(self) -> None:
        steps = (self._import, self._train, self._promote, self._export)
        while not self._stop.is_set():
            self._number += 1
            try:
                self._random.choice(steps)()
            except UserError:
                continue  # interrupted by the kill, and said so
            except BaseException as error:
                self.failures.append(error)
                return

    def _note(self, kind: str, what: object) -> None:
        with self.notes.open("a") as file:
            file.write(f"{kind}\t{what}\n")
            file.flush()
            os.fsync(file.fileno())

    def _import(self) -> None:
        table = self.outside / "next.csv"
        table.write_text(f"a,b\n{self._number},{'x' * 100}\n" * 500)
        version = self.project.datasets.import_file(str(table), "growing", message=str(self._number)).wait(
            STEP_S
        )
        self._note("version", version.ref)

    def _train(self) -> None:
        job = self.project.runs.start("table", algorithm="baseline", target="sold")
        self._note("run", job.row.subject.removeprefix("run:"))
        self._note("finished", job.wait(STEP_S).run_id)

    def _promote(self) -> None:
        version = self.project.models.register(1, "model", str(self._number))
        self._note("model", version.ref)
        self.project.models.set_alias(version.ref, "champion")
        self._note("champion", version.number)

    def _export(self) -> None:
        bundle = self.project.bundles.export("model", str(self.outside / f"bundle-{self._number}")).wait(
            STEP_S
        )
        self._note("bundle", bundle.folder)


class Windows:
    """A window on the project, and the next one whenever it was killed."""

    def __init__(self, folder: Path) -> None:
        shown = {} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
        self._environment = os.environ | shown
        self._command = [sys.executable, "-m", "mlops_desktop", "--project", str(folder)]
        self.process = self._open()

    def _open(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> bool:
        """kill -9, and open the next one; a window that had ended by itself has failed."""
        assert self.process.poll() is None, "the window ended by itself"
        self.close()
        self.process = self._open()
        return True

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def service_of(folder: Path) -> int | None:
    """Process number of whoever owns the project, or None where nobody does just now."""
    with suppress(OSError, ValueError, KeyError):
        return int(json.loads((folder / "service.json").read_text())["pid"])
    return None


def kill_service(folder: Path) -> bool:
    """kill -9 to whoever owns the project; False where nobody does just now."""
    pid = service_of(folder)
    with suppress(OSError):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def kill_child(folder: Path, dice: random.Random) -> bool:
    """kill -9 to one of the processes that work for the service; False where there is none just now."""
    pid = service_of(folder)
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(pid).children(recursive=True) if pid is not None else []
        if children:
            dice.choice(children).kill()
            return True
    return False


@pytest.mark.slow
@pytest.mark.timeout(300 + 10 * KILLS)
def test_nothing_acknowledged_is_lost_by_kills(tmp_path: Path) -> None:
    seed = int(os.environ.get("MLOPS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed}, {KILLS} kills")
    service = Service(tmp_path / "killed.mlops").start()
    try:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "table.csv").write_text(TRAINABLE)
        project = service.project("script")
        project.datasets.import_file(str(outside / "table.csv"), "table", target="sold").wait(STEP_S)
        project.runs.start("table", algorithm="baseline").wait(STEP_S)
        project.models.register(1, "model")
        client = Client(service.folder, outside, seed)
        client.start()
        windows = Windows(service.folder)
        killed = kill_many(service.folder, windows, client, random.Random(seed))
        client.stop()
        windows.close()
        assert client.failures == []
        print(killed)
        assert opens(service.folder)
        assert len(client.acknowledged()) >= KILLS // 2, "hardly anything was done between the kills"
        check(open_project(service.folder, client="checker"), client.acknowledged())
        client.project.close()
    finally:
        service.close()


def kill_many(folder: Path, windows: Windows, client: Client, dice: random.Random) -> dict[str, int]:
    """Kill until `KILLS` were killed or the client has failed; how many of each kind."""
    killed = dict.fromkeys(VICTIMS, 0)
    while sum(killed.values()) < KILLS and not client.failures:
        time.sleep(dice.uniform(0.0, dice.choice(LIVES_S)))  # the random moment itself
        victim = dice.choices(VICTIMS, (4, 3, 3))[0]
        if victim == "service":
            killed[victim] += kill_service(folder)
        elif victim == "child":
            killed[victim] += kill_child(folder, dice)
        else:
            killed[victim] += windows.kill()
    return killed


def opens(folder: Path) -> bool:
    """Whether a window opens the project, goes to its data and closes again."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "tests/gui/launch_script.py"), str(folder), "data"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=STEP_S, check=False
    )
    print(done.stderr)
    return done.returncode == 0


def check(project: Project, notes: list[tuple[str, str]]) -> None:
    """Every note holds, and everything is whole."""
    with project:
        report = project.doctor()
        assert [f.what for f in report.findings if f.severity == "error"] == []
        versions = (
            {v.ref for v in project.datasets.versions("growing")}
            if any(k == "version" for k, _ in notes)
            else set()
        )
        runs = {r.run_id: r for r in project.runs.list(limit=10_000)}
        models = {v.ref for v in project.models.list()[0].versions}
        moves = {m.to_number for m in project.models.history("model")}
        bundles = {b.folder for b in project.bundles.list()}
        for kind, what in notes:
            if kind == "version":
                assert what in versions, f"version {what} is gone"
            elif kind == "run":
                assert int(what) in runs, f"run {what} is gone"
            elif kind == "finished":
                assert runs[int(what)].state == "finished", f"run {what} had finished"
            elif kind == "model":
                assert what in models, f"model {what} is gone"
            elif kind == "champion":
                assert int(what) in moves, f"the alias never moved to {what}"
            else:
                assert what in bundles and (Path(what) / "manifest.json").exists(), f"bundle {what} is gone"
        jobs = project.jobs.list(limit=10_000)
        ended = {"finished", "failed", "cancelled", "interrupted"}
        assert {j.state for j in jobs if j.kind != "train"} <= ended
        print({k: sum(kind == k for kind, _ in notes) for k in {k for k, _ in notes}})
