"""The rules of versions, each in its smallest form."""

from __future__ import annotations

import os
import random
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.domain.errors import ConflictError, InvalidInputError, NotFoundError
from mlops_desktop.store.pieces_columns import widened
from mlops_desktop.store.versions import Limits

sys.path.insert(0, str(Path(__file__).parent))
from versions_child import rows_of

CHILD = Path(__file__).with_name("versions_child.py")
PATCHES_ONLY = Limits(patch_share=10.0, patches_share=1e9)


def numbers(count: int, first: int = 0) -> list[tuple[str, str, list[Any]]]:
    """Columns k and v of `count` rows."""
    keys = range(first, first + count)
    return [("k", "INTEGER", list(keys)), ("v", "INTEGER", [k * 10 for k in keys])]


def changed(rows: dict[int, int], count: int) -> list[tuple[str, str, list[Any]]]:
    """The same with other values of v where `rows` says so."""
    return [
        ("k", "INTEGER", list(range(count))),
        ("v", "INTEGER", [rows.get(k, k * 10) for k in range(count)]),
    ]


# ------------------------------------------------------------------------------------------ values, names, types


def test_a_negative_zero_becomes_zero(lab: Any) -> None:
    version = lab.new([("x", "DOUBLE", ["0.0", "-0.0", "1.5"])])
    later = lab.append(version, [("x", "DOUBLE", ["-0.0"])])
    assert list(map(repr, lab.column(later, "x"))) == ["0.0", "0.0", "1.5", "0.0"]


def test_a_merge_writes_no_negative_zero_and_takes_none_for_a_change(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1]), ("x", "DOUBLE", ["0.0"])])
    staged = lab.stage([("k", "INTEGER", [1, 2]), ("x", "DOUBLE", ["-0.0", "-0.0"])], raw=True)
    prepared = lab.versions.prepare_merge(lab.connection, 1, first, staged, ["k"])
    assert (prepared.counts.changed, prepared.counts.new) == (0, 1)
    assert list(map(repr, lab.column(lab.commit(prepared), "x"))) == ["0.0", "0.0"]


def test_a_merge_tells_a_missing_struct_from_one_of_missing_fields(lab: Any) -> None:
    type_ = "STRUCT(a INTEGER, b INTEGER)"
    first = lab.new([("k", "INTEGER", [1, 2]), ("s", type_, [None, "{'a': 1, 'b': 2}"])])
    second = lab.merge(first, [("k", "INTEGER", [1, 2]), ("s", type_, ["{'a': NULL, 'b': NULL}", None])])
    assert lab.column(second, "s") == ["{'a': NULL, 'b': NULL}", None]


def test_a_number_widened_twice_shows_the_same_in_every_layout(lab: Any) -> None:
    version = lab.new([("k", "INTEGER", [0]), ("x", "INTEGER", [3])])
    version = lab.append(version, [("k", "INTEGER", [1]), ("x", "DOUBLE", [0.5])])
    version = lab.append(version, [("k", "INTEGER", [2]), ("x", "VARCHAR", ["q"])])
    assert lab.column(version, "x") == ["3.0", "0.5", "q"]
    rewritten = lab.merge(version, [("k", "INTEGER", [0, 1, 2]), ("y", "INTEGER", [1, 2, 3])])
    assert lab.column(rewritten, "x") == ["3.0", "0.5", "q"]


@pytest.mark.parametrize(
    ("old", "new", "wide"),
    [
        ("INTEGER", "BIGINT", "BIGINT"),
        ("TINYINT", "UTINYINT", "SMALLINT"),
        ("UBIGINT", "BIGINT", "DECIMAL(38,0)"),
        ("INTEGER", "DOUBLE", "DOUBLE"),
        ("BIGINT", "DOUBLE", "VARCHAR"),
        ("DECIMAL(10,2)", "INTEGER", "DECIMAL(12,2)"),
        ("DECIMAL(38,2)", "DECIMAL(38,4)", "VARCHAR"),
        ("BOOLEAN", "INTEGER", "VARCHAR"),
        ("DATE", "TIMESTAMP", "VARCHAR"),
        ("INTEGER[]", "BIGINT[]", "VARCHAR"),
    ],
)
def test_two_types_meet_in_the_narrowest_that_loses_nothing(old: str, new: str, wide: str) -> None:
    assert widened(old, new) == widened(new, old) == wide


