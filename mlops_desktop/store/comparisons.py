"""Comparing runs: what differs in what was asked, and whether the difference of metrics is real."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from mlops_desktop.analysis import paired
from mlops_desktop.analysis.weighted import METRICS as TESTED
from mlops_desktop.analysis.weighted import Floats, Predictions
from mlops_desktop.domain.algorithms import ALGORITHMS
from mlops_desktop.domain.comparisons import (
    Interval,
    MetricComparison,
    RunComparison,
    SettingDifference,
    Verdict,
)
from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.runs import METRICS, Run, higher_is_better

from .artifacts import Artifacts

if TYPE_CHECKING:
    from .session import Session

PREDICTIONS = "predictions.parquet"
MOST_RUNS = 10


class Comparisons:
    """Runs side by side."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def compare(self, run_ids: list[int]) -> RunComparison:
        """Hold runs against the first one.

        Raises
        ------
        InvalidInputError
            There are fewer than two runs, more than ten, or one twice.
        """
        if not 2 <= len(run_ids) <= MOST_RUNS or len(set(run_ids)) < len(run_ids):
            raise InvalidInputError(
                f"{len(run_ids)} runs can't be compared.",
                remedy="Choose two to ten different ones.",
                where=Where(field="runs"),
            )
        runs = self._session.runs.of_ids(run_ids)
        shared, note = self._shared(runs)
        return RunComparison(
            runs=run_ids,
            titles=[r.name for r in runs],
            settings=_settings(runs),
            metrics=_metrics(runs, shared),
            rows=len(shared[0].actual) if shared else 0,
            method=_method(runs, shared),
            notes=[note] if note else [],
        )

    def _shared(self, runs: list[Run]) -> tuple[list[Predictions], str]:
        """Predictions of the rows that every run was judged on, or the reason why there are none."""
        tasks = {r.facts.task if r.facts else None for r in runs}
        datasets = {(r.spec.data.dataset, r.spec.target) if r.spec and r.spec.data else None for r in runs}
        if len(tasks) != 1 or None in tasks or len(datasets) != 1 or None in datasets:
            return (
                [],
                "The runs don't predict the same thing in the same data set, so no difference can be tested.",
            )
        paths = [self._predictions(r) for r in runs]
        if None in paths:
            return [], "A run has no predictions row by row."
        frame = self._joined([p for p in paths if p])
        if not len(frame[0]["row"]):
            return [], "The runs were judged on different rows, so no difference can be tested."
        if any(list(f["actual"]) != list(frame[0]["actual"]) for f in frame[1:]):
            return (
                [],
                "The data behind the runs differs in the rows they share, so no difference can be tested.",
            )
        labels = [self._labels(p) for p in paths if p]
        if any(known != labels[0] for known in labels[1:]):
            return [], "The runs know different classes, so no difference can be tested."
        return [_predictions(f, str(next(iter(tasks))), labels[0]) for f in frame], ""

    def _labels(self, path: str) -> list[str]:
        """Classes in the order of the probabilities; none for a regression."""
        found = self._session.cursor.execute(
            "select value from parquet_kv_metadata(?) where key = 'labels'::blob", [path]
        ).fetchone()
        return msgspec.json.decode(bytes(found[0]), type=list[str]) if found else []

    def _predictions(self, run: Run) -> str | None:
        for artifact in run.artifacts:
            if artifact.name == PREDICTIONS:
                return str(Artifacts(self._session.folder).path(artifact.sha256))
        return None

    def _joined(self, paths: list[str]) -> list[dict[str, Any]]:
        """The last prediction of each row that stands in every file, in the order of the rows, thinned if many."""
        cursor, found = self._session.cursor, list[dict[str, Any]]()
        rows = " intersect ".join("select row from read_parquet(?)" for _ in paths)
        count = cursor.execute(f"select count(*) from ({rows})", paths).fetchone()
        every = max(1, math.ceil((count[0] if count else 0) / paired.MOST_ROWS))
        for path in paths:
            sql = (
                f"with shared as (select row, row_number() over (order by row) - 1 as n from ({rows})) "
                "select p.* from read_parquet(?) p join shared using (row) where n % ? = 0 "
                "qualify row_number() over (partition by row order by part desc) = 1 order by row"
            )
            found.append(cursor.execute(sql, [*paths, path, every]).fetchnumpy())
        return found


def _predictions(frame: dict[str, Any], task: str, labels: list[str]) -> Predictions:
    if task == "regression":
        return Predictions(_floats(frame["actual"]), _floats(frame["predicted"]))
    columns = sorted((n for n in frame if n[:1] == "p" and n[1:].isdigit()), key=lambda n: int(n[1:]))
    outputs = np.column_stack([_floats(frame[n]) for n in columns])
    codes = {label: float(code) for code, label in enumerate(labels)}
    return Predictions(np.array([codes[label] for label in frame["actual"]]), outputs)


