"""Project folders made by a stranger gain nothing: no token, no file outside, no process."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from mlops_desktop.domain.errors import RefusedError, UserError
from mlops_desktop.domain.messages import ArtifactSaved, JobFile, ScoreWork, encode_job, fingerprint
from mlops_desktop.store.artifacts import Artifacts
from mlops_desktop.version import __version__

from ..running import TRAINABLE, Service

pytestmark = pytest.mark.slow  # real services, started and ended by each test


@pytest.fixture
def stranger() -> Iterator[tuple[int, list[Any]]]:
    """A listener that records what it is told."""
    heard: list[Any] = []

    class Recorder(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"proof": "00"}')

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with a table and a training of it (job 2), which no service has open."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "table.csv").write_text(TRAINABLE)
    running = Service(folder / "hostile.mlops").start()
    project = running.project()
    project.datasets.import_file(str(folder / "table.csv"), "table", target="sold").wait(60)
    assert project.runs.start("table", algorithm="baseline").wait(60).run_id == 1
    running.terminate()
    running.close()
    return folder / "hostile.mlops"


@pytest.fixture
def service(base: Path, tmp_path: Path) -> Iterator[Service]:
    """The service of a copy of it, not started; the test prepares the folder as a stranger would."""
    shutil.copytree(base, tmp_path / "hostile.mlops")
    prepared = Service(tmp_path / "hostile.mlops")
    yield prepared
    prepared.close()


def test_a_listener_that_the_folder_names_hears_no_token(
    service: Service, stranger: tuple[int, list[Any]]
) -> None:
    port, heard = stranger
    notice = {"port": port, "token": "theirs", "pid": os.getpid(), "create_time": 0.0, "machine": "", "machine_name": "", "boot": "", "instance": "", "protocol": "", "version": ""}  # fmt: skip
    (service.folder / "service.json").write_text(json.dumps(notice))
    assert service.project().status().name == "hostile"
    assert all("Authorization" not in h for h in heard)


def test_a_link_in_place_of_the_notice_is_not_followed(service: Service, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("{}")
    (service.folder / "service.json").unlink(missing_ok=True)
    (service.folder / "service.json").symlink_to(outside)
    assert service.project().status().name == "hostile"
    assert outside.read_text() == "{}"


def test_a_run_folder_that_is_a_link_is_not_worked_in(service: Service, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (service.folder / "runs" / "2").symlink_to(outside)
    with pytest.raises(UserError):
        service.project().runs.start("table", algorithm="baseline").wait(60)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "place", ["data", "data/tmp", "data/ab", "artifacts", "artifacts/ab", "runs", "cache", "cache/workers"]
)
def test_a_folder_that_is_a_link_is_refused_and_nothing_there_is_touched(
    service: Service, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "documents"
    (outside / "ab").mkdir(parents=True)
    for name in ("letter.txt", "numbers.parquet", "ab/more.parquet", "reading-list"):
        (outside / name).write_text("mine")
        os.utime(outside / name, (0, 0))
    path = service.folder / place
    if path.exists():
        path.rename(tmp_path / "moved")
    path.symlink_to(outside)
    with pytest.raises(RefusedError, match=f"{path.name} in the project .* is a link"):
        service.project().status()
    assert sorted(p.name for p in outside.rglob("*") if p.is_file()) == sorted(
        ["letter.txt", "numbers.parquet", "more.parquet", "reading-list"]
    )


@pytest.mark.parametrize("name", ["project.duckdb", "project.duckdb.wal"])
def test_a_database_that_is_a_link_is_not_opened(service: Service, tmp_path: Path, name: str) -> None:
    other = tmp_path / "another.duckdb"
    if name == "project.duckdb":
        (service.folder / name).rename(other)
    else:
        other.write_text("mine")
    (service.folder / name).symlink_to(other)
    before = other.read_bytes()
    with pytest.raises(RefusedError, match="is a link"):
        service.project().status()
    assert other.read_bytes() == before


def as_if_never_started(folder: Path) -> Path:
    """Run 1 waits for its child, as a stranger's project can say; its folder is the stranger's too."""
    connection = duckdb.connect(str(folder / "project.duckdb"))
    connection.execute(
        "update job set state = 'queued', finished_at = null, result = null where kind = 'train'"
    )
    connection.execute("update run set state = 'queued', finished_at = null where run_id = 1")
    connection.execute("delete from ingested")
    connection.close()
    run = folder / "runs" / "1"
    shutil.rmtree(run)
    run.mkdir()
    return run


def test_a_job_that_a_stranger_wrote_is_not_done(service: Service, tmp_path: Path) -> None:
    run = as_if_never_started(service.folder)
    table, target = tmp_path / "table.csv", run / ".." / ".." / ".." / "written.csv"
    work = ScoreWork({"model.json": "../../../secret"}, "m@1", str(table), str(target))
    (run / "job.json").write_bytes(encode_job(JobFile(fingerprint(), 1, work, __version__)))
    found = service.project().jobs.wait(2, timeout_s=60)
    assert found.state == "finished" and not (tmp_path / "written.csv").exists()
    assert b'"train"' in (run / "job.json").read_bytes()


@pytest.mark.parametrize("name", ["events.jsonl", "log.txt", "job.json"])
def test_a_file_of_a_run_that_is_a_link_is_not_written_through(
    service: Service, tmp_path: Path, name: str
) -> None:
    run = as_if_never_started(service.folder)
    (tmp_path / "profile").write_text("mine")
    (run / name).symlink_to(tmp_path / "profile")
    assert service.project().jobs.wait(2, timeout_s=60).state == "finished"
    assert (tmp_path / "profile").read_text() == "mine"


@pytest.mark.parametrize("file", ["../../../secret", "/etc/hostname", "..", "sub/../../x"])
def test_a_childs_word_of_a_file_elsewhere_takes_nothing_in(
    service: Service, tmp_path: Path, file: str
) -> None:
    (tmp_path / "secret").write_text("mine")
    run = service.folder / "runs" / "1"
    connection = duckdb.connect(str(service.folder / "project.duckdb"))
    connection.execute(
        "update job set state = 'running', finished_at = null, result = null where kind = 'train'"
    )
    connection.execute("update run set state = 'running', finished_at = null where run_id = 1")
    connection.execute("delete from ingested")
    connection.close()
    sha256 = hashlib.sha256(b"mine").hexdigest()
    said = msgspec.json.encode(ArtifactSaved("a", "model", file, sha256, 4))
    (run / "events.jsonl").write_bytes(said + b"\n")
    service.project().jobs.wait(2, timeout_s=60)
    assert not list((service.folder / "artifacts").glob(f"??/{sha256}"))


def test_a_data_file_that_is_a_link_is_found_by_the_doctor_or_read_from_nowhere(
    service: Service, tmp_path: Path
) -> None:
    [data] = list((service.folder / "data").glob("??/*.parquet"))
    (tmp_path / "secret.parquet").write_bytes(b"not theirs")
    data.unlink()
    data.symlink_to(tmp_path / "secret.parquet")
    assert not service.project().doctor().whole


def test_a_name_of_an_artifact_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "artifacts").mkdir()
    for name in ("../../etc/passwd", "/etc/passwd", "g" * 64, "a" * 63):
        with pytest.raises(UserError):
            Artifacts(tmp_path).read(name)
