"""Builds a bundle out of a model's files, and lets it test itself before it counts as done."""

from __future__ import annotations

import glob
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from mlops_desktop import bundle, system
from mlops_desktop.bundle.errors import DamagedBundleError
from mlops_desktop.bundle.files import MANIFEST, open_bundle
from mlops_desktop.domain.bundles import SelfTest
from mlops_desktop.domain.errors import ConflictError, DamagedError, TrainingError, Where
from mlops_desktop.domain.evaluations import Signature
from mlops_desktop.domain.imports import Spelling
from mlops_desktop.domain.messages import ExportedFolder, ExportWork, now
from mlops_desktop.training.mlflow_files import example, mlflow_files
from mlops_desktop.training.reporting import Reporter

SELF_TEST_S = 300.0
"""Longest time of a self-test, in seconds."""
LEFT_S = 3600.0
"""Seconds after which a folder that an export was building belongs to nobody."""
REQUIRED = {
    "numpy": ["numpy"],
    "lightgbm": ["numpy", "scipy", "lightgbm"],
    "scikit-learn": ["numpy", "scipy", "scikit-learn", "skops"],
    "onnxruntime": ["numpy", "onnxruntime"],
}
"""What each runtime needs installed."""


def export_bundle(work: ExportWork, reporter: Reporter) -> ExportedFolder:
    """Build the bundle in `work.folder`, which appears once it has passed its self-test.

    A whole bundle of the same model that stands there already is taken as it is: a service that was killed between
    the export and writing it down leaves one.

    Raises
    ------
    ConflictError
        The folder is there and holds something else.
    ResourceError
        The disk is full, or the folder that it goes into can't be written.
    TrainingError
        The exported folder, run on its own, does not predict what was recorded.
    """
    target = Path(work.folder)
    _check_target(target)
    building = _begun(target)
    single = f"{plain_name(work.name)}-{work.number}.pyz"
    try:
        manifest, found = _build(work, building, single, reporter)
        if _is_whole(target):
            manifest = _same_again(building, target, single)
        else:
            _finish(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)  # gone already where it got its name
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    reporter.progress(1.0, "Self-test")
    return ExportedFolder(
        str(target), str(target / single), hashlib.sha256(manifest).hexdigest(), size, found
    )


