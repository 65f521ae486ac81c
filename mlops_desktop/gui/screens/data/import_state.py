"""What the import page shows: a pure function of what a person said and what was answered. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from mlops_desktop.domain.datasets import Dataset, DatasetVersion, ImportMode, Role
from mlops_desktop.domain.errors import ErrorMessage
from mlops_desktop.domain.imports import (
    Decision,
    FilePreview,
    ImportOptions,
    NumberedRow,
    Problem,
    Severity,
)
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.sizes import size_words
from mlops_desktop.gui.words import counted, file_name

from .import_format import FormatField, format_fields
from .import_intent import ImportIntent, View, chosen_count, suggested_name
from .words import NUMERIC_TYPES

Ink = Literal["text", "warn", "bad"]
KEPT = "As you chose."
"""What a preview says of a type that it was told, by the person or by the data set."""
_TOP_ROWS = 3
"""Rows of the head of the table shown above the first problem."""


@dataclass(frozen=True, slots=True)
class ImportAnswers:
    """What was answered so far."""

    preview: FilePreview | None = None
    question: tuple[str, ImportOptions, str, ImportMode] | None = None
    """What `preview` or `error` is the answer to."""
    error: ErrorMessage | None = None
    """Why there is no preview, or why the import failed."""
    import_failed: bool = False
    datasets: tuple[Dataset, ...] = ()
    job: JobRow | None = None
    """The import under way."""


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column above the preview."""

    name: str
    type: str
    types: tuple[str, ...]
    """What the type can be changed to."""
    role: Role
    numeric: bool
    severity: Severity | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the preview (0: no row of the file), or a band across it ("rows 4 to 64")."""

    number: int
    cells: tuple[str | None, ...] = ()
    band: str = ""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One thing that was decided, and why."""

    about: str
    decided: str
    why: str
    ink: Ink
    choices: tuple[str, ...]
    is_column: bool


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One thing to look at, with its remedies."""

    key: str
    place: str
    what: str
    severity: Severity
    remedies: tuple[tuple[str, str], ...]
    chosen: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class TargetView:
    """Where the rows go."""

    is_version: bool
    name: str
    names: tuple[str, ...]
    mode: str
    effect: str
    key: tuple[str, ...]
    key_choices: tuple[str, ...]
    button: str
    can_import: bool
    why_not: str = ""
    name_error: str = ""


@dataclass(frozen=True, slots=True)
class JobView:
    """The import under way."""

    stage: str
    share: float | None
    seconds_left: float | None
    cancelling: bool


@dataclass(frozen=True, slots=True)
class ImportState:
    """All of the page."""

    file: str
    facts: str
    waits: bool
    """The preview on screen is of an earlier question, or there is none yet."""
    fields: tuple[FormatField, ...] = ()
    format_note: str = ""
    chosen: int = 0
    decisions: tuple[DecisionView, ...] = ()
    more_decisions: int = 0
    tabs: tuple[tuple[View, str], ...] = ()
    tab: View = "first"
    columns: tuple[ColumnView, ...] = ()
    rows: tuple[RowView, ...] = ()
    marks: Mapping[tuple[int, int], Severity] = field(default_factory=dict[tuple[int, int], Severity])
    """Severity of cells, by row number and place of the column."""
    table_note: str = ""
    problems: tuple[ProblemView, ...] = ()
    target: TargetView | None = None
    job: JobView | None = None
    error: ErrorMessage | None = None
    import_failed: bool = False


def resolve(intent: ImportIntent, answers: ImportAnswers, before: ImportState | None = None) -> ImportState:
    """What the page shows.

    Parameters
    ----------
    before : ImportState, optional
        What it showed: remedies keep their order.
    """
    waits = answers.question != intent.question
    error = None if waits else answers.error
    state = ImportState(
        file=file_name(intent.path),
        facts="",
        waits=waits,
        fields=format_fields(intent.options, answers.preview),
        format_note=_format_note(intent.options),
        chosen=chosen_count(intent.options),
        job=_job(answers.job),
        error=error,
        import_failed=answers.import_failed,
    )
    return _of_preview(state, intent, answers, before) if answers.preview is not None else state


def _of_preview(
    state: ImportState, intent: ImportIntent, answers: ImportAnswers, before: ImportState | None
) -> ImportState:
    preview = answers.preview
    assert preview is not None
    newest = _newest(intent, answers.datasets)
    problems = tuple(_problem(p, intent.options, before) for p in _in_order(preview.problems))
    columns = _columns(intent, preview, newest, problems, state.error)
    tabs = _tabs(preview, newest)
    tab = _tab(intent, tabs, preview.problems)
    lines = _decisions(preview)
    return replace(
        state,
        facts=_facts(preview),
        decisions=tuple(_decision(d, intent, newest) for d in lines[: intent.decisions]),
        more_decisions=max(len(lines) - intent.decisions, 0),
        tabs=tabs,
        tab=tab,
        columns=columns,
        rows=tuple(_rows(preview, newest, tab)),
        marks=_marks(problems, columns, state.error),
        table_note=_table_note(preview, tab),
        problems=problems,
        target=_target(intent, answers, newest, preview, state.waits or state.error is not None),
    )


def _newest(intent: ImportIntent, datasets: Sequence[Dataset]) -> DatasetVersion | None:
    """The version that the file would follow."""
    if intent.mode == "new":
        return None
    return next((d.newest for d in datasets if d.name == intent.dataset), None)


def _facts(preview: FilePreview) -> str:
    rows = ""
    if preview.row_count is not None:
        about = "" if preview.row_count_is_exact else "≈"
        rows = about + counted(preview.row_count, "1 row", "{:,} rows")
    columns = counted(len(preview.columns), "1 column", "{:,} columns")
    return " · ".join(part for part in (rows, columns, size_words(preview.size_bytes)) if part)


def _format_note(options: ImportOptions) -> str:
    chosen = chosen_count(options)
    return f"{chosen} chosen by you" if chosen else "found by itself"


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(problems, key=lambda p: order[p.severity])


def _problem(problem: Problem, options: ImportOptions, before: ImportState | None) -> ProblemView:
    remedies = [(r.key, r.label) for r in problem.remedies]
    chosen = remedies[0][0] if remedies else ""
    asked = options.remedies.get(problem.key)
    if asked in dict(remedies):
        chosen = asked or chosen
    shown = next((p.remedies for p in before.problems if p.key == problem.key), ()) if before else ()
    if {k for k, _ in shown} == {k for k, _ in remedies}:
        order = [k for k, _ in shown]
        remedies.sort(key=lambda r: order.index(r[0]))
    return ProblemView(
        problem.key,
        _place(problem),
        problem.what,
        problem.severity,
        tuple(remedies),
        chosen,
        problem.row,
        problem.column,
    )


def _place(problem: Problem) -> str:
    """``Row 214, humidity``, ``36 rows, weather``, ``Line 3``, ``The file``."""
    if problem.count > 1 and problem.row:
        where = counted(problem.count, "1 row", "{:,} rows")
    elif problem.row:
        where = f"Row {problem.row:,}"
    elif problem.line:
        where = f"Line {problem.line:,}"
    else:
        where = ""
    return ", ".join(part for part in (where, problem.column or "") if part) or "The file"


def _roles(intent: ImportIntent, newest: DatasetVersion | None) -> dict[str, Role]:
    """Roles after the import: those of the data set, with what the person set."""
    roles: dict[str, Role] = {c.name: c.role for c in newest.columns} if newest else {}
    for column, role in intent.roles:
        if role in ("target", "time"):
            roles = {c: "feature" if r == role else r for c, r in roles.items()}
        roles[column] = role
    return roles


def _columns(
    intent: ImportIntent,
    preview: FilePreview,
    newest: DatasetVersion | None,
    problems: Sequence[ProblemView],
    error: ErrorMessage | None,
) -> tuple[ColumnView, ...]:
    roles = _roles(intent, newest)
    choices = {d.about: d.choices for d in preview.decisions if d.is_column}
    about: dict[str, tuple[Severity, str]] = {}
    for problem in reversed(problems):
        if problem.column:
            about[problem.column] = (problem.severity, problem.what)
    if error is not None and error.where.column:
        about[error.where.column] = ("error", error.message)
    return tuple(
        ColumnView(
            c.name,
            c.type.value if c.has_values else "no value yet",
            choices.get(c.name, ()),
            roles.get(c.name, "feature"),
            c.type.value in NUMERIC_TYPES,
            *about.get(c.name, (None, "")),
        )
        for c in preview.columns
    )


def _decisions(preview: FilePreview) -> list[Decision]:
    """Decisions, those that a person has to know first; the format itself stands in its fields."""
    notable = [d for d in preview.decisions if d.notable]
    return [*notable, *(d for d in preview.decisions if not d.notable and d.is_column)]


def _decision(decision: Decision, intent: ImportIntent, newest: DatasetVersion | None) -> DecisionView:
    why = decision.why
    if newest is not None and why == KEPT and decision.about not in intent.options.types:
        why = f"As in {newest.dataset} v{newest.number}."
    ink: Ink = "warn" if decision.notable else "text"
    return DecisionView(decision.about, decision.decided, why, ink, decision.choices, decision.is_column)


def _tabs(preview: FilePreview, newest: DatasetVersion | None) -> tuple[tuple[View, str], ...]:
    tabs: list[tuple[View, str]] = [("first", "First rows")]
    if preview.problem_rows:
        tabs.append(("problems", "Around problems"))
    if preview.last_rows:
        tabs.append(("last", "Last rows"))
    if newest is not None:
        tabs.append(("changes", f"Changes to v{newest.number}"))
    return tuple(tabs)


def _tab(intent: ImportIntent, tabs: Sequence[tuple[View, str]], problems: Sequence[Problem]) -> View:
    wanted = intent.view
    if wanted is None:
        wanted = "problems" if any(p.row and p.severity != "note" for p in problems) else "first"
    return wanted if any(wanted == key for key, _ in tabs) else "first"


def _rows(preview: FilePreview, newest: DatasetVersion | None, tab: View) -> Iterator[RowView]:
    if tab == "problems":
        yield from _around_problems(preview)
    elif tab == "last":
        yield from (RowView(r.row, r.cells) for r in preview.last_rows)
    elif tab == "changes" and newest is not None:
        yield from _changes(preview, newest)
    else:
        yield from (RowView(i, tuple(cells)) for i, cells in enumerate(preview.first_rows.rows(), start=1))


def _around_problems(preview: FilePreview) -> Iterator[RowView]:
    """The head of the table, then the rows with problems and their neighbours, with bands for what lies between."""
    head = [NumberedRow(i, tuple(c)) for i, c in enumerate(preview.first_rows.rows(), start=1)][:_TOP_ROWS]
    rows = {r.row: r for r in (*head, *preview.problem_rows)}
    before = 0
    for number in sorted(rows):
        if number > before + 1:
            yield RowView(before + 1, band=_between(before + 1, number - 1))
        yield RowView(number, rows[number].cells)
        before = number
    if preview.row_count_is_exact and preview.row_count and preview.row_count > before:
        yield RowView(before + 1, band=_between(before + 1, preview.row_count))


def _between(first: int, last: int) -> str:
    return f"row {first:,}" if first == last else f"rows {first:,} to {last:,}"


def _changes(preview: FilePreview, newest: DatasetVersion) -> Iterator[RowView]:
    """Two rows: the type of each of the file's columns in the version before, and in the file."""
    old = {c.name: c.type for c in newest.columns}
    yield RowView(0, band=f"in {newest.dataset} v{newest.number}")
    yield RowView(0, tuple(old.get(c.name) for c in preview.columns))
    yield RowView(0, band="in this file")
    yield RowView(0, tuple(c.type.value if c.has_values else "no value yet" for c in preview.columns))
    gone = [name for name in old if name not in {c.name for c in preview.columns}]
    if gone:
        listed = ", ".join(gone[:12]) + (f" and {len(gone) - 12} more" if len(gone) > 12 else "")
        yield RowView(0, band=f"not in this file: {listed}")


