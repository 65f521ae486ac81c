"""Long lists come by the page, and nothing of them is left out or said twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_desktop.domain.errors import NotFoundError
from mlops_desktop.domain.schedules import Firing
from mlops_desktop.project import Project
from mlops_desktop.store.database import Store, create

COUNT = 101
RUN = "i, 'trial', 'logged', 'finished', 'null', null, null, '{}', null, '', '[]', now()::timestamp, 'ann', null, null, null"
"""Columns of a run of number ``i`` that a script logged."""
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A project with 101 jobs, runs and lines of the history of a schedule."""
    folder = tmp_path_factory.mktemp("lists") / "churn.mlops"
    create(folder, lambda session: session.project.begin("churn"))
    made = Store(folder)
    with made.writing() as session:
        session.schedules.decide(1, AT, [Firing(1, AT + timedelta(hours=n), "missed") for n in range(COUNT)])
        for table, values in (
            (
                "job",
                "i, 'train', 'Train', 'finished', '', now()::timestamp, 'ann', '', null, null, null, null",
            ),
            ("run", RUN),
        ):
            session.cursor.execute(f"insert into {table} select {values} from range(1, {COUNT + 1}) t(i)")
    yield made
    made.close()


@pytest.mark.parametrize("limit", [COUNT - 1, COUNT, COUNT + 1, 0, 40])
def test_pages_put_together_are_the_whole_list(store: Store, limit: int) -> None:
    with store.reading() as session:
        jobs: list[Any] = session.jobs.newest(limit)
        while page := session.jobs.newest(limit, jobs[-1].job_id):
            jobs += page
        firings: list[Any] = session.schedules.firings(1, limit)
        while page := session.schedules.firings(1, limit, len(firings)):
            firings += page
        runs: list[Any] = session.runs.newest(limit)
        while page := session.runs.newest(limit, before=runs[-1].run_id):
            runs += page
    assert [job.job_id for job in jobs] == [run.run_id for run in runs] == list(range(COUNT, 0, -1))
    assert [f.due_at for _, f in firings] == [AT + timedelta(hours=n) for n in range(COUNT - 1, -1, -1)]


def test_each_of_many_models_has_its_own_versions_and_aliases(store: Store) -> None:
    with store.writing() as session:
        for statement in (
            "insert into model select i, 'model ' || i, '', '[]', now()::timestamp, null from range(1, 51) t(i)",
            "insert into model_version select i, n, i + n, '', now()::timestamp, 'ann', null from range(1, 51) t(i), range(1, 4) u(n)",
            "insert into alias select i, 'champion', 1 + i % 3 from range(1, 51) t(i)",
        ):
            session.cursor.execute(statement)
    with store.reading() as session:
        models = {model.name: model for model in session.models.all()}
        assert session.models.find("model 7") == models["model 7"]
    assert len(models) == 50
    versions = models["model 7"].versions
    assert [(v.ref, v.run_id, v.aliases) for v in versions] == [
        ("model 7@3", 10, []),
        ("model 7@2", 9, ["champion"]),
        ("model 7@1", 8, []),
    ]


def test_many_runs_go_into_the_trash_and_come_back_as_one_change(host: Any, project: Project) -> None:
    with host.store.writing() as session:
        session.cursor.execute(f"insert into run select {RUN} from range(1, 101) t(i)")
    numbers = list(range(100, 0, -1))
    assert [run.run_id for run in project.runs.trash(numbers)] == numbers and not project.runs.list()
    newest = project.activity.list(limit=1)[0]
    assert (newest.summary, len(newest.rows)) == ("Put 100 runs into the trash", 100)
    project.activity.undo()
    assert len(project.runs.list()) == 100
    with pytest.raises(NotFoundError, match="101"):
        project.runs.trash([1, 101])
    assert not project.runs.list(trashed=True)
