"""Every section on a real project, light and dark, in both sizes: nothing is cut, nothing overlaps, nothing is too pale."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mlops_desktop.client import open_project
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.window import ProjectWindow
from mlops_desktop.gui.window_memory import WindowMemory

from ..keeper import new_project

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
PLACES = [
    ("start", None), ("overview", None), ("data", None), ("runs", None), ("runs", RunsIntent(page="training")),
    ("runs", RunsIntent(page="run", run=2)), ("runs", RunsIntent(page="compare", runs=(2, 1))), ("models", None),
    ("deployments", None), ("monitoring", None), ("automation", None), ("activity", None), ("settings", None), ("help", None),
]  # fmt: skip


def load() -> Any:
    """The module beside this one that knows faults."""
    spec = importlib.util.spec_from_file_location(
        "screen_faults", Path(__file__).with_name("screen_faults.py")
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


faults = load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small project with something in every section but monitoring."""
    path = new_project(tmp_path_factory.mktemp("screens") / "bikes.mlops", "Bike rentals")
    with open_project(path) as project:
        table = str(SAMPLES / "bikes" / "bikes_2011-01.csv")
        project.datasets.import_file(
            table, "bikes", target="rentals", roles={"date": "time", "casual": "ignore"}
        ).wait(60)
        for algorithm in ("baseline", "lightgbm"):
            project.runs.start("bikes", algorithm=algorithm).wait(90)
        project.models.set_alias(project.models.register(2, "rentals").ref, "champion")
        project.schedules.add("weekly", "tuesday 18:00", 2)
        yield path
        project.stop(force=True)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)], ids=["1440x900", "1024x700"])
def test_no_screen_has_a_fault(qtbot: Any, folder: Path, scheme: Any, size: tuple[int, int]) -> None:
    theme().set_choice(scheme)
    made = ProjectWindow(WindowMemory(told_background=True))
    made.window.resize(*size)
    made.window.show()
    made.open_project(folder)
    qtbot.waitUntil(lambda: made.session.project is not None, timeout=30_000)
    found: list[str] = []
    for section, intent in PLACES:
        made.window.go(Place(section, intent))
        qtbot.waitUntil(lambda: made.tasks.busy == 0, timeout=30_000)
        qtbot.wait(150)  # a chart's first paint; nothing announces it
        for look in (faults.cut_buttons, faults.overlaps, faults.pale_words):
            found += [f"{section}: {what}" for what in look(made.window)]
    made.window.close()
    made.end()
    assert found == []


ODD_NAMES = ("w" * 300, "🙂🙂", "שם המשתמש", "اسم", '"a\nb"', "<i>x</i>")


@pytest.fixture
def oddly_named(tmp_path: Path) -> Iterator[Path]:
    """A project with a table of odd names, and a training on it."""
    path = new_project(tmp_path / "odd.mlops", "<i>x</i>")
    rows = "".join(",".join(str((n * k) % 23) for k in range(1, 7)) + "\n" for n in range(60))
    (tmp_path / "odd.csv").write_text(",".join(ODD_NAMES) + "\n" + rows, "utf-8")
    with open_project(path) as project:
        project.datasets.import_file(str(tmp_path / "odd.csv"), "odd", target="<i>x</i>").wait(60)
        project.runs.start("odd", algorithm="linear", name="<i>x</i>").wait(60)
        yield path
        project.stop(force=True)


def marked_up(root: QWidget) -> list[str]:
    """Labels and hints in which a person's letters would be taken for a format."""
    labels = [w for w in root.findChildren(QLabel) if "<i>x</i>" in w.text()]
    taken = [w.text() for w in labels if w.textFormat() not in (Qt.TextFormat.PlainText,)]
    return taken + [w.toolTip() for w in root.findChildren(QWidget) if "<i>x</i>" in w.toolTip()]


@pytest.mark.slow
def test_names_of_any_length_and_script_are_shown_as_letters_and_nothing_overlaps(
    qtbot: Any, oddly_named: Path
) -> None:
    made = ProjectWindow(WindowMemory(told_background=True))
    made.window.resize(1024, 700)
    made.window.show()
    made.open_project(oddly_named)
    qtbot.waitUntil(lambda: made.session.project is not None, timeout=30_000)
    found: list[str] = []
    letters = 0
    places = [("overview", None), ("data", None), ("runs", None), ("activity", None)]
    pages = [RunsIntent(page="training"), RunsIntent(page="run", run=1)]
    for section, intent in [*places, *(("runs", page) for page in pages)]:
        made.window.go(Place(section, intent))
        qtbot.waitUntil(lambda: made.tasks.busy == 0, timeout=30_000)
        qtbot.wait(150)  # a chart's first paint; nothing announces it
        letters += sum("<i>x</i>" in label.text() for label in made.window.findChildren(QLabel))
        for look in (faults.cut_buttons, faults.overlaps, marked_up):
            found += [f"{section}: {what}" for what in look(made.window)]
    made.window.close()
    made.end()
    assert (found, letters > 0) == ([], True)


def test_a_button_that_is_too_narrow_is_found(qtbot: Any) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    button = QPushButton("Register the model of this run", root)
    button.setGeometry(0, 0, 60, 30)
    root.show()
    assert len(faults.cut_buttons(root)) == 1


def test_labels_that_cover_each_other_are_found(qtbot: Any) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    for x in (0, 40):
        QLabel("overlapping", root).setGeometry(x, 0, 100, 20)
    root.show()
    assert len(faults.overlaps(root)) == 1


def test_grey_on_grey_is_found(qtbot: Any) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    label = QLabel("too pale to read", root)
    label.setAutoFillBackground(True)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, "#ffffff")
    palette.setColor(QPalette.ColorRole.WindowText, "#bbbbbb")
    label.setPalette(palette)
    label.setStyleSheet("color: #bbbbbb; background: #ffffff")
    label.resize(160, 30)
    root.show()
    assert len(faults.pale_words(root)) == 1
