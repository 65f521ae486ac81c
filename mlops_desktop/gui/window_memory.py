"""What the window remembers of this person between two of its lives. No Qt."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from mlops_desktop import system
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.settings import find_setting, parse_value

FILE = "window.json"
MOST_PLACES = 50


class WindowMemory(msgspec.Struct, frozen=True):
    """Everything that comes back when the window is opened again."""

    geometry: dict[str, Any] = {}
    """As `MainWindow.geometry_state` gives it."""
    settings: dict[str, str] = {}
    """Settings of the scope ``window`` that differ from their defaults, as text."""
    shortcuts: dict[str, str] = {}
    """Action to keys that the person chose."""
    sections: dict[str, str] = {}
    """Folder of a project to the section that was in front, the one used last at the end."""
    told_background: bool = False
    """Whether it was said once that the service goes on when the window closes."""

    def setting(self, name: str) -> int | float | str | bool:
        """The value of a setting of the window; its default where what is stored can't be read."""
        found = find_setting(name)
        with contextlib.suppress(InvalidInputError):
            return parse_value(found, self.settings.get(name, str(found.default)))
        return found.default

    def with_setting(self, name: str, value: str) -> WindowMemory:
        """The same with another value of a setting.

        Raises
        ------
        InvalidInputError
            The setting can't have this value.
        """
        parse_value(find_setting(name), value)
        return msgspec.structs.replace(self, settings={**self.settings, name: value})

    def with_section(self, project: Path | str, section: str) -> WindowMemory:
        """The same with the section in front of a project noted."""
        kept = {k: v for k, v in self.sections.items() if k != str(project)}
        newest = [*kept.items(), (str(project), section)][-MOST_PLACES:]
        return msgspec.structs.replace(self, sections=dict(newest))


def load_memory() -> WindowMemory:
    """What was remembered; nothing where the file is missing or can't be read."""
    with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode((system.state_folder() / FILE).read_bytes(), type=WindowMemory)
    return WindowMemory()


def save_memory(memory: WindowMemory) -> None:
    """Remember it."""
    data = msgspec.json.format(msgspec.json.encode(memory), indent=1)
    system.write_bytes(system.state_folder() / FILE, data)


def logs_folder() -> Path:
    """Where the logs of window and services are."""
    return system.state_folder() / "logs"
