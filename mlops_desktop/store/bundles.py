"""Rows of exported bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mlops_desktop.domain.bundles import Bundle, SelfTest
from mlops_desktop.domain.messages import ExportedFolder
from mlops_desktop.domain.models import ModelVersion

from .times import from_json, now, to_json

if TYPE_CHECKING:
    from .session import Session


class _Kept(msgspec.Struct, frozen=True):
    """What of a bundle is kept as one JSON column."""

    folder: str
    file: str
    sha256: str
    size_bytes: int
    self_test: SelfTest


class BundleRows:
    """Bundles that were exported from the project; their files lie where the person wanted them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, version: ModelVersion, exported: ExportedFolder) -> Bundle:
        """Note a bundle that has tested itself."""
        session = self._session
        kept = _Kept(exported.folder, exported.file, exported.sha256, exported.size_bytes, exported.self_test)
        row = {
            "bundle_id": session.next_id("bundle"),
            "model_id": session.models.find(version.model).model_id,
            "number": version.number,
            "facts": to_json(kept),
            "created_at": now(),
            "created_by": session.caller.actor,
        }
        session.insert("bundle", row, fact=True)
        session.say(f"Exported {version.ref} to {exported.folder}")
        return self._bundle({**row, "name": version.model})

    def all(self) -> list[Bundle]:
        """Bundles, newest first."""
        rows = self._session.all(
            "select bundle.*, model.name from bundle join model using (model_id) order by bundle_id desc"
        )
        return [self._bundle(r) for r in rows]

    def _bundle(self, row: dict[str, Any]) -> Bundle:
        kept = msgspec.structs.asdict(from_json(row["facts"], _Kept))
        return Bundle(
            bundle_id=row["bundle_id"],
            model=row["name"],
            number=row["number"],
            created_at=row["created_at"],
            created_by=row["created_by"],
            **kept,
        )
