"""Imports: from a file to a version of a data set.

The heavy half runs in a job's thread on private files; the short one commits data set, version, roles and what is
remembered in one transaction on the writer. A kill at any moment leaves nothing or the whole version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from mlops_desktop.domain.datasets import DatasetVersion, ImportMode, Role
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError, UserError, Where
from mlops_desktop.domain.imports import FilePreview, ImportOptions
from mlops_desktop.domain.references import checked_name, parse_ref

from .datasets import NewVersion, Remembered, with_roles
from .import_columns import (
    MISSING_ROWS,
    column_problems,
    exact_columns,
    expected_types,
    final_types,
    fitted_types,
    keeping_text,
    told,
    with_remembered,
)
from .pieces import Prepared, Staged
from .pieces_columns import NO_TYPE, Column, found_column
from .reading import StagedFile, preview, stage
from .times import from_json, to_json
from .watching import watched

if TYPE_CHECKING:
    from .session import Session
    from .work import Work

_SUFFIXES: Final = (
    ".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".xlsx", ".xls", ".json", ".jsonl", ".ndjson", ".arrow",
    ".feather", ".ipc", ".gz", ".zst", ".zip",
)  # fmt: skip
_NOT_IN_NAMES: Final = re.compile(r"[@\x00-\x1f\x7f]+")


class Line(msgspec.Struct, frozen=True):
    """The data set that a file goes to, as it stands."""

    name: str
    dataset_id: int | None = None
    """None: it is made."""
    newest: DatasetVersion | None = None
    columns: tuple[Column, ...] = ()
    """Of the newest version."""
    remembered: Remembered = Remembered()


class Made(msgspec.Struct, frozen=True):
    """A version that only has to be committed."""

    line: Line
    prepared: Prepared
    facts: NewVersion
    roles: dict[str, Role] = {}
    remembered: Remembered = Remembered()


class Imports:
    """Imports into the data sets of a project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def preview(
        self, file: str, options: ImportOptions, dataset: str, mode: ImportMode | None = None
    ) -> FilePreview:
        """What `file` would become, held against the data set that it would join in this way (replace by default)."""
        line = self.line(parse_ref(dataset).name) if dataset else Line("")
        asked = keeping_text(with_remembered(options, line.remembered.options), line.columns)
        found = preview(self._session.cursor, Path(file), asked)
        if line.newest is None:
            return found
        joins = mode if mode in ("append", "merge") else "replace"
        names = [c.name for c in found.columns]
        types = [c.duckdb_type if c.has_values else NO_TYPE for c in found.columns]
        versions, cursor, version = self._session.versions, self._session.cursor, line.newest.version_id

        def exact(fitted: Sequence[str]) -> frozenset[int]:
            def scan(read: Sequence[str]) -> str:
                return versions.scan(cursor, version, read)

            return exact_columns(cursor, scan, names, fitted, line.columns)

        expected = expected_types(names, types, line.columns, joins, exact)
        problems = column_problems(line.newest, names, expected, joins)
        return msgspec.structs.replace(found, problems=(*problems, *found.problems))

    def plan(
        self, file: str, dataset: str, mode: ImportMode | None, key: Sequence[str], roles: Mapping[str, Role]
    ) -> ImportPlan:
        """An import that is sound as far as can be told without the file.

        Raises
        ------
        ConflictError
            A new data set of this name is wanted, and there is one.
        NotFoundError
            A version is wanted of a data set, or a key of a column, that there isn't.
        InvalidInputError
            The name, the key or the roles can't be.
        """
        path = Path(file)
        name = checked_name(dataset, "data set") if dataset.strip() else name_of(path)
        for role in ("target", "time"):
            columns = [c for c, r in roles.items() if r == role]
            if len(columns) > 1:
                raise InvalidInputError(
                    f"A data set has one {role} column, not {len(columns)}: {', '.join(columns)}.",
                    where=Where(field="roles", column=columns[1]),
                )
        line = self.line(name)
        settled_mode(line, mode, key)
        exists = line.dataset_id is not None
        return ImportPlan(
            path, name, mode, tuple(key), dict(roles),
            title=f"Import {path.name} {'into' if exists else 'as'} {name}",
            subject=f"dataset:{line.dataset_id if exists else name}",
        )  # fmt: skip

    def line(self, name: str) -> Line:
        """The data set of this name as it stands, or one to be made."""
        session = self._session
        row = session.datasets.living(name)
        if row is None:
            return Line(name)
        found = session.datasets.find(name)
        columns = session.versions.schema(session.cursor, found.newest.version_id) if found.newest else ()
        return Line(name, found.dataset_id, found.newest, columns, from_json(row["options"], Remembered))

    def commit(self, made: Made) -> DatasetVersion:
        """Add the version, in the transaction of this session.

        Raises
        ------
        ConflictError
            The data set has moved on since the version was begun.
        """
        session, line = self._session, made.line
        dataset_id = line.dataset_id
        if dataset_id is None:
            dataset_id = session.datasets.add(line.name, made.roles, made.remembered)
        else:
            self._settle(dataset_id, made)
        newest = session.versions.newest(session.cursor, dataset_id)
        prepared = msgspec.structs.replace(made.prepared, dataset_id=dataset_id, parent=newest)
        version = session.datasets.add_version(dataset_id, prepared, made.facts)
        session.say(f"{_DEEDS[made.facts.mode].format(source=made.facts.source)} {version.ref}")
        return version

    def _settle(self, dataset_id: int, made: Made) -> None:
        """Check that the data set is as it was, and note roles and options that the import brings."""
        session = self._session
        row = session.first("select * from dataset where dataset_id = ?", dataset_id)
        newest = session.value(
            "select max(version_id) from dataset_version where dataset_id = ? and trashed_at is null",
            dataset_id,
        )
        before = made.line.newest
        if row is None or row["trashed_at"] is not None or newest != (before.version_id if before else None):
            raise ConflictError(
                f"The data set “{made.line.name}” has moved on.",
                reason="It was changed while this version was being made; nothing was added.",
                remedy="Do it again: it will start from the newest version.",
            )
        roles = with_roles(from_json(row["roles"], dict[str, Role]), made.roles)
        columns = {"roles": to_json(roles), "options": to_json(made.remembered)}
        if columns != {name: row[name] for name in columns}:
            session.update("dataset", [dataset_id], **columns)

    def restore_version(self, reference: str, message: str) -> DatasetVersion:
        """The version that `reference` means again, as the newest; its files are shared."""
        session = self._session
        version = session.datasets.version(reference)
        line = self.line(version.dataset)
        assert line.newest is not None and line.dataset_id is not None
        if line.newest.version_id == version.version_id:
            raise ConflictError(f"{version.ref} is the newest version already.")
        prepared = session.versions.prepare_restore(
            session.cursor, line.dataset_id, line.newest.version_id, version.version_id
        )
        facts = NewVersion("restore", message, version.ref, report=version.report)
        return self.commit(Made(line, prepared, facts, remembered=line.remembered))


