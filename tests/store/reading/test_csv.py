from __future__ import annotations

import os

import pytest

from mlops_desktop.domain.errors import CancelledError, FileError, InvalidInputError, NotFoundError
from mlops_desktop.domain.imports import ColumnType, ImportOptions
from mlops_desktop.store.reading import stage

ROWS = "".join(f"{i},name {i},{2 * i}\n" for i in range(30))
PLAIN = "id,name,twice\n" + ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_line_end_gives_the_same_rows(bring_in, end):
    table = bring_in(PLAIN.replace("\n", end))
    assert table["twice"] == [2 * i for i in range(30)]
    assert table.staged.names == ("id", "name", "twice")


def test_mixed_line_ends_are_read_and_those_in_quotes_kept(bring_in):
    table = bring_in(b'a,b\r\n1,"x\r\ny"\n2,"x\ry"\r\n')
    assert table["b"] == ["x\r\ny", "x\ry"]


@pytest.mark.parametrize("separator", [";", "\t", "|", "\x01", "||"])
def test_the_separator_is_found(bring_in, separator):
    table = bring_in(PLAIN.replace(",", separator).replace("name ", "Lee, Ann "))
    assert table["name"][3] == "Lee, Ann 3"


def test_one_column_with_a_semicolon_in_a_value_is_one_column(bring_in):
    assert bring_in("note\nfirst remark\nsecond; with semicolon\n")["note"][1] == "second; with semicolon"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_the_ones_that_were_written(bring_in, encoding):
    text = "id,name\n" + "".join(
        f"{i},{n}\n" for i, n in enumerate(["Zoë", "Müller", "5 € – “fine”", "Ångström"] * 5)
    )
    table = bring_in(text.encode(encoding))
    assert table["name"][:4] == ["Zoë", "Müller", "5 € – “fine”", "Ångström"]


def test_chinese_letters_of_four_bytes_are_read(bring_in):
    text = "id,name\n" + "".join(f"{i},{n}\n" for i, n in enumerate(["北京", "上海", "㐂寿", "重庆"] * 10))
    assert bring_in(text.encode("gb18030"))["name"][2] == "㐂寿"


def test_one_broken_letter_in_a_utf_8_text_is_refused_with_its_line(bring_in):
    content = b"id,name\n" + "1,Zoë\n2,Müller\n3,Ångström\n".encode() + b"4,M\xfcller\n"
    with pytest.raises(FileError, match="encoding can't be told: line 5"):
        bring_in(content)


def test_a_quote_that_is_never_closed_is_refused_with_the_line_where_it_opens(bring_in):
    with pytest.raises(FileError, match=r"line 18 \(row 17\)") as caught:
        bring_in(PLAIN.replace("16,name", '16,"name'))
    assert caught.value.where.line == 18


def test_quotes_in_the_middle_of_a_value_are_letters(bring_in):
    assert bring_in(PLAIN.replace("name ", '5" pipe '))["name"][1] == '5" pipe 1'


def test_an_apostrophe_is_no_quote(bring_in):
    assert bring_in("id,name\n1,'t Hooft\n2,O'Brien\n")["name"] == ["'t Hooft", "O'Brien"]


def test_values_with_line_ends_quotes_and_commas_are_read(bring_in):
    table = bring_in('id,name\n1,"He said ""no"", then\nleft"\n2,b\n')
    assert table["name"] == ['He said "no", then\nleft', "b"]


def test_a_file_without_names_loses_no_row(bring_in):
    table = bring_in("0,0.5\n1,1.5\n2,2.5\n")
    assert table["column 2"] == [0.5, 1.5, 2.5]


def test_names_are_made_unique_and_not_empty(bring_in):
    table = bring_in(",score,Score\n1,2,3\n")
    assert table.staged.names == ("column 1", "score", "Score_2")


