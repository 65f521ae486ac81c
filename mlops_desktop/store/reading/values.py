"""What the values of a text column look like: each value falls into one class, counted by SQL over all rows.

The class is lexical ("digits with a leading zero", "a date whose first number is over 12") and never loses
anything; which type a column gets is decided from its classes in `types`. One query serves any number of
columns, for they are laid under each other first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlops_desktop.store.reading.sql import Cursor, literal

MISSING_TOKENS = (
    "na",
    "n/a",
    "#n/a",
    "n.a.",
    "null",
    "none",
    "nil",
    "-",
    "--",
    "?",
    ".",
    "<na>",
    "missing",
    "\\n",
)
"""Words for a missing value (in lower case) where a column otherwise holds numbers, dates or yes and no."""

BOOLEANS: Mapping[str, tuple[str, str]] = {
    "true/false": ("true", "false"),
    "yes/no": ("yes", "no"),
    "y/n": ("y", "n"),
    "t/f": ("t", "f"),
    "on/off": ("on", "off"),
    "ja/nein": ("ja", "nein"),
    "oui/non": ("oui", "non"),
}

_GROUP = "[0-9]{1,3}"
_DAY = "[0-9]{1,2}"
_CLOCK = "[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
_ISO_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"


def _matches(pattern: str) -> str:
    return f"regexp_full_match(t, {literal(pattern)})"


def _day_month(separator: str) -> list[tuple[str, str]]:
    """Classes of dates such as 3/4/2024, by what their two first numbers say."""
    mark = "." if separator == "." else separator
    shape = _matches(f"{_DAY}[{mark}]{_DAY}[{mark}][0-9]{{4}}({_CLOCK})?")
    day, month = (
        f"try_cast(split_part(t, '{mark}', 1) AS INT)",
        f"try_cast(split_part(t, '{mark}', 2) AS INT)",
    )
    clock = "CASE WHEN contains(t, ':') THEN ' clock' ELSE '' END"
    format_ = f"'%d{mark}%m{mark}%Y'"
    swapped = f"'%m{mark}%d{mark}%Y'"
    bare = "split_part(replace(t, 'T', ' '), ' ', 1)"
    kind = (
        f"CASE WHEN {month} > 12 THEN CASE WHEN try_strptime({bare}, {swapped}) IS NULL THEN 'bad' ELSE 'month' END "
        f"WHEN {day} > 12 THEN CASE WHEN try_strptime({bare}, {format_}) IS NULL THEN 'bad' ELSE 'day' END "
        f"WHEN try_strptime({bare}, {format_}) IS NULL THEN 'bad' ELSE 'either' END"
    )
    return [(shape, f"'date {mark} ' || {kind} || {clock}")]


def _cases() -> list[tuple[str, str]]:
    """Tests in order, the commonest first, and the class (an SQL expression) of what passes."""
    booleans = [
        (
            f"lower(t) IN ({literal(yes)}, {literal(no)})",
            f"'bool {name} ' || CASE WHEN lower(t) = {literal(yes)} THEN 'yes' ELSE 'no' END",
        )
        for name, (yes, no) in BOOLEANS.items()
    ]
    tokens = ", ".join(literal(token) for token in MISSING_TOKENS)
    return [
        ("t = ''", "'empty'"),
        ("try_cast(t AS BIGINT)::VARCHAR = t", "'integer'"),
        (_matches(r"-?(0|[1-9][0-9]*)\.[0-9]+"), "'point'"),
        ("t >= 'A' AND t < '~' AND strlen(t) > 10", "'text'"),
        (f"lower(t) IN ({tokens})", "'token'"),
        *booleans,
        *_numbers(),
        *_times(),
        *_local_numbers(),
    ]


def _numbers() -> list[tuple[str, str]]:
    """Classes of numbers as programs write them, of which some are no number."""
    real = "try_cast(t AS DOUBLE)"
    whole_power = _matches("-?[0-9]+[eE][+]?[0-9]+")
    return [
        (_matches("-?[1-9][0-9]*"), "'long integer'"),
        ("t = '-0'", "'point'"),
        (_matches(r"[-+]?0[0-9]+([.,][0-9]*)?([eE][-+]?[0-9]+)?"), "'leading zero'"),
        (_matches(r"\+[0-9].*"), "'plus'"),
        (
            _matches(r"-?([0-9]+([.][0-9]*)?|[.][0-9]+)[eE][-+]?[0-9]+"),
            f"CASE WHEN NOT isfinite({real}) OR ({real} = 0 AND regexp_matches(t, '^-?[0-9.]*[1-9]')) THEN 'out of range' "
            f"WHEN {whole_power} THEN 'power' ELSE 'exponent' END",
        ),
        (_matches(r"-?([.][0-9]+|[0-9]+[.])"), "'loose point'"),
        (_matches("(?i)nan|[-+]?nan"), "'nan'"),
        (_matches("(?i)[-+]?inf(inity)?"), "'infinite'"),
    ]


def _times() -> list[tuple[str, str]]:
    """Classes of dates, times of day and both."""
    return [
        (
            _matches(r"\d{4}-\d{2}-\d{2}"),
            "CASE WHEN try_cast(t AS DATE)::VARCHAR = t THEN 'date' ELSE 'bad date' END",
        ),
        (
            _matches(rf"{_ISO_TIME}(:\d{{2}}([.]\d{{1,6}})?)?"),
            "CASE WHEN try_cast(t AS TIMESTAMP) IS NULL THEN 'bad date' ELSE 'timestamp' END",
        ),
        (
            _matches(rf"{_ISO_TIME}:\d{{2}}[.]\d{{7,9}}"),
            "CASE WHEN try_cast(t AS TIMESTAMP_NS) IS NULL THEN 'bad date' ELSE 'nanoseconds' END",
        ),
        (
            _matches(rf"{_ISO_TIME}(:\d{{2}}([.]\d{{1,6}})?)? ?(Z|[+-]\d{{2}}(:?\d{{2}})?)"),
            "CASE WHEN try_cast(t AS TIMESTAMPTZ) IS NULL THEN 'bad date' ELSE 'instant' END",
        ),
        *_day_month("/"),
        *_day_month("."),
        *_day_month("-"),
        (
            _matches(r"\d{4}/\d{1,2}/\d{1,2}"),
            "CASE WHEN try_strptime(t, '%Y/%m/%d') IS NULL THEN 'bad date' ELSE 'date / year' END",
        ),
        (
            _matches(r"\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?"),
            "CASE WHEN try_cast(t AS TIME) IS NULL THEN 'duration' ELSE 'time' END",
        ),
        (_matches(r"-?\d+:\d{2}(:\d{2}([.]\d+)?)?"), "'duration'"),
    ]


def _local_numbers() -> list[tuple[str, str]]:
    """Classes of numbers as people write them: with marks of thousands, a decimal comma, a percent sign, a currency."""
    return [
        (_matches(rf"-?{_GROUP}([.]\d{{3}})+,\d+"), "'comma and points'"),
        (_matches(rf"-?{_GROUP}(,\d{{3}})+[.]\d+"), "'point and commas'"),
        (_matches(r"-?[1-9]\d{0,2}(,\d{3}){2,}"), "'commas'"),
        (_matches(r"-?[1-9]\d{0,2}([.]\d{3}){2,}"), "'points'"),
        (_matches(r"-?[1-9]\d{0,2},\d{3}"), "'comma of three'"),
        (_matches(r"-?(0|[1-9]\d*),\d+"), "'comma'"),
        (_matches(rf"-?{_GROUP}(['’]\d{{3}})+([.]\d+)?"), "'apostrophes'"),
        (_matches(r"-?[1-9]\d{0,2}([ \x{a0}\x{202f}]\d{3})+([.]\d+)?"), "'spaces'"),
        (_matches(r"-?[1-9]\d{0,2}([ \x{a0}\x{202f}]\d{3})+,\d+"), "'comma and spaces'"),
        (_matches(r"-?[0-9][0-9.,]* ?%"), "'percent'"),
        (_matches(r"-?\p{Sc} ?-?[0-9][0-9.,' ]*|-?[0-9][0-9.,' ]* ?\p{Sc}"), "'currency'"),
        (_matches(r"\(\p{Sc}?[0-9][0-9.,]*\)"), "'in brackets'"),
    ]


def class_of() -> str:
    """The SQL of the class of a text `t`."""
    branches = " ".join(f"WHEN {test} THEN {name}" for test, name in _cases())
    return f"CASE {branches} ELSE 'text' END"


@dataclass(frozen=True)
class Seen:
    """The values of one class in one column."""

    count: int
    first_row: int
    """Data row of the first of them, from 1."""
    example: str
    """The value in that row."""
    digits: int = 0
    """Most significant digits in a value."""
    whole_digits: int = 0
    """Most digits before the point."""
    least_scale: int = 0
    most_scale: int = 0
    ends_with_zero: int = 0
    """Values with a zero at the end of their decimals; ``3.0`` is how programs write a whole number, and isn't one."""
    grouped: int = 0
    """Values such as 1.234, whose point may be one of thousands."""
    padded: int = 0
    """Values with blanks around them."""
    spellings: tuple[str, ...] = ()
    """A few of the spellings, for classes that are few in kind."""

    @property
    def is_grouped(self) -> bool:
        """Whether every point may be one of thousands."""
        return self.grouped == self.count


