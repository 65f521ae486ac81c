"""Scores the recorded rows again and compares."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from .files import CheckedFiles, Files, InFolder
from .scorer import Scorer
from .values import Array

TOLERANCE = 1e-6
"""Largest difference of a probability, or of a number in parts of its size (`sizes`), that counts as equal."""
_ROUNDING = 1e-8
"""Part of a number's own size: the last digits of a large number differ between machines."""


def check(files: CheckedFiles) -> dict[str, Any]:
    """Compare every checksum, load the model, score the recorded rows.

    Returns
    -------
    dict
        ``ok``, ``rows``, ``labels_differ``, ``largest_difference``, ``seconds``, ``runtime``, ``files``, and
        ``foreign``: modules of the exporting program that were loaded, which there must be none of.
    """
    began = time.perf_counter()
    count = files.check_all()
    model = InFolder(files, "model/")
    scorer = Scorer.load(model)
    rows, differ, largest = compare(scorer, model)
    foreign = sorted(name for name in sys.modules if name.partition(".")[0] == "mlops_desktop")
    return {
        "ok": differ == 0 and largest <= float(scorer.model.get("tolerance", TOLERANCE)) and not foreign,
        "rows": rows,
        "labels_differ": differ,
        "largest_difference": largest,
        "seconds": round(time.perf_counter() - began, 3),
        "runtime": scorer.runtime.name,
        "files": count,
        "foreign": foreign,
    }


def compare(scorer: Scorer, files: Files) -> tuple[int, int, float]:
    """Recorded rows, how many of them get another label, and the largest difference of an output."""
    golden = json.loads(files.read("golden.json"))
    columns = scorer.from_rows(golden["columns"], golden["rows"])
    scored = scorer.score(columns, len(golden["rows"]))
    expected = np.array(golden["outputs"], dtype=np.float64)
    differ = 0
    if scorer.labels:
        differ = sum(a != b for a, b in zip(scored.values, golden["predictions"], strict=True))
    size = 1.0 if scorer.labels else sizes(expected)
    return len(expected), differ, float((np.abs(scored.outputs - expected) / size).max(initial=0.0))


def sizes(numbers: Array) -> Array:
    """What a difference of each predicted number is held against: how far it, or the usual one, is from the middle.

    So small numbers, and large ones that lie close together, are compared as closely as others.
    """
    apart = np.abs(numbers - np.median(numbers)) if numbers.size else numbers
    usual = float(np.median(apart[apart > 0])) if (apart > 0).any() else 0.0
    size = np.maximum(np.maximum(apart, usual), np.abs(numbers) * _ROUNDING)
    return np.where(size > 0, size, 1.0)
