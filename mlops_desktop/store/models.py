"""Rows of models, their versions and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlops_desktop.domain.changes import Change
from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError, Where
from mlops_desktop.domain.models import AliasMove, Model, ModelVersion
from mlops_desktop.domain.references import checked_name, parse_ref
from mlops_desktop.domain.runs import Run
from mlops_desktop.system import crash_point

from .times import from_json, now

if TYPE_CHECKING:
    from .session import Session


class ModelRows:
    """Models of the project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def register(self, run: Run, name: str, notes: str) -> ModelVersion:
        """The run's model as the next version of the model `name`, which is made if there is none."""
        session = self._session
        if run.state != "finished" or not any(a.kind == "model" for a in run.artifacts):
            raise ConflictError(
                f"Run {run.run_id} has no model to register.",
                reason=f"It is {run.state}." if run.state != "finished" else "It only logged values.",
                remedy="Register a training that has finished.",
            )
        tidy = checked_name(name, "model")
        row = self._row(tidy)
        model_id = row["model_id"] if row is not None else self._made(tidy)
        number = int(
            session.value(
                "select coalesce(max(number), 0) + 1 from model_version where model_id = ?", model_id
            )
        )
        session.insert(
            "model_version",
            {
                "model_id": model_id,
                "number": number,
                "run_id": run.run_id,
                "notes": notes,
                "created_at": now(),
                "created_by": session.caller.actor,
                "trashed_at": None,
            },
            fact=True,
        )
        session.say(f"Registered run {run.run_id} as {tidy}@{number}")
        return self.version(f"{tidy}@{number}")

    def _made(self, name: str) -> int:
        """A new model without versions; its number."""
        model_id = self._session.next_id("model")
        facts = {"model_id": model_id, "name": name, "notes": "", "tags": "[]"}
        self._session.insert("model", facts | {"created_at": now(), "trashed_at": None}, fact=True)
        return model_id

    def all(self, *, trashed: bool = False) -> list[Model]:
        """Models by name."""
        state = "is not null" if trashed else "is null"
        return self._models(self._session.all(f"select * from model where trashed_at {state} order by name"))

    def find(self, name: str) -> Model:
        """The model of this name; what stands after an @ is not looked at."""
        row = self._row(parse_ref(name).name)
        if row is None:
            raise NotFoundError(
                f"There is no model “{parse_ref(name).name}”.", remedy="See `mlops-desktop models list`."
            )
        return self._model(row)

    def version(self, reference: str) -> ModelVersion:
        """The version that ``name``, ``name@2`` or ``name@champion`` means.

        Raises
        ------
        NotFoundError
            There is no such model, version or alias; the message names those that there are.
        """
        ref, model = parse_ref(reference), self.find(reference)
        number = ref.number
        if ref.label is not None:
            if ref.label not in model.aliases:
                raise NotFoundError(
                    f"The model “{model.name}” has no alias “{ref.label}”.",
                    remedy=f"It has {', '.join(model.aliases) or 'none'}.",
                )
            number = model.aliases[ref.label]
        for version in model.versions:
            if number is None or version.number == number:
                return version
        raise NotFoundError(f"The model “{model.name}” has no version {number}.")

    def set_alias(self, reference: str, alias: str) -> ModelVersion:
        """Let `alias` point at the version; it is taken from the one that had it."""
        session, version = self._session, self.version(reference)
        tidy = checked_name(alias, "alias")
        if "/" in tidy or any(c.isspace() for c in tidy):
            raise InvalidInputError(
                f"“{alias}” can't be an alias.", reason="An alias is one word.", where=Where(field="alias")
            )
        model = self.find(version.model)
        with crash_point("store.alias"):
            if tidy in model.aliases:
                session.update("alias", [model.model_id, tidy], number=version.number)
            else:
                session.insert("alias", {"model_id": model.model_id, "alias": tidy, "number": version.number})
        session.say(f"Made {version.ref} the {tidy} of {version.model}")
        return self.version(f"{version.model}@{version.number}")

    def remove_alias(self, name: str, alias: str) -> None:
        """Let `alias` point at nothing."""
        model = self.find(name)
        if alias not in model.aliases:
            raise NotFoundError(f"The model “{model.name}” has no alias “{alias}”.")
        self._session.delete("alias", [model.model_id, alias])
        self._session.say(f"Took the alias {alias} from {model.name}@{model.aliases[alias]}")

    def history(self, name: str) -> list[AliasMove]:
        """Who moved the aliases of a model when, newest first; read off the record of changes."""
        model = self.find(name)
        moves = [m for c in self._session.changes.touching("alias") for m in _moves(c, model)]
        return moves[::-1]

    def change(self, reference: str, **columns: Any) -> Model:
        """Change the model's name, notes, tags or trash."""
        model = self.find(reference)
        self._session.update("model", [model.model_id], **columns)
        return self._model(
            self._session.first("select * from model where model_id = ?", model.model_id) or {}
        )

    def rename(self, reference: str, name: str) -> Model:
        """Give a model another name."""
        tidy = checked_name(name, "model")
        if self._row(tidy) is not None:
            raise ConflictError(f"There is a model “{tidy}” already.", remedy="Choose another name.")
        self._session.say(f"Renamed model {parse_ref(reference).name} to {tidy}")
        return self.change(reference, name=tidy)

    def trash(self, reference: str) -> Model:
        """Put a model into the trash."""
        self._session.say(f"Put model {parse_ref(reference).name} into the trash")
        return self.change(reference, trashed_at=now())

    def restore(self, name: str) -> Model:
        """Take the newest trashed model of this name out of the trash."""
        row = self._session.first(
            "select * from model where name = ? and trashed_at is not null order by model_id desc", name
        )
        if row is None:
            raise NotFoundError(f"There is no model “{name}” in the trash.")
        if self._row(name) is not None:
            raise ConflictError(f"There is a model “{name}” already.", remedy="Rename that one first.")
        self._session.update("model", [row["model_id"]], trashed_at=None)
        if not self.find(name).versions:  # its only registration was taken back
            last = "select max(number) from model_version where model_id = ?"
            key = [row["model_id"], self._session.value(last, row["model_id"])]
            self._session.update("model_version", key, trashed_at=None)
        self._session.say(f"Took model {name} out of the trash")
        return self.find(name)

    def _row(self, name: str) -> dict[str, Any] | None:
        return self._session.first("select * from model where name = ? and trashed_at is null", name)

    def _model(self, row: dict[str, Any]) -> Model:
        return self._models([row])[0]

    def _models(self, rows: list[dict[str, Any]]) -> list[Model]:
        """Models with all that belongs to them, in as many queries for a thousand as for one."""
        session, ids = self._session, [row["model_id"] for row in rows]
        of_these = "where model_id in (select unnest(?::bigint[]))"
        aliases: dict[int, dict[str, int]] = {}
        for r in session.all(f"select * from alias {of_these} order by alias", ids):
            aliases.setdefault(r["model_id"], {})[r["alias"]] = r["number"]
        versions: dict[int, list[dict[str, Any]]] = {}
        sql = f"select * from model_version {of_these} and trashed_at is null order by number desc"
        for r in session.all(sql, ids):
            versions.setdefault(r["model_id"], []).append(r)
        run_ids = sorted({r["run_id"] for found in versions.values() for r in found})
        runs = {run.run_id: run for run in session.runs.of_ids_with(run_ids, None, [])}
        return [
            Model(
                model_id=row["model_id"],
                name=row["name"],
                notes=row["notes"],
                tags=from_json(row["tags"], list[str]),
                created_at=row["created_at"],
                versions=[
                    _version_of(row["name"], r, runs[r["run_id"]], aliases.get(row["model_id"], {}))
                    for r in versions.get(row["model_id"], [])
                ],
                aliases=aliases.get(row["model_id"], {}),
                trashed_at=row["trashed_at"],
            )
            for row in rows
        ]


def _version_of(model: str, row: dict[str, Any], run: Run, aliases: dict[str, int]) -> ModelVersion:
    spec, facts = run.spec, run.facts
    return ModelVersion(
        model=model,
        number=row["number"],
        run_id=run.run_id,
        algorithm=spec.algorithm if spec else "",
        task=(facts.task if facts else None) or "",
        target=spec.target if spec else "",
        data=spec.data.ref if spec and spec.data else "",
        metrics=run.metrics,
        main_metric=facts.main_metric if facts else "",
        created_at=row["created_at"],
        created_by=row["created_by"],
        notes=row["notes"],
        aliases=[a for a, n in aliases.items() if n == row["number"]],
    )


def _moves(change: Change, model: Model) -> list[AliasMove]:
    return [
        AliasMove(
            model=model.name,
            alias=str(row.key[1]),
            from_number=row.before["number"] if row.before else None,
            to_number=row.after["number"] if row.after else None,
            at=change.at,
            actor=change.actor,
            via=change.verb,
        )
        for row in change.rows
        if row.table == "alias" and row.key[0] == model.model_id
    ]
