"""What to look at before a training runs: asked of the data by SQL, and of a sample by `analysis.leaks`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mlops_desktop.analysis.leaks import MOST_PAIRED, Leak, find_leaks
from mlops_desktop.domain.datasets import Column, DatasetVersion
from mlops_desktop.domain.errors import NotFoundError, Where
from mlops_desktop.domain.runs import Split, Task
from mlops_desktop.domain.training_checks import CheckFinding, ColumnCheck, Period, TrainingCheck

from .pieces_columns import identifier, literal
from .training_rows import infinite_findings, row_findings

if TYPE_CHECKING:
    from .session import Session

SAMPLE_ROWS = 20_000
ROWS_A_CLASS = 10
"""With fewer rows a class on average, a column may look like the target by chance."""
NUMBERS = ("integer", "decimal", "big integer", "exact decimal")
TIMES = ("date", "timestamp", "timestamp with zone")
MOST_PERIODS = 60
UNIQUE_SHARE = 0.95
"""A column with so many values of its own is an identifier."""
GUESSED_CLASSES = 10
"""So many different whole numbers, each in ten rows on average, are taken for classes."""
MOST_CLASSES = 200
"""As many a training can learn."""
NOT_TARGETS = (*TIMES, "time", "nested", "binary", "interval")
"""Types that hold neither numbers nor classes to predict."""


class TrainingChecks:
    """Checks of a version as training data."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, data: str, target: str, ignore: list[str], split: Split) -> TrainingCheck:
        """Everything to look at before; nothing is changed.

        Raises
        ------
        NotFoundError
            There is no such data set or target.
        """
        version = self._session.datasets.version(data)
        by_role = {c.role: c.name for c in version.columns}
        wanted = target or by_role.get("target", "")
        if target and target not in [c.name for c in version.columns]:
            raise NotFoundError(f"{version.ref} has no column “{target}”.", where=Where(column=target))
        facts = {f.name: f for f in self._session.profiles.columns(version.ref, None, exact=False)}
        task, reason = self._task(version, wanted, facts)
        leaks = self._leaks(version, wanted)
        if task in ("binary", "multiclass"):
            leaks += self._class_leaks(version, wanted, facts)
        columns = [_column(c, facts.get(c.name), wanted, ignore, leaks) for c in version.columns]
        time_column = split.time_column or by_role.get("time", "")
        periods = self._periods(version, time_column, wanted)
        findings = [
            *_target_findings(wanted, task, facts, self._words(version, wanted)),
            *_leak_findings(leaks, [c.name for c in columns if c.used]),
            *row_findings(self._session, version, wanted, columns),
            *infinite_findings(columns, facts),
            *_column_findings(columns),
            *_period_findings(periods, wanted),
            *_split_findings(time_column, split),
        ]
        words = _split_words(task, time_column, split)
        return TrainingCheck(
            version.ref, wanted, task, reason, version.rows, columns, findings, time_column, periods, words
        )

    def _task(self, version: DatasetVersion, target: str, facts: dict[str, Any]) -> tuple[Task | None, str]:
        column = next((c for c in version.columns if c.name == target), None)
        if column is None:
            return None, "no target chosen"
        if column.type in NOT_TARGETS:
            return None, f"{column.type}: neither numbers nor classes"
        fact = facts[target]
        distinct, whole = self._finite(version, column, fact)
        if column.type == "yes/no" or distinct == 2:
            return "binary", "two values"
        many = distinct > GUESSED_CLASSES or fact.rows - fact.missing - fact.infinite < 10 * distinct
        if column.type in NUMBERS and (many or not whole):
            return "regression", f"{fact.minimum} to {fact.maximum}"
        return "multiclass", f"{distinct} values"

    def _finite(self, version: DatasetVersion, column: Column, fact: Any) -> tuple[int, bool]:
        """How many different finite values a target has, and whether all are whole numbers."""
        if column.type != "decimal" or fact.distinct > GUESSED_CLASSES + 3:
            return fact.distinct, column.type in ("integer", "big integer")
        session = self._session
        schema = session.versions.schema(session.cursor, version.version_id)
        sql = next(c.sql for c in schema if c.name == column.name)
        source = session.versions.scan(session.cursor, version.version_id, [column.name])
        distinct, whole = session.cursor.execute(
            f"select count(distinct x), coalesce(bool_and(x = floor(x)), false) from "
            f"(select case when isfinite({sql}) then {sql} end as x from ({source}))"
        ).fetchall()[0]
        return int(distinct), bool(whole)

    def _words(self, version: DatasetVersion, target: str) -> dict[str, str]:
        """How the person writes false and true in the target, where that is otherwise."""
        schema = self._session.versions.schema(self._session.cursor, version.version_id)
        words = next((c.boolean_words for c in schema if c.name == target), ())
        return dict(zip(("false", "true"), words, strict=False))

    def _leaks(self, version: DatasetVersion, target: str) -> list[Leak]:
        numbers = [c.name for c in version.columns if c.type in NUMBERS]
        if target not in numbers:
            return []
        session = self._session
        columns = session.versions.schema(session.cursor, version.version_id)
        chosen = [c for c in columns if c.name in numbers]
        casts = ", ".join(f"{c.sql}::double as {identifier(f'c{n}')}" for n, c in enumerate(chosen))
        source = session.versions.scan(session.cursor, version.version_id, [c.name for c in chosen])
        frame = session.cursor.execute(
            f"select {casts} from ({source}) using sample reservoir({SAMPLE_ROWS} rows) repeatable (0)"
        ).fetchnumpy()
        arrays = {
            c.name: np.ma.filled(frame[f"c{n}"], np.nan).astype(np.float64) for n, c in enumerate(chosen)
        }
        values = arrays.pop(target)
        return find_leaks(target, values, arrays)

    def _class_leaks(self, version: DatasetVersion, target: str, facts: dict[str, Any]) -> list[Leak]:
        """Columns that have a value of their own for each class of the target."""
        fact = facts.get(target)
        if fact is None or not 2 <= fact.distinct <= MOST_CLASSES or fact.rows < ROWS_A_CLASS * fact.distinct:
            return []
        if fact.distinct * 2 > fact.rows:
            return []  # nearly each row has a value of its own, so any other such column would fit
        schema = {c.name: c for c in self._session.versions.schema(self._session.cursor, version.version_id)}
        likely = [
            c.name
            for c in version.columns
            if c.name != target
            and c.type in ("text", "yes/no", "integer", "decimal")
            and facts[c.name].distinct == fact.distinct
            and facts[c.name].missing <= fact.rows / 2
        ][:MOST_PAIRED]
        if not likely:
            return []
        label = schema[target].sql
        counts = ", ".join(
            f"count(distinct row({schema[name].sql}, {label})) filter ({schema[name].sql} is not null and {label} is not null)"
            for name in likely
        )
        source = self._session.versions.scan(self._session.cursor, version.version_id, [*likely, target])
        found = self._session.cursor.execute(f"select {counts} from ({source})").fetchall()[0]
        return [
            Leak((name,), f"{name} has a value for each {target}", 1.0)
            for name, pairs in zip(likely, found, strict=True)
            if pairs == fact.distinct
        ]

    def _periods(self, version: DatasetVersion, time_column: str, target: str) -> list[Period]:
        column = next((c for c in version.columns if c.name == time_column and c.type in TIMES), None)
        if column is None:
            return []
        session = self._session
        schema = {c.name: c for c in session.versions.schema(session.cursor, version.version_id)}
        is_number = any(c.name == target and c.type in NUMBERS for c in version.columns)
        names = [time_column] + ([target] if is_number else [])
        source = session.versions.scan(session.cursor, version.version_id, names)
        at = f"{schema[time_column].sql}::timestamp"
        mean = f"avg({schema[target].sql}::double)" if is_number else "'nan'::double"
        for unit in ("day", "week", "month", "year"):
            rows = session.all(
                f"select date_trunc({literal(unit)}, {at})::date::varchar as start, count(*) as n, {mean} as mean "
                f"from ({source}) where {at} is not null group by 1 order by 1 limit {MOST_PERIODS + 1}"
            )
            if len(rows) <= MOST_PERIODS and (unit != "day" or len(rows) <= 31):
                return [
                    Period(_label(r["start"], unit), r["start"], r["n"], _number(r["mean"])) for r in rows
                ]
        return []


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _label(start: str, unit: str) -> str:
    return {"day": start, "week": start, "month": start[:7], "year": start[:4]}[unit]


