"""The files of a bundle, checked before anybody sees them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from mlops_desktop.bundle.errors import DamagedBundleError
from mlops_desktop.bundle.files import CheckedFiles, FolderFiles, MemoryFiles, open_bundle


def manifest(**files: bytes) -> bytes:
    return json.dumps(
        {"files": {n: {"sha256": hashlib.sha256(d).hexdigest()} for n, d in files.items()}}
    ).encode()


def test_a_file_that_fits_its_checksum_is_read():
    files = CheckedFiles(MemoryFiles({"manifest.json": manifest(a=b"1"), "a": b"1"}))
    assert files.read("a") == b"1"
    assert files.check_all() == 1


def test_a_file_that_does_not_fit_is_refused_by_name():
    files = CheckedFiles(MemoryFiles({"manifest.json": manifest(a=b"1"), "a": b"2"}))
    with pytest.raises(DamagedBundleError, match="a is not the file that was exported: its checksum"):
        files.read("a")


def test_a_file_that_the_manifest_does_not_name_is_refused():
    with pytest.raises(DamagedBundleError, match=r"b is not in manifest\.json"):
        CheckedFiles(MemoryFiles({"manifest.json": manifest(), "b": b""})).read("b")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"files": 3}'])
def test_a_damaged_manifest_is_refused(data):
    with pytest.raises(DamagedBundleError, match="manifest"):
        CheckedFiles(MemoryFiles({"manifest.json": data}))


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "c:\\x", "a//b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name):
    (tmp_path / "manifest.json").write_bytes(manifest(**{name: b"x"}))
    with pytest.raises(DamagedBundleError, match="no name of a file"):
        open_bundle(tmp_path).check_all()


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle/a").symlink_to(tmp_path / "secret")
    with pytest.raises(KeyError):
        FolderFiles(tmp_path / "bundle").read("a")