def test_a_big_integer_beside_a_decimal_mark_stays_exact(lab: Any) -> None:
    version = lab.new([("x", "BIGINT", [2**53 + 1])])
    assert lab.column(lab.append(version, [("x", "DOUBLE", [0.5])]), "x") == ["9007199254740993", "0.5"]


def test_a_dropped_column_that_comes_back_brings_no_old_values(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1, 2]), ("b", "INTEGER", [7, 8])])
    second = lab.replace(first, [("k", "INTEGER", [1, 2])])
    third = lab.append(second, [("k", "INTEGER", [3]), ("b", "INTEGER", [9])])
    assert lab.column(third, "b") == [None, None, 9]
    assert lab.column(first, "b") == [7, 8]


def test_a_physical_name_stays_taken_when_its_versions_are_gone(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1]), ("b", "INTEGER", [7])])
    second = lab.replace(first, [("k", "INTEGER", [1])])
    lab.versions.drop(lab.connection, first)
    assert lab.versions.physical_names(lab.connection, 1, ["k", "b"]) == ["k", "b_2"]
    assert lab.column(second, "k") == [1]


@pytest.mark.parametrize(
    "name",
    ["_k", "_at", "_position", "_deleted", "file_row_number", "FileName", "rowid", "select", 'a"b', "a\nb", "", "n\0l",
     "é🙂", "x" * 300, "'; drop table version; --", "_n", "h", "key0"],
)  # fmt: skip
def test_any_name_can_be_a_column(lab: Any, name: str) -> None:
    first = lab.new([("k", "INTEGER", [1, 2]), (name, "INTEGER", [7, 8])])
    second = lab.merge(first, [("k", "INTEGER", [2, 3]), (name, "INTEGER", [8, 9])])
    assert lab.column(second, name) == [8, 9]
    found = lab.versions.difference(lab.connection, first, second, ["k"])
    assert (found.new, found.changed, found.removed) == (1, 0, 1)
    order = lab.versions.sort_index(lab.connection, second, [(name, True)])
    assert lab.versions.sorted_page(lab.connection, order, 0, 9).column(name) == [9, 8]


def test_names_that_differ_in_case_alone_are_two_columns(lab: Any) -> None:
    version = lab.new([("Age", "INTEGER", [1]), ("age", "INTEGER", [2]), ("age", "INTEGER", [3])])
    assert lab.rows(version) == [(1, 2, 3)]
    path = lab.folder / "out.parquet"
    lab.versions.export_to_parquet(lab.connection, version, path)
    described = lab.connection.execute(f"describe from read_parquet('{path}')").fetchall()
    assert [row[0] for row in described] == ["Age", "age_2", "age_3"]


def test_a_column_without_values_takes_the_first_type_that_comes(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1]), ("x", "VARCHAR", [None])])
    assert lab.versions.schema(lab.connection, first)[1].type == "NULL"
    second = lab.append(first, [("k", "INTEGER", [2]), ("x", "INTEGER", [5])])
    assert lab.versions.schema(lab.connection, second)[1].type == "INTEGER"
    assert lab.column(second, "x") == [None, 5]


@pytest.mark.parametrize("type_", ["DOUBLE", "DATE", "INTEGER[]", "BLOB", "UUID"])
@pytest.mark.parametrize("move", ["append", "replace", "merge"])
def test_a_column_that_is_empty_this_time_keeps_its_type(lab: Any, move: str, type_: str) -> None:
    texts = {"DOUBLE": "1.5", "DATE": "2024-01-01", "INTEGER[]": "[1]", "BLOB": "a", "UUID": "0" * 32}
    first = lab.new([("k", "INTEGER", [1]), ("x", type_, [texts[type_]])])
    second = getattr(lab, move)(first, [("k", "INTEGER", [2, 3]), ("x", "BOOLEAN", [None, None])])
    assert lab.versions.schema(lab.connection, second)[1].type == type_
    assert lab.column(second, "x")[-2:] == [None, None]