def _column(column: Column, fact: Any, target: str, ignore: list[str], leaks: list[Leak]) -> ColumnCheck:
    missing = fact.missing / fact.rows if fact and fact.rows else 0.0
    distinct = fact.distinct if fact else 0
    role = "target" if column.name == target else column.role
    used = role in ("feature", "sensitive") and column.name not in ignore
    note, severity = _note(column, fact, missing, distinct, leaks) if role != "target" else ("", "")
    if severity == "error-constant":
        used, severity = False, "note"
    return ColumnCheck(column.name, column.type, role, used, missing, distinct, note, severity)  # type: ignore[arg-type]


def _note(column: Column, fact: Any, missing: float, distinct: int, leaks: list[Leak]) -> tuple[str, str]:
    if any(column.name in leak.columns for leak in leaks):
        return "leak: part of the target", "error"
    if fact is None or missing == 1.0:
        return "no value at all: left out", "error-constant"
    if distinct == 1 and missing == 0:
        return "the same in every row: left out", "error-constant"
    if (
        fact.rows >= 50
        and distinct > UNIQUE_SHARE * (fact.rows - fact.missing)
        and column.type in ("text", "integer")
    ):
        return "a value of its own in nearly every row: an identifier?", "warning"
    if missing >= 0.005:
        return f"{missing:.1%} missing", "warning" if missing > 0.05 else "note"
    return "", ""


