"""A project as its service has it: the facade on a real store and real jobs, without a socket."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.database import create
from mlops_desktop.store.session import Caller

from .leaks import nothing_left
from .running import Service

ANN = Caller("ann", "window-1")
BOB = Caller("bob", "window-2")

ROOT = str(Path(__file__).parents[1])

Write = Callable[..., str]
"""Writes lines to a file and gives its path."""


FOLDER_VARIABLE = "MLOPS_TEST_FOLDER"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Work in a folder below the one that an environment variable names: on another disk, for instance."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and config.option.basetemp is None:
        config.option.basetemp = str(Path(folder) / "mlops-desktop-tests")


@pytest.fixture(scope="module", autouse=True)
def home_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or changes what the user has: each file of tests has a home of its own, and leaves nothing at work."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, nothing_left(str(tmp_path_factory.getbasetemp())):
        patch.setenv("XDG_STATE_HOME", str(home / "state"))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.delenv("MLOPS_PROJECT", raising=False)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH")))))
        yield


@pytest.fixture(autouse=True)
def nothing_at_work_is_left(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """No test leaves a thread, a process or a socket; where a file of tests shares a service, the file doesn't."""
    if shares_fixtures(request):
        yield
        return
    with nothing_left(str(tmp_path_factory.getbasetemp())):
        yield


def shares_fixtures(request: pytest.FixtureRequest) -> bool:
    """Whether the test uses something of ours that other tests use too."""
    manager = request.session._fixturemanager
    found = (d for n in request.fixturenames for d in manager.getfixturedefs(n, request.node) or ())
    return any(
        d.scope != "function" and d.baseid.startswith("tests") and not d.argname.startswith("home_")
        for d in found
    )


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


@pytest.fixture
def service(project_folder: Path) -> Iterator[Service]:
    """The project's service as a process of its own."""
    running = Service(project_folder).start()
    yield running
    running.close()