def test_the_same_bytes_may_be_typed_in_one_data_set_and_typeless_in_another(lab: Any) -> None:
    blank = [("k", "INTEGER", [1]), ("x", "INTEGER", [None])]
    typed = lab.new([("k", "INTEGER", [1, 2]), ("x", "INTEGER", [4, None])])
    lab.delete(typed, '"x" = 4')
    other = lab.new(blank, dataset=2)
    staged = lab.stage([("k", "INTEGER", [2]), ("x", "VARCHAR", ["q"])], dataset=2)
    later = lab.commit(lab.versions.prepare_append(lab.connection, 2, other, staged))
    assert lab.column(later, "x") == [None, "q"]
    assert lab.versions.check(lab.connection) == []


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("DATE", "1066-10-14"),
        ("TIMESTAMP", "2024-02-29 12:30:00.000001"),
        ("TIMESTAMP_NS", "2024-02-29 12:30:00.000000001"),
        ("TIMESTAMP WITH TIME ZONE", "2024-02-29 12:30:00+00"),
        ("TIME", "23:59:59.5"),
        ("DECIMAL(38,2)", "123456789012345678901234567890123456.78"),
        ("UUID", "00000000-0000-0000-0000-00000000000a"),
        ("MAP(VARCHAR, INTEGER)", "{a=1}"),
    ],
)
def test_values_that_are_not_plain_come_as_their_text(lab: Any, type_: str, text: str) -> None:
    version = lab.new([("x", type_, [text])])
    assert lab.column(lab.append(version, [("x", type_, [text])]), "x") == [text, text]


# ------------------------------------------------------------------------------------------ pieces and patches


def test_a_merge_keeps_the_order_of_the_rows(lab: Any) -> None:
    first = lab.new(numbers(2000))
    second = lab.merge(first, changed({3: 1, 700: 2, 1999: 3}, 2000))
    assert lab.column(second, "k") == list(range(2000))
    assert [lab.column(second, "v")[k] for k in (3, 4, 700, 1999)] == [1, 40, 2, 3]


def test_a_merge_keeps_what_the_merge_before_changed(lab: Any) -> None:
    first = lab.merge(lab.new(numbers(100)), changed({3: -1}, 100))
    second = lab.merge(first, changed({3: -1, 5: -2}, 100))
    assert [lab.column(second, "v")[k] for k in (2, 3, 4, 5)] == [20, -1, 40, -2]


def test_new_rows_of_a_merge_come_last_in_the_order_of_their_file(lab: Any) -> None:
    first = lab.new([("k", "VARCHAR", ["b", "a"])])
    assert lab.column(lab.merge(first, [("k", "VARCHAR", ["z", "a", "c", "b"])]), "k") == ["b", "a", "z", "c"]


def test_a_merge_of_many_new_rows_keeps_their_order(lab: Any) -> None:
    keys = list(range(300_000))
    random.Random(1).shuffle(keys)
    second = lab.merge(lab.new(numbers(1)), [("k", "INTEGER", [k + 1 for k in keys])], remove_missing=False)
    page = lab.versions.page(lab.connection, second, 1, 300_000, ["k"])
    assert page.column("k") == [k + 1 for k in keys]


def test_a_merge_removes_missing_rows_only_if_asked(lab: Any) -> None:
    first = lab.new(numbers(4))
    second = lab.merge(first, numbers(1), remove_missing=False)
    assert lab.column(second, "k") == [0, 1, 2, 3]
    assert lab.column(lab.merge(second, numbers(1)), "k") == [0]


def test_a_column_missing_from_the_merged_file_keeps_its_values(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1, 2]), ("v", "INTEGER", [10, 20]), ("note", "VARCHAR", ["a", "b"])])
    second = lab.merge(first, [("k", "INTEGER", [2, 1]), ("v", "INTEGER", [21, 10])])
    assert lab.rows(second) == [(1, 10, "a"), (2, 21, "b")]


