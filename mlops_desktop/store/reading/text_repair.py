"""A text brought into the strict shape that DuckDB's reader takes exactly; each change is named by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlops_desktop.domain.imports import ImportOptions, Problem, Remedy
from mlops_desktop.store.reading.bytes_scan import ByteFacts, chunks_of
from mlops_desktop.store.reading.dialect import Dialect, split_records
from mlops_desktop.store.reading.records import Record, RecordScan, copy_without, scan_records
from mlops_desktop.store.reading.source import Source


@dataclass(frozen=True)
class Repaired:
    """A text that is regular, and what was done for it."""

    path: Path
    has_header: bool
    """Whether the first record still is the one with the names."""
    has_quotes: bool
    line_end: str
    width: int
    """Values in every record."""
    spans_lines: bool = False
    """Whether values hold line ends: DuckDB's parallel reader then guesses where rows begin, at times wrongly."""
    longest_record: int = 0
    rows: int | None = None
    problems: tuple[Problem, ...] = ()
    skipped_lines: tuple[int, ...] = ()


TOTAL = re.compile(
    r"\s*(grand |sub)?(total|totals|sum|summe|gesamt|gesamtsumme|insgesamt|total général|somme|totale|totaal|suma|average|mean|durchschnitt|mittelwert|moyenne"
    r"|итого|всего|合计|总计|小计|合計|總計|計|합계|총계|celkem|razem|összesen|summa|yhteensä|toplam|σύνολο)\b",
    re.I,
)
_SHOWN = 12


def repair(
    source: Source,
    path: Path,
    facts: ByteFacts,
    found: Dialect,
    options: ImportOptions,
    *,
    every_record: bool,
) -> Repaired:
    """A text that DuckDB's strict reader takes exactly.

    Parameters
    ----------
    source : Source
        For messages and scratch space.
    path : Path
        The text as UTF-8.
    facts : ByteFacts
        What its bytes are.
    found : Dialect
        How it writes its table.
    options : ImportOptions
        Remedies chosen for ``short_rows``, ``long_rows`` and ``foot``.
    every_record : bool
        Whether to look at the shape of every record; else only what the bytes tell is mended.

    Raises
    ------
    FileError
        A quote that isn't closed, or rows with too many values, unless a remedy was chosen.
    """
    has_quotes = bool(found.quote) and (found.quote != '"' or facts.quotes)
    line_end = facts.line_ends
    if not line_end:
        path, line_end = _one_line_end(source, path, found if has_quotes else None), "\n"
    width = _body_width(found)
    if not every_record:
        if found.first_line == 1 and not found.notes:
            return Repaired(path, found.has_header, has_quotes, line_end, width, found.spans_lines)
        start = _offset_of_line(path, found.first_line, line_end)
        target = source.scratch / "from-the-names"
        copy_without(path, target, iter([(0, start, b"")]))
        return Repaired(target, found.has_header, has_quotes, line_end, width, found.spans_lines)
    return _by_records(source, path, found, options, _Plan(has_quotes, line_end, width))


@dataclass
class _Plan:
    """What is known before the records are looked at, and what is decided about them."""

    has_quotes: bool
    line_end: str
    width: int
    edits: list[tuple[int, int, bytes]] = field(default_factory=list[tuple[int, int, bytes]])
    problems: list[Problem] = field(default_factory=list[Problem])
    skipped: list[int] = field(default_factory=list[int])


def _body_width(found: Dialect) -> int:
    """Values in a row as the rows have it, which may be other than the names."""
    return found.row_width or len(found.names)


def _offset_of_line(path: Path, line: int, line_end: str) -> int:
    """Offset of the first byte of a line, from 1."""
    mark, left, position = line_end[-1:].encode(), line - 1, 0
    for chunk in chunks_of(path):
        count = chunk.count(mark)
        if count < left:
            left -= count
            position += len(chunk)
            continue
        at = 0
        for _ in range(left):
            at = chunk.index(mark, at) + 1
        return position + at
    return position