def _marks(
    problems: Sequence[ProblemView], columns: Sequence[ColumnView], error: ErrorMessage | None
) -> dict[tuple[int, int], Severity]:
    places = {c.name: i for i, c in enumerate(columns)}
    marks: dict[tuple[int, int], Severity] = {}
    for problem in reversed(problems):
        if problem.row and problem.column in places:
            marks[(problem.row, places[problem.column or ""])] = problem.severity
    if error is not None and error.where.row and error.where.column in places:
        marks[(error.where.row, places[error.where.column or ""])] = "error"
    return marks


def _table_note(preview: FilePreview, tab: View) -> str:
    shown = len(preview.first_rows)
    if tab == "first" and preview.row_count and preview.row_count > shown:
        return f"first {shown:,} of {counted(preview.row_count, '1 row', '{:,} rows')}"
    if not preview.row_count_is_exact and tab == "first":
        return "looked at the first rows so far; every row is checked while importing"
    return ""


def _target(
    intent: ImportIntent,
    answers: ImportAnswers,
    newest: DatasetVersion | None,
    preview: FilePreview,
    blocked: bool,
) -> TargetView:
    names = tuple(d.name for d in answers.datasets)
    is_version = intent.mode != "new"
    name = intent.dataset or ("" if is_version else suggested_name(intent.path))
    name_error = ""
    if not is_version and name in names:
        name_error = f"There is a data set “{name}” already."
    columns = tuple(c.name for c in preview.columns)
    why_not = name_error
    if is_version and newest is None:
        why_not = "Choose the data set."
    elif intent.mode == "merge" and not intent.key:
        why_not = "Choose the columns that tell rows apart."
    elif any(p.severity == "error" and p.remedies and _refuses(p, intent.options) for p in preview.problems):
        why_not = "Choose what is done about the errors above."
    number = newest.number + 1 if newest else 1
    return TargetView(
        is_version,
        name,
        names,
        intent.mode,
        _effect(intent, preview, newest),
        intent.key,
        columns,
        f"Import as {name} v{number}" if name else "Import",
        not (why_not or blocked) and answers.job is None,
        why_not,
        name_error,
    )


def _refuses(problem: Problem, options: ImportOptions) -> bool:
    """Whether the import would stop at a problem."""
    chosen = options.remedies.get(problem.key, problem.remedies[0].key)
    return chosen == "refuse"


def _effect(intent: ImportIntent, preview: FilePreview, newest: DatasetVersion | None) -> str:
    """What becomes of the rows, in a few words."""
    rows = preview.row_count
    about = "" if preview.row_count_is_exact else "≈"
    count = f"{about}{counted(rows, '1 row', '{:,} rows')}" if rows is not None else "the file's rows"
    if newest is None:
        return count
    if intent.mode == "append":
        return f"{count} added to {newest.rows:,}"
    if intent.mode == "replace":
        return f"{count} instead of {newest.rows:,}"
    return f"{count} against {newest.rows:,}"


def _job(job: JobRow | None) -> JobView | None:
    if job is None or job.ended:
        return None
    stage = "Waiting for another import" if job.state == "queued" else job.stage or "Beginning"
    return JobView(stage, job.fraction, job.seconds_left, job.state == "cancelling")
