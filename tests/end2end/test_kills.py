"""The service is killed (kill -9) at random moments of import, training, promotion and export: nothing acknowledged is lost.

A client writes each acknowledged thing to a file outside of the project. The kills go on beside it; every call finds
or starts the next service by itself. At the end every acknowledged thing is found, the doctor finds everything whole,
and every job has ended as finished, failed, cancelled or interrupted. ``MLOPS_KILLS`` says how many kills (20),
``MLOPS_SEED`` repeats a sequence that was printed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from mlops_desktop.client import open_project
from mlops_desktop.domain.errors import UserError
from mlops_desktop.project import Project

from ..running import TRAINABLE, Service

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


def kill_service(folder: Path) -> bool:
    """kill -9 to whoever owns the project; False where nobody does just now."""
    with suppress(OSError, ValueError, KeyError):
        os.kill(json.loads((folder / "service.json").read_text())["pid"], signal.SIGKILL)
        return True
    return False


@pytest.mark.slow
@pytest.mark.timeout(1500)
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
        moments, kills = random.Random(seed), 0
        while kills < KILLS and not client.failures:
            time.sleep(moments.uniform(0.0, moments.choice(LIVES_S)))  # the random moment itself
            kills += kill_service(service.folder)
        client.stop()
        assert client.failures == []
        check(open_project(service.folder, client="checker"), client.acknowledged())
        client.project.close()
    finally:
        service.close()


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
