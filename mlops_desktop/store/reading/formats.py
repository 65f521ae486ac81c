"""What a file is, by its bytes: the name of a file is only what somebody called it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Literal

Format = Literal[
    "text",
    "json",
    "parquet",
    "arrow file",
    "arrow stream",
    "feather v1",
    "zip",
    "gzip",
    "zstd",
    "ole",
    "other",
]

_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"PAR1", "parquet"),
    (b"PARE", "parquet"),
    (b"ARROW1", "arrow file"),
    (b"\xff\xff\xff\xff", "arrow stream"),
    (b"FEA1", "feather v1"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    *((bytes((kind, 0x2A, 0x4D, 0x18)), "zstd") for kind in range(0x50, 0x60)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_OTHERS = (
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x80\x04\x95", "a Python pickle (which could run anything)"),
    (b"\x80\x05\x95", "a Python pickle (which could run anything)"),
    (b"\x80\x02", "a Python pickle (which could run anything)"),
    (b"\x80\x03", "a Python pickle (which could run anything)"),
    (b"\x1f\x9d", "a file packed by compress (.Z)"),
    (b"\x04\x22\x4d\x18", "an LZ4 file"),
    (b"\xff\x06\x00\x00sNaPpY", "a Snappy file"),
    (b"$FL2", "an SPSS file"),
    (b"$FL3", "an SPSS file"),
    (bytes(12) + b"\xc2\xea\x81\x60", "a SAS file"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
    (b"X\n\x00\x00\x00", "an R data file"),
    (b"MZ\x90\x00", "a program"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a link of Windows (.lnk)"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"RDX", "an R data file"),
    (b"\x7fELF", "a program"),
)
_TEXTS = (
    (b"%PDF-", "a PDF"),
    (b"<stata_dta>", "a Stata file"),
    (b"HEADER RECORD*******", "a SAS transport file"),
    (b"version https://git-lfs.github.com/spec/", "a pointer of Git LFS (the file itself was not fetched)"),
)
"""Of formats that begin with words."""
_PLAIN = frozenset((*b"\t\n\r", *range(0x20, 0x7F)))
_NAMED: dict[str, str] = {
    "parquet": "a Parquet file",
    "arrow file": "an Arrow file",
    "arrow stream": "an Arrow stream",
    "feather v1": "a Feather file of version 1",
    "zip": "a zip archive",
}


def format_of(head: bytes, name: str = "") -> Format:
    """The format of a file that begins with `head`; its name only settles what may be JSON or text."""
    magic = format_of_magic(head)
    if magic:
        return magic
    if foreign(head):
        return "other"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: 1 << 12].decode("utf-16", errors="replace").encode()
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    inner = start[1:].lstrip()[:1]
    if (start[:1] == b"{" and inner in (b'"', b"}")) or (start[:1] == b"[" and inner in (b"{", b"]", b"[")):
        return "json"
    if name.lower().endswith((".json", ".jsonl", ".ndjson")) and (
        start[:1] in (b"{", b"[") or start.startswith((b"//", b"/*")) or _is_one_value(start)
    ):
        return "json"
    return "text"


def _is_one_value(text: bytes) -> bool:
    """Whether a short text is one number, word or text of JSON: named so, it is no table of one name."""
    try:
        json.loads(text[:4096])
    except ValueError:
        return False
    return True


def foreign(head: bytes) -> str:
    """What a file without a table that we read is, in words; empty when it is none of those known."""
    signs = _TEXTS if _is_plain(head) else (*_OTHERS, *_TEXTS)
    named = next((word for magic, word in signs if head.startswith(magic)), "")
    if named or head[8:12] == b"DUCK":
        return named or "a DuckDB database"
    start = head[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")):
        return "an HTML page (some programs name these .xls)"
    if start.startswith(b"<?xml"):
        return "an XML text" + (" of a spreadsheet (Excel 2003 XML)" if b"spreadsheet" in start else "")
    if start.startswith(b"@relation") and b"@attribute" in head.lower():
        return "an ARFF file of Weka"
    if start.startswith(
        (b"insert into ", b"create table ", b"-- mysql dump", b"-- postgresql database dump")
    ):
        return "an SQL script"
    if head[257:262] == b"ustar":
        return "a tar archive"
    if start.startswith(b"{\\rtf"):
        return "an RTF text"
    return named_format(format_of_magic(head) or "")


def _is_plain(head: bytes) -> bool:
    """Whether a file begins with a line of plain letters: a column may be called PAR1 or ORCID."""
    return b"\n" in head[:4096] and _PLAIN.issuperset(head[:256])


def format_of_magic(head: bytes) -> Format | None:
    """The format that the first bytes name; `None` for a text."""
    if _is_plain(head):
        return None
    return next((found for magic, found in _MAGIC if head.startswith(magic)), None)


def named_format(kind: str) -> str:
    """A format in words."""
    return _NAMED.get(kind, "")


def office_kind(archive: zipfile.ZipFile) -> str:
    """``workbook``, another office document in words, or an empty text for any other archive."""
    names = set(archive.namelist())
    if any(n.startswith("xl/") and n.endswith("workbook.xml") for n in names):
        return "workbook"
    if any(n == "xl/workbook.bin" for n in names):
        return "a binary workbook (.xlsb), which can't be imported"
    if "word/document.xml" in names:
        return "a text document (.docx), not a table"
    if "Index/Document.iwa" in names:
        return "a spreadsheet of Apple Numbers, which can't be imported"
    if "ppt/presentation.xml" in names:
        return "a presentation (.pptx), not a table"
    if "mimetype" in names:
        kind = archive.read("mimetype")[:100].decode("ascii", errors="replace")
        if "opendocument.spreadsheet" in kind:
            return "an OpenDocument spreadsheet (.ods), which can't be imported"
        if "opendocument" in kind:
            return "an OpenDocument text or drawing, not a table"
    return ""


def locked_or_old(path: Path) -> str:
    """What a compound file (OLE) is: an old or a locked office document."""
    with path.open("rb") as file:
        data = file.read(8 << 20)
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "a workbook with a password (locked, encrypted)"
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "an old workbook (.xls of Excel 97 to 2003)"
    if "WordDocument".encode("utf-16-le") in data:
        return "an old text document (.doc)"
    return "an old office document (a compound file)"
