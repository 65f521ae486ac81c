"""Data sets through the facade: import, look, change, take back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_desktop.domain.datasets import Condition, DatasetVersion, SortKey
from mlops_desktop.domain.errors import (
    CancelledError,
    ConflictError,
    FileError,
    InvalidInputError,
    NotFoundError,
)
from mlops_desktop.domain.imports import ColumnType, ImportOptions
from mlops_desktop.project.project import Project

Write = Callable[..., str]

BIKES = ("day,hour,rentals,zip", "2011-01-01,0,16,00731", "2011-01-01,1,40,10115", "2011-01-01,2,32,")
MORE = (*BIKES, "2011-01-01,3,13,99999")


@pytest.fixture
def bikes(project: Project, write: Write) -> DatasetVersion:
    """The data set bikes with one version."""
    return project.datasets.import_file(write("bikes.csv", *BIKES)).wait(30)


@pytest.fixture(scope="module")
def still(looked_at: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the data set bikes that is only looked at."""
    file = tmp_path_factory.mktemp("files") / "bikes.csv"
    file.write_text("\n".join(BIKES) + "\n", encoding="utf-8")
    looked_at.datasets.import_file(str(file)).wait(30)
    return looked_at


def column(project: Project, dataset: str, name: str) -> list[object]:
    return list(project.datasets.rows(dataset).column(name))


def problems(version: DatasetVersion) -> list[str]:
    assert version.report is not None
    return [p.key for p in version.report.problems]


# ------------------------------------------------------------------------------------------------------ import


def test_an_imported_file_is_a_data_set_of_the_files_name(project: Project, bikes: DatasetVersion) -> None:
    assert (bikes.ref, bikes.rows, bikes.mode, bikes.source) == ("bikes@1", 3, "new", "bikes.csv")
    assert [d.name for d in project.datasets.list()] == ["bikes"]
    assert [(c.name, c.type) for c in bikes.columns] == [
        ("day", "date"), ("hour", "integer"), ("rentals", "integer"), ("zip", "text"),
    ]  # fmt: skip
    assert bikes.report is not None and "3 rows" in bikes.report.said()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a.b.csv", "a.b"),
        ("2011.csv", "data 2011"),
        ("x@y.csv", "x y"),
        ("table.csv.txt", "table"),
        (".csv", "csv"),
    ],
)
def test_a_files_name_becomes_one_that_a_data_set_can_have(
    looked_at: Project, write: Write, file: str, name: str
) -> None:
    assert looked_at.datasets.import_file(write(file, *BIKES)).wait(30).dataset == name