@pytest.mark.parametrize("keys", [[1, None], [1, 1]])
def test_a_key_that_is_missing_or_stands_twice_is_refused_with_its_row(
    lab: Any, keys: list[int | None]
) -> None:
    first = lab.new(numbers(2))
    with pytest.raises(InvalidInputError) as error:
        lab.merge(first, [("k", "INTEGER", keys), ("v", "INTEGER", [1, 2])])
    assert (error.value.where.row, error.value.where.column) == (2, "k")


def test_a_double_key_of_the_parent_is_refused_too(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [5, 5])])
    with pytest.raises(InvalidInputError, match="merged into"):
        lab.merge(first, [("k", "INTEGER", [5])])


def test_one_changed_cell_costs_a_patch_and_no_new_piece(lab: Any) -> None:
    first = lab.new(numbers(1000))
    prepared = lab.versions.prepare_merge(lab.connection, 1, first, lab.stage(changed({7: -1}, 1000)), ["k"])
    assert (prepared.counts.changed, prepared.counts.kept) == (1, 999)
    assert [file.rows for file in prepared.files] == [1]
    assert prepared.size_bytes < 2000


def test_a_patch_over_an_eighth_of_its_piece_is_a_new_piece(lab: Any) -> None:
    first = lab.new(numbers(100))
    second = lab.merge(first, changed(dict.fromkeys(range(13), -1), 100))
    (piece,) = lab.versions.version(lab.connection, second).pieces
    assert piece.patch is None
    assert piece.file != lab.versions.version(lab.connection, first).pieces[0].file


def test_a_piece_that_is_written_again_keeps_its_order(lab: Any) -> None:
    first = lab.new(numbers(3000))
    second = lab.merge(first, changed(dict.fromkeys(range(0, 3000, 5), -1), 3000))
    assert lab.versions.version(lab.connection, second).pieces[0].patch is None
    assert lab.rows(second) == [(k, -1 if k % 5 == 0 else k * 10) for k in range(3000)]


def test_patches_that_add_up_to_three_quarters_of_a_piece_make_a_new_one(lab: Any) -> None:
    version = lab.new(numbers(100))
    patched = []
    for step in range(1, 9):
        version = lab.merge(version, changed(dict.fromkeys(range(10), -step), 100))
        patched.append(lab.versions.version(lab.connection, version).pieces[0].patched)
    assert patched == [10, 20, 30, 40, 50, 60, 70, 0]
    assert lab.versions.version(lab.connection, version).pieces[0].patch is None


def test_a_file_that_grew_costs_its_growth(lab: Any) -> None:
    first = lab.new(numbers(500))
    prepared = lab.versions.prepare_replace(lab.connection, 1, first, lab.stage(numbers(510)))
    assert [file.rows for file in prepared.files] == [10]
    assert lab.column(lab.commit(prepared), "k") == list(range(510))


def test_a_file_that_shrank_costs_nothing(lab: Any) -> None:
    first = lab.delete(lab.new(numbers(500)), '"k" = 3')
    shorter = [(name, type_, values[:3] + values[4:100]) for name, type_, values in numbers(100)]
    prepared = lab.versions.prepare_replace(lab.connection, 1, first, lab.stage(shorter))
    assert prepared.files == ()
    assert lab.column(lab.commit(prepared), "k") == [0, 1, 2, *range(4, 100)]


def test_a_replaced_column_of_a_narrower_type_takes_the_new_type(lab: Any) -> None:
    first = lab.new([("x", "VARCHAR", ["1", "q"])])
    second = lab.replace(first, [("x", "INTEGER", [1, 2])])
    assert lab.column(second, "x") == [1, 2]
    assert lab.column(lab.append(second, [("x", "INTEGER", [3])]), "x") == [1, 2, 3]


