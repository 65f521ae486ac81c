"""The code of the sections, read while the window has nothing else to do.

A section's modules are imported when it is first shown, which keeps the start short; but some have fifty of them, and
the window would stand still for a fifth of a second at the first click. So they are read ahead, one at a time.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QObject, QTimer

from mlops_desktop.gui import screens, widgets

AFTER_MS = 500
"""The window has been painted by then."""
EVERY_MS = 5
"""Between two modules: each takes up to 15 ms, and what the person does comes in between."""
MOST_LOOKS = 20
"""Where something is always asked for, a module is read at every so many looks all the same."""


class ReadingAhead(QObject):
    """Imports the modules of all sections, one at a time.

    Parameters
    ----------
    is_quiet : callable
        Whether nothing is asked for at the moment.
    """

    def __init__(self, is_quiet: Callable[[], bool]) -> None:
        super().__init__()
        self._is_quiet = is_quiet
        self._names = section_modules()
        self._looks = 0
        self.ended = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._read_one)
        self._timer.start(AFTER_MS)

    def _read_one(self) -> None:
        self._timer.setInterval(EVERY_MS)
        self._looks += 1
        if not self._is_quiet() and self._looks < MOST_LOOKS:
            return
        self._looks = 0
        name = next(self._names, None)
        if name is None:
            self.ended = True
            self._timer.stop()
        else:
            importlib.import_module(name)

    def stop(self) -> None:
        """Read no more."""
        self._timer.stop()


def section_modules() -> Iterator[str]:
    """Names of what sections are made of: widgets first, and in each section what others need before its screen."""
    yield from _modules(widgets.__name__, widgets.__path__)
    for found in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}."):
        if found.ispkg:
            yield from _modules(found.name, importlib.import_module(found.name).__path__)


def _modules(package: str, path: Iterable[str]) -> list[str]:
    names = [m.name for m in pkgutil.iter_modules(path, f"{package}.") if not m.ispkg]
    return sorted(names, key=lambda name: (name.endswith(("_page", "_screen")), name))


__all__ = ["ReadingAhead", "section_modules"]
