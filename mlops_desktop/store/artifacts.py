"""Artifacts by content: a file is named by the SHA-256 of its bytes, written once, never changed."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path

from mlops_desktop import system
from mlops_desktop.domain.errors import DamagedError, NotFoundError, Where


class Artifacts:
    """The folder ``artifacts`` of a project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "artifacts"

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie; never outside, since a hash has only digits and letters a to f."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise DamagedError(f"“{sha256}” is no name of an artifact.")
        return system.within(self._folder, f"{sha256[:2]}/{sha256}")

    def take_in(self, source: Path, sha256: str) -> None:
        """Copy a child's file in, if its bytes have the hash that the child said.

        Raises
        ------
        DamagedError
            They have not.
        """
        target = self.path(sha256)
        if target.exists():
            return
        system.make_private_folder(target.parent)
        # always: a kill may have left the folder made and its name not durable
        system.fsync_folder(self._folder)
        temp = target.with_name(f".{secrets.token_hex(8)}{system.TEMP_SUFFIX}")
        try:
            with system.open_nofollow(source) as reading, temp.open("xb") as writing:
                shutil.copyfileobj(reading, writing)
            if sha256_of(temp) != sha256:
                raise DamagedError(
                    f"{source.name} isn't what the run said it wrote.", where=Where(file=str(source))
                )
            system.publish(temp, target)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash.

        Raises
        ------
        NotFoundError
            The file is gone.
        DamagedError
            Its bytes are others.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(
                f"The artifact {sha256[:8]} is gone.",
                reason=f"{path} was deleted.",
                remedy="Restore a backup.",
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DamagedError(f"The artifact {sha256[:8]} is damaged.", where=Where(file=str(path)))
        return data

    def on_disk(self) -> list[Path]:
        """Every file in the folder."""
        return sorted(p for p in self._folder.glob("??/*") if p.is_file())


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
