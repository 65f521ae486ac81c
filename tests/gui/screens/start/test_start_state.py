"""Projects on the start screen, and the progress of the sample."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlops_desktop.gui.screens.start.start_state import (
    SAMPLE_STEPS,
    SampleProgress,
    after_line,
    name_of_folder,
    project_folder,
    recent_projects,
)
from mlops_desktop.known_projects import KnownProject

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def listed(*, exists: bool, serves: bool, here: Path | None = None):
    known = [KnownProject("/home/ann/projects/bikes.mlops", "Bikes", NOW)]
    return recent_projects(known, NOW, lambda p: exists, lambda p: serves, here, Path("/home/ann"))[0]


def test_the_home_folder_is_written_short():
    assert listed(exists=True, serves=False).where == "~/projects/bikes.mlops"


@pytest.mark.parametrize(
    ("exists", "serves", "state"),
    [(True, True, "running"), (True, False, "resting"), (False, False, "gone")],
)
def test_the_state_of_a_project_says_whether_it_is_there_and_served(exists: bool, serves: bool, state: str):
    assert listed(exists=exists, serves=serves).state == state


def test_the_project_of_this_window_is_open_here():
    assert listed(exists=True, serves=True, here=Path("/home/ann/projects/bikes.mlops")).state == "open"


@pytest.mark.parametrize(
    ("name", "folder"),
    [("Bike rentals 2013", "bike-rentals-2013.mlops"), ("  ", "project.mlops"), ("Größe/2", "größe-2.mlops")],
)
def test_a_folder_follows_the_name(name: str, folder: str):
    assert project_folder(name, Path("/p")) == Path("/p") / folder


def test_a_name_follows_the_folder():
    assert name_of_folder(Path("/p/bike-rentals.mlops")) == "Bike rentals"


def test_the_sample_moves_on_with_what_it_prints_and_never_back():
    progress = SampleProgress()
    shares: list[float] = []
    for line in ("Import a.csv (12 of 24)", "Import b.csv (22 of 24)", "Train: four", "Register both", "Import c.csv (23 of 24)",
                 "Score November", "Set a retraining"):  # fmt: skip
        progress = after_line(progress, line)
        shares.append(progress.share)
    assert shares == sorted(shares) and progress.step == len(SAMPLE_STEPS) - 1


def test_a_blank_line_changes_nothing():
    assert after_line(SampleProgress(2, 0.5, "x"), "  \n") == SampleProgress(2, 0.5, "x")
