"""The files of a bundle: in a folder, inside a ``.pyz``, or in memory; and their checksums."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from .errors import DamagedBundleError

MANIFEST = "manifest.json"
LONGEST_FILE = 4 << 30
"""Bytes; a manifest that names a longer file is not ours."""


class Files(Protocol):
    """Files by name."""

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`; KeyError if there is none."""
        ...


class MemoryFiles:
    """Files held in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`."""
        return self.files[name]


class PathFiles:
    """Files that stand in different places, by name."""

    def __init__(self, paths: Mapping[str, str | Path]) -> None:
        self.paths = {name: Path(path) for name, path in paths.items()}

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`."""
        return self.paths[name].read_bytes()


class FolderFiles:
    """The files of a bundle's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`; a name that leads out of the folder is refused."""
        path = self.folder / _plain(name)
        if path.is_symlink() or not path.is_file():
            raise KeyError(name)
        return path.read_bytes()


class ZipFiles:
    """The files inside a ``.pyz``."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`."""
        return self._archive.read(_plain(name))


class CheckedFiles:
    """Files whose bytes are compared with the manifest before anybody sees them.

    Raises
    ------
    DamagedBundleError
        There is no manifest, a file that it names is gone, or its checksum differs.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        try:
            self.manifest = json.loads(files.read(MANIFEST))
            self.entries: dict[str, dict[str, object]] = dict(self.manifest["files"])
        except (KeyError, ValueError, TypeError) as error:
            raise DamagedBundleError(f"{MANIFEST} is missing or damaged.") from error

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`, once its checksum has been found right."""
        entry = self.entries.get(name)
        if entry is None:
            raise DamagedBundleError(f"{name} is not in {MANIFEST}.")
        try:
            data = self._files.read(name)
        except KeyError:
            raise DamagedBundleError(f"{name} is missing.") from None
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise DamagedBundleError(
                f"{name} is not the file that was exported: its checksum (SHA-256) differs. Export the bundle again."
            )
        return data

    def check_all(self) -> int:
        """Compare every file of the manifest; the number of files."""
        for name in self.entries:
            self.read(name)
        return len(self.entries)


class InFolder:
    """Those of some files whose names begin with `prefix`, without it."""

    def __init__(self, files: Files, prefix: str) -> None:
        self._files = files
        self._prefix = prefix

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`."""
        return self._files.read(self._prefix + name)


def open_bundle(place: Path) -> CheckedFiles:
    """The files of the bundle in the folder or ``.pyz`` at `place`."""
    return CheckedFiles(ZipFiles(place) if place.is_file() else FolderFiles(place))


def _plain(name: str) -> str:
    """`name`, or an error if it leads out of the bundle."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith("/") or ":" in name or ".." in parts or "" in parts:
        raise DamagedBundleError(f"{name!r} is no name of a file in a bundle.")
    return name
