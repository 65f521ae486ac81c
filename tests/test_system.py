from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import psutil
import pytest

from mlops_desktop import system
from mlops_desktop.domain.errors import RefusedError, ResourceError
from mlops_desktop.system import Identity, Platform
from mlops_desktop.system.loopback import socket_option
from mlops_desktop.system.machine import mounts_here

Name = Literal["linux", "darwin", "windows"]
LINUX, WINDOWS = Platform("linux"), Platform("windows")
SCRIPT = Path(__file__).with_name("system_crash_script.py")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class LockedFor:
    """`os.replace` of a Windows on which another program holds the target for some attempts."""

    def __init__(self, attempts: int) -> None:
        self.left = attempts
        self.pauses: list[float] = []

    def __call__(self, temp: Path, target: Path) -> None:
        self.left -= 1
        if self.left >= 0:
            raise PermissionError(errno.EACCES, "in use", str(target))
        os.replace(temp, target)

    def platform(self) -> Platform:
        return Platform("windows", replace=self, pause=self.pauses.append)


def full_disk(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


# Bytes that become final


def test_written_bytes_stand_alone_and_are_private(tmp_path: Path) -> None:
    system.write_bytes(tmp_path / "a", b"one")
    system.write_bytes(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert files(tmp_path) == ["a"]
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_file_and_folder_are_fsynced_around_the_rename(tmp_path: Path) -> None:
    seen: list[str] = []

    def fsync(descriptor: int) -> None:
        seen.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        os.fsync(descriptor)

    def replace(temp: Path, target: Path) -> None:
        seen.append("rename")
        os.replace(temp, target)

    system.write_bytes(tmp_path / "a", b"one", platform=Platform("linux", replace=replace, fsync=fsync))
    assert seen == ["file", "rename", "folder"]


def test_windows_has_no_folder_to_fsync(tmp_path: Path) -> None:
    system.fsync_folder(tmp_path / "missing", WINDOWS)


def test_a_folder_that_can_not_be_synced_on_a_network_drive_is_no_error(tmp_path: Path) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    system.fsync_folder(tmp_path, Platform("linux", fsync=refuse))


def test_a_file_held_for_a_moment_on_windows_is_replaced_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    held = LockedFor(3)
    system.write_bytes(tmp_path / "a", b"new", platform=held.platform())
    assert (tmp_path / "a").read_bytes() == b"new"
    assert held.pauses == [0.01, 0.02, 0.04]


def test_a_file_held_for_good_on_windows_is_named_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_bytes(b"old")
    held = LockedFor(1_000)
    with pytest.raises(ResourceError, match=r"report\.csv can't be replaced"):
        system.write_bytes(tmp_path / "report.csv", b"new", platform=held.platform())
    assert sum(held.pauses) < 2
    assert files(tmp_path) == ["report.csv"] and (tmp_path / "report.csv").read_bytes() == b"old"


def test_a_file_that_can_not_be_replaced_elsewhere_is_told_at_once(tmp_path: Path) -> None:
    held = LockedFor(1)
    platform = Platform("linux", replace=held, pause=held.pauses.append)
    with pytest.raises(ResourceError):
        system.write_bytes(tmp_path / "a", b"new", platform=platform)
    assert held.pauses == []


def test_a_full_disk_is_told_with_the_space_needed_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"no room .* 2\.5 MB are needed in"):
        system.write_bytes(tmp_path / "a", bytes(2_500_000), platform=Platform("linux", fsync=full_disk))
    assert files(tmp_path) == []


def test_a_real_full_disk_is_told_in_words() -> None:
    with pytest.raises(ResourceError, match="no room"), system.staged(Path("/dev/shm/mlops-desktop-test")):
        Path("/dev/full").write_bytes(b"x")


def test_a_block_that_fails_publishes_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), system.staged(tmp_path / "a") as temp:
        temp.write_bytes(b"half")
        raise KeyError("something else")
    assert files(tmp_path) == []


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_folder_is_told_by_its_name(number: int) -> None:
    told = system.resource_error(OSError(number, ""), Path("/data/churn/a.parquet"))
    assert isinstance(told, ResourceError)
    assert "/data/churn is read-only" in told.reason


def test_an_error_that_is_none_of_the_disk_stays_itself() -> None:
    assert system.resource_error(FileNotFoundError(errno.ENOENT, ""), Path("a")) is None


def test_of_many_that_make_a_file_once_all_get_the_first_ones(tmp_path: Path) -> None:
    answers: list[bytes] = []
    start = threading.Barrier(8)

    def make(number: int) -> None:
        start.wait()
        answers.append(system.create_once(tmp_path / "key", bytes([number]) * 32))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {(tmp_path / "key").read_bytes()}
    assert files(tmp_path) == ["key"]