def test_importing_a_file_again_replaces_the_rows_and_keeps_the_version_before(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    second = project.datasets.import_file(write("bikes.csv", *MORE), message="one more").wait(30)
    assert (second.ref, second.mode, second.message, second.new_rows) == ("bikes@2", "replace", "one more", 1)
    assert [v.rows for v in project.datasets.versions("bikes")] == [4, 3]
    assert column(project, "bikes@1", "hour") == [0, 1, 2]


def test_an_append_matches_columns_by_name(project: Project, write: Write, bikes: DatasetVersion) -> None:
    file = write("more.csv", "zip,rentals,hour,day", "00007,5,3,2011-01-01")
    project.datasets.import_file(file, dataset="bikes", mode="append").wait(30)
    assert column(project, "bikes", "zip") == ["00731", "10115", None, "00007"]
    assert column(project, "bikes", "rentals") == [16, 40, 32, 5]


def test_a_merge_changes_adds_and_removes_rows_by_key(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    file = write("corrected.csv", "hour,rentals", "0,16", "1,41", "3,7")
    version = project.datasets.import_file(file, dataset="bikes", mode="merge", key=["hour"]).wait(30)
    assert (version.new_rows, version.changed_rows, version.removed_rows) == (1, 1, 1)
    assert column(project, "bikes", "rentals") == [16, 41, 7]
    assert "missing rows" in problems(version)


def test_a_merge_keeps_rows_that_the_file_lacks_when_told_so(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    keep = ImportOptions(remedies={"missing rows": "keep"})
    file = write("corrected.csv", "hour,rentals", "1,41")
    project.datasets.import_file(file, dataset="bikes", mode="merge", key=["hour"], options=keep).wait(30)
    assert column(project, "bikes", "rentals") == [16, 41, 32]


def test_a_merge_in_which_no_key_is_the_same_says_so(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    file = write("next.csv", "day,hour,rentals", "2011-01-01,00,1", "2011-01-01,01,2")
    version = project.datasets.import_file(file, dataset="bikes", mode="merge", key=["hour"]).wait(30)
    assert version.report is not None
    assert "no key is the same" in version.report.said()


def test_the_next_merge_takes_the_key_of_the_last_one(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    first = write("first.csv", *BIKES)
    project.datasets.import_file(first, dataset="bikes", mode="merge", key=["hour"]).wait(30)
    again = write("again.csv", *BIKES[:-1], "2011-01-01,2,33,")
    assert project.datasets.import_file(again, dataset="bikes", mode="merge").wait(30).changed_rows == 1


def test_new_missing_and_retyped_columns_are_told_before_and_after_the_import(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    file = write("next.csv", "day,rentals,hour,wind", "2011-01-02,many,4,0.5")
    wanted = {"missing columns", "new columns", "rentals:changed type"}
    before = {p.what for p in project.datasets.preview_file(file, dataset="bikes", mode="append").problems}
    version = project.datasets.import_file(file, dataset="bikes", mode="append").wait(30)
    assert wanted <= set(problems(version))
    assert version.report is not None
    assert before == {p.what for p in version.report.problems}
    assert column(project, "bikes", "rentals") == ["16", "40", "32", "many"]


def test_a_column_that_is_all_missing_this_time_keeps_its_type(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    file = write("next.csv", "day,hour,rentals,zip", "2011-01-02,0,,", "2011-01-02,1,,")
    version = project.datasets.import_file(file, dataset="bikes").wait(30)
    assert [c.type for c in version.columns] == ["date", "integer", "integer", "text"]
    assert not any("changed type" in key for key in problems(version))


def test_a_column_of_codes_stays_text_when_none_has_a_leading_zero_this_time(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    file = write("next.csv", "day,hour,rentals,zip", "2011-01-02,0,5,10115")
    project.datasets.import_file(file, dataset="bikes", mode="append").wait(30)
    assert column(project, "bikes", "zip")[-1] == "10115"
    shown = project.datasets.show("bikes")
    assert shown.report is not None
    assert "As in bikes@1." in [d.why for d in shown.report.decisions if d.about == "zip"]


def test_whole_numbers_join_a_column_of_decimals(project: Project, write: Write) -> None:
    project.datasets.import_file(write("prices.csv", "price", "2.5", "3.25")).wait(30)
    project.datasets.import_file(write("more.csv", "price", "4", "5"), dataset="prices", mode="append").wait(
        30
    )
    assert column(project, "prices", "price") == [2.5, 3.25, 4.0, 5.0]


def test_decimals_join_a_column_of_whole_numbers(project: Project, write: Write) -> None:
    project.datasets.import_file(write("prices.csv", "price", "4", "5")).wait(30)
    project.datasets.import_file(write("more.csv", "price", "2.5"), dataset="prices", mode="append").wait(30)
    assert column(project, "prices", "price") == [4.0, 5.0, 2.5]


def test_what_a_person_chose_for_one_file_holds_for_the_next(project: Project, write: Write) -> None:
    options = ImportOptions(types={"amount": ColumnType.TEXT})
    project.datasets.import_file(write("sales.csv", "amount", "1", "2"), options=options).wait(30)
    file = write("sales.csv", "amount", "3", "4")
    assert project.datasets.preview_file(file, dataset="sales").columns[0].type is ColumnType.TEXT
    project.datasets.import_file(file).wait(30)
    assert column(project, "sales", "amount") == ["3", "4"]


def test_a_file_with_a_header_alone_is_a_version_without_rows(project: Project, write: Write) -> None:
    assert project.datasets.import_file(write("empty.csv", "a,b")).wait(30).rows == 0
    project.datasets.import_file(write("more.csv", "a,b", "1,2"), dataset="empty", mode="append").wait(30)
    assert column(project, "empty", "b") == [2]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"mode": "new"}, ConflictError),
        ({"dataset": "trips", "mode": "append"}, NotFoundError),
        ({"mode": "merge"}, InvalidInputError),
        ({"mode": "merge", "key": ["station"]}, NotFoundError),
        ({"mode": "append", "key": ["hour"]}, InvalidInputError),
        ({"dataset": "bikes@2"}, InvalidInputError),
        ({"target": "rentals", "roles": {"hour": "target"}}, InvalidInputError),
    ],
)
def test_an_import_that_cannot_be_is_refused_before_it_begins(
    still: Project, write: Write, arguments: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        still.datasets.import_file(write("bikes.csv", *BIKES), **arguments)  # type: ignore[arg-type]
    assert [v.number for v in still.datasets.versions("bikes")] == [1]


def test_a_failed_import_leaves_nothing(project: Project, write: Write) -> None:
    for file, error in ((write("binary.csv", "\x00\x01"), FileError), ("/no/such/file.csv", NotFoundError)):
        with pytest.raises(error):
            project.datasets.import_file(file).wait(30)
    with pytest.raises(InvalidInputError, match="rent"):
        project.datasets.import_file(write("bikes.csv", *BIKES), target="rent").wait(30)
    assert project.datasets.list() == []
    assert [c.verb for c in project.activity.list()] == []


def test_a_cancelled_import_ends_before_its_time_and_leaves_nothing(
    project: Project, write: Write, project_folder: Path
) -> None:
    job = project.datasets.import_file(write("large.csv", "i,x", *(f"{i},{i / 7}" for i in range(1_500_000))))
    while not job.refresh().stage:
        pass
    job.cancel()
    with pytest.raises(CancelledError):
        job.wait(10)
    assert project.datasets.list() == [] and list((project_folder / "data" / "tmp").iterdir()) == []


def test_two_imports_of_one_new_data_set_queue(project: Project, write: Write) -> None:
    jobs = [project.datasets.import_file(write(f"{n}.csv", *BIKES), dataset="bikes") for n in range(3)]
    assert sorted(job.wait(60).number for job in jobs) == [1, 2, 3]


def test_an_older_version_comes_back_as_the_newest(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    project.datasets.import_file(write("bikes.csv", *MORE)).wait(30)
    restored = project.datasets.restore_version("bikes@1", message="too early")
    assert (restored.ref, restored.rows, restored.mode) == ("bikes@3", 3, "restore")
    with pytest.raises(ConflictError):
        project.datasets.restore_version("bikes@3")


# -------------------------------------------------------------------------------------------------------- rows


def test_rows_come_in_the_files_order_with_their_number(still: Project) -> None:
    page = still.datasets.rows("bikes", first=1, limit=2, columns=["zip", "hour"])
    assert (page.names, page.columns) == (["zip", "hour"], [["10115", None], [1, 2]])
    assert (page.first_row, page.total_rows) == (1, 3)


def test_rows_are_sorted_by_value_with_missing_last(still: Project) -> None:
    for descending, hours in ((False, [0, 1, 2]), (True, [1, 0, 2])):
        page = still.datasets.rows("bikes", sort=[SortKey("zip", descending)])
        assert page.column("hour") == hours


@pytest.mark.parametrize(
    ("condition", "hours"),
    [
        (Condition("rentals", ">", "16"), [1, 2]),
        (Condition("rentals", ">=", "31.5"), [1, 2]),
        (Condition("rentals", "=", "16.5"), []),
        (Condition("rentals", "<", "1e300"), [0, 1, 2]),
        (Condition("rentals", "!=", "16"), [1, 2]),
        (Condition("zip", "=", "00731"), [0]),
        (Condition("zip", "!=", "00731"), [1, 2]),
        (Condition("zip", "is missing"), [2]),
        (Condition("zip", "contains", "011"), [1]),
        (Condition("day", "<", "2011-01-01 12:00"), [0, 1, 2]),
        (Condition("zip", "=", "'); drop table dataset; --"), []),
    ],
)
def test_a_filter_gives_the_rows_that_match(still: Project, condition: Condition, hours: list[int]) -> None:
    page = still.datasets.rows("bikes", where=[condition])
    assert (page.column("hour"), page.total_rows) == (hours, len(hours))


def test_a_filter_and_a_sort_page_through_the_matches(project: Project, write: Write) -> None:
    lines = [f"{i},{i * 7919 % 5000}" for i in range(5000)]
    project.datasets.import_file(write("many.csv", "i,x", *lines)).wait(30)
    even = [Condition("x", "<", "2000")]
    wanted = sorted((i * 7919 % 5000, i) for i in range(5000) if i * 7919 % 5000 < 2000)
    page = project.datasets.rows("many", first=700, limit=50, sort=[SortKey("x")], where=even)
    assert (page.column("i"), page.total_rows) == ([i for _, i in wanted[700:750]], 2000)
    page = project.datasets.rows("many", first=700, limit=50, where=even)
    assert page.column("i") == sorted(i for _, i in wanted)[700:750]


def test_whole_numbers_beyond_a_double_are_told_apart_by_a_filter(project: Project, write: Write) -> None:
    project.datasets.import_file(write("ids.csv", "id", "9007199254740992", "9007199254740993")).wait(30)
    page = project.datasets.rows("ids", where=[Condition("id", "=", "9007199254740993")])
    assert page.columns == [[9007199254740993]]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 10_001}, InvalidInputError),
        ({"first": -1}, InvalidInputError),
        ({"columns": ["station"]}, NotFoundError),
        ({"sort": [SortKey("station")]}, NotFoundError),
        ({"where": [Condition("rentals", "=", "many")]}, InvalidInputError),
        ({"where": [Condition("day", ">", "soon")]}, InvalidInputError),
    ],
)
def test_a_page_that_cannot_be_says_why(
    still: Project, arguments: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        still.datasets.rows("bikes", **arguments)  # type: ignore[arg-type]


def test_the_difference_of_two_versions_counts_rows_and_names_columns(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    file = write("next.csv", "day,hour,rentals,wind", "2011-01-01,0,17,1", "2011-01-01,3,4,1")
    project.datasets.import_file(file, dataset="bikes", mode="merge", key=["hour"]).wait(30)
    found = project.datasets.difference("bikes@1", "bikes@2")
    assert (found.new_rows, found.changed_rows, found.removed_rows) == (1, 1, 2)
    assert (found.added_columns, found.removed_columns) == (["wind"], [])


def test_turned_columns_are_no_difference(project: Project, write: Write, bikes: DatasetVersion) -> None:
    turned = [",".join(reversed(line.split(","))) for line in BIKES]
    project.datasets.import_file(write("bikes.csv", *turned)).wait(30)
    found = project.datasets.difference("bikes@1", "bikes@2")
    assert (found.new_rows, found.changed_rows, found.removed_rows) == (0, 0, 0)


# ------------------------------------------------------------------------------------ names, roles, tags, trash


def test_an_unknown_reference_says_what_there_is(project: Project, bikes: DatasetVersion) -> None:
    for reference, word in (("Bikes", "bikes"), ("bikes@7", "1"), ("bikes@clean", "no tags")):
        with pytest.raises(NotFoundError, match=word):
            project.datasets.show(reference)


def test_one_column_is_the_target_and_it_can_be_taken_back(project: Project, bikes: DatasetVersion) -> None:
    project.datasets.set_role("bikes", "hour", "target")
    project.datasets.set_role("bikes", "rentals", "target")
    assert [c.role for c in project.datasets.show("bikes").columns] == [
        "feature",
        "feature",
        "target",
        "feature",
    ]
    project.activity.undo()
    assert [c.role for c in project.datasets.show("bikes").columns] == [
        "feature",
        "target",
        "feature",
        "feature",
    ]


def test_roles_hold_for_the_next_version_and_new_columns_are_features(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    project.datasets.set_role("bikes", "rentals", "target")
    file = write("next.csv", "day,hour,rentals,wind", "2011-01-01,0,17,1")
    version = project.datasets.import_file(file, dataset="bikes").wait(30)
    assert [c.role for c in version.columns] == ["feature", "feature", "target", "feature"]


def test_two_living_data_sets_never_share_a_name(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    project.datasets.import_file(write("trips.csv", *BIKES)).wait(30)
    with pytest.raises(ConflictError):
        project.datasets.rename("trips", "bikes")
    project.datasets.trash("bikes")
    assert project.datasets.rename("trips", "bikes").name == "bikes"
    with pytest.raises(ConflictError):
        project.datasets.restore("bikes")


def test_a_tag_names_one_version(project: Project, write: Write, bikes: DatasetVersion) -> None:
    project.datasets.import_file(write("bikes.csv", *MORE)).wait(30)
    project.datasets.tag_version("bikes@1", ["clean"])
    assert project.datasets.show("bikes@clean").number == 1
    project.datasets.tag_version("bikes@2", ["clean"])
    assert [v.tags for v in project.datasets.versions("bikes")] == [["clean"], []]


def test_a_trashed_data_set_comes_back_whole(project: Project, bikes: DatasetVersion) -> None:
    project.datasets.trash("bikes")
    assert project.datasets.list() == [] and [d.name for d in project.datasets.list(trashed=True)] == [
        "bikes"
    ]
    with pytest.raises(NotFoundError, match="trash"):
        project.datasets.rows("bikes")
    assert project.datasets.restore("bikes").newest is not None
    assert column(project, "bikes", "hour") == [0, 1, 2]


def test_an_import_is_taken_back_and_done_again(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    project.datasets.import_file(write("bikes.csv", *MORE)).wait(30)
    project.activity.undo()
    assert project.datasets.show("bikes").number == 1
    project.activity.redo()
    assert project.datasets.show("bikes").number == 2


def test_after_an_import_was_taken_back_the_next_one_goes_on_from_what_is_left(
    project: Project, write: Write, bikes: DatasetVersion
) -> None:
    project.datasets.import_file(write("bikes.csv", "day,hour,rentals,zip", "2012-01-01,9,9,9")).wait(30)
    project.activity.undo()
    version = project.datasets.import_file(write("more.csv", *MORE[:1], MORE[-1]), "bikes", "append").wait(30)
    assert (version.number, column(project, "bikes", "hour")) == (3, [0, 1, 2, 3])


def test_the_first_import_is_taken_back_with_its_data_set(project: Project, bikes: DatasetVersion) -> None:
    project.activity.undo()
    assert project.datasets.list() == []
    assert project.datasets.restore("bikes").newest is not None


def test_activity_says_in_words_what_was_done(project: Project, write: Write, bikes: DatasetVersion) -> None:
    project.datasets.import_file(write("more.csv", MORE[0], MORE[-1]), "bikes", "append").wait(30)
    project.datasets.set_role("bikes", "rentals", "target")
    project.datasets.rename("bikes", "rides")
    assert [c.summary for c in project.activity.list()] == [
        "Renamed data set bikes to rides",
        "Made rentals the target of data set bikes",
        "Appended more.csv: bikes@2",
        "Imported bikes.csv as bikes@1",
    ]


def test_bob_sees_what_ann_imported_and_cannot_take_it_back(
    bobs_project: Project, bikes: DatasetVersion
) -> None:
    assert bobs_project.datasets.show("bikes").created_by == "ann"
    with pytest.raises(NotFoundError):
        bobs_project.activity.undo()


def test_a_month_with_no_alone_stays_yes_or_no(project: Project, write: Write) -> None:
    project.datasets.import_file(write("jan.csv", "day,holiday", "1,No", "2,Yes"), "days").wait()
    more = write("feb.csv", "day,holiday", "3,No", "4,No")
    version = project.datasets.import_file(more, "days", "append").wait()
    assert [(c.name, c.type) for c in version.columns] == [("day", "integer"), ("holiday", "yes/no")]
    assert project.datasets.rows("days").column("holiday") == [False, True, False, False]


def test_a_month_with_another_word_makes_yes_or_no_a_text(project: Project, write: Write) -> None:
    project.datasets.import_file(write("jan.csv", "day,holiday", "1,No", "2,Yes"), "days").wait()
    version = project.datasets.import_file(
        write("feb.csv", "day,holiday", "3,maybe"), "days", "append"
    ).wait()
    assert version.columns[1].type == "text"


def words_of(project: Project, name: str) -> set[str]:
    """How the classes of a target of few rows are called before a training."""
    rare = next(f.text for f in project.runs.check(name, "left").findings if f.code == "rare_class")
    return set(re.findall("“([^”]+)”", rare))


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (["No", "Yes"], ["No", "No"], ("No", "Yes")),
        (["No", "Yes"], ["n", "y"], ("No", "Yes")),
        (["no", "yes", "Y"], ["no", "yes"], ("false", "true")),
        (["false", "true"], ["true", "false"], ("false", "true")),
        (["", ""], ["nein", "ja"], ("nein", "ja")),
    ],
)
def test_the_words_for_yes_and_no_are_those_that_the_column_began_with(
    project: Project, write: Write, first: list[str], then: list[str], words: tuple[str, ...]
) -> None:
    project.datasets.import_file(write("jan.csv", "left,day", *(f"{v},a" for v in first)), "days").wait()
    project.datasets.import_file(
        write("feb.csv", "left,day", *(f"{v},a" for v in then)), "days", "append"
    ).wait()
    assert words_of(project, "days") == set(words)


def test_a_replaced_table_has_its_own_words_for_yes_and_no(project: Project, write: Write) -> None:
    project.datasets.import_file(write("jan.csv", "left,day", "no,1", "yes,2"), "days").wait()
    project.datasets.import_file(write("feb.csv", "left,day", "non,1", "oui,2"), "days").wait()
    assert words_of(project, "days") == {"non", "oui"}
    project.datasets.import_file(write("mar.csv", "left,day", "False,1", "True,2"), "days").wait()
    assert words_of(project, "days") == {"false", "true"}


def test_whole_numbers_of_any_size_are_shown_sorted_and_exported_with_every_digit(
    project: Project, write: Write, tmp_path: Path
) -> None:
    digits = [str(n) for n in (2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**64, -(2**63))]
    project.datasets.import_file(
        write("ids.csv", "id,n", *(f"{d},{n}" for n, d in enumerate(digits))), "ids"
    ).wait()
    assert project.datasets.rows("ids").column("id") == digits
    assert project.datasets.rows("ids", sort=[SortKey("id")]).column("id") == sorted(digits, key=int)
    assert project.datasets.rows("ids", where=[Condition("id", "=", digits[2])]).column("n") == [2]
    project.datasets.export("ids", str(tmp_path / "out.csv")).wait()
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == digits