def _target_findings(
    target: str, task: Task | None, facts: dict[str, Any], words: dict[str, str]
) -> list[CheckFinding]:
    if not target:
        return [CheckFinding("no_target", "error", "No target", "Choose the column to predict.")]
    fact = facts[target]
    found: list[CheckFinding] = []
    if fact.type in NOT_TARGETS:
        text = f"It holds {fact.type}, neither numbers nor classes. Choose another column."
        return [CheckFinding("not_a_target", "error", f"{target} can't be predicted", text)]
    if task == "multiclass" and fact.distinct > MOST_CLASSES:
        text = f"{fact.distinct:,} different values; at most {MOST_CLASSES} classes can be learned."
        found.append(CheckFinding("many_classes", "error", f"{target} has too many classes", text))
    if fact.infinite:
        text = "They are left out of training and test."
        found.append(
            CheckFinding(
                "target_infinite", "warning", f"{fact.infinite:,} rows with an infinite {target}", text
            )
        )
    if fact.distinct <= 1:
        value = fact.top[0].value if fact.top else fact.minimum
        only = f"Every row has “{words.get(value, value)}”." if fact.distinct else "It has no value."
        found.append(
            CheckFinding("one_class", "error", f"{target} doesn't vary", f"{only} There is nothing to learn.")
        )
    if fact.missing:
        found.append(
            CheckFinding(
                "target_missing",
                "warning",
                f"{fact.missing:,} rows without {target}",
                "They are left out of training and test.",
            )
        )
    rare = [c for c in fact.top if c.count < 5] if task in ("binary", "multiclass") else []
    if rare and fact.distinct > 1:
        names = ", ".join(f"“{words.get(c.value, c.value)}” ({c.count})" for c in rare[:3])
        found.append(
            CheckFinding(
                "rare_class",
                "warning",
                "Classes with hardly a row",
                f"{names}: no score of them can be trusted.",
            )
        )
    return found


def _leak_findings(leaks: list[Leak], used: list[str]) -> list[CheckFinding]:
    return [
        CheckFinding(
            "leak",
            "error",
            f"Leak: {leak.words}",
            f"True in {leak.share:.1%} of the rows. A model that has them is worth nothing: nobody knows them in advance.",
            [c for c in leak.columns if c in used],
        )
        for leak in leaks
        if any(c in used for c in leak.columns)
    ]


def _column_findings(columns: list[ColumnCheck]) -> list[CheckFinding]:
    found: list[CheckFinding] = []
    ids = [c.name for c in columns if c.used and "identifier" in c.note]
    if ids:
        found.append(
            CheckFinding(
                "identifier",
                "warning",
                "Looks like an identifier",
                f"{', '.join(ids)}: nothing is learnt from a number of its own.",
                ids,
            )
        )
    else:
        found.append(
            CheckFinding(
                "no_identifier",
                "good",
                "No id-like columns",
                "None has a value of its own in nearly every row.",
            )
        )
    missing = [c for c in columns if c.used and c.missing_share > 0]
    if missing:
        worst = sorted(missing, key=lambda c: -c.missing_share)[:4]
        words = ", ".join(f"{c.name} {c.missing_share:.1%}" for c in worst)
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        found.append(
            CheckFinding(
                "missing",
                "warning",
                "Missing values",
                f"{words}{more}. They are taken as a value of their own.",
            )
        )
    dull = [c.name for c in columns if c.role == "feature" and not c.used and "left out" in c.note]
    if dull:
        found.append(
            CheckFinding(
                "constant", "note", "Left out", f"{', '.join(dull)}: the same in every row, or empty."
            )
        )
    return found


def _period_findings(periods: list[Period], target: str) -> list[CheckFinding]:
    """Whether the target's mean has moved: last period against the same one a year before, or the first ones."""
    means = [p for p in periods if math.isfinite(p.mean_target)]
    if len(means) < 6:
        return []
    last = means[-1]
    before = next((p for p in means if p.label == f"{int(last.label[:4]) - 1}{last.label[4:]}"), means[0])
    if before.mean_target == 0 or abs(last.mean_target / before.mean_target - 1) < 0.25:
        return []
    text = f"{before.label}: {before.mean_target:.4g} on average; {last.label}: {last.mean_target:.4g}. Older rows mislead: a short train window is worth a try."
    return [CheckFinding("drift", "warning", f"{target} moves with time", text)]


def _split_findings(time_column: str, split: Split) -> list[CheckFinding]:
    if time_column and split.method in (None, "time"):
        return [
            CheckFinding(
                "split", "good", "Split is by time", "No row of the test is older than one of training."
            )
        ]
    if time_column:
        return [
            CheckFinding(
                "split",
                "warning",
                "Split isn't by time",
                f"Rows have a time ({time_column}): a random test is too kind.",
            )
        ]
    return []


def _split_words(task: Task | None, time_column: str, split: Split) -> str:
    method = split.method or (
        "time" if time_column else "stratified" if task in ("binary", "multiclass") else "random"
    )
    share = f"{split.test_share:.0%} of the rows"
    return {
        "time": f"test on {split.test_period or 'the last ' + share}, train on what lies before",
        "random": f"test on {share}, drawn by chance",
        "stratified": f"test on {share}, each class in its share",
        "cross_validation": f"{split.folds or 5} folds: each row is predicted once by a model that has not seen it",
    }[method]