def _floats(values: Any) -> Floats:
    return np.asarray(np.ma.filled(values, np.nan), dtype=np.float64)


def _metrics(runs: list[Run], shared: list[Predictions]) -> list[MetricComparison]:
    names = [m.name for m in METRICS if all(m.name in r.metrics for r in runs)]
    names += sorted(set.intersection(*(set(r.metrics) for r in runs)) - set(names))
    titles = {m.name: m.title for m in METRICS}
    testable = TESTED.get(str(runs[0].facts.task), {}) if runs[0].facts else {}
    tested: dict[str, list[paired.PairedDifference]] = {}
    rows = len(shared[0].actual) if shared else 0
    if rows >= paired.FEWEST_ROWS:
        wanted = {name: testable[name] for name in names if name in testable}
        tested = paired.differences(wanted, shared, _block(runs[0], rows))
    why = "no shared rows" if not rows else f"{rows} rows are too few to tell" if not tested else "not tested"
    found: list[MetricComparison] = []
    for name in names:
        first, better = runs[0].metrics[name], higher_is_better(name)
        each = tested.get(name) or [why] * (len(runs) - 1)
        others = [_interval(run, name, first, better, one) for run, one in zip(runs[1:], each, strict=True)]
        found.append(MetricComparison(name, titles.get(name, name), better, first, others))
    return found


def _interval(
    run: Run, name: str, first: float, better: bool, tested: paired.PairedDifference | str
) -> Interval:
    value = run.metrics[name]
    if isinstance(tested, str):
        return Interval(run.run_id, value, value - first, math.nan, math.nan, "unknown", tested)
    verdict: Verdict = "tie"
    if tested.low > 0 or tested.high < 0:
        verdict = "better" if (tested.low > 0) == better else "worse"
    elif not math.isfinite(tested.low):
        verdict = "unknown"
    why = {"tie": "interval includes zero", "unknown": "undefined on these rows"}.get(verdict, "")
    return Interval(run.run_id, value, tested.second - tested.first, tested.low, tested.high, verdict, why)


def _block(run: Run, rows: int) -> int:
    """Rows in time are drawn in blocks of the cube root of their number (Künsch 1989)."""
    by_time = bool(
        run.spec
        and (
            run.spec.split.method == "time" or run.spec.split.time_column or "time" in run.spec.roles.values()
        )
    )
    return max(1, round(rows ** (1 / 3))) if by_time else 1


def _method(runs: list[Run], shared: list[Predictions]) -> str:
    if not shared:
        return ""
    rows = len(shared[0].actual)
    block = _block(runs[0], rows)
    blocks = f", in blocks of {block} neighbours" if block > 1 else ""
    return f"the same {rows:,} rows{blocks}, {paired.DRAWS:,} draws; percentile bootstrap (Efron and Tibshirani 1993)"


def _settings(runs: list[Run]) -> list[SettingDifference]:
    """Every setting of the runs, those that differ first."""
    flat = [_flat(run) for run in runs]
    names = list(dict.fromkeys(n for one in flat for n in one))
    found = [SettingDifference(n, v := [one.get(n, "—") for one in flat], len(set(v)) > 1) for n in names]
    return sorted(found, key=lambda s: not s.differs)


def _flat(run: Run) -> dict[str, str]:
    spec, facts = run.spec, run.facts
    values: dict[str, Any] = {"Name": run.name, "Started by": run.created_by}
    if spec is not None:
        titles = {a.algorithm_id: a.title for a in ALGORITHMS}
        values |= {
            "Algorithm": titles.get(spec.algorithm, spec.algorithm),
            "Data": spec.data.ref if spec.data else None,
            "Target": spec.target,
            "Split": facts.split_reason if facts else None,
            "Seed": spec.seed,
            "Left out": ", ".join(sorted(facts.left_out)) if facts else None,
            "Rows in training": f"{facts.train_rows:,}" if facts else None,
            "Rows in test": f"{facts.test_rows:,}" if facts else None,
        }
    values |= {f"Parameter {n}": v for n, v in run.params.items()}
    if facts and facts.environment:
        values |= {"Code": facts.environment.code_version, "Python": facts.environment.python}
    if run.seconds is not None:
        values["Time"] = f"{run.seconds:.1f} s"
    return {
        n: v if isinstance(v, str) else msgspec.json.encode(v).decode()
        for n, v in values.items()
        if v is not None
    }
