"""Where each record of a text begins and ends, and how many values it has: all records, in numpy.

Quotes are followed as RFC 4180 has them: a value is quoted when its first letter is a quote, and ends at a quote
that a separator or line end follows. A quote in the middle of a value is a letter. What breaks the rule is
reported by the line on which the quote was opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK_BYTES = 16 << 20
_Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """One record of a text."""

    start: int
    """Offset of its first byte."""
    end: int
    """Offset behind its last byte; the line end is not part of it."""
    line: int
    """Line on which it begins, from 1."""
    number: int
    """Its number among the records that are not blank, from 0."""
    width: int
    """Values in it."""


@dataclass
class RecordScan:
    """What was found in a text of an expected width."""

    count: int = 0
    """Records that are not blank."""
    blank: int = 0
    odd: list[Record] = field(default_factory=list[Record])
    """Records of another width, in order (at most `limit`, and all of the last ones)."""
    odd_count: int = 0
    last: list[Record] = field(default_factory=list[Record])
    """The last few records, whatever their width."""
    bad_quote_line: int | None = None
    """Line on which a quote was opened that isn't closed as it should be."""
    bad_quote_record: int | None = None
    """Number of the record on that line."""
    swallowed: list[int] = field(default_factory=list[int])
    """Lines of quoted values that hold whole rows, or so it seems."""
    spans_lines: bool = False
    """Whether a quoted value holds a line end."""
    longest: int = 0


@dataclass
class _Shape:
    """How records are told apart, as bytes."""

    delimiter: bytes
    quote: int
    escape: int
    line_end: int


def scan_records(
    path: Path,
    delimiter: str,
    quote: str,
    *,
    escape: str = "",
    line_end: str = "\n",
    width: int,
    start: int = 0,
    limit: int = 2_000_000,
) -> RecordScan:
    """Look at every record of a UTF-8 text.

    Parameters
    ----------
    path : Path
        The text.
    delimiter, quote, escape : str
        Its dialect; an empty quote means that nothing is quoted.
    line_end : str
        ``\\r`` for texts with that alone; any other text ends its lines with ``\\n`` and perhaps ``\\r`` before.
    width : int
        Values that a record should have.
    start : int
        Offset of the first record.
    limit : int
        Odd records kept at most.
    """
    shape = _Shape(
        delimiter.encode(),
        ord(quote) if quote else -1,
        ord("\\") if escape == "\\" else -1,
        13 if line_end == "\r" else 10,
    )
    scan = RecordScan()
    # Read, not mapped: a file that is cut short meanwhile would end the process by a signal.
    with path.open("rb") as file:
        line = 1 + _count(file, start, shape.line_end)
        position, size, block = start, path.stat().st_size, BLOCK_BYTES
        while position < size and scan.bad_quote_line is None:
            stop = min(size, position + block)
            file.seek(position)
            view = np.frombuffer(file.read(stop - position), np.uint8)
            is_last = stop == size or len(view) < stop - position
            used, lines = _block(view, position, line, shape, scan, width, limit, is_last=is_last)
            if used == 0 and not is_last:
                block *= 2
                continue
            if used == 0:
                break
            position, line, block = position + used, line + lines, BLOCK_BYTES
    return scan


def _count(file: BufferedReader, size: int, letter: int) -> int:
    """How often a byte stands among the first `size` of a file."""
    found, left = 0, size
    while left > 0 and (chunk := file.read(min(left, BLOCK_BYTES))):
        found += chunk.count(letter)
        left -= len(chunk)
    return found


