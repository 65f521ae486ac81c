"""``child.json``: which process works on a run, so that a service that was killed finds it again."""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import Any, Final

import msgspec

from mlops_desktop import system
from mlops_desktop.domain.errors import RefusedError
from mlops_desktop.domain.messages import CHILD_RECORD

RECORD_NAME: Final = CHILD_RECORD
_LIMIT_BYTES: Final = 16_384


class ChildRecord(msgspec.Struct, frozen=True):
    """The process of a run."""

    folder: str
    """Which folder it was written for (`system.folder_id`): a copied run has no child."""
    pid: int
    create_time: float
    boot: str
    machine: str
    started: float
    """Monotonic seconds of this boot at which it got the run."""
    output: str
    """Name of the file with what it prints."""

    @property
    def who(self) -> system.Identity:
        """The process."""
        return system.Identity(self.pid, self.create_time)


def write_record(run_folder: Path, record: ChildRecord, key: bytes) -> None:
    """Write ``child.json`` durably, sealed by this user's `key`: a stranger's can't name a process to kill."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    system.write_bytes(run_folder / RECORD_NAME, msgspec.json.encode({**fields, "seal": _seal(fields, key)}))


def was_started(run_folder: Path) -> bool:
    """Whether some service has given this run to a child before."""
    return os.path.lexists(run_folder / RECORD_NAME)  # a link too


def read_record(run_folder: Path, key: bytes) -> ChildRecord | None:
    """The record of the run, or None if there is none that this user's service wrote for it since the last boot."""
    try:
        with system.open_nofollow(system.within(run_folder, RECORD_NAME)) as file:
            fields = msgspec.json.decode(file.read(_LIMIT_BYTES), type=dict[str, Any])
        seal = str(fields.pop("seal", ""))
        record = msgspec.convert(fields, ChildRecord)
    except (OSError, RefusedError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    ours = hmac.compare_digest(
        seal.encode(), _seal(fields, key).encode()
    ) and record.folder == system.folder_id(run_folder)
    here = record.boot == system.boot_id() and record.machine == system.machine_id()
    return record if ours and here else None


def _seal(fields: dict[str, Any], key: bytes) -> str:
    return hmac.digest(key, b"child\0" + msgspec.json.encode(fields, order="sorted"), "sha256").hex()
