"""What the page of a data set shows: a pure function of what a person wants and what was answered. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mlops_desktop.domain.datasets import (
    Column,
    ColumnProfile,
    Dataset,
    DatasetDifference,
    DatasetVersion,
    Role,
)
from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.gui.words import counted, share_words, signed, when_words

from .data_intent import DataIntent, Tab
from .words import NUMERIC_TYPES

_MOST_BARS = 24
_MOST_TOP = 8
_SKEWED = 2.0
"""Distance of the mean from the middle of the range, in standard deviations, that is told as skewed."""


@dataclass(frozen=True, slots=True)
class DataAnswers:
    """What was answered so far."""

    datasets: tuple[Dataset, ...] | None = None
    """None until the first answer."""
    trashed: tuple[Dataset, ...] = ()
    versions: tuple[DatasetVersion, ...] = ()
    """Of the data set shown, newest first."""
    shown: DatasetVersion | None = None
    """The version shown, with its report."""
    profiles: Mapping[str, ColumnProfile] = field(default_factory=dict[str, ColumnProfile])
    profiles_of: str = ""
    """The version that `profiles` are of."""
    difference: DatasetDifference | None = None
    error: ErrorMessage | None = None


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A data set in the list."""

    name: str
    detail: str
    version: str
    tags: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list."""

    number: int
    label: str
    when: str
    what: str
    tip: str


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of the version with what is known of it."""

    name: str
    type: str
    role: Role
    numeric: bool
    bars: tuple[float, ...] = ()
    missing: float | None = None
    distinct: int | None = None
    exact: bool = True
    missing_words: str = ""
    minimum: str = ""
    middle: str = ""
    maximum: str = ""
    note: str = ""
    warns: bool = False
    words: tuple[str, ...] = ()
    """For no and for yes, in which truth values are shown."""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """The difference of two versions."""

    old: int
    new: int
    choices: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DataState:
    """All of the page."""

    waits: bool = False
    empty: bool = False
    """There is no data set at all."""
    datasets: tuple[DatasetLine, ...] = ()
    chosen: str = ""
    trash: bool = False
    trashed: int = 0
    title: str = ""
    suffix: str = ""
    facts: str = ""
    tags: tuple[str, ...] = ()
    versions: tuple[VersionLine, ...] = ()
    number: int | None = None
    is_newest: bool = True
    ref: str = ""
    rows: int = 0
    columns: tuple[ColumnLine, ...] = ()
    tabs: tuple[tuple[Tab, str], ...] = ()
    tab: Tab = "table"
    changes: ChangesView | None = None
    notes: str = ""
    said: str = ""
    error: ErrorMessage | None = None

    def column(self, name: str) -> ColumnLine | None:
        """The column of that name, None where there is none."""
        return next((c for c in self.columns if c.name == name), None)


def resolve(intent: DataIntent, answers: DataAnswers, now: datetime) -> DataState:
    """What the page shows.

    Parameters
    ----------
    now : datetime
        The moment, with a time zone: "today" and "yesterday" depend on it.
    """
    if answers.datasets is None:
        return DataState(waits=True, trash=intent.trash, error=answers.error)
    listed = answers.trashed if intent.trash else answers.datasets
    dataset = chosen_dataset(intent, listed)
    lines = tuple(_dataset_line(d) for d in listed)
    state = DataState(
        empty=not answers.datasets and not answers.trashed,
        datasets=lines,
        chosen=dataset.name if dataset else "",
        trash=intent.trash,
        trashed=len(answers.trashed),
        error=answers.error,
    )
    shown = answers.shown
    if dataset is None or shown is None or shown.dataset_id != dataset.dataset_id:
        title = dataset.name if dataset else ""
        return replace(state, title=title, waits=dataset is not None and answers.error is None)
    return _of_version(state, intent, answers, dataset, shown, now)


