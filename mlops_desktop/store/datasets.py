"""Rows of data sets and of the facts of their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.datasets import (
    Column,
    Condition,
    Dataset,
    DatasetDifference,
    DatasetVersion,
    Role,
    SortKey,
)
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError, Where
from mlops_desktop.domain.imports import ImportOptions, ImportReport, Spelling, column_type
from mlops_desktop.domain.references import checked_name, parse_ref
from mlops_desktop.domain.tables import Table

from . import pieces_columns
from .conditions import condition_sql
from .pieces import Prepared
from .pieces_columns import NO_TYPE, found_column
from .times import from_json, now, to_json
from .versions_difference import Difference

if TYPE_CHECKING:
    from .session import Session

MOST_ROWS = 10_000
"""Rows that one page may have."""

UNIQUE_ROLES: tuple[Role, ...] = ("target", "time")
"""Roles that one column of a data set has; whoever had it before becomes a feature."""

_VERSION = (
    "select v.* exclude (report), d.name, d.roles, s.schema, s.rows, {report} as told from dataset_version v"
    " join dataset d using (dataset_id) join version s using (version_id) "
)


class Remembered(msgspec.Struct, frozen=True):
    """What a data set remembers for its next file."""

    options: ImportOptions = ImportOptions()
    """What people said of earlier files."""
    key: list[str] = []
    """Columns that told rows apart in the last merge."""


class NewVersion(msgspec.Struct, frozen=True):
    """The facts of a version that is about to be committed."""

    mode: str
    message: str
    source: str = ""
    source_sha256: str = ""
    report: ImportReport | None = None


class DatasetRows:
    """Data sets of the project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ------------------------------------------------------------------------------------------ reading

    def all(self, *, trashed: bool = False) -> list[Dataset]:
        """Data sets by name, each with its newest version (without its report)."""
        state = "is not null" if trashed else "is null"
        return self._datasets(f"where trashed_at {state} order by name", f"d.trashed_at {state}")

    def find(self, name: str) -> Dataset:
        """The data set of this name; what stands after an @ is not looked at.

        Raises
        ------
        NotFoundError
            There is none; a similar name is proposed.
        """
        dataset_id = self.row(name)["dataset_id"]
        return self._datasets("where dataset_id = ?", "d.dataset_id = ?", dataset_id)[0]

    def row(self, name: str) -> dict[str, Any]:
        """The living data set's row; see `find`."""
        plain = parse_ref(name).name
        row = self.living(plain)
        if row is None:
            raise self._unknown(plain)
        return row

    def living(self, name: str) -> dict[str, Any] | None:
        """The row of the data set of exactly this name that isn't in the trash."""
        return self._session.first("select * from dataset where name = ? and trashed_at is null", name)

    def version(self, reference: str) -> DatasetVersion:
        """The version that ``name``, ``name@2`` or ``name@tag`` means, with its report.

        Raises
        ------
        NotFoundError
            There is no such data set, version or tag; says which there are.
        """
        version_id = self.version_id(reference)
        row = self._session.first(_VERSION.format(report="v.report") + "where version_id = ?", version_id)
        assert row is not None
        return _version_of(row)

    def version_id(self, reference: str) -> int:
        """Number in the store of the version that `reference` means; see `version`."""
        ref, row = parse_ref(reference), self.row(reference)
        found = self._session.all(
            "select version_id, number, tags from dataset_version where dataset_id = ? and trashed_at is null"
            " order by number desc",
            row["dataset_id"],
        )
        for version in found:
            if ref.number is None and ref.label is None:
                return int(version["version_id"])
            if version["number"] == ref.number or ref.label in from_json(version["tags"], list[str]):
                return int(version["version_id"])
        raise self._unknown_version(row, ref.label, found)

    def version_by_id(self, version_id: int) -> DatasetVersion:
        """The version of this number in the store, also when it is in the trash."""
        row = self._session.first(_VERSION.format(report="v.report") + "where version_id = ?", version_id)
        if row is None:
            raise NotFoundError("This version doesn't exist any more.", reason="It was deleted.")
        return _version_of(row)

    def spellings(self, version_id: int) -> dict[str, Spelling]:
        """Column to how the file wrote its values, where not plainly, of the file that was imported last up to a version."""
        row = self._session.first(
            "select report from dataset_version where dataset_id = (select dataset_id from dataset_version where"
            " version_id = ?) and version_id <= ? and report <> 'null' order by number desc limit 1",
            version_id,
            version_id,
        )
        report = from_json(row["report"], ImportReport) if row and row["report"] else ImportReport("", 0, 0)
        return {d.about: d.spelling for d in report.decisions if d.is_column and d.spelling is not None}

    def versions(self, name: str) -> list[DatasetVersion]:
        """Versions of a data set, newest first, without reports."""
        dataset_id = self.row(name)["dataset_id"]
        sql = (
            _VERSION.format(report="''")
            + "where v.dataset_id = ? and v.trashed_at is null order by number desc"
        )
        return [_version_of(r) for r in self._session.all(sql, dataset_id)]

    def rows(
        self,
        reference: str,
        first: int,
        limit: int,
        columns: Sequence[str] | None,
        sort: Sequence[SortKey],
        where: Sequence[Condition],
    ) -> Table:
        """A page of a version's rows; `total_rows` counts those that match.

        Raises
        ------
        InvalidInputError
            The page is no page, or a value of a filter isn't one of its column.
        NotFoundError
            There is no such version or column.
        """
        if first < 0 or limit < 0:
            raise InvalidInputError(
                "A page can't begin or have fewer than 0 rows.", where=Where(field="first")
            )
        if limit > MOST_ROWS:
            raise InvalidInputError(
                f"A page has at most {MOST_ROWS:,} rows, not {limit:,}.",
                remedy="Ask for page after page, or export the version to a file.",
                where=Where(field="limit"),
            )
        session, version_id = self._session, self.version_id(reference)
        pages = session.database.pages
        schema = session.versions.schema(session.cursor, version_id)
        condition = condition_sql(session.cursor, schema, where)
        by = tuple((found_column(schema, key.column).name, key.descending) for key in sort)
        return pages.page(session.cursor, version_id, condition, by, (first, limit), columns)

    def difference(self, old: str, new: str) -> DatasetDifference:
        """What differs between two versions of one data set."""
        before, after = self.version(old), self.version(new)
        if before.dataset_id != after.dataset_id:
            raise InvalidInputError(
                f"{before.ref} and {after.ref} are versions of two data sets.",
                remedy="Hold versions of one data set against each other.",
                where=Where(field="new"),
            )
        found = self._compared(before, after)
        types = {c.name: c.type for c in before.columns}
        names = [c.name for c in after.columns]
        return DatasetDifference(
            old=before.ref,
            new=after.ref,
            new_rows=found.new,
            changed_rows=found.changed,
            removed_rows=found.removed,
            added_columns=[n for n in names if n not in types],
            removed_columns=[n for n in types if n not in names],
            retyped_columns=[c.name for c in after.columns if types.get(c.name, c.type) != c.type],
        )

    def _compared(self, before: DatasetVersion, after: DatasetVersion) -> Difference:
        """Row by row of the key of the last merge, or by position where there is none that tells rows apart."""
        session = self._session
        row = self.row(before.dataset)
        key = from_json(row["options"], Remembered).key
        names = [{c.name for c in v.columns} for v in (before, after)]
        ids = (before.version_id, after.version_id)
        if key and all(set(key) <= n for n in names):
            try:
                return session.versions.difference(session.cursor, *ids, key, shown_rows=0)
            except InvalidInputError:
                pass  # the key stands twice in one of them: rows can still be told apart by their position
        return session.versions.difference(session.cursor, *ids, shown_rows=0)

    # ----------------------------------------------------------------------------------------- changing

    def add(self, name: str, roles: Mapping[str, Role], remembered: Remembered) -> int:
        """A new data set without versions; returns its number in the store. Undo trashes it."""
        session = self._session
        self._check_free(name)
        dataset_id = session.next_id("dataset")
        row = {
            "dataset_id": dataset_id,
            "name": name,
            "notes": "",
            "tags": "[]",
            "roles": to_json({c: r for c, r in roles.items() if r != "feature"}),
            "options": to_json(remembered),
            "created_at": now(),
            "trashed_at": None,
        }
        session.insert("dataset", row, fact=True)
        return dataset_id

    def add_version(self, dataset_id: int, prepared: Prepared, facts: NewVersion) -> DatasetVersion:
        """Commit a prepared version as the newest of the data set."""
        session, cursor = self._session, self._session.cursor
        version_id = session.next_id("version")
        number = "select coalesce(max(number), 0) + 1 from dataset_version where dataset_id = ?"
        session.versions.commit(cursor, prepared, version_id)
        size_bytes = session.value(
            "select coalesce(sum(size_bytes), 0) from file where name in (select file from piece where version_id = ?"
            " union select patch from piece where version_id = ?)",
            version_id, version_id,
        )  # fmt: skip
        row: dict[str, Any] = {
            "version_id": version_id,
            "dataset_id": dataset_id,
            "number": int(session.value(number, dataset_id)),
            "mode": facts.mode,
            "message": facts.message,
            "source": facts.source,
            "source_sha256": facts.source_sha256,
            "size_bytes": int(size_bytes),
            "new_rows": prepared.counts.new,
            "changed_rows": prepared.counts.changed,
            "removed_rows": prepared.counts.removed,
            "report": to_json(facts.report),
            "tags": "[]",
            "created_at": now(),
            "created_by": session.caller.actor,
        }
        session.insert("dataset_version", row, fact=True)
        return self.version_by_id(version_id)

    def change(self, name: str, deed: str, **columns: Any) -> Dataset:
        """Change columns of a data set's row; `deed` opens the line of Activity: “Changed the notes of data set”."""
        row = self.row(name)
        self._session.update("dataset", [row["dataset_id"]], **columns)
        self._session.say(f"{deed} {row['name']}")
        return self._datasets("where dataset_id = ?", "d.dataset_id = ?", row["dataset_id"])[0]

    def rename(self, name: str, new_name: str) -> Dataset:
        """Give a data set another name that no living one has."""
        tidy, row = checked_name(new_name, "data set"), self.row(name)
        if tidy != row["name"]:
            self._check_free(tidy)
        self._session.update("dataset", [row["dataset_id"]], name=tidy)
        self._session.say(f"Renamed data set {row['name']} to {tidy}")
        return self.find(tidy)

    def set_role(self, name: str, column: str, role: Role) -> Dataset:
        """Say what a column is for; there is one target and one time column."""
        row, newest = self.row(name), self.version(parse_ref(name).name)
        if all(c.name != column for c in newest.columns):
            raise NotFoundError(
                f"{newest.ref} has no column “{column}”.",
                reason=f"Its columns are {_listed([c.name for c in newest.columns])}.",
                where=Where(column=column),
            )
        roles = with_roles(from_json(row["roles"], dict[str, Role]), {column: role})
        deed = f"Made {column} the {role} of" if role in UNIQUE_ROLES else f"Set {column} to {role} in"
        return self.change(name, f"{deed} data set", roles=to_json(roles))

    def set_tags(self, name: str, tags: Sequence[str]) -> Dataset:
        """Set the words to find a data set by."""
        return self.change(name, "Set the tags of data set", tags=to_json(_tidy_tags(tags)))

    def tag_version(self, reference: str, tags: Sequence[str]) -> DatasetVersion:
        """Set the tags of one version; a tag that another version of the data set has goes over to this one."""
        session, version, tidy = self._session, self.version(reference), _tidy_tags(tags)
        for other in session.all("select * from dataset_version where dataset_id = ?", version.dataset_id):
            kept = [t for t in from_json(other["tags"], list[str]) if t not in tidy]
            if other["version_id"] != version.version_id and len(kept) < len(
                from_json(other["tags"], list[str])
            ):
                session.update("dataset_version", [other["version_id"]], tags=to_json(kept))
        session.update("dataset_version", [version.version_id], tags=to_json(tidy))
        session.say(f"Tagged {version.ref} {', '.join(tidy)}" if tidy else f"Took the tags off {version.ref}")
        return self.version_by_id(version.version_id)

    def trash(self, name: str) -> Dataset:
        """Put a data set into the trash; its name is free then, its versions stay."""
        return self.change(name, "Moved to the trash: data set", trashed_at=now())

    def restore(self, name: str) -> Dataset:
        """Take the data set of this name that was trashed last out of the trash."""
        row = self._session.first(
            "select * from dataset where name = ? and trashed_at is not null order by trashed_at desc limit 1",
            name,
        )
        if row is None:
            raise NotFoundError(f"There is no data set “{name}” in the trash.")
        self._check_free(name)
        self._session.update("dataset", [row["dataset_id"]], trashed_at=None)
        if self.find(name).newest is None:  # its only import was taken back
            last = "select max(version_id) from dataset_version where dataset_id = ?"
            self._session.update(
                "dataset_version", [self._session.value(last, row["dataset_id"])], trashed_at=None
            )
        self._session.say(f"Took data set {name} out of the trash")
        return self.find(name)

    # ------------------------------------------------------------------------------------------- inside

    def _datasets(self, tail: str, condition: str, *values: Any) -> list[Dataset]:
        session = self._session
        rows = session.all("select * from dataset " + tail, *values)
        newest = (
            _VERSION.format(report="''") + f"where {condition} and v.trashed_at is null"
            " qualify row_number() over (partition by v.dataset_id order by number desc) = 1"
        )
        versions = {r["dataset_id"]: _version_of(r) for r in session.all(newest, *values)}
        counts = {
            r["dataset_id"]: int(r["n"])
            for r in session.all(
                "select dataset_id, count(*) as n from dataset_version where trashed_at is null group by dataset_id"
            )
        }
        return [
            Dataset(
                dataset_id=r["dataset_id"],
                name=r["name"],
                notes=r["notes"],
                tags=from_json(r["tags"], list[str]),
                created_at=r["created_at"],
                versions=counts.get(r["dataset_id"], 0),
                newest=versions.get(r["dataset_id"]),
                trashed_at=r["trashed_at"],
            )
            for r in rows
        ]

    def _check_free(self, name: str) -> None:
        if self.living(name) is not None:
            raise ConflictError(
                f"There is a data set “{name}” already.",
                remedy="Choose another name, or import a new version of that one.",
                where=Where(field="name"),
            )

    def _unknown(self, name: str) -> NotFoundError:
        names = [
            str(r["name"]) for r in self._session.all("select name from dataset where trashed_at is null")
        ]
        near = next((n for n in names if n.casefold() == name.strip().casefold()), None)
        trashed = self._session.value(
            "select name from dataset where name = ? and trashed_at is not null", name
        )
        return NotFoundError(
            f"There is no data set “{name}”.",
            reason="It is in the trash." if trashed else "",
            remedy=(
                f"Did you mean “{near}”?" if near
                else "Take it out of the trash first." if trashed
                else f"There are {_listed(sorted(names))}." if names
                else "Import a file first."
            ),
        )  # fmt: skip

    def _unknown_version(
        self, row: dict[str, Any], label: str | None, found: list[dict[str, Any]]
    ) -> NotFoundError:
        tags = sorted({t for version in found for t in from_json(version["tags"], list[str])})
        numbers = _listed([str(v["number"]) for v in found])
        if not found:
            return NotFoundError(
                f"The data set “{row['name']}” has no version.", remedy="Import a file into it."
            )
        if label is not None:
            return NotFoundError(
                f"No version of “{row['name']}” has the tag “{label}”.",
                remedy=f"Its tags are {_listed(tags)}." if tags else "It has no tags.",
            )
        return NotFoundError(
            f"The data set “{row['name']}” has no such version.", remedy=f"It has {numbers}."
        )


