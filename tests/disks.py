"""Disks of other kinds than the usual one, mounted for a test where this machine allows it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

DiskKind = Literal["ignores case", "without links"]
PATIENCE_S = 10.0
SIZE_BYTES = 600_000_000
"""Of the image, which is sparse: a few MB are written."""


@contextmanager
def mounted(kind: DiskKind, folder: Path) -> Generator[Path]:
    """A new disk in a file, mounted in `folder`; the test is skipped, with what was seen, where that can't be.

    Parameters
    ----------
    kind : {"ignores case", "without links"}
        NTFS as Windows has it, by ntfs-3g; or exFAT as sticks have it, which ignores case too and has neither links
        nor modes, by exfat-fuse.
    folder : Path
        Where the image and the place it is mounted in are made.
    """
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE_BYTES)
    if kind == "ignores case":
        _done("mkntfs", "-q", "-F", image)
        _done("lowntfs-3g", "-o", "ignore_case,permissions", image, place)
        device = None
    else:
        device = _done("losetup", "--find", "--show", image)
        _done("mkfs.exfat", device)
        _done("mount.exfat-fuse", device, place)
    try:
        yield place
    finally:
        _unmount(place)
        if device is not None:
            subprocess.run(["losetup", "--detach", device], check=True, timeout=60)


def _unmount(place: Path) -> None:
    """Once nothing is open there any more; in the end whatever is, so that no test keeps a loop device."""
    ends = time.monotonic() + PATIENCE_S
    while subprocess.run(["umount", place], capture_output=True, timeout=60).returncode:
        if time.monotonic() > ends:
            subprocess.run(["umount", "--lazy", place], check=True, timeout=60)
            return
        time.sleep(0.05)  # nothing tells when the last file is closed


def _done(program: str, *arguments: str | Path) -> str:
    """What the program printed; the test is skipped if it isn't there or refuses."""
    found = shutil.which(program, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        pytest.skip(f"{program} is not installed: no disk of this kind can be made here")
    done = subprocess.run([found, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    if done.returncode:
        pytest.skip(f"{program} refuses (status {done.returncode}): {done.stderr.strip()[-200:]}")
    return done.stdout.strip()