def test_a_version_without_rows_has_no_piece(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", []), ("b", "VARCHAR", [])])
    assert lab.pieces(first) == 0
    page = lab.versions.page(lab.connection, first, 0, 10)
    assert (page.names, page.columns) == (["k", "b"], [[], []])
    assert lab.column(lab.append(first, [("k", "INTEGER", [1])]), "k") == [1]


def test_a_piece_left_without_rows_goes_from_the_list(lab: Any) -> None:
    version = lab.append(lab.new(numbers(3)), numbers(3, first=3))
    version = lab.delete(version, '"k" < 3')
    assert lab.pieces(version) == 1
    assert lab.column(version, "k") == [3, 4, 5]


def test_the_same_bytes_are_one_file_with_a_patch_for_each_place(make_lab: Callable[..., Any]) -> None:
    lab = make_lab(limits=PATCHES_ONLY)
    version = lab.append(lab.new(numbers(3)), numbers(3))
    assert len(lab.files()) == 1
    version = lab.delete(version, "_position = 4")
    assert lab.column(version, "k") == [0, 1, 2, 0, 2]


def test_pages_skip_deleted_rows_at_any_place(make_lab: Callable[..., Any]) -> None:
    lab = make_lab(limits=PATCHES_ONLY)
    version = lab.delete(lab.append(lab.new(numbers(50)), numbers(50, first=50)), '"k" % 3 = 0')
    left = [k for k in range(100) if k % 3]
    for first in range(0, 70, 7):
        assert lab.versions.page(lab.connection, version, first, 5).column("k") == left[first : first + 5]


def test_positions_come_only_where_they_are_asked_for(lab: Any) -> None:
    version = lab.delete(lab.new(numbers(100)), '"k" = 50')
    assert "over" not in lab.versions.scan(lab.connection, version)
    sql = lab.versions.scan(lab.connection, version, ["k"], position=True)
    rows = lab.connection.execute(f"select _position, k from ({sql}) order by _position").fetchall()
    assert rows == list(enumerate(k for k in range(100) if k != 50))


def test_a_table_of_a_thousand_columns_is_merged_and_compared(lab: Any) -> None:
    def wide(value: int) -> list[tuple[str, str, list[int]]]:
        return [("k", "INTEGER", [1]), *((f"c{i}", "INTEGER", [value]) for i in range(1000))]

    first = lab.new(wide(1))
    second = lab.merge(first, [*wide(1)[:-1], ("c999", "INTEGER", [2])])
    assert lab.column(second, "c999") == [2]
    assert lab.versions.difference(lab.connection, first, second, ["k"]).changed == 1


def test_a_filter_pages_across_its_index(make_lab: Callable[..., Any]) -> None:
    lab = make_lab(limits=PATCHES_ONLY)
    version = lab.delete(lab.append(lab.new(numbers(3000)), numbers(3000, first=3000)), '"k" % 5 = 0')
    index = lab.versions.filter_index(lab.connection, version, '"k" % 2 = 0')
    matches = [k for k in range(6000) if k % 5 and k % 2 == 0]
    assert (index.matches, len(index.positions)) == (len(matches), 5)
    for first in (0, 499, 500, 990, 2390):
        page = lab.versions.filtered_page(lab.connection, index, first, 30)
        assert (page.column("k"), page.total_rows) == (matches[first : first + 30], len(matches))


def test_a_sort_puts_missing_values_last_and_keeps_ties_as_they_stand(lab: Any) -> None:
    version = lab.new([("k", "INTEGER", [1, 2, 3, 4]), ("v", "INTEGER", [5, None, 7, 5])])
    for descending, keys in ((False, [1, 4, 3, 2]), (True, [3, 1, 4, 2])):
        order = lab.versions.sort_index(lab.connection, version, [("v", descending)])
        assert lab.versions.sorted_page(lab.connection, order, 0, 10).column("k") == keys


def test_a_sort_finds_the_one_row_left_of_a_patched_piece(make_lab: Callable[..., Any]) -> None:
    lab = make_lab(limits=PATCHES_ONLY)
    version = lab.append(lab.delete(lab.new(numbers(3)), '"k" < 2'), numbers(1, first=3))
    order = lab.versions.sort_index(lab.connection, version, [("k", True)])
    assert lab.versions.sorted_page(lab.connection, order, 0, 10).column("k") == [3, 2]


def test_an_export_keeps_the_order_and_the_rows_asked_for(lab: Any) -> None:
    version = lab.merge(
        lab.append(lab.new(numbers(500)), numbers(500, first=500)), changed({7: 1, 900: 2}, 1000)
    )
    path = lab.folder / "out.parquet"
    assert (
        lab.versions.export_to_parquet(lab.connection, version, path, ["v"], '"k" % 100 = 0 or "k" = 7') == 11
    )
    assert lab.read(path) == [0, 1, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 2]


# ------------------------------------------------------------------------------------------ difference


def test_two_merges_from_one_parent_differ_in_both_their_changes(lab: Any) -> None:
    base = lab.new(numbers(100))
    one = lab.merge(base, changed({3: -1}, 100))
    again = lab.restore(one, base)
    two = lab.merge(again, changed({5: -2}, 100))
    found = lab.versions.difference(lab.connection, one, two, ["k"])
    assert (found.new, found.changed, found.removed) == (0, 2, 0)
    assert list(found.before.rows()) == [(3, -1), (5, 50)]
    assert list(found.after.rows()) == [(3, 30), (5, -2)]


def test_a_difference_sees_a_column_that_was_dropped_and_came_back(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1, 2]), ("b", "INTEGER", [7, 8])])
    second = lab.replace(first, [("k", "INTEGER", [1, 2])])
    third = lab.append(second, [("k", "INTEGER", [3]), ("b", "INTEGER", [9])])
    found = lab.versions.difference(lab.connection, first, third, ["k"])
    assert (found.new, found.changed, found.removed) == (1, 2, 0)


