"""What `doctor` asks of the versions: every hash, every reference, every count."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import msgspec

from .pieces import Piece, StoredFile, Version, living_rows
from .pieces_columns import RESERVED, Column
from .pieces_sql import parquet
from .versions_files import VersionFiles, one, sha256_of


class Finding(msgspec.Struct, frozen=True):
    """Something that isn't as it must be."""

    what: str
    version_id: int | None = None
    file: str | None = None


def check_file(files: VersionFiles, cursor: duckdb.DuckDBPyConnection, file: StoredFile) -> Iterator[Finding]:
    """Faults of one stored file."""
    path = files.path(file.name)
    if path.is_symlink() or not path.is_file():
        yield Finding(f"The file {file.name} is missing.", file=file.name)
    elif path.stat().st_size != file.size_bytes or sha256_of(path) != file.name:
        yield Finding(
            f"The file {file.name} is damaged: its bytes are not those that were written.", file=file.name
        )
    elif one(cursor, f"select count(*) from {parquet(path)}")[0] != file.rows:
        yield Finding(f"The file {file.name} doesn't have the {file.rows} rows noted.", file=file.name)


def check_version(
    files: VersionFiles,
    cursor: duckdb.DuckDBPyConnection,
    version: Version,
    used: frozenset[str],
    sound: frozenset[str],
) -> Iterator[Finding]:
    """Faults of one version's list.

    Parameters
    ----------
    used : frozenset of str
        Physical names noted as used in the data set.
    sound : frozenset of str
        Files that `check_file` found nothing wrong with.
    """
    where = version.version_id
    if sum(piece.rows for piece in version.pieces) != version.rows:
        yield Finding(f"Version {where} doesn't have the {version.rows} rows noted.", where)
    physical = [c.physical.casefold() for c in version.columns]
    if len(set(physical)) != len(physical) or RESERVED & set(physical):
        yield Finding(f"Version {where} has columns that its files can't tell apart.", where)
    for column in version.columns:
        if column.physical not in used:
            yield Finding(f"The name {column.physical!r} of version {where} isn't noted as used.", where)
    for piece in version.pieces:
        names = [name for name in (piece.file, piece.patch) if name is not None]
        unknown = [name for name in names if name not in version.files]
        for name in unknown:
            yield Finding(f"Version {where} names the file {name}, which nobody noted.", where, name)
        if not unknown:
            yield from _check_columns(version, piece)
        if sound.issuperset(names):
            yield from _check_piece(files, cursor, version, piece)


def _check_columns(version: Version, piece: Piece) -> Iterator[Finding]:
    for name in (piece.file, piece.patch):
        held = version.files[name].columns if name is not None else {}
        for column in version.columns:
            if not _readable(column, held.get(column.physical)):
                yield Finding(
                    f"The column “{column.name}” of version {version.version_id} can't be read from a piece.",
                    version.version_id,
                    name,
                )


def _readable(column: Column, held: str | None) -> bool:
    return held is None or not column.types or held in column.types


def _check_piece(
    files: VersionFiles, cursor: duckdb.DuckDBPyConnection, version: Version, piece: Piece
) -> Iterator[Finding]:
    deleted = files.deleted(cursor, piece)
    if piece.first < 0 or piece.end > version.files[piece.file].rows:
        yield Finding(
            f"Version {version.version_id} names rows that the file {piece.file} doesn't have.",
            version.version_id,
        )
    if piece.rows != living_rows(piece.first, piece.end, deleted) or piece.rows < 1:
        yield Finding(
            f"A piece of version {version.version_id} doesn't have the rows noted.", version.version_id
        )
    if piece.patch is not None:
        path = parquet(files.path(piece.patch))
        rows, different, low, high = one(
            cursor, f"select count(*), count(distinct _at), min(_at), max(_at) from {path}"
        )
        if rows != different or (rows and (low < 0 or high >= version.files[piece.file].rows)):
            yield Finding(f"The patch {piece.patch} doesn't fit its file.", version.version_id, piece.patch)