def _one_line_end(source: Source, path: Path, quoted: Dialect | None) -> Path:
    """The text with LF at the end of each line; what stands in quotes is kept."""
    target = source.scratch / "one-line-end"
    parts, mark = re.compile(rb"\r\n?"), b""
    if quoted is not None:
        mark = re.escape(quoted.quote.encode())
        edge = b"(?:^|(?<=[\\r\\n])|(?<=" + re.escape(quoted.delimiter.encode()) + b"))"
        value = mark + b"(?:[^" + mark + b"]|" + mark + mark + b")*" + mark
        parts = re.compile(edge + value + b"|\\r\\n?", re.S)
    with target.open("wb") as out:
        for block in _blocks_of_lines(path, quoted.quote.encode() if quoted else b""):
            out.write(parts.sub(lambda found: b"\n" if found.group()[:1] == b"\r" else found.group(), block))
    return target


def _blocks_of_lines(path: Path, quote: bytes) -> Iterator[bytes]:
    """The text in pieces that end behind a line feed with as many quotes opened as closed."""
    rest = b""
    for chunk in chunks_of(path):
        rest += chunk
        cut = rest.rfind(b"\n") + 1
        if cut and (not quote or rest.count(quote, 0, cut) % 2 == 0):
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


def _by_records(source: Source, path: Path, found: Dialect, options: ImportOptions, plan: _Plan) -> Repaired:
    """Look at every record and mend, leave out or refuse what is odd."""
    start = _offset_of_line(path, found.first_line, plan.line_end) if found.first_line > 1 else 0
    quote = found.quote if plan.has_quotes else ""
    scan = scan_records(
        path,
        found.delimiter,
        quote,
        escape=found.escape,
        line_end=plan.line_end,
        width=plan.width,
        start=start,
    )
    header = 1 if found.has_header else 0
    if scan.bad_quote_line is not None:
        _refuse_quote(source, scan, header)
    if start:
        plan.edits.append((0, start, b""))
    _drop_end_mark(path, scan, plan)
    body = [record for record in scan.odd if record.number >= header]
    foot = _foot(path, found, scan, options, plan, header)
    dropped = {record.number for record in foot}
    left = [record for record in body if record.number not in dropped]
    left = _comments(path, found, left, plan)
    _odd_widths(source, path, found, left, options, plan)
    _drop(path, foot, plan)
    if scan.swallowed:
        what = "A quoted value goes over lines that look like rows; a quote may be missing."
        plan.problems.append(
            Problem("swallowed", "warning", what, line=scan.swallowed[0], count=len(scan.swallowed))
        )
    if plan.edits:
        target = source.scratch / "repaired"
        copy_without(path, target, iter(sorted(plan.edits)))
        path = target
    return Repaired(
        path,
        found.has_header,
        plan.has_quotes,
        plan.line_end,
        plan.width,
        spans_lines=scan.spans_lines,
        longest_record=scan.longest,
        rows=scan.count - header - len(plan.skipped),
        problems=tuple(plan.problems),
        skipped_lines=tuple(sorted(plan.skipped)),
    )


def count_records(repaired: Repaired, found: Dialect) -> int:
    """Rows of a repaired text, by following its quotes; -1 where one is not closed."""
    quote = found.quote if repaired.has_quotes else ""
    scan = scan_records(
        repaired.path,
        found.delimiter,
        quote,
        escape=found.escape,
        line_end=repaired.line_end,
        width=repaired.width,
    )
    if scan.bad_quote_line is not None:
        return -1
    return scan.count - (1 if repaired.has_header else 0)


def _refuse_quote(source: Source, scan: RecordScan, header: int) -> None:
    line = scan.bad_quote_line
    row = scan.bad_quote_record + 1 - header if scan.bad_quote_record else None
    at = f" (row {row})" if row else ""
    raise source.error(
        f"The quote that opens in line {line}{at} is never closed as a quote should be.",
        reason="Rows that follow would become one value.",
        remedy="Mend that line, or choose that nothing is quoted.",
        line=line,
        row=row,
        field="options.quote",
    )


