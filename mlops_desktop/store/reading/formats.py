"""What a file is, by its bytes: the name of a file is only what somebody called it."""

from __future__ import annotations

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
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_OTHERS = (
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"Obj\x01", "Avro"),
    (b"ORC", "ORC"),
    (b"\x80\x04\x95", "Python pickle"),
    (b"\x80\x05\x95", "Python pickle"),
    (b"\x93NUMPY", "NumPy"),
    (b"RDX", "R data"),
    (b"\x7fELF", "program"),
)


def format_of(head: bytes) -> Format:
    """The format of a file that begins with `head`."""
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if foreign(head):
        return "other"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    if start[:1] == b"{" or (
        start[:1] == b"[" and head.lstrip(b"\xef\xbb\xbf \t\r\n")[1:].lstrip()[:1] in (b"{", b"]", b"[")
    ):
        return "json"
    return "text"


def foreign(head: bytes) -> str:
    """The name of a format that holds no table we read; empty when it is none of those known."""
    named = next((word for magic, word in _OTHERS if head.startswith(magic)), "")
    if named:
        return named
    return "DuckDB" if head[8:12] == b"DUCK" else ""
