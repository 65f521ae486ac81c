"""What a sheet of an .xlsx says beside its values: error cells, formulas without a value, hidden rows, its size.

One streaming pass over the sheet's XML, which also proves that the archive is whole and not larger than it says.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree import ElementTree

_CHUNK_BYTES = 1 << 22
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_ERROR = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.S)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb'\br="([A-Z]+\d+)"')
_MAIN = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class SheetFacts:
    """What was seen in the XML of one sheet."""

    xml_bytes: int = 0
    rows: int = 0
    last_row: int = 0
    last_column: int = 0
    hidden_rows: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Cell and error, such as ``("B6", "#N/A")``."""
    without_value: list[str] = field(default_factory=list[str])
    """Cells with a formula whose value was never stored."""


def sheet_path(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the archive that holds a sheet, or `None` where the workbook does not say."""
    folder = next((n.rsplit("/", 1)[0] for n in archive.namelist() if n.endswith("workbook.xml")), "xl")
    try:
        book = ElementTree.fromstring(archive.read(f"{folder}/workbook.xml"))
        relations = ElementTree.fromstring(archive.read(f"{folder}/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            key = element.get(_MAIN) or next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            target = targets.get(key, "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            return path if path in archive.namelist() else None
    return None


def facts_of(archive: zipfile.ZipFile, path: str) -> SheetFacts:
    """Read the XML of a sheet to its end."""
    facts = SheetFacts()
    for rows in _whole_rows(archive, path, facts):
        _take(rows, facts)
    return facts


def _whole_rows(archive: zipfile.ZipFile, path: str, facts: SheetFacts) -> Iterator[bytes]:
    """The XML in pieces that end behind a row."""
    rest = b""
    with archive.open(path) as file:
        while chunk := file.read(_CHUNK_BYTES):
            facts.xml_bytes += len(chunk)
            rest += chunk
            cut = rest.rfind(b"row>")
            if cut >= 0:
                yield rest[: cut + 4]
                rest = rest[cut + 4 :]
    yield rest


def _take(xml: bytes, facts: SheetFacts) -> None:
    starts = list(_ROW.finditer(xml))
    facts.rows += len(starts)
    for place, start in enumerate(starts):
        attributes = start.group(1)
        if b"hidden" in attributes and _HIDDEN.search(attributes):
            facts.hidden_rows += 1
        number = _NUMBER.search(attributes)
        facts.last_row = max(facts.last_row, int(number.group(1)) if number else facts.last_row + 1)
        end = starts[place + 1].start() if place + 1 < len(starts) else len(xml)
        last = xml.rfind(b' r="', start.end(), end)
        cell = re.match(rb' r="([A-Z]+)', xml[last : last + 12]) if last >= 0 else None
        if cell:
            facts.last_column = max(facts.last_column, column_number(cell.group(1).decode()))
    if b't="e"' in xml:
        facts.errors += [(_cell(m.group(1)), m.group(2).decode()) for m in _ERROR.finditer(xml)]
    if re.search(rb"<(?:\w+:)?f\b", xml):
        facts.without_value += [
            _cell(m.group(1)) for m in _FORMULA.finditer(xml) if b't="str"' not in m.group(1)
        ]


def _cell(attributes: bytes) -> str:
    found = _REFERENCE.search(attributes)
    return found.group(1).decode() if found else ""


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
