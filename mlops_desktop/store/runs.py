"""Rows of runs, their metrics, parameters and artifacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.errors import (
    CancelledError,
    ConflictError,
    ErrorMessage,
    InvalidInputError,
    NotFoundError,
    UserError,
    Where,
    to_message,
)
from mlops_desktop.domain.messages import Outcome
from mlops_desktop.domain.runs import Artifact, Metric, ParamValue, Run, RunFacts, RunSpec, RunWarning, Stage

from .pieces_columns import literal
from .times import from_json, microseconds, naive, now, to_json

if TYPE_CHECKING:
    from .session import Session


MOST_NAMED = 20
"""More runs than these are counted, not named."""


class _Kept(msgspec.Struct, frozen=True):
    """What of a run is kept as one JSON column."""

    facts: RunFacts | None = None
    warnings: list[RunWarning] = []
    stages: list[Stage] = []
    """Stages so far, while the child works."""


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
                "tags": tidy_tags(tags),
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

    def newest(
        self, limit: int, *, trashed: bool = False, before: int | None = None, matching: str = ""
    ) -> list[Run]:
        """Runs, newest first, at most `limit` (0: all): with a number below `before`, and `matching` in number, name or tags, if asked for."""
        state = "is not null" if trashed else "is null"
        tail = f"where trashed_at {state} and (? is null or run_id < ?)"
        values: list[Any] = [before, before]
        if matching:
            tail += (
                " and (contains(run_id::varchar, ?) or contains(lower(name), ?) or contains(lower(tags), ?))"
            )
            values += [matching.lower()] * 3
        return self._read(tail + " order by run_id desc limit ?", *values, limit or None)

    def of_ids(self, run_ids: Sequence[int]) -> list[Run]:
        """These runs, in the order asked for.

        Raises
        ------
        NotFoundError
            One is not there.
        """
        found = {
            r.run_id: r for r in self._read("where run_id in (select unnest(?::bigint[]))", list(run_ids))
        }
        return [found.get(i) or self.find(i) for i in run_ids]

    def of_ids_with(
        self, run_ids: Sequence[int], metrics: Sequence[str] | None, params: Sequence[str] | None
    ) -> list[Run]:
        """Those of these runs that there are, in any order, with these metrics and parameters (None: all), no artifacts."""
        rows = self._session.all(
            "select * from run where run_id in (select unnest(?::bigint[]))", list(run_ids)
        )
        ids, logged = [r["run_id"] for r in rows], [r["run_id"] for r in rows if r["kind"] == "logged"]
        finals, settings = self._finals(ids, logged, metrics), self._params(ids, params)
        return [run_of(r, finals.get(r["run_id"], {}), settings.get(r["run_id"], {}), []) for r in rows]

    def set_state(self, run_id: int, state: str, **columns: Any) -> None:
        """A run's state moves as its child says; no deed of a person, so no change is recorded."""
        columns["state"] = state
        sets = ", ".join(f"{c} = ?" for c in columns)
        self._session.cursor.execute(
            f"update run set {sets} where run_id = ?", [*map(naive, columns.values()), run_id]
        )
        self._session.topics.add("run")

    def set_running(self, run_id: int, job_id: int) -> None:
        """A job has taken the run on."""
        self._session.cursor.execute(
            "update run set state = 'running', job_id = ?, started_at = coalesce(started_at, ?) "
            "where run_id = ? and state in ('queued', 'running')",
            [job_id, naive(now()), run_id],
        )
        self._session.topics.add("run")

    def finish(self, run_id: int, outcome: Outcome) -> None:
        """Write down how a run ended: the last message of its child."""
        facts, kept = outcome.facts, self._kept(run_id)
        self.set_state(
            run_id,
            outcome.state,
            finished_at=outcome.at,
            facts=to_json(_Kept(facts, kept.warnings, kept.stages)),
            error=None if outcome.error is None else to_json(outcome.error),
        )
        self._session.cursor.execute("delete from run_metric where run_id = ?", [run_id])
        self._session.append("run_metric", [(run_id, n, v) for n, v in outcome.metrics.items()])
        self.set_params(run_id, facts.params if facts else {})

    def end_if_open(self, run_id: int, error: BaseException) -> None:
        """End a run whose job ended without its child's last word."""
        if self.find(run_id).state not in ("queued", "running"):
            return
        if isinstance(error, CancelledError):
            self.set_state(run_id, "cancelled", finished_at=now())
            return
        told = to_message(error) if isinstance(error, UserError) else ErrorMessage("bug", str(error))
        self.set_state(run_id, "failed", finished_at=now(), error=to_json(told))

    def interrupt(self, run_id: int, why: str) -> None:
        """A run that nobody works on any more."""
        error = ErrorMessage(
            "interrupted", "The run was interrupted.", why, "Start it again: Reproduce does the same."
        )
        self.set_state(run_id, "interrupted", finished_at=now(), error=to_json(error))

    def open_trainings(self) -> list[int]:
        """Trainings that have not ended."""
        rows = self._session.all(
            "select run_id from run where kind = 'training' and state in ('queued', 'running')"
        )
        return [r["run_id"] for r in rows]

    def begin_stage(self, run_id: int, name: str) -> None:
        """A stage of the run began."""
        kept = self._kept(run_id)
        done = [s for s in kept.stages if s.name != name]
        self._keep(run_id, msgspec.structs.replace(kept, stages=[*done, Stage(name, 0.0, "", done=False)]))

    def end_stage(self, run_id: int, stage: Stage) -> None:
        """A stage of the run ended well."""
        kept = self._kept(run_id)
        done = [s for s in kept.stages if s.name != stage.name]
        self._keep(run_id, msgspec.structs.replace(kept, stages=[*done, stage]))

    def keep_warning(self, run_id: int, warning: RunWarning) -> None:
        """Add a warning to a run that goes on."""
        kept = self._kept(run_id)
        self._keep(run_id, msgspec.structs.replace(kept, warnings=[*kept.warnings, warning]))

    def job_of(self, run_id: int) -> int:
        """Number of the job that works on the run.

        Raises
        ------
        ConflictError
            None does.
        """
        run = self.find(run_id)
        found = self._session.value(
            "select max(job_id) from job where subject = ? and state in ('queued', 'running', 'cancelling')",
            f"run:{run_id}",
        )
        if found is None:
            raise ConflictError(f"Run {run_id} isn't at work.", reason=f"It is {run.state}.")
        return int(found)

    def change(self, run_id: int, summary: str, **columns: Any) -> Run:
        """Change words about a run."""
        self.find(run_id)
        self._session.update("run", [run_id], **columns)
        self._session.say(summary)
        return self.find(run_id)

    def set_tags(self, run_id: int, tags: Sequence[str]) -> Run:
        """Set the words to find a run by."""
        return self.change(run_id, f"Changed the tags of run {run_id}", tags=tidy_tags(tags))

    def trash(self, run_ids: Sequence[int]) -> list[Run]:
        """Put runs into the trash; one that a model came from can't go.

        Raises
        ------
        ConflictError
            A run is at work, or a registered model came from it.
        """
        for run in self.of_ids(run_ids):
            if run.state in ("queued", "running"):
                raise ConflictError(f"Run {run.run_id} is at work.", remedy="Cancel it first.")
        registered = self._session.first(
            "select run_id, model.name || '@' || number as model from model_version v join model using (model_id) "
            "where run_id in (select unnest(?::bigint[])) and v.trashed_at is null order by run_id",
            list(run_ids),
        )
        if registered is not None:
            raise ConflictError(
                f"Run {registered['run_id']} can't go into the trash.",
                reason=f"The model {registered['model']} came from it.",
            )
        self._session.update_all("run", run_ids, trashed_at=now())
        self._session.say(f"Put {_runs(run_ids)} into the trash")
        return self.of_ids(run_ids)

    def restore(self, run_ids: Sequence[int]) -> list[Run]:
        """Take runs out of the trash."""
        self.of_ids(run_ids)
        self._session.update_all("run", run_ids, trashed_at=None)
        self._session.say(f"Took {_runs(run_ids)} out of the trash")
        return self.of_ids(run_ids)

    def end_log(self, run_id: int, state: str, error: str) -> Run:
        """End a logged run."""
        self.must_log(run_id)
        if state not in ("finished", "failed"):
            raise InvalidInputError("A logged run ends finished or failed.", where=Where(field="state"))
        told = to_json(ErrorMessage("script", error or "The script failed.")) if state == "failed" else None
        self.set_state(run_id, state, finished_at=now(), error=told)
        self._session.say(f"Run {run_id} {state}")
        return self.find(run_id)

    def _kept(self, run_id: int) -> _Kept:
        return from_json(self._session.value("select facts from run where run_id = ?", run_id), _Kept)

    def _keep(self, run_id: int, kept: _Kept) -> None:
        self._session.cursor.execute("update run set facts = ? where run_id = ?", [to_json(kept), run_id])
        self._session.topics.add("run")

    # Points, parameters, artifacts.

    def add_points(self, run_id: int, points: Sequence[Metric]) -> None:
        """Append values of metrics, in one statement."""
        if not points:
            return
        at = now()
        # As JSON text: DuckDB binds a list value by value, at four times the cost, and takes NaN for null.
        columns = (
            [p.name for p in points],
            [-1 if p.step is None else p.step for p in points],
            [repr(p.value) for p in points],
            [microseconds(p.at or at) for p in points],
        )
        self._session.cursor.execute(
            "insert into metric select ?, unnest(?::json::varchar[]), unnest(?::json::bigint[]),"
            " unnest(?::json::varchar[])::double, make_timestamp(unnest(?::json::bigint[]))",
            [run_id, *map(to_json, columns)],
        )
        self._session.topics.add("metric")

    def set_finals(self, run_id: int, values: dict[str, float]) -> None:
        """Set final values of metrics of a logged run."""
        self._forget("run_metric", run_id, list(values))
        self._session.append("run_metric", [(run_id, n, v) for n, v in values.items()])
        self._session.topics.add("run")

    def set_params(self, run_id: int, values: dict[str, ParamValue]) -> None:
        """Set parameters of a logged run."""
        self._forget("run_param", run_id, list(values))
        self._session.append("run_param", [(run_id, n, to_json(v)) for n, v in values.items()])
        self._session.topics.add("run")

    def _forget(self, table: str, run_id: int, names: list[str]) -> None:
        if names:
            sql = f"delete from {table} where run_id = ? and name in (select unnest(?::varchar[]))"
            self._session.cursor.execute(sql, [run_id, names])

    def points(self, run_id: int, name: str | None) -> list[Metric]:
        """Points of one metric, or of all, by step and in the order they came."""
        rows = self._session.all(
            "select name, step, value, logged_at from metric where run_id = ? and (? is null or name = ?)"
            " order by name, step, rowid",
            run_id,
            name,
            name,
        )
        return [
            Metric(r["name"], r["value"], None if r["step"] < 0 else r["step"], r["logged_at"]) for r in rows
        ]

    def add_artifact(self, run_id: int, artifact: Artifact) -> None:
        """Note a file that the run wrote; its bytes are in `artifacts` already."""
        self._session.append(
            "artifact",
            [
                (
                    run_id,
                    artifact.name,
                    artifact.kind,
                    artifact.sha256,
                    artifact.size_bytes,
                    artifact.holds_rows,
                )
            ],
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

    def must_log(self, run_id: int) -> None:
        """Raise unless the run is a logged one that still takes values."""
        run = self._session.first("select kind, state from run where run_id = ?", run_id)
        if run is None:
            raise NotFoundError(f"There is no run {run_id}.")
        if run["kind"] != "logged":
            raise ConflictError(f"Run {run_id} is a training; only its child writes its metrics.")
        if run["state"] != "running":
            raise ConflictError(
                f"Run {run_id} is {run['state']}; it takes no more values.", remedy="Start a new one."
            )

    def _read(self, tail: str, *values: Any) -> list[Run]:
        rows = self._session.all("select * from run " + tail, *values)
        ids = [r["run_id"] for r in rows]
        logged = [r["run_id"] for r in rows if r["kind"] == "logged"]
        metrics, params, artifacts = self._finals(ids, logged), self._params(ids), self._artifacts(ids)
        return [
            run_of(
                r, metrics.get(r["run_id"], {}), params.get(r["run_id"], {}), artifacts.get(r["run_id"], [])
            )
            for r in rows
        ]

    def _finals(
        self, ids: list[int], logged: list[int], names: Sequence[str] | None = None
    ) -> dict[int, dict[str, float]]:
        """Final values; of a script's run, where it gave none, the last value by step."""
        found: dict[int, dict[str, float]] = {}
        for run_id, name, value in self._last_points(logged, names) + self._of("run_metric", ids, names):
            found.setdefault(run_id, {})[name] = value
        return found

    def _last_points(self, ids: list[int], names: Sequence[str] | None) -> list[tuple[Any, ...]]:
        if not ids:
            return []
        # Of the points of one step the one that came last: 2**40 rows are more than a run has.
        return self._session.cursor.execute(
            "select run_id, name, arg_max(value, step::hugeint * 1099511627776 + rowid) as value from metric "
            f"where run_id in (select unnest(?::bigint[])){_named(names)} group by run_id, name order by run_id, min(rowid)",
            [ids],
        ).fetchall()

    def _params(self, ids: list[int], names: Sequence[str] | None = None) -> dict[int, dict[str, ParamValue]]:
        found: dict[int, dict[str, ParamValue]] = {}
        for run_id, name, value in self._of("run_param", ids, names):
            found.setdefault(run_id, {})[name] = msgspec.json.decode(value)
        return found

    def _artifacts(self, ids: list[int]) -> dict[int, list[Artifact]]:
        found: dict[int, list[Artifact]] = {}
        for run_id, *columns in self._of("artifact", ids):
            found.setdefault(run_id, []).append(Artifact(*columns))
        return found

    def _of(self, table: str, ids: list[int], names: Sequence[str] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a table without times, as they stand."""
        if not ids:
            return []
        return self._session.cursor.execute(
            f"select * from {table} where run_id in (select unnest(?::bigint[])){_named(names)} order by run_id, rowid",
            [ids],
        ).fetchall()


def _named(names: Sequence[str] | None) -> str:
    """SQL that leaves only these names; None: all."""
    return "" if names is None else f" and name in ({', '.join(map(literal, names)) or 'null'})"


def tidy_tags(tags: Sequence[str]) -> str:
    """Tags as a column keeps them: without blanks around, each once."""
    return to_json(list(dict.fromkeys(t.strip() for t in tags if t.strip())))


def _runs(run_ids: Sequence[int]) -> str:
    """What is said of runs: their numbers, or of many how many they are."""
    if len(run_ids) > MOST_NAMED:
        return f"{len(run_ids):,} runs"
    return ("run " if len(run_ids) == 1 else "runs ") + ", ".join(map(str, run_ids))


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
        facts=kept.facts or (RunFacts(stages=kept.stages) if kept.stages else None),
        warnings=kept.warnings,
        artifacts=artifacts,
        error=None if row["error"] is None else from_json(row["error"], ErrorMessage),
        notes=row["notes"],
        tags=from_json(row["tags"], list[str]),
        trashed_at=row["trashed_at"],
    )
