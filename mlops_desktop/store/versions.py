"""Versions of data sets, as ordered lists of pieces of immutable Parquet files.

Every write has two halves. The heavy one (`prepare_*`) runs on a job's own cursor, writes and publishes files and
changes no row. The short one (`commit`) adds the rows inside the writer's transaction. A kill between the two leaves
files that no version names; `collect` deletes them. There is nothing to reconcile.

=====================  ==========================================================================
`pieces_columns`       names and types of columns; how a piece is cast
`pieces`, `pieces_sql` the list of pieces, and the SQL that reads it
`versions_rows`        the rows: lists of pieces, files, names used
`versions_files`       files on disk: written, published, collected
`versions_targets`     the columns that a write leads to
`versions_write`       append, replace, merge, delete
`versions_patches`     patches, and when a piece is written again
`versions_erase`       a person's rows out of every version
`versions_read`        pages, filters, sorts, export
`versions_difference`  what differs between two versions
`versions_check`       what doctor asks
=====================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from mlops_desktop.domain.errors import NotFoundError
from mlops_desktop.domain.tables import Table

from . import versions_rows
from .pieces import Counts, Piece, Prepared, Staged, Version
from .pieces_columns import Column, physical_names
from .versions_check import Finding, check_file, check_version
from .versions_difference import SHOWN_ROWS, Comparison, Difference
from .versions_erase import Erasure, commit_erasure, prepare_erasure
from .versions_files import VersionFiles, one
from .versions_patches import Limits
from .versions_read import FilterIndex, SortIndex, VersionReader
from .versions_rows import add_files, files_named, files_of, used_names
from .versions_write import VersionWriter, restored

__all__ = [
    "Column",
    "Counts",
    "Difference",
    "Erasure",
    "FilterIndex",
    "Finding",
    "Limits",
    "Piece",
    "Prepared",
    "SortIndex",
    "Staged",
    "Version",
    "Versions",
]


class Versions:
    """The versions of a project's data sets. Safe for many threads, each with its own cursor.

    Every cursor's time zone must be UTC, or the text of times with a zone depends on the machine.

    Parameters
    ----------
    folder : Path
        The project's folder; files go to `data` in it.
    limits : Limits, optional
        When a piece is written again instead of being patched.
    """

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self._files = VersionFiles(folder)
        self._writer = VersionWriter(self._files, limits or Limits())
        self._reader = VersionReader(self._files)

    # ------------------------------------------------------------------------------------ what there is

    def newest(self, cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> int | None:
        """Id of the data set's newest version, None if it has none."""
        return versions_rows.newest(cursor, dataset_id)

    def version(self, cursor: duckdb.DuckDBPyConnection, version_id: int) -> Version:
        """The version as stored.

        Raises
        ------
        NotFoundError
            There is none of this id (any more).
        """
        return versions_rows.load(cursor, version_id)

    def schema(self, cursor: duckdb.DuckDBPyConnection, version_id: int) -> tuple[Column, ...]:
        """The version's columns, in order."""
        return self.version(cursor, version_id).columns

    def count(self, cursor: duckdb.DuckDBPyConnection, version_id: int, condition: str | None = None) -> int:
        """Rows of the version, or those for which `condition` (SQL over physical names) holds."""
        version = self.version(cursor, version_id)
        if condition is None:
            return version.rows
        positioned = "_position" in condition.casefold()
        scan = self._reader.scan(version, position=positioned)
        return int(one(cursor, f"select count(*) from ({scan}) where ({condition}\n)")[0])

    # --------------------------------------------------------------------------------- the heavy half

    def temp_path(self) -> Path:
        """Where a reader may write the Parquet file of a `Staged`."""
        return self._files.temp()

    def physical_names(
        self, cursor: duckdb.DuckDBPyConnection, dataset_id: int, written_names: Sequence[str]
    ) -> list[str]:
        """Names for the columns of a staged Parquet file: a known column's own, else one never used before."""
        newest = self.newest(cursor, dataset_id)
        columns = self.version(cursor, newest).columns if newest is not None else ()
        return physical_names(columns, written_names, used_names(cursor, dataset_id))

    def prepare_new(self, cursor: duckdb.DuckDBPyConnection, dataset_id: int, staged: Staged) -> Prepared:
        """The first version of a data set."""
        return self._writer.append(cursor, dataset_id, None, staged, used_names(cursor, dataset_id))

    def prepare_append(
        self, cursor: duckdb.DuckDBPyConnection, dataset_id: int, parent_version: int, staged: Staged
    ) -> Prepared:
        """The parent's rows and then the staged ones; a column that one of them lacks is missing there."""
        parent = self.version(cursor, parent_version)
        return self._writer.append(cursor, dataset_id, parent, staged, used_names(cursor, dataset_id))

    def prepare_replace(
        self, cursor: duckdb.DuckDBPyConnection, dataset_id: int, parent_version: int, staged: Staged
    ) -> Prepared:
        """The staged rows alone; leading rows that equal the parent's cost nothing."""
        parent = self.version(cursor, parent_version)
        return self._writer.replace(cursor, parent, staged, used_names(cursor, dataset_id))

    def prepare_merge(
        self,
        cursor: duckdb.DuckDBPyConnection,
        dataset_id: int,
        parent_version: int,
        staged: Staged,
        key: Sequence[str],
        *,
        remove_missing: bool = True,
    ) -> Prepared:
        """The parent changed to what the staged rows say, row by row of the same key; new rows come last.

        A column that the staged file lacks keeps its values.

        Parameters
        ----------
        key : sequence of str
            Written names of the columns that tell rows apart.
        remove_missing : bool
            Remove the rows whose key the staged file lacks; otherwise they stay as they are.

        Raises
        ------
        InvalidInputError
            A key is missing or stands twice.
        NotFoundError
            A key column isn't in both.
        """
        parent = self.version(cursor, parent_version)
        used = used_names(cursor, dataset_id)
        return self._writer.merge(cursor, parent, staged, used, key, remove_missing)

    def prepare_restore(
        self, cursor: duckdb.DuckDBPyConnection, dataset_id: int, parent_version: int, from_version: int
    ) -> Prepared:
        """The version `from_version` again, as the newest.

        Raises
        ------
        NotFoundError
            It isn't a version of this data set.
        """
        source = self.version(cursor, from_version)
        if source.dataset_id != dataset_id:
            raise NotFoundError("This version belongs to another data set.")
        return restored(self.version(cursor, parent_version), source)

    def prepare_delete_rows(
        self, cursor: duckdb.DuckDBPyConnection, dataset_id: int, parent_version: int, condition: str
    ) -> Prepared:
        """The parent without some rows.

        Parameters
        ----------
        condition : str
            SQL over physical names and `_position` (the row's position in the parent, from 0).
        """
        return self._writer.delete_rows(cursor, self.version(cursor, parent_version), condition)

    def prepare_erase(
        self,
        cursor: duckdb.DuckDBPyConnection,
        dataset_id: int,
        parent_version: int,
        column: str,
        values: Sequence[str],
    ) -> Erasure:
        """Files in which no version of the data set has a row whose `column` is one of `values`.

        Rows that a version no longer shows are looked through too, and columns of that name that were dropped.

        Parameters
        ----------
        parent_version : int
            The newest version.
        column : str
            Written name of the column that marks a person.
        values : sequence of str
            The marks, as text.
        """
        stored = files_of(cursor, dataset_id)
        return prepare_erasure(self._files, cursor, dataset_id, parent_version, stored, column, values)

    # --------------------------------------------------------------------------------- the short half

    def commit(self, cursor: duckdb.DuckDBPyConnection, prepared: Prepared, version_id: int) -> None:
        """Add the version's rows, inside the caller's transaction.

        Raises
        ------
        ConflictError
            The data set has a newer version than the one this was made from, or a new file is gone.
        """
        versions_rows.add(cursor, self._files, prepared, version_id)

    def commit_erase(self, cursor: duckdb.DuckDBPyConnection, erasure: Erasure) -> None:
        """Let the data set's lists name the new files, inside the caller's transaction.

        After that has committed, `collect_files` with `erasure.old_files` takes the old ones off the disk.

        Raises
        ------
        ConflictError
            The data set has moved on.
        """
        add_files(cursor, self._files, erasure.files)
        commit_erasure(cursor, erasure)

    def drop(self, cursor: duckdb.DuckDBPyConnection, version_id: int) -> None:
        """Forget a version; files that no other version names go with the next `collect`."""
        versions_rows.drop(cursor, version_id)

    def collect(self, cursor: duckdb.DuckDBPyConnection, grace_s: float) -> list[str]:
        """Delete files that no version has named for `grace_s` seconds; returns their names. Writer only.

        A grace of 0 takes the files of what is being prepared too.
        """
        return self._files.collect(cursor, grace_s)

    def collect_files(self, cursor: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[str]:
        """Delete those of the files `names` that no version names, at once; returns their names. Writer only."""
        return self._files.collect(cursor, 0.0, only=frozenset(names))

    def drop_dataset(self, cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> None:
        """Forget every version of a data set, and its names."""
        versions_rows.drop_dataset(cursor, dataset_id)

    # ------------------------------------------------------------------------------------------ reading

    def scan(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version_id: int,
        columns: Sequence[str] | None = None,
        *,
        position: bool = False,
        written: bool = False,
    ) -> str:
        """SQL: a SELECT of the version's rows in no order.

        Parameters
        ----------
        columns : sequence of str, optional
            Written names; all unless given.
        position : bool
            Give `_position` too, by which to order: the row's position in the version, from 0.
        written : bool
            Name the columns as written instead of by their physical names; all columns, no `_position`.
        """
        version = self.version(cursor, version_id)
        if written:
            return self._reader.labelled_scan(version)
        return self._reader.scan(version, self._reader.chosen(version, columns), position=position)

    def spans(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version_id: int,
        spans: Sequence[tuple[int, int]],
        columns: Sequence[str] | None = None,
    ) -> str:
        """SQL: a SELECT of the rows at these positions (from, to exclusive), in no order: a quick sample.

        Parameters
        ----------
        columns : sequence of str, optional
            Written names; all unless given.
        """
        version = self.version(cursor, version_id)
        return self._reader.spans(cursor, version, spans, self._reader.chosen(version, columns))

    def page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version_id: int,
        first_row: int,
        count: int,
        columns: Sequence[str] | None = None,
    ) -> Table:
        """The rows from `first_row` (from 0) on, at most `count`."""
        return self._reader.page(cursor, self.version(cursor, version_id), first_row, count, columns)

    def filter_index(self, cursor: duckdb.DuckDBPyConnection, version_id: int, condition: str) -> FilterIndex:
        """Find the rows for which `condition` (SQL over physical names and `_position`) holds, to page through them."""
        return self._reader.filter_index(cursor, self.version(cursor, version_id), condition)

    def filtered_page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        index: FilterIndex,
        first_row: int,
        count: int,
        columns: Sequence[str] | None = None,
    ) -> Table:
        """The matches from number `first_row` (from 0) on, at most `count`; `total_rows` is the number of matches."""
        version = self.version(cursor, index.version_id)
        return self._reader.filtered_page(cursor, version, index, first_row, count, columns)

    def sort_index(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version_id: int,
        by: Sequence[tuple[str, bool]],
        condition: str | None = None,
    ) -> SortIndex:
        """The order of the rows (that match) by columns, to page through them.

        Parameters
        ----------
        by : sequence of (written name, descending)
            Missing values come last either way; ties stay as they stand.
        """
        return self._reader.sort_index(cursor, self.version(cursor, version_id), by, condition)

    def sorted_page(
        self,
        cursor: duckdb.DuckDBPyConnection,
        index: SortIndex,
        first_row: int,
        count: int,
        columns: Sequence[str] | None = None,
    ) -> Table:
        """The rows from number `first_row` (from 0) of the order on, at most `count`."""
        version = self.version(cursor, index.version_id)
        return self._reader.sorted_page(cursor, version, index, first_row, count, columns)

    def export_to_parquet(
        self,
        cursor: duckdb.DuckDBPyConnection,
        version_id: int,
        path: Path,
        columns: Sequence[str] | None = None,
        where: str | None = None,
    ) -> int:
        """Write rows in order to one Parquet file under their written names; returns how many.

        Parameters
        ----------
        columns : sequence of str, optional
            Written names; all unless given.
        where : str, optional
            SQL over physical names and `_position`.
        """
        return self._reader.export(cursor, self.version(cursor, version_id), path, columns, where)

    def difference(
        self,
        cursor: duckdb.DuckDBPyConnection,
        first: int,
        second: int,
        key: Sequence[str] | None = None,
        shown_rows: int = SHOWN_ROWS,
    ) -> Difference:
        """What version `second` has that `first` hasn't, and the other way round.

        Parameters
        ----------
        key : sequence of str, optional
            Written names of the columns that tell rows apart; rows are compared by position without.
        shown_rows : int
            How many rows of each kind to show.

        Raises
        ------
        InvalidInputError
            The key stands twice in one version.
        NotFoundError
            A key column isn't in both, or there is no such version.
        """
        versions = self.version(cursor, first), self.version(cursor, second)
        return Comparison(self._files, cursor, *versions, key).difference(shown_rows)

    def check(self, cursor: duckdb.DuckDBPyConnection) -> list[Finding]:
        """Everything that is wrong with the versions: hashes, references, counts. Files nobody names are no fault."""
        findings: list[Finding] = []
        sound: set[str] = set()
        for file in files_named(cursor).values():
            found = list(check_file(self._files, cursor, file))
            findings += found
            if not found:
                sound.add(file.name)
        for (version_id,) in cursor.execute("select version_id from version order by version_id").fetchall():
            version = self.version(cursor, version_id)
            used = frozenset(used_names(cursor, version.dataset_id))
            findings += check_version(self._files, cursor, version, used, frozenset(sound))
        lost = (
            "select distinct version_id from piece where version_id not in (select version_id from version)"
        )
        findings += [
            Finding(f"There are pieces of version {v}, which doesn't exist.", v)
            for (v,) in cursor.execute(lost).fetchall()
        ]
        return findings
