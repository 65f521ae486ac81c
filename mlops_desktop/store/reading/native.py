"""Columns that bring their own type (Parquet, Arrow, workbooks): what a piece can hold of them, and how.

Every column is cast explicitly when it is written. What Parquet by DuckDB can't hold exactly becomes an exact
decimal or text, with a word.
"""

from __future__ import annotations

from mlops_desktop.domain.imports import column_type
from mlops_desktop.store.reading.proofs import Reading

_KEPT = frozenset(
    (
        "BOOLEAN",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "VARCHAR",
        "BLOB",
        "DATE",
        "TIME",
        "UUID",
        "TIMESTAMP",
        "TIMESTAMP_S",
        "TIMESTAMP_MS",
        "TIMESTAMP_NS",
        "TIMESTAMP WITH TIME ZONE",
    )
)
_AS_TEXT = ("INTERVAL", "TIME WITH TIME ZONE", "BIT", "ENUM", "UNION", "VARIANT", "GEOMETRY")


def native(declared: str, converted: tuple[str, str, str] | None = None) -> Reading:
    """The reading of a column of a declared DuckDB type.

    Parameters
    ----------
    declared : str
        The DuckDB type that the file has.
    converted : tuple, optional
        SQL about ``{v}``, DuckDB type and reason where the reader knows better.
    """
    if converted:
        value, kind, why = converted
        return Reading(column_type(kind), kind, value, "true", why, notable=True)
    plain = declared.upper()
    if plain in ("DOUBLE", "FLOAT"):
        return Reading(column_type(declared), declared, "{v} + 0", why="As the file declares it.")
    if plain in ("HUGEINT", "UHUGEINT"):
        value = "try_cast({v} AS DECIMAL(38,0))"
        return Reading(
            column_type("DECIMAL(38,0)"),
            "DECIMAL(38,0)",
            value,
            "{x} IS NOT NULL",
            "128-bit whole numbers, kept as exact decimals.",
            notable=True,
        )
    if plain == '"NULL"':
        return Reading(
            column_type("VARCHAR"), "VARCHAR", "{v}::VARCHAR", "true", "No value yet.", has_values=False
        )
    if plain.startswith(_AS_TEXT) or _holds(plain, ("HUGEINT", "INTERVAL", "TIME WITH TIME ZONE", "UNION(")):
        return Reading(
            column_type("VARCHAR"),
            "VARCHAR",
            "{v}::VARCHAR",
            "true",
            f"The type {declared} can't be kept: written as text.",
            notable=not plain.startswith("ENUM"),
        )
    return _as_it_is(declared)


def _holds(declared: str, inner: tuple[str, ...]) -> bool:
    return any(kind in declared for kind in inner) and declared not in _KEPT


def _as_it_is(declared: str) -> Reading:
    return Reading(column_type(declared), declared, why="As the file declares it.")