def chosen_dataset(intent: DataIntent, listed: Sequence[Dataset]) -> Dataset | None:
    """The data set that is meant: by name, else the first."""
    if intent.dataset:
        return next((d for d in listed if d.name == intent.dataset), None)
    return listed[0] if listed else None


def _dataset_line(dataset: Dataset) -> DatasetLine:
    newest = dataset.newest
    if newest is None:
        return DatasetLine(dataset.name, "no version", "")
    detail = f"{counted(newest.rows, '1 row', '{:,} rows')} · {counted(len(newest.columns), '1 column', '{:,} columns')}"
    return DatasetLine(dataset.name, detail, f"v{newest.number}", ", ".join(dataset.tags))


def _of_version(
    state: DataState,
    intent: DataIntent,
    answers: DataAnswers,
    dataset: Dataset,
    shown: DatasetVersion,
    now: datetime,
) -> DataState:
    profiles = answers.profiles if answers.profiles_of == shown.ref else {}
    newest = dataset.newest
    roles: dict[str, Role] = {c.name: c.role for c in newest.columns} if newest else {}
    changes = _changes(intent, answers, shown)
    tabs = _tabs(changes)
    return replace(
        state,
        title=dataset.name,
        suffix=f"v{shown.number}",
        facts=version_facts(shown, now),
        tags=(*dataset.tags, *shown.tags),
        versions=tuple(_version_line(v, now) for v in answers.versions),
        number=shown.number,
        is_newest=newest is None or newest.number == shown.number,
        ref=shown.ref,
        rows=shown.rows,
        columns=tuple(column_line(c, roles.get(c.name, c.role), profiles.get(c.name)) for c in shown.columns),
        tabs=tabs,
        tab=intent.tab if any(key == intent.tab for key, _ in tabs) else "table",
        changes=changes,
        notes=dataset.notes,
        said=shown.report.said() if shown.report and intent.tab == "about" else "",
    )


def version_facts(version: DatasetVersion, now: datetime) -> str:
    """The line below the title: rows, columns, size, when, who, from what."""
    deeds = {"append": "appended", "merge": "merged", "restore": "restored"}
    how = (
        f"{deeds.get(version.mode, 'imported')} {when_words(version.created_at, now)} by {version.created_by}"
    )
    source = f" from {version.source}" if version.source else ""
    return " · ".join(
        (
            counted(version.rows, "1 row", "{:,} rows"),
            counted(len(version.columns), "1 column", "{:,} columns"),
            size_words(version.size_bytes),
            how + source,
        )
    )


def _version_line(version: DatasetVersion, now: datetime) -> VersionLine:
    what = version.message or version_change(version)
    tip = "\n".join(
        part
        for part in (
            version.message,
            f"{version_change(version)}, {counted(version.rows, '1 row', '{:,} rows')} in all",
            f"{version.mode} by {version.created_by}, {version.created_at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}",
            version.source,
        )
        if part
    )
    label = f"v{version.number}" + (f" {', '.join(version.tags)}" if version.tags else "")
    if version.message:
        what = f"{version_change(version)} · {what}"
    return VersionLine(version.number, label, when_words(version.created_at, now), what, tip)


def version_change(version: DatasetVersion) -> str:
    """What a version brought: ``+212 rows``, ``3 changed, −1``."""
    parts = (
        [signed(version.new_rows) + (" rows" if version.new_rows != 1 else " row")]
        if version.new_rows
        else []
    )
    if version.changed_rows:
        parts.append(f"{version.changed_rows:,} changed")
    if version.removed_rows:
        parts.append(signed(-version.removed_rows))
    return ", ".join(parts) or "no row changed"


def _tabs(changes: ChangesView | None) -> tuple[tuple[Tab, str], ...]:
    between = f"Changes v{changes.old} → v{changes.new}" if changes else ""
    middle: tuple[tuple[Tab, str], ...] = (("changes", between),) if changes else ()
    return (("table", "Table"), ("profile", "Profile"), *middle, ("about", "About"))


