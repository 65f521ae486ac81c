"""What a preview says of the types that a file's columns will have in a data set."""

from __future__ import annotations

import pytest

from mlops_desktop.store.import_columns import expected_types
from mlops_desktop.store.pieces_columns import Column


def expected(had: str, found: str, mode: str, exact: bool = False) -> str:
    numbers = frozenset({0}) if exact else frozenset[int]()
    return expected_types(["v"], [found], [Column("v", "v", (had,))], mode, lambda _: numbers)["v"]


@pytest.mark.parametrize(
    ("had", "found", "mode", "will"),
    [
        ("DOUBLE", "BIGINT", "append", "DOUBLE"),
        ("DOUBLE", "BIGINT", "replace", "DOUBLE"),
        ("TIMESTAMP", "DATE", "merge", "TIMESTAMP"),
        ("DECIMAL(38,0)", "DOUBLE", "append", "VARCHAR"),
        ("BOOLEAN", "BIGINT", "append", "VARCHAR"),
        ("BOOLEAN", "BIGINT", "replace", "BIGINT"),
        ("BIGINT", "DECIMAL(38,0)", "append", "DECIMAL(38,0)"),
        ("BIGINT", "NULL", "append", "NULL"),
    ],
)
def test_a_column_gets_the_type_that_holds_both(had: str, found: str, mode: str, will: str) -> None:
    assert expected(had, found, mode) == will


def test_whole_numbers_become_decimals_only_where_each_is_exact() -> None:
    assert expected("BIGINT", "DOUBLE", "append", exact=True) == "DOUBLE"
    assert expected("BIGINT", "DOUBLE", "append") == "VARCHAR"
