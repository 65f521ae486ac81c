"""Python's cyclic garbage is collected on the GUI thread alone.

The collector runs on whichever thread happens to allocate; on a thread of calls it would delete widgets and timers
that belong to the GUI thread, and Qt aborts. So the automatic collection is off, and a timer does it here, by the
collector's own thresholds.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class GuiCollector(QObject):
    """Collects on the thread that made it, as long as it lives; `stop` gives the collector back."""

    def __init__(self) -> None:
        super().__init__()
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()  # what the imports left lives as long as the window: no need to look at it again
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation] > 0:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
