"""The door of the service: who is let in, what others see, and how it leaves."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from mlops_desktop import client as client_side
from mlops_desktop.client import Remote, SocketTransport, open_project
from mlops_desktop.domain.errors import BusyError
from mlops_desktop.domain.wire import Envelope
from mlops_desktop.presence.discovery import find, find_or_start
from mlops_desktop.presence.notice import NOTICE_NAME, Address
from mlops_desktop.project.project import Project
from mlops_desktop.project.protocol import protocol
from mlops_desktop.project.verb import VERBS
from mlops_desktop.service.host import Host
from mlops_desktop.service.http import THREADS, Wire

from ..running import ROOT, TRAINABLE, Service, until

ROUTES = [
    ("POST", "/v/status"),
    ("POST", "/v/stop"),
    ("POST", "/v/no.such.verb"),
    ("GET", "/v/status"),
    ("OPTIONS", "/v/status"),
    ("TRACE", "/v/status"),
    ("MOVE", "/v/status"),
    ("POST", "/leave"),
    ("GET", "/leave"),
    ("PUT", "/hello"),
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/docs/../v/status"),
    ("GET", "/%2e%2e/service.json"),
]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that the tests of this file share; none changes what another one looks at."""
    running = Service(tmp_path_factory.mktemp("http") / "churn.mlops").start()
    yield running
    running.close()


