"""The entry that wakes the services of projects with schedules after login.

What is written is made by pure functions, one for each system:

======== ================================================================================================
Linux    a systemd user unit, wanted by ``default.target``; without systemd an XDG autostart entry
macOS    a LaunchAgent
Windows  a value under the registry's ``Run`` key; for a command too long for it a file in the Startup folder
======== ================================================================================================

No entry passes through a shell but the last, which is a batch file and is quoted as one.
"""

from __future__ import annotations

import importlib
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple, Protocol

from mlops_desktop.domain.errors import InvalidInputError, RefusedError
from mlops_desktop.system import HERE, Platform, make_private_folder, write_bytes

UNIT = "mlops-desktop-wake.service"
DESKTOP_ENTRY = "mlops-desktop-wake.desktop"
LABEL = "mlops-desktop.wake"
BATCH_FILE = "mlops-desktop-wake.cmd"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_VALUE = "MLOps Desktop"
LONGEST_RUN_VALUE = 260
"""Characters that Windows reads of a value under the Run key."""

_DESCRIPTION = "Starts the services of MLOps Desktop projects that have schedules"


class FileEntry(NamedTuple):
    """A file to write, for this user only."""

    path: PurePath
    content: bytes


class LinkEntry(NamedTuple):
    """A symbolic link to make; systemd takes a unit as enabled by it."""

    path: PurePath
    target: PurePath


class RegistryEntry(NamedTuple):
    """A text value under a key of the current user."""

    key: str
    name: str
    value: str


Entry = FileEntry | LinkEntry | RegistryEntry


class Registry(Protocol):
    """The part of the Windows registry that is needed, under the current user."""

    def read(self, key: str, name: str) -> str | None:
        """The text of a value, None when there is none."""
        ...

    def write(self, key: str, name: str, value: str) -> None:
        """Make or replace a text value."""
        ...

    def delete(self, key: str, name: str) -> None:
        """Delete a value, if there is one."""
        ...


def wake_command(executable: str = sys.executable) -> list[str]:
    """The command that an entry runs: the installed program, or the module under this interpreter.

    Parameters
    ----------
    executable : str
        The Python interpreter.
    """
    folder = Path(executable).parent
    found = shutil.which("mlops-desktop", path=str(folder))
    return [found, "wake"] if found else [executable, "-m", "mlops_desktop", "wake"]


def entries(
    platform: Platform, home: PurePath, env: Mapping[str, str], command: Sequence[str], *, systemd: bool
) -> list[Entry]:
    """What stands for "run `command` after login" on `platform`.

    Parameters
    ----------
    platform : Platform
        Linux, macOS or Windows.
    home : PurePath
        The user's home.
    env : mapping of str to str
        ``XDG_CONFIG_HOME`` and ``APPDATA`` are read.
    command : sequence of str
        An absolute path and its arguments.
    systemd : bool
        Whether systemd runs this Linux.

    Raises
    ------
    InvalidInputError
        The command is empty, not absolute, or has control characters, which no entry can hold.
    """
    _check(platform, command)
    if platform.is_windows:
        return [_on_windows(PureWindowsPath(home), env, command)]
    home = PurePosixPath(home)
    if platform.name == "darwin":
        return [FileEntry(home / "Library" / "LaunchAgents" / f"{LABEL}.plist", launch_agent(command))]
    chosen = env.get("XDG_CONFIG_HOME", "")
    # The specification tells to take a relative one as unset.
    config = PurePosixPath(chosen) if chosen.startswith("/") else home / ".config"
    if not systemd:
        return [FileEntry(config / "autostart" / DESKTOP_ENTRY, desktop_entry(command))]
    units = config / "systemd" / "user"
    return [
        FileEntry(units / UNIT, systemd_unit(command)),
        LinkEntry(units / "default.target.wants" / UNIT, units / UNIT),
    ]


def systemd_unit(command: Sequence[str]) -> bytes:
    """A user unit that runs `command` once after login.

    The colon before the command keeps systemd from replacing variables (systemd.service(5), "Command lines").
    """
    # systemd takes no program whose own path has a quote or a backslash, as an argument it does.
    words = " ".join(f'"{_escaped(_percent(word))}"' for word in _through_env(command, "\"'\\"))
    text = (
        f"[Unit]\nDescription={_DESCRIPTION}\n\n"
        # The services it starts outlive it: only the process itself belongs to the unit.
        f"[Service]\nType=oneshot\nExecStart=:{words}\nKillMode=process\nRemainAfterExit=yes\n\n"
        "[Install]\nWantedBy=default.target\n"
    )
    return text.encode()


def desktop_entry(command: Sequence[str]) -> bytes:
    """An XDG autostart entry (Desktop Entry Specification 1.5, "The Exec key").

    An argument is quoted first; then the line is escaped as every text of such a file is.
    """
    # GLib looks for the program before it reads %% as %: such a program is started through env.
    words = _through_env(command, "%")
    quoted = " ".join(f'"{_escaped(_percent(word), "`$")}"' for word in words)
    line = quoted.replace("\\", "\\\\")
    text = (
        "[Desktop Entry]\nType=Application\nName=MLOps Desktop schedules\n"
        f"Comment={_DESCRIPTION}\nExec={line}\nTerminal=false\nNoDisplay=true\nX-GNOME-Autostart-enabled=true\n"
    )
    return text.encode()


