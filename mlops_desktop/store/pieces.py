"""What a version is made of: an ordered list of pieces of immutable files, each perhaps under a patch.

A piece is a range of rows of one file. Positions in a file never move: a deletion is a mark in the patch, and a patch
row holds the whole new row under the row number it has in the file (`_at`), so pieces that are slices of one file can
share a patch. Living rows are those of the range that the patch doesn't mark deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from .pieces_columns import Column

Positions = NDArray[np.int64]
"""Sorted rows of a file."""


class StoredFile(msgspec.Struct, frozen=True):
    """An immutable Parquet file, named by the SHA-256 of its bytes."""

    name: str
    rows: int
    size_bytes: int
    columns: dict[str, str]
    """Physical name to type of the columns it holds values of; any other column reads as missing."""


class Piece(msgspec.Struct, frozen=True):
    """A range of rows of a file, with the patch over it."""

    file: str
    first: int
    """First row of the file, from 0."""
    span: int
    """Rows of the file, deleted ones included."""
    rows: int
    """Living rows."""
    patch: str | None = None
    patched: int = 0
    """Rows of all patches written since the file was, which decides when it is written again."""

    @property
    def end(self) -> int:
        """Row of the file after the last."""
        return self.first + self.span


class Part(msgspec.Struct, frozen=True):
    """Some rows of the piece number `k`: rows `low` to `high` (exclusive) of its file."""

    k: int
    piece: Piece
    low: int
    high: int
    rows: int
    """Living rows in it."""
    position: int
    """Position in the version of its first living row."""


class Version(msgspec.Struct, frozen=True):
    """A version as stored: its columns, its pieces, and the files they name."""

    version_id: int
    dataset_id: int
    parent: int | None
    columns: tuple[Column, ...]
    rows: int
    pieces: tuple[Piece, ...]
    files: Mapping[str, StoredFile]


class Staged(msgspec.Struct, frozen=True):
    """A table on its way in: a finished temp Parquet file in the project's `data/tmp`, rows in the source's order."""

    path: Path
    names: tuple[str, ...]
    """Written names, in the order of the file's columns."""
    physical: tuple[str, ...]
    """Names of the file's columns, as `Versions.physical_names` gave them."""
    types: tuple[str, ...]
    """DuckDB types of the file's columns. Floats are to be written as `c + 0`: a -0.0 isn't kept."""
    valueless: frozenset[int] = frozenset()
    """Numbers of the columns (from 0) that hold no value at all."""
    rows: int = 0
    exact: frozenset[int] = frozenset()
    """Numbers of the columns in whose type every earlier value was seen to be exact, so that it need not become text."""
    words: Mapping[int, tuple[str, ...]] = {}
    """Number of a column of yes and no to its word for no and its word for yes."""


class Counts(msgspec.Struct, frozen=True):
    """What a write does to the rows of its parent."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0


class Prepared(msgspec.Struct, frozen=True):
    """A version whose files are final and which only has to be committed."""

    dataset_id: int
    parent: int | None
    columns: tuple[Column, ...]
    pieces: tuple[Piece, ...]
    files: tuple[StoredFile, ...]
    """New files; those of the parent are known."""
    counts: Counts
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    columns_retyped: tuple[tuple[str, str, str], ...] = ()
    """Written name, type before, type after."""

    @property
    def rows(self) -> int:
        """Rows of the new version."""
        return sum(piece.rows for piece in self.pieces)

    @property
    def size_bytes(self) -> int:
        """Bytes of the new files."""
        return sum(file.size_bytes for file in self.files)


# ------------------------------------------------------------------------------------------ living rows


def row_of(piece: Piece, living: int, deleted: Positions) -> int:
    """Row of the file that is the living row number `living` (from 0) of `piece`.

    Parameters
    ----------
    deleted : array of int64
        Sorted rows of the file that the piece's patch marks deleted.
    """
    low, high = np.searchsorted(deleted, (piece.first, piece.end))
    gone = deleted[low:high] - piece.first
    before = np.searchsorted(gone - np.arange(len(gone)), living, side="right")
    return piece.first + living + int(before)


def living_rows(first: int, end: int, deleted: Positions) -> int:
    """How many of the rows `first` to `end` (exclusive) of a file aren't in `deleted`."""
    low, high = np.searchsorted(deleted, (first, end))
    return end - first - int(high - low)


def parts(
    pieces: Sequence[Piece], start: int, stop: int, deleted_of: Callable[[Piece], Positions]
) -> list[Part]:
    """The parts that hold the living rows `start` to `stop` (exclusive) of a version."""
    found: list[Part] = []
    position = 0
    for k, piece in enumerate(pieces):
        low, high = max(start - position, 0), min(stop - position, piece.rows)
        if low < high:
            if high - low == piece.rows:
                found.append(Part(k, piece, piece.first, piece.end, piece.rows, position))
            else:
                deleted = deleted_of(piece)
                first, last = row_of(piece, low, deleted), row_of(piece, high - 1, deleted)
                found.append(Part(k, piece, first, last + 1, high - low, position + low))
        position += piece.rows
    return found


def place_of(
    pieces: Sequence[Piece], position: int, deleted_of: Callable[[Piece], Positions]
) -> tuple[int, int]:
    """Number of the piece, and row of its file, of the living row at `position` of a version."""
    for k, piece in enumerate(pieces):
        if position < piece.rows:
            return k, row_of(piece, position, deleted_of(piece))
        position -= piece.rows
    raise IndexError(f"position {position} is beyond the version's last row")


def leading(pieces: Sequence[Piece], rows: int, deleted_of: Callable[[Piece], Positions]) -> list[Piece]:
    """The list of pieces that holds just the first `rows` living rows."""
    return [
        part.piece
        if part.rows == part.piece.rows
        else msgspec.structs.replace(part.piece, span=part.high - part.piece.first, rows=part.rows)
        for part in parts(pieces, 0, rows, deleted_of)
    ]


def whole(pieces: Iterable[Piece]) -> list[Part]:
    """Every piece as one part."""
    found: list[Part] = []
    position = 0
    for k, piece in enumerate(pieces):
        found.append(Part(k, piece, piece.first, piece.end, piece.rows, position))
        position += piece.rows
    return found
