from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
import zstandard

from mlops_desktop.domain.errors import FileError

PLAIN = "id,name\n" + "".join(f"{i},name {i}\n" for i in range(30))


def packed(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return out.getvalue()


def workbook(tmp_path, fill, name="book.xlsx"):
    book = openpyxl.Workbook()
    fill(book)
    book.save(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize(
    "pack", [lambda b: gzip.compress(b), lambda b: zstandard.compress(b), lambda b: packed(a_csv=b.decode())]
)
def test_a_compressed_table_is_read_whatever_its_name(bring_in, pack):
    assert len(bring_in(pack(PLAIN.encode()), name="table.csv")["id"]) == 30


def test_the_second_part_of_a_joined_gzip_is_read(bring_in):
    lines = PLAIN.encode().splitlines(keepends=True)
    table = bring_in(gzip.compress(b"".join(lines[:10])) + gzip.compress(b"".join(lines[10:])))
    assert len(table["id"]) == 30


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_cut_compressed_file_is_refused(bring_in, pack):
    with pytest.raises(FileError, match="damaged or cut"):
        bring_in(pack(PLAIN.encode())[:-12])


def test_two_tables_in_an_archive_are_asked_for(bring_in):
    archive = packed(a_csv=PLAIN, b_csv=PLAIN.replace("name", "other"))
    with pytest.raises(FileError, match=r"2 files: a\.csv, b\.csv"):
        bring_in(archive)
    assert bring_in(archive, sheet="b.csv").staged.names == ("id", "other")


def test_an_archive_that_unpacks_beyond_all_measure_is_stopped(bring_in):
    with pytest.raises(FileError, match="times its size"):
        bring_in(gzip.compress(b"a,b\n" + b"0" * (66 << 20)))


def test_json_lines_have_all_keys_of_all_rows_and_every_digit(bring_in):
    table = bring_in('{"id":9007199254740993,"zip":"01234"}\n{"id":2,"late":{"a":[1]},"on":"2024-03-01"}\n')
    assert table["id"] == [9007199254740993, 2]
    assert table["zip"] == ["01234", None]
    assert json.loads(table["late"][1]) == {"a": [1]}
    assert table["on"] == [None, date(2024, 3, 1)]


def test_numbers_in_quotes_stay_text_in_json(bring_in):
    assert bring_in('[{"a":"1"},{"a":"2"}]').columns == {"a": ["1", "2"]}


def test_a_list_within_an_object_is_the_table(bring_in):
    assert bring_in('{"n": 2, "data": [{"a": 1}, {"a": 2.5}]}')["a"] == [1.0, 2.5]


def test_a_cut_json_line_is_refused_with_its_line(bring_in):
    with pytest.raises(FileError, match="line 2"):
        bring_in('{"a":1}\n{"a":')


def test_arrow_files_and_streams_are_told_apart_by_their_bytes(bring_in, tmp_path):
    content = pa.table({"a": [1, 2], "b": pa.array(["x", None]).dictionary_encode()})
    pyarrow.feather.write_feather(content, tmp_path / "one.csv", compression="zstd")
    with pa.ipc.new_stream(tmp_path / "two.feather", content.schema) as stream:
        stream.write_table(content)
    for path in (tmp_path / "one.csv", tmp_path / "two.feather"):
        assert bring_in(path).columns == {"a": [1, 2], "b": ["x", None]}


def test_a_cut_arrow_file_is_refused(bring_in, tmp_path):
    pyarrow.feather.write_feather(pa.table({"a": list(range(1000))}), tmp_path / "a.feather")
    with pytest.raises(FileError, match="Arrow"):
        bring_in((tmp_path / "a.feather").read_bytes()[:-300])


def test_parquet_keeps_what_doubles_and_microseconds_would_lose(bring_in, tmp_path):
    wide = Decimal("1234567890123456789012345678901234567890.5")
    pq.write_table(
        pa.table(
            {
                "u": pa.array([2**64 - 1], pa.uint64()),
                "d": pa.array([wide], pa.decimal256(50, 1)),
                "z": pa.array([1577880000987654321], pa.timestamp("ns", "UTC")),
            }
        ),
        tmp_path / "a.parquet",
    )
    table = bring_in(tmp_path / "a.parquet")
    assert table.columns == {"u": [2**64 - 1], "d": [str(wide)], "z": ["2020-01-01 12:00:00.987654321"]}
    assert "Instants to the nanosecond" in table.said


def test_parquet_names_that_differ_by_case_are_both_there(bring_in, tmp_path):
    pq.write_table(pa.table([[1], [2]], names=["Age", "age"]), tmp_path / "a.parquet")
    assert bring_in(tmp_path / "a.parquet").staged.names == ("Age", "age_2")


def test_a_cut_parquet_file_is_refused(bring_in, tmp_path):
    pq.write_table(pa.table({"a": list(range(1000))}), tmp_path / "a.parquet")
    with pytest.raises(FileError, match="damaged or incomplete"):
        bring_in((tmp_path / "a.parquet").read_bytes()[:-100])


def test_the_sheet_with_the_table_is_taken_and_said(bring_in, tmp_path):
    def fill(book):
        book.active.append(["This file holds readings."])
        sheet = book.create_sheet("März")
        for row in [["id", "v"], [1, 0.5], [2, 1.5]]:
            sheet.append(row)

    table = bring_in(workbook(tmp_path, fill))
    assert table.columns == {"id": [1, 2], "v": [0.5, 1.5]}
    assert "sheet: März. Range A1:B3" in table.said


def test_cells_keep_what_they_are(bring_in, tmp_path):
    def fill(book):
        for row in [
            ["code", "ok", "day", "ref"],
            ["007", True, date(2023, 1, 1), 47111],
            ["008", False, date(2023, 1, 2), "7-1"],
        ]:
            book.active.append(row)

    table = bring_in(workbook(tmp_path, fill))
    assert table.columns == {
        "code": ["007", "008"],
        "ok": [True, False],
        "day": [date(2023, 1, 1), date(2023, 1, 2)],
        "ref": ["47111", "7-1"],
    }


def test_dates_of_the_1904_calendar_are_those_dates(bring_in, tmp_path):
    def fill(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.active.append(["day"])
        book.active.append([date(2023, 1, 1)])

    assert bring_in(workbook(tmp_path, fill))["day"] == [date(2023, 1, 1)]


def test_error_cells_and_formulas_without_a_value_are_missing_and_counted(bring_in, tmp_path):
    def fill(book):
        for row in [["x", "y"], [1, "=A2*2"], ["#N/A", 5], [3, 6]]:
            book.active.append(row)

    table = bring_in(workbook(tmp_path, fill))
    assert table.columns == {"x": [1, None, 3], "y": [None, 5, 6]}
    assert "1 error cells (#N/A) are missing, the first is A3" in table.said
    assert "1 formulas have no stored value and are missing, the first is B2" in table.said


def test_rows_behind_a_gap_and_hidden_rows_are_there_and_said(bring_in, tmp_path):
    def fill(book):
        sheet = book.active
        for row in [["Report of May"], [], ["id", "v"], [1, 2], [], [3, 4], ["Total", None]]:
            sheet.append(row)
        sheet.row_dimensions[4].hidden = True

    table = bring_in(workbook(tmp_path, fill))
    assert table["id"] == [1, 3]
    for word in ("Report of May", "empty rows (gaps)", "1 hidden rows", "foot"):
        assert word in table.said


def test_names_in_two_rows_are_joined_where_the_upper_is_merged(bring_in, tmp_path):
    def fill(book):
        sheet = book.active
        for row in [["id", "2023", None], [None, "sales", "cost"], [1, 2, 3], [2, 3, 4]]:
            sheet.append(row)
        sheet.merge_cells("B1:C1")

    assert bring_in(workbook(tmp_path, fill)).staged.names == ("id", "2023 sales", "2023 cost")


def test_a_locked_or_old_workbook_is_refused_by_what_it_is(bring_in):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    with pytest.raises(FileError, match="password"):
        bring_in(ole + "EncryptedPackage".encode("utf-16-le"), name="a.xlsx")
    with pytest.raises(FileError, match=r"\.xls of Excel 97"):
        bring_in(ole + "Workbook".encode("utf-16-le"), name="a.xls")


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"%PDF-1.7\n", "PDF"), (b"<html><table>", "HTML"), (b"SQLite format 3\0" + bytes(100), "SQLite")],
)
def test_other_files_are_refused_by_what_they_are(bring_in, content, word):
    with pytest.raises(FileError, match=word):
        bring_in(content)


