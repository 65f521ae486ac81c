"""Project folders made by a stranger gain nothing: no token, no file outside, no process."""

from __future__ import annotations

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_desktop.domain.errors import UserError
from mlops_desktop.store.artifacts import Artifacts

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


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of a project with a table, stopped; the test prepares the folder."""
    running = Service(tmp_path / "hostile.mlops").start()
    (tmp_path / "table.csv").write_text(TRAINABLE)
    running.project().datasets.import_file(str(tmp_path / "table.csv"), "table", target="sold").wait(60)
    running.terminate()
    yield running
    running.close()


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
    (service.folder / "runs" / "1").symlink_to(outside)
    with pytest.raises(UserError):
        service.project().runs.start("table", algorithm="baseline").wait(60)
    assert list(outside.iterdir()) == []


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
