"""Bundles as they are listed, and the commands that run one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlops_desktop.domain.bundles import Bundle, SelfTest
from mlops_desktop.domain.models import Model
from mlops_desktop.gui.screens.deployments import deployments_state as state

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def bundle(number: int, folder: str = "/out/r", difference: float = 0.0) -> Bundle:
    test = SelfTest(500, difference, 0.2, "lightgbm")
    return Bundle(
        number,
        "rentals",
        number,
        folder,
        f"{folder}/rentals-{number}.pyz",
        "ab" * 32,
        412_000,
        NOW,
        "ann",
        test,
    )


def shown(*bundles: Bundle, wanted: int = 0, there: Any = (1, 2)):
    return state.deployments_state(state.DeploymentFacts(bundles, (), frozenset(there)), wanted, NOW)


def test_nothing_exported_shows_nothing():
    assert shown().lines == () and shown().commands == ()


def test_the_newest_bundle_is_chosen_unless_another_is_wanted():
    assert shown(bundle(2), bundle(1)).chosen == 2
    assert shown(bundle(2), bundle(1), wanted=1).chosen == 1


def test_a_folder_that_is_gone_is_said_and_not_opened():
    found = shown(bundle(1), there=())
    assert found.folder == "" and "not there any more" in found.facts[0][1]


def test_a_path_with_blanks_is_quoted():
    first = state.commands_of(bundle(1, "/my out/it's"))[0].code
    assert first.splitlines()[0] == """cd '/my out/it'"'"'s'"""


def test_the_self_test_says_how_far_it_was_off():
    assert state.test_words(bundle(1)) == "500 rows scored again, no difference"
    assert (
        state.test_words(bundle(1, difference=2.4e-6)) == "500 rows scored again, largest difference 2.4e-06"
    )


def test_the_disk_is_looked_at_for_each_bundle(tmp_path: Path):
    class Bundles:
        def list(self):
            return [bundle(1, str(tmp_path)), bundle(2, str(tmp_path / "gone"))]

    class Models:
        def list(self):
            return []

    class Project:
        bundles, models = Bundles(), Models()

    assert state.deployment_facts(Project(), Path.is_dir).there == frozenset({1})  # type: ignore[arg-type]


def of_model(bundle: Bundle, **aliases: int):
    model = Model(1, bundle.model, "", [], NOW, [], aliases)
    return state.deployments_state(state.DeploymentFacts((bundle,), (model,), frozenset({1})), 0, NOW)


def test_a_bundle_of_the_champion_is_up_to_date():
    found = of_model(bundle(1), champion=1)
    assert (found.lines[0].alias, found.lines[0].alias_status, found.newer) == ("champion", "good", "")


def test_a_bundle_that_another_version_has_overtaken_says_so():
    found = of_model(bundle(1), champion=2, challenger=1)
    assert (found.lines[0].alias, found.lines[0].alias_status) == ("champion is v2", "warn")
    assert found.newer == "rentals@2" and found.facts[0][0] == "Out of date"


def test_a_bundle_of_a_model_without_a_champion_is_not_out_of_date():
    assert of_model(bundle(1)).newer == "" and of_model(bundle(1)).lines[0].alias == ""


def test_a_bundle_whose_model_is_in_the_trash_says_so():
    assert shown(bundle(1)).lines[0].alias == "model in the trash"
