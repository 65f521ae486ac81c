"""How a text becomes a value of each type, and the proof on every row that nothing of it is lost.

A `Reading` holds SQL about ``{v}``, the text, and ``{x}``, its value. The proofs are made to be cheap for what is
common and strict for the rest: a cast of DuckDB alone takes ``1_000``, `` 1 ``, ``2024-1-5`` or an offset that it
then drops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mlops_desktop.domain.imports import ColumnType, Spelling
from mlops_desktop.store.reading.sql import literal

EXACT_DIGITS = 17
"""Significant digits that a double gives back when a program wrote them."""
WHOLE_DIGITS = 15
"""Digits of a whole number that a double surely gives back."""

NO_UNDERSCORE = "NOT contains({v}, '_')"
"""Needed in a text that has one somewhere: a cast takes ``1_000`` for 1000."""


@dataclass(frozen=True)
class Reading:
    """How the values of one column are read."""

    type: ColumnType
    duckdb: str
    value: str = "{v}"
    """SQL of the value; null where the text is none."""
    proof: str = "true"
    """SQL that is true where the value is all that the text says."""
    why: str = ""
    missing: tuple[str, ...] = ()
    """Spellings that stand for a missing value."""
    trims: bool = False
    """Whether blanks around the text go away first."""
    notable: bool = False
    has_values: bool = True
    is_chosen: bool = False
    """Whether a person chose the type."""
    misfits_are_missing: bool = False
    """Whether a person chose that what does not fit is missing."""
    problem: str = ""
    """What should be looked at, in a sentence; empty when nothing."""
    problem_row: int | None = None
    undecided: str = ""
    """What no row decides: ``date order`` or ``decimal mark``."""
    words: tuple[str, ...] = ()
    """Of yes and no: the word for no and the word for yes, where each has one spelling alone."""
    is_local: bool = False
    """Whether its numbers or dates are written as in some country: with a decimal comma, marks, or the day first."""

    spelling: Spelling = field(default_factory=Spelling)
    """How its values are written; without its words for missing."""

    def value_of(self, text: str) -> str:
        """SQL of the value of the SQL expression `text`."""
        return self.value.replace("{v}", text)

    def proof_of(self, text: str, value: str) -> str:
        """SQL of the proof that `value` is all that `text` says."""
        return self.proof.replace("{v}", text).replace("{x}", value)

    @property
    def is_plain(self) -> bool:
        """Whether the column is written as it stands."""
        return self.value == "{v}" and self.proof == "true" and not self.missing


def text(why: str, *, notable: bool = False) -> Reading:
    """The column as written."""
    return Reading(ColumnType.TEXT, "VARCHAR", why=why, notable=notable)


def undecided(what: str, why: str, problem: str, row: int) -> Reading:
    """The column as written, for want of a row that decides between two readings; a person can."""
    return replace(text(why, notable=True), problem=problem, problem_row=row, undecided=what)


def boolean(yes: Iterable[str], no: Iterable[str], why: str) -> Reading:
    """Words for yes and no, each in the spellings that were seen."""
    yes, no = sorted(yes), sorted(no)
    yes_words, no_words = (", ".join(literal(word) for word in words) for words in (yes, no))
    branches = f"WHEN {{v}} IN ({yes_words}) THEN true " if yes_words else ""
    branches += f"WHEN {{v}} IN ({no_words}) THEN false " if no_words else ""
    words = (*no, *yes) if len(yes) == len(no) == 1 else ()
    return Reading(ColumnType.BOOLEAN, "BOOLEAN", f"CASE {branches}END", "{x} IS NOT NULL", why, words=words)


def integer(why: str, missing: tuple[str, ...] = ()) -> Reading:
    """64-bit whole numbers, proved by their text."""
    value = "try_cast({v} AS BIGINT)"
    return Reading(
        ColumnType.INTEGER, "BIGINT", value, "{x}::VARCHAR = {v}", why, missing, notable=bool(missing)
    )


def big_integer(why: str, missing: tuple[str, ...] = ()) -> Reading:
    """Whole numbers of up to 38 digits, proved by their text."""
    kind = "DECIMAL(38,0)"
    return Reading(
        ColumnType.BIG_INTEGER, kind, f"try_cast({{v}} AS {kind})", "{x}::VARCHAR = {v}", why, missing
    )


def _quick_real(plain: str) -> str:
    """True for a common number of at most 15 letters, or of at most 17 digits with a point.

    Begins with a digit that is no leading zero, is within range, and has nothing that a cast would skip. Each test
    costs 2 to 9 ns a value; the pattern of `_strict_real` alone 40.
    """
    begins = " OR ".join(
        f"({plain} >= '{low}' AND {plain} < '{high}')"
        for low, high in (("0.", "0/"), ("-1", "-:"), ("-0.", "-0/"))
    )
    short = (
        f"strlen({plain}) <= 15 OR (strlen({plain}) <= 18 + ({plain} < '1')::INT AND contains({plain}, '.'))"
    )
    short = f"({short}) AND {_few_whole_digits(plain)}"
    clean = f"{NO_UNDERSCORE.replace('{v}', plain)} AND NOT ends_with({plain}, ' ') AND NOT ends_with({plain}, '\t')"
    return f"({short}) AND ({plain} >= '1' OR {begins}) AND isfinite({{x}}) AND {{x}} <> 0 AND {clean}"


def _few_whole_digits(plain: str) -> str:
    """True where a double surely gives back what stands before the point: 9007199254740993.0 it does not."""
    return f"strpos({plain}, '.') <= {WHOLE_DIGITS + 1} + ({plain} < '0')::INT"


def _strict_real(plain: str) -> str:
    """True for any number as people and programs write it, within a double's digits and range."""
    shape = r"-?(0|[1-9][0-9]*|[.][0-9]+|(0|[1-9][0-9]*)[.][0-9]*)([eE][-+]?[0-9]+)?"
    digits = f"strlen(regexp_replace(ltrim(translate({plain}, '-.', ''), '0'), '[eE].*', ''))"
    fine = f"contains({plain}, '.') OR contains(lower({plain}), 'e')"
    return (
        f"regexp_full_match({plain}, {literal(shape)}) AND isfinite({{x}}) "
        f"AND ({{x}} <> 0 OR NOT regexp_matches({plain}, '^-?[0-9.]*[1-9]')) "
        f"AND (({fine}) AND {digits} <= {EXACT_DIGITS} AND {_few_whole_digits(plain)} OR {digits} <= {WHOLE_DIGITS} "
        f"OR try_cast({{x}} AS DECIMAL(38,0))::VARCHAR = {plain})"
    )