def test_short_rows_are_filled_and_listed(bring_in):
    table = bring_in(PLAIN.replace("name 20,40", "name 20"))
    assert table["twice"][20] is None
    assert "Row 21, line 22: 1 rows have fewer than 3 values" in table.said


def test_a_row_with_too_many_values_is_refused_or_left_out_by_choice(bring_in):
    content = PLAIN.replace("name 20,", "Lee, Ann,")
    with pytest.raises(FileError, match=r"Line 22 \(row 21\) has 4 values"):
        bring_in(content)
    table = bring_in(content, remedies={"long_rows": "leave_out"})
    assert len(table["id"]) == 29
    assert table.staged.report.skipped_lines == (22,)


def test_a_separator_at_the_end_of_each_row_moves_no_name(bring_in):
    table = bring_in("id,name\n" + "1,a,\n2,b,\n3,c,\n")
    assert table.columns == {"id": [1, 2, 3], "name": ["a", "b", "c"]}


def test_notes_before_the_table_are_skipped_and_said(bring_in):
    table = bring_in("# exported by station 7\n# unit: mm\n" + PLAIN)
    assert table.staged.names == ("id", "name", "twice")
    assert "2 lines before the table were skipped" in table.said


def test_a_value_that_begins_with_a_hash_is_no_comment(bring_in):
    assert bring_in("colour,n\n#00ff00,1\n#01ff00,2\n")["colour"] == ["#00ff00", "#01ff00"]


def test_a_row_of_totals_is_left_out_and_said_or_kept_by_choice(bring_in):
    table = bring_in(PLAIN + "TOTAL,,870\n")
    assert len(table["id"]) == 30
    assert "TOTAL" in table.said
    assert len(bring_in(PLAIN + "TOTAL,,870\n", remedies={"foot": "keep"})["id"]) == 31


@pytest.mark.parametrize(
    ("content", "word"), [(b"a,b\n1,x\0y\n", "Line 2 has a zero byte"), (b"a,b\n1,2\n\0\0\0\0", "damaged")]
)
def test_zero_bytes_are_refused_with_their_line(bring_in, content, word):
    with pytest.raises(FileError, match=word):
        bring_in(content)


def test_names_with_glob_letters_read_no_other_file(bring_in, tmp_path):
    (tmp_path / "t1.csv").write_text("a\n1\n")
    assert bring_in("a\n7\n", name="t[1].csv")["a"] == [7]
    assert bring_in("a\n8\n", name="t*.csv")["a"] == [8]


def test_a_folder_named_like_a_partition_adds_no_column(bring_in, tmp_path):
    folder = tmp_path / "a=9"
    folder.mkdir()
    (folder / "x.csv").write_text("a,b\n1,2\n")
    assert bring_in(folder / "x.csv").columns == {"a": [1], "b": [2]}


def test_what_is_no_file_is_refused_by_what_it_is(bring_in, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "nothing")
    for name, error, word in [
        ("pipe", FileError, "named pipe"),
        ("folder", FileError, "folder"),
        ("link", NotFoundError, "link"),
    ]:
        with pytest.raises(error, match=word):
            bring_in(tmp_path / f"{name}.csv")


def test_a_header_alone_is_a_table_without_rows(bring_in):
    assert bring_in("id,name\n").columns == {"id": [], "name": []}


def test_an_empty_file_is_refused_as_empty(bring_in):
    with pytest.raises(FileError, match="empty"):
        bring_in("")


def grown(path):
    with path.open("a") as file:
        file.write("30,name 30,60\n")


def cut_short(path):
    os.truncate(path, 40)


def exchanged(path):
    times, other = path.stat(), path.with_name("other.csv")
    other.write_text(PLAIN.replace("name", "eman"))
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [grown, cut_short, exchanged, os.unlink])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, cursor, change):
    path = tmp_path / "growing.csv"
    path.write_text(PLAIN)

    def names(written):
        change(path)
        return [f"p{i}" for i in range(len(written))]

    with pytest.raises(FileError, match="changed while it was read"):
        stage(cursor, path, ImportOptions(), tmp_path / "out.parquet", names)


