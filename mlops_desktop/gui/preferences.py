"""What the window remembers, as one object that settings screen and window share."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from .window_memory import WindowMemory, save_memory


class Preferences(QObject):
    """The window's memory, saved whenever it changes.

    Parameters
    ----------
    memory : WindowMemory
        What was remembered of the last life.
    """

    changed = Signal(object)
    """The new `WindowMemory`."""

    def __init__(self, memory: WindowMemory) -> None:
        super().__init__()
        self._memory = memory

    @property
    def memory(self) -> WindowMemory:
        """What is remembered now."""
        return self._memory

    def remember(self, memory: WindowMemory) -> None:
        """Keep this from now on, and tell whoever shows it."""
        if memory == self._memory:
            return
        self._memory = memory
        save_memory(memory)
        self.changed.emit(memory)

    def set(self, name: str, value: str) -> None:
        """Set a setting of the window.

        Raises
        ------
        InvalidInputError
            It can't have this value.
        """
        self.remember(self._memory.with_setting(name, value))
