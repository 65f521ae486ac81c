"""One cheap pass over all bytes of a text: what a look at its beginning can't know.

Whether it is UTF-8 to the last byte, where a zero byte is, how its lines end, whether it has quotes at all, and
its SHA-256. About half a second for a gigabyte; the hash is taken by a second thread beside the rest.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

CHUNK_BYTES = 1 << 22


@dataclass
class ByteFacts:
    """What the bytes of a text say; line numbers are counted from 1."""

    size: int = 0
    sha256: str = ""
    is_ascii: bool = True
    bad_utf8_line: int | None = None
    """Line of the first byte that is not UTF-8."""
    is_cut: bool = False
    """Whether a UTF-8 text ends within a letter."""
    zero_line: int | None = None
    """Line of the first zero byte."""
    zeros: int = 0
    zero_tail: int = 0
    """Zero bytes at the very end of the file."""
    quotes: bool = False
    underscores: bool = False
    lf: int = 0
    cr: int = 0
    crlf: int = 0
    last: bytes = b""
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    @property
    def line_ends(self) -> str:
        """``\\n``, ``\\r\\n``, ``\\r``, or an empty text where they are mixed."""
        if self.cr == 0:
            return "\n"
        if self.lf == 0:
            return "\r"
        return "\r\n" if self.crlf == self.lf == self.cr else ""

    def take(self, chunk: bytes) -> None:
        """Count one more piece of the file."""
        self.size += len(chunk)
        self._zeros(chunk)
        self._utf8(chunk)
        self.quotes = self.quotes or b'"' in chunk
        self.underscores = self.underscores or b"_" in chunk
        self._lines(chunk)
        self.last = chunk[-1:]

    def _lines(self, chunk: bytes) -> None:
        self.lf += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == 10))
        if b"\r" in chunk:
            self.cr += chunk.count(b"\r")
            self.crlf += chunk.count(b"\r\n")
        if self.last == b"\r" and chunk[:1] == b"\n":
            self.crlf += 1

    def _zeros(self, chunk: bytes) -> None:
        if 0 not in chunk:
            self.zero_tail = 0
            return
        self.zeros += chunk.count(0)
        if self.zero_line is None:
            self.zero_line = self._line_at(chunk, chunk.index(0))
        tail = len(chunk) - len(chunk.rstrip(b"\0"))
        self.zero_tail = self.zero_tail + tail if tail == len(chunk) else tail

    def _utf8(self, chunk: bytes) -> None:
        if self.bad_utf8_line is not None:
            return
        pending = self._decoder.getstate()[0]
        if not pending and chunk.isascii():
            return
        self.is_ascii = False
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            self.bad_utf8_line = self._line_at(chunk, max(0, error.start - len(pending)))

    def _line_at(self, chunk: bytes, place: int) -> int:
        before = chunk[:place]
        if self.lf or b"\n" in before:
            return self.lf + before.count(b"\n") + 1
        return self.cr + before.count(b"\r") + 1

    def finish(self) -> None:
        """The file has ended: an unfinished letter is not UTF-8."""
        if self.bad_utf8_line is None and self._decoder.getstate()[0]:
            self.bad_utf8_line = self.lf + 1
            self.is_cut = True


def chunks_of(path: Path) -> Iterator[bytes]:
    """The file in pieces of `CHUNK_BYTES`."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def scan_bytes(path: Path) -> ByteFacts:
    """Read the whole file once and say what its bytes are."""
    facts, digest = ByteFacts(), hashlib.sha256()
    with ThreadPoolExecutor(1) as pool:
        hashed: Future[None] | None = None
        for chunk in chunks_of(path):
            if hashed is not None:
                hashed.result()
            hashed = pool.submit(digest.update, chunk)
            facts.take(chunk)
    facts.finish()
    facts.sha256 = digest.hexdigest()
    return facts


def scan_head(head: bytes, *, is_whole: bool) -> ByteFacts:
    """The same facts about the beginning of a file (without a hash)."""
    facts = ByteFacts()
    facts.take(head)
    if is_whole:
        facts.finish()
    return facts
