"""Paired bootstrap: real differences from luck."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from mlops_desktop.analysis import paired
from mlops_desktop.analysis.weighted import METRICS, Predictions

MAE = {"mae": METRICS["regression"]["mae"]}


def of_errors(*errors) -> list[Predictions]:
    """Models that err so, of a target that is zero."""
    return [Predictions(np.zeros(len(one)), np.asarray(one, dtype=float)) for one in errors]


def test_a_model_that_errs_less_on_every_row_is_better_beyond_doubt() -> None:
    errors = np.random.default_rng(0).random(300)
    found = paired.differences(MAE, of_errors(errors, errors - 0.1))["mae"][0]
    assert found.high < 0 and found.second < found.first


def test_the_interval_of_one_model_with_itself_is_nothing() -> None:
    errors = np.random.default_rng(0).random(300)
    found = paired.differences(MAE, of_errors(errors, errors))["mae"][0]
    assert (found.low, found.high) == (0, 0)


def test_the_interval_is_as_wide_as_that_of_a_mean_of_differences() -> None:
    dice = np.random.default_rng(0)
    errors, others = dice.random(1000), dice.random(1000)
    found = paired.differences(MAE, of_errors(errors, others))["mae"][0]
    change = others - errors
    half = 1.96 * change.std() / np.sqrt(1000)
    assert (found.low, found.high) == pytest.approx(
        (change.mean() - half, change.mean() + half), abs=half * 0.1
    )


def test_luck_is_called_luck_in_about_19_of_20_cases() -> None:
    dice = np.random.default_rng(7)
    sure = 0
    for seed in range(200):
        models = of_errors(dice.random(200), dice.random(200))
        found = paired.differences(MAE, models, seed=seed, draws=300)["mae"][0]
        sure += found.low > 0 or found.high < 0
    assert 3 <= sure <= 20


def test_few_rows_make_the_interval_wider() -> None:
    assert paired.tail_share(30) == pytest.approx(
        0.0189, abs=3e-4
    )  # by the quantile of t with 29 degrees of freedom
    assert paired.tail_share(100_000) == pytest.approx(0.025, abs=1e-5)


def test_neighbours_that_err_alike_make_the_interval_wide() -> None:
    shocks = np.repeat(np.random.default_rng(0).normal(size=40), 25)
    alone, blocks = (
        paired.differences(MAE, of_errors(np.ones(1000), 3 + shocks), block=block)["mae"][0]
        for block in (1, 25)
    )
    assert blocks.high - blocks.low > 3 * (alone.high - alone.low)


def test_the_same_draws_whatever_their_number_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = np.random.default_rng(0)
    models = of_errors(dice.random(50), dice.random(50))
    whole = paired.differences(MAE, models)
    monkeypatch.setattr(paired, "BATCH_WEIGHTS", 333)
    assert paired.differences(MAE, models)["mae"][0].low == pytest.approx(whole["mae"][0].low, rel=1e-12)


def test_many_rows_take_little_memory() -> None:
    dice = np.random.default_rng(0)
    probability = dice.random(paired.MOST_ROWS)
    model = Predictions((probability > 0.6).astype(float), np.column_stack([1 - probability, probability]))
    tracemalloc.start()
    paired.differences(METRICS["binary"], [model, model], draws=200)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 150_000_000
