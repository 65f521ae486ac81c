"""Verbs of data sets."""

from __future__ import annotations

from mlops_desktop.domain.datasets import (
    ColumnProfile,
    Condition,
    Dataset,
    DatasetDifference,
    DatasetVersion,
    ExportedFile,
    ImportMode,
    Role,
    SortKey,
)
from mlops_desktop.domain.imports import FilePreview, ImportOptions
from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.references import DatasetRef, LocalFile
from mlops_desktop.domain.tables import Table

from .verb import Group, List, verb


class Datasets(Group, group="datasets"):
    """Data sets: named lines of immutable versions."""

    @verb(right="view")
    def list(self, trashed: bool = False) -> List[Dataset]:
        """Data sets by name, each with its newest version.

        Parameters
        ----------
        trashed : bool
            Those in the trash instead.
        """
        return self.store.datasets.all(trashed=trashed)

    @verb(right="view")
    def show(self, dataset: DatasetRef) -> DatasetVersion:
        """One version: rows, columns with type and role, where it came from and what was decided.

        Parameters
        ----------
        dataset : str
            ``customers`` (newest), ``customers@3`` or ``customers@tag``.
        """
        return self.store.datasets.version(dataset)

    @verb(right="view")
    def versions(self, dataset: DatasetRef) -> List[DatasetVersion]:
        """Every version of a data set, newest first, without reports.

        Parameters
        ----------
        dataset : str
            Name of the data set.
        """
        return self.store.datasets.versions(dataset)

    @verb(right="view")
    def preview_file(
        self,
        file: LocalFile,
        options: ImportOptions = ImportOptions(),
        dataset: str = "",
        mode: ImportMode | None = None,
    ) -> FilePreview:
        """What a file would become: format, types, first rows, problems; nothing is written.

        Parameters
        ----------
        file : str
            The file.
        options : ImportOptions
            What you know better than what is found by itself.
        dataset : str
            Data set it would be a version of: its remembered options and types are taken.
        mode : {"replace", "append", "merge"}
            How it would join the data set; None: replace.
        """
        return self.store.imports.preview(file, options, dataset, mode)

    @verb(right="edit", undoable=True)
    def import_file(
        self,
        file: LocalFile,
        dataset: str = "",
        mode: ImportMode | None = None,
        key: List[str] = [],
        target: str = "",
        roles: dict[str, Role] = {},
        options: ImportOptions = ImportOptions(),
        message: str = "",
    ) -> Job[DatasetVersion]:
        """Import a file as a new data set, or as a new version of one; nothing is ever overwritten.

        Parameters
        ----------
        file : str
            The file: CSV, TSV, Parquet, Excel, JSON, JSON lines, Arrow or Feather; text ones also as .gz, .zst, .zip.
        dataset : str
            Name of the data set; empty: the file's name.
        mode : {"new", "append", "replace", "merge"}, optional
            How a version of an existing data set comes about; None: ``new``, or ``replace`` where it exists.
        key : list of str
            Columns that tell rows apart, for ``merge``.
        target : str
            Column to predict; gets the role ``target``.
        roles : dict
            Role by column, for those that aren't features.
        options : ImportOptions
            What you know better than what is found by itself.
        message : str
            What this version is.
        """
        plan = self.store.imports.plan(
            file, dataset, mode, key, {**roles, **({target: "target"} if target else {})}
        )
        return self.begin("import", plan.title, plan.running(options, message), plan.subject)

    @verb(right="view")
    def rows(
        self,
        dataset: DatasetRef,
        first: int = 0,
        limit: int = 500,
        columns: List[str] | None = None,
        sort: List[SortKey] = [],
        where: List[Condition] = [],
    ) -> Table:
        """A page of rows, in the file's order unless `sort` says another.

        Parameters
        ----------
        dataset : str
            The version.
        first : int
            Position of the first row, from 0.
        limit : int
            How many rows at most, up to 10,000.
        columns : list of str, optional
            Columns by name; None: all.
        sort : list of SortKey
            Columns to sort by, missing values last.
        where : list of Condition
            Filters that all must hold.
        """
        return self.store.datasets.rows(dataset, first, limit, columns, sort, where)

    @verb(right="view")
    def profile(
        self, dataset: DatasetRef, columns: List[str] | None = None, exact: bool = False
    ) -> List[ColumnProfile]:
        """What is known of each column's values: missing, distinct, range, histogram.

        Parameters
        ----------
        dataset : str
            The version.
        columns : list of str, optional
            Columns by name; None: all.
        exact : bool
            Look at every row; else a large version is sampled, and says so.
        """
        return self.store.profiles.columns(dataset, columns, exact)

    @verb(right="view")
    def difference(self, old: DatasetRef, new: DatasetRef) -> DatasetDifference:
        """What differs between two versions of a data set.

        Parameters
        ----------
        old : str
            The version that is held against.
        new : str
            The other one.
        """
        return self.store.datasets.difference(old, new)

    @verb(right="edit")
    def export(self, dataset: DatasetRef, file: LocalFile) -> Job[ExportedFile]:
        """Write a version to a file; one that exists is not overwritten.

        Parameters
        ----------
        dataset : str
            The version.
        file : str
            ``.csv`` or ``.parquet``. In CSV, cells that a spreadsheet would run as a formula are made harmless.
        """
        plan = self.store.exports.plan(dataset, file)
        return self.begin("export", plan.title, plan.run)

    @verb(right="edit", undoable=True)
    def set_role(self, dataset: DatasetRef, column: str, role: Role) -> Dataset:
        """Say what a column is for.

        Parameters
        ----------
        dataset : str
            Name of the data set; roles hold for all of its versions.
        column : str
            Name of the column.
        role : {"feature", "target", "id", "ignore", "time", "sensitive"}
            What it is for. There is one target and one time column: the one before becomes a feature.
        """
        return self.store.datasets.set_role(dataset, column, role)

    @verb(right="edit", undoable=True)
    def rename(self, dataset: DatasetRef, name: str) -> Dataset:
        """Give a data set another name; versions stay.

        Parameters
        ----------
        dataset : str
            Name of the data set.
        name : str
            Its new name.
        """
        return self.store.datasets.rename(dataset, name)

    @verb(right="edit", undoable=True)
    def set_notes(self, dataset: DatasetRef, notes: str) -> Dataset:
        """Write what people should know of a data set.

        Parameters
        ----------
        dataset : str
            Name of the data set.
        notes : str
            The text.
        """
        return self.store.datasets.change(dataset, "Changed the notes of data set", notes=notes)

    @verb(right="edit", undoable=True)
    def set_tags(self, dataset: DatasetRef, tags: List[str]) -> Dataset:
        """Set the words to find a data set by.

        Parameters
        ----------
        dataset : str
            Name of the data set.
        tags : list of str
            All of its tags.
        """
        return self.store.datasets.set_tags(dataset, tags)

    @verb(right="edit", undoable=True)
    def tag_version(self, dataset: DatasetRef, tags: List[str]) -> DatasetVersion:
        """Set the tags of one version; ``customers@tag`` means it then.

        Parameters
        ----------
        dataset : str
            The version, as ``customers@3``.
        tags : list of str
            All of its tags.
        """
        return self.store.datasets.tag_version(dataset, tags)

    @verb(right="edit", undoable=True)
    def trash(self, dataset: DatasetRef) -> Dataset:
        """Put a data set into the trash; `activity undo` or `restore` brings it back.

        Parameters
        ----------
        dataset : str
            Name of the data set.
        """
        return self.store.datasets.trash(dataset)

    @verb(right="edit", undoable=True)
    def restore(self, dataset: str) -> Dataset:
        """Take a data set out of the trash.

        Parameters
        ----------
        dataset : str
            Name of the data set.
        """
        return self.store.datasets.restore(dataset)

    @verb(right="edit", undoable=True)
    def restore_version(self, dataset: DatasetRef, message: str = "") -> DatasetVersion:
        """Make an older version the newest again, as a new version; rows that are shared take no space.

        Parameters
        ----------
        dataset : str
            The version to bring back, as ``customers@3``.
        message : str
            Why.
        """
        return self.store.imports.restore_version(dataset, message)