@pytest.mark.parametrize("name", ["linux", "darwin", "windows"])
def test_a_file_reaches_the_disk_and_its_name_on_every_system(tmp_path: Path, name: Name) -> None:
    opened: list[int] = []

    def fsync(descriptor: int) -> None:
        opened.append(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE)
        os.fsync(descriptor)

    platform = Platform(name, fsync=fsync)
    system.write_bytes(tmp_path / "a", b"one", platform=platform)
    with system.staged(tmp_path / "b", platform=platform, over=False) as temp:
        temp.write_bytes(b"two")
    assert system.create_once(tmp_path / "a", b"three", platform) == b"one"
    # Windows flushes a file only through a handle that may write, and has no folder to flush.
    once = [os.O_RDWR] if name == "windows" else [os.O_RDONLY, os.O_RDONLY]
    assert (files(tmp_path), opened) == (["a", "b"], once * 2)


# Crash points


def crash_at(moment: str, folder: Path) -> int:
    environment = {
        **os.environ,
        "MLOPS_CRASH_AT": moment,
        "PYTHONPATH": str(Path(system.__file__).parents[2]),
    }
    return subprocess.run([sys.executable, SCRIPT, folder], env=environment, timeout=30).returncode


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", [name for name in system.CRASH_POINTS if name.startswith("publish.")])
def test_a_kill_while_publishing_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, name: str, when: str
) -> None:
    (tmp_path / "target").write_bytes(b"old")
    assert crash_at(f"{name}:{when}", tmp_path) == -signal.SIGKILL
    renamed = (name, when) in {
        ("publish.rename", "after"),
        *(("publish.fsync_folder", w) for w in ("before", "after")),
    }
    assert (tmp_path / "target").read_bytes() == (b"new" if renamed else b"old")
    others = [path for path in files(tmp_path) if path != "target"]
    assert all(path.endswith(system.TEMP_SUFFIX) for path in others)


@pytest.mark.parametrize(
    "moment", ["", "publish.rename:after:2", "store.commit:before", "publish.rename:during"]
)
def test_another_moment_or_a_later_turn_kills_nobody(tmp_path: Path, moment: str) -> None:
    assert crash_at(moment, tmp_path) == 0


def test_a_crash_point_that_nobody_listed_is_a_bug() -> None:
    with pytest.raises(KeyError, match="unheard_of"), system.crash_point("store.unheard_of"):
        pass


# Paths