def test_what_a_reader_says_of_a_file_names_it_as_the_person_does(bring_in):
    with pytest.raises(FileError, match=r"twice\.jsonl") as error:
        bring_in('{"a":1,"a":2}\n{"a":3}\n', name="twice.jsonl")
    assert "reading-" not in str(error.value)


def test_an_archive_without_a_file_is_called_empty(bring_in):
    with pytest.raises(FileError, match="empty"):
        bring_in(packed())


def test_a_process_that_does_without_pandas_makes_arrow_columns():
    """The service keeps pandas out; a workbook's cells become Arrow arrays there all the same."""
    code = (
        "from mlops_desktop.service.process import _keep_pandas_out; _keep_pandas_out()\n"
        "import sys, pyarrow, duckdb; pyarrow.array(['a'], pyarrow.string())\n"
        "duckdb.execute('SELECT ?', [1]); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("name", ["ORCID", "PAR1", "FEA1", "BZh", "GIF8", "ARROW1"])
def test_a_column_named_like_a_format_makes_no_other_file(bring_in, name):
    assert bring_in(f"{name},b\n1,2\n").columns == {name: [1], "b": [2]}


def test_a_file_packed_twice_the_same_way_is_unpacked_twice(bring_in):
    assert len(bring_in(gzip.compress(gzip.compress(PLAIN.encode())))["id"]) == 30


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\x04\x22\x4d\x18" + b"abc" * 30, "an LZ4 file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "pointer of Git LFS"),
        (bytes(257) + b"ustar\x0000" + bytes(300), "a tar archive"),
        (b"@relation x\n@attribute a numeric\n@data\n1\n", "an ARFF file"),
        (b"INSERT INTO t VALUES (1);\n", "an SQL script"),
    ],
)
def test_files_that_look_like_tables_and_are_none_are_refused_by_what_they_are(bring_in, content, word):
    with pytest.raises(FileError, match=word):
        bring_in(content)