_DEEDS: Final = {
    "new": "Imported {source} as",
    "append": "Appended {source}:",
    "replace": "Imported {source} as",
    "merge": "Merged {source}:",
    "restore": "Restored {source} as",
}


@dataclass(frozen=True)
class ImportPlan:
    """An import that can begin."""

    file: Path
    name: str
    mode: ImportMode | None
    key: tuple[str, ...]
    roles: dict[str, Role]
    title: str
    subject: str
    """Jobs of one subject queue."""

    def running(self, options: ImportOptions, message: str) -> Callable[[Work], DatasetVersion]:
        """What the job does."""
        return lambda work: _Import(self, work, options, message).run()


class _Import:
    """An import at work, in the job's thread."""

    def __init__(self, plan: ImportPlan, work: Work, options: ImportOptions, message: str) -> None:
        self._plan = plan
        self._work = work
        self._message = message
        self._cursor = work.session.cursor
        self._versions = work.session.versions
        # Looked up again: an import that queued before this one may have made the data set.
        self._line = work.session.imports.line(plan.name)
        self._mode = settled_mode(self._line, plan.mode, plan.key)
        self._said = with_remembered(options, self._line.remembered.options)

    def run(self) -> DatasetVersion:
        """Read, prove, prepare, commit."""
        target = self._versions.temp_path()
        try:
            found = self._read(target)
            self._check_roles(found.names)
            with watched(self._cursor, self._work, "Writing the version"):
                prepared = self._prepared(found)
        finally:
            target.unlink(missing_ok=True)
        made = self._made(found, prepared)
        try:
            self._work.progress("Finishing", 1.0)
            return self._work.finish(lambda session: session.imports.commit(made))
        except UserError:
            names = [file.name for file in prepared.files]
            self._work.ingest(lambda session: session.versions.collect_files(session.cursor, names))
            raise

    def _read(self, target: Path) -> StagedFile:
        def physical(names: Sequence[str]) -> Sequence[str]:
            return self._versions.physical_names(self._cursor, self._line.dataset_id or 0, names)

        options = keeping_text(self._said, self._line.columns)
        with watched(self._cursor, self._work, "Looking at the file") as progress:
            return stage(self._cursor, self._plan.file, options, target, physical, progress)

    def _check_roles(self, names: Sequence[str]) -> None:
        kept = [] if self._mode in ("new", "replace") else [c.name for c in self._line.columns]
        for column, role in self._plan.roles.items():
            if column not in (*names, *kept):
                raise InvalidInputError(
                    f"There is no column “{column}” to be the {role}.",
                    reason=f"The columns are {', '.join(names[:20])}{' ...' if len(names) > 20 else ''}.",
                    where=Where(field="roles", column=column, file=str(self._plan.file)),
                )

    def _prepared(self, found: StagedFile) -> Prepared:
        versions, cursor, line = self._versions, self._cursor, self._line
        types = fitted_types(cursor, found.path, found.names, found.types, line.columns)
        empty = frozenset(i for i, name in enumerate(found.names) if name in found.no_value_yet)
        words = {number: found.words[name] for number, name in enumerate(found.names) if name in found.words}
        staged = Staged(found.path, found.names, found.physical, types, empty, found.rows, words=words)
        dataset_id = line.dataset_id or 0
        if line.newest is None:
            return versions.prepare_new(cursor, dataset_id, staged)
        parent = line.newest.version_id
        if self._mode != "replace":
            exact = exact_columns(
                cursor, lambda names: versions.scan(cursor, parent, names), found.names, types, line.columns
            )
            staged = msgspec.structs.replace(staged, exact=exact)
        if self._mode == "append":
            return versions.prepare_append(cursor, dataset_id, parent, staged)
        if self._mode == "merge":
            keep = self._said.remedies.get(MISSING_ROWS) == "keep"
            return versions.prepare_merge(
                cursor, dataset_id, parent, staged, self._key(), remove_missing=not keep
            )
        return versions.prepare_replace(cursor, dataset_id, parent, staged)

    def _key(self) -> list[str]:
        return list(self._plan.key) or self._line.remembered.key

    def _made(self, found: StagedFile, prepared: Prepared) -> Made:
        before = self._line.newest
        types = final_types(prepared, found.names)
        problems = column_problems(before, found.names, types, self._mode) if before else []
        facts = NewVersion(
            self._mode,
            self._message,
            self._plan.file.name,
            found.source.sha256,
            told(found.report, before, prepared, problems, self._said, self._mode),
        )
        key = self._key() if self._mode == "merge" else self._line.remembered.key
        return Made(self._line, prepared, facts, self._plan.roles, Remembered(self._said, key))


