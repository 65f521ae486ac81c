"""The table of cases names tests that exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .steps import SHOWN_BY

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("case", SHOWN_BY)
def test_each_case_that_is_no_import_is_shown_by_a_test_that_exists(case: str) -> None:
    assert SHOWN_BY[case]
    for named in SHOWN_BY[case]:
        file, _, test = named.partition("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, named