@dataclass
class ColumnValues:
    """The classes of the values of one column."""

    rows: int = 0
    missing: int = 0
    """Cells with nothing in them."""
    classes: dict[str, Seen] = field(default_factory=dict[str, Seen])


def examine(
    cursor: Cursor, source: str, columns: Sequence[int], missing: Sequence[str] | None = None
) -> dict[int, ColumnValues]:
    """Count the classes of the values in text columns, over all rows of `source`.

    Parameters
    ----------
    cursor : Cursor
        A cursor of an open DuckDB.
    source : str
        What to read FROM; its columns are named ``c0``, ``c1`` ...
    columns : sequence of int
        Which columns.
    missing : sequence of str, optional
        Tokens that a person declared to stand for missing values.

    Returns
    -------
    dict
        The classes by number of the column.
    """
    found: dict[int, ColumnValues] = {}
    for start in range(0, len(columns), 2000):
        part = columns[start : start + 2000]
        for row in cursor.execute(_query(source, part, missing)).fetchall():
            column = found.setdefault(row[0], ColumnValues())
            column.rows += row[2]
            if row[1] is None:
                column.missing = row[2]
            else:
                column.classes[row[1]] = Seen(*row[2:12], spellings=tuple(row[12]))
    for column in columns:
        found.setdefault(column, ColumnValues())
    return found


