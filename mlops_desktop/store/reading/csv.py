"""Delimited text: CSV, TSV and their kin, read by DuckDB with a dialect that was found here.

DuckDB's own detection is off: it drops headers and rows of odd files. What its strict reader does not take
exactly is first written anew (`text_repair`), every change named by its line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from mlops_desktop.domain.imports import Decision, ImportOptions, Problem, Remedy
from mlops_desktop.store.reading.aligned import (
    BLANKS,
    SEPARATOR,
    Columns,
    CrossedError,
    find_columns,
    over_all_lines,
    what_may_separate,
    write_separated,
)
from mlops_desktop.store.reading.bytes_scan import ByteFacts, scan_bytes, scan_head
from mlops_desktop.store.reading.dialect import WEAK, Dialect, EmptyTextError, find_dialect, unique_names
from mlops_desktop.store.reading.encoding import Encoding, find_encoding, recode
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import HEAD_BYTES, Source
from mlops_desktop.store.reading.sql import literal
from mlops_desktop.store.reading.text_repair import Repaired, count_records, repair

_FULL_LOOK_BYTES = 64 << 20
"""Texts up to this size have the shape of every record checked before they are read."""


@dataclass(frozen=True)
class Text:
    """A text with its bytes and letters understood."""

    path: Path
    """UTF-8, without a zero byte."""
    head: str
    facts: ByteFacts
    encoding: Encoding
    is_whole: bool
    """Whether `head` is all of it."""
    content: Path
    """The text in its own encoding."""
    all_rows: bool
    """Whether `facts` are about all of it."""


def read_text(source: Source, path: Path, options: ImportOptions, *, all_rows: bool) -> Relation:
    """The table of a delimited text.

    Parameters
    ----------
    source : Source
        The file that a person named.
    path : Path
        Where its text is: the file itself, or what came out of it when it was compressed.
    options : ImportOptions
        What a person fixed.
    all_rows : bool
        False for a preview, which must not read a large file to its end.

    Raises
    ------
    FileError
        Zero bytes, letters of an unknown encoding, or records that can't be told apart.
    """
    text, found = _understood(source, path, options, all_rows=all_rows)
    size = text.path.stat().st_size
    look = size <= (_FULL_LOOK_BYTES if all_rows else HEAD_BYTES)
    repaired = repair(source, text.path, text.facts, found, options, every_record=look)
    return _relation(source, text, found, repaired, options)


def repair_and_read(source: Source, path: Path, options: ImportOptions) -> Relation:
    """The same, with the shape of every record checked however large the text is."""
    text, found = _understood(source, path, options, all_rows=True)
    return _relation(
        source, text, found, repair(source, text.path, text.facts, found, options, every_record=True), options
    )


def _understood(
    source: Source, path: Path, options: ImportOptions, *, all_rows: bool
) -> tuple[Text, Dialect]:
    """A text with its letters and its dialect; one with columns aligned by blanks is written anew first."""
    text = understand(source, path, options, all_rows=all_rows)
    if options.delimiter not in (None, BLANKS):
        return text, _named(source, _dialect(source, text, options), options)
    columns = find_columns(text.head, is_whole=text.is_whole) if options.skip_rows is None else None
    if options.delimiter is None:
        found = _dialect(source, text, options)
        names = next((line for line in text.head.splitlines() if line.strip()), "")
        if found.row_width == 1 and columns is None:
            return text, _with_marks_said(text, found)
        strong = found.row_width > 1 and found.delimiter not in WEAK and found.delimiter in names
        if columns is None or (strong and not columns.has_bars):
            return text, _named(source, found, options)
    if columns is None:
        raise source.error(
            f"{source.name} has no columns that blanks tell apart in all its lines.",
            remedy="Choose another separator, or none.",
        )
    return _separated(source, text, columns, options)


def _with_marks_said(text: Text, found: Dialect) -> Dialect:
    """One column; if its lines have something that may separate values, that is said."""
    may = what_may_separate(text.head)
    if not may:
        return found
    why = f"Nothing separates values: one column. {may}"
    first = msgspec.structs.replace(found.decisions[0], why=why, notable=True)
    return replace(found, decisions=(first, *found.decisions[1:]))


def _separated(source: Source, text: Text, columns: Columns, options: ImportOptions) -> tuple[Text, Dialect]:
    """The text with a separator instead of the blanks between its columns."""
    target, limit = source.scratch / "separated", None if text.all_rows else HEAD_BYTES
    try:
        columns = over_all_lines(columns, text.path, limit)
        write_separated(text.path, target, columns, limit)
    except CrossedError as error:
        raise source.error(
            f"Line {error.line} {error}.",
            reason="The columns of this file are told apart by their places, blanks or bars.",
            remedy="Mend that line, save the table with a separator, or choose another one.",
            line=error.line,
        ) from error
    facts = scan_bytes(target)
    facts.sha256 = text.facts.sha256
    with target.open("rb") as file:
        head = file.read(HEAD_BYTES).decode("utf-8", errors="ignore")
    text = replace(text, path=target, facts=facts, head=head)
    told = msgspec.structs.replace(options, delimiter=SEPARATOR, quote="")
    found = _named(source, _dialect(source, text, told), options)
    first = Decision(
        "delimiter", "bars" if columns.has_bars else "blanks", columns.why, ("other",), notable=True
    )
    return text, replace(found, decisions=(first, *found.decisions[1:]), is_aligned=True)


def understand(source: Source, path: Path, options: ImportOptions, *, all_rows: bool) -> Text:
    """Check the bytes of a text and find its letters; writes it as UTF-8 where it isn't."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    content, is_whole = path, path.stat().st_size <= len(head)
    facts = scan_bytes(path) if all_rows else scan_head(head, is_whole=is_whole)
    encoding = _encoding(source, head, facts, options)
    wide = encoding.name.startswith(("utf-16", "utf-32"))
    if facts.zeros and not wide:
        _refuse_zeros(source, facts)
    if encoding.name != "utf-8":
        target = source.scratch / "utf-8"
        bad_line = recode(path, target, encoding.name, limit=None if all_rows else HEAD_BYTES)
        if bad_line is not None:
            raise _no_letters(source, encoding.name, bad_line)
        path, digest = target, facts.sha256
        facts = scan_bytes(path)
        facts.sha256 = digest
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        is_whole = path.stat().st_size <= len(head)
    elif facts.bad_utf8_line is not None:
        raise _no_letters(source, "utf-8", facts.bad_utf8_line)
    return Text(
        path,
        head.decode("utf-8", errors="ignore").lstrip("\ufeff"),
        facts,
        encoding,
        is_whole,
        content,
        all_rows,
    )


