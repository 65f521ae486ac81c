from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_desktop.domain.imports import ColumnType, ImportOptions
from mlops_desktop.store.reading import preview, stage
from mlops_desktop.store.reading.values import MISSING_TOKENS

LETTERS = st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cc"))
VALUES = st.one_of(
    st.text(LETTERS, max_size=6),
    st.text(st.sampled_from("a ,;\"'\n\r1.-"), max_size=8),
    st.integers().map(str),
    st.floats(allow_nan=False).map(repr),
    st.dates().map(str),
    st.sampled_from(
        ["NA", "007", "+1", "1e5", "true", "No", "1.0", "-0", "12,5", "31/12/2024", "1_000", " 7"]
    ),
)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=8)
)


def written(rows, delimiter, end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow([f"name {i}" for i in range(len(rows[0]))])
    writer.writerows(rows)
    return out.getvalue().encode()


def staged(folder: Path, content: bytes, **options):
    path, target = folder / "t.csv", folder / "t.parquet"
    path.write_bytes(content)
    with duckdb.connect() as connection:
        file = stage(
            connection.cursor(),
            path,
            ImportOptions(**options),
            target,
            lambda n: [f"p{i}" for i in range(len(n))],
        )
        shown = ", ".join(f"{p}::VARCHAR" for p in file.physical)
        return file, connection.execute(f"SELECT {shown} FROM read_parquet('{target}')").fetchall()


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_every_text_comes_back_as_it_was_written(rows, delimiter, end):
    names = [f"name {i}" for i in range(len(rows[0]))]
    with tempfile.TemporaryDirectory() as folder:
        types = dict.fromkeys(names, ColumnType.TEXT)
        _, read = staged(
            Path(folder),
            written(rows, delimiter, end),
            delimiter=delimiter,
            header=True,
            types=types,
            skip_rows=0,
        )
    assert read == [tuple(row) for row in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_no_value_is_lost_whatever_type_its_column_gets(rows):
    with tempfile.TemporaryDirectory() as folder:
        file, read = staged(Path(folder), written(rows, ",", "\n"), delimiter=",", header=True, skip_rows=0)
    assert len(read) == len(rows)
    for place, type_ in enumerate(file.types):
        for before, after in zip((row[place] for row in rows), (row[place] for row in read), strict=True):
            if type_ == "VARCHAR":
                assert after == before
            elif type_ in ("BIGINT", "DECIMAL(38,0)") and after is not None:
                assert int(after) == int(before)
            elif type_ == "DOUBLE" and after is not None and "," not in before:
                assert float(after) == float(before)
            elif after is None:
                assert before.strip().lower() in ("", *MISSING_TOKENS)


def test_a_preview_says_what_the_import_will_do(tmp_path, cursor):
    (tmp_path / "t.csv").write_text("id,zip,when\n1,01234,2024-05-01\n2,44481,2024-05-02\nTotal,,\n")
    shown = preview(cursor, tmp_path / "t.csv", ImportOptions())
    assert [(c.name, c.type) for c in shown.columns] == [
        ("id", ColumnType.INTEGER),
        ("zip", ColumnType.TEXT),
        ("when", ColumnType.DATE),
    ]
    assert shown.row_count == 2
    assert shown.first_rows.column("zip") == ["01234", "44481"]
    assert [row.row for row in shown.last_rows] == [1, 2]
    assert [problem.key for problem in shown.problems] == ["foot"]


def test_a_type_that_a_person_chose_is_refused_with_the_row_that_does_not_fit(tmp_path, cursor):
    (tmp_path / "t.csv").write_text("v\n1\n2\nx\n")
    shown = preview(cursor, tmp_path / "t.csv", ImportOptions(types={"v": ColumnType.INTEGER}))
    assert (shown.problems[0].row, shown.problems[0].what) == (3, "“x” is no integer.")
    file, read = staged(
        tmp_path, b"v\n1\n2\nx\n", types={"v": ColumnType.INTEGER}, remedies={"v:unreadable": "missing"}
    )
    assert read == [("1",), ("2",), (None,)]
    assert "“x” is no integer" in file.report.said()