def _query(source: str, columns: Sequence[int], missing: Sequence[str] | None) -> str:
    names = ", ".join(f"c{column}" for column in columns)
    numbers = ", ".join(str(column) for column in columns)
    tokens = ", ".join(literal(token) for token in missing or ())
    value = f"CASE WHEN trim(v, ' ') IN ({tokens}) THEN NULL ELSE v END" if tokens else "v"
    plain = "replace(replace(t, '-', ''), '.', '')"
    digits = f"ltrim({plain}, '0')"
    mantissa = f"regexp_replace({digits}, '[eE].*', '')"
    laid = f"SELECT r, unnest([{numbers}]) AS k, unnest([{names}]) AS v FROM numbered"
    if len(columns) == 1:
        laid = f"SELECT r, {numbers} AS k, {names} AS v FROM numbered"
    return f"""
        WITH numbered AS (SELECT row_number() OVER () AS r, {names} FROM {source}),
        laid AS ({laid}),
        told AS (SELECT r, k, {value} AS v FROM laid),
        trimmed AS (SELECT r, k, v, CASE WHEN v[1] = ' ' OR ends_with(v, ' ') THEN trim(v, ' ') ELSE v END AS t FROM told),
        classed AS (SELECT r, k, v, t, CASE WHEN v IS NULL THEN NULL ELSE {class_of()} END AS class FROM trimmed)
        SELECT k, class, count(*), coalesce(min(r), 0), coalesce(arg_min(v, r), ''),
               coalesce(max(CASE WHEN class IN ('point', 'loose point') THEN strlen({digits})
                                 WHEN class IN ('exponent', 'power') THEN strlen({mantissa}) END), 0),
               coalesce(max(CASE WHEN class IN ('integer', 'long integer') THEN strlen(t) - (t < '0')::INT
                                 WHEN class = 'point' THEN strlen(split_part(t, '.', 1)) - (t < '0')::INT END), 0),
               coalesce(min(CASE WHEN class = 'point' AND contains(t, '.') THEN strlen(t) - strpos(t, '.') END), 0),
               coalesce(max(CASE WHEN class = 'point' AND contains(t, '.') THEN strlen(t) - strpos(t, '.') END), 0),
               count_if(class = 'point' AND ends_with(t, '0') AND contains(t, '.') AND NOT ends_with(t, '.0')),
               count_if(class = 'point' AND strlen(t) - strpos(t, '.') = 3 AND strpos(ltrim(t, '-'), '.') BETWEEN 2 AND 4
                        AND NOT starts_with(ltrim(t, '-'), '0')), count_if(v <> t),
               coalesce(list(DISTINCT v) FILTER (class IN ('token', 'nan') OR starts_with(class, 'bool')), [])
        FROM classed GROUP BY k, class ORDER BY k, class
    """