def launch_agent(command: Sequence[str]) -> bytes:
    """A LaunchAgent that runs `command` at login (launchd.plist(5)); its arguments need no quoting."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Background",
        # The services it starts outlive it.
        "AbandonProcessGroup": True,
    }
    return plistlib.dumps(agent)


def batch_file(command: Sequence[str]) -> bytes:
    """A batch file for the Startup folder: UTF-8, every word quoted, percent signs doubled."""
    words = " ".join(f'"{_percent(word)}"' for word in command)
    return f'@echo off\r\nchcp 65001 >nul\r\nstart "" /min {words}\r\n'.encode()


def install(wanted: Sequence[Entry], registry: Registry | None = None) -> None:
    """Write the entries: each file whole or not at all, readable by this user only.

    Raises
    ------
    ResourceError
        The disk is full or the folder is read-only.
    RefusedError
        Something that is not ours stands where the link belongs.
    """
    for entry in wanted:
        match entry:
            case FileEntry(path, content):
                make_private_folder(Path(path).parent)
                write_bytes(Path(path), content)
            case LinkEntry(path, target):
                _link(Path(path), Path(target))
            case RegistryEntry(key, name, value):
                (registry or WindowsRegistry()).write(key, name, value)


def remove(wanted: Sequence[Entry], registry: Registry | None = None) -> None:
    """Delete the entries that are there; folders stay."""
    for entry in reversed(wanted):
        match entry:
            case FileEntry(path, _) | LinkEntry(path, _):
                Path(path).unlink(missing_ok=True)
            case RegistryEntry(key, name, _):
                (registry or WindowsRegistry()).delete(key, name)


def is_installed(wanted: Sequence[Entry], registry: Registry | None = None) -> bool:
    """Whether all entries are there exactly so; false after the program moved, until `install` again."""
    return all(_stands(entry, registry) for entry in wanted)


def runs_systemd(root: Path = Path("/")) -> bool:
    """Whether systemd is the init of this machine (sd_booted(3))."""
    return (root / "run" / "systemd" / "system").is_dir()


def entries_here(env: Mapping[str, str], command: Sequence[str]) -> list[Entry]:
    """`entries` for this machine and user."""
    return entries(HERE, Path.home(), env, command, systemd=runs_systemd())


def registry_here(platform: Platform = HERE) -> WindowsRegistry | None:
    """The registry of this machine's user; None where there is none."""
    return WindowsRegistry() if platform.is_windows else None


class WindowsRegistry:
    """The registry of the current user, by `winreg`, which only Windows has."""

    def __init__(self) -> None:
        self._winreg: Any = importlib.import_module("winreg")

    def read(self, key: str, name: str) -> str | None:
        """The text of a value, None when there is none."""
        winreg = self._winreg
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return str(winreg.QueryValueEx(opened, name)[0])
        except FileNotFoundError:
            return None

    def write(self, key: str, name: str, value: str) -> None:
        """Make or replace a text value; REG_SZ, in which Windows replaces no %variables%."""
        winreg = self._winreg
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """Delete a value, if there is one."""
        if self.read(key, name) is not None:
            winreg = self._winreg
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                winreg.DeleteValue(opened, name)


def _check(platform: Platform, command: Sequence[str]) -> None:
    path = PureWindowsPath if platform.is_windows else PurePosixPath
    if not command or not path(command[0]).is_absolute():
        raise InvalidInputError("The command to run after login has to be an absolute path.")
    forbidden = '"' if platform.is_windows else ""
    for word in command:
        if any(ord(c) < 32 or ord(c) == 127 or c in forbidden for c in word):
            raise InvalidInputError(
                f"{word!r} can't stand in a login entry.", reason="It has a control character or a quote."
            )


def _on_windows(home: PureWindowsPath, env: Mapping[str, str], command: Sequence[str]) -> Entry:
    value = subprocess.list2cmdline(command)
    if len(value) <= LONGEST_RUN_VALUE:
        return RegistryEntry(RUN_KEY, RUN_VALUE, value)
    roaming = PureWindowsPath(env.get("APPDATA") or home / "AppData" / "Roaming")
    startup = roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "Startup"
    return FileEntry(startup / BATCH_FILE, batch_file(command))


def _through_env(command: Sequence[str], special: str) -> list[str]:
    """The command, through env when the path of its program has a character of `special`."""
    if not any(c in command[0] for c in special):
        return list(command)
    if "=" in command[0]:
        # env takes a word with an equals sign for a variable.
        raise InvalidInputError(
            f"{command[0]!r} can't stand in a login entry.", reason=f"It has “=” beside one of {special}."
        )
    return ["/usr/bin/env", *command]


def _escaped(word: str, also: str = "") -> str:
    special = '"\\' + also
    return "".join(f"\\{c}" if c in special else c for c in word)


def _percent(word: str) -> str:
    return word.replace("%", "%%")


def _link(path: Path, target: Path) -> None:
    make_private_folder(path.parent)
    if path.is_symlink():
        if path.readlink() == target:
            return
        path.unlink()
    elif path.exists():
        raise RefusedError(f"{path} is no link of ours.", remedy="Move it away, then switch this on again.")
    path.symlink_to(target)


def _stands(entry: Entry, registry: Registry | None) -> bool:
    match entry:
        case FileEntry(path, content):
            return Path(path).is_file() and Path(path).read_bytes() == content
        case LinkEntry(path, target):
            return Path(path).is_symlink() and Path(path).readlink() == Path(target)
        case RegistryEntry(key, name, value):
            return (registry or WindowsRegistry()).read(key, name) == value
