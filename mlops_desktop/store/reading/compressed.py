"""Compressed files: unpacked whole into private scratch space, checked to their last byte.

A cut or damaged archive is refused instead of half read; the second part of a joined gzip is read; what would
grow beyond all measure is stopped.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from mlops_desktop.domain.imports import ImportOptions
from mlops_desktop.store.reading.formats import Format
from mlops_desktop.store.reading.source import Source

_CHUNK_BYTES = 1 << 20
_PREVIEW_BYTES = 4 << 20
_BOMBS = ((64 << 20, 500), (2 << 30, 200))
"""Bytes and ratio beyond which it is no table any more that was packed."""


def unpack(source: Source, path: Path, kind: Format, options: ImportOptions, *, whole: bool) -> Path:
    """The one file within a compressed file.

    Parameters
    ----------
    source : Source
        For messages and scratch space.
    path : Path
        The compressed bytes.
    kind : Format
        ``gzip``, ``zstd`` or ``zip``.
    options : ImportOptions
        `sheet` names the file in an archive of several.
    whole : bool
        False for a preview, for which the beginning is enough.

    Raises
    ------
    FileError
        Damaged, cut, locked or far too large when unpacked, or an archive of several tables.
    """
    target = path.with_name(
        f"{path.name}-{kind}"
    )  # beside the packed bytes, which may be unpacked ones themselves
    packed = path.stat().st_size
    try:
        if kind == "zip":
            pieces = _zip(source, path, options)
        else:
            pieces = _gzip(path) if kind == "gzip" else _zstd(path)
        _write(source, target, pieces, packed, whole=whole)
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, _Damaged) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise source.error(
            f"{source.name} is a {kind} file that is damaged or cut: it can't be unpacked to its end.",
            reason=f"{str(error)[:1].upper()}{str(error)[1:]}.",
            remedy="Get the file again from where it was made.",
        ) from error
    if target.stat().st_size == 0:
        raise source.error(f"{source.name} is a {kind} file with nothing in it: it is empty.")
    return target


class _Damaged(Exception):
    """A compressed stream that does not end as it should."""


def _write(source: Source, target: Path, pieces: Iterator[bytes], packed: int, *, whole: bool) -> None:
    size = 0
    free = shutil.disk_usage(target.parent).free
    with target.open("wb") as out:
        for piece in pieces:
            size += len(piece)
            if any(size > least and size > ratio * packed for least, ratio in _BOMBS):
                raise source.error(
                    f"{source.name} would unpack to over {size >> 20} MB, {size // packed} times its size.",
                    reason="No table is packed that small: it may be made to fill the disk.",
                )
            if size > free - (256 << 20):
                raise source.error(
                    f"There is no room to unpack {source.name}: over {size >> 20} MB are needed."
                )
            out.write(piece)
            if not whole and size >= _PREVIEW_BYTES:
                return


def _gzip(path: Path) -> Iterator[bytes]:
    """All members of a gzip file, each checked; zero bytes behind the last are padding."""
    with path.open("rb") as file:
        inflate = zlib.decompressobj(31)
        started = False
        while chunk := file.read(_CHUNK_BYTES):
            while chunk:
                if not started and not chunk.strip(b"\0"):
                    break
                started = True
                yield inflate.decompress(chunk)
                chunk = inflate.unused_data
                if inflate.eof:
                    inflate, started = zlib.decompressobj(31), False
        if started:
            raise _Damaged("the compressed data ends too early")


def _zstd(path: Path) -> Iterator[bytes]:
    """All frames of a zstd file."""
    import zstandard

    with path.open("rb") as file:
        frame = zstandard.ZstdDecompressor().decompressobj()
        started = False
        try:
            while chunk := file.read(_CHUNK_BYTES):
                while chunk:
                    started = True
                    yield frame.decompress(chunk)
                    chunk = frame.unused_data if frame.eof else b""
                    if frame.eof:
                        frame, started = zstandard.ZstdDecompressor().decompressobj(), False
        except zstandard.ZstdError as error:
            raise _Damaged(str(error)) from error
        if started:
            raise _Damaged("the compressed data ends too early")


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive that a person put there."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and not Path(info.filename).name.startswith(".")
    ]


def _zip(source: Source, path: Path, options: ImportOptions) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as archive:
        found = members(archive)
        if not found:
            raise source.error(f"{source.name} is a zip archive without a file in it: it is empty.")
        if options.sheet is not None:
            found = [info for info in found if info.filename == options.sheet]
        if len(found) != 1:
            listed = ", ".join(info.filename for info in members(archive)[:8]) or "nothing"
            raise source.error(
                f"{source.name} is a zip archive with {len(members(archive))} files: {listed}.",
                reason="One table is imported at a time.",
                remedy="Choose one of them by its name, or unpack the archive and import them one by one.",
            )
        if found[0].flag_bits & 1:
            raise source.error(
                f"{source.name} is a zip archive with a password.",
                remedy="Unpack it and import the file within.",
            )
        try:
            with archive.open(found[0]) as file:
                while piece := file.read(_CHUNK_BYTES):
                    yield piece
        except NotImplementedError as error:
            raise source.error(
                f"{source.name} is a zip archive packed in a way that can't be read: {error}.",
                remedy="Unpack it and import the file within.",
            ) from error