def test_widening_alone_changes_no_row(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1, 2])])
    second = lab.append(first, [("k", "DOUBLE", [2.5])])
    found = lab.versions.difference(lab.connection, first, second)
    assert (found.new, found.changed, found.removed) == (1, 0, 0)
    assert found.columns_retyped == (("k", "INTEGER", "DOUBLE"),)


def test_rows_that_changed_in_different_columns_are_all_counted(lab: Any) -> None:
    def rows(changed: dict[int, int]) -> Any:
        cells = {n: [-row if changed.get(row) == n else row for row in range(2000)] for n in range(3)}
        return [("k", "INTEGER", range(2000)), *((f"c{n}", "INTEGER", cells[n]) for n in range(3))]

    first = lab.new(rows({}))
    where = {**dict.fromkeys(range(1, 150), 0), 1000: 1, 1001: 2}
    second = lab.merge(first, rows(where))
    found = lab.versions.difference(lab.connection, first, second, ["k"], shown_rows=0)
    assert (found.new, found.changed, found.removed) == (0, len(where), 0)


def test_a_row_that_changed_and_changed_back_is_no_difference(lab: Any) -> None:
    first = lab.new(numbers(100))
    second = lab.merge(first, changed({3: -1, 5: -2}, 100))
    third = lab.merge(second, changed({5: -2}, 100))
    found = lab.versions.difference(lab.connection, first, third, ["k"])
    assert (found.new, found.changed, found.removed) == (0, 1, 0)
    assert list(found.after.rows()) == [(5, -2)]


def test_by_position_a_removed_row_moves_all_that_follow(lab: Any) -> None:
    first = lab.new(numbers(100))
    second = lab.delete(first, '"k" = 97')
    found = lab.versions.difference(lab.connection, first, second)
    assert (found.new, found.changed, found.removed) == (0, 2, 1)


# ------------------------------------------------------------------------------------------ erasure


def erase(lab: Any, column: str, *values: str) -> Any:
    newest = lab.versions.newest(lab.connection, 1)
    erasure = lab.versions.prepare_erase(lab.connection, 1, newest, column, values)
    lab.versions.commit_erase(lab.connection, erasure)
    lab.versions.collect_files(lab.connection, erasure.old_files)
    return erasure


def test_an_erased_person_is_in_no_version_and_in_no_file(lab: Any) -> None:
    first = lab.new([("who", "VARCHAR", ["ann", "bob", "cid"]), ("v", "INTEGER", [1, 2, 3])])
    second = lab.append(first, [("who", "VARCHAR", ["bob", "dan"]), ("v", "INTEGER", [4, 5])])
    assert erase(lab, "who", "bob").rows == 2
    assert lab.rows(first) == [("ann", 1), ("cid", 3)]
    assert lab.rows(second) == [("ann", 1), ("cid", 3), ("dan", 5)]
    assert all(b"bob" not in lab.versions_path(file).read_bytes() for file in lab.files())
    assert lab.versions.check(lab.connection) == []


