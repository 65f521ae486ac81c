"""This machine: its name, its cores, its id, its present boot, its folders, and where a folder really lies."""

from __future__ import annotations

import hashlib
import os
import platform as host
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import platformdirs

from mlops_desktop.system.durable import make_private_folder
from mlops_desktop.system.platforms import HERE, Platform

APPLICATION: Final = "mlops-desktop"


def machine_name() -> str:
    """The name people know this machine by."""
    return host.node() or "this machine"


def usable_cores(platform: Platform = HERE) -> int:
    """Cores that this process may use: on Linux those it is bound to, elsewhere all of the machine."""
    if platform.name == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine_id() -> str:
    """An id of this machine that stays over restarts; a hash, so that it can be shown."""
    known = _first_text(Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")) or f"{uuid.getnode():x}"
    # Containers often share or lack the file: the name of the host tells them apart.
    return hashlib.sha256(f"{APPLICATION}\0{known}\0{host.node()}".encode()).hexdigest()[:32]


def boot_id(platform: Platform = HERE) -> str:
    """An id of this run of the machine: another one after each restart."""
    known = _first_text(Path("/proc/sys/kernel/random/boot_id")) if platform.name == "linux" else ""
    if known:
        return known
    import psutil

    return f"booted {psutil.boot_time():.0f}"


def _first_text(*paths: Path) -> str:
    for path in paths:
        with suppress(OSError):  # not there, or not for us: the next one
            text = path.read_text("ascii").strip()
            if text:
                return text
    return ""


def folder_id(folder: Path) -> str:
    """An id of `folder` within this boot: it stays when the folder is moved on its disk, a copy has another."""
    found = folder.stat()
    return f"{found.st_dev:x}:{found.st_ino:x}"


FolderKind = Literal["local", "network", "synced"]
_NETWORK_TYPES: Final = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "afs",
        "afpfs",
        "webdav",
        "davfs",
        "9p",
        "ceph",
        "glusterfs",
        "lustre",
        "gpfs",
    ]
)
_NETWORK_FUSE: Final = ("sshfs", "rclone", "s3fs", "gcsfuse", "davfs", "gvfsd", "glusterfs", "curlftpfs")
_SYNCED_NAMES: Final = (
    "dropbox",
    "onedrive",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "nextcloud",
    "seafile",
)


def folder_kind(path: Path, mounts: Sequence[tuple[str, str]] | None = None) -> FolderKind:
    """A guess where `path` lies: its locks can't be trusted on a network drive or in a synced folder.

    Parameters
    ----------
    mounts : sequence of (mount point, type of file system), optional
        Those of this machine if not given.
    """
    text = str(path)
    if text.startswith(("\\\\", "//")):
        return "network"
    kind, longest = "", -1
    for mount_point, file_system in mounts_here() if mounts is None else mounts:
        inside = text == mount_point or text.startswith(
            mount_point.rstrip("/\\") + ("\\" if "\\" in mount_point else "/")
        )
        if inside and len(mount_point) > longest:
            kind, longest = file_system.lower(), len(mount_point)
    if (
        kind in _NETWORK_TYPES
        or (kind.startswith("fuse") and kind.endswith(_NETWORK_FUSE))
        or "remote" in kind
    ):
        return "network"
    parts = [part.lower() for part in path.parts]
    return "synced" if any(part.startswith(_SYNCED_NAMES) for part in parts) else "local"


def mounts_here(platform: Platform = HERE) -> list[tuple[str, str]]:
    """Mount points with what tells where they lie: on Windows the options (remote, fixed), elsewhere the file system."""
    import psutil

    return [
        (part.mountpoint, part.opts if platform.is_windows else part.fstype)
        for part in psutil.disk_partitions(all=True)
    ]


def is_network_folder(path: Path) -> bool:
    """Whether `path` seems to lie on a network drive or in a synced folder."""
    return folder_kind(path.resolve()) != "local"


def state_folder() -> Path:
    """Where this user's logs and list of known projects are kept; made if missing."""
    return _private(platformdirs.user_state_path(APPLICATION, appauthor=False))


def config_folder() -> Path:
    """Where this user's settings are kept; made if missing."""
    return _private(platformdirs.user_config_path(APPLICATION, appauthor=False))


def _private(folder: Path) -> Path:
    make_private_folder(folder)
    return folder
