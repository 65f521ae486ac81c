"""What "open anything" finds in a project."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlops_desktop.gui.finding import MOST_OF_A_KIND, things_that_match
from mlops_desktop.project import Project


@pytest.fixture(scope="module")
def many(looked_at: Project) -> Project:
    """A project with more runs than are shown at once; the oldest has a name and a tag of its own."""
    for number in range(MOST_OF_A_KIND + 4):
        with looked_at.runs.log(
            "night shift" if number == 0 else f"script {number}", tags=["first"] if number == 0 else []
        ):
            pass
    return looked_at


def titles(project: Project, text: str) -> list[str]:
    return [found.title for found in things_that_match(project, text)]


@pytest.mark.parametrize("text", ["night", "NIGHT SH", "first"])
def test_a_run_is_found_by_name_and_tag_however_old_it_is(many: Project, text: str) -> None:
    assert titles(many, text) == ["Run #1 night shift"]


def test_a_run_is_found_by_its_number(many: Project) -> None:
    assert "Run #1 night shift" in titles(many, "#1")


def test_nothing_typed_shows_the_newest(many: Project) -> None:
    assert titles(many, "")[0] == f"Run #{MOST_OF_A_KIND + 4} script {MOST_OF_A_KIND + 3}"
    assert len(titles(many, "")) == MOST_OF_A_KIND


def test_a_data_set_is_found_by_a_part_of_its_name(many: Project, write: Callable[..., str]) -> None:
    many.datasets.import_file(write("harvest.csv", "a,b", "1,2"), "harvest").wait(30)
    assert titles(many, "arve") == ["harvest"]