@pytest.fixture(scope="module")
def foreign_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The token of another project."""
    running = Service(tmp_path_factory.mktemp("foreign") / "other.mlops").start()
    yield running.address.token
    running.close()


def answer(address: Address, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Status and body of the answer to one request with just these headers (``_`` for ``-``)."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def envelope(verb: str, proto: str | None = None, **arguments: object) -> bytes:
    packed = VERBS[verb].pack_arguments(arguments)
    return msgspec.msgpack.encode(Envelope("", "window-1", "ann", proto or protocol(), packed))


# ------------------------------------------------------------------------------------------- strangers


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_the_projects_token_every_route_answers_401(
    serving: Service, foreign_token: str, method: str, path: str
) -> None:
    own = serving.address.token
    wrong = ["", "Bearer", "Bearer ", f"Bearer {foreign_token}", f"Basic {own}", own, f"Bearer {own[:-1]}",
             f"Bearer {own}x", f"Bearer {own.swapcase()}", "Bearer é"]  # fmt: skip
    assert answer(serving.address, method, path)[0] == 401
    for given in wrong:
        said = answer(serving.address, method, path, Authorization=given.encode("latin-1").decode("latin-1"))
        assert said[0] == 401, given
    assert not serving.has_ended


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("GET", "/hello?nonce=1")])
def test_a_web_page_gets_403_even_with_the_token(serving: Service, method: str, path: str) -> None:
    address = serving.address
    token = f"Bearer {address.token}"
    here = f"http://127.0.0.1:{address.port}"
    for page in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": here},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-origin"},
    ):
        assert answer(address, method, path, Authorization=token, **page)[0] == 403, page


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example:1",
        "",
        "127.0.0.2",
        "0",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v/status"), ("GET", "/hello?nonce=1"), ("POST", "/leave")]
)
def test_a_request_for_another_host_gets_403(serving: Service, host: str, method: str, path: str) -> None:
    token = f"Bearer {serving.address.token}"
    assert answer(serving.address, method, path, Authorization=token, Host=host)[0] == 403


def test_the_token_opens_the_verbs(serving: Service) -> None:
    status, body = answer(
        serving.address,
        "POST",
        "/v/status",
        envelope("status"),
        Authorization=f"Bearer {serving.address.token}",
    )
    assert status == 200 and b"churn" in body


def test_a_stranger_can_not_fill_the_memory(serving: Service) -> None:
    status, _ = answer(serving.address, "POST", "/v/status", Content_Length="99999999999")
    assert status == 401
    token = f"Bearer {serving.address.token}"
    status, _ = answer(
        serving.address, "POST", "/v/status", Authorization=token, Content_Length="99999999999"
    )
    assert status == 413


def test_it_listens_on_loopback_alone(serving: Service) -> None:
    listening = [c for c in psutil.Process(serving.pid).net_connections("inet") if c.status == "LISTEN"]
    assert [c.laddr.ip for c in listening] == ["127.0.0.1"]


def test_another_user_can_read_nothing_of_the_project(serving: Service, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(TRAINABLE)
    project = serving.project()
    project.datasets.import_file(str(file), target="sold").wait(30)
    project.runs.start("table", algorithm="baseline").wait(60)
    open_to_others = [
        f"{stat.filemode(path.lstat().st_mode)} {path.relative_to(serving.folder)}"
        for path in [serving.folder, *serving.folder.rglob("*")]
        if stat.S_IMODE(path.lstat().st_mode) != (0o700 if path.is_dir() else 0o600)
    ]
    assert open_to_others == []
    assert {"project.duckdb", "service.json", "service.lock"} <= {p.name for p in serving.folder.iterdir()}
    state = Path(os.environ["XDG_STATE_HOME"])
    assert [p for p in state.rglob("*") if p.is_file() and stat.S_IMODE(p.stat().st_mode) & 0o077] == []


# -------------------------------------------------------------------------------------------- news


def test_two_clients_see_each_others_changes_within_a_second(serving: Service) -> None:
    ann, bob = serving.project("ann's", "ann"), serving.project("bob's", "bob")
    seen: list[tuple[float, str, str]] = []

    def watch(project: Project, last: int, instance: str) -> None:
        news = project.activity.wait(last, instance, timeout_s=15)
        seen.append((time.monotonic(), news.events[0].client, news.events[0].summary))

    for one, other, name in ((ann, bob, "by ann"), (bob, ann, "by bob")):
        start = other.activity.wait(timeout_s=0)
        watching = threading.Thread(target=watch, args=(other, start.last, start.instance))
        watching.start()
        one.rename(name)
        done = time.monotonic()
        watching.join(20)
        at, client, summary = seen.pop()
        assert at - done < 1.0
        assert (client, summary) == (f"{name[3:]}'s", f"Renamed the project to {name}")


def test_a_client_that_was_away_is_told_to_load_anew(serving: Service) -> None:
    project = serving.project()
    now = project.activity.wait(timeout_s=0)
    assert project.activity.wait(now.last, "another life", timeout_s=5).reset
    assert project.activity.wait(now.last + 100, now.instance, timeout_s=5).reset
    assert not project.activity.wait(now.last, now.instance, timeout_s=0).reset


def test_hundred_open_waits_take_no_thread_and_block_nobody(serving: Service) -> None:
    project, process, address = serving.project(), psutil.Process(serving.pid), serving.address
    for _ in range(20):
        project.status()
    before, threads = project.activity.wait(timeout_s=0), process.num_threads()
    body = envelope("activity.wait", after=before.last, instance=before.instance, timeout_s=30.0)
    head = (
        f"POST /v/activity.wait HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {address.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    with contextlib.ExitStack() as waits:
        sockets = [
            waits.enter_context(socket.create_connection((address.host, address.port), timeout=20))
            for _ in range(100)
        ]
        for one in sockets:
            one.sendall(head + body)
        began = time.monotonic()
        project.status()
        assert time.monotonic() - began < 2.0
        assert process.num_threads() <= threads + THREADS
        project.rename("told to all")
        for one in sockets:
            assert b"200 OK" in one.recv(100)


# ------------------------------------------------------------------------------------- other versions


def test_a_client_of_another_version_is_told_so(serving: Service) -> None:
    class Older(SocketTransport):
        def post(self, verb: str, body: bytes) -> bytes:
            sent = msgspec.structs.replace(
                msgspec.msgpack.decode(body, type=Envelope), protocol="0123456789abcdef"
            )
            return super().post(verb, msgspec.msgpack.encode(sent))

    with Project(Remote(Older(lambda: serving.address), "old", "ann")) as project:
        with pytest.raises(BusyError, match="different versions"):
            project.datasets.list()
        assert project.status().name


def test_an_older_client_does_not_end_a_newer_service(serving: Service) -> None:
    with pytest.raises(BusyError, match="newer version"):
        find_or_start(serving.folder, "0123456789abcdef", "0.0.1", patience_s=5)
    assert not serving.has_ended


@pytest.mark.slow
def test_a_newer_client_takes_over_from_an_idle_older_service(service: Service) -> None:
    with pytest.raises(BusyError, match="updated"):  # the program on disk is still the old one
        find_or_start(service.folder, "0123456789abcdef", "99.0.0", patience_s=20)
    assert service.has_ended


# -------------------------------------------------------------------------------------------- the end


@pytest.mark.slow
def test_sigterm_ends_it_in_order_while_clients_wait(service: Service) -> None:
    project = service.project()
    project.rename("kept")
    start = project.activity.wait(timeout_s=0)
    ended: list[object] = []

    def wait() -> None:
        try:
            ended.append(project.activity.wait(start.last, start.instance, timeout_s=50))
        except client_side.ResourceError as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: psutil.Process(service.pid).net_connections("inet")[1:] != [])
    began = time.monotonic()
    assert service.terminate() == 0
    assert time.monotonic() - began < 8.0
    waiting.join(60)
    with open_project(service.folder) as again:
        assert again.status().name == "kept"


def test_it_takes_its_notice_away_when_it_ends(service: Service) -> None:
    assert find(service.folder) is not None
    service.terminate()
    assert not (service.folder / NOTICE_NAME).exists() and find(service.folder) is None


@pytest.mark.slow
def test_a_service_that_nothing_needs_ends_by_itself(project_folder: Path) -> None:
    code = f"from mlops_desktop.service.process import main; raise SystemExit(main({str(project_folder)!r}, 0.5))"
    service = Service(project_folder, [sys.executable, "-c", code]).start()
    try:
        assert service.process is not None and service.process.wait(30) == 0
    finally:
        service.close()


@pytest.mark.slow
def test_a_service_with_a_schedule_stays(host: Host, project: Project, tmp_path: Path) -> None:
    assert host.is_idle()
    file = tmp_path / "table.csv"
    file.write_text(TRAINABLE)
    project.datasets.import_file(str(file), target="sold").wait(30)
    run = project.runs.start("table", algorithm="baseline").wait(60)
    project.schedules.add("weekly", every="tuesday 18:00", like=run.run_id)
    assert not host.is_idle()
    project.schedules.pause("weekly")
    assert host.is_idle()


def test_a_wait_that_is_open_keeps_the_service(host: Host) -> None:
    wire = Wire(host, protocol(), idle_s=0.0)
    until(wire.is_quiet)
    with contextlib.closing(wire):
        assert wire.is_quiet()
    assert not Wire(host, protocol()).is_quiet()


@pytest.mark.slow
def test_stop_is_refused_while_a_job_is_at_work_unless_forced(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(TRAINABLE)
    project = service.project()
    project.datasets.import_file(str(file), target="sold").wait(30)
    job = project.runs.start("table", algorithm="lightgbm", params={"iterations": 2000})
    with pytest.raises(BusyError, match="works on 1 job"):
        project.stop()
    project.stop(force=True)
    assert service.process is not None and service.process.wait(30) == 0
    found = service.project().jobs.wait(job.job_id, timeout_s=60)
    assert found.state == "finished", found.error


@pytest.mark.slow
def test_a_second_service_leaves_the_first_alone(service: Service) -> None:
    second = subprocess.run(
        service.command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, timeout=30
    )
    assert second.returncode == 75 and b"owned by another process" in second.stdout
    assert service.project().status().name == "churn"
