"""Training inputs: rows of a version as one Parquet file, made once, shared by runs, deletable at any time."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from mlops_desktop import system
from mlops_desktop.domain.imports import column_type
from mlops_desktop.domain.messages import InputColumn
from mlops_desktop.domain.runs import RunSpec

from .times import to_json

if TYPE_CHECKING:
    from .session import Session

LARGEST_CACHE_BYTES = 5_000_000_000
"""Inputs beyond this are evicted, oldest first."""


class Inputs:
    """The folder ``cache`` of a project."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder = session.folder / "cache"

    def training_input(
        self, cursor: duckdb.DuckDBPyConnection, spec: RunSpec
    ) -> tuple[Path, list[InputColumn]]:
        """The Parquet file of the version that `spec` names, and its columns.

        Parameters
        ----------
        cursor : duckdb.DuckDBPyConnection
            A job's own cursor: the file is written on it.
        spec : RunSpec
            Names the version.
        """
        assert spec.data is not None
        versions, version_id = self._session.versions, spec.data.version_id
        spellings = self._session.datasets.spellings(version_id)
        columns = [
            InputColumn(c.name, c.name, column_type(c.sql_type).value, c.boolean_words, spellings.get(c.name))
            for c in versions.schema(cursor, version_id)
        ]
        key = hashlib.sha256(to_json([version_id, columns]).encode()).hexdigest()
        path = self._folder / f"{key}.parquet"
        if not path.exists():
            temp = self._folder / f".{secrets.token_hex(8)}{system.TEMP_SUFFIX}"
            try:
                versions.export_to_parquet(cursor, version_id, temp)
                system.publish(temp, path)
            finally:
                temp.unlink(missing_ok=True)
            self._evict(path)
        return path, columns

    def clear(self) -> None:
        """Delete every input: an erasure must leave no row behind."""
        for path in self._folder.glob("*.parquet"):
            path.unlink(missing_ok=True)

    def _evict(self, newest: Path) -> None:
        found = sorted(self._folder.glob("*.parquet"), key=lambda p: p.stat().st_mtime, reverse=True)
        kept = 0
        for path in found:
            kept += path.stat().st_size
            if kept > LARGEST_CACHE_BYTES and path != newest:
                path.unlink(
                    missing_ok=True
                )  # a run that works on it has it open; it is made again when needed
