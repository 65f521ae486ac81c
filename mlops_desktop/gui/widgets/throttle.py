"""News that come many times a second, shown a few times a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal


class Throttle(QObject):
    """Calls back at the first `poke`, then at most every `every_ms`; the last poke is never lost."""

    fired = Signal()

    def __init__(self, parent: QObject, every_ms: int = 300) -> None:
        super().__init__(parent)
        self._waiting = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(self._on_timeout)

    def poke(self) -> None:
        """Something changed."""
        if self._timer.isActive():
            self._waiting = True
        else:
            self._timer.start()
            self.fired.emit()

    def _on_timeout(self) -> None:
        if self._waiting:
            self._waiting = False
            self._timer.start()
            self.fired.emit()