def compared_version(intent: DataIntent, versions: Sequence[DatasetVersion], number: int) -> int | None:
    """Number of the version that `number` is held against: the chosen one, else the one before; None alone."""
    others = [v.number for v in versions if v.number != number]
    if intent.against in others:
        return intent.against
    before = [n for n in others if n < number]
    return max(before, default=min(others, default=None))


def _changes(intent: DataIntent, answers: DataAnswers, shown: DatasetVersion) -> ChangesView | None:
    old = compared_version(intent, answers.versions, shown.number)
    if old is None:
        return None
    choices = tuple((str(v.number), f"v{v.number}") for v in answers.versions if v.number != shown.number)
    found = answers.difference
    if found is None or (found.old, found.new) != (f"{shown.dataset}@{old}", shown.ref):
        return ChangesView(old, shown.number, choices)
    facts = [
        ("New rows", f"{found.new_rows:,}"),
        ("Changed rows", f"{found.changed_rows:,}"),
        ("Removed rows", f"{found.removed_rows:,}"),
        ("New columns", _listed(found.added_columns)),
        ("Removed columns", _listed(found.removed_columns)),
        ("Other type", _listed(found.retyped_columns)),
    ]
    return ChangesView(old, shown.number, choices, tuple(facts))


def _listed(names: Sequence[str], most: int = 30) -> str:
    listed = ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
    return listed or "none"


def column_line(column: Column, role: Role, profile: ColumnProfile | None) -> ColumnLine:
    """A column as header and profile show it."""
    numeric = column.type in NUMERIC_TYPES
    if profile is None:
        return ColumnLine(column.name, column.type, role, numeric, words=column.words)
    about = "" if profile.exact else "≈"
    note, warns = _note(profile)
    return ColumnLine(
        column.name,
        column.type,
        role,
        numeric,
        bars(profile),
        profile.missing / profile.rows if profile.rows else 0.0,
        profile.distinct,
        profile.exact,
        about + share_words(profile.missing, profile.rows),
        _short(profile.minimum) if not profile.top else "",
        _middle(profile),
        _short(profile.maximum) if not profile.top else "",
        note,
        warns,
        column.words,
    )


def bars(profile: ColumnProfile) -> tuple[float, ...]:
    """Heights of the small distribution, 0 to 1; none where every value is another."""
    counts: Sequence[int] = profile.counts[:_MOST_BARS]
    if not counts:
        counts = [c.count for c in profile.top[:_MOST_TOP]]
        if profile.distinct > 50 and max(counts, default=0) <= 2:
            return ()
    most = max(counts, default=0)
    return tuple(c / most for c in counts) if most else ()


def _middle(profile: ColumnProfile) -> str:
    """Mean of numbers, most frequent value of words."""
    if profile.mean is not None:
        return f"{profile.mean:,.4g}"
    if profile.top and profile.top[0].count > 1:
        words = {"true": "yes", "false": "no"} if profile.type == "yes/no" else {}
        return words.get(profile.top[0].value) or _short(profile.top[0].value)
    return ""


def _short(text: str | None, most: int = 24) -> str:
    if text is None:
        return ""
    try:
        number = float(text)
    except ValueError:
        return text if len(text) <= most else text[: most - 1] + "…"
    if "." in text or "e" in text.lower():
        return f"{number:.6g}"
    return text if len(text) > 15 else f"{int(text):,}" if text.lstrip("-").isdecimal() else text


def _note(profile: ColumnProfile) -> tuple[str, bool]:
    """What to know of a column, and whether that is a warning."""
    present = profile.rows - profile.missing
    if profile.rows and present == 0:
        return "all missing", True
    if present and profile.distinct <= 1:
        return "one value only", True
    if (
        profile.exact
        and profile.distinct == present > 1
        and profile.type in ("text", "integer", "big integer")
    ):
        return "each value once", False
    return "", False
