"""Bundles: what deploys anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Runtime = Literal["own", "fastest"]
"""What scores in a bundle: the library that trained it, bit-equal; or the faster of it and ONNX where they agree."""


class SelfTest(msgspec.Struct, frozen=True):
    """The recorded rows, scored again by the exported folder alone."""

    rows: int
    largest_difference: float
    seconds: float
    runtime: str
    """What scores: ``onnxruntime``, ``lightgbm`` or ``scikit-learn``."""
    notes: list[str] = []


class Bundle(msgspec.Struct, frozen=True):
    """An exported model."""

    bundle_id: int
    model: str
    number: int
    folder: str
    file: str
    """The one-file form."""
    sha256: str
    size_bytes: int
    created_at: datetime
    created_by: str
    self_test: SelfTest
