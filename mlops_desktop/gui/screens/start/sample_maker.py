"""Makes the sample project in a process of its own, and tells how far it is."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from .beginning import note_unfinished
from .start_state import SampleProgress, after_line

MOST_LINES = 40
"""Lines kept of what the process says, for the case that it fails."""


class SampleMaker(QObject):
    """Runs ``mlops-desktop sample PATH``; one at a time."""

    progressed = Signal(object)
    """A `SampleProgress`."""
    made = Signal(object)
    """The folder of the sample, whole."""
    failed = Signal(str)
    """What it said last."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = Path()
        self._progress = SampleProgress()
        self._lines: list[str] = []
        self._rest = ""
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether one is being made."""
        return self._process is not None

    def make(self, folder: Path, *, credit: bool = False) -> None:
        """Begin; the folder must not exist."""
        if self._process is not None:
            return
        self._folder, self._progress, self._lines, self._rest = folder, SampleProgress(), [], ""
        folder.parent.mkdir(parents=True, exist_ok=True)
        note_unfinished(folder)
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.readyReadStandardOutput.connect(self._on_read)
        process.finished.connect(self._on_finished)
        # Not in this process's folder, in which a stranger's modules may lie.
        process.setWorkingDirectory(str(Path(__file__).parents[4]))
        arguments = ["-m", "mlops_desktop", "sample", str(folder.absolute())]
        process.start(sys.executable, [*arguments, "--credit"] if credit else arguments)
        self.progressed.emit(self._progress)

    def stop(self) -> None:
        """End it; what was made so far stays where it is."""
        if self._process is not None:
            self._process.terminate()

    def _on_read(self) -> None:
        assert self._process is not None
        text = self._rest + bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace")
        *lines, self._rest = text.split("\n")
        for line in lines:
            self._lines = [*self._lines, line][-MOST_LINES:]
            self._progress = after_line(self._progress, line)
        if lines:
            self.progressed.emit(self._progress)

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        if code == 0 and status == QProcess.ExitStatus.NormalExit:
            note_unfinished(None)
            self.made.emit(self._folder)
        else:
            self.failed.emit("\n".join([*self._lines, self._rest]).strip())
