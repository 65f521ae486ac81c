"""Rows of runs, their metrics, parameters and artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.errors import ConflictError, ErrorMessage, NotFoundError
from mlops_desktop.domain.messages import Outcome
from mlops_desktop.domain.runs import Artifact, Metric, ParamValue, Run, RunFacts, RunSpec, RunWarning

from .times import from_json, naive, now, to_json

if TYPE_CHECKING:
    from .session import Session


class _Kept(msgspec.Struct, frozen=True):
    """What of a run is kept as one JSON column."""

    facts: RunFacts | None = None
    warnings: list[RunWarning] = []


class RunRows:
    """Runs of the project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, spec: RunSpec | None, name: str, kind: str, tags: Sequence[str] = ()) -> int:
        """A new run, queued (a training) or running (a script's); returns its number."""
        session = self._session
        run_id, at = session.next_id("run"), now()
        session.insert(
            "run",
            {
                "run_id": run_id,
                "name": name,
                "kind": kind,
                "state": "queued" if kind == "training" else "running",
                "spec": to_json(spec),
                "version_id": spec.data.version_id if spec and spec.data else None,
                "facts": to_json(_Kept()),
                "notes": "",
                "tags": to_json(list(tags)),
                "created_at": at,
                "created_by": session.caller.actor,
                "started_at": None if kind == "training" else at,
            },
        )
        session.cursor.execute("insert into ingested values (?, 0)", [run_id])
        return run_id

    def find(self, run_id: int) -> Run:
        """The run with this number.

        Raises
        ------
        NotFoundError
            There is none.
        """
        found = self._read("where run_id = ?", run_id)
        if not found:
            raise NotFoundError(f"There is no run {run_id}.", remedy="See `mlops-desktop runs list`.")
        return found[0]

    def newest(self, limit: int, *, trashed: bool = False) -> list[Run]:
        """Runs, newest first."""
        state = "is not null" if trashed else "is null"
        return self._read(f"where trashed_at {state} order by run_id desc limit ?", limit)

    def of_ids(self, run_ids: Sequence[int]) -> list[Run]:
        """These runs, in the order asked for."""
        return [self.find(i) for i in run_ids]

    def set_state(self, run_id: int, state: str, **columns: Any) -> None:
        """A run's state moves as its child says; no deed of a person, so no change is recorded."""
        columns["state"] = state
        sets = ", ".join(f"{c} = ?" for c in columns)
        self._session.cursor.execute(
            f"update run set {sets} where run_id = ?", [*map(naive, columns.values()), run_id]
        )
        self._session.topics.add("run")

    def finish(self, run_id: int, outcome: Outcome, warnings: list[RunWarning]) -> None:
        """Write down how a run ended: the last message of its child."""
        facts = outcome.facts
        error: ErrorMessage | None = outcome.error
        self.set_state(
            run_id,
            outcome.state,
            finished_at=outcome.at,
            facts=to_json(_Kept(facts, warnings)),
            error=None if error is None else to_json(error),
        )
        cursor = self._session.cursor
        cursor.execute("delete from run_metric where run_id = ?", [run_id])
        cursor.execute("delete from run_param where run_id = ?", [run_id])
        self._session.append("run_metric", [(run_id, n, v) for n, v in outcome.metrics.items()])
        params = facts.params if facts else {}
        self._session.append("run_param", [(run_id, n, to_json(v)) for n, v in params.items()])

    def keep_warning(self, run_id: int, warning: RunWarning) -> None:
        """Add a warning to a run that goes on."""
        kept = from_json(self._session.value("select facts from run where run_id = ?", run_id), _Kept)
        self.set_state(run_id, "running", facts=to_json(_Kept(kept.facts, [*kept.warnings, warning])))

    def warnings(self, run_id: int) -> list[RunWarning]:
        """What was said of a run so far."""
        return from_json(self._session.value("select facts from run where run_id = ?", run_id), _Kept).warnings

    # Points, parameters, artifacts.

    def add_points(self, run_id: int, points: Sequence[Metric]) -> None:
        """Append values of metrics, in one statement."""
        at = now()
        self._session.append(
            "metric", [(run_id, p.name, -1 if p.step is None else p.step, p.value, p.at or at) for p in points]
        )
        self._session.topics.add("metric")

    def set_finals(self, run_id: int, values: dict[str, float]) -> None:
        """Set final values of metrics of a logged run."""
        cursor = self._session.cursor
        cursor.executemany("delete from run_metric where run_id = ? and name = ?", [[run_id, n] for n in values])
        self._session.append("run_metric", [(run_id, n, v) for n, v in values.items()])
        self._session.topics.add("run")

    def set_params(self, run_id: int, values: dict[str, ParamValue]) -> None:
        """Set parameters of a logged run."""
        cursor = self._session.cursor
        cursor.executemany("delete from run_param where run_id = ? and name = ?", [[run_id, n] for n in values])
        self._session.append("run_param", [(run_id, n, to_json(v)) for n, v in values.items()])
        self._session.topics.add("run")

    def points(self, run_id: int, name: str | None) -> list[Metric]:
        """Every point of one metric, or of all, by step and in the order they came."""
        rows = self._session.all(
            "select name, step, value, at from metric where run_id = ? and (? is null or name = ?) order by name, step, rowid",
            run_id, name, name,
        )
        return [Metric(r["name"], r["value"], None if r["step"] < 0 else r["step"], r["at"]) for r in rows]

    def add_artifact(self, run_id: int, artifact: Artifact) -> None:
        """Note a file that the run wrote; its bytes are in `artifacts` already."""
        self._session.append(
            "artifact",
            [(run_id, artifact.name, artifact.kind, artifact.sha256, artifact.size_bytes, artifact.holds_rows)],
        )

    def artifacts(self, run_id: int) -> list[Artifact]:
        """Files of a run."""
        return self._artifacts([run_id]).get(run_id, [])

    # How far the child's messages have been taken in.

    def position(self, run_id: int) -> int:
        """Bytes of ``events.jsonl`` that are in the store."""
        return int(self._session.value("select position from ingested where run_id = ?", run_id) or 0)

    def set_position(self, run_id: int, position: int) -> None:
        """Commits together with the rows that the bytes became."""
        self._session.cursor.execute("update ingested set position = ? where run_id = ?", [position, run_id])

    def must_log(self, run_id: int) -> Run:
        """The logged run, if it still takes values."""
        run = self.find(run_id)
        if run.kind != "logged":
            raise ConflictError(f"Run {run_id} is a training; only its child writes its metrics.")
        if run.state != "running":
            raise ConflictError(f"Run {run_id} has {run.state}; it takes no more values.", remedy="Start a new one.")
        return run

    def _read(self, tail: str, *values: Any) -> list[Run]:
        rows = self._session.all("select * from run " + tail, *values)
        ids = [r["run_id"] for r in rows]
        metrics, params, artifacts = self._finals(ids), self._params(ids), self._artifacts(ids)
        return [
            run_of(r, metrics.get(r["run_id"], {}), params.get(r["run_id"], {}), artifacts.get(r["run_id"], []))
            for r in rows
        ]

    def _finals(self, ids: list[int]) -> dict[int, dict[str, float]]:
        found: dict[int, dict[str, float]] = {}
        for r in self._of("run_metric", ids):
            found.setdefault(r["run_id"], {})[r["name"]] = r["value"]
        return found

    def _params(self, ids: list[int]) -> dict[int, dict[str, ParamValue]]:
        found: dict[int, dict[str, ParamValue]] = {}
        for r in self._of("run_param", ids):
            found.setdefault(r["run_id"], {})[r["name"]] = msgspec.json.decode(r["value"])
        return found

    def _artifacts(self, ids: list[int]) -> dict[int, list[Artifact]]:
        found: dict[int, list[Artifact]] = {}
        for r in self._of("artifact", ids):
            artifact = Artifact(r["name"], r["kind"], r["sha256"], r["size_bytes"], r["holds_rows"])
            found.setdefault(r["run_id"], []).append(artifact)
        return found

    def _of(self, table: str, ids: list[int]) -> list[dict[str, Any]]:
        if not ids:
            return []
        return self._session.all(
            f"select * from {table} where run_id in (select unnest(?::bigint[])) order by run_id, rowid", ids
        )


def run_of(
    row: dict[str, Any], metrics: dict[str, float], params: dict[str, ParamValue], artifacts: list[Artifact]
) -> Run:
    """A run from its rows."""
    kept = from_json(row["facts"], _Kept)
    finished: datetime | None = row["finished_at"]
    return Run(
        run_id=row["run_id"],
        name=row["name"],
        kind=row["kind"],
        state=row["state"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        spec=msgspec.json.decode(row["spec"], type=RunSpec | None, strict=False),
        started_at=row["started_at"],
        finished_at=finished,
        metrics=metrics,
        params=params,
        facts=kept.facts,
        warnings=kept.warnings,
        artifacts=artifacts,
        error=None if row["error"] is None else from_json(row["error"], ErrorMessage),
        notes=row["notes"],
        tags=from_json(row["tags"], list[str]),
        trashed_at=row["trashed_at"],
    )
