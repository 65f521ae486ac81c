"""Columns of a version: their written and physical names, and the list of types each has had.

Pure rules, no input or output. Three of them keep versions from reading wrongly:

* A piece is cast through every type that came after its own, so what is shown never depends on when the piece was
  last written: INTEGER, DOUBLE, VARCHAR shows 3 as '3.0' everywhere.
* A physical name is never used for another column of the same data set, so a column that was dropped and comes back
  doesn't bring the old values with it.
* A column without any value has no type yet and takes the first one that arrives.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec

from mlops_desktop.domain.errors import DamagedError, NotFoundError

NO_TYPE: Final = "NULL"
"""Type of a column that has no value yet, as DuckDB calls it."""

RESERVED: Final = frozenset(
    {"file_row_number", "filename", "file_index", "rowid", "_k", "_at", "_position", "_deleted"}
)
"""Names that DuckDB's Parquet reader or our own queries give a meaning."""

_SIGNED: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_UNSIGNED: Final = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_FLOATS: Final = ("FLOAT", "DOUBLE")
_DIGITS: Final = {
    "TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19,
    "UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10, "UBIGINT": 20,
}  # fmt: skip
_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_COARSE_TIMESTAMPS: Final = ("TIMESTAMP_S", "TIMESTAMP_MS")


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column of a version."""

    name: str
    """As the source wrote it; two columns may share it."""
    physical: str
    """In the Parquet files: unique in the version (whatever the case) and never used again in the data set."""
    types: tuple[str, ...] = ()
    """Every type it has had, oldest first; empty while it has no value."""
    words: tuple[str, ...] = ()
    """Of yes and no: its word for no and its word for yes, where the source had one of each; else empty."""

    @property
    def type(self) -> str:
        """Its type in this version."""
        return self.types[-1] if self.types else NO_TYPE

    @property
    def sql_type(self) -> str:
        """The type that queries give it: text while it has no value."""
        return self.types[-1] if self.types else "VARCHAR"

    @property
    def boolean_words(self) -> tuple[str, ...]:
        """Its words for no and for yes where they aren't false and true; else empty."""
        plain = {word.casefold() for word in self.words} == {"false", "true"}
        return self.words if self.type == "BOOLEAN" and not plain else ()

    @property
    def text_sql(self) -> str:
        """SQL: its values as text, yes and no in the source's words."""
        if not self.boolean_words:
            return f"cast({self.sql} as varchar)"
        no, yes = map(literal, self.boolean_words)
        return f"case when {self.sql} then {yes} when not {self.sql} then {no} end"

    @property
    def sql(self) -> str:
        """The quoted identifier that conditions use for it."""
        return identifier(self.physical)


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------------------------------------------- types


def kept_type(declared: str) -> str:
    """The type a column of type `declared` is stored in: Parquet has no timestamps coarser than milliseconds."""
    return "TIMESTAMP" if declared in _COARSE_TIMESTAMPS else declared


def is_nested(type_: str) -> bool:
    """Whether values of `type_` are lists, structs or maps."""
    return type_.endswith("]") or type_.startswith(("STRUCT(", "MAP(", "UNION("))


def is_float(type_: str) -> bool:
    """Whether `type_` is a binary floating type."""
    return type_ in _FLOATS


def widened(old: str, new: str) -> str:
    """The narrowest type that every value of both types can be cast to without losing anything; else text.

    >>> widened("INTEGER", "DOUBLE"), widened("BIGINT", "DOUBLE"), widened("TINYINT", "UTINYINT")
    ('DOUBLE', 'VARCHAR', 'SMALLINT')
    """
    if old == new:
        return old
    numbers = (*_DIGITS, *_FLOATS)
    if old in _FLOATS and new in _FLOATS:
        return "DOUBLE"
    if old in _DIGITS and new in _DIGITS:
        return _wider_integer(old, new)
    if {old, new} & set(_FLOATS) and old in numbers and new in numbers:
        return "DOUBLE" if all(_DIGITS.get(t, 0) <= 10 for t in (old, new)) else "VARCHAR"
    return _wider_decimal(old, new) or "VARCHAR"


def _wider_integer(old: str, new: str) -> str:
    for ladder in (_SIGNED, _UNSIGNED):
        if old in ladder and new in ladder:
            return ladder[max(ladder.index(old), ladder.index(new))]
    signed, unsigned = (old, new) if old in _SIGNED else (new, old)
    rank = max(_SIGNED.index(signed), _UNSIGNED.index(unsigned) + 1)
    return _SIGNED[rank] if rank < len(_SIGNED) else "DECIMAL(38,0)"


