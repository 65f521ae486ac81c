"""A disk of 64 MB that is full at every step of the loop, from the first byte to the last megabytes that a step needs.

A step says so in a sentence; nothing half made stands under its final name; the service goes on, or the next one does;
and the same step works once there is room. The disk holds the project, what is exported, and the person's own state.
``MLOPS_ROOM_BYTES`` says what is left free, in bytes, a number for each pass ("0 24000").
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mlops_desktop.bundle.files import open_bundle
from mlops_desktop.client import create_project, open_project
from mlops_desktop.domain.errors import UserError
from mlops_desktop.gui.preferences import Preferences
from mlops_desktop.gui.window_memory import load_memory
from mlops_desktop.project import Project

from ..running import ROOT, TRAINABLE, end_all, processes_in, until

STEP_S = 60.0
ROOM_BYTES = [int(size) for size in os.environ.get("MLOPS_ROOM_BYTES", "0 24000").split()]
"""What is left free: a step fails at its first write, or at a later one."""
BLOCK_BYTES = 65_536


IS_ROOT = os.name == "posix" and os.geteuid() == 0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
may_mount = pytest.mark.skipif(not IS_ROOT, reason="mounting a disk takes root: see the test in a namespace")


@dataclass
class Disk:
    """A small disk with a project on it, and what the steps work with outside of it."""

    folder: Path
    outside: Path
    number: int = 0
    """Of the attempt, for names that must be new."""

    @property
    def filler(self) -> Path:
        return self.folder / "filler"

    @property
    def project(self) -> Path:
        return self.folder / "churn.mlops"

    def fill(self, left_bytes: int) -> None:
        with self.filler.open("wb", buffering=0) as file:
            for size in (BLOCK_BYTES, 512):
                _write_until_full(file, b"x" * size)
        os.truncate(self.filler, self.filler.stat().st_size - left_bytes)

    def free(self) -> None:
        self.filler.unlink()


def _write_until_full(file: object, data: bytes) -> None:
    try:
        while True:
            file.write(data)  # type: ignore[attr-defined]
    except OSError:
        return  # it is full


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """A disk with a project that has a table, a run and a model, and this person's state."""
    tmp_path = tmp_path_factory.mktemp("full")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path / "small" / "state"))
        yield from small_disk(tmp_path)


def small_disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    made = Disk(folder, tmp_path)
    try:
        (tmp_path / "table.csv").write_text(TRAINABLE)
        create_project(made.project)
        with open_project(made.project) as project:
            project.datasets.import_file(str(tmp_path / "table.csv"), "table", target="sold").wait(STEP_S)
            project.runs.start("table", algorithm="linear").wait(STEP_S)
            project.models.register(1, "model")
        yield made
        with open_project(made.project) as project:
            project.stop(force=True)
    finally:
        end_all(processes_in(made.project))
        # Lazily: whatever a failed test left at work must not keep the disk.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


Step = Callable[[Disk, Project], object]


def create(disk: Disk, project: Project) -> None:
    shutil.rmtree(disk.folder / "other.mlops", ignore_errors=disk.number == 1)
    create_project(disk.folder / "other.mlops")


def import_(disk: Disk, project: Project) -> None:
    project.datasets.import_file(str(disk.outside / "table.csv"), f"import {disk.number}").wait(STEP_S)


def merge(disk: Disk, project: Project) -> None:
    """Each row is another, so the piece is written anew."""
    file = disk.outside / "keyed.csv"
    file.write_text("n,value\n" + "".join(f"{n},{n + disk.number}\n" for n in range(500)))
    there = any(d.name == "keyed" for d in project.datasets.list())
    project.datasets.import_file(
        str(file), "keyed", "merge" if there else "new", ["n"] if there else []
    ).wait(STEP_S)


def export_rows(disk: Disk, project: Project) -> None:
    project.datasets.export("table", str(disk.folder / f"rows-{disk.number}.parquet")).wait(STEP_S)


def profile(disk: Disk, project: Project) -> None:
    project.datasets.profile("table")


def train(disk: Disk, project: Project) -> None:
    project.runs.start("table", algorithm="linear").wait(STEP_S)


def log(disk: Disk, project: Project) -> None:
    with project.runs.log(f"script {disk.number}") as run:
        for step in range(500):
            run.metric("loss", 1 / (step + 1), step)


def promote(disk: Disk, project: Project) -> None:
    project.models.set_alias(project.models.register(1, "model", f"{disk.number}").ref, "champion")


def score(disk: Disk, project: Project) -> None:
    target = disk.folder / "scored.csv"
    target.unlink(missing_ok=True)
    project.models.score("model@1", str(disk.outside / "table.csv"), str(target)).wait(STEP_S)