def _well_marked(marks: str, decimal: str, stripped: str) -> str:
    """True where marks stand between groups of three digits alone: ``1.23`` is no 123, whatever the marks are."""
    others = marks + ("." if decimal != "." and "." not in marks else "")
    text = f"trim(translate({{v}}, {literal(stripped)}, ''))" if stripped else "{v}"
    if not others:
        return "true"
    group, point, odd = (f"[{re.escape(letters)}]" for letters in (marks or " ", decimal, others + decimal))
    rest = odd.replace("[", "[^", 1)
    grouped = f"-?[0-9]{{1,3}}({group}[0-9]{{3}})+({point}{rest}*)?" if marks else "-"
    return (
        f"strlen(translate({text}, {literal(others)}, '')) = strlen({text}) "
        f"OR regexp_full_match({text}, {literal(grouped)})"
    )


def real(
    why: str, *, marks: str = "", decimal: str = ".", stripped: str = "", notable: bool = False
) -> Reading:
    """Doubles.

    Parameters
    ----------
    why : str
        The reason to show.
    marks : str
        Thousands marks, which go away before reading.
    decimal : str
        The decimal mark, which becomes the point.
    stripped : str
        Signs around the number that go away, such as a percent sign.
    notable : bool
        Whether the report has to say it.
    """
    plain = "{v}"
    if marks or stripped or decimal != ".":
        plain = f"trim(translate({{v}}, {literal(decimal + marks + stripped)}, '.'))"
    special = "regexp_full_match({v}, '(?i)nan|[-+]?inf(inity)?')"
    shape = "" if plain == "{v}" else f"WHEN NOT ({_well_marked(marks, decimal, stripped)}) THEN false "
    proof = (
        f"CASE {shape}WHEN {_quick_real(plain)} THEN true WHEN {{x}}::VARCHAR = {plain} AND isfinite({{x}}) THEN true "
        f"ELSE ({_strict_real(plain)}) OR {special} END"
    )
    return Reading(
        ColumnType.DECIMAL,
        "DOUBLE",
        f"try_cast({plain} AS DOUBLE)",
        proof,
        why,
        notable=notable,
        is_local=plain != "{v}",
        spelling=Spelling(decimal, marks, stripped),
    )