def _text_of(path: Path, record: Record) -> str:
    with path.open("rb") as file:
        file.seek(record.start)
        return file.read(min(record.end - record.start, 4096)).decode("utf-8", errors="replace")


def _foot(
    path: Path, found: Dialect, scan: RecordScan, options: ImportOptions, plan: _Plan, header: int
) -> list[Record]:
    """The records below the table: totals and notes."""
    if options.remedies.get("foot") == "keep" or plan.width < 2 or scan.count - header < 3:
        return []
    foot: list[Record] = []
    for record in reversed(scan.last):
        if record.number < header + 2:
            break
        values = split_records(_text_of(path, record), found.delimiter, found.quote, limit=1)
        cells = values[0].values if values else ()
        first = next((cell for cell in cells if cell.strip()), "")
        is_note = record.width == 1 < plan.width - 1 or (record.width == 1 and not first.strip())
        is_total = bool(TOTAL.match(first)) and (
            record.width != plan.width or any(not c.strip() for c in cells)
        )
        if not (is_total or (is_note and record.width != plan.width)):
            if record is scan.last[-1]:
                _note_maybe_totals(path, found, scan, plan, header)
            break
        foot.insert(0, record)
    if foot:
        shown = _text_of(path, foot[0])[:80]
        plan.problems.append(
            Problem(
                "foot", "warning", f"{len(foot)} rows below the table were taken for its foot (totals or notes): “{shown}”.",
                row=foot[0].number + 1 - header, line=foot[0].line, count=len(foot),
                remedies=(Remedy("skip", "Skipped"), Remedy("keep", "Keep as a row")),
            )
        )  # fmt: skip
    return foot


def _note_maybe_totals(path: Path, found: Dialect, scan: RecordScan, plan: _Plan, header: int) -> None:
    """Say of last rows that they may be totals: by their first word, or for a first cell that they alone lack."""
    rows: list[tuple[Record, str]] = []
    for record in scan.last:
        values = split_records(_text_of(path, record), found.delimiter, found.quote, limit=1)
        rows.append((record, values[0].values[0].strip() if values else ""))
    totals = 0
    while totals < len(rows) and TOTAL.match(rows[-1 - totals][1]):
        totals += 1
    lacks = not totals and len(rows) > 4 and not rows[-1][1] and all(first for _, first in rows[:-1])
    if not totals and not lacks:
        return
    record, first = rows[-max(totals, 1)]
    begins = (
        f"begin{'s' if totals < 2 else ''} with “{first[:40]}”"
        if totals
        else "has no first value, alone of all"
    )
    which, they, are = (
        ("The last row", "it", "is") if totals < 2 else (f"The last {totals} rows", "they", "are")
    )
    what = f"{which} {begins}: {they} may be a total, and {are} kept as {'a row' if totals < 2 else 'rows'}."
    row = record.number + 1 - header
    plan.problems.append(Problem("foot", "note", what, row=row, line=record.line, count=max(totals, 1)))


def _drop(path: Path, records: Sequence[Record], plan: _Plan) -> None:
    """Leave records out, with the line end behind them."""
    size = path.stat().st_size
    for record in records:
        plan.skipped.append(record.line)
        plan.edits.append((record.start, min(size, record.end + len(plan.line_end)), b""))


def _drop_end_mark(path: Path, scan: RecordScan, plan: _Plan) -> None:
    """Leave out the sign by which old systems end a text (control-Z), behind the last value."""
    last = scan.last[-1] if scan.last else None
    if last is None or last.end - last.start < 2:
        return
    with path.open("rb") as file:
        file.seek(last.end - 1)
        if file.read(1) == b"\x1a":
            plan.edits.append((last.end - 1, last.end, b""))
            plan.problems.append(
                Problem("end mark", "note", "The sign for the end (control-Z) was left out.", line=last.line)
            )


