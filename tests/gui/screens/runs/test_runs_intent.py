"""Places among the runs."""

from __future__ import annotations

import pytest

from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent, TrainingDraft, intent_of


@pytest.mark.parametrize(
    ("wanted", "intent"),
    [
        (None, RunsIntent()),
        (27, RunsIntent(page="run", run=27)),
        (TrainingDraft(data="bikes"), RunsIntent(page="training", draft=TrainingDraft(data="bikes"))),
        (RunsIntent(filter="x"), RunsIntent(filter="x")),
    ],
)
def test_a_place_is_a_number_a_draft_or_an_intent(wanted: object, intent: RunsIntent) -> None:
    assert intent_of(wanted) == intent


def test_fields_that_do_not_belong_to_the_method_are_not_asked_for() -> None:
    draft = TrainingDraft(
        method="random", test_period="2012-10", train_window="6 months", folds=5, group="zone"
    )
    split = draft.split
    assert (split.test_period, split.train_window, split.folds, split.group) == ("", "", None, "zone")