def settled_mode(line: Line, mode: ImportMode | None, key: Sequence[str]) -> ImportMode:
    """How the file joins the data set; raises where it can't."""
    exists = line.dataset_id is not None
    settled = mode or ("replace" if exists else "new")
    if settled == "new" and exists:
        raise ConflictError(
            f"There is a data set “{line.name}” already.",
            remedy="Choose another name, or replace, append or merge to make a new version of it.",
            where=Where(field="mode"),
        )
    if settled != "new" and not exists:
        raise NotFoundError(
            f"There is no data set “{line.name}” to {settled}.",
            remedy="Import it as a new one, or check the name.",
            where=Where(field="dataset"),
        )
    if key and settled != "merge":
        raise InvalidInputError(f"A key is for a merge, not to {settled}.", where=Where(field="key"))
    if settled == "merge" and not (key or line.remembered.key):
        raise InvalidInputError(
            "A merge needs a key.",
            remedy="Choose the columns that tell rows apart.",
            where=Where(field="key"),
        )
    for name in key:
        found_column(line.columns, name)
    return settled


def name_of(path: Path) -> str:
    """A name for the data set of a file, after the file's own."""
    name = path.name
    while name.casefold().endswith(_SUFFIXES) and not name.startswith("."):
        name = name.rpartition(".")[0]
    tidy = _NOT_IN_NAMES.sub(" ", name).strip(" .")[:300].strip() or "data"
    return f"data {tidy}" if tidy.isdecimal() else tidy
