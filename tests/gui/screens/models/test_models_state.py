"""Versions, aliases and origin of models as the screen shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mlops_desktop.domain.bundles import Bundle, SelfTest
from mlops_desktop.domain.evaluations import Evaluation, Importance
from mlops_desktop.domain.models import AliasMove, Model, ModelVersion
from mlops_desktop.gui.screens.models.models_state import (
    ModelFacts,
    ModelsIntent,
    intent_of,
    models_state,
    settled,
    value_words,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def version(number: int, aliases: list[str], model: str = "rentals") -> ModelVersion:
    metrics = {"mae": 40.53, "r2": 0.923}
    return ModelVersion(
        model,
        number,
        number + 3,
        "lightgbm",
        "regression",
        "rentals",
        "bikes@22",
        metrics,
        "mae",
        NOW,
        "ann",
        aliases=aliases,
    )


def model(name: str = "rentals") -> Model:
    versions = [version(1, ["challenger"], name), version(2, ["champion"], name), version(3, [], name)]
    return Model(1, name, "", [], NOW, versions, {"champion": 2, "challenger": 1})


def shown(**facts: Any):
    intent = settled(ModelsIntent("rentals"), (model(),))
    return models_state(ModelFacts(intent, (model(),), **facts), NOW)


@pytest.mark.parametrize(
    ("wanted", "intent"),
    [("rentals", ModelsIntent("rentals")), ("rentals@2", ModelsIntent("rentals", 2)), (None, ModelsIntent())],
)
def test_a_reference_is_a_place(wanted: object, intent: ModelsIntent):
    assert intent_of(wanted) == intent


def test_without_a_number_the_champion_is_shown():
    assert settled(ModelsIntent("rentals"), (model(),)).number == 2


def test_a_version_that_is_gone_gives_way_to_the_champion():
    assert settled(ModelsIntent("rentals", 9), (model(),)).number == 2


def test_a_model_that_is_gone_gives_way_to_the_first():
    assert settled(ModelsIntent("churn", 2), (model("loans"), model())).model == "loans"


def test_no_model_is_no_version():
    assert settled(ModelsIntent("churn", 2), ()).ref == ""


def test_versions_stand_newest_first_below_their_model():
    assert [line.key for line in shown().lines] == ["model:rentals", "rentals@3", "rentals@2", "rentals@1"]


def test_lineage_goes_from_the_data_to_the_bundle():
    bundle = Bundle(
        7, "rentals", 2, "/out", "/out/r.pyz", "ab", 412_000, NOW, "ann", SelfTest(5, 0.0, 0.1, "lightgbm")
    )
    assert [box.key for box in shown(bundles=(bundle,)).lineage] == ["data", "run", "model", "bundle:7"]


def test_a_bundle_of_another_version_is_no_part_of_the_lineage():
    bundle = Bundle(
        7, "rentals", 1, "/out", "/out/r.pyz", "ab", 412_000, NOW, "ann", SelfTest(5, 0.0, 0.1, "lightgbm")
    )
    assert [box.key for box in shown(bundles=(bundle,)).lineage] == ["data", "run", "model"]


def test_the_main_metric_stands_first():
    assert [title for title, _, _ in shown().metrics] == ["MAE", "R²"]


def test_importance_is_shown_in_percent():
    evaluation = Evaluation(
        "regression", 10, "test", {}, importance=Importance(["hour", "wind"], [0.75, 0.25], "gain")
    )
    assert shown(evaluation=evaluation).features == (("hour", 75.0), ("wind", 25.0))


def test_the_history_says_who_moved_an_alias_and_how():
    move = AliasMove("rentals", "champion", 1, 2, NOW, "ann", "activity.undo")
    [line] = shown(history=(move,)).history
    assert (line.move, line.actor, line.how) == ("v1 → v2", "ann", "undone")


@pytest.mark.parametrize(
    ("value", "words"), [(40.53, "40.5"), (-4.335, "−4.335"), (None, "—"), (float("nan"), "—")]
)
def test_values_show_the_digits_that_count(value: float | None, words: str):
    assert value_words(value) == words