def with_roles(roles: Mapping[str, Role], given: Mapping[str, Role]) -> dict[str, Role]:
    """`roles` after `given`; features aren't kept, and a unique role moves."""
    merged: dict[str, Role] = dict(roles)
    for column, role in given.items():
        if role in UNIQUE_ROLES:
            merged = {c: r for c, r in merged.items() if r != role}
        merged[column] = role
    return {c: r for c, r in merged.items() if r != "feature"}


def _version_of(row: dict[str, Any]) -> DatasetVersion:
    roles = from_json(row["roles"], dict[str, Role])
    schema = msgspec.json.decode(row["schema"], type=tuple[pieces_columns.Column, ...])
    return DatasetVersion(
        version_id=row["version_id"],
        dataset_id=row["dataset_id"],
        dataset=row["name"],
        number=row["number"],
        rows=row["rows"],
        columns=[
            Column(c.name, shown_type(c.type), c.type, roles.get(c.name, "feature"), c.boolean_words)
            for c in schema
        ],
        message=row["message"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        mode=row["mode"],
        source=row["source"],
        size_bytes=row["size_bytes"],
        new_rows=row["new_rows"],
        changed_rows=row["changed_rows"],
        removed_rows=row["removed_rows"],
        report=msgspec.json.decode(row["told"], type=ImportReport | None) if row["told"] else None,
        tags=from_json(row["tags"], list[str]),
        trashed_at=row["trashed_at"],
    )


def shown_type(storage: str) -> str:
    """The word for a stored type: ``integer``, ``text``, or ``no value yet``."""
    return "no value yet" if storage == NO_TYPE else column_type(storage).value


def _tidy_tags(tags: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(checked_name(tag, "tag") for tag in tags))


def _listed(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown or "none"