def _wider_decimal(old: str, new: str) -> str | None:
    whole, scale = 0, 0
    for type_ in (old, new):
        if match := _DECIMAL.fullmatch(type_):
            width, places = int(match[1]), int(match[2])
        elif type_ in _DIGITS:
            width, places = _DIGITS[type_], 0
        else:
            return None
        whole, scale = max(whole, width - places), max(scale, places)
    return f"DECIMAL({whole + scale},{scale})" if whole + scale <= 38 else None


def with_type(types: tuple[str, ...], new: str | None) -> tuple[str, ...]:
    """The list `types` after values of type `new` (None: no value) have joined."""
    if new is None:
        return types
    if not types:
        return (new,)
    wide = widened(types[-1], new)
    return types if wide == types[-1] else (*types, wide)


def chained(source: str, stored: str, types: Sequence[str]) -> str:
    """SQL: `source`, which a file holds as `stored`, cast through all types that came after that one.

    Raises
    ------
    DamagedError
        The column never had the type `stored`.
    """
    if stored not in types:
        raise DamagedError(
            "A piece of this data set has a column of a type that the column never had.",
            reason=f"The piece holds {stored}, the column has been {', '.join(types)}.",
            remedy="Run doctor; restore the project from a backup.",
        )
    expression = f"cast({source} as {stored})"
    for type_ in types[types.index(stored) + 1 :]:
        expression = f"cast({expression} as {type_})"
    return expression


def stored_as(expression: str, type_: str) -> str:
    """SQL: `expression` as a file keeps it; -0.0 becomes 0.0, since DuckDB's Parquet writer mixes the two."""
    value = f"cast({expression} as {type_})"
    return f"cast({value} + 0 as {type_})" if is_float(type_) else value


def row_hash(values: Iterable[tuple[str, str]]) -> str:
    """SQL: 64-bit hash of a row of (expression, type); nested values need their text, NULL in them hashes as nothing."""
    parts: list[str] = ["0"]
    for expression, type_ in values:
        if is_nested(type_):
            parts += [expression, f"cast({expression} as varchar)"]
        elif type_ == "BLOB":  # equality of blobs read from Parquet was seen wrong, of their text never
            parts.append(f"hex({expression})")
        else:
            parts.append(expression)
    return f"hash({', '.join(parts)})"


# ---------------------------------------------------------------------------------------------------- names


def occurrences(names: Iterable[str]) -> list[tuple[str, int]]:
    """Each name with how often it stood before: what tells columns of one name apart."""
    seen: dict[str, int] = {}
    found: list[tuple[str, int]] = []
    for name in names:
        found.append((name, seen.get(name, 0)))
        seen[name] = seen.get(name, 0) + 1
    return found


def matched(columns: Sequence[Column], names: Sequence[str]) -> list[Column | None]:
    """For each written name the column it continues: same name, same occurrence of it."""
    by_place = dict(zip(occurrences(c.name for c in columns), columns, strict=True))
    return [by_place.get(place) for place in occurrences(names)]


def physical_names(columns: Sequence[Column], names: Sequence[str], used: Collection[str]) -> list[str]:
    """A physical name for each written name: its column's own, or one that was never used.

    Parameters
    ----------
    columns : sequence of Column
        Of the version that is continued.
    names : sequence of str
        Written names, in order.
    used : collection of str
        Every physical name the data set has ever had.
    """
    found = [column.physical if column else None for column in matched(columns, names)]
    taken = {name.casefold() for name in (*used, *(c.physical for c in columns))} | RESERVED
    result: list[str] = []
    for kept, name in zip(found, names, strict=True):
        physical = kept or fresh_name(name, taken)
        taken.add(physical.casefold())
        result.append(physical)
    return result


def fresh_name(name: str, taken: Collection[str]) -> str:
    """A physical name after `name` that isn't in `taken` (case-folded) and that SQL can quote."""
    base = name.replace("\0", "") or "column"
    number, candidate = 1, base
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{base}_{number}"
    return candidate


def labels(columns: Sequence[Column]) -> list[str]:
    """Names to show or export under: as written, numbered where two would be one (DuckDB ignores case)."""
    taken: set[str] = set()
    result: list[str] = []
    for column in columns:
        label = fresh_name(column.name, taken)
        taken.add(label.casefold())
        result.append(label)
    return result


def found_column(columns: Sequence[Column], name: str) -> Column:
    """The column written `name` (or shown under the label `name`).

    Raises
    ------
    NotFoundError
        There is none; says which there are.
    """
    for column in columns:
        if column.name == name:
            return column
    for column, label in zip(columns, labels(columns), strict=True):
        if label == name:
            return column
    known = ", ".join(f"“{c.name}”" for c in columns[:20])
    raise NotFoundError(f"There is no column “{name}”.", reason=f"The columns are {known}.")


def types_of(columns: Sequence[Column]) -> dict[str, str]:
    """Physical name to type, of the columns that have values: what a file written now holds."""
    return {c.physical: c.types[-1] for c in columns if c.types}
