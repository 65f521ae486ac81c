"""Values of the project's settings; what settings there are stands in `domain.settings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlops_desktop.domain.settings import SETTINGS, Setting, SettingValue, find_setting, parse_value

if TYPE_CHECKING:
    from .session import Session


class SettingRows:
    """Settings of the project."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def value(self, name: str) -> int | float | str | bool:
        """The setting's value here, or its default."""
        setting = find_setting(name)
        text = self._session.value("select value from setting where name = ?", name)
        return setting.default if text is None else parse_value(setting, text)

    def all(self) -> list[SettingValue]:
        """Every setting of a project with its value."""
        return [self._shown(s) for s in SETTINGS if s.scope == "project"]

    def set(self, name: str, text: str) -> SettingValue:
        """Set one, from text as a person writes it."""
        setting = find_setting(name)
        value = parse_value(setting, text)
        session = self._session
        if session.row("setting", [name]) is None:
            session.insert("setting", {"name": name, "value": str(value)})
        else:
            session.update("setting", [name], value=str(value))
        session.say(f"Set {setting.title.lower()} to {value}")
        return self._shown(setting)

    def _shown(self, setting: Setting) -> SettingValue:
        return SettingValue(
            setting.name, setting.title, setting.help, str(self.value(setting.name)), str(setting.default)
        )
