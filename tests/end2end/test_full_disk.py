"""A disk of 64 MB that is full at every step of the loop, from the first byte to the last megabytes that a step needs.

A step says so in a sentence; nothing half made stands under its final name; the service goes on, or the next one does;
and the same step works once there is room.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlops_desktop.bundle.files import open_bundle
from mlops_desktop.client import create_project, open_project
from mlops_desktop.domain.errors import UserError
from mlops_desktop.project import Project

from ..running import TRAINABLE, until

STEP_S = 60.0
ROOM_BYTES = (0, 24_000, 400_000)
"""What is left free: a step fails at its first write, or at a later one."""
BLOCK_BYTES = 65_536


def _mounts() -> str:
    """Why no file system can be mounted here; empty where one can."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        return "mounting a disk of 64 MB takes root and mount"
    return ""


pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(_mounts()), reason=_mounts() or "it can"),
]


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


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk with a project that has a table, a run and a model."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        made = Disk(folder, tmp_path)
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
        until(lambda: subprocess.run(["umount", str(folder)], capture_output=True).returncode == 0)


Step = Callable[[Disk, Project], object]


def create(disk: Disk, project: Project) -> None:
    shutil.rmtree(disk.folder / "other.mlops", ignore_errors=disk.number == 1)
    create_project(disk.folder / "other.mlops")


def import_(disk: Disk, project: Project) -> None:
    project.datasets.import_file(str(disk.outside / "table.csv"), f"import {disk.number}").wait(STEP_S)


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


def start_again(disk: Disk, project: Project) -> None:
    project.stop(force=True)
    assert project.status().name


STEPS: tuple[Step, ...] = (
    create, import_, profile, train, log, promote, score, export, backup, schedule, rename_and_undo, start_again,
)  # fmt: skip


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
    assert refused >= 2


def worked_on_a_full_disk(step: Step, disk: Disk, project: Project) -> bool:
    """Whether there was room enough; else the sentence must say that there was not."""
    try:
        step(disk, project)
    except UserError as error:
        print(f"{step.__name__}: {error}")
        said = f"{error.message} {error.reason}".lower()
        assert any(words in said for words in ("disk", "no space", "room")), f"{step.__name__}: {error}"
        assert error.remedy
        return False
    return True


def nothing_half_made(disk: Disk) -> None:
    """What stands under a final name is whole, and no unfinished file lies beside it."""
    left = [
        p.name
        for p in disk.folder.iterdir()
        if p.name.startswith(".") or p.name.endswith((".tmp", ".making"))
    ]
    assert left == []
    for bundle in disk.folder.glob("bundle-*"):
        assert open_bundle(bundle).check_all() > 5
    scored = disk.folder / "scored.csv"
    assert not scored.exists() or len(scored.read_text().splitlines()) == 241