def _block(
    view: npt.NDArray[np.uint8],
    offset: int,
    line: int,
    shape: _Shape,
    scan: RecordScan,
    width: int,
    limit: int,
    *,
    is_last: bool,
) -> tuple[int, int]:
    """Take the whole records of a block; the bytes and lines that they are."""
    raw = view.tobytes()
    ends = np.flatnonzero(view == shape.line_end)
    opened, closed, bad = _quoted_spans(view, raw, shape, is_last=is_last)
    delimiters = _find(view, raw, shape.delimiter)
    true_ends = _outside(ends, opened, closed)
    delimiters = _outside(delimiters, opened, closed)
    if bad is not None:
        true_ends = true_ends[true_ends < bad]
    if is_last and bad is None and (not len(true_ends) or true_ends[-1] != len(view) - 1):
        true_ends = np.append(true_ends, len(view))
    starts = np.concatenate((np.zeros(1, np.int64), true_ends[:-1] + 1)) if len(true_ends) else true_ends
    stops = true_ends - _carriage_returns(view, true_ends, starts, shape)
    counts = np.searchsorted(delimiters, true_ends) - np.searchsorted(delimiters, starts) + 1
    _take(scan, offset, line, starts, stops, counts, ends, width, limit)
    used = min(len(view), int(true_ends[-1]) + 1) if len(true_ends) else 0
    if bad is not None and (is_last or bad >= 0):
        scan.bad_quote_line = line + int(np.searchsorted(ends, bad))
        scan.bad_quote_record = scan.count
    _note_swallowed(scan, line, opened, closed, ends, raw, shape, width)
    return used, int(np.searchsorted(ends, used))


def _find(view: npt.NDArray[np.uint8], raw: bytes, delimiter: bytes) -> _Places:
    if len(delimiter) == 1:
        return np.flatnonzero(view == delimiter[0])
    places: list[int] = []
    at = raw.find(delimiter)
    while at >= 0:
        places.append(at)
        at = raw.find(delimiter, at + len(delimiter))
    return np.array(places, np.int64)


def _carriage_returns(view: npt.NDArray[np.uint8], ends: _Places, starts: _Places, shape: _Shape) -> _Places:
    """1 where a carriage return stands before the line end."""
    if shape.line_end == 13 or not len(ends):
        return np.zeros(len(ends), np.int64)
    before = np.maximum(ends - 1, 0)
    return ((view[before] == 13) & (ends > starts)).astype(np.int64)


def _outside(places: _Places, opened: _Places, closed: _Places) -> _Places:
    """The places that are not within a quoted value."""
    if not len(opened):
        return places
    index = np.searchsorted(opened, places) - 1
    inside = (index >= 0) & (places < closed[np.maximum(index, 0)])
    return places[~inside]


def _quoted_spans(
    view: npt.NDArray[np.uint8], raw: bytes, shape: _Shape, *, is_last: bool
) -> tuple[_Places, _Places, int | None]:
    """Where quoted values begin and end, and where a quote was opened that breaks the rule."""
    none = np.zeros(0, np.int64)
    quotes = np.flatnonzero(view == shape.quote) if shape.quote >= 0 else none
    if not len(quotes):
        return none, none, None
    is_open = len(quotes) % 2 == 1
    if shape.escape < 0 and len(shape.delimiter) == 1 and not (is_open and is_last):
        opened, closed = quotes[0::2], quotes[1::2]
        if is_open:
            closed = np.append(closed, len(view))
        padded = np.concatenate((np.array([10], np.uint8), view, np.array([10, 10, 10], np.uint8)))
        edges = np.array([10, 13, shape.delimiter[0]], np.uint8)
        doubled = opened[1:] == closed[:-1] + 1
        starts_well = np.isin(padded[opened], edges)
        starts_well[1:] |= doubled
        ends_well = np.isin(padded[closed + 2], edges)
        ends_well[:-1] |= doubled
        if starts_well.all() and ends_well.all():
            first = np.concatenate((np.ones(1, bool), ~doubled))
            last = np.concatenate((~doubled, np.ones(1, bool)))
            return opened[first], closed[last], None
    return _followed(raw, quotes.tolist(), shape, is_last=is_last)