def test_a_cancel_from_the_progress_is_raised_and_leaves_no_file(tmp_path, cursor):
    path = tmp_path / "t.csv"
    path.write_text(PLAIN)

    def cancel(stage_name, share):
        raise CancelledError("Cancelled.")

    with pytest.raises(CancelledError):
        stage(cursor, path, ImportOptions(), tmp_path / "out.parquet", list, cancel)
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("encoding", ["shift_jis", "cp1251", "euc_kr"])
def test_other_encodings_are_read_when_just_one_is_plausible(bring_in, encoding):
    words = {
        "shift_jis": ["東京", "カタカナ", "ひらがな"],
        "cp1251": ["Москва", "Казань", "Иванов"],
        "euc_kr": ["서울", "부산", "대구"],
    }[encoding]
    text = "id,name\n" + "".join(f"{i},{words[i % 3]}\n" for i in range(30))
    assert bring_in(text.encode(encoding))["name"][:3] == words


def test_letters_of_an_encoding_that_may_be_several_are_refused_not_mangled(bring_in):
    text = "id,name\n" + "".join(
        f"{i},{n}\n" for i, n in enumerate(["Łódź", "Wałęsa", "Kraków", "žlutý"] * 5)
    )
    with pytest.raises(FileError, match="encoding can't be told: line 2"):
        bring_in(text.encode("cp1250"))
    assert bring_in(text.encode("cp1250"), encoding="cp1250")["name"][1] == "Wałęsa"


def test_a_quote_that_closes_some_rows_later_swallows_none(bring_in):
    with pytest.raises(FileError, match="line 18"):
        bring_in(PLAIN.replace("16,name 16", '16,"name 16').replace("name 19", 'name 19"'))


def test_a_name_fewer_than_values_is_refused_until_it_is_said_which_lacks_one(bring_in):
    content = "a,b\n" + "".join(f"{i},{i + 1},{i + 2}\n" for i in range(5))
    with pytest.raises(FileError, match="more than the 2 names"):
        bring_in(content)
    assert bring_in(content, remedies={"names": "first"}).staged.names == ("column 1", "a", "b")


def test_long_texts_with_line_ends_are_read_whole(bring_in):
    text = "lorem ipsum, dolor\n" * 80
    table = bring_in("id,text\n" + "".join(f'{i},"{text}"\n' for i in range(2000)))
    assert table["id"] == list(range(2000))
    assert set(table["text"]) == {text}


@pytest.mark.parametrize("above", ["Report of sales\nMade 2024-01-01\n\n", "% made by\n% the office\n"])
def test_lines_above_a_short_table_are_skipped_and_told(bring_in, above):
    table = bring_in(above + "id,name,v\n1,x,2\n2,y,3\n")
    assert table.columns == {"id": [1, 2], "name": ["x", "y"], "v": [2, 3]}
    assert "2 lines before the table were skipped" in table.said


def test_a_column_of_sentences_with_commas_below_a_title_stays_one_column(bring_in):
    assert list(bring_in("note\nyes, please\nno, thanks\nwell, ok\n").columns) == ["note"]


@pytest.mark.parametrize(
    ("name", "word"), [("loop.csv", "a loop of links"), ("n" * 300, "too long"), ("t.csv/x", "no folder")]
)
def test_a_path_that_leads_to_no_file_is_refused_in_words(bring_in, tmp_path, name, word):
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    with pytest.raises(FileError, match=word) as caught:
        bring_in(tmp_path / name)
    assert "Errno" not in str(caught.value)


