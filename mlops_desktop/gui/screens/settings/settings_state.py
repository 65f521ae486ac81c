"""What the settings show: fields derived from the table of settings, and the keys of every command. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mlops_desktop.domain.settings import SETTINGS, Setting
from mlops_desktop.gui.language import tr

PageName = Literal["window", "project", "shortcuts"]
PAGES: tuple[tuple[PageName, str], ...] = (
    ("window", "Window"),
    ("project", "Project"),
    ("shortcuts", "Keyboard shortcuts"),
)
FieldKind = Literal["choice", "switch", "number", "text"]
MOST_NUMBER = 2_000_000


@dataclass(frozen=True, slots=True)
class SettingField:
    """A setting as a field."""

    name: str
    title: str
    help: str
    kind: FieldKind
    value: str
    default: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = MOST_NUMBER

    @property
    def is_default(self) -> bool:
        """Whether it stands as it came."""
        return self.value.casefold() == self.default.casefold()

    @property
    def default_words(self) -> str:
        """The default as people read it."""
        if self.kind == "switch":
            return tr("on") if is_on(self.default) else tr("off")
        if self.kind == "number":
            return f"{int(self.default):,}"
        return self.default or tr("the machine's")


@dataclass(frozen=True, slots=True)
class ShortcutLine:
    """A command and its keys."""

    action_id: str
    title: str
    group: str
    keys: str
    """As this desktop writes them; empty where it has none."""
    default: bool
    """Whether they are those it came with."""


def setting_fields(scope: str, values: Mapping[str, str]) -> tuple[SettingField, ...]:
    """The settings of a scope as fields.

    Parameters
    ----------
    scope : str
        "window" or "project".
    values : mapping
        Setting to its value as text; one that isn't in it stands at its default.
    """
    return tuple(_field(s, values.get(s.name, str(s.default))) for s in SETTINGS if s.scope == scope)


def _field(setting: Setting, value: str) -> SettingField:
    kind: FieldKind = "text"
    if setting.choices:
        kind = "choice"
    elif isinstance(setting.default, bool):
        kind = "switch"
    elif isinstance(setting.default, int):
        kind = "number"
    return SettingField(
        name=setting.name,
        title=tr(setting.title),
        help=tr(setting.help),
        kind=kind,
        value=value,
        default=str(setting.default),
        choices=tuple(setting.choices),
        low=int(setting.minimum or 0),
        high=int(setting.maximum) if setting.maximum is not None else MOST_NUMBER,
    )


def is_on(value: str) -> bool:
    """Whether the text of a switch means on."""
    return value.casefold() in ("true", "yes", "on", "1")


def shown_shortcuts(lines: Iterable[ShortcutLine], search: str) -> tuple[ShortcutLine, ...]:
    """Commands that `search` means, by group in the order they came: all its words in title and group, or it in the keys."""
    wanted = search.strip().casefold()

    def fits(line: ShortcutLine) -> bool:
        words = f"{line.title} {line.group}".casefold()
        return wanted in line.keys.casefold() or all(word in words for word in wanted.split())

    found = [line for line in lines if fits(line)]
    order = {group: i for i, group in enumerate(dict.fromkeys(line.group for line in found))}
    return tuple(sorted(found, key=lambda line: order[line.group]))


def groups_of(lines: Sequence[ShortcutLine]) -> tuple[tuple[str, tuple[ShortcutLine, ...]], ...]:
    """The lines by group."""
    names = dict.fromkeys(line.group for line in lines)
    return tuple((name, tuple(line for line in lines if line.group == name)) for name in names)
