"""Data sets, their versions and what is known of their columns."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from .imports import ImportReport

Role = Literal["feature", "target", "id", "ignore", "time", "sensitive"]
ROLES: tuple[Role, ...] = ("feature", "target", "id", "ignore", "time", "sensitive")
ImportMode = Literal["new", "append", "replace", "merge"]


class Column(msgspec.Struct, frozen=True):
    """A column of a version."""

    name: str
    """As the person wrote it."""
    type: str
    """Shown type: ``integer``, ``decimal``, ``text``, ``boolean``, ``date``, ``timestamp`` ..."""
    storage: str
    """DuckDB's type, as ``BIGINT``."""
    role: Role = "feature"
    words: tuple[str, ...] = ()
    """Of yes and no: its source's words for no and for yes, where they aren't false and true."""


class DatasetVersion(msgspec.Struct, frozen=True):
    """One immutable state of a data set."""

    version_id: int
    dataset_id: int
    dataset: str
    number: int
    rows: int
    columns: list[Column]
    message: str
    created_at: datetime
    created_by: str
    mode: str
    """How it came about: ``new``, ``append``, ``replace``, ``merge``, ``restore``."""
    source: str = ""
    """Name of the file it came from."""
    size_bytes: int = 0
    """Bytes on disk of the files that this version names (shared ones count in each)."""
    new_rows: int = 0
    changed_rows: int = 0
    removed_rows: int = 0
    report: ImportReport | None = None
    tags: list[str] = []
    trashed_at: datetime | None = None

    @property
    def ref(self) -> str:
        """How people write it: ``bikes@3``."""
        return f"{self.dataset}@{self.number}"


class Dataset(msgspec.Struct, frozen=True):
    """A named line of versions."""

    dataset_id: int
    name: str
    notes: str
    tags: list[str]
    created_at: datetime
    versions: int
    newest: DatasetVersion | None
    trashed_at: datetime | None = None


class Count(msgspec.Struct, frozen=True):
    """A value and how often it occurs."""

    value: str
    count: int


class ColumnProfile(msgspec.Struct, frozen=True):
    """What is known of a column's values."""

    name: str
    type: str
    rows: int
    missing: int
    distinct: int
    exact: bool
    """False: from a sample; shown with ≈."""
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    standard_deviation: float | None = None
    edges: list[float] = []
    """Edges of the histogram's bins, one more than counts; times in seconds since 1970."""
    counts: list[int] = []
    top: list[Count] = []
    """Most frequent values of a column of text or booleans."""
    infinite: int = 0
    """Values that are infinite or not a number (nan): no part of mean and bins, and not missing."""


class DatasetDifference(msgspec.Struct, frozen=True):
    """What differs between two versions of a data set."""

    old: str
    new: str
    new_rows: int
    changed_rows: int
    removed_rows: int
    added_columns: list[str]
    removed_columns: list[str]
    retyped_columns: list[str]


class ExportedFile(msgspec.Struct, frozen=True):
    """A file that was written outside the project."""

    path: str
    rows: int
    size_bytes: int
    notes: list[str] = []
    """What had to be changed on the way, in words."""


class SortKey(msgspec.Struct, frozen=True):
    """A column to sort by."""

    column: str
    descending: bool = False


class Condition(msgspec.Struct, frozen=True):
    """A filter of one column."""

    column: str
    operator: Literal["=", "!=", "<", "<=", ">", ">=", "contains", "is missing", "is not missing"]
    value: str = ""