def exact_decimal(scale: int, why: str) -> Reading:
    """Decimals of up to 38 digits with a fixed number of decimals."""
    kind = f"DECIMAL(38,{scale})"
    shape = f"regexp_full_match({{v}}, '-?(0|[1-9][0-9]*)([.][0-9]{{1,{scale}}})?')"
    proof = f"{{x}} IS NOT NULL AND {shape}"
    return Reading(ColumnType.EXACT_DECIMAL, kind, f"try_cast({{v}} AS {kind})", proof, why)


def iso_date(why: str) -> Reading:
    """Dates such as 2024-03-31."""
    return Reading(ColumnType.DATE, "DATE", "try_cast({v} AS DATE)", "{x}::VARCHAR = {v}", why)


def formatted_date(shape: str, formats: tuple[str, ...], why: str, *, clock: bool = False) -> Reading:
    """Dates, or dates with a time of day, of one shape (a pattern) in one of the formats of strptime."""
    listed = ", ".join(literal(format_) for format_ in formats)
    value = f"try_strptime(replace({{v}}, 'T', ' '), [{listed}])" + ("" if clock else "::DATE")
    proof = f"{{x}} IS NOT NULL AND regexp_full_match({{v}}, {literal(shape)})"
    kind = ColumnType.TIMESTAMP if clock else ColumnType.DATE
    spelling = Spelling(dates=formats)
    return Reading(kind, kind.duckdb, value, proof, why, notable=True, is_local=True, spelling=spelling)


_LOCAL = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?"
_NANOS = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?"
_ZONED = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}.* ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"


def timestamp(why: str, *, notable: bool = False) -> Reading:
    """Local times such as 2024-03-31 02:30:00, without a zone."""
    proof = f"{{x}}::VARCHAR = {{v}} OR ({{x}} IS NOT NULL AND regexp_full_match({{v}}, '{_LOCAL}'))"
    return Reading(
        ColumnType.TIMESTAMP, "TIMESTAMP", "try_cast({v} AS TIMESTAMP)", proof, why, notable=notable
    )


def nanoseconds(why: str) -> Reading:
    """Local times with up to nine decimals of a second."""
    proof = f"{{x}} IS NOT NULL AND regexp_full_match({{v}}, '{_NANOS}')"
    return Reading(ColumnType.TIMESTAMP, "TIMESTAMP_NS", "try_cast({v} AS TIMESTAMP_NS)", proof, why)


def instant(why: str) -> Reading:
    """Times with a zone or an offset in each row."""
    proof = f"{{x}} IS NOT NULL AND regexp_full_match({{v}}, '{_ZONED}')"
    kind = "TIMESTAMP WITH TIME ZONE"
    return Reading(ColumnType.INSTANT, kind, "try_cast({v} AS TIMESTAMPTZ)", proof, why, notable=True)


def clock(why: str) -> Reading:
    """Times of day."""
    proof = f"{{x}} IS NOT NULL AND regexp_full_match({{v}}, '{_CLOCK}')"
    return Reading(ColumnType.TIME, "TIME", "try_cast({v} AS TIME)", proof, why)
