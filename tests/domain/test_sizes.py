"""Sizes as people read them."""

from __future__ import annotations

from mlops_desktop.domain.sizes import size_words


def test_sizes_have_units() -> None:
    assert [size_words(n) for n in (0, 999, 1500, 412_000, 2_500_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1.5 KB",
        "412 KB",
        "2.5 GB",
    ]
