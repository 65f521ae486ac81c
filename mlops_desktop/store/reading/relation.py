"""What every reader hands on: a source for SQL, its names, and what was decided on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mlops_desktop.domain.imports import Decision, ImportOptions, Problem


@dataclass(frozen=True)
class Relation:
    """A table that DuckDB can read in the order of the file.

    `sql` stands behind FROM; its columns are named ``c0``, ``c1`` ... in the order of `names`. Where `types` has
    `None` the column is text whose type is decided from its values, else the DuckDB type that the file declares.
    """

    format: str
    sql: str
    names: tuple[str, ...]
    types: tuple[str | None, ...]
    options: ImportOptions = field(default_factory=ImportOptions)
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped_lines: tuple[int, ...] = ()
    rows: int | None = None
    """Rows, where the file says so or they were counted."""
    lines: int | None = None
    """Rows, if no record spans lines and no line is blank: a text's cheap count, to compare with."""
    count: Callable[[], int] | None = None
    """Counts the rows of a text by its own rule, to be asked where `lines` does not agree."""
    has_quotes: bool = False
    """Whether a text has quoted values."""
    has_underscores: bool = True
    """Whether an underscore may be in its texts."""
    sha256: str = ""
    """Hash of the source, where the reader took it on the way."""
    texts: frozenset[int] = frozenset()
    """Columns that the file declares as texts: they become dates or times at most, never numbers."""
    content: Path | None = None
    """For delimited text: the bytes of the text, unpacked."""
    sheets: tuple[str, ...] = ()
    converted: dict[int, tuple[str, str, str]] = field(default_factory=dict[int, tuple[str, str, str]])
    """SQL about ``{v}``, DuckDB type and reason for columns that can't be kept as the file declares them."""
    sample: str = ""
    """Another source of the same columns with a part of the rows; empty where there is none."""

    @property
    def first_rows(self) -> str:
        """The source of a part of the rows that is quick to read."""
        return self.sample or self.sql
