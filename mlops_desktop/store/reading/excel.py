"""Workbooks (.xlsx): which sheet and range hold the table, and what its cells hold.

Cells bring their types: a text with leading zeros is a text, a date is that date whatever the calendar. Which
sheet and range were read is said, as are gaps, hidden rows, error cells and formulas without a stored value.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from mlops_desktop.domain.imports import Decision, ImportOptions, Problem, Remedy
from mlops_desktop.store.reading.dialect import Record, header_of, unique_names
from mlops_desktop.store.reading.excel_cells import declared, is_long, kind_of, text_of
from mlops_desktop.store.reading.relation import Relation
from mlops_desktop.store.reading.source import Source
from mlops_desktop.store.reading.sql import literal
from mlops_desktop.store.reading.text_repair import TOTAL
from mlops_desktop.store.reading.xlsx_facts import (
    SheetFacts,
    column_letters,
    column_number,
    facts_of,
    sheet_path,
)

_XML_LIMIT = 3 << 30
_CELL_LIMIT = 60_000_000
_RATIO_LIMIT = 250
_BATCH_ROWS = 20_000
_Row = Sequence[Any]


@dataclass(frozen=True)
class _Range:
    """Where a table stands, counted from 0; `bottom` and `right` belong to it."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def shown(self) -> str:
        """As a spreadsheet writes it, such as ``B3:F200``."""
        return (
            f"{column_letters(self.left + 1)}{self.top + 1}:{column_letters(self.right + 1)}{self.bottom + 1}"
        )


@dataclass
class _Table:
    """A table within a sheet."""

    sheet: str
    place: _Range
    names: list[str]
    first_row: int
    """Index of the first data row in the sheet, from 0."""
    columns: list[int]
    """Indexes in the sheet of the columns that are kept, from 0."""
    blank_rows: int = 0
    decisions: list[Decision] = field(default_factory=list[Decision])
    problems: list[Problem] = field(default_factory=list[Problem])
    foot: int | None = None
    """Index of the first row below the table, from 0."""


def read_workbook(source: Source, options: ImportOptions) -> Relation:
    """The table of a workbook.

    Raises
    ------
    FileError
        Locked, damaged or beyond all measure; no sheet with a table; or no sheet of the name given.
    """
    try:
        with zipfile.ZipFile(source.alias) as archive:
            _check_size(source, archive)
            book = CalamineWorkbook.from_path(str(source.alias))
            sheets = _sheets(source, book, options)
            facts = {name: _facts(source, archive, name) for name in sheets}
        sheet = _choose(source, book, sheets, facts)
        return _relation(source, book, sheet, facts[sheet], options)
    except PasswordError as error:
        raise source.error(
            f"{source.name} is a workbook with a password.", remedy="Save it without one."
        ) from error
    except (CalamineError, zipfile.BadZipFile, EOFError) as error:
        raise source.error(
            f"{source.name} is a workbook that is damaged or incomplete.",
            reason=f"{error}.",
            remedy="Open it in a spreadsheet program and save it again as .xlsx.",
        ) from error


def _check_size(source: Source, archive: zipfile.ZipFile) -> None:
    total = sum(info.file_size for info in archive.infolist())
    if total > _XML_LIMIT or (total > 256 << 20 and total > _RATIO_LIMIT * source.size_bytes):
        raise source.error(
            f"{source.name} would unpack to {total >> 20} MB, too large for a workbook.",
            remedy="Save the sheet as CSV and import that.",
        )


def _sheets(source: Source, book: CalamineWorkbook, options: ImportOptions) -> list[str]:
    """The sheets that come in question, visible ones first."""
    worksheets = [m for m in book.sheets_metadata if m.typ is SheetTypeEnum.WorkSheet]
    if options.sheet is not None:
        if options.sheet not in book.sheet_names:
            raise source.error(
                f"{source.name} has no sheet “{options.sheet}”.",
                remedy=f"Its sheets are {', '.join(book.sheet_names)}.",
            )
        return [options.sheet]
    visible = [m.name for m in worksheets if m.visible is SheetVisibleEnum.Visible]
    return visible or [m.name for m in worksheets]


