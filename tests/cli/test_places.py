"""Which project a command means."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desktop.cli.places import find_project, take_apart
from mlops_desktop.domain.errors import InvalidInputError, NotFoundError


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLOPS_PROJECT", raising=False)


def test_what_holds_for_every_command_is_taken_out_wherever_it_stands() -> None:
    asked = take_apart(["runs", "--json", "list", "--project", "a.mlops", "--no-wait"], ["runs"])
    assert (asked.words, asked.project, asked.json, asked.wait) == (["runs", "list"], "a.mlops", True, False)


def test_a_first_word_that_is_no_command_is_the_path_of_a_project() -> None:
    assert take_apart(["bikes.mlops"], ["runs"]).project == "bikes.mlops"
    assert take_apart(["bikes.mlops", "runs", "list"], ["runs"]).words == ["runs", "list"]


def test_what_stands_behind_two_dashes_is_left_alone() -> None:
    assert take_apart(["runs", "--", "--json"], ["runs"]).words == ["runs", "--", "--json"]


def test_a_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    inside = tmp_path / "churn.mlops" / "runs"
    inside.mkdir(parents=True)
    assert find_project("", inside) == tmp_path / "churn.mlops"


def test_a_project_beside_is_found(tmp_path: Path) -> None:
    (tmp_path / "churn.mlops").mkdir()
    (tmp_path / "notebooks").mkdir()
    assert find_project("", tmp_path / "notebooks") == tmp_path / "churn.mlops"


def test_several_projects_beside_each_other_are_named(tmp_path: Path) -> None:
    for name in ("a.mlops", "b.mlops"):
        (tmp_path / name).mkdir()
    with pytest.raises(InvalidInputError, match=r"a\.mlops, b\.mlops"):
        find_project("", tmp_path)


def test_the_variable_names_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLOPS_PROJECT", str(tmp_path / "named.mlops"))
    assert find_project("", tmp_path) == tmp_path / "named.mlops"


def test_no_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="--project"):
        find_project("", tmp_path)
