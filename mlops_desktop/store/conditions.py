"""Filters as people set them, as SQL that is exact: no value of a filter is rounded to its column's type."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Final

import duckdb

from mlops_desktop.domain.datasets import Condition
from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.imports import ColumnType, column_type

from .pieces_columns import Column, found_column, is_float, literal

_DECIMAL: Final = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")
_LIMIT: Final = Decimal(10) ** 38
_EXACT: Final = Context(prec=400)
_NEVER: Final = "false"

Comparison = Callable[[str, str], str]


def condition_sql(
    cursor: duckdb.DuckDBPyConnection, columns: Sequence[Column], where: Sequence[Condition]
) -> str:
    """SQL over physical names that holds where all conditions do; empty for no condition.

    ``=`` and ``!=`` split the rows in two: a missing value is unequal to every value. ``contains`` looks at the text
    that is shown, whatever the case of its letters.

    Raises
    ------
    NotFoundError
        There is no such column.
    InvalidInputError
        The value isn't one of the column's type.
    """
    return " and ".join(f"({_one(cursor, found_column(columns, c.column), c)})" for c in where)


def _one(cursor: duckdb.DuckDBPyConnection, column: Column, condition: Condition) -> str:
    operator, value = condition.operator, condition.value
    if operator == "is missing":
        return f"{column.sql} is null"
    if operator == "is not missing":
        return f"{column.sql} is not null"
    if operator == "contains":
        return f"contains(lower({column.text_sql}), lower({literal(value)}))"
    kind = column_type(column.sql_type)
    if is_float(column.sql_type):
        return _compare(column.sql, operator, _checked(cursor, value, column, column.sql_type))
    if kind in (ColumnType.INTEGER, ColumnType.BIG_INTEGER, ColumnType.EXACT_DECIMAL):
        return _number(column, operator, value)
    if kind in (ColumnType.DATE, ColumnType.TIMESTAMP):
        finer = column.sql_type if column.sql_type == "TIMESTAMP_NS" else "TIMESTAMP"
        return _compare(column.sql, operator, _checked(cursor, value, column, finer))
    if kind in (ColumnType.BOOLEAN, ColumnType.TIME, ColumnType.INSTANT) or column.sql_type == "UUID":
        return _compare(column.sql, operator, _checked(cursor, value, column, column.sql_type))
    return _compare(f"cast({column.sql} as varchar)", operator, literal(value))


def _compare(left: str, operator: str, right: str) -> str:
    words = {"=": "is not distinct from", "!=": "is distinct from"}
    return f"{left} {words.get(operator, operator)} {right}"


def _checked(cursor: duckdb.DuckDBPyConnection, value: str, column: Column, type_: str) -> str:
    """The value as a literal of `type_`; one of the source's words for yes and no is that one."""
    if value.strip() in column.boolean_words:
        return "true" if value.strip() == column.boolean_words[1] else "false"
    found = cursor.execute(f"select try_cast(? as {type_}) is not null", [value.strip()]).fetchone()
    if found is None or not found[0]:
        raise _refused(column, value)
    return f"cast({literal(value.strip())} as {type_})"


def _number(column: Column, operator: str, value: str) -> str:
    """Compare a column of exact numbers with any number: one between two of its values is moved, never rounded."""
    try:
        number = Decimal(value.strip())
    except InvalidOperation as error:
        raise _refused(column, value) from error
    if not number.is_finite():
        raise _refused(column, value)
    found = _DECIMAL.fullmatch(column.sql_type)
    scale = int(found[1]) if found else 0
    if abs(number) >= _LIMIT.scaleb(-scale):
        return _beyond(column, operator, above=number > 0)
    step = Decimal(1).scaleb(-scale)
    down = number.quantize(step, ROUND_FLOOR, _EXACT)
    if down == number:
        return _compare(column.sql, operator, _literal(down, scale))
    if operator == "=":
        return _NEVER
    if operator == "!=":
        return "true"
    if operator in ("<", "<="):
        return f"{column.sql} <= {_literal(down, scale)}"
    return f"{column.sql} >= {_literal(number.quantize(step, ROUND_CEILING, _EXACT), scale)}"


def _literal(number: Decimal, scale: int) -> str:
    return f"cast('{number:f}' as decimal(38,{scale}))" if scale else f"cast('{number:f}' as hugeint)"


def _beyond(column: Column, operator: str, *, above: bool) -> str:
    """A comparison with a number that is further out than any value of the column."""
    if operator == "=":
        return _NEVER
    if operator == "!=":
        return "true"
    holds = operator.startswith("<") is above
    return f"{column.sql} is not null" if holds else _NEVER


def _refused(column: Column, value: str) -> InvalidInputError:
    kind = column_type(column.sql_type).value
    return InvalidInputError(
        f"“{value}” can't be held against the column “{column.name}”.",
        reason=f"The column is of the type {kind}.",
        remedy="Give a value of that type, as 2.5 or 2024-03-31, or use “contains”.",
        where=Where(column=column.name, field="where"),
    )
