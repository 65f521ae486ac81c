"""A project as its service has it: the facade on a real store and real jobs, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.database import create
from mlops_desktop.store.session import Caller

ANN = Caller("ann", "window-1")
BOB = Caller("bob", "window-2")

Write = Callable[..., str]
"""Writes lines to a file and gives its path."""


@contextmanager
def served(folder: Path) -> Generator[Host]:
    """The parts of the service of the project in `folder`, which is made if there is none."""
    if not folder.exists():
        create(folder, lambda session: session.project.begin("churn"))
    running = Host(folder)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    """Where the test's project lies."""
    return tmp_path / "churn.mlops"


@pytest.fixture
def host(project_folder: Path) -> Iterator[Host]:
    """The parts of the project's service, put together in this process."""
    with served(project_folder) as running:
        yield running


@pytest.fixture
def project(host: Host) -> Project:
    """The project as Ann sees it."""
    return Project(host.local(ANN))


@pytest.fixture
def bobs_project(host: Host) -> Project:
    """The same project as Bob sees it, in another window."""
    return Project(host.local(BOB))


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project for a whole file of tests, none of which changes what another one looks at."""
    with served(tmp_path_factory.mktemp("module") / "churn.mlops") as running:
        yield Project(running.local(ANN))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write lines into a file of the test's own folder."""

    def written(name: str, *lines: str) -> str:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    return written
