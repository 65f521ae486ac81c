"""Each named moment at which bytes become durable, the process killed just before and just after it.

A service that is armed to die there (``MLOPS_CRASH_AT``) works until it does; whoever called it starts the next one by
itself, which isn't armed. Then nothing acknowledged is gone, the doctor finds everything whole, no half-made file
stands under a final name, and the same step works. ``MLOPS_CRASH_TURNS`` says how many passages through the moment
within one step are tried (an export writes some twenty files, a training five); without it one in each of two steps.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlops_desktop.bundle.files import open_bundle
from mlops_desktop.domain.errors import UserError
from mlops_desktop.presence.discovery import find
from mlops_desktop.project import Project
from mlops_desktop.system import CRASH_POINTS, CRASH_VARIABLE

from ..running import TRAINABLE, Service, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TURNS = int(os.environ.get("MLOPS_CRASH_TURNS", "1"))
MOST_STEPS = 2 if TURNS == 1 else None
STEP_S = 60.0
ROWS = 240


@dataclass
class Lab:
    """A project of its own for each kill."""

    base: Path
    """A project with a table, a run and a model; copied, never opened."""
    folder: Path

    @property
    def table(self) -> Path:
        return self.base.parent / "table.csv"

    @property
    def out(self) -> Path:
        return self.folder / "exported"

    def fresh(self) -> Service:
        """The service of a fresh copy, not started."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copytree(self.base, self.folder / "churn.mlops")
        return Service(self.folder / "churn.mlops")


Step = Callable[[Lab, Service], object]


def import_(lab: Lab, service: Service) -> object:
    return service.project().datasets.import_file(str(lab.table), "table", mode="append").wait(STEP_S).ref


def train(lab: Lab, service: Service) -> object:
    return service.project().runs.start("table", algorithm="baseline").wait(STEP_S).run_id


def promote(lab: Lab, service: Service) -> object:
    return service.project().models.set_alias("model@1", "champion").ref


def export(lab: Lab, service: Service) -> object:
    bundles = service.project().bundles
    done = any(
        b.folder == str(lab.out) for b in bundles.list()
    )  # written down before the kill: another one then
    return bundles.export("model", f"{lab.out}-again" if done else str(lab.out)).wait(STEP_S).folder


def leave(lab: Lab, service: Service) -> object:
    service.project().stop()
    until(lambda: find(service.folder) is None and service.has_ended)
    return service.has_ended


def begin(lab: Lab, service: Service) -> object:
    return service.project().status().name


STEPS: dict[str, tuple[Step, ...]] = {
    "publish.fsync": (import_, train, export),
    "publish.rename": (train, export, import_),
    "publish.fsync_folder": (export, import_, train),
    "store.commit": (import_, promote, train, export),
    "store.checkpoint": (leave,),
    "store.ingest": (train, export),
    "store.alias": (promote,),
    "store.collect": (begin,),
    "bundle.export": (export,),
}
"""The steps of the loop that reach each moment."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a table, a run of it and its model, and a file that no version names."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "table.csv").write_text(TRAINABLE)
    service = Service(folder / "churn.mlops").start()
    project = service.project()
    project.datasets.import_file(str(folder / "table.csv"), "table", target="sold").wait(STEP_S)
    project.runs.start("table", algorithm="baseline").wait(STEP_S)
    project.models.register(1, "model")
    service.terminate()
    service.close()
    left = folder / "churn.mlops" / "data" / "ab"
    left.mkdir(exist_ok=True)
    (left / f"ab{'0' * 62}.parquet").write_bytes(b"left by a kill")
    return folder / "churn.mlops"


@pytest.fixture
def lab(base: Path, tmp_path: Path) -> Iterator[Lab]:
    yield Lab(base, tmp_path / "lab")


def test_every_named_moment_is_reached_by_a_step() -> None:
    assert set(STEPS) == set(CRASH_POINTS)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_kill_there_loses_nothing_and_the_same_step_works(lab: Lab, point: str, moment: str) -> None:
    starting = 0  # passages while the service starts: tried with the first step alone
    for step in STEPS[point][:MOST_STEPS]:
        turn, working = starting, 0
        while working < TURNS:
            turn += 1
            died = one_kill(lab, step, f"{point}:{moment}:{turn}")
            print(f"{point}:{moment}:{turn} in {step.__name__}: died {died or 'not at all'}")
            if not died:
                break
            starting = turn if died == "at its start" else starting
            working += died == "at work"
        assert working or (step is begin and starting), f"{step.__name__} never reached {point}"


def one_kill(lab: Lab, step: Step, armed: str) -> str:
    """Do `step` in a fresh project with an armed service, then again without, and check all; how a process died of it."""
    service = lab.fresh().start({CRASH_VARIABLE: armed})
    doomed = service.process
    assert doomed is not None
    try:
        died = "at its start" if service.has_ended else ""
        if not died and not (worked(lab, service, step) and doomed.poll() in (None, 0)):
            died = "at work"
        if not service.has_ended:
            service.terminate()
        done = len(service.project().datasets.versions("table"))  # starts the next one
        assert done <= (2 if step is import_ else 1), "it was done twice"
        if died:
            assert worked(lab, service, step), "the same step does not work"
        check(lab, service, f"{armed} in {step.__name__}")
        return died
    finally:
        service.close()


def worked(lab: Lab, service: Service, step: Step) -> bool:
    """Whether the step went well; what is said is printed if it did not."""
    try:
        step(lab, service)
    except UserError as error:
        print(f"{step.__name__}: {error}")
        return False
    return True


def check(lab: Lab, service: Service, where: str) -> None:
    """What was acknowledged is there, everything is whole, and what has a final name is final."""
    project = service.project("checker")
    assert [f.what for f in project.doctor().findings if f.severity == "error"] == [], where
    acknowledged(project)
    ended = {"finished", "failed", "cancelled", "interrupted"}
    assert {j.state for j in project.jobs.list()} <= ended, where
    for path in (service.folder / "data").glob("??/*.parquet"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem, where
    for path in (p for p in (service.folder / "artifacts").glob("??/*") if not p.name.startswith(".")):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, where
    if lab.out.exists():
        assert open_bundle(lab.out).check_all() > 5, where


def acknowledged(project: Project) -> None:
    """All that was done before the kill."""
    assert project.datasets.rows("table@1").total_rows == ROWS
    run = project.runs.show(1)
    assert run.state == "finished" and run.metrics
    assert project.models.show("model@1").run_id == 1