def _comments(path: Path, found: Dialect, odd: list[Record], plan: _Plan) -> list[Record]:
    """Leave out comment lines between the rows of a text that begins with comments."""
    if not found.comment:
        return odd
    comments = [r for r in odd if _text_of(path, r).startswith(found.comment)]
    if comments:
        _drop(path, comments, plan)
        what = f"{len(comments)} comment lines between the rows were skipped."
        plan.problems.append(Problem("comments", "note", what, line=comments[0].line, count=len(comments)))
    gone = {record.number for record in comments}
    return [record for record in odd if record.number not in gone]


def _odd_widths(
    source: Source, path: Path, found: Dialect, odd: Sequence[Record], options: ImportOptions, plan: _Plan
) -> None:
    """Fill up short records; cut empty values off long ones; refuse or leave out what has too much."""
    mark = found.delimiter.encode()
    short = [r for r in odd if r.width < plan.width]
    long = [r for r in odd if r.width > plan.width]
    if short:
        chosen = options.remedies.get("short_rows", "fill")
        if chosen == "leave_out":
            _drop(path, short, plan)
        elif chosen == "refuse":
            _refuse_width(source, found, short, plan.width)
        else:
            plan.edits.extend((r.end, r.end, mark * (plan.width - r.width)) for r in short)
        what = f"{len(short)} rows have fewer than {plan.width} values: lines {_lines(short)}."
        remedies = (
            Remedy("fill", "The values they lack are missing"),
            Remedy("leave_out", "Leave those rows out"),
            Remedy("refuse", "Refuse the file"),
        )
        plan.problems.append(_problem("short_rows", what, short, found, remedies, chosen))
    empty = [r for r in long if _surplus_is_empty(path, r, found, plan)]
    full = [r for r in long if r not in empty]
    for record in empty:
        cut = len(mark) * (record.width - plan.width)
        plan.edits.append((record.end - cut, record.end, b""))
    if empty:
        what = f"{len(empty)} rows have more separators than names, with nothing behind them: lines {_lines(empty)}."
        plan.problems.append(_problem("surplus", what, empty, found, (), ""))
    if full:
        chosen = options.remedies.get("long_rows", "refuse")
        if chosen != "leave_out":
            _refuse_width(source, found, full, plan.width)
        _drop(path, full, plan)
        what = f"{len(full)} rows have more than {plan.width} values: lines {_lines(full)}."
        remedies = (Remedy("refuse", "Refuse the file"), Remedy("leave_out", "Leave those rows out"))
        plan.problems.append(_problem("long_rows", what, full, found, remedies, chosen))


def _lines(records: Sequence[Record]) -> str:
    more = f" and {len(records) - _SHOWN} more" if len(records) > _SHOWN else ""
    return ", ".join(str(r.line) for r in records[:_SHOWN]) + more


def _problem(
    key: str, what: str, records: Sequence[Record], found: Dialect, remedies: tuple[Remedy, ...], chosen: str
) -> Problem:
    ordered = tuple(sorted(remedies, key=lambda remedy: remedy.key != chosen))
    first = records[0]
    row = first.number + (0 if found.has_header else 1)
    return Problem(key, "warning", what, row=row, line=first.line, count=len(records), remedies=ordered)


def _surplus_is_empty(path: Path, record: Record, found: Dialect, plan: _Plan) -> bool:
    surplus = found.delimiter * (record.width - plan.width)
    return _end_of(path, record, len(surplus.encode())) == surplus


def _end_of(path: Path, record: Record, count: int) -> str:
    with path.open("rb") as file:
        file.seek(max(record.start, record.end - count))
        return file.read(count).decode("utf-8", errors="replace")


def _refuse_width(source: Source, found: Dialect, records: Sequence[Record], width: int) -> None:
    first = records[0]
    row = first.number + (0 if found.has_header else 1)
    word = "more" if first.width > width else "fewer"
    raise source.error(
        f"Line {first.line} (row {row}) has {first.width} values, {word} than the {width} of the table.",
        reason=f"{len(records)} rows are like that: lines {_lines(records)}."
        if len(records) > 1
        else "A value with a separator in it may lack its quotes.",
        remedy="Mend those lines, or choose to leave them out.",
        line=first.line,
        row=row,
        field="remedies.long_rows",
    )