def _begun(target: Path) -> Path:
    """A new folder beside `target`, to build in."""
    building = target.with_name(f".{target.name}.{secrets.token_hex(4)}{system.TEMP_SUFFIX}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        building.mkdir()
    except OSError as error:
        told = system.resource_error(error, target)
        if told is None:
            raise
        raise told from error
    return building


def _build(work: ExportWork, building: Path, single: str, reporter: Reporter) -> tuple[bytes, SelfTest]:
    """Write the folder and the one file, and let both test themselves; the manifest and what was found."""
    reporter.stage("Build")
    files, notes = bundle_files(work)
    for note in notes:
        reporter.log("info", note)
    manifest = _write_folder(building, files)
    system.write_bytes(building / single, zip_application({**files, MANIFEST: manifest}))
    (building / single).chmod(0o755)
    reporter.stage_done("Build", work.name, f"{len(files) + 2} files")
    reporter.progress(0.3, "Self-test")
    reporter.stage("Self-test")
    found = msgspec.structs.replace(_self_test(["-m", "bundle"], building), notes=notes)
    reporter.progress(0.7, "Self-test")
    _self_test([single], building)
    reporter.stage_done(
        "Self-test", f"{found.rows} rows", f"largest difference {found.largest_difference:.3g}"
    )
    return manifest, found


def _check_target(target: Path) -> None:
    holds = target.exists() and (not target.is_dir() or any(target.iterdir()))
    if target.is_symlink() or (holds and not _is_whole(target)):
        raise _not_empty(target)
    for left in target.parent.glob(f".{glob.escape(target.name)}.????????{system.TEMP_SUFFIX}"):
        if left.is_dir() and not left.is_symlink() and time.time() - left.stat().st_mtime > LEFT_S:
            shutil.rmtree(left)  # of an export that was killed


def _not_empty(target: Path) -> ConflictError:
    return ConflictError(
        f"{target} is not empty.", remedy="Choose another folder.", where=Where(file=str(target))
    )


def _is_whole(target: Path) -> bool:
    """Whether `target` holds a bundle, all of it."""
    if not (target / MANIFEST).is_file():
        return False
    try:
        open_bundle(target).check_all()
    except DamagedBundleError:
        return False
    return True


def _same_again(building: Path, target: Path, single: str) -> bytes:
    """The manifest of the bundle in `target`, if it is the one in `building` and nothing else stands there."""
    made, there = open_bundle(building), open_bundle(target)
    parts = {n: e for n, e in made.entries.items() if n.startswith(("model/", "bundle/"))}
    names = {*there.entries, MANIFEST, single}
    files = {p.relative_to(target).as_posix() for p in target.rglob("*") if not p.is_dir()}
    if files != names or any(there.entries.get(name) != entry for name, entry in parts.items()):
        raise _not_empty(target)
    return (target / MANIFEST).read_bytes()


def _finish(building: Path, target: Path) -> None:
    """Give the whole folder its name at once."""
    for folder in [building, *(p for p in building.rglob("*") if p.is_dir())]:
        system.fsync_folder(folder)
    if target.exists():
        target.rmdir()
    with system.crash_point("bundle.export"):
        building.rename(target)
        system.fsync_folder(target.parent)


def plain_name(name: str) -> str:
    """`name` as part of a file's name on any system."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")
    return plain[:80] or "model"


def bundle_files(work: ExportWork) -> tuple[dict[str, bytes], list[str]]:
    """Every file of the bundle by its name, but the manifest; and what is to be said of the runtime."""
    own = {name: Path(path).read_bytes() for name, path in sorted(work.model_files.items())}
    notes: list[str] = []
    if work.runtime == "fastest":
        from mlops_desktop.training.onnx_export import with_faster_runtime

        own, notes = with_faster_runtime(own, Path(work.rows) if work.rows else None)
    model = {f"model/{name}": data for name, data in own.items()}
    described = json.loads(model["model/model.json"])
    signature = msgspec.json.decode(model["model/signature.json"], type=Signature)
    golden = json.loads(model["model/golden.json"])
    requirements = _requirements(described)
    files = {**model, **_code(), "requirements.txt": requirements.encode()}
    files["input_example.json"] = example(golden)
    files |= mlflow_files(work, signature, requirements)
    files["README.md"] = _readme(work, signature).encode()
    return files, notes


def _requirements(described: dict[str, Any]) -> str:
    """What pip must install, at the versions that the training had."""
    packages: dict[str, str] = described["packages"]
    return "".join(f"{name}=={packages[name]}\n" for name in REQUIRED[described["runtime"]])


def _code() -> dict[str, bytes]:
    """The package ``bundle``, and the start of the one-file form."""
    folder = Path(bundle.__file__).parent
    return {f"bundle/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.py"))}


def _write_folder(folder: Path, files: dict[str, bytes]) -> bytes:
    """Write every file durably, the manifest last; the manifest's bytes."""
    entries: dict[str, dict[str, Any]] = {}
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        system.write_bytes(path, data)
        path.chmod(0o644)  # a bundle is handed on; the project's own files stay private
        entries[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    manifest = json.dumps({"format": 1, "created": now().isoformat(), "files": entries}, indent=1).encode()
    system.write_bytes(folder / MANIFEST, manifest)
    (folder / MANIFEST).chmod(0o644)
    return manifest


def zip_application(files: dict[str, bytes]) -> bytes:
    """The one-file form: a zip that Python runs; equal files give equal bytes."""
    start = b"import sys\n\nfrom bundle.__main__ import main\n\nsys.exit(main())\n"
    buffer = io.BytesIO()
    buffer.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted({**files, "__main__.py": start}.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _self_test(arguments: list[str], folder: Path) -> SelfTest:
    """Run ``check`` in a child whose path has only the exported folder and what is installed."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        [sys.executable, "-s", *arguments, "check", "--json"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SELF_TEST_S,
        check=False,
    )
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        reason = done.stderr.strip()[-2000:]
        raise DamagedError("The exported bundle does not start.", reason=reason) from error
    if not found["ok"]:
        raise TrainingError(
            "The exported bundle does not predict what was recorded.",
            reason=f"{found['labels_differ']} of {found['rows']} labels differ, and an output by up to "
            f"{found['largest_difference']:.3g}; modules that should not be there: {found['foreign']}.",
        )
    return SelfTest(found["rows"], found["largest_difference"], found["seconds"], found["runtime"])


def _written(spelling: Spelling | None) -> str:
    """How the training data wrote a column, by an example, where not plainly."""
    if spelling is None or (spelling.decimal == "." and not spelling.dates):
        return ""
    example = (
        f"{datetime(2012, 10, 31):{spelling.dates[0]}}" if spelling.dates else f"1234{spelling.decimal}5"
    )
    return f", written as {example} or plainly"


def _readme(work: ExportWork, signature: Signature) -> str:
    """How to use the bundle."""
    takes = "\n".join(
        f"- `{entry.name}`: {entry.type}{_written(entry.spelling)}{', may be missing' if entry.may_be_missing else ''}"
        for entry in signature.inputs
        if entry.used
    )
    return f"""# {work.name}, version {work.number}

Predicts **{signature.target}** ({signature.task}). Trained on {work.data or "data that is not named"}, run {work.run_id}.

```
pip install -r requirements.txt
python -m bundle score in.csv out.csv
python -m bundle serve --port 8080
python -m bundle check
```

`serve` answers `POST /invocations` (JSON as MLflow takes it, or CSV) and `GET /ping`, on this computer only
unless `--host` says otherwise. The folder is an MLflow model too: `mlflow models serve -m .`

## Columns

{takes}
"""