def _no_letters(source: Source, encoding: str, line: int) -> Exception:
    return source.error(
        f"Line {line} has bytes that are no letters in the encoding {encoding}.",
        remedy="Choose the encoding with which the file was written.",
        line=line,
    )


def _encoding(source: Source, head: bytes, facts: ByteFacts, options: ImportOptions) -> Encoding:
    if options.encoding:
        name = options.encoding.lower().replace("_", "-")
        return Encoding("utf-8" if name in ("utf8", "utf-8", "utf-8-sig") else name, "As you chose.")
    found = find_encoding(head, facts)
    if found is None or (found.name == "utf-8" and facts.bad_utf8_line is not None):
        raise source.error(
            f"The encoding can't be told: line {facts.bad_utf8_line} has bytes that are not UTF-8.",
            reason="Either the file is damaged there or it is written in another encoding.",
            remedy="Choose the encoding, or mend that line.",
            line=facts.bad_utf8_line,
        )
    return found


def _refuse_zeros(source: Source, facts: ByteFacts) -> None:
    if facts.zero_tail and facts.zero_tail == facts.zeros:
        raise source.error(
            f"{source.name} is damaged: it ends with {facts.zero_tail} zero bytes (NUL), from line {facts.zero_line} on.",
            reason="That is what a power cut or a full disk leaves of a file that was being written.",
            remedy="Get the file again from where it was made.",
            line=facts.zero_line,
        )
    raise source.error(
        f"Line {facts.zero_line} has a zero byte (NUL), which no text has; there are {facts.zeros} in all.",
        reason="The file is damaged there, or it is not a text.",
        remedy="Mend the line or export the file again.",
        line=facts.zero_line,
    )