def test_what_a_workbook_loses_of_long_numbers_and_merged_cells_is_said(bring_in, tmp_path):
    def fill(book):
        sheet = book.active
        for row in [("group", "id", "id"), ("A", 1234567890123456, 1.5), (None, 2, 3e20)]:
            sheet.append(row)
        sheet.merge_cells("A2:A3")

    table = bring_in(workbook(tmp_path, fill))
    assert table["group"] == ["A", None]
    assert "1 merged cells, the first from A2 on" in table.said
    assert "id, row 1: 1 whole numbers of more than 15 digits" in table.said
    assert "names: id_2." in table.said
    assert "id_2, row" not in table.said


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[Decimal("1.1")]], pa.list_(pa.decimal256(60, 2))),
        pa.array([{"x": [1]}], pa.struct([("x", pa.list_(pa.timestamp("ns", "UTC")))])),
        pa.array([[("k", 1)]], pa.map_(pa.string(), pa.duration("s"))),
    ],
)
def test_values_within_others_that_can_not_be_kept_are_refused_with_the_column(bring_in, tmp_path, values):
    pyarrow.feather.write_feather(pa.table({"a": values}), tmp_path / "t.feather")
    with pytest.raises(FileError, match="Column a holds values of the type") as caught:
        bring_in(tmp_path / "t.feather")
    assert caught.value.where.column == "a"


def test_wide_decimals_in_a_dictionary_are_kept_as_text(bring_in, tmp_path):
    number = "12345678901234567890123456789012345678901234567890.12"
    column = pa.array([Decimal(number), None], pa.decimal256(60, 2)).dictionary_encode()
    pyarrow.feather.write_feather(pa.table({"a": column}), tmp_path / "t.feather")
    assert bring_in(tmp_path / "t.feather")["a"] == [number, None]


def test_a_page_that_is_not_what_its_check_sum_says_is_refused(bring_in, tmp_path):
    path = tmp_path / "t.parquet"
    table = pa.table({"a": list(range(5000))})
    pq.write_table(table, path, write_page_checksum=True, compression=None, use_dictionary=False)
    assert bring_in(path)["a"][-1] == 4999
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileError, match="damaged or incomplete"):
        bring_in(path)


def test_the_unit_of_durations_is_said(bring_in, tmp_path):
    pq.write_table(pa.table({"a": pa.array([1500], pa.duration("ms"))}), tmp_path / "t.parquet")
    assert "a: integer. Durations: kept as whole numbers, in ms." in bring_in(tmp_path / "t.parquet").said