def _facts(source: Source, archive: zipfile.ZipFile, sheet: str) -> SheetFacts:
    path = sheet_path(archive, sheet)
    facts = facts_of(archive, path) if path else SheetFacts()
    if facts.last_row * facts.last_column > _CELL_LIMIT:
        raise source.error(
            f"Sheet “{sheet}” reaches to row {facts.last_row}, column {column_letters(facts.last_column)}: too far for a table.",
            reason="A single cell far out makes a sheet that large.",
            remedy="Delete what lies outside the table, or save the sheet as CSV.",
        )
    return facts


def _choose(
    source: Source, book: CalamineWorkbook, sheets: Sequence[str], facts: dict[str, SheetFacts]
) -> str:
    """The first sheet with a table of several rows and columns; else the one with most cells."""
    sizes = {name: _filled_size(book, name) for name in sheets}
    tables = [name for name in sheets if sizes[name][0] > 1 and sizes[name][1] > 1]
    if tables:
        return tables[0]
    best = max(sheets, key=lambda name: sizes[name][0] * sizes[name][1], default=None)
    if best is None or sizes[best][0] == 0:
        raise source.error(f"{source.name} is a workbook without data: all its sheets are empty.")
    return best


def _filled_size(book: CalamineWorkbook, name: str) -> tuple[int, int]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return 0, 0
    return sheet.end[0] - sheet.start[0] + 1, sheet.end[1] - sheet.start[1] + 1


def _relation(
    source: Source, book: CalamineWorkbook, sheet: str, facts: SheetFacts, options: ImportOptions
) -> Relation:
    rows = _Rows(book, sheet)
    table = _locate(source, rows, options)
    others = [name for name in book.sheet_names if name != sheet]
    left = f" Left out: {', '.join(others)}." if others else ""
    told = [
        Decision(
            "sheet", sheet, f"Range {table.place.shown}.{left}", tuple(book.sheet_names), notable=bool(others)
        ),
        *table.decisions,
    ]
    target = source.scratch / "sheet.parquet"
    kinds, count, long = _write(rows, table, target)
    problems = [
        *table.problems,
        *_cell_problems(table, facts),
        *_long_numbers(table, long),
        *_merged(rows, table),
    ]
    types, shown = zip(*(declared(f"c{place}", kind) for place, kind in enumerate(kinds)), strict=True)
    listed = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(shown))
    return Relation(
        format="workbook (.xlsx)",
        sql=f"(SELECT {listed} FROM read_parquet({literal(str(target))}))",
        names=tuple(table.names),
        types=tuple(types),
        options=options,
        decisions=tuple(told),
        problems=tuple(problems),
        rows=count,
        texts=frozenset(place for place, kind in enumerate(kinds) if kind == {"text"}),
        sheets=tuple(book.sheet_names),
    )


class _Rows:
    """The rows of a sheet from its first row on, as often as they are wanted."""

    def __init__(self, book: CalamineWorkbook, sheet: str) -> None:
        self.sheet = sheet
        self._sheet = book.get_sheet_by_name(sheet)
        start, end = self._sheet.start, self._sheet.end
        self.offset = start or (0, 0)
        self.end = end or (0, 0)
        self.merged: list[Any] = list(self._sheet.merged_cell_ranges or [])

    def __iter__(self) -> Iterator[tuple[int, list[Any]]]:
        """Index of the row in the sheet, and its cells from column A on."""
        pad = [""] * self.offset[1]
        for index, cells in enumerate(self._sheet.iter_rows()):
            yield index, [*pad, *cells]


_REFERENCE = re.compile(r"\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)", re.I)


