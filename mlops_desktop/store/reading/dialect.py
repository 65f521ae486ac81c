"""How a text writes a table: what separates and quotes its values, where the table begins, whether it has names.

Found from the first lines by counting: the separator is the one that cuts most lines into the same number of
values. Nothing here depends on the types of the values but the question whether the first row holds names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec.structs import replace as replace_options

from mlops_desktop.domain.imports import Decision, ImportOptions

SEPARATORS = (",", ";", "\t", "|", "\x01", "\x1f", "\x1e", "||", "::", "~", "^", "¦", "§", ":", " ")
_WORDS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "space",
    ":": "colon",
    "\x01": "control-A",
    "\x1f": "unit separator",
    "\x1e": "record separator",
}
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?(?:\r\n|\r|\n)")
"""The line by which Excel tells itself the separator."""
_LOOKED_AT = 400
"""Records from which the dialect is found."""
WEAK = (" ", ":", "~", "^")
"""Separators that stand in running text as well."""
_NUMBER = re.compile(
    r"\s*[-+(]?[$€£]?\s*(\d[\d.,' \u00a0\u202f]*|\.\d+)([eE][-+]?\d+)?\s*[%)]?\s*|nan|-?inf", re.I
)
_DATE = re.compile(
    r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?\s*|\s*\d{1,2}:\d{2}(:\d{2}.*)?\s*"
)
_YEAR = re.compile(r"(19|20)\d\d")
_TOKENS = frozenset({"", "na", "n/a", "null", "none", "true", "false", "-", "?"})


class EmptyTextError(Exception):
    """A text of blanks and line ends alone."""


@dataclass(frozen=True)
class Record:
    """A record of a text: its values and the line on which it begins (from 1)."""

    values: tuple[str, ...]
    line: int
    quoted: frozenset[int] = frozenset()
    """Which values stood in quotes."""


@dataclass(frozen=True)
class Dialect:
    """How the table is written."""

    delimiter: str
    quote: str
    escape: str
    first_line: int
    """Line of the first record of the table (its names, if it has them)."""
    has_header: bool
    names: tuple[str, ...]
    """Written names, made unique and not empty."""
    row_width: int
    """Values in most rows, which may be more or fewer than names."""
    decisions: tuple[Decision, ...] = ()
    notes: tuple[str, ...] = ()
    """Lines before the table, as written."""
    surplus_has_values: bool = False
    """Whether a row has a value beyond the last name."""
    spans_lines: bool = False
    """Whether a value of the rows looked at holds a line end."""
    comment: str = ""
    """The mark with which comment lines begin, if there are any."""
    has_row_names: bool = False
    """Whether each row begins with a name in quotes, under names that are one fewer, as R writes it."""
    is_aligned: bool = False
    """Whether blanks alone told the columns apart in the file."""


def split_records(
    text: str, delimiter: str, quote: str, escape: str = "", limit: int = _LOOKED_AT
) -> list[Record]:
    """The first records of a text.

    A quote counts only at the beginning of a value, as in RFC 4180; within it a doubled (or escaped) quote is a
    letter. A value whose quote is never closed reaches to the end of the text.
    """
    records: list[Record] = []
    position, line, size = 0, 1, len(text)
    while position < size and len(records) < limit:
        values, quoted, start_line = list[str](), set[int](), line
        while True:
            if quote and text.startswith(quote, position):
                value, position, lines = _quoted(text, position, quote, escape)
                quoted.add(len(values))
                line += lines
                rest, position = _plain(text, position, delimiter)
                value += rest
            else:
                value, position = _plain(text, position, delimiter)
            values.append(value)
            if not text.startswith(delimiter, position):
                break
            position += len(delimiter)
        position += 2 if text.startswith("\r\n", position) else 1
        line += 1
        records.append(Record(tuple(values), start_line, frozenset(quoted)))
    return records


def _plain(text: str, position: int, delimiter: str) -> tuple[str, int]:
    found = re.compile(f"{re.escape(delimiter)}|\r|\n").search(text, position)
    end = found.start() if found else len(text)
    return text[position:end], end


def _quoted(text: str, position: int, quote: str, escape: str) -> tuple[str, int, int]:
    """A value in quotes, the place behind it, and the line ends within."""
    start = position + 1
    at = start
    while True:
        end = text.find(quote, at)
        if end < 0:
            return text[start:], len(text), text.count("\n", start)
        if escape == "\\" and text[end - 1] == "\\":
            at = end + 1
        elif text.startswith(quote, end + 1):
            at = end + 2
        else:
            break
    value = text[start:end].replace(quote * 2, quote)
    return value, end + 1, text.count("\n", start, end)


def find_dialect(text: str, options: ImportOptions, *, is_whole: bool) -> Dialect:
    """The dialect of a text of which `text` is the beginning.

    Parameters
    ----------
    text : str
        The first lines, decoded, without a byte order mark.
    options : ImportOptions
        What a person fixed; the rest is found.
    is_whole : bool
        Whether `text` is all there is; if not, its last line may be cut and isn't looked at.

    Raises
    ------
    EmptyTextError
        There is nothing but blanks.
    """
    told = _SEPARATOR_LINE.match(text) if options.delimiter is None and options.skip_rows is None else None
    if told:
        options = replace_options(options, delimiter=told.group(1))
    body, dropped = _after(text, 1 if told else options.skip_rows or 0)
    comment = _comment_mark(body) if options.skip_rows is None else ""
    quote = _quote(body) if options.quote is None else options.quote
    escape = (
        "\\"
        if quote and re.search(r'\\"[^,;\t|\r\n"]', body) and not re.search(r'[^,;\t|\r\n]""', body)
        else quote
    )
    delimiter = options.delimiter or _separator(body, quote, escape, comment, is_whole=is_whole)
    records = split_records(body, delimiter, quote, escape)
    if not is_whole and len(records) > 1 and len(records) < _LOOKED_AT:
        records = records[:-1]
    records = [replace(r, line=r.line + dropped) for r in records]
    filled = [r for r in records if any(v.strip() for v in r.values)]
    if not filled:
        raise EmptyTextError
    start = 0 if options.skip_rows is not None else _start(filled, comment)
    table = filled[start:]
    notes = tuple(delimiter.join(r.values) for r in filled[:start])
    header, why = _header(table, options.header)
    return _describe(
        table, notes, Dialect(delimiter, quote, escape, table[0].line, header, (), 0, comment=comment), why
    )


def _after(text: str, lines: int) -> tuple[str, int]:
    """The text behind its first lines."""
    position = 0
    for _ in range(lines):
        found = re.compile("\r\n|\r|\n").search(text, position)
        position = found.end() if found else len(text)
    return text[position:], lines


def _comment_mark(text: str) -> str:
    first = text.lstrip("\r\n")[:2]
    return "#" if first.startswith("#") else "//" if first == "//" else ""


def _quote(text: str) -> str:
    """The double quote, or the single one where values stand in it and none in the double one."""
    edge = r"[,;\t|\r\n]"
    double = len(re.findall(rf'(?:^|{edge})"|"(?:{edge}|$)', text))
    opened, closed = len(re.findall(rf"(?:^|{edge})'", text)), len(re.findall(rf"'(?:{edge}|$)", text))
    return "'" if not double and opened >= 2 and opened == closed else '"'


def _separator(text: str, quote: str, escape: str, comment: str, *, is_whole: bool) -> str:
    """The separator that cuts most records into the same number of values, more than one."""
    best, best_score = ",", 0.0
    for candidate in SEPARATORS:
        if candidate not in text:
            continue
        records = split_records(text, candidate, quote, escape)
        if not is_whole and 1 < len(records) < _LOOKED_AT:
            records = records[:-1]
        score = _regularity([r for r in records if _is_data(r, comment)], candidate)
        if score > best_score + 1e-9:
            best, best_score = candidate, score
    longer = _of_several_letters(text, best) if best_score else ""
    if longer:
        return longer
    if best_score == 0 and any(len(r.values) > 1 for r in split_records(text, ",", quote, escape)):
        return "\x1f" if "\x1f" not in text else "\x1e"
    return best


def _of_several_letters(text: str, letter: str) -> str:
    """The separator of two to four letters that `letter` belongs to wherever it stands, or an empty text.

    Commas side by side are empty values, and so may others be where a line has two alone.
    """
    if letter in ", ":
        return ""
    first = next((line for line in text.splitlines() if letter in line), "")
    signs = re.escape(letter) if letter.isspace() else r"[^\w\s\"'(){}\[\].,+-]"
    found = Counter(run for run in re.findall(f"{signs}{{2,4}}", first) if letter in run)
    run, count = found.most_common(1)[0] if found else ("", 0)
    whole = count > (letter not in "|:~^¦§") and text.count(run) * run.count(letter) == text.count(letter)
    return run if run and whole else ""


def _is_data(record: Record, comment: str) -> bool:
    return record.values != ("",) and not (comment and record.values[0].startswith(comment))


def _regularity(records: Sequence[Record], separator: str) -> float:
    """Share of records of the commonest width, a little more for wider ones; 0 for no separator."""
    if not records:
        return 0.0
    widths = Counter(len(r.values) for r in records)
    width = max(widths, key=lambda w: (widths[w], w))
    above = _table_below(records)
    if above and separator not in WEAK:
        width = len(records[-1].values)
        return (1 - above / len(records)) * (1 + min(width, 50) / 200)
    wide = [r for r in records if len(r.values) > 1]
    if width == 1:
        width = max((len(r.values) for r in wide), default=1)
        if len(wide) * 2 < len(records) or len(records) < 4:
            return 0.0
    share = widths[width] / len(records)
    header = records[0] if len(records[0].values) > 1 else None
    if header is None and share < 1 and len(wide) < 0.8 * len(records):
        return 0.0
    weak = 0.6 if separator in WEAK else 1.0
    if len(records[0].values) == width - 1 and _are_row_names(records[0], records[1:]):
        share = 1.0
    if weak < 1 and (share < 0.95 or any(not v for r in records for v in r.values)):
        return 0.0
    return weak * share * (1 + min(width, 50) / 200)


def _table_below(records: Sequence[Record]) -> int:
    """How many lines of title stand above names that have a column of numbers or dates below them, or 0."""
    width = len(records[-1].values)
    above = next((n for n in range(len(records), 0, -1) if len(records[n - 1].values) != width), 0)
    if width == 1 or not above or len(records) - above < 3:
        return 0
    first, rest = records[above], records[above + 1 :]
    if not _are_names(first) or any(value.strip().lower() in _TOKENS for value in first.values):
        return 0
    if any(1 < len(r.values) >= width - 1 for r in records[:above]):
        return 0
    below = any(all(_is_value(r.values[place]) for r in rest) for place in range(width))
    return above if below else 0


def _start(records: Sequence[Record], comment: str) -> int:
    """Index of the first record of the table: behind comments, titles and notes."""
    start = 0
    while comment and start < len(records) - 1 and records[start].values[0].startswith(comment):
        start += 1
    rest = records[start:]
    above = _table_below(rest)
    if above:
        return start + above
    widths = Counter(len(r.values) for r in rest)
    width = max(widths, key=lambda w: (widths[w], w))
    if (
        start
        and width > 1
        and len(records[start - 1].values) == width
        and any(map(_is_value, rest[0].values))
    ):
        return start - 1
    if width == 1 or len(rest) < 3:
        return start
    nearly = [i for i, r in enumerate(rest[:40]) if len(r.values) >= width - 1 and _filled(r) > (width > 2)]
    whole = next((i for i in nearly if len(rest[i].values) >= width), None)
    if not nearly:
        return start
    if whole is not None and nearly[0] < whole <= nearly[0] + 10 and _are_names(rest[whole]):
        return start + whole
    return start + nearly[0]


def _filled(record: Record) -> int:
    return sum(1 for value in record.values if value.strip())


def _are_names(record: Record) -> bool:
    return all(value.strip() and not _is_value(value) for value in record.values)


def _is_value(text: str) -> bool:
    """Whether a text is a number or date, as names hardly ever are."""
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text)) and text.strip() != ""


def _header(table: Sequence[Record], wanted: bool | None) -> tuple[bool, str]:
    """Whether the first record holds names, and why."""
    if wanted is not None:
        return wanted, "As you chose."
    first, rest = table[0], table[1:]
    if not rest:
        return not all(map(_is_value, first.values)), "It is the only row."
    values = [v for v in first.values if v.strip()]
    typed = [v for v in values if _is_value(v)]
    if not typed:
        below = any(_is_value(v) for r in rest[:50] for v in r.values)
        if below:
            return True, "The first row has words where the rows below have values."
        return True, "All rows are text; the first is taken for the names."
    years = [int(v) for v in typed if _YEAR.fullmatch(v.strip())]
    if len(values) > len(typed) and len(years) == len(typed) > 1 and sorted(set(years)) == years:
        return True, "The first row holds words and years."
    if len(values) > len(typed) and len(typed) == len(set(typed)) and _words_above_values(first, rest):
        return True, "The first row has words where the rows below have values."
    return False, "The first row holds values like the rows below."


def header_of(
    table: Sequence[Record], wanted: bool | None, kinds: Sequence[tuple[str, ...]]
) -> tuple[bool, str]:
    """The same for a sheet, whose cells say what they are: names are texts."""
    if wanted is not None or all(kind in ("text", "") for kind in kinds[0]):
        below = any(kind not in ("text", "") for row in kinds[1:50] for kind in row)
        if wanted is None and below:
            return True, "The first row has words where the rows below have values."
        return _header(table, wanted)
    found, why = _header(table, wanted)
    return found and any(kind == "text" for kind in kinds[0]), why


def _words_above_values(first: Record, rest: Sequence[Record]) -> bool:
    """Whether some column has a word first and only numbers or dates below, in two or more columns."""
    columns = 0
    for place, word in enumerate(first.values):
        below = [r.values[place] for r in rest[:50] if place < len(r.values) and r.values[place].strip()]
        known = [v for v in below if v.lower() not in _TOKENS]
        columns += bool(known) and word.strip() != "" and not _is_value(word) and all(map(_is_value, known))
    return columns >= 2


def _describe(table: Sequence[Record], notes: tuple[str, ...], found: Dialect, why: str) -> Dialect:
    """The dialect with names, width and the reasons."""
    rows = table[1:] if found.has_header else table
    widths = Counter(len(r.values) for r in rows)
    width = max(widths, key=lambda w: (widths[w], w)) if widths else len(table[0].values)
    written = list(table[0].values) if found.has_header else [""] * width
    if found.comment and written and written[0].startswith(found.comment):
        written[0] = written[0].removeprefix(found.comment).lstrip()
    names, renamed = unique_names(written)
    word = _WORDS.get(found.delimiter, f"“{found.delimiter}”") if width > 1 or len(names) > 1 else "none"
    cut = f"It cuts {widths.get(width, 0)} of {len(rows)} rows looked at into {width}."
    first = f"line {found.first_line}" if found.has_header else "none"
    decisions = [
        Decision(
            "delimiter", word, cut if width > 1 else "Nothing separates values: one column.", ("other",)
        ),
        Decision("header", first, why, ("first row", "none"), notable=why.startswith("All rows")),
    ]
    if renamed:
        shown = ", ".join(renamed[:5])
        decisions.append(Decision("names", shown, "Names have to be unique and not empty.", notable=True))
    named = bool(found.has_header) and width == len(names) + 1 and _are_row_names(table[0], rows)
    beyond = any(v for r in rows if len(r.values) == width for v in r.values[len(names) :])
    spans = any("\n" in v or "\r" in v for r in rows for v in r.values)
    found = replace(found, surplus_has_values=beyond, spans_lines=spans, has_row_names=named)
    return replace(found, names=tuple(names), row_width=width, decisions=tuple(decisions), notes=notes)


def _are_row_names(header: Record, rows: Sequence[Record]) -> bool:
    """Whether names and first values stand in quotes, and the first values are all different."""
    first = [row.values[0] for row in rows]
    quoted = len(header.quoted) == len(header.values) and all(0 in row.quoted for row in rows)
    return quoted and len(set(first)) == len(first)


def unique_names(written: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names that are unique (whatever the case) and not empty, and the ones that were given or changed."""
    taken = {name.lower() for name in written if name.strip()}
    seen: set[str] = set()
    names: list[str] = []
    changed: list[str] = []
    for place, name in enumerate(written, start=1):
        chosen = name if name.strip() else f"column {place}"
        if (name.strip() and chosen.lower() in seen) or (not name.strip() and chosen.lower() in taken):
            number = 2
            while f"{chosen}_{number}".lower() in taken | seen:
                number += 1
            chosen = f"{chosen}_{number}"
        if chosen != name:
            changed.append(chosen)
        seen.add(chosen.lower())
        names.append(chosen)
    return names, changed