def _followed(
    raw: bytes, quotes: list[int], shape: _Shape, *, is_last: bool
) -> tuple[_Places, _Places, int | None]:
    """The same quote by quote, for texts in which quotes are letters too."""
    opened, closed = list[int](), list[int]()
    size, delimiter, open_at, skip = len(raw), shape.delimiter, -1, -1
    for at in quotes:
        if at == skip or (shape.escape >= 0 and at and raw[at - 1] == shape.escape and open_at >= 0):
            continue
        if open_at < 0:
            if at == 0 or raw[at - 1] in (10, 13) or raw.endswith(delimiter, 0, at):
                open_at = at
            continue
        if raw[at + 1 : at + 2] == bytes([shape.quote]) and shape.escape < 0:
            skip = at + 1
        elif at + 1 >= size or raw[at + 1] in (10, 13) or raw.startswith(delimiter, at + 1):
            opened.append(open_at)
            closed.append(at)
            open_at = -1
        else:
            return np.array(opened, np.int64), np.array(closed, np.int64), open_at
    bad = open_at if open_at >= 0 and is_last else None
    if open_at >= 0 and not is_last:
        opened.append(open_at)
        closed.append(size)
    return np.array(opened, np.int64), np.array(closed, np.int64), bad


def _take(
    scan: RecordScan,
    offset: int,
    line: int,
    starts: _Places,
    stops: _Places,
    counts: _Places,
    ends: _Places,
    width: int,
    limit: int,
) -> None:
    """Add the records of a block to what was found."""
    filled = stops > starts
    if width == 1:
        filled = np.ones(len(starts), bool)
    scan.blank += int(len(starts) - np.count_nonzero(filled))
    numbers = scan.count + np.cumsum(filled) - 1
    if len(starts):
        scan.longest = max(scan.longest, int((stops - starts).max()))
    odd = np.flatnonzero(filled & (counts != width))
    scan.odd_count += len(odd)
    room = max(0, limit - len(scan.odd))

    def record(place: int) -> Record:
        start = int(starts[place])
        at = line + int(np.searchsorted(ends, start))
        return Record(offset + start, offset + int(stops[place]), at, int(numbers[place]), int(counts[place]))

    scan.odd.extend(record(int(place)) for place in odd[:room])
    scan.last = (scan.last + [record(int(p)) for p in np.flatnonzero(filled)[-12:]])[-12:]
    scan.count += int(np.count_nonzero(filled))


def _note_swallowed(
    scan: RecordScan,
    line: int,
    opened: _Places,
    closed: _Places,
    ends: _Places,
    raw: bytes,
    shape: _Shape,
    width: int,
) -> None:
    """Notice quoted values of several lines in which each line has as many separators as a row.

    Where each also begins with a number, the quote was meant as a letter or never closed.
    """
    if not len(opened):
        return
    several = np.flatnonzero(np.searchsorted(ends, closed) > np.searchsorted(ends, opened))
    scan.spans_lines = scan.spans_lines or len(several) > 0
    if width < 2 or len(scan.swallowed) > 100:
        return
    mark = bytes([shape.line_end])
    for place in several[:1000]:
        start, stop = int(opened[place]), int(closed[place])
        first, last = raw.rfind(mark, 0, start) + 1, raw.find(mark, stop)
        lines = raw[first : last if last >= 0 else len(raw)].split(mark)
        if any(part.count(shape.delimiter) != width - 1 for part in lines):
            continue
        at = line + int(np.searchsorted(ends, start))
        if all(part.split(shape.delimiter)[0].strip().isdigit() for part in lines):
            scan.bad_quote_line = min(at, scan.bad_quote_line or at)
            scan.bad_quote_record = scan.bad_quote_record or 0
        scan.swallowed.append(at)


def copy_without(source: Path, target: Path, pieces: Iterator[tuple[int, int, bytes]]) -> None:
    """Copy a text with parts replaced.

    Parameters
    ----------
    source, target : Path
        From and to.
    pieces : iterator of (start, end, bytes)
        In order: the bytes from `start` to `end` are replaced.
    """
    with source.open("rb") as reading, target.open("wb") as writing:
        at = 0
        for start, end, new in pieces:
            _copy(reading, writing, start - at)
            writing.write(new)
            reading.seek(end)
            at = end
        _copy(reading, writing, -1)


def _copy(reading: object, writing: object, count: int) -> None:
    """Copy `count` bytes, or all that are left."""
    from io import BufferedReader, BufferedWriter

    assert isinstance(reading, BufferedReader) and isinstance(writing, BufferedWriter)
    left = count
    while left:
        chunk = reading.read(min(left, 1 << 20) if left > 0 else 1 << 20)
        if not chunk:
            return
        writing.write(chunk)
        left -= len(chunk) if left > 0 else 0