def test_an_erasure_leaves_another_persons_row_in_the_same_place(make_lab: Callable[..., Any]) -> None:
    lab = make_lab(limits=PATCHES_ONLY)
    first = lab.new([("k", "INTEGER", [1, 2]), ("who", "VARCHAR", ["ann", "bob"])])
    second = lab.merge(first, [("k", "INTEGER", [1, 2]), ("who", "VARCHAR", ["ann", "cid"])])
    erase(lab, "who", "bob")
    assert lab.rows(first) == [(1, "ann")]
    assert lab.rows(second) == [(1, "ann"), (2, "cid")]


def test_an_erasure_finds_a_person_in_a_column_that_was_dropped(lab: Any) -> None:
    first = lab.new([("k", "INTEGER", [1, 2]), ("who", "VARCHAR", ["ann", "bob"])])
    second = lab.replace(first, [("k", "INTEGER", [1, 2])])
    lab.versions.drop(lab.connection, first)
    erase(lab, "who", "bob")
    assert lab.column(second, "k") == [1]
    assert all("bob" not in lab.texts(file, "who") for file in lab.files())


def test_an_erasure_goes_through_slices_that_share_a_file(lab: Any) -> None:
    people = [("who", "VARCHAR", [f"p{i}" for i in range(10)])]
    first = lab.new(people)
    second = lab.replace(first, [("who", "VARCHAR", [f"p{i}" for i in range(5)])])
    erase(lab, "who", "p3", "p7")
    assert lab.column(first, "who") == ["p0", "p1", "p2", "p4", "p5", "p6", "p8", "p9"]
    assert lab.column(second, "who") == ["p0", "p1", "p2", "p4"]
    assert lab.versions.check(lab.connection) == []


def test_an_erasure_leaves_the_same_bytes_of_another_data_set(lab: Any) -> None:
    lab.new([("who", "VARCHAR", ["ann", "bob"])])
    other = lab.new([("who", "VARCHAR", ["ann", "bob"])], dataset=2)
    erase(lab, "who", "bob")
    assert lab.column(other, "who") == ["ann", "bob"]


def test_a_number_that_became_text_is_erased_by_either_of_its_forms(lab: Any) -> None:
    first = lab.new([("id", "INTEGER", [3, 4])])
    second = lab.append(first, [("id", "DOUBLE", [0.5])])
    erase(lab, "id", "3.0")
    assert lab.column(second, "id") == [4.0, 0.5]


def test_an_order_made_before_an_erasure_is_refused_after_it(lab: Any) -> None:
    version = lab.new([("who", "VARCHAR", ["ann", "bob"])])
    order = lab.versions.sort_index(lab.connection, version, [("who", True)])
    erase(lab, "who", "bob")
    with pytest.raises(ConflictError, match="erased"):
        lab.versions.sorted_page(lab.connection, order, 0, 10)


# ------------------------------------------------------------------------------------------ commit, files, doctor


def test_a_version_made_from_an_older_one_is_refused(lab: Any) -> None:
    first = lab.new(numbers(2))
    late = lab.versions.prepare_append(lab.connection, 1, first, lab.stage(numbers(1, first=2)))
    lab.append(first, numbers(1, first=5))
    with pytest.raises(ConflictError):
        lab.commit(late)


def test_a_version_made_before_an_erasure_is_refused_after_it(lab: Any) -> None:
    first = lab.new([("who", "VARCHAR", ["ann", "bob"])])
    late = lab.versions.prepare_append(lab.connection, 1, first, lab.stage([("who", "VARCHAR", ["cid"])]))
    erase(lab, "who", "bob")
    with pytest.raises(ConflictError, match="gone"):
        lab.commit(late)


