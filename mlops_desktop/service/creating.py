"""Creating an empty project: a process of its own, since only this side may touch DuckDB."""

from __future__ import annotations

from pathlib import Path

from mlops_desktop import system
from mlops_desktop.domain.errors import ConflictError, UserError, to_message
from mlops_desktop.presence.discovery import failure_line


def main(folder: str, name: str) -> int:
    """Create the project `folder`; returns the exit code, and prints the failure for `client.run_once`."""
    from mlops_desktop.store.database import MAKING, create

    system.keep_new_files_private()
    try:
        path = Path(folder)
        if path.exists() and any(entry.name != MAKING for entry in path.iterdir()):
            raise ConflictError(f"“{path}” is not empty.", remedy="Choose another folder.")
        create(path, lambda session: session.project.begin(name))
    except UserError as error:
        print(failure_line(to_message(error)), flush=True)
        return 1
    return 0
