"""Login entries for each system, as the system itself reads them."""

from __future__ import annotations

import configparser
import os
import plistlib
import shutil
import stat
import subprocess
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from mlops_desktop.domain.errors import InvalidInputError, RefusedError
from mlops_desktop.service.autostart import (
    RUN_KEY,
    RUN_VALUE,
    Entry,
    FileEntry,
    LinkEntry,
    RegistryEntry,
    batch_file,
    desktop_entry,
    entries,
    install,
    is_installed,
    launch_agent,
    remove,
    runs_systemd,
    systemd_unit,
    wake_command,
)
from mlops_desktop.system import Platform, platform_named

LINUX, MAC, WINDOWS = (platform_named(name) for name in ("linux", "darwin", "win32"))
ODD = ['/home/Zoë B/a "b" 100% $HOME `x` \\n\'q/python', "-m", "mlops_desktop", "wake"]


def made(
    platform: Platform = LINUX, home: str = "/home/zoe", systemd: bool = False, **env: str
) -> list[Entry]:
    command = [
        r"C:\Program Files\MLOps\mlops-desktop.exe" if platform.is_windows else "/opt/x y/mlops-desktop"
    ]
    return entries(platform, PurePosixPath(home), env, [*command, "wake"], systemd=systemd)


def read_systemd(line: str) -> list[str]:
    """The words of an ExecStart line with the colon prefix, by the rules of systemd.service(5)."""
    words, word, quoted, at = [], "", False, 0
    assert line.startswith(":")
    text = line[1:]
    while at < len(text):
        char = text[at]
        if char == "\\":
            word, at = word + text[at + 1], at + 1
        elif char == '"':
            quoted = not quoted
        elif char == " " and not quoted:
            words, word = [*words, word], ""
        else:
            word += char
        at += 1
    assert not quoted
    return [w.replace("%%", "%") for w in [*words, word]]


def read_exec(value: str) -> list[str]:
    """The arguments of an Exec value, by the Desktop Entry Specification: text escapes, then quotes, then codes."""
    line = value.replace("\\\\", "\\")
    words, word, at = [], "", 0
    assert line[0] == '"'
    inside = False
    while at < len(line):
        char = line[at]
        if char == '"':
            inside = not inside
            words, word = ([*words, word], "") if not inside else (words, word)
        elif inside and char == "\\":
            assert line[at + 1] in '"`$\\'
            word, at = word + line[at + 1], at + 1
        elif inside:
            assert char not in "`$"
            word += char
        at += 1
    return [w.replace("%%", "%") for w in words]


def parsed(content: bytes) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.read_string(content.decode())
    return parser


def test_a_systemd_unit_gives_back_the_command_with_odd_characters() -> None:
    unit = parsed(systemd_unit(ODD))
    assert read_systemd(unit["Service"]["ExecStart"]) == ["/usr/bin/env", *ODD]
    assert unit["Install"]["WantedBy"] == "default.target"


def test_an_autostart_entry_gives_back_the_command_with_odd_characters() -> None:
    entry = parsed(desktop_entry(ODD))["Desktop Entry"]
    assert read_exec(entry["Exec"]) == ["/usr/bin/env", *ODD]
    assert (entry["Type"], entry["Terminal"]) == ("Application", "false")


def test_a_program_with_a_plain_path_is_started_without_env() -> None:
    plain = ["/opt/x y/mlops-desktop", "wake"]
    assert read_systemd(parsed(systemd_unit(plain))["Service"]["ExecStart"]) == plain
    assert read_exec(parsed(desktop_entry(plain))["Desktop Entry"]["Exec"]) == plain