def _given(source: Source, rows: _Rows, text: str | None) -> _Range:
    """The range that a person gave, or all that is filled."""
    if text is None:
        return _Range(rows.offset[0], rows.end[0], rows.offset[1], rows.end[1])
    found = _REFERENCE.fullmatch(text.strip())
    if not found:
        raise source.error(f"“{text}” is no range of cells.", remedy="Write it like B3:F200.")
    left, top, right, bottom = found.groups()
    return _Range(
        int(top) - 1, int(bottom) - 1, column_number(left.upper()) - 1, column_number(right.upper()) - 1
    )


def _locate(source: Source, rows: _Rows, options: ImportOptions) -> _Table:
    """Where the table begins and ends in its sheet, and its names."""
    place = _given(source, rows, options.range)
    top = place.top + (options.skip_rows or 0)
    filled: list[tuple[int, list[Any]]] = []
    used = [0] * (place.right + 1)
    blank, last = 0, top - 1
    tail: list[tuple[int, list[Any]]] = []
    for index, cells in rows:
        if not top <= index <= place.bottom:
            continue
        cells = cells[: place.right + 1]
        if all(_is_empty(cell) for cell in cells[place.left :]):
            blank += 1
            continue
        last = index
        if len(filled) < 200:
            filled.append((index, cells))
        tail = [*tail[-11:], (index, cells)]
        for column in range(place.left, len(cells)):
            used[column] += not _is_empty(cells[column])
    if not filled:
        raise source.error(f"Sheet “{rows.sheet}” holds no data there: it is empty.")
    start = 0 if options.skip_rows is not None or options.range else _first(filled, place)
    header_row, cells = filled[start]
    columns = [c for c in range(place.left, place.right + 1) if used[c]]
    records = [Record(tuple(text_of(_cell(r, c)) for c in columns), i + 1) for i, r in filled[start:]]
    has_header, why = header_of(records, options.header, [_kinds_of(r, columns) for _, r in filled[start:]])
    written = list(records[0].values) if has_header else [""] * len(columns)
    grouped = _grouped(rows, filled, start, columns) if has_header else None
    if grouped:
        start, written = start + 1, grouped
        why = "Two rows of names, the upper one merged over several columns."
    names, renamed = unique_names(written)
    table = _Table(
        rows.sheet,
        _Range(header_row, last, place.left, place.right),
        names,
        filled[start][0] + 1 if has_header else header_row,
        columns,
        blank_rows=blank,
    )
    table.decisions.append(
        Decision("header", f"row {header_row + 1}" if has_header else "none", why, ("first row", "none"))
    )
    if renamed:
        shown = ", ".join(renamed[:5])
        table.decisions.append(
            Decision("names", shown, "Names have to be unique and not empty.", notable=True)
        )
    _describe(table, filled[:start] if not grouped else filled[: start - 1], tail, used, options)
    return table


