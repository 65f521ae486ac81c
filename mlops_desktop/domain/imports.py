"""What an import of a file is told, decides, finds and reports.

A file becomes a table by *decisions* (its format, the type of each column, where the table begins), each with
its reason, each of which a person can change through `ImportOptions`. What does not fit is a `Problem` with
remedies, the first of which is taken unless another is chosen. `ImportReport.said` is the whole story in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

import msgspec

from mlops_desktop.domain.tables import Table

DateOrder = Literal["day first", "month first"]
Severity = Literal["note", "warning", "error"]


class ColumnType(StrEnum):
    """The type of a column in the words of the window and the command line."""

    BOOLEAN = "yes/no"
    INTEGER = "integer"
    BIG_INTEGER = "big integer"
    DECIMAL = "decimal"
    EXACT_DECIMAL = "exact decimal"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    INSTANT = "timestamp with zone"
    BINARY = "binary"
    NESTED = "nested"

    @property
    def duckdb(self) -> str:
        """The DuckDB type that holds it when nothing narrower was declared by the file."""
        return _DUCKDB[self]


_DUCKDB = {
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.BIG_INTEGER: "DECIMAL(38,0)",
    ColumnType.DECIMAL: "DOUBLE",
    ColumnType.EXACT_DECIMAL: "DECIMAL(38,10)",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.INSTANT: "TIMESTAMP WITH TIME ZONE",
    ColumnType.BINARY: "BLOB",
    ColumnType.NESTED: "JSON",
}


def column_type(duckdb: str) -> ColumnType:
    """The shown type of a DuckDB type name, such as ``DECIMAL(18,2)`` or ``INTEGER[]``."""
    name = duckdb.upper()
    if name.endswith("]") or name.startswith(("STRUCT", "MAP", "UNION", "JSON")):
        return ColumnType.NESTED
    if name.startswith("DECIMAL"):
        return ColumnType.BIG_INTEGER if name.endswith(",0)") else ColumnType.EXACT_DECIMAL
    if name.startswith("TIMESTAMP"):
        return ColumnType.INSTANT if "ZONE" in name or name.endswith("TZ") else ColumnType.TIMESTAMP
    if name.startswith("TIME"):
        return ColumnType.TIME
    fixed = {
        "BOOLEAN": ColumnType.BOOLEAN,
        "DATE": ColumnType.DATE,
        "FLOAT": ColumnType.DECIMAL,
        "DOUBLE": ColumnType.DECIMAL,
        "BLOB": ColumnType.BINARY,
    }
    return fixed.get(name, ColumnType.INTEGER if "INT" in name else ColumnType.TEXT)


class ImportOptions(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a person fixed about the reading of a file; `None` means "found by itself".

    The options that a `FilePreview` resolved can be saved and given again for the next file of the same shape.
    """

    delimiter: str | None = None
    """What separates values, one to four letters; two blanks stand for columns aligned by blanks."""
    encoding: str | None = None
    """Name of the encoding of a text file, such as ``utf-8`` or ``cp1252``."""
    decimal_mark: Literal[".", ","] | None = None
    thousands_mark: str | None = None
    header: bool | None = None
    """Whether the first row of the table holds the names."""
    quote: str | None = None
    """The quote, one letter; an empty text means that nothing is quoted."""
    missing: tuple[str, ...] | None = None
    """Tokens that stand for a missing value in every column, text too."""
    sheet: str | None = None
    """Name of the sheet of a workbook, or of the file in an archive."""
    range: str | None = None
    """Cells of a sheet, such as ``B3:F200``."""
    skip_rows: int | None = None
    """Lines (of a text) or rows (of a sheet) before the table."""
    date_order: DateOrder | None = None
    types: dict[str, ColumnType] = {}
    """Types chosen by a person, by the written name of the column."""
    expected: dict[str, ColumnType] = {}
    """Types that a data set has so far, by the written name: taken where every value of the file can be read so."""
    remedies: dict[str, str] = {}
    """Remedy chosen for a problem, by the key of the problem."""


