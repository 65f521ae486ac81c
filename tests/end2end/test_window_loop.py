"""The story of the product, once by clicks: the real window, the real service, real children."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.client import open_project
from mlops_desktop.gui.screens.models.models_state import ModelsIntent
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent

from ..keeper import new_project
from .clicking import Person

SAMPLES = Path(__file__).parents[2] / "resources" / "samples" / "bikes"
ADDRESS = "MLOPS_STORY_ADDRESS"
"""Address of a service that the story runs on, instead of one of its own."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path | str]:
    """A project with a service of its own, or the one that the environment names."""
    if address := os.environ.get(ADDRESS):
        yield address
        return
    folder = new_project(tmp_path / "bikes.mlops", "Bike rentals")
    yield folder
    with open_project(folder) as project:
        project.stop(force=True)


@pytest.fixture
def person(qtbot: Any, look: Any, place: Path | str, tmp_path: Path) -> Iterator[Person]:
    """Somebody at the window."""
    found = Person(qtbot, place, tmp_path / "pictures")
    yield found
    found.leave()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the person keeps what comes out; the service must be able to write there."""
    return Path(os.environ.get("MLOPS_STORY_OUT", tmp_path))


@pytest.mark.slow
def test_the_whole_loop_by_clicks(person: Person, out: Path) -> None:
    import_a_month(person)
    train_two(person)
    compare_them(person)
    register_and_promote(person)
    export_and_score(person, out)
    set_a_retraining(person)
    take_back_a_name(person)


def import_a_month(person: Person) -> None:
    person.go("overview")
    person.click("Import data...")
    screen = person.window.screen_of("data")
    person.click("Choose a file...")
    person.choose_file(SAMPLES / "bikes_2011-01.csv")
    person.until(lambda: screen.importing.state is not None and screen.importing.state.target is not None)
    person.picture("import")
    person.qtbot.mouseClick(screen.importing.target.import_button, _left())
    person.until(lambda: [d.name for d in person.project.datasets.list()] != [])
    [dataset] = person.project.datasets.list()
    for column, role in (
        ("rentals", "target"),
        ("date", "time"),
        ("casual", "ignore"),
        ("registered", "ignore"),
    ):
        person.project.datasets.set_role(dataset.name, column, role)
    person.go("data", dataset.name)
    person.picture("data")


def train_two(person: Person) -> None:
    page = person.go("runs", RunsIntent(page="training"))
    person.until(lambda: "Baseline" in texts(page))
    person.click_row("Algorithms", "Baseline", page)
    person.picture("training")
    person.qtbot.keyClick(person.window, _key("Return"), _ctrl())
    person.until(lambda: sum(r.state == "finished" for r in person.project.runs.list()) == 2)
    assert {r.spec.algorithm for r in person.project.runs.list()} == {"baseline", "lightgbm"}
    person.go("runs", best_run(person))
    person.picture("run")


def best_run(person: Person) -> int:
    return min(person.project.runs.list(), key=lambda run: run.metrics["mae"]).run_id


def compare_them(person: Person) -> None:
    best = best_run(person)
    page = person.go("runs", RunsIntent(page="compare", runs=(best, 3 - best)))
    person.until(lambda: "Is the difference real?" in texts(page) and "better" in texts(page))
    person.picture("compare")


def register_and_promote(person: Person) -> None:
    person.go("runs", best_run(person))
    person.click("Register model...")
    person.fill("Name of the model", "rentals")
    person.accept()
    person.until(lambda: [m.name for m in person.project.models.list()] == ["rentals"])
    person.go("models", "rentals")
    person.click("Aliases")
    person.menu("Make it the champion")
    person.until(lambda: person.project.models.list()[0].aliases == {"champion": 1})
    person.picture("models")


def export_and_score(person: Person, out: Path) -> None:
    person.go("models", ModelsIntent("rentals"))
    person.click("Export bundle...")
    person.choose_file(out / "rentals-1")
    person.until(lambda: len(person.project.bundles.list()) == 1)
    person.go("deployments")
    person.picture("deployments")
    source = out / "new.csv"
    source.write_text(
        "".join(f"{line}\n" for line in (SAMPLES / "bikes_2011-02.csv").read_text().splitlines()[:6])
    )
    scored = subprocess.run(
        [sys.executable, "-m", "bundle", "score", str(source), str(out / "scored.csv")],
        cwd=out / "rentals-1", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert scored.returncode == 0, scored.stderr
    assert len((out / "scored.csv").read_text().splitlines()) == 6


def set_a_retraining(person: Person) -> None:
    person.go("automation")
    person.click("New schedule...")
    dialog = person.dialog()
    person.until(lambda: "Every Tuesday" in texts(dialog))
    person.fill("Name", "weekly")
    person.accept()
    person.until(lambda: len(person.project.schedules.list()) == 1)
    assert person.project.status().next_due is not None
    person.picture("automation")


def take_back_a_name(person: Person) -> None:
    best = best_run(person)
    before = person.project.runs.show(best).name
    person.project.runs.rename(best, "a wrong word")
    person.qtbot.keyClick(person.window, _key("Z"), _ctrl())
    person.until(lambda: person.project.runs.show(best).name == before)
    page = person.go("activity")
    person.until(lambda: "Took back" in texts(page))
    person.picture("activity")


def texts(root: Any) -> str:
    """Every word that labels and tables below `root` show."""
    from PySide6.QtWidgets import QAbstractItemView, QLabel

    words = [label.text() for label in root.findChildren(QLabel)]
    words += [w.toolTip() for w in root.findChildren(QLabel)]
    for view in root.findChildren(QAbstractItemView):
        model = view.model()
        if model is not None:
            words += [
                str(model.index(r, c).data() or "")
                for r in range(model.rowCount())
                for c in range(model.columnCount())
            ]
    return "\n".join(words)


def _left() -> Any:
    from PySide6.QtCore import Qt

    return Qt.MouseButton.LeftButton


def _ctrl() -> Any:
    from PySide6.QtCore import Qt

    return Qt.KeyboardModifier.ControlModifier


def _key(name: str) -> Any:
    from PySide6.QtCore import Qt

    return getattr(Qt.Key, f"Key_{name}")