def _first(filled: Sequence[tuple[int, list[Any]]], place: _Range) -> int:
    """Index of the row with which the table begins: behind titles and notes."""
    counts = [sum(not _is_empty(c) for c in cells[place.left :]) for _, cells in filled]
    widest = sorted(counts)[len(counts) * 3 // 4]
    if widest < 2:
        return 0
    return next((i for i, count in enumerate(counts[:60]) if count > 1 and count >= 0.6 * widest), 0)


def _cell(cells: Sequence[Any], column: int) -> Any:
    return cells[column] if column < len(cells) else ""


def _is_empty(cell: Any) -> bool:
    return cell == "" or cell is None


def _kinds_of(cells: Sequence[Any], columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(kind_of(_cell(cells, column)) for column in columns)


def _grouped(
    rows: _Rows, filled: Sequence[tuple[int, list[Any]]], start: int, columns: Sequence[int]
) -> list[str] | None:
    """Names from two rows, where cells of the first are merged over several columns."""
    index, upper = filled[start]
    spans = [((a[0], a[1]), (b[0], b[1])) for a, b in rows.merged if a[0] == index and b[1] > a[1]]
    if not spans or start + 1 >= len(filled) or filled[start + 1][0] != index + 1:
        return None
    lower = filled[start + 1][1]
    if any(kind_of(_cell(lower, c)) not in ("text", "") for c in columns):
        return None
    names: list[str] = []
    for column in columns:
        span = next((s for s in spans if s[0][1] <= column <= s[1][1]), None)
        group = text_of(_cell(upper, span[0][1] if span else column))
        names.append(" ".join(part for part in (group, text_of(_cell(lower, column))) if part))
    return names


def _describe(
    table: _Table,
    before: Sequence[tuple[int, list[Any]]],
    tail: Sequence[tuple[int, list[Any]]],
    used: Sequence[int],
    options: ImportOptions,
) -> None:
    """Say what was left out around and within the table."""
    if before:
        first = next((text_of(c) for c in before[0][1] if not _is_empty(c)), "")
        what = f"{len(before)} rows above the table were skipped, the first: “{first[:80]}”."
        table.problems.append(Problem("preamble", "note", what, count=len(before)))
    foot: list[tuple[int, list[Any]]] = []
    if options.remedies.get("foot") != "keep" and len(table.columns) > 1:
        foot = _foot(table, tail)
    if foot:
        shown = next((text_of(c) for c in foot[0][1] if not _is_empty(c)), "")[:80]
        table.foot = foot[0][0]
        what = f"{len(foot)} rows below the table were taken for its foot (totals or notes), from row {table.foot + 1} of the sheet: “{shown}”."
        remedies = (Remedy("skip", "Skipped"), Remedy("keep", "Keep as rows"))
        table.problems.append(Problem("foot", "warning", what, count=len(foot), remedies=remedies))
    elif tail and options.remedies.get("foot") != "keep":
        first = next(
            (text_of(_cell(tail[-1][1], c)) for c in table.columns if not _is_empty(_cell(tail[-1][1], c))),
            "",
        )
        if TOTAL.match(first):
            what = f"The last row begins with “{first[:40]}”: it may be a total, and is kept as a row."
            table.problems.append(Problem("foot", "note", what, count=1))
    if table.blank_rows:
        what = f"{table.blank_rows} empty rows (gaps) in the sheet were passed over; the rows behind them are there."
        table.problems.append(Problem("gaps", "note", what, count=table.blank_rows))
    gone = [c for c in range(table.place.left, table.place.right + 1) if not used[c]]
    if gone:
        listed = ", ".join(column_letters(c + 1) for c in gone[:12])
        what = f"Empty columns of the sheet were left out: column {listed}."
        table.problems.append(Problem("empty columns", "note", what, count=len(gone)))


def _foot(table: _Table, tail: Sequence[tuple[int, list[Any]]]) -> list[tuple[int, list[Any]]]:
    """Totals and notes at the end of a sheet."""
    foot: list[tuple[int, list[Any]]] = []
    for index, cells in reversed(tail):
        filled = [c for c in table.columns if not _is_empty(_cell(cells, c))]
        if index <= table.first_row + 1 or not filled:
            break
        first = _cell(cells, filled[0])
        is_total = isinstance(first, str) and bool(TOTAL.match(first)) and len(filled) < len(table.columns)
        is_note = len(filled) == 1 and isinstance(first, str) and len(table.columns) > 2
        if not (is_total or is_note):
            break
        foot.insert(0, (index, list(cells)))
    return foot


def _write(rows: _Rows, table: _Table, target: Any) -> tuple[list[set[str]], int, dict[int, list[int]]]:
    """Write the cells as texts; the kinds of cells in each column, the number of rows, and rows with long numbers."""
    long: dict[int, list[int]] = {}
    fractions: set[int] = set()
    kinds: list[set[str]] = [set() for _ in table.columns]
    schema = pa.schema([(f"c{place}", pa.string()) for place in range(len(table.columns))])
    count = 0
    with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        batch: list[list[str | None]] = [[] for _ in table.columns]
        for index, cells in rows:
            if not table.first_row <= index <= table.place.bottom or (
                table.foot is not None and index >= table.foot
            ):
                continue
            picked = [_cell(cells, column) for column in table.columns]
            if all(_is_empty(cell) for cell in picked):
                continue
            for place, cell in enumerate(picked):
                kind = kind_of(cell)
                if kind:
                    kinds[place].add(kind)
                if kind in ("whole", "number") and is_long(cell):
                    long.setdefault(place, []).append(count + 1)
                elif kind == "number":
                    fractions.add(place)
                batch[place].append(text_of(cell) if kind else None)
            count += 1
            if len(batch[0]) >= _BATCH_ROWS:
                writer.write_batch(pa.record_batch([pa.array(c, pa.string()) for c in batch], schema=schema))
                batch = [[] for _ in table.columns]
        writer.write_batch(pa.record_batch([pa.array(c, pa.string()) for c in batch], schema=schema))
    return kinds, count, {place: found for place, found in long.items() if place not in fractions}


def _long_numbers(table: _Table, long: dict[int, list[int]]) -> Iterator[Problem]:
    """Say where a workbook may have lost digits."""
    for place, rows in long.items():
        name = table.names[place]
        what = (
            f"{len(rows)} whole numbers of more than 15 digits: a workbook keeps no more of a number, "
            "so the last ones may be lost. Store identifiers as text."
        )
        yield Problem(f"{name}:digits", "warning", what, row=rows[0], column=name, count=len(rows))


def _merged(rows: _Rows, table: _Table) -> Iterator[Problem]:
    """Say which cells of the rows lie within merged ones, of which the first alone has the value."""
    inside = [
        (top, bottom, left)
        for (top, left), (bottom, right) in rows.merged
        if bottom >= table.first_row and top <= table.place.bottom and (bottom > top or right > left)
    ]
    if inside:
        top, _, left = inside[0]
        what = (
            f"{len(inside)} merged cells, the first from {column_letters(left + 1)}{top + 1} on: "
            "the value is in the first row and column of each, the others are missing."
        )
        yield Problem("merged", "warning", what, row=max(1, top - table.first_row + 1), count=len(inside))


def _cell_problems(table: _Table, facts: SheetFacts) -> Iterator[Problem]:
    """What has to be said about single cells."""
    if facts.hidden_rows:
        yield Problem(
            "hidden rows",
            "note",
            f"{facts.hidden_rows} hidden rows of the sheet are imported like the others.",
            count=facts.hidden_rows,
        )
    for name, column in zip(table.names, table.columns, strict=True):
        letters = column_letters(column + 1)
        errors = [(cell, word) for cell, word in facts.errors if _in(table, cell, letters)]
        if errors:
            words = ", ".join(sorted({word for _, word in errors}))
            what = f"{len(errors)} error cells ({words}) are missing, the first is {errors[0][0]}."
            yield Problem(
                f"{name}:errors",
                "warning",
                what,
                row=_row(table, errors[0][0]),
                column=name,
                count=len(errors),
            )
        empty = [cell for cell in facts.without_value if _in(table, cell, letters)]
        if empty:
            what = (
                f"{len(empty)} formulas have no stored value and are missing, the first is {empty[0]}. Open the "
                "workbook in a spreadsheet program and save it to store them."
            )
            yield Problem(
                f"{name}:formulas", "warning", what, row=_row(table, empty[0]), column=name, count=len(empty)
            )


def _in(table: _Table, cell: str, letters: str) -> bool:
    found = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    if not found or found.group(1) != letters:
        return False
    index = int(found.group(2)) - 1
    return table.first_row <= index <= table.place.bottom and (table.foot is None or index < table.foot)


def _row(table: _Table, cell: str) -> int:
    return int(re.sub(r"\D", "", cell)) - table.first_row