class Spelling(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a text file wrote the values of a column, where programs write them otherwise."""

    decimal: str = "."
    """The decimal mark."""
    marks: str = ""
    """Letters that may stand between groups of three digits."""
    signs: str = ""
    """Signs around a number that go away, such as a percent sign."""
    dates: tuple[str, ...] = ()
    """Formats of ``strptime``."""
    missing: tuple[str, ...] = ()
    """Words that stood for a missing value."""


class Decision(msgspec.Struct, frozen=True):
    """One thing that was decided about a file, and why."""

    about: str
    """Written name of a column, or the part of the format: ``delimiter``, ``header`` ..."""
    decided: str
    why: str
    choices: tuple[str, ...] = ()
    """What it can be changed to; empty when it can't."""
    is_column: bool = False
    notable: bool = False
    """Whether a reader of the report has to be told, for something went away or was assumed."""
    is_local: bool = False
    """Whether it is a column whose numbers or dates are written as in some country: a decimal comma, the day first."""
    spelling: Spelling | None = None
    """For a column of a text file: how its values were written, where not plainly."""


class Remedy(msgspec.Struct, frozen=True):
    """One way to deal with a problem."""

    key: str
    label: str


class Problem(msgspec.Struct, frozen=True):
    """Something in a file that does not fit; the first remedy is taken unless another is chosen."""

    key: str
    """Stable name, by which `ImportOptions.remedies` chooses a remedy."""
    severity: Severity
    what: str
    row: int | None = None
    """First data row it is about, from 1."""
    line: int | None = None
    """First line of the text it is about, from 1."""
    column: str | None = None
    count: int = 1
    """Rows it is about."""
    remedies: tuple[Remedy, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, in words."""
        parts = [f"row {self.row}" if self.row else "", f"line {self.line}" if self.line else ""]
        place = ", ".join(part for part in parts if part)
        return f"{self.column}, {place}" if self.column and place else self.column or place


class PreviewColumn(msgspec.Struct, frozen=True):
    """A column as the preview shows it."""

    name: str
    type: ColumnType
    duckdb_type: str
    has_values: bool = True
    """False when no value was seen: the column takes the type of the first one that comes."""


class NumberedRow(msgspec.Struct, frozen=True):
    """A row of a preview with its number, as text as it was written."""

    row: int
    cells: tuple[str | None, ...]


class FilePreview(msgspec.Struct, frozen=True):
    """What a file would become, before anything is written."""

    format: str
    options: ImportOptions
    """The options with everything found filled in."""
    columns: tuple[PreviewColumn, ...]
    first_rows: Table
    last_rows: tuple[NumberedRow, ...] = ()
    problem_rows: tuple[NumberedRow, ...] = ()
    row_count: int | None = None
    """Rows of the whole file, when that is known or cheap."""
    row_count_is_exact: bool = False
    size_bytes: int = 0
    sheets: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()


class Widened(msgspec.Struct, frozen=True):
    """A column whose type had to give way to a value further down in the file."""

    column: str
    from_type: ColumnType
    to_type: ColumnType
    row: int | None
    value: str


class ImportReport(msgspec.Struct, frozen=True):
    """What an import decided, met and left out."""

    format: str
    rows: int
    columns: int
    options: ImportOptions = ImportOptions()
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    widened: tuple[Widened, ...] = ()
    skipped_lines: tuple[int, ...] = ()
    """Lines that are not in the table: notes before it, a foot below it, rows left out."""

    def said(self) -> str:
        """The report in sentences: what a person has to know first, then every decision."""
        return "\n".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield f"{self.rows} rows, {self.columns} columns from {self.format}."
        for problem in self.problems:
            place = f"{problem.place}: " if problem.place else ""
            if not problem.column:
                place = place[:1].upper() + place[1:]
            remedy = f" {problem.remedies[0].label}." if problem.remedies else ""
            yield f"{place}{problem.what}{remedy}"
        for change in self.widened:
            at = f" in row {change.row}" if change.row else ""
            yield (
                f"{change.column}: {change.from_type.value} in the rows looked at first, {change.to_type.value} "
                f"{f'because of “{change.value}”{at}' if change.value else 'by all rows'}."
            )
        for decision in self.decisions:
            yield f"{decision.about}: {decision.decided}. {decision.why}".rstrip()
