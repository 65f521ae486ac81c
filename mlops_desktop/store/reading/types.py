"""Which type a text column gets from the classes of its values.

The rule of the house: a type is taken only when every value says so and nothing of a value goes away without a
word. Where values disagree the column is text as written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mlops_desktop.domain.imports import ColumnType, DateOrder, ImportOptions
from mlops_desktop.store.reading.proofs import (
    EXACT_DIGITS,
    WHOLE_DIGITS,
    Reading,
    big_integer,
    boolean,
    clock,
    exact_decimal,
    formatted_date,
    instant,
    integer,
    iso_date,
    nanoseconds,
    real,
    text,
    timestamp,
    undecided,
)
from mlops_desktop.store.reading.values import ColumnValues, Seen


@dataclass(frozen=True)
class Marks:
    """What the columns of a file say together of its decimal mark."""

    comma: bool = False
    """Whether some column writes its decimals with a comma."""
    open: bool = False
    """Whether a point may be one of thousands: semicolons separate, as where the comma is the decimal mark."""


def decide(values: ColumnValues, options: ImportOptions, marks: Marks | None = None) -> Reading:
    """The reading of a column from all that was seen in it.

    Parameters
    ----------
    values : ColumnValues
        The classes of its values.
    options : ImportOptions
        `decimal_mark`, `thousands_mark`, `date_order` and `missing` where a person gave them.
    marks : Marks, optional
        What is known of the other columns.
    """
    seen = {name: s for name, s in values.classes.items() if name not in ("empty", "token")}
    token = values.classes.get("token")
    if not seen:
        if token:
            return text(f"Only {_some(token.spellings)}, which stay as written.")
        if values.rows == 0 or "empty" not in values.classes:
            return Reading(ColumnType.TEXT, "VARCHAR", "{v}", "true", "No value yet.", has_values=False)
        return text("Only empty texts.")
    reading = _typed(seen, options, marks or Marks())
    if reading is None:
        return text(_why_text(seen))
    if reading.type is ColumnType.TEXT:
        return reading
    return _with_missing(reading, values, seen, token)


def _with_missing(
    reading: Reading, values: ColumnValues, seen: dict[str, Seen], token: Seen | None
) -> Reading:
    """The same reading with tokens for missing, blanks and empty texts looked after."""
    empty = values.classes.get("empty")
    missing = ("",) if empty else ()
    why, notable = reading.why, reading.notable
    if token:
        missing += token.spellings
        why += (
            f" {token.count} cells with {_some(token.spellings)} are missing, first in row {token.first_row}."
        )
        notable = True
    padded = sum(s.padded for s in seen.values())
    if padded:
        why += f" Blanks around {padded} values were removed."
        notable = True
    trims = padded > 0 or any(s.padded for s in (empty, token) if s)
    missing += reading.missing
    if trims:
        missing = tuple(dict.fromkeys(spelling.strip(" ") for spelling in missing))
    return replace(reading, why=why, missing=missing, trims=trims, notable=notable)


def _some(spellings: Iterable[str]) -> str:
    listed = sorted(spellings)
    return ", ".join(f"“{s}”" for s in listed[:6]) + (" ..." if len(listed) > 6 else "")


def _why_text(seen: dict[str, Seen]) -> str:
    others = {n: s for n, s in seen.items() if n != "text" and not n.startswith("bool ")}
    if "text" not in seen or not others:
        return "Words." if "text" in seen else f"Values of several kinds: {_kinds(seen)}."
    odd = min(seen.items(), key=lambda item: item[1].count)
    return f"Values of several kinds: {_kinds(seen)}; “{odd[1].example[:60]}” in row {odd[1].first_row}."


def _kinds(seen: dict[str, Seen]) -> str:
    ranked = sorted(seen.items(), key=lambda item: -item[1].count)
    return ", ".join(f"{s.count} like “{s.example[:30]}”" for _, s in ranked[:4])


def _typed(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    kinds = set(seen)
    for sign, word in (("leading zero", "Leading zeros"), ("plus", "Plus signs")):
        if sign in kinds:
            return text(
                f"{word}, as in “{seen[sign].example}” in row {seen[sign].first_row}: a code, kept as written."
            )
    for decide_kind in (_boolean, _whole, _marked, _real, _date, _instant, _clock):
        reading = decide_kind(seen, options, marks)
        if reading is not None:
            return reading
    return None


def _boolean(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    if not all(kind.startswith("bool ") for kind in seen):
        return None
    families = {kind.split(" ")[1] for kind in seen}
    ends = {kind.rsplit(" ", 1)[1] for kind in seen}
    if any(s.padded for s in seen.values()):
        return text("Some words have blanks around them: kept as written.")
    if len(ends) < 2 and families != {"true/false"}:
        return text("Only one word, kept as written.")
    spelled = {
        end: {w for k, s in seen.items() if k.endswith(f" {end}") for w in s.spellings}
        for end in ("yes", "no")
    }
    return boolean(spelled["yes"], spelled["no"], f"Only {_some(spelled['yes'] | spelled['no'])}.")


def _whole(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    if not set(seen) <= {"integer", "long integer", "nan"} or set(seen) == {"nan"}:
        return None
    nan = seen.get("nan")
    missing = nan.spellings if nan else ()
    why = f" {nan.count} nan (not a number) are missing." if nan else ""
    if "long integer" not in seen:
        return integer(f"Whole numbers.{why}", missing)
    most = max(seen[k].whole_digits for k in ("integer", "long integer") if k in seen)
    if most > 38:
        return text(
            f"Whole numbers of up to {most} digits, more than any number type holds: kept as written."
        )
    return big_integer(f"Whole numbers of up to {most} digits, all kept.{why}", missing)


def _real(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    numbers = {"integer", "long integer", "point", "loose point", "exponent", "power", "nan", "infinite"}
    kinds = set(seen)
    if not kinds <= numbers or kinds <= {"nan"}:
        return None
    if "power" in kinds and not kinds & {"point", "exponent", "loose point"}:
        power = seen["power"]
        return text(
            f"“{power.example}” in row {power.first_row} may be a code or a number: kept as text.",
            notable=True,
        )
    point = seen.get("point")
    is_open = options.decimal_mark is None and (marks.comma or marks.open)
    if is_open and point and point.is_grouped and kinds <= {"point", "integer"}:
        return _open_mark(point, "point", "other columns have a decimal comma" if marks.comma else "")
    fine = [s for k, s in seen.items() if k in ("point", "loose point", "exponent")]
    digits = max((s.digits for s in fine), default=0)
    whole = max((seen[k].whole_digits for k in ("integer", "long integer", "point") if k in seen), default=0)
    if digits > EXACT_DIGITS or whole > WHOLE_DIGITS:
        return _many_digits(seen, digits, whole)
    why, notable = "Numbers with a point.", False
    if point and point.ends_with_zero and point.least_scale < point.most_scale:
        why = f"Numbers; {point.ends_with_zero:,} have a trailing zero that goes away, and could be codes (then choose text)."
        notable = True
    why, notable = _special_words(seen, why, notable)
    return real(why, notable=notable)


def _open_mark(seen: Seen, mark: str, but: str = "") -> Reading:
    """A column whose numbers may be written with a mark of decimals or one of thousands."""
    decides = but or "no value of the file decides"
    why = f"“{seen.example}” may have a thousands or a decimal {mark}, and {decides}: kept as text."
    problem = f"“{seen.example}” may have a thousands or a decimal {mark}."
    return undecided("decimal mark", why, problem, seen.first_row)


def _special_words(seen: dict[str, Seen], why: str, notable: bool) -> tuple[str, bool]:
    """What has to be said about values that are no ordinary numbers."""
    for kind, words in (("nan", "not a number (nan)"), ("infinite", "infinite")):
        if kind in seen:
            why, notable = f"{why} {seen[kind].count} values are {words} and kept.", True
    if "point" in seen and seen["point"].example.startswith("-0"):
        why += " A minus sign before zero is not kept."
    return why, notable


def _many_digits(seen: dict[str, Seen], digits: int, whole: int) -> Reading:
    if set(seen) <= {"integer", "long integer", "point"}:
        scale = max(seen["point"].most_scale, 1) if "point" in seen else 1
        before = max(s.whole_digits for s in seen.values())
        if before + scale <= 38:
            return exact_decimal(
                scale, f"Up to {max(digits, whole)} digits, more than a double keeps: exact decimals."
            )
    return text(
        f"Up to {max(digits, whole)} digits, more than a number keeps: kept as written.", notable=True
    )


def _marked(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    """Numbers with a decimal comma or thousands marks."""
    kinds = set(seen)
    comma = {"comma", "comma and points", "comma of three", "points", "comma and spaces", "integer"}
    point = {"point and commas", "commas", "comma of three", "point", "integer"}
    told_comma = options.decimal_mark == ","
    grouped = "point" in seen and seen["point"].is_grouped
    if grouped:
        comma |= {"point"}
    if kinds & {"comma", "comma and spaces"}:
        comma |= {"spaces"}
    if kinds <= comma and (
        kinds & {"comma", "comma and points", "comma and spaces"} or (told_comma and kinds != {"integer"})
    ):
        thousands = " Points are thousands marks." if kinds & {"comma and points", "points", "point"} else ""
        return real(
            f"The comma was taken as decimal mark.{thousands}",
            marks=". \u00a0\u202f",
            decimal=",",
            notable=True,
        )
    if told_comma and kinds <= comma | {"point"} and not kinds <= {"integer", "point"}:
        return None
    if kinds <= point and kinds & {"point and commas", "commas"} and not marks.comma:
        return real(
            "The point was taken as decimal mark, commas as thousands marks.", marks=",", notable=True
        )
    if kinds <= point and "comma of three" in kinds and "," not in (options.decimal_mark or ","):
        return real(
            "Commas are thousands marks, for you chose the point as decimal mark.", marks=",", notable=True
        )
    if kinds <= point and "comma of three" in kinds and options.thousands_mark == ",":
        return real("Commas are thousands marks, as you chose.", marks=",", notable=True)
    if kinds <= {"comma of three", "integer"} and marks.comma:
        return real(
            "The comma was taken as decimal mark, as in the other columns.", decimal=",", notable=True
        )
    if kinds <= {"comma of three", "integer"} and "comma of three" in kinds:
        return _open_mark(seen["comma of three"], "comma")
    if kinds <= {"points", "integer"} and "points" in kinds:
        return text(f"“{seen['points'].example}” may be grouped or a code: kept as text.", notable=True)
    if kinds <= {"apostrophes", "integer", "point"} and "apostrophes" in kinds:
        return real("Apostrophes were taken as thousands marks.", marks="'’", notable=True)
    if kinds <= {"spaces", "integer", "point"} and "spaces" in kinds:
        return real("Blanks were taken as thousands marks.", marks=" \u00a0\u202f", notable=True)
    return None


def _date(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    kinds = set(seen)
    if kinds == {"date"}:
        return iso_date("Year first in all rows.")
    if kinds == {"date / year"}:
        return formatted_date("[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", ("%Y/%m/%d",), "Year first in all rows.")
    if "bad date" in kinds and kinds <= {"date", "bad date", "timestamp"}:
        bad = seen["bad date"]
        return text(
            f"“{bad.example}” in row {bad.first_row} ({bad.count} in all) is no date: kept as text.",
            notable=True,
        )
    for mark in "/.-":
        if all(kind.startswith(f"date {mark} ") and kind != "date / year" for kind in kinds):
            return _day_and_month(seen, mark, options.date_order)
    return None


def _day_and_month(seen: dict[str, Seen], mark: str, order: DateOrder | None) -> Reading:
    """One order for the whole column, from all of its rows."""
    told = {kind: s for kind, s in seen.items() if not kind.startswith(f"date {mark} either")}
    days = [s for kind, s in told.items() if kind.split(" ")[2] == "day"]
    months = [s for kind, s in told.items() if kind.split(" ")[2] == "month"]
    bad = [s for kind, s in told.items() if kind.split(" ")[2] == "bad"]
    clocks = {kind.endswith(" clock") for kind in seen}
    if bad:
        return text(f"“{bad[0].example}” in row {bad[0].first_row} is no date: kept as text.", notable=True)
    if days and months:
        return text(
            f"“{days[0].example}” in row {days[0].first_row} has the day first, “{months[0].example}” in row "
            f"{months[0].first_row} the month first: kept as text.",
            notable=True,
        )
    if not days and not months and order is None and mark != ".":
        first = next(iter(seen.values()))
        return undecided(
            "date order",
            f"Ambiguous: no row decides between day first and month first (as in “{first.example}”): kept as text.",
            "No row decides between day first and month first.",
            first.first_row,
        )
    day_first = bool(days) or (not months and order != "month first")
    deciding = (days or months or [None])[0]
    why = "Day first" if day_first else "Month first"
    why += (
        f", decided by “{deciding.example}” in row {deciding.first_row}."
        if deciding
        else ", as you chose."
        if order
        else "."
    )
    date = f"%d{mark}%m{mark}%Y" if day_first else f"%m{mark}%d{mark}%Y"
    shape = f"[0-9]{{1,2}}[{mark}][0-9]{{1,2}}[{mark}][0-9]{{4}}"
    if clocks == {False}:
        return formatted_date(shape, (date,), why)
    formats = tuple(f"{date}{clock}" for clock in (" %H:%M:%S.%f", " %H:%M:%S", " %H:%M", ""))
    return formatted_date(
        f"{shape}([ T][0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,6}})?)?)?", formats, why, clock=True
    )


def _instant(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    kinds = set(seen)
    if kinds and kinds <= {"timestamp", "date"} and "timestamp" in kinds:
        dates = f" {seen['date'].count} dates without a time are midnight." if "date" in kinds else ""
        return timestamp(f"Local times, as written.{dates}", notable=bool(dates))
    if kinds == {"instant"}:
        return instant("Each row has its zone or offset: kept as instants, shown in UTC.")
    if "instant" in kinds and kinds <= {"instant", "timestamp", "date"}:
        zoned, local = seen["instant"], next(s for k, s in seen.items() if k != "instant")
        return text(
            f"{zoned.count} rows have a zone, {local.count} have none (first in row {local.first_row}): kept as text.",
            notable=True,
        )
    if "nanoseconds" in kinds and kinds <= {"nanoseconds", "timestamp"}:
        return nanoseconds("Local times to the nanosecond.")
    return None


def _clock(seen: dict[str, Seen], options: ImportOptions, marks: Marks) -> Reading | None:
    if set(seen) == {"time"}:
        return clock("Times of day.")
    if set(seen) == {"duration"} or set(seen) == {"duration", "time"}:
        return text("Durations, or times beyond 24 hours: kept as written.")
    return None