@pytest.mark.parametrize("blank", [" ", ","])
def test_names_of_rows_as_r_writes_them_are_a_column_without_a_name(bring_in, blank):
    text = '"mpg","cyl"\n"Mazda RX4",21,6\n"Datsun 710",22.8,4\n'.replace(",", blank)
    table = bring_in(text)
    assert table.columns == {"column 1": ["Mazda RX4", "Datsun 710"], "mpg": [21.0, 22.8], "cyl": [6, 4]}
    assert "as R writes the names of rows" in table.said
    assert bring_in(text, remedies={"names": "last"}).staged.names == ("mpg", "cyl", "column 3")


def test_what_separates_one_column_is_called_nothing(bring_in):
    assert "delimiter: none." in bring_in("name\nSmith, John\nMiller, Ann\nBond, James\n").said


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "iso2022_jp"])
def test_japanese_without_a_mark_is_read(bring_in, encoding):
    text = "番号,氏名\n" + "".join(f"{i},山田太郎\n" for i in range(9))
    assert bring_in(text.encode(encoding))["氏名"] == ["山田太郎"] * 9


def test_half_a_letter_is_damage_and_no_other_encoding(bring_in):
    with pytest.raises(FileError, match="encoding can't be told: line 2"):
        bring_in(b"a,b\n1,\xed\xa0\x80\n2,x\n")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"encoding": "klingon"}, "no encoding “klingon”"),
        ({"encoding": "hex"}, "no encoding “hex”"),
        ({"delimiter": "abcde"}, "can't separate"),
        ({"delimiter": "\n"}, "can't separate"),
        ({"quote": "xy"}, "can't be the quote"),
        ({"skip_rows": -1}, "can't be skipped"),
        ({"types": {"a": ColumnType.NESTED}}, "can't be read as nested"),
        ({"decimal_mark": ",", "thousands_mark": ","}, "of decimals and of thousands"),
    ],
)
def test_options_that_no_reader_can_follow_are_refused_by_name(bring_in, options, word):
    with pytest.raises(InvalidInputError, match=word) as caught:
        bring_in("a,b\n1,2\n", **options)
    assert caught.value.where.field == f"options.{list(options)[-1]}"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_bytes_that_are_no_letters_in_a_chosen_encoding_are_named_by_their_line(bring_in, encoding):
    with pytest.raises(FileError, match=f"Line 3 has bytes that are no letters in the encoding {encoding}"):
        bring_in("a,b\n1,x\n2,ü\n".encode("cp1252"), encoding=encoding)


@pytest.mark.parametrize("separator", [";;", "\t\t", "|||", "|~|"])
def test_a_separator_of_several_letters_is_found(bring_in, separator):
    assert bring_in(PLAIN.replace(",", separator))["twice"] == [2 * i for i in range(30)]


@pytest.mark.parametrize(
    ("text", "word"), [('"a,b"\n"1,x"\n"2,y"\n', "1 “,”, within the quotes"), ("a@b\n1@2\n3@4\n", "1 “@”")]
)
def test_what_may_separate_the_values_of_one_column_is_said(bring_in, text, word):
    assert f"Each line has {word}" in bring_in(text).said


def test_the_sign_by_which_old_systems_end_a_text_is_no_value(bring_in):
    table = bring_in(PLAIN.rstrip("\n") + "\x1a")
    assert table["twice"][-1] == 58
    assert "control-Z" in table.said


@pytest.mark.parametrize(
    ("foot", "word"),
    [
        ("Total,,87\nMean,,9\n", None),
        ("Total,x,87\nMean,x,9\n", "The last 2 rows begin with “Total”: they may be a total"),
        (",,870\n", "The last row has no first value, alone of all"),
        ("合计,x,870\n", "The last row begins with “合计”"),
    ],
)
def test_rows_that_may_be_totals_are_skipped_or_said(bring_in, foot, word):
    table = bring_in(PLAIN + foot)
    assert (len(table["id"]) == 30) if word is None else (word in table.said)


def test_a_first_line_with_separators_that_the_rows_lack_is_said(bring_in):
    assert "The first line has 2 “,” that the rows lack" in bring_in("a,b,c\n1\n2\n3\n").said
