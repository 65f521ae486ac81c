"""The files of versions on disk: written under a temp name, published under the SHA-256 of their bytes, collected."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec
import numpy as np

from mlops_desktop.domain.errors import ResourceError
from mlops_desktop.system import crash_point, fsync_folder, make_private_folder, publish

from .pieces import Piece, Positions, StoredFile
from .pieces_columns import literal
from .pieces_sql import GROUP_ROWS, parquet, written_as

CACHED_POSITIONS: Final = 8_000_000
"""Deleted positions kept in memory, over all patches (64 MB)."""

_NOTHING: Final = np.empty(0, np.int64)


def one(cursor: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> tuple[Any, ...]:
    """The one row that a query gives."""
    row = cursor.execute(sql, list(values)).fetchone()
    assert row is not None
    return row


def sha256_of(path: Path) -> str:
    """SHA-256 of the bytes of `path`, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class VersionFiles:
    """The folder `data` of a project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self._lock = threading.Lock()
        self._deleted: OrderedDict[str, Positions] = OrderedDict()
        self._unnamed_since: dict[str, float] = {}

    def path(self, name: str) -> Path:
        """Path of the file `name`."""
        return self.folder / name[:2] / f"{name}.parquet"

    def temp(self) -> Path:
        """A path nobody uses, where a file can be written that is to be published."""
        make_private_folder(self.folder / "tmp")
        return self.folder / "tmp" / f"{secrets.token_hex(12)}.parquet"

    def write(self, cursor: duckdb.DuckDBPyConnection, select: str, columns: Mapping[str, str]) -> StoredFile:
        """Write what `select` gives, in its order, and publish it.

        Parameters
        ----------
        columns : mapping
            Physical name to type of those columns that can hold values.
        """
        temp = self.temp()
        try:
            rows = self.copy(cursor, select, temp, len(columns))
            return self.keep(cursor, temp, StoredFile("", rows, 0, dict(columns)))
        finally:
            temp.unlink(missing_ok=True)

    def copy(
        self,
        cursor: duckdb.DuckDBPyConnection,
        select: str,
        path: Path,
        columns: int,
        salt: str = "",
        group_rows: int = GROUP_ROWS,
    ) -> int:
        """Write what `select` gives, so many columns, to `path` as Parquet; returns the rows.

        Parameters
        ----------
        salt : str
            Goes into the file, so that its bytes are others.
        group_rows : int
            Rows of a row group.

        Raises
        ------
        ResourceError
            The disk is full.
        """
        extra = f", kv_metadata {{columns: {literal(salt)}}}" if salt else ""
        try:
            found = one(
                cursor, f"copy ({select}) to {literal(str(path))} ({written_as(columns, group_rows)}{extra})"
            )
        except duckdb.IOException as error:
            path.unlink(missing_ok=True)
            if "No space left" in str(error):
                raise ResourceError(
                    "There is no room on the disk for the data.",
                    reason=f"{path.parent} is full.",
                    remedy="Free some space and try again.",
                ) from error
            raise
        return int(found[0])

    def keep(self, cursor: duckdb.DuckDBPyConnection, temp: Path, file: StoredFile) -> StoredFile:
        """Publish the finished file `temp` under its hash; returns `file` with name and size."""
        name = sha256_of(temp)
        known = cursor.execute("select columns from file where name = ?", [name]).fetchone()
        if known and msgspec.json.decode(known[0]) != file.columns:
            # The same bytes are known to mean other columns (all missing there): other bytes for these.
            salted = self.temp()
            try:
                salt = msgspec.json.encode(sorted(file.columns.items())).decode()
                self.copy(cursor, f"from {parquet(temp)}", salted, len(file.columns), salt)
                temp.unlink()
                salted.rename(temp)
            finally:
                salted.unlink(missing_ok=True)
            name = sha256_of(temp)
        size_bytes = temp.stat().st_size
        target = self.path(name)
        make_private_folder(target.parent)
        fsync_folder(self.folder)  # always: a kill may have left the folder made and its name not durable
        publish(temp, target)
        return msgspec.structs.replace(file, name=name, size_bytes=size_bytes)

    def deleted(self, cursor: duckdb.DuckDBPyConnection, piece: Piece) -> Positions:
        """Sorted rows of the piece's file that its patch marks deleted; kept in memory, a patch never changes."""
        if piece.patch is None or piece.rows == piece.span:
            return _NOTHING
        with self._lock:
            found = self._deleted.get(piece.patch)
        if found is None:
            sql = f"select _at from {parquet(self.path(piece.patch))} where _deleted order by _at"
            found = np.asarray(cursor.execute(sql).fetchnumpy()["_at"], np.int64)
            with self._lock:
                self._deleted[piece.patch] = found
                while len(self._deleted) > 1 and sum(map(len, self._deleted.values())) > CACHED_POSITIONS:
                    self._deleted.popitem(last=False)
        return found

    def collect(
        self, cursor: duckdb.DuckDBPyConnection, grace_s: float, only: Collection[str] | None = None
    ) -> list[str]:
        """Delete the files that no version names and that have been so for `grace_s` seconds.

        Only the writer calls it, so no commit can name a file at the same moment. A file that was written within the
        grace may belong to a version still being prepared, and one that lost its name within it may still be read.

        Parameters
        ----------
        only : collection of str, optional
            Look at no other file than these.

        Returns
        -------
        list of str
            Names of the deleted files.
        """
        named = {
            str(row[0])
            for row in cursor.execute("select file from piece union select patch from piece").fetchall()
        }
        gone: list[str] = []
        seen: dict[str, float] = {}
        for path in self.on_disk():
            if path.stem in named or (only is not None and path.stem not in only):
                continue
            now = time.monotonic()
            since = seen[path.stem] = self._unnamed_since.get(path.stem, now)
            if now - since >= grace_s and time.time() - path.stat().st_mtime >= grace_s:
                with crash_point("store.collect"):
                    path.unlink()
                gone.append(path.stem)
        if only is None:
            self._unnamed_since = seen
            self._clear_temp(grace_s)
        cursor.execute("delete from file where name in (select unnest(?::varchar[]))", [gone])
        return gone

    def on_disk(self) -> list[Path]:
        """Every published file."""
        return sorted(p for p in self.folder.glob("[0-9a-f][0-9a-f]/*.parquet") if not p.is_symlink())

    def _clear_temp(self, grace_s: float) -> None:
        for path in (self.folder / "tmp").glob("*"):
            if path.is_file() and time.time() - path.stat().st_mtime >= grace_s:
                path.unlink()
