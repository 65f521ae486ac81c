"""What the window remembers, as one object that settings screen and window share."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from mlops_desktop.domain.errors import UserError

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
    not_saved = Signal(object)
    """A `UserError`: what is remembered holds for this life only; said once until it could be saved again."""

    def __init__(self, memory: WindowMemory) -> None:
        super().__init__()
        self._memory = memory
        self._saved = True

    @property
    def memory(self) -> WindowMemory:
        """What is remembered now."""
        return self._memory

    def remember(self, memory: WindowMemory) -> None:
        """Keep this from now on, and tell whoever shows it; what could not be saved is tried again with the next."""
        if memory == self._memory and self._saved:
            return
        self._memory = memory
        self.changed.emit(memory)
        try:
            save_memory(memory)
        except UserError as error:
            if self._saved:
                self.not_saved.emit(error)
            self._saved = False
        else:
            self._saved = True

    def set(self, name: str, value: str) -> None:
        """Set a setting of the window.

        Raises
        ------
        InvalidInputError
            It can't have this value.
        """
        self.remember(self._memory.with_setting(name, value))
