"""A file of each format through the service's own process, as a window or a command asks for it."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from mlops_desktop.project import Project

from ..running import Service

ROWS = [("Alice", 1, 0.5), ("Bob", 2, None), ("Ünal", 3, 2.5)]
NAMES = ("name", "number", "share")


def as_csv() -> bytes:
    lines = [",".join(NAMES), *(",".join("" if v is None else str(v) for v in row) for row in ROWS)]
    return "\n".join(lines).encode() + b"\n"


def as_table() -> pa.Table:
    return pa.table({name: [row[i] for row in ROWS] for i, name in enumerate(NAMES)})


def workbook(path: Path) -> None:
    """Like those that a spreadsheet program saves, with the text in the cells."""
    cells = [NAMES, *ROWS]
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in cells)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kin = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet_type}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships {kin}><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{office}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships {kin}><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def _cell(value: object) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("people.csv", as_csv())


FORMATS: dict[str, Callable[[Path], object]] = {
    "csv": lambda path: path.write_bytes(as_csv()),
    "tsv": lambda path: path.write_bytes(as_csv().replace(b",", b"\t")),
    "csv.gz": lambda path: path.write_bytes(gzip.compress(as_csv())),
    "csv.zst": lambda path: path.write_bytes(pa.Codec("zstd").compress(as_csv(), asbytes=True)),
    "zip": zipped,
    "jsonl": lambda path: path.write_text("\n".join(json.dumps(dict(zip(NAMES, row, strict=True))) for row in ROWS)),
    "json": lambda path: path.write_text(json.dumps([dict(zip(NAMES, row, strict=True)) for row in ROWS])),
    "parquet": lambda path: pyarrow.parquet.write_table(as_table(), path),
    "feather": lambda path: pyarrow.feather.write_feather(as_table(), str(path)),
    "xlsx": workbook,
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Of a service that is a process of its own: what it keeps out of itself may be missing in a reader."""
    service = Service(tmp_path_factory.mktemp("formats") / "people.mlops").start()
    yield service.project()
    service.close()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_is_the_same_in_each_format(project: Project, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"people.{kind}"
    FORMATS[kind](path)
    version = project.datasets.import_file(str(path), f"as {kind}").wait(60)
    page = project.datasets.rows(version.ref)
    assert tuple(c.name for c in version.columns) == NAMES and page.total_rows == len(ROWS)
    out = tmp_path / "out.parquet"
    project.datasets.export(version.ref, str(out)).wait(60)
    found = pyarrow.parquet.read_table(out).to_pydict()
    assert list(zip(*found.values(), strict=True)) == ROWS
