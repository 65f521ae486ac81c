"""Numbers of a JSON text that no double holds: brought through DuckDB's reader with all their digits.

The reader keeps whole numbers of any length, but makes a double of every number with a point or an exponent. Where
one of them would lose digits so, all of them are written as marked texts first; the mark goes away behind the reader.
"""

from __future__ import annotations

import mmap
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from mlops_desktop.store.reading.bytes_scan import chunks_of
from mlops_desktop.store.reading.proofs import EXACT_DIGITS, WHOLE_DIGITS
from mlops_desktop.store.reading.sql import literal

_MARKS = range(0xE000, 0xF900)
"""Letters for private use, of which one that the text does not have becomes the mark."""
_LONG = re.compile(rb"[0-9.]{%d,}[eE]?" % (EXACT_DIGITS + 1))
_LONGEST_PART = 64
"""Bytes of a piece of the text that are looked at with the next one: a number may be cut in two."""
_FAR = re.compile(rb"[eE][-+]?[0-9]{3}")
"""An exponent near the end of a double's range or beyond."""
_TOKENS = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+(?:(\.[0-9]+)(?:[eE][-+]?[0-9]+)?|([eE][-+]?[0-9]+))', re.S
)


def with_long_numbers(path: Path, target: Path) -> str:
    """Write the text with every number that has a point or an exponent as a marked text, if one needs it.

    Parameters
    ----------
    path : Path
        JSON as UTF-8.
    target : Path
        Written only where it is needed.

    Returns
    -------
    str
        The mark, with which such a text begins; empty where the text can be read as it is.
    """
    if not _may_lose(path):
        return ""
    private = target.with_suffix(".copy")  # to be mapped: a file cut short meanwhile would end the process
    shutil.copyfile(path, private)
    if private.stat().st_size == 0:
        return ""
    with private.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        if not any(_loses(token) for _, token in _numbers(view)):
            return ""
        mark = next(chr(code) for code in _MARKS if not _has(view, code))
        with target.open("wb") as out:
            at = 0
            for start, token in _numbers(view):
                out.write(view[at:start])
                out.write(b'"' + mark.encode() + token + b'"')
                at = start + len(token)
            out.write(view[at:])
    return mark


def _may_lose(path: Path) -> bool:
    """Whether there is such a number, perhaps within a text."""
    rest = b""
    for chunk in chunks_of(path):
        if _may_lose_in(rest + chunk):
            return True
        rest = chunk[-_LONGEST_PART:]
    return False


def _may_lose_in(text: bytes) -> bool:
    """The same for a part; whole numbers keep their digits anyway."""
    for found in _LONG.finditer(text):
        letters = found.group()
        digits = letters.translate(None, b".eE").lstrip(b"0")
        many = len(digits) > EXACT_DIGITS or _whole_digits(letters) > WHOLE_DIGITS
        if many and len(digits) < len(letters):
            return True
    return _FAR.search(text) is not None


def _has(view: mmap.mmap, code: int) -> bool:
    """Whether the text has a letter, as it is or escaped."""
    words = (chr(code), f"\\u{code:04x}", f"\\u{code:04X}")
    return any(view.find(word.encode()) >= 0 for word in words)


def _numbers(view: mmap.mmap) -> Iterator[tuple[int, bytes]]:
    """Place and letters of each number with a point or an exponent."""
    return ((found.start(), found.group()) for found in _TOKENS.finditer(view) if found.lastindex)


def _whole_digits(number: bytes) -> int:
    """Digits before the point."""
    return len(number.partition(b".")[0].lstrip(b"-0"))


def _loses(token: bytes) -> bool:
    """Whether a double does not hold the number."""
    mantissa = re.sub(rb"[eE].*", b"", token)
    digits = mantissa.replace(b".", b"").lstrip(b"-0")
    if len(digits.rstrip(b"0")) > EXACT_DIGITS or (
        b"." in mantissa and _whole_digits(mantissa) > WHOLE_DIGITS
    ):
        return True
    number = float(token)
    return bool(digits) and (number == 0 or number in (float("inf"), float("-inf")))


def plain_number(text: str, mark: str) -> str:
    """SQL of a value as it was written, of the SQL expression `text` that may be a marked text."""
    return f"ltrim({text}, {literal(mark)})" if mark else text


def plain_nested(text: str, mark: str) -> str:
    """The same for JSON with such numbers within."""
    if not mark:
        return text
    pattern = literal('"' + mark + '([^"]*)"')
    return f"regexp_replace({text}, {pattern}, '\\1', 'g')"


def is_marked(value: str, mark: str) -> str:
    """SQL: whether the JSON value `value` is a marked text."""
    begins = literal('"' + mark)
    return f"starts_with({value}::VARCHAR, {begins})" if mark else "false"
