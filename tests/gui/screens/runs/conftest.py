"""The section of runs in a real window, on a project with its own service and real trainings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.client import open_project
from mlops_desktop.domain.runs import Split
from mlops_desktop.gui.actions import ActionRegistry
from mlops_desktop.gui.main_window import MainWindow
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.project_session import ProjectSession
from mlops_desktop.gui.screens.runs import RunsIntent, actions, section
from mlops_desktop.gui.screens.runs.runs_screen import RunsScreen
from mlops_desktop.gui.tasks import Tasks

from ....keeper import new_project

LONG_S = 60.0


def rides_csv() -> str:
    """Two years of days: rentals are riders of two kinds, so those two columns leak."""
    lines = ["date,weekday,warmth,casual,registered,rentals"]
    for day in range(720):
        year, rest = divmod(day, 360)
        month, of_month = divmod(rest, 30)
        casual, registered = 3 + day * 7 % 11, 20 + day * 13 % 17 + 2 * month
        weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day % 7]
        date = f"{2011 + year}-{month + 1:02d}-{min(of_month, 27) + 1:02d}"
        lines.append(f"{date},{weekday},{month * 2.5 + day % 3},{casual},{registered},{casual + registered}")
    return "\n".join(lines) + "\n"


def loans_csv() -> str:
    """Two hundred loans whose risk grows with the amount, with noise."""
    lines = ["amount,purpose,age,risk"]
    for i in range(240):
        amount = 100 + i * 37 % 900
        risk = "bad" if amount + i * 71 % 400 > 800 else "good"
        lines.append(f"{amount},{('car', 'house', 'tv')[i % 3]},{20 + i % 40},{risk}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Trained:
    """A project with two data sets and four runs."""

    folder: Path
    rides: tuple[int, int]
    """A baseline and a linear model of rentals."""
    loans: tuple[int, int]
    """A linear and a boosted model of risk."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """A project with a service of its own, for the tests of a file."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "rides.csv").write_text(rides_csv(), encoding="utf-8")
    (folder / "loans.csv").write_text(loans_csv(), encoding="utf-8")
    project_folder = new_project(folder / "churn.mlops")
    with open_project(project_folder, client="script") as project:
        roles: Any = {"date": "time"}
        project.datasets.import_file(str(folder / "rides.csv"), target="rentals", roles=roles).wait(LONG_S)
        project.datasets.import_file(str(folder / "loans.csv"), target="risk").wait(LONG_S)
        by_time = Split(method="time", test_period="2012-12")
        leaks = ["casual", "registered"]
        jobs = [
            project.runs.start("rides", algorithm=a, split=by_time, ignore=leaks)
            for a in ("baseline", "linear")
        ]
        jobs += [project.runs.start("loans", algorithm=a) for a in ("linear", "hist_gradient_boosting")]
        ids = [job.wait(LONG_S).run_id for job in jobs]
        yield Trained(project_folder, (ids[0], ids[1]), (ids[2], ids[3]))
        project.stop(force=True)


@pytest.fixture
def project(trained: Trained) -> Iterator[Any]:
    """The project by another client than the window."""
    with open_project(trained.folder, client="script", actor="bob") as opened:
        yield opened


@pytest.fixture
def window(qtbot: Any, tasks: Tasks, trained: Trained) -> Iterator[MainWindow]:
    """A window on the project, with the section of runs alone."""
    session = ProjectSession(tasks, "Ann Lee", "window")
    registry = ActionRegistry()
    made = MainWindow(session, [section()], registry)
    registry.add(actions(made))
    registry.install_shortcuts(made)
    session.topics_moved.connect(made.tell_changes)
    problems: list[object] = []
    tasks.bug_found.connect(problems.append)
    qtbot.addWidget(made)
    session.open(trained.folder)
    qtbot.waitUntil(lambda: session.project is not None, timeout=20_000)
    made.show()
    yield made
    tasks.close()
    session.close()
    assert problems == []


@pytest.fixture
def go(window: MainWindow, qtbot: Any) -> Callable[..., Any]:
    """Shows a page and gives it, once it has been answered."""

    def show(until: Callable[[Any], object] | None = None, **intent: Any) -> Any:
        window.go(Place("runs", RunsIntent(**intent)))
        screen = window.screen_of("runs")
        assert isinstance(screen, RunsScreen)
        page = screen.page(screen.front)
        if until is not None:
            qtbot.waitUntil(lambda: bool(until(page)), timeout=20_000)
        return page

    return show
