"""Which letters the bytes of a text stand for.

UTF-8 is believed when every byte agrees; a byte order mark is believed always. Any other encoding is a guess from
the letters, taken only when it reads as language; it is always said, and a person can choose another.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from mlops_desktop.store.reading.bytes_scan import CHUNK_BYTES, ByteFacts

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Encoding:
    """An encoding and how it was found."""

    name: str
    why: str
    is_guess: bool = False


def has_mark(head: bytes) -> str:
    """The encoding that a byte order mark names; empty without one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def find_encoding(head: bytes, facts: ByteFacts) -> Encoding | None:
    """The encoding of a text, or `None` where no guess is good enough.

    Parameters
    ----------
    head : bytes
        Its beginning.
    facts : ByteFacts
        What is known of all its bytes.
    """
    mark = has_mark(head)
    if mark:
        return Encoding(mark, "The file begins with a byte order mark.")
    wide = _without_mark(head)
    if wide:
        return Encoding(wide, "Every second byte is zero.")
    if facts.bad_utf8_line is None:
        return Encoding("utf-8", "All bytes are ASCII." if facts.is_ascii else "All bytes agree with it.")
    return _guess(head)


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: zeros in every second place of nearly all text of the west."""
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 2 and odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if half >= 2 and even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _guess(head: bytes) -> Encoding | None:
    from charset_normalizer import from_bytes

    lines = [line for line in head.splitlines(keepends=True) if not line.isascii()][:4000]
    sample = b"".join(lines)
    if not sample or _is_nearly_utf8(sample):
        return None
    for name in ("gb18030", "shift_jis", "euc_kr", "big5"):
        if _decodes(sample, name) and _is_east_asian(sample.decode(name)):
            return Encoding(
                name, "The bytes above ASCII come in pairs that are common signs of it.", is_guess=True
            )
    best = from_bytes(
        sample, cp_isolation=["cp1252", "cp1250", "cp1251", "koi8_r", "iso8859_7", "cp1254", "mac_roman"]
    ).best()
    if _reads_as_latin(sample):
        return Encoding(
            "cp1252", "The bytes above ASCII are letters and signs of western Europe in it.", is_guess=True
        )
    return Encoding(best.encoding, "The letters read as language in it.", is_guess=True) if best else None


def _is_nearly_utf8(sample: bytes) -> bool:
    """Whether most letters are good UTF-8: then the rest is damage, not another encoding."""
    decoded = sample.decode("utf-8", errors="replace")
    broken = decoded.count("\ufffd")
    good = sum(1 for letter in decoded if ord(letter) > 127) - broken
    return good > 3 * broken


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _is_east_asian(text: str) -> bool:
    """Whether nearly all letters beyond ASCII are common Han, kana, hangul or their punctuation."""
    letters = [ord(letter) for letter in text if ord(letter) > 127]
    common = sum(
        1
        for o in letters
        if 0x3000 <= o <= 0x30FF
        or 0x4E00 <= o <= 0x9FFF
        or 0xAC00 <= o <= 0xD7A3
        or 0xFF00 <= o <= 0xFFEF
        or 0x3400 <= o <= 0x4DBF
    )
    runs = sum(1 for a, b in pairwise(text) if ord(a) > 0x2FFF and ord(b) > 0x2FFF)
    return bool(letters) and common >= 0.95 * len(letters) and runs * 2 >= len(letters) * 0.5


_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽžŸ€£§°µ·²³½¼¾«»“”‘’‚„–—…™©®¿¡†•‹›ªº\u00a0"
)


def _reads_as_latin(sample: bytes) -> bool:
    """Whether the bytes are defined in Windows-1252, and those above ASCII stand among ASCII letters."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = [place for place, letter in enumerate(text) if ord(letter) > 127]
    western = sum(text[place] in _WESTERN for place in beyond)
    pairs = sum(1 for a, b in pairwise(beyond) if b == a + 1)
    return western >= 0.98 * len(beyond) and pairs <= 0.25 * len(beyond)


def recode(path: Path, target: Path, encoding: str, *, limit: int | None = None) -> int | None:
    """Write `path` as UTF-8 to `target`; the line with the first byte that is no letter, or `None`.

    With a `limit` (in bytes) only the whole lines at the beginning are written.

    Raises
    ------
    LookupError
        There is no encoding of that name.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with target.open("wb") as out:
        try:
            for text in _decoded(path, decoder, limit):
                lines += text.count("\n")
                out.write(text.removeprefix("\ufeff").encode("utf-8"))
        except UnicodeError:
            return lines + 1
    return None


def _decoded(path: Path, decoder: codecs.IncrementalDecoder, limit: int | None) -> Iterator[str]:
    with path.open("rb") as file:
        if limit is not None and path.stat().st_size > limit:
            text = decoder.decode(file.read(limit))
            yield text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
            return
        while chunk := file.read(CHUNK_BYTES):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", True)
