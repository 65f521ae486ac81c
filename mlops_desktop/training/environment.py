"""Where a run runs, as it is recorded: versions, code, threads, processor."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from functools import cache
from pathlib import Path

from mlops_desktop.domain.runs import Environment
from mlops_desktop.system import usable_cores

PACKAGES = ("numpy", "scipy", "scikit-learn", "lightgbm", "skops", "pyarrow", "threadpoolctl", "msgspec")


def describe_environment(seed: int, threads: int) -> Environment:
    """This process and what takes part in a training."""
    return Environment(
        python=platform.python_version(),
        system=f"{platform.system()}-{platform.release()}-{platform.machine()}",
        packages=package_versions(PACKAGES),
        code_version=code_version(),
        threads=threads,
        seed=seed,
        cores=os.cpu_count() or 1,
        processor=platform.processor() or platform.machine(),
    )


def package_versions(names: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Installed version of each of `names`; one that isn't installed is left out."""
    found: dict[str, str] = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


@cache
def code_version() -> str:
    """Version of this package, a plus sign, and a hash of the code that trains and scores."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for folder in ("bundle", "training"):
        for path in sorted((package / folder).glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    version = package_versions(["mlops-desktop"]).get("mlops-desktop", "0")
    return f"{version}+{digest.hexdigest()[:12]}"


SMALL_CELLS = 200_000
"""Rows times columns up to which one thread is fastest: with more, waiting for each other takes the time."""


def usable_threads(wanted: int | None, cells: int) -> int:
    """Threads for a fit on `cells` values: those wanted at most, and no more than this process has cores."""
    cores = usable_cores()
    if cells <= SMALL_CELLS:
        return 1
    return max(1, min(wanted or cores, cores))
