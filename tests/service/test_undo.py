"""Undo and redo: whose, of what, in which order, and when they are refused; and the record that can't be altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlops_desktop.domain.errors import ConflictError, NotFoundError
from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.session import Caller

from ..running import TRAINABLE

Write = Callable[..., str]
State = Callable[[Project], object]


@pytest.fixture
def bikes(project: Project, write: Write) -> str:
    """The data set bikes with two versions."""
    project.datasets.import_file(write("bikes.csv", "hour,rentals", "0,16", "1,40"), target="rentals").wait(
        30
    )
    project.datasets.import_file(
        write("bikes.csv", "hour,rentals", "0,16", "1,40", "2,32"), mode="append"
    ).wait(30)
    return "bikes"


@pytest.fixture(scope="module")
def trained(looked_at: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with two trainings."""
    file = tmp_path_factory.mktemp("files") / "shops.csv"
    file.write_text(TRAINABLE)
    looked_at.datasets.import_file(str(file), target="sold").wait(30)
    for _ in range(2):
        looked_at.runs.start("shops", algorithm="baseline").wait(120)
    yield looked_at


def there_and_back(project: Project, state: State, *deeds: Callable[[], object]) -> None:
    """Each deed changes the state; undo takes them back one by one, redo does them again."""
    states = [state(project)]
    for deed in deeds:
        deed()
        states.append(state(project))
        assert states[-1] != states[-2]
    for expected in states[-2::-1]:
        project.activity.undo()
        assert state(project) == expected
    for expected in states[1:]:
        project.activity.redo()
        assert state(project) == expected
    assert project.doctor().whole


# ----------------------------------------------------------------------------------- what is undone


def test_names_notes_tags_and_roles_of_a_data_set(project: Project, bikes: str) -> None:
    data = project.datasets

    def state(project: Project) -> object:
        return [
            (d.name, d.notes, d.tags, [(c.name, c.role) for c in d.newest.columns] if d.newest else None)
            for d in project.datasets.list()
        ]

    there_and_back(
        project,
        state,
        lambda: data.set_notes(bikes, "by hand"),
        lambda: data.set_tags(bikes, ["hourly", "city"]),
        lambda: data.set_role(bikes, "hour", "time"),
        lambda: data.set_role(bikes, "hour", "target"),
        lambda: data.rename(bikes, "rentals"),
        lambda: data.set_notes("rentals", ""),
    )


def test_tags_of_versions_that_pass_from_one_to_the_other(project: Project, bikes: str) -> None:
    def state(project: Project) -> object:
        return [v.tags for v in project.datasets.versions(bikes)]

    there_and_back(
        project,
        state,
        lambda: project.datasets.tag_version("bikes@1", ["clean"]),
        lambda: project.datasets.tag_version("bikes@2", ["clean", "whole"]),
    )


def test_the_trash_of_data_sets(project: Project, bikes: str) -> None:
    def state(project: Project) -> object:
        return [d.name for d in project.datasets.list()], [
            d.name for d in project.datasets.list(trashed=True)
        ]

    there_and_back(
        project, state, lambda: project.datasets.trash(bikes), lambda: project.datasets.restore(bikes)
    )


def test_names_notes_tags_and_trash_of_runs(project: Project) -> None:
    with project.runs.log("mine") as log:
        run = log.run_id

    def state(project: Project) -> object:
        found = project.runs.show(run)
        return found.name, found.notes, found.tags, len(project.runs.list())

    there_and_back(
        project,
        state,
        lambda: project.runs.rename(run, "better"),
        lambda: project.runs.set_notes(run, "why"),
        lambda: project.runs.set_tags(run, ["night"]),
        lambda: project.runs.trash([run]),
    )


@pytest.mark.slow
def test_registrations_aliases_names_and_trash_of_models(trained: Project) -> None:
    models = trained.models

    def state(project: Project) -> object:
        return [
            (m.name, m.notes, m.aliases, [(v.number, v.run_id, v.aliases) for v in m.versions])
            for m in project.models.list()
        ]

    there_and_back(
        trained,
        state,
        lambda: models.register(1, "sales"),
        lambda: models.set_alias("sales@1", "champion"),
        lambda: models.register(2, "sales"),
        lambda: models.set_alias("sales@2", "champion"),
        lambda: models.set_alias("sales@1", "challenger"),
        lambda: models.remove_alias("sales", "challenger"),
        lambda: models.rename("sales", "revenue"),
        lambda: models.set_notes("revenue", "by hand"),
        lambda: models.trash("revenue"),
    )