def export(disk: Disk, project: Project) -> None:
    project.bundles.export("model@1", str(disk.folder / f"bundle-{disk.number}")).wait(STEP_S)


def backup(disk: Disk, project: Project) -> None:
    shutil.rmtree(disk.folder / "backup", ignore_errors=True)
    project.backup(str(disk.folder / "backup")).wait(STEP_S)


def schedule(disk: Disk, project: Project) -> None:
    project.schedules.add(f"weekly {disk.number}", every="tuesday 18:00", like=1)


def rename_and_undo(disk: Disk, project: Project) -> None:
    project.rename(f"name {disk.number}")
    project.activity.undo()


def set_(disk: Disk, project: Project) -> None:
    name = project.settings.list()[0].name
    project.settings.set(name, project.settings.list()[0].value)


def start_again(disk: Disk, project: Project) -> None:
    """The start collects files that no version names."""
    owner = project.status().service.pid
    project.stop(force=True)
    # Its end takes a moment, in which it still answers a connection that was kept open.
    until(lambda: owner not in {p.pid for p in processes_in(disk.project)})
    assert project.status().name


STEPS: tuple[Step, ...] = (
    create, import_, merge, profile, train, log, promote, score, export, export_rows, backup, schedule, set_,
    rename_and_undo, start_again,
)  # fmt: skip


@may_mount
@pytest.mark.parametrize("left_bytes", ROOM_BYTES)
def test_each_step_says_that_the_disk_is_full_and_works_once_there_is_room(
    disk: Disk, left_bytes: int
) -> None:
    refused = 0
    with open_project(disk.project) as project:
        for step in STEPS:
            disk.number += 1
            disk.fill(left_bytes)
            refused += not worked_on_a_full_disk(step, disk, project)
            nothing_half_made(disk)
            disk.free()
            disk.number += 1
            step(disk, project)
            nothing_half_made(disk)
        report = project.doctor()
        assert report.whole, [f.what for f in report.findings]
    assert refused >= (8 if left_bytes == 0 else 1)


def worked_on_a_full_disk(step: Step, disk: Disk, project: Project) -> bool:
    """Whether there was room enough; else the sentence must say that there was not."""
    try:
        step(disk, project)
    except UserError as error:
        print(f"{step.__name__}: {error}")
        assert re.search("no room on the disk|disk is full", error.message), f"{step.__name__}: {error}"
        assert error.remedy
        return False
    return True


def nothing_half_made(disk: Disk) -> None:
    """What stands under a final name is whole, and no unfinished file lies beside it."""
    left = [
        p.name
        for p in disk.folder.iterdir()
        if p.name.startswith((".", "tmp_")) or p.name.endswith((".tmp", ".making"))
    ]
    assert left == []
    for bundle in disk.folder.glob("bundle-*"):
        assert open_bundle(bundle).check_all() > 5
    for rows in disk.folder.glob("rows-*.parquet"):
        assert pq.read_metadata(rows).num_rows == 240
    scored = disk.folder / "scored.csv"
    assert not scored.exists() or len(scored.read_text().splitlines()) == 241


@may_mount
def test_a_window_opens_and_closes_on_a_full_disk(disk: Disk) -> None:
    disk.fill(0)
    assert opens(disk) == 0
    disk.free()
    assert opens(disk) == 0
    assert '"data"' in (disk.folder / "state/mlops-desktop/window.json").read_text()


def opens(disk: Disk) -> int:
    """The exit status of a window that opens the project, goes to its data and closes."""
    script = ROOT / "tests/gui/launch_script.py"
    done = subprocess.run(
        [sys.executable, str(script), str(disk.project), "data"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=2 * STEP_S,
    )
    print(done.stderr)
    assert "Traceback" not in done.stderr
    return done.returncode


@may_mount
def test_a_setting_of_the_window_that_could_not_be_saved_is_said_once_and_saved_later(disk: Disk) -> None:
    said: list[UserError] = []
    preferences = Preferences(load_memory())
    preferences.not_saved.connect(said.append)
    disk.fill(0)
    preferences.set("theme", "dark")
    preferences.set("zoom", "110")
    assert [e.message for e in said] == ["There is no room on the disk for window.json."]
    assert preferences.memory.setting("theme") == "dark"
    disk.free()
    preferences.set("zoom", "110")
    assert load_memory() == preferences.memory


@pytest.mark.skipif(IS_ROOT or shutil.which("unshare") is None, reason="root needs no namespace")
def test_all_of_it_in_a_namespace_where_this_user_may_mount() -> None:
    command = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("this machine allows its users no namespaces, and mounting a disk takes root")
    tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-x", "-q", __file__]
    done = subprocess.run([*command, *tests], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
