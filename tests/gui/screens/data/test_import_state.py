"""What the import page shows, without a window."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from mlops_desktop.domain.datasets import Column, Dataset, DatasetVersion
from mlops_desktop.domain.errors import ErrorMessage, Where
from mlops_desktop.domain.imports import (
    ColumnType,
    Decision,
    FilePreview,
    ImportOptions,
    NumberedRow,
    PreviewColumn,
    Problem,
    Remedy,
)
from mlops_desktop.domain.tables import Table
from mlops_desktop.gui.screens.data.import_command import as_command, as_script
from mlops_desktop.gui.screens.data.import_format import format_fields, option_value
from mlops_desktop.gui.screens.data.import_intent import (
    ImportIntent,
    proposed,
    suggested_name,
    with_remedy,
    with_role,
    with_type,
)
from mlops_desktop.gui.screens.data.import_state import ImportAnswers, resolve

NOW = datetime(2026, 11, 25, 9, 8, tzinfo=UTC)
TEXT, INTEGER = ColumnType.TEXT, ColumnType.INTEGER


def version(
    number: int = 2, names: tuple[str, ...] = ("day", "rentals"), source: str = "bikes_01.csv"
) -> DatasetVersion:
    columns = [Column(n, "integer", "BIGINT", "target" if n == "rentals" else "feature") for n in names]
    return DatasetVersion(1, 1, "bikes", number, 100, columns, "", NOW, "ann", "new", source)


def dataset(name: str = "bikes", newest: DatasetVersion | None = None) -> Dataset:
    return Dataset(1, name, "", [], NOW, 2, newest or version())


def preview(**fields: object) -> FilePreview:
    told: dict[str, object] = {
        "format": "delimited text",
        "options": ImportOptions(delimiter=",", encoding="utf-8", header=True),
        "columns": (PreviewColumn("day", TEXT, "VARCHAR"), PreviewColumn("rentals", INTEGER, "BIGINT")),
        "first_rows": Table(
            ["day", "rentals"], ["VARCHAR", "BIGINT"], [["a", "b", "c", "d"], ["1", None, "3", "4"]]
        ),
        "row_count": 400,
        "row_count_is_exact": True,
        "size_bytes": 52_100,
    }
    return FilePreview(**{**told, **fields})  # type: ignore[arg-type]


def shown(intent: ImportIntent, found: FilePreview | None = None, **answers: object):
    given = {"preview": found or preview(), "question": intent.question, **answers}
    return resolve(intent, ImportAnswers(**given))  # type: ignore[arg-type]


FILE = ImportIntent("/data/bikes_02.csv", settled=True)
VERSION = ImportIntent("/data/bikes_02.csv", dataset="bikes", mode="append", settled=True)


def test_the_file_says_rows_columns_and_size() -> None:
    assert shown(FILE).facts == "400 rows · 2 columns · 52 KB"
    assert shown(FILE, preview(row_count_is_exact=False)).facts.startswith("≈400 rows")
    assert shown(FILE, preview(row_count=None)).facts == "2 columns · 52 KB"


def test_an_answer_to_another_question_is_waited_for_and_nothing_can_be_imported() -> None:
    later = with_type(FILE, "day", TEXT)
    state = resolve(later, ImportAnswers(preview=preview(), question=FILE.question))
    assert state.waits and state.target is not None and not state.target.can_import


def test_fields_show_what_was_found_and_what_a_person_fixed() -> None:
    fields = {f.key: f for f in format_fields(ImportOptions(decimal_mark=","), preview())}
    assert (fields["delimiter"].choice, fields["delimiter"].fixed) == (",", False)
    assert (fields["decimal_mark"].choice, fields["decimal_mark"].fixed) == (",", True)
    assert not fields["sheet"].enabled
    assert fields["date_order"].options[0] == ("", "Found by itself")


def test_a_delimiter_that_nobody_thought_of_is_shown_as_it_is() -> None:
    fields = format_fields(ImportOptions(), preview(options=ImportOptions(delimiter="~")))
    assert ("~", "~") in fields[0].options and fields[0].choice == "~"


@pytest.mark.parametrize(
    ("key", "choice", "value"),
    [
        ("header", "no", False),
        ("missing", "n/a, -", ("n/a", "-")),
        ("missing", " ", None),
        ("encoding", "", None),
    ],
)
def test_a_choice_becomes_an_option(key: str, choice: str, value: object) -> None:
    assert option_value(key, choice) == value


def test_roles_come_from_the_data_set_and_the_person_changes_them() -> None:
    intent = with_role(VERSION, "day", "target")
    roles = {c.name: c.role for c in shown(intent, datasets=(dataset(),)).columns}
    assert roles == {"day": "target", "rentals": "feature"}


def test_a_second_target_makes_the_first_a_feature() -> None:
    assert with_role(with_role(FILE, "a", "target"), "b", "target").roles == (
        ("a", "feature"),
        ("b", "target"),
    )


def test_a_problem_marks_its_cell_its_column_and_the_way_there() -> None:
    problem = Problem("rentals:unreadable", "error", "“x” is no integer.", row=3, column="rentals")
    rows = tuple(NumberedRow(i, (f"d{i}", "x")) for i in (299, 300, 301))
    state = shown(
        FILE,
        preview(
            problems=(Problem("p", "error", "bad", row=300, column="rentals"), problem), problem_rows=rows
        ),
    )
    assert state.marks == {(300, 1): "error", (3, 1): "error"}
    assert state.columns[1].severity == "error" and state.columns[0].severity is None
    assert [r.band or r.number for r in state.rows] == [
        1,
        2,
        3,
        "rows 4 to 298",
        299,
        300,
        301,
        "rows 302 to 400",
    ]


def test_the_chosen_remedy_is_marked_and_the_segments_keep_their_order() -> None:
    remedies = (Remedy("refuse", "Refuse"), Remedy("missing", "Missing"))
    before = shown(FILE, preview(problems=(Problem("p", "error", "bad", remedies=remedies),)))
    intent = with_remedy(FILE, "p", "missing")
    turned = preview(problems=(Problem("p", "warning", "bad", remedies=remedies[::-1]),))
    after = resolve(intent, ImportAnswers(preview=turned, question=intent.question), before)
    assert [k for k, _ in after.problems[0].remedies] == ["refuse", "missing"]
    assert (before.problems[0].chosen, after.problems[0].chosen) == ("refuse", "missing")


def test_an_import_that_would_be_refused_can_not_begin() -> None:
    problem = Problem(
        "p", "error", "bad", remedies=(Remedy("refuse", "Refuse"), Remedy("missing", "Missing"))
    )
    state = shown(FILE, preview(problems=(problem,)))
    assert state.target is not None and not state.target.can_import and "errors" in state.target.why_not


@pytest.mark.parametrize(
    ("problem", "place"),
    [
        (Problem("p", "note", "x", row=1214, column="c"), "Row 1,214, c"),
        (Problem("p", "note", "x", row=2, column="c", count=36), "36 rows, c"),
        (Problem("p", "note", "x", line=3), "Line 3"),
        (Problem("p", "note", "x"), "The file"),
    ],
)
def test_a_problem_says_its_place(problem: Problem, place: str) -> None:
    assert shown(FILE, preview(problems=(problem,))).problems[0].place == place


def test_keeping_text_is_a_type_and_an_order_of_dates_an_option() -> None:
    assert with_remedy(FILE, "a:unreadable", "text").options.types == {"a": TEXT}
    asked = with_remedy(with_remedy(FILE, "a:date order", "text"), "a:date order", "day first").options
    assert (asked.date_order, asked.types) == ("day first", {})
    assert with_remedy(FILE, "a:decimal mark", ",").options.decimal_mark == ","


def test_choosing_a_type_forgets_what_was_done_about_the_old_one() -> None:
    intent = with_type(with_remedy(FILE, "a:unreadable", "missing"), "a", INTEGER)
    assert intent.options.remedies == {}


def test_what_the_data_set_keeps_is_no_choice_of_the_person() -> None:
    decisions = (
        Decision("day", "text", "As you chose.", is_column=True),
        Decision("x", "y", "z", notable=True),
    )
    lines = shown(VERSION, preview(decisions=decisions), datasets=(dataset(),)).decisions
    assert [(d.about, d.why, d.ink) for d in lines] == [
        ("x", "z", "warn"),
        ("day", "As in bikes v2.", "text"),
    ]


def test_a_file_with_the_columns_of_a_data_set_is_proposed_as_its_next_version() -> None:
    fresh = ImportIntent("/data/bikes_02.csv")
    assert (proposed(fresh, ["rentals", "day"], [dataset()]).mode) == "append"
    again = proposed(ImportIntent("/data/bikes_01.csv"), ["day", "rentals"], [dataset()])
    assert (again.mode, again.dataset) == ("replace", "bikes")
    assert proposed(fresh, ["day"], [dataset()]).dataset == "bikes_02"


def test_a_proposed_name_is_free_and_what_a_person_settled_stays() -> None:
    assert proposed(ImportIntent("/d/bikes.csv"), ["other"], [dataset()]).dataset == "bikes 2"
    assert proposed(FILE, ["day", "rentals"], [dataset()]) == FILE


def test_where_the_rows_go_is_not_proposed_over_what_was_said() -> None:
    said = ImportIntent("/data/bikes_01.csv", dataset="bikes", mode="append")
    shown = proposed(said, ["day", "rentals"], [dataset()])
    assert (shown.mode, shown.dataset) == ("append", "bikes")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/b.c.csv.gz", "b.c"),
        ("C:\\data\\x.xlsx", "x"),
        ("/a/2011.csv", "data 2011"),
        ("/a/x@y.csv", "x y"),
        ("/a/.csv", "data"),
    ],
)
def test_a_files_name_becomes_the_name_of_a_data_set(path: str, name: str) -> None:
    assert suggested_name(path) == name


def test_the_button_says_what_will_be() -> None:
    target = shown(VERSION, datasets=(dataset(),)).target
    assert target is not None
    assert (target.button, target.effect) == ("Import as bikes v3", "400 rows added to 100")


def test_a_taken_name_is_said_before_the_import() -> None:
    target = shown(ImportIntent("/d/x.csv", dataset="bikes", settled=True), datasets=(dataset(),)).target
    assert target is not None and not target.can_import and "already" in target.name_error


def test_changes_show_the_types_side_by_side_and_what_is_gone() -> None:
    before = version(names=("day", "wind"))
    intent = ImportIntent("/d/x.csv", dataset="bikes", mode="append", view="changes", settled=True)
    rows = shown(intent, datasets=(dataset(newest=before),)).rows
    assert [r.cells for r in rows if r.cells] == [("integer", None), ("text", "integer")]
    assert rows[-1].band == "not in this file: wind"


def test_an_error_of_a_cell_is_marked_at_the_cell() -> None:
    error = ErrorMessage("file", "“x” is no number", where=Where(row=2, column="rentals"))
    state = shown(FILE, error=error, import_failed=True)
    assert state.marks[(2, 1)] == "error" and state.columns[1].tip == "“x” is no number"


def test_without_a_preview_the_format_can_still_be_changed() -> None:
    error = ErrorMessage("file", "can't be read")
    state = resolve(FILE, ImportAnswers(question=FILE.question, error=error))
    assert state.error == error and state.fields and state.target is None


def test_the_command_does_the_same_as_the_page() -> None:
    intent = with_role(with_type(VERSION, "zip code", TEXT), "rentals", "target")
    command = as_command(intent, "/p/x.mlops")
    assert "import /data/bikes_02.csv --project /p/x.mlops --dataset bikes --mode append" in command
    assert """--roles '{"rentals":"target"}' --options '{"types":{"zip code":"text"}}'""" in command


def test_the_script_is_python(tmp_path) -> None:
    script = as_script(with_type(VERSION, "a'b", TEXT), "/p/x.mlops")
    compile(script, "script", "exec")
    assert "mode='append'" in script


def test_states_load_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "import mlops_desktop.gui.screens.data.import_state, mlops_desktop.gui.screens.data.data_state\n"
        "import mlops_desktop.gui.screens.data.rows_source, mlops_desktop.gui.screens.data.import_command\n"
        "bad = {'numpy', 'pandas', 'pyarrow', 'duckdb'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