def test_schedules(trained: Project) -> None:
    schedules = trained.schedules

    def state(project: Project) -> object:
        return [(s.name, s.timetable, s.timezone, s.state, s.why) for s in project.schedules.list()]

    there_and_back(
        trained,
        state,
        lambda: schedules.add("weekly", every="tuesday 18:00", like=1),
        lambda: schedules.set_times("weekly", every="day 06:00"),
        lambda: schedules.pause("weekly"),
        lambda: schedules.resume("weekly"),
        lambda: schedules.remove("weekly"),
    )


def test_the_projects_name_and_settings(project: Project) -> None:
    def state(project: Project) -> object:
        return project.status().name, [(s.name, s.value) for s in project.settings.list()]

    there_and_back(
        project,
        state,
        lambda: project.rename("rentals"),
        lambda: project.settings.set("threads", "1"),
        lambda: project.settings.set("threads", "2"),
    )


def test_an_import_that_is_taken_back_is_in_the_trash_and_comes_back_whole(
    project: Project, bikes: str
) -> None:
    project.activity.undo()
    assert [(v.ref, v.rows) for v in project.datasets.versions(bikes)] == [("bikes@1", 2)]
    project.activity.undo()
    assert project.datasets.list() == [] and [d.name for d in project.datasets.list(trashed=True)] == [
        "bikes"
    ]
    project.activity.redo()
    project.activity.redo()
    assert [(v.ref, v.rows) for v in project.datasets.versions(bikes)] == [("bikes@2", 5), ("bikes@1", 2)]
    assert list(project.datasets.rows(bikes).column("rentals")) == [16, 40, 16, 40, 32]
    assert project.doctor().whole


def test_an_import_after_one_that_was_taken_back_gets_a_number_of_its_own(
    project: Project, bikes: str, write: Write
) -> None:
    project.activity.undo()
    file = write("bikes.csv", "hour,rentals", "7,99")
    assert project.datasets.import_file(file, mode="append").wait(30).ref == "bikes@3"
    assert [v.ref for v in project.datasets.versions(bikes)] == ["bikes@3", "bikes@1"]
    assert list(project.datasets.rows(bikes).column("rentals")) == [16, 40, 99]


def test_a_registration_that_was_taken_back_gives_its_run_free_and_can_be_restored(trained: Project) -> None:
    trained.models.register(1, "free")
    trained.activity.undo()
    with pytest.raises(NotFoundError):
        trained.models.show("free")
    assert trained.models.restore("free").versions[0].run_id == 1


# ------------------------------------------------------------------------------------- whose, and when


def test_each_window_takes_back_its_own(project: Project, bobs_project: Project) -> None:
    run = project.runs.begin_log("first").run_id
    project.runs.rename(run, "ann's")
    bobs_project.runs.set_notes(run, "bob's")
    project.activity.undo()
    assert (project.runs.show(run).name, project.runs.show(run).notes) == ("first", "bob's")
    with pytest.raises(NotFoundError, match="nothing to take back"):
        project.activity.undo()
    bobs_project.activity.undo()
    assert project.runs.show(run).notes == ""


def test_what_another_has_changed_since_stays_and_says_who(project: Project, bobs_project: Project) -> None:
    run = project.runs.begin_log("first").run_id
    project.runs.rename(run, "ann's")
    bobs_project.runs.rename(run, "bob's")
    with pytest.raises(ConflictError, match="changed since, by bob"):
        project.activity.undo()
    assert project.runs.show(run).name == "bob's"


def test_a_name_that_is_taken_by_now_is_not_given_twice(
    project: Project, bobs_project: Project, bikes: str, write: Write
) -> None:
    project.datasets.rename(bikes, "rentals")
    bobs_project.datasets.import_file(write("bikes.csv", "a", "1")).wait(30)
    with pytest.raises(ConflictError, match="another data set “bikes” by now"):
        project.activity.undo()
    assert [d.name for d in project.datasets.list()] == ["bikes", "rentals"]


def test_an_import_on_which_another_has_built_is_not_taken_back(
    project: Project, bobs_project: Project, write: Write
) -> None:
    project.datasets.import_file(write("bikes.csv", "a", "1")).wait(30)
    bobs_project.datasets.import_file(write("bikes.csv", "a", "2"), mode="append").wait(30)
    with pytest.raises(ConflictError, match="A version has been added to it since, by bob"):
        project.activity.undo()
    assert len(project.datasets.versions("bikes")) == 2


