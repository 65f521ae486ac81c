"""A training as Python and as a command line."""

from __future__ import annotations

import ast
import shlex
from typing import Any

from mlops_desktop.gui.screens.runs.scripts import as_command, as_python

CALL: dict[str, Any] = {
    "data": "bikes@22", "target": "rentals", "algorithm": "linear", "params": {"strength": 2.0, "note": "a b"},
    "split": {"method": "time", "test_period": "2012-10", "train_window": "6 months"}, "ignore": ["casual", "it's"],
    "metric": "", "positive_class": "", "seed": 7, "threads": 0,
}  # fmt: skip


def test_the_script_is_python() -> None:
    tree = ast.parse(as_python("/data/my bikes.mlops", [CALL]))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    names = {k.arg for call in calls for k in call.keywords}
    assert {"data", "target", "algorithm", "params", "split", "ignore", "seed", "test_period"} <= names


def test_what_is_as_the_default_is_left_out() -> None:
    script = as_python("x.mlops", [{**CALL, "seed": 0, "split": {}, "ignore": []}])
    assert "seed" not in script
    assert "Split" not in script
    assert "metric" not in script.replace("run.metrics", "")


def test_the_command_survives_a_shell() -> None:
    first, rest = as_command("/data/my bikes.mlops", [CALL]).split("\n", 1)
    assert shlex.split(first)[1] == "MLOPS_PROJECT=/data/my bikes.mlops"
    words = shlex.split(rest.replace("\\\n", " "))
    assert words[:4] == ["mlops-desktop", "runs", "start", "--data"]
    assert "it's" in words
    assert "note=a b" in words


def test_several_trainings_are_several_commands() -> None:
    assert as_command("x.mlops", [CALL, CALL]).count("mlops-desktop runs start") == 2