def _relation(
    source: Source, text: Text, found: Dialect, repaired: Repaired, options: ImportOptions
) -> Relation:
    width = len(found.names)
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(repaired.width))
    settings = {
        "auto_detect": "false",
        "header": "false",
        "skip": "1" if repaired.has_header else "0",
        "delim": literal(found.delimiter),
        "quote": literal(found.quote if repaired.has_quotes else ""),
        "escape": literal(found.escape if repaired.has_quotes else ""),
        "allow_quoted_nulls": "false",
        "strict_mode": "true",
        "columns": "{" + columns + "}",
    }
    if repaired.spans_lines or not text.all_rows:
        settings["parallel"] = "false"
    if repaired.line_end != "\r\n":  # told "\r\n", the strict reader of 1.5.5 loses all rows behind a skip
        settings["new_line"] = literal("\\r" if repaired.line_end == "\r" else "\\n")
    if repaired.longest_record > 1_900_000:
        settings["max_line_size"] = str(repaired.longest_record * 2)
    told = ", ".join(f"{key}={value}" for key, value in settings.items())
    shown = ", ".join(
        f"c{place}" if place < repaired.width else f"NULL::VARCHAR AS c{place}" for place in range(width)
    )
    surplus = " AND ".join(f"c{place} IS NULL" for place in range(width, repaired.width))
    where = (
        f" WHERE CASE WHEN {surplus} THEN true ELSE error('a value beyond the last name') END"
        if surplus
        else ""
    )
    resolved = msgspec.structs.replace(
        options,
        delimiter=BLANKS if found.is_aligned else found.delimiter,
        encoding=text.encoding.name,
        quote=options.quote if found.is_aligned else found.quote,
        header=found.has_header,
    )
    encoding = Decision(
        "encoding", text.encoding.name, text.encoding.why, ("other",), notable=text.encoding.is_guess
    )
    return Relation(
        format="tab separated text" if found.delimiter == "\t" else "delimited text",
        sql=f"(SELECT {shown} FROM read_csv({literal(str(repaired.path))}, {told}){where})",
        names=found.names,
        types=(None,) * width,
        options=resolved,
        decisions=(*found.decisions, encoding),
        problems=(*_notes(found, options), *repaired.problems),
        skipped_lines=repaired.skipped_lines,
        rows=repaired.rows,
        content=text.content,
        lines=_plain_rows(text.facts, found) if text.all_rows else None,
        count=lambda: count_records(repaired, found),
        has_quotes=repaired.has_quotes,
        has_underscores=text.facts.underscores or not text.all_rows,
        sha256=text.facts.sha256 if text.content == source.alias else "",
    )


def _dialect(source: Source, text: Text, options: ImportOptions) -> Dialect:
    """The dialect of a text; refuses an empty one."""
    try:
        return find_dialect(text.head, options, is_whole=text.is_whole)
    except EmptyTextError as error:
        raise source.error(f"{source.name} is empty: it holds nothing but blanks.") from error


def _named(source: Source, found: Dialect, options: ImportOptions) -> Dialect:
    """The dialect with a name for each column; refuses one of which it can't be told which column lacks its name."""
    surplus = found.row_width - len(found.names)
    if surplus <= 0 or not found.surplus_has_values:
        return found
    chosen = options.remedies.get("names") or ("first" if found.has_row_names else "")
    if chosen not in ("first", "last"):
        raise source.error(
            f"Line {found.first_line + 1} (row 1) has {found.row_width} values, more than the {len(found.names)} names in line {found.first_line}.",
            reason="Either the first columns have no name (as the names of rows in R), or the last.",
            remedy="Complete the names, or choose which columns have none.",
            line=found.first_line + 1,
            row=1,
            field="remedies.names",
        )
    blanks = [""] * surplus
    names = unique_names([*blanks, *found.names] if chosen == "first" else [*found.names, *blanks])[0]
    return replace(found, names=tuple(names))


def _plain_rows(facts: ByteFacts, found: Dialect) -> int:
    """Rows of a text whose records are its lines."""
    ends = facts.lf + facts.cr - facts.crlf
    lines = ends + (facts.last not in (b"\n", b"\r", b""))
    return lines - (found.first_line - 1) - (1 if found.has_header else 0)


def _notes(found: Dialect, options: ImportOptions) -> tuple[Problem, ...]:
    notes: list[Problem] = []
    if found.notes:
        what = f"{len(found.notes)} lines before the table were skipped, the first: “{found.notes[0][:80]}”."
        notes.append(Problem("preamble", "note", what, line=1, count=len(found.notes)))
    if found.has_row_names:
        what = "Each row has a value more than there are names, as R writes the names of rows."
        remedies = (
            Remedy("first", "The first column has no name"),
            Remedy("last", "The last column has no name"),
        )
        ordered = tuple(
            sorted(remedies, key=lambda remedy: remedy.key != options.remedies.get("names", "first"))
        )
        notes.append(Problem("names", "warning", what, line=found.first_line, remedies=ordered))
    return tuple(notes)
