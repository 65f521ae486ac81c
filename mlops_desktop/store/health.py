"""`doctor`: everything is looked at, and what isn't whole is said; and the backup."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlops_desktop import system
from mlops_desktop.domain.errors import ConflictError, Where
from mlops_desktop.domain.projects import Backup, DoctorReport, Finding

from .artifacts import Artifacts, sha256_of
from .opening import kept_logs

if TYPE_CHECKING:
    from .session import Session
    from .work import Work

REFERENCES = (
    ("version {0} belongs to data set {1}, which is gone", "select version_id, dataset_id from dataset_version where dataset_id not in (select dataset_id from dataset)"),
    ("version {0} has a row but no pieces' list", "select version_id, 0 from dataset_version where version_id not in (select version_id from version)"),
    ("the list of version {0} has no row", "select version_id, 0 from version where version_id not in (select version_id from dataset_version)"),
    ("run {0} was trained on version {1}, which is gone", "select run_id, version_id from run where version_id is not null and version_id not in (select version_id from dataset_version)"),
    ("a metric belongs to run {0}, which is gone", "select distinct run_id, 0 from metric where run_id not in (select run_id from run)"),
    ("an artifact belongs to run {0}, which is gone", "select distinct run_id, 0 from artifact where run_id not in (select run_id from run)"),
    ("version {1} of model {0} comes from a run that is gone", "select model_id, number from model_version where run_id not in (select run_id from run)"),
    ("a version belongs to model {0}, which is gone", "select distinct model_id, 0 from model_version where model_id not in (select model_id from model)"),
    ("an alias of model {0} points at version {1}, which is gone", "select a.model_id, a.number from alias a anti join model_version v on a.model_id = v.model_id and a.number = v.number"),
    ("bundle {0} comes from a version of model {1} that is gone", "select b.bundle_id, b.model_id from bundle b anti join model_version v on b.model_id = v.model_id and b.number = v.number"),
    ("a firing belongs to schedule {0}, which is gone", "select distinct schedule_id, 0 from firing where schedule_id not in (select schedule_id from schedule)"),
)  # fmt: skip
"""What must not be: a sentence, and the query that finds it (DuckDB's own foreign keys break updates)."""

COUNTED = {
    "data sets": "select count(*) from dataset", "files": "select count(*) from file", "versions": "select count(*) from dataset_version", "runs": "select count(*) from run",
    "metrics": "select count(*) from metric", "models": "select count(*) from model", "changes": "select count(*) from change",
    "jobs": "select count(*) from job", "schedules": "select count(*) from schedule",
}  # fmt: skip


class Health:
    """The state of the project's store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self) -> DoctorReport:
        """Look at everything: hashes of files, references, counts, orphans, the chain of changes."""
        began, session = time.monotonic(), self._session
        findings = [
            Finding("error", sentence[:1].upper() + sentence[1:].format(*row.values()) + ".")
            for sentence, sql in REFERENCES
            for row in session.all(sql)
        ]
        findings += [Finding("error", f.what) for f in session.versions.check(session.cursor)]
        findings += [Finding("error", what) for what in session.changes.verify()]
        findings += self._artifacts()
        findings += [
            Finding("note", f"{name} is a part of the record that was damaged, and was kept aside.", "")
            for name in kept_logs(session.folder)
        ]
        checked = {name: int(session.value(sql)) for name, sql in COUNTED.items()}
        checked["artifacts"] = len(Artifacts(session.folder).on_disk())
        whole = not any(f.severity == "error" for f in findings)
        return DoctorReport(whole, checked, findings, round(time.monotonic() - began, 3))

    def backup(self, target: str) -> Callable[[Work], Backup]:
        """A job that copies the project to the folder `target`."""
        place = Path(target)
        if place.exists():
            raise ConflictError(
                f"{target} exists already.", remedy="Choose another folder.", where=Where(file=target)
            )

        def run(work: Work) -> Backup:
            making = place.with_name(f".{place.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(mode=0o700, parents=True)
            try:
                work.progress("Rows")
                work.session.database.backup(making / "project.duckdb")  # first: files only ever come after
                work.progress("Files")
                for name in ("data", "artifacts", "runs"):
                    _copy(work, work.session.folder / name, making / name)
                system.fsync_folder(making)
                making.replace(place)
            finally:
                shutil.rmtree(making, ignore_errors=True)
            system.fsync_folder(place.parent)
            files = [p for p in place.rglob("*") if p.is_file()]
            made = Backup(str(place), sum(p.stat().st_size for p in files), len(files))
            return work.finish(lambda session: _said(session, made))

        return run

    def _artifacts(self) -> list[Finding]:
        artifacts = Artifacts(self._session.folder)
        found: list[Finding] = []
        named = {r["sha256"]: r["run_id"] for r in self._session.all("select sha256, run_id from artifact")}
        for sha256, run_id in named.items():
            path = artifacts.path(sha256)
            if not path.exists():
                found.append(
                    Finding(
                        "error", f"An artifact of run {run_id} is gone: {path.name[:8]}.", "Restore a backup."
                    )
                )
            elif sha256_of(path) != sha256:
                found.append(
                    Finding(
                        "error",
                        f"An artifact of run {run_id} is damaged: {path.name[:8]}.",
                        "Restore a backup.",
                    )
                )
        orphans = [p for p in artifacts.on_disk() if p.name not in named]
        if orphans:
            found.append(
                Finding("note", f"{len(orphans)} files in artifacts belong to nothing; a kill left them.", "")
            )
        return found


def _copy(work: Work, source: Path, target: Path) -> None:
    """Copy a folder file by file; links are not followed, files that vanish meanwhile were named by nothing."""
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        work.progress("Files")
        copy = target / path.relative_to(source)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError), system.staged(copy) as temp:
            shutil.copyfile(path, temp)


def _said(session: Session, made: Backup) -> Backup:
    session.say(f"Backed up to {made.path}")
    return made