@pytest.mark.parametrize(
    "relative",
    [
        "",
        ".",
        "..",
        "../a",
        "a/../../b",
        "/etc/passwd",
        "C:\\a",
        "C:a",
        "\\a",
        "a\\..\\..\\b",
        "//server/share/a",
        "a\0b",
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, relative: str) -> None:
    with pytest.raises(RefusedError):
        system.within(tmp_path, relative)


def test_a_plain_path_stays_inside(tmp_path: Path) -> None:
    assert system.within(tmp_path, "data/ab/cd.parquet") == tmp_path / "data/ab/cd.parquet"


def test_a_path_through_a_link_is_refused_even_where_it_leads_inside(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(RefusedError):
        system.within(tmp_path, "link/file")


def test_a_path_is_spelled_as_it_is_stored_and_leads_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "Real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "Real")
    stored = system.stored_path(tmp_path / "link")
    assert stored.name in files(tmp_path) and stored.samefile(tmp_path / "Real")
    assert system.stored_path(tmp_path / "missing") == tmp_path.resolve() / "missing"


@pytest.mark.parametrize("platform", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_a_link_is_not_opened(tmp_path: Path, platform: Platform) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(RefusedError):
        system.open_nofollow(tmp_path / "link", platform)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RefusedError):
        system.open_nofollow(tmp_path / "pipe")


def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(RefusedError):
            system.open_nofollow(path)


@pytest.mark.parametrize("platform", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_a_regular_file_is_opened_for_reading(tmp_path: Path, platform: Platform) -> None:
    (tmp_path / "a").write_bytes(b"text\r\n\x1a")
    with system.open_nofollow(tmp_path / "a", platform) as file:
        assert file.read() == b"text\r\n\x1a"


# Processes


def sleeper() -> subprocess.Popen[bytes]:
    return system.spawn([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def test_a_process_is_alive_until_it_ends_and_a_zombie_is_not() -> None:
    child = sleeper()
    who = system.identity(child.pid)
    assert system.is_alive(who)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # not reaped
    assert not system.is_alive(who)
    child.communicate()


def test_another_process_with_the_same_number_is_not_the_one_and_is_not_ended() -> None:
    child = sleeper()
    who = system.identity(child.pid)
    earlier = Identity(who.pid, who.create_time - 5)
    assert not system.is_alive(earlier)
    assert system.terminate_tree(earlier)
    assert system.is_alive(who)
    child.communicate(b"\n")


@pytest.mark.parametrize("pid", [0, 1])
def test_the_kernel_and_init_are_no_ones_tree(pid: int) -> None:
    assert system.tree(Identity(pid, 0.0)) == []


def test_the_tree_of_a_process_never_holds_this_one() -> None:
    assert os.getpid() not in [process.pid for process in system.tree(system.identity())]


def test_a_spawned_process_leads_a_session_of_its_own() -> None:
    child = sleeper()
    assert os.getsid(child.pid) == child.pid
    child.communicate(b"\n")


def test_output_goes_to_a_private_file_that_is_added_to(tmp_path: Path) -> None:
    for word in ("one", "two"):
        system.spawn([sys.executable, "-c", f"print({word!r})"], output=tmp_path / "log").wait(20)
    assert (tmp_path / "log").read_text() == "one\ntwo\n"
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600


def test_a_child_can_be_put_below_this_process_and_never_above() -> None:
    child = system.spawn([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, lower_by=5)
    lowered = min(os.nice(0) + 5, 19)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == lowered
    system.lower_priority(0, child.pid)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == lowered
    child.communicate(b"\n")


def test_on_windows_a_process_gets_a_class_of_priority() -> None:
    child = sleeper()
    system.lower_priority(3, child.pid, WINDOWS)
    below_normal = 0x4000  # for this system a niceness, cut to the last one
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == min(below_normal, 19)
    child.communicate(b"\n")


def test_windows_gets_a_group_below_normal_without_a_console() -> None:
    assert system.detachment(WINDOWS) == (False, 0x200 | 0x4000 | 0x0800_0000)
    assert system.detachment(LINUX) == (True, 0)


def test_memory_counts_what_a_process_has_started() -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(100_000_000); print(1, flush=True); input()'])"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"1\n"
    assert system.memory_of(system.identity(child.pid)) > 100_000_000
    child.communicate(b"\n")


# The machine


def test_machine_and_boot_are_the_same_when_asked_again() -> None:
    assert system.machine_id() == system.machine_id()
    assert system.boot_id() == system.boot_id() != system.boot_id(Platform("darwin"))
    assert system.machine_name()


@pytest.mark.parametrize(
    ("path", "mounts", "kind"),
    [
        ("/home/anna/churn.mlops", [("/", "ext4")], "local"),
        ("/home/anna/churn.mlops", [("/", "ext4"), ("/home", "nfs4")], "network"),
        ("/home/anna/churn.mlops", [("/home", "nfs4"), ("/home/anna", "ext4")], "local"),
        ("/homes/churn.mlops", [("/", "ext4"), ("/home", "nfs4")], "local"),
        ("/mnt/box/a", [("/", "ext4"), ("/mnt/box", "fuse.sshfs")], "network"),
        ("/media/usb/a", [("/", "ext4"), ("/media/usb", "fuseblk")], "local"),
        ("/home/anna/Dropbox/a", [("/", "ext4")], "synced"),
        ("/Users/anna/Library/Mobile Documents/a", [("/", "apfs")], "synced"),
        ("/home/anna/OneDrive - Example/a", [("/", "ext4")], "synced"),
        ("\\\\server\\share\\a", [], "network"),
        ("Z:\\a", [("C:\\", "rw,fixed"), ("Z:\\", "rw,remote")], "network"),
    ],
)
def test_where_a_folder_lies_is_told_from_its_mount_and_its_name(
    path: str, mounts: list[tuple[str, str]], kind: str
) -> None:
    assert system.folder_kind(Path(path), mounts) == kind


def test_where_a_mount_lies_is_told_by_its_kind_and_on_windows_by_its_options() -> None:
    parts = psutil.disk_partitions(all=True)
    assert mounts_here(LINUX) == [(p.mountpoint, p.fstype) for p in parts]
    assert mounts_here(WINDOWS) == [(p.mountpoint, p.opts) for p in parts]


def test_the_folders_of_this_user_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for folder in (system.state_folder(), system.config_folder()):
        assert folder.is_relative_to(tmp_path)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_moved_folder_keeps_its_id_and_a_copy_has_another(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    known = system.folder_id(folder)
    assert system.folder_id(folder.rename(tmp_path / "b")) == known
    folder.mkdir()
    assert system.folder_id(folder) != known


def test_cores_are_those_this_process_is_bound_to() -> None:
    bound = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(bound)})
        assert system.usable_cores(LINUX) == 1
        assert system.usable_cores(WINDOWS) == os.cpu_count()
    finally:
        os.sched_setaffinity(0, bound)


def test_a_listening_socket_is_on_loopback_and_not_inherited() -> None:
    with system.listen_on_loopback() as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
        assert not listening.get_inheritable()


async def is_sent_without_delay(listening: socket.socket) -> bool:
    """Whether asyncio sends what a connection that it took from this socket writes at once."""
    told = asyncio.get_running_loop().create_future()

    def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(take, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        found = await told
        writer.close()
        await writer.wait_closed()
    return bool(found)


def test_an_answer_of_the_service_waits_for_no_acknowledgement() -> None:
    with system.listen_on_loopback() as listening:
        assert asyncio.run(is_sent_without_delay(listening))


def test_on_windows_no_other_process_can_listen_on_the_same_port() -> None:
    so_exclusiveaddruse = ~4  # SO_REUSEADDR is 4 there
    assert socket_option(WINDOWS) == so_exclusiveaddruse
    assert socket_option(LINUX) == socket.SO_REUSEADDR


@pytest.mark.parametrize(
    ("value", "name"),
    [("linux", "linux"), ("freebsd14", "linux"), ("darwin", "darwin"), ("win32", "windows")],
)
def test_the_platform_is_told_by_the_interpreter(value: str, name: str) -> None:
    assert system.platform_named(value).name == name
