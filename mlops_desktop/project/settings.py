"""Verbs of the project's settings."""

from __future__ import annotations

from mlops_desktop.domain.settings import SettingValue

from .verb import Group, List, verb


class Settings(Group, group="settings"):
    """What can be set for a project."""

    @verb(right="view")
    def list(self) -> List[SettingValue]:
        """Every setting with its value, default and meaning."""
        return self.store.settings.all()

    @verb(right="edit", undoable=True)
    def set(self, name: str, value: str) -> SettingValue:
        """Set one.

        Parameters
        ----------
        name : str
            Name of the setting, as `list` shows it.
        value : str
            Its new value, as text.
        """
        return self.store.settings.set(name, value)
