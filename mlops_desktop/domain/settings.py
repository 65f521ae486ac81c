"""Settings: one table from which screen, ``settings`` verbs and help page derive."""

from __future__ import annotations

from typing import Literal

import msgspec

from .errors import InvalidInputError, NotFoundError, Where


class Setting(msgspec.Struct, frozen=True):
    """What can be set."""

    name: str
    title: str
    default: int | float | str | bool
    help: str
    scope: Literal["window", "project"]
    choices: list[str] = []
    minimum: float | None = None
    maximum: float | None = None


class SettingValue(msgspec.Struct, frozen=True):
    """A setting as it is set."""

    name: str
    title: str
    help: str
    value: str
    default: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "theme", "Theme", "system", "Light, dark, or as the system.", "window", ["system", "light", "dark"]
    ),
    Setting("zoom", "Size of text", 100, "In percent of 13 pixels.", "window", minimum=80, maximum=200),
    Setting("reduced_motion", "Less motion", False, "Nothing moves that need not.", "window"),
    Setting(
        "parallel_runs",
        "Runs at a time",
        1,
        "How many training runs may work at the same time.",
        "project",
        minimum=1,
        maximum=64,
    ),
    Setting(
        "run_memory_mb",
        "Memory of a run",
        4096,
        "In megabytes; a run that needs more is ended and says so.",
        "project",
        minimum=256,
        maximum=1_048_576,
    ),
    Setting(
        "threads",
        "Threads of a run",
        0,
        "0 takes as many as the machine has cores.",
        "project",
        minimum=0,
        maximum=512,
    ),
    Setting(
        "timezone",
        "Time zone of schedules",
        "",
        "An IANA name as Europe/Berlin; empty is the machine's.",
        "project",
    ),
)


def find_setting(name: str) -> Setting:
    """The setting of this name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    for setting in SETTINGS:
        if setting.name == name:
            return setting
    raise NotFoundError(f"There is no setting “{name}”.", remedy="See `mlops-desktop settings list`.")


def parse_value(setting: Setting, text: str) -> int | float | str | bool:
    """The value that `text` means for `setting`.

    Raises
    ------
    InvalidInputError
        It is of another type, out of range or none of the choices.
    """
    where = Where(field=setting.name)
    if setting.choices and text not in setting.choices:
        raise InvalidInputError(
            f"{setting.title} can be {', '.join(setting.choices)}, not “{text}”.", where=where
        )
    if isinstance(setting.default, bool):
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if text.lower() not in words:
            raise InvalidInputError(f"{setting.title} is yes or no, not “{text}”.", where=where)
        return words[text.lower()]
    if isinstance(setting.default, str):
        return text
    try:
        value = type(setting.default)(text)
    except ValueError as error:
        raise InvalidInputError(f"{setting.title} is a number, not “{text}”.", where=where) from error
    low, high = setting.minimum, setting.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise InvalidInputError(
            f"{setting.title} lies between {low:g} and {high:g}, not at {value}.", where=where
        )
    return value
