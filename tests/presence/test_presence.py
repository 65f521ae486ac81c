from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import psutil
import pytest

from mlops_desktop import system
from mlops_desktop.client import create_project
from mlops_desktop.domain.errors import BusyError, DamagedError, NotFoundError, RefusedError
from mlops_desktop.presence import notice as presence
from mlops_desktop.presence.discovery import find, find_or_start
from mlops_desktop.presence.notice import EXIT_OWNED, NOTICE_NAME, Address, Notice, claim

OWNER = Path(__file__).with_name("owner_script.py")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(Path(system.__file__).parents[2]))  # for our script
    folder = tmp_path / "a.mlops"
    folder.mkdir()
    yield folder
    for process in owners(folder):
        process.kill()
        process.wait(10)


def owners(folder: Path) -> list[psutil.Process]:
    lines = [(process, process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [process for process, line in lines if str(OWNER) in line and str(folder) in line]


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, str(OWNER), str(folder), *options]


def start(folder: Path, *options: str, protocol: str = "p1", version: str = "1.0.0") -> Address:
    return find_or_start(folder, protocol, version, command=command(folder, *options), patience_s=20)


def notice_of(folder: Path) -> dict[str, object]:
    return json.loads((folder / NOTICE_NAME).read_text())


class Recorder:
    """A listener of a stranger, who knows `token` and keeps what it is sent."""

    def __init__(self, token: str = "") -> None:
        self.requests: list[str] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                recorder.requests.append(f"{self.requestline}\n{self.headers}")
                body = msgspec.json.encode(presence.hello(token, self.path.partition("nonce=")[2]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def recorder():
    made = Recorder("known to a stranger")
    yield made
    made.close()


def a_notice(folder: Path, port: int, token: str = "known to a stranger") -> Notice:
    here = (system.machine_id(), system.machine_name(), system.boot_id(), system.folder_id(folder))
    return Notice(port, token, os.getpid(), system.identity().create_time, *here, "i", "p1", "1.0.0")


def test_the_first_client_starts_the_service_and_the_next_finds_it(project: Path) -> None:
    assert start(project) == start(project)
    assert len(owners(project)) == 1


def test_only_its_user_may_read_where_the_service_listens(project: Path) -> None:
    start(project)
    assert (project / NOTICE_NAME).stat().st_mode & 0o777 == 0o600
    assert (project / "service.lock").stat().st_mode & 0o777 == 0o600


def test_the_service_listens_on_loopback_alone(project: Path) -> None:
    port = start(project).port
    listening = [c.laddr for c in owners(project)[0].net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", port)]


def test_the_service_runs_below_its_client(project: Path) -> None:
    start(project)
    assert owners(project)[0].nice() >= min(os.nice(0) + 5, 19)


def test_a_client_that_comes_early_waits_in_the_backlog(project: Path) -> None:
    assert start(project, "--slow", "1.5").port == notice_of(project)["port"]


def test_each_start_has_a_new_token_and_an_instance_of_its_own(project: Path) -> None:
    first = start(project)
    owners(project)[0].kill()
    second = start(project)
    assert first.token != second.token
    assert first.instance != second.instance


def test_the_token_is_not_shown_with_the_address(project: Path) -> None:
    address = start(project)
    assert address.token not in repr(address)


def test_a_second_owner_is_refused_and_a_service_says_so_by_its_exit_code(project: Path) -> None:
    start(project)
    with pytest.raises(BusyError):
        claim(project, "p1", "1.0.0")
    assert subprocess.run(command(project), timeout=20).returncode == EXIT_OWNED


def test_an_owner_that_closes_leaves_no_notice_and_lets_the_project_go(project: Path) -> None:
    claim(project, "p1", "1.0.0").close()
    assert not (project / NOTICE_NAME).exists()
    claim(project, "p1", "1.0.0").close()


def test_a_child_that_outlives_its_service_does_not_hold_the_lock(project: Path) -> None:
    listener = claim(project, "p1", "1.0.0")
    child = system.spawn([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    listener.close()
    claim(project, "p1", "1.0.0").close()
    child.communicate(b"\n")


def test_without_a_service_nothing_is_found_and_none_is_started(project: Path) -> None:
    assert find(project) is None
    assert owners(project) == []


def test_a_missing_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no project folder .*missing"):
        start(tmp_path / "missing")


@pytest.mark.parametrize(
    "content", ["", "{", '{"port": 1}', "[]", "\x00" * 100, '{"port": "x"}', " " * 20_000]
)
def test_a_torn_notice_is_survived(project: Path, content: str) -> None:
    (project / NOTICE_NAME).write_text(content)
    assert start(project).port


def test_a_strangers_notice_that_names_his_own_listener_is_not_asked_at_all(
    project: Path, recorder: Recorder
) -> None:
    (project / NOTICE_NAME).write_bytes(
        presence.seal_notice(a_notice(project, recorder.port), b"another user's key")
    )
    assert start(project).port != recorder.port
    assert recorder.requests == []


def test_a_listener_that_took_over_the_port_is_not_believed_and_never_sees_the_token(
    project: Path, recorder: Recorder
) -> None:
    stale = a_notice(project, recorder.port, token="the real one")
    (project / NOTICE_NAME).write_bytes(presence.seal_notice(stale, presence.user_key()))
    assert start(project).port != recorder.port
    assert len(recorder.requests) >= 1
    assert not any("the real one" in request for request in recorder.requests)


def test_a_listener_that_never_answers_does_not_stop_a_client(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        notice = a_notice(project, mute.getsockname()[1])
        (project / NOTICE_NAME).write_bytes(presence.seal_notice(notice, presence.user_key()))
        assert start(project).port != notice.port


def test_a_notice_of_an_earlier_boot_is_not_believed(project: Path, recorder: Recorder) -> None:
    old = msgspec.structs.replace(a_notice(project, recorder.port), boot="before")
    (project / NOTICE_NAME).write_bytes(presence.seal_notice(old, presence.user_key()))
    assert start(project).port != recorder.port
    assert recorder.requests == []


def test_a_notice_that_is_a_link_is_not_followed(project: Path, recorder: Recorder) -> None:
    outside = project.parent / "outside.json"
    sealed = presence.seal_notice(a_notice(project, recorder.port), presence.user_key())
    outside.write_bytes(sealed)
    (project / NOTICE_NAME).symlink_to(outside)
    assert start(project).port != recorder.port
    assert outside.read_bytes() == sealed


def test_a_lock_that_is_a_link_is_refused_and_its_target_left_alone(project: Path) -> None:
    target = project.parent / "precious"
    target.write_text("precious")
    (project / "service.lock").symlink_to(target)
    with pytest.raises(RefusedError):
        claim(project, "p1", "1.0.0")
    assert target.read_text() == "precious"


def test_a_project_held_by_another_machine_is_refused_with_its_name(project: Path) -> None:
    listener = claim(project, "p1", "1.0.0")
    there = msgspec.structs.replace(a_notice(project, 1), machine="other", machine_name="anna-laptop")
    (project / NOTICE_NAME).write_bytes(presence.seal_notice(there, b"key of anna"))
    with pytest.raises(BusyError, match="anna-laptop"):
        start(project)
    listener.close()


def test_a_project_copied_from_another_machine_opens_here(project: Path) -> None:
    there = msgspec.structs.replace(a_notice(project, 1), machine="other", machine_name="anna-laptop")
    (project / NOTICE_NAME).write_bytes(presence.seal_notice(there, b"key of anna"))
    assert start(project).port


def test_a_copy_of_an_open_project_gets_a_service_of_its_own(project: Path) -> None:
    original = start(project)
    copy = project.with_name("copy.mlops")
    shutil.copytree(project, copy)
    assert start(copy, "--slow", "0").instance != original.instance
    assert start(project) == original
    owners(copy)[0].kill()


def test_a_project_that_was_moved_while_open_keeps_its_service(project: Path) -> None:
    original = start(project)
    moved = project.rename(project.with_name("moved.mlops"))
    assert start(moved) == original


@pytest.fixture
def synced(project: Path) -> Path:
    """A project in a synced folder, with the notice of a service on another machine; locks don't travel there."""
    folder = project.parent / "Dropbox" / "a.mlops"
    folder.mkdir(parents=True)
    there = msgspec.structs.replace(a_notice(folder, 1), machine="other", machine_name="anna-laptop")
    (folder / NOTICE_NAME).write_bytes(presence.seal_notice(there, b"key of anna"))
    return folder


def test_in_a_synced_folder_a_fresh_notice_of_another_machine_counts_as_its_lock(synced: Path) -> None:
    with pytest.raises(BusyError, match="anna-laptop"):
        claim(synced, "p1", "1.0.0")
    assert sorted(path.name for path in synced.iterdir()) == [NOTICE_NAME, "service.lock"]


def test_in_a_synced_folder_an_old_notice_of_another_machine_is_no_obstacle(synced: Path) -> None:
    long_ago = (synced / NOTICE_NAME).stat().st_mtime - presence.FOREIGN_PATIENCE_S - 60
    os.utime(synced / NOTICE_NAME, (long_ago, long_ago))
    claim(synced, "p1", "1.0.0").close()


def test_an_owner_renews_the_time_of_its_notice(project: Path) -> None:
    listener = claim(project, "p1", "1.0.0")
    os.utime(project / NOTICE_NAME, (1, 1))
    listener.renew()
    assert (project / NOTICE_NAME).stat().st_mtime > 1_000_000
    listener.close()


@pytest.mark.parametrize("spoilt", [None, b"", b"{}"])
def test_an_owner_writes_a_lost_or_spoilt_notice_again(project: Path, spoilt: bytes | None) -> None:
    listener = claim(project, "p1", "1.0.0")
    written = (project / NOTICE_NAME).read_bytes()
    (project / NOTICE_NAME).unlink()
    if spoilt is not None:
        (project / NOTICE_NAME).write_bytes(spoilt)
    listener.renew()
    assert (project / NOTICE_NAME).read_bytes() == written
    listener.close()


def test_closing_twice_is_closing_once(project: Path) -> None:
    listener = claim(project, "p1", "1.0.0")
    listener.close()
    listener.close()
    assert not (project / NOTICE_NAME).exists()


def test_an_idle_service_of_an_older_version_leaves_for_a_newer_client(project: Path) -> None:
    first = start(project)
    second = start(project, "--protocol", "p2", protocol="p2", version="1.1.0")
    assert second.instance != first.instance
    assert notice_of(project)["protocol"] == "p2"


def test_a_service_of_an_older_version_with_jobs_stays_and_says_how_many(project: Path) -> None:
    start(project, "--jobs", "2")
    with pytest.raises(BusyError, match="2 running jobs"):
        start(project, protocol="p2", version="1.1.0")


def test_an_older_client_is_told_of_the_newer_version(project: Path) -> None:
    start(project, "--version", "1.10.0")
    with pytest.raises(BusyError, match=r"newer version 1\.10\.0"):
        start(project, protocol="p0", version="1.9.0")
    assert len(owners(project)) == 1


def test_what_a_service_failed_with_at_its_start_is_raised_in_the_client(project: Path) -> None:
    with pytest.raises(DamagedError, match="The store is damaged"):
        start(project, "--fail", "The store is damaged.")


def test_a_service_that_ends_with_a_bug_is_told_with_its_last_line(project: Path) -> None:
    with pytest.raises(BusyError, match="unrecognized arguments"):
        start(project, "--nonsense")


def test_an_owner_that_hangs_is_told_with_its_process_after_the_deadline(project: Path) -> None:
    listener = claim(project, "p1", "1.0.0")
    with pytest.raises(BusyError, match=f"Process {os.getpid()} owns it"):
        find_or_start(project, "p1", "1.0.0", command=command(project), patience_s=2)
    listener.close()


def test_a_proof_of_another_token_or_for_another_nonce_is_no_proof() -> None:
    answer = msgspec.json.encode(presence.hello("token", "nonce"))
    assert presence.proves(answer, "token", "nonce")
    assert not presence.proves(answer, "other", "nonce")
    assert not presence.proves(answer, "token", "another")
    assert not presence.proves(b'{"proof": 1}', "token", "nonce")


def test_a_notice_that_was_changed_has_no_seal(project: Path) -> None:
    notice = a_notice(project, 5000)
    data = presence.seal_notice(notice, b"key")
    assert presence.open_notice(data, b"key") == presence.Found(notice, is_sealed=True)
    changed = presence.open_notice(data.replace(b"5000", b"6000"), b"key")
    assert changed is not None and not changed.is_sealed


def test_a_notice_of_a_later_version_with_more_fields_is_understood(project: Path) -> None:
    fields = {**msgspec.to_builtins(a_notice(project, 5000)), "region": "north"}
    seal = presence._seal(fields, b"key")  # pyright: ignore[reportPrivateUsage]
    found = presence.open_notice(msgspec.json.encode({**fields, "seal": seal}), b"key")
    assert found is not None and found.is_sealed


def spoil(folder: Path, dice: random.Random) -> str:
    """Kill the owner or spoil its notice; what was done."""
    path, deed = (
        folder / NOTICE_NAME,
        dice.choice(["kill", "kill and tear", "kill and forge", "nothing", "early kill"]),
    )
    if deed.startswith("kill"):
        for process in owners(folder):
            process.kill()
    if deed == "kill and tear" and path.exists():
        path.write_bytes(path.read_bytes()[: dice.randrange(200)])
    if deed == "kill and forge":
        path.write_bytes(presence.seal_notice(a_notice(folder, dice.randrange(1024, 65_535)), b"stranger"))
    return deed


def a_round(folder: Path, record: Path, dice: random.Random) -> None:
    """Four clients race after a deed; all must agree, with one living owner."""
    deed = spoil(folder, dice)
    options = ("--record", str(record), "--slow", str(dice.choice([0, 0, 0.2])))
    with ThreadPoolExecutor(5) as pool:
        clients = [pool.submit(start, folder, *options) for _ in range(4)]
        if deed == "early kill":
            pool.submit(lambda: [process.kill() for process in owners(folder)]).result()
        for client in clients:
            client.result()
    addresses = {start(folder, *options) for _ in range(2)}
    assert len(addresses) == 1, deed
    claimed = [line.split() for line in record.read_text().splitlines()]
    living = [instance for pid, instance in claimed if any(o.pid == int(pid) for o in owners(folder))]
    assert living == [addresses.pop().instance], deed


def test_four_clients_race_through_kills_and_spoilt_files_without_a_double_owner(project: Path) -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(6):
        a_round(project, project.parent / "claimed", dice)


@pytest.mark.slow
def test_thirty_two_such_rounds(project: Path) -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(32):
        a_round(project, project.parent / "claimed", dice)


def test_a_strangers_module_in_the_callers_folder_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "duckdb.py").write_text("open('loaded', 'w')")
    monkeypatch.chdir(tmp_path)
    create_project(tmp_path / "churn.mlops")
    assert not (tmp_path / "loaded").exists()