def test_files_that_no_version_names_go_after_the_grace(lab: Any) -> None:
    first = lab.new(numbers(3))
    lab.versions.prepare_append(lab.connection, 1, first, lab.stage(numbers(1, first=9)))
    assert len(lab.files()) == 2
    assert lab.versions.collect(lab.connection, 3600) == []
    assert len(lab.versions.collect(lab.connection, 0)) == 1
    assert lab.column(first, "k") == [0, 1, 2]


def test_a_dropped_version_gives_its_disk_back_and_harms_no_other(lab: Any) -> None:
    first = lab.new(numbers(3))
    second = lab.append(first, numbers(3, first=3))
    third = lab.restore(second, first)
    lab.versions.drop(lab.connection, second)
    lab.versions.collect(lab.connection, 0)
    assert len(lab.files()) == 1
    assert lab.column(third, "k") == [0, 1, 2]
    with pytest.raises(NotFoundError):
        lab.rows(second)


def test_doctor_names_a_damaged_and_a_missing_file(lab: Any) -> None:
    first = lab.append(lab.new(numbers(3)), numbers(3, first=3))
    damaged, missing = (piece.file for piece in lab.versions.version(lab.connection, first).pieces)
    path = lab.versions_path(damaged)
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    lab.versions_path(missing).unlink()
    assert {finding.file for finding in lab.versions.check(lab.connection)} == {damaged, missing}


@pytest.mark.parametrize("name", ["it's", "a[b]*", "x=1", 'q"é🙂'])
def test_the_project_folder_may_have_any_name(make_lab: Callable[..., Any], name: str) -> None:
    lab = make_lab(name)
    version = lab.merge(lab.new(numbers(20)), changed({3: -1}, 20))
    assert lab.column(version, "v")[:5] == [0, 10, 20, -1, 40]


# ------------------------------------------------------------------------------------------ kills


def kill_at_random_moments(folder: Path, lab: Callable[..., Any], rounds: int, seed: int) -> None:
    """Kill a process that adds versions, again and again; after each, all it acknowledged reads back exactly."""
    dice, log = random.Random(seed), folder / "acknowledged.txt"
    log.touch()
    command = [sys.executable, str(CHILD), str(folder / "project"), str(log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forker:
        assert forker.stdin is not None
        assert forker.stdout is not None
        for _ in range(rounds):
            forker.stdin.write("\n")
            forker.stdin.flush()
            pid = int(forker.stdout.readline())
            for _ in range(dice.randint(1, 3)):  # the worker says "+" for each version
                assert forker.stdout.readline() == "+\n"
            selectors.DefaultSelector().select(dice.uniform(0, 0.05))  # nothing to wait for but the moment
            os.kill(pid, signal.SIGKILL)
            while forker.stdout.readline() != "gone\n":
                pass
            check_acknowledged(lab(), {int(line) for line in log.read_text().split()}, f"seed {seed}")
        forker.stdin.close()


def check_acknowledged(lab: Any, acknowledged: set[int], note: str) -> None:
    there = {row[0] for row in lab.connection.execute("select version_id from version").fetchall()}
    assert acknowledged <= there == set(range(1, lab.last_id + 1)), note
    assert lab.last_id <= max(acknowledged, default=0) + 1, (
        note
    )  # one may be committed and not yet acknowledged
    for version_id in range(max(1, lab.last_id - 6), lab.last_id + 1):
        assert lab.rows(version_id) == list(rows_of(version_id).items()), note
    lab.versions.collect(lab.connection, 0)
    assert lab.versions.check(lab.connection) == [], note
    lab.close()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, to be many and quick")
def test_twenty_kills_lose_no_acknowledged_version(tmp_path: Path, make_lab: Callable[..., Any]) -> None:
    kill_at_random_moments(tmp_path, make_lab, rounds=20, seed=random.randrange(10**6))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked, to be many and quick")
@pytest.mark.timeout(3000)
def test_many_kills_lose_no_acknowledged_version(tmp_path: Path, make_lab: Callable[..., Any]) -> None:
    rounds = int(os.environ.get("MLOPS_KILLS", "60"))
    kill_at_random_moments(tmp_path, make_lab, rounds=rounds, seed=random.randrange(10**6))