def test_a_path_that_env_would_take_for_a_variable_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        systemd_unit(["/home/a=b/o'brien/mlops-desktop", "wake"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_itself_accepts_the_unit(tmp_path: Path) -> None:
    program = tmp_path / 'Zoë O\'Brien "b" 100% $HOME' / "mlops-desktop"
    program.parent.mkdir()
    program.touch(mode=0o700)
    unit = tmp_path / "wake.service"
    unit.write_bytes(systemd_unit([str(program), "wake"]))
    command = ["systemd-analyze", "verify", "--user", str(unit)]
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(tmp_path)}
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed"
)
def test_the_validator_of_desktop_entries_accepts_ours(tmp_path: Path) -> None:
    entry = tmp_path / "wake.desktop"
    entry.write_bytes(desktop_entry(ODD))
    checked = subprocess.run(
        ["desktop-file-validate", str(entry)], capture_output=True, text=True, timeout=60
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_a_launch_agent_gives_back_the_command_with_odd_characters() -> None:
    agent = plistlib.loads(launch_agent(ODD))
    assert agent["ProgramArguments"] == ODD
    assert agent["RunAtLoad"] is True


def test_a_batch_file_keeps_percent_signs_and_spaces() -> None:
    text = batch_file([r"C:\100% Zoë\mlops.exe", "wake"]).decode()
    assert 'start "" /min "C:\\100%% Zoë\\mlops.exe" "wake"\r\n' in text
    assert text.startswith("@echo off\r\nchcp 65001 >nul\r\n")


def test_linux_with_systemd_gets_a_unit_and_the_link_that_enables_it() -> None:
    unit, link = made(systemd=True)
    assert isinstance(unit, FileEntry) and isinstance(link, LinkEntry)
    assert str(unit.path) == "/home/zoe/.config/systemd/user/mlops-desktop-wake.service"
    assert str(link.path) == "/home/zoe/.config/systemd/user/default.target.wants/mlops-desktop-wake.service"
    assert link.target == unit.path


@pytest.mark.parametrize(
    ("chosen", "folder"), [("/c", "/c"), ("", "/home/zoe/.config"), ("c", "/home/zoe/.config")]
)
def test_linux_without_systemd_gets_an_autostart_entry_where_the_user_keeps_settings(
    chosen: str, folder: str
) -> None:
    [entry] = made(XDG_CONFIG_HOME=chosen)
    assert isinstance(entry, FileEntry)
    assert str(entry.path) == f"{folder}/autostart/mlops-desktop-wake.desktop"


def test_macos_gets_a_launch_agent() -> None:
    [entry] = made(MAC, home="/Users/zoe")
    assert isinstance(entry, FileEntry)
    assert str(entry.path) == "/Users/zoe/Library/LaunchAgents/mlops-desktop.wake.plist"


def test_windows_gets_a_value_under_the_run_key() -> None:
    assert made(WINDOWS, home=r"C:\Users\zoe") == [
        RegistryEntry(RUN_KEY, RUN_VALUE, r'"C:\Program Files\MLOps\mlops-desktop.exe" wake')
    ]


def test_windows_gets_a_startup_file_when_the_command_is_too_long_for_the_run_key() -> None:
    command = ["C:\\" + "long\\" * 60 + "mlops.exe", "wake"]
    home = PureWindowsPath(r"C:\Users\zoe")
    [entry] = entries(WINDOWS, home, {"APPDATA": r"D:\Roaming"}, command, systemd=False)
    assert isinstance(entry, FileEntry)
    assert entry.path == PureWindowsPath(
        r"D:\Roaming\Microsoft\Windows\Start Menu\Programs\Startup\mlops-desktop-wake.cmd"
    )
    [at_home] = entries(WINDOWS, home, {}, command, systemd=False)
    assert isinstance(at_home, FileEntry)
    assert PureWindowsPath(r"C:\Users\zoe\AppData\Roaming") in PureWindowsPath(at_home.path).parents


@pytest.mark.parametrize(
    ("platform", "command"),
    [(LINUX, []), (LINUX, ["mlops-desktop"]), (LINUX, ["/a\nExecStart=/bin/evil"]), (MAC, ["/a", "b\x00"]),
     (WINDOWS, ["/a"]), (WINDOWS, ['C:\\a" & calc "'])],
)  # fmt: skip
def test_a_command_that_no_entry_can_hold_is_refused(platform: Platform, command: list[str]) -> None:
    with pytest.raises(InvalidInputError):
        entries(platform, PurePosixPath("/home/zoe"), {}, command, systemd=True)


def test_entries_are_written_for_this_user_only_and_removed_without_a_trace(tmp_path: Path) -> None:
    wanted = made(home=str(tmp_path), systemd=True)
    assert not is_installed(wanted)
    install(wanted)
    install(wanted)
    assert is_installed(wanted)
    units = tmp_path / ".config/systemd/user"
    assert stat.S_IMODE(units.stat().st_mode) == 0o700
    assert stat.S_IMODE((units / "mlops-desktop-wake.service").stat().st_mode) == 0o600
    remove(wanted)
    remove(wanted)
    assert [p for p in tmp_path.rglob("*") if not p.is_dir()] == []


def test_an_entry_of_a_program_that_moved_is_not_installed_until_it_is_written_again(tmp_path: Path) -> None:
    old = entries(LINUX, tmp_path, {}, ["/old/mlops-desktop", "wake"], systemd=False)
    new = entries(LINUX, tmp_path, {}, ["/new/mlops-desktop", "wake"], systemd=False)
    install(old)
    assert not is_installed(new)
    install(new)
    assert is_installed(new)


def test_a_file_of_somebody_else_in_place_of_the_link_is_left_alone(tmp_path: Path) -> None:
    wanted = made(home=str(tmp_path), systemd=True)
    link = tmp_path / ".config/systemd/user/default.target.wants/mlops-desktop-wake.service"
    link.parent.mkdir(parents=True)
    link.write_text("mine")
    with pytest.raises(RefusedError):
        install(wanted)
    assert link.read_text() == "mine"


class KeptRegistry:
    """A registry in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def read(self, key: str, name: str) -> str | None:
        return self.values.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


def test_a_registry_entry_is_written_read_and_removed() -> None:
    registry, wanted = KeptRegistry(), made(WINDOWS, home=r"C:\Users\zoe")
    install(wanted, registry)
    assert is_installed(wanted, registry)
    remove(wanted, registry)
    assert registry.values == {}


def test_systemd_is_told_by_its_folder(tmp_path: Path) -> None:
    assert not runs_systemd(tmp_path)
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert runs_systemd(tmp_path)


def test_the_command_is_the_installed_program_or_the_module(tmp_path: Path) -> None:
    python = tmp_path / "python"
    assert wake_command(str(python)) == [str(python), "-m", "mlops_desktop", "wake"]
    program = tmp_path / "mlops-desktop"
    program.touch(mode=0o700)
    assert wake_command(str(python)) == [str(program), "wake"]