def test_a_registration_that_another_promoted_is_not_taken_back(
    trained: Project, host_of: Callable[[Project], Project]
) -> None:
    trained.models.register(2, "promoted")
    host_of(trained).models.set_alias("promoted@1", "champion")
    with pytest.raises(ConflictError, match="alias has been added to it since, by bob"):
        trained.activity.undo()
    assert trained.models.show("promoted@champion").run_id == 2


@pytest.fixture
def host_of() -> Callable[[Project], Project]:
    """The same project as Bob sees it."""

    def as_bob(project: Project) -> Project:
        host: Host = project._backend._host  # type: ignore[attr-defined]
        return Project(host.local(Caller("bob", "window-2")))

    return as_bob


def test_a_new_name_is_taken_back_though_the_run_went_on(project: Project) -> None:
    with project.runs.log("first") as log:
        project.runs.rename(log.run_id, "wrong")
    project.activity.undo()
    found = project.runs.show(log.run_id)
    assert (found.name, found.state) == ("first", "finished")


def test_after_something_new_nothing_is_done_again(project: Project) -> None:
    project.rename("first")
    project.activity.undo()
    project.rename("second")
    with pytest.raises(NotFoundError, match="nothing to do again"):
        project.activity.redo()
    assert project.status().name == "second"


def test_in_a_new_project_there_is_nothing_to_take_back(project: Project) -> None:
    with pytest.raises(NotFoundError, match="nothing to take back"):
        project.activity.undo()
    with pytest.raises(NotFoundError, match="nothing to do again"):
        project.activity.redo()


def test_what_acts_outside_is_not_taken_back(project: Project, bikes: str, tmp_path: Path) -> None:
    project.datasets.export(bikes, str(tmp_path / "out.csv")).wait(30)
    project.activity.undo()
    assert (tmp_path / "out.csv").exists()
    assert [v.ref for v in project.datasets.versions(bikes)] == ["bikes@1"]


# ------------------------------------------------------------------------------------------ the record


def altered(host: Host, sql: str) -> list[str]:
    """What doctor says of the record after somebody has changed it with another program."""
    with host.store.cursor() as cursor:
        cursor.execute(sql)
    return [
        f.what for f in Project(host.local(Caller("ann", "w"))).doctor().findings if f.severity == "error"
    ]


@pytest.fixture
def recorded(project: Project) -> Project:
    for name in ("first", "second", "third"):
        project.rename(name)
    return project


def test_a_record_that_nobody_touched_is_whole(recorded: Project) -> None:
    assert recorded.doctor().whole
    hashes = [c.hash for c in recorded.activity.list()]
    assert len(set(hashes)) == 3 and all(len(h) == 64 for h in hashes)


@pytest.mark.parametrize(
    "sql",
    [
        "update change set actor = 'mallory' where sequence = 2",
        "update change set verb = 'datasets.trash' where sequence = 2",
        "update change set happened_at = happened_at - interval 1 hour where sequence = 2",
        "update change set rows_hash = arguments_hash where sequence = 2",
        "update change set undoable = false where sequence = 2",
        "update change set hash = (select hash from change where sequence = 1) where sequence = 2",
    ],
)
def test_a_record_that_was_altered_is_named(recorded: Project, host: Host, sql: str) -> None:
    assert any("Change 2" in said for said in altered(host, sql))


@pytest.mark.parametrize(
    ("column", "value"), [("rows", "'[]'"), ("arguments", "'{}'"), ("summary", "'Did nothing'")]
)
def test_words_and_values_of_a_record_that_were_altered_are_named(
    recorded: Project, host: Host, column: str, value: str
) -> None:
    assert any(
        "change 2" in s.lower()
        for s in altered(host, f"update change set {column} = {value} where sequence = 2")
    )


def test_a_record_from_which_a_change_was_cut_is_named(recorded: Project, host: Host) -> None:
    assert any("Change 3" in said for said in altered(host, "delete from change where sequence = 2"))


def test_a_value_that_an_erasure_dropped_leaves_the_record_whole(recorded: Project, host: Host) -> None:
    assert altered(host, "update change set rows = null, arguments = null where sequence = 2") == []
