"""Curves of many points: what stays, and means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_desktop.analysis.curves import moving_mean, thinned

NUMBERS = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=300)


@settings(max_examples=40, deadline=None)
@given(NUMBERS, st.integers(2, 60))
def test_the_range_the_ends_and_the_gaps_stay(values: list[float], most: int) -> None:
    array = np.array(values)
    kept = thinned(array, most)
    assert (np.diff(kept) > 0).all() and len(kept) <= 2 * most + 2
    finite = array[np.isfinite(array)]
    left = array[kept][np.isfinite(array[kept])]
    assert (left.min(), left.max()) == (finite.min(), finite.max()) if len(finite) else not len(left)
    assert len(left) < len(kept) or len(finite) == len(array)
    assert not len(array) or (kept[0], kept[-1]) == (0, len(array) - 1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(1, 80))
def test_a_mean_is_that_of_the_points_around(values: list[float], width: int) -> None:
    found = moving_mean(np.array(values), width)
    for place in range(len(values)):
        begin = place + width // 2 - width + 1
        around = values[max(begin, 0) : max(begin + width, 0)]
        assert found[place] == pytest.approx(np.mean(around), abs=1e-6)


def test_what_is_no_number_stays_and_harms_no_mean() -> None:
    found = moving_mean(np.array([1.0, np.nan, 3.0, np.inf, 1e308, 1e308]), 3)
    assert np.isnan(found[1]) and found[3] == np.inf
    assert found[[0, 2, 5]] == pytest.approx([1.0, 3.0, 1e308])
