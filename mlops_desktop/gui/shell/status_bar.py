"""The bar at the bottom: the service, the running job, CPU and memory."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from mlops_desktop.gui.shell.shell_state import ShellState
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import Dot, ElidedLabel, Label
from mlops_desktop.gui.widgets.layouts import row, set_shown
from mlops_desktop.gui.widgets.progress import Bar

_DOTS = {"running": "good", "starting": "warn", "stopped": "border_strong", "lost": "bad"}


class StatusBar(QFrame):
    """The bar at the bottom of the window."""

    jobs_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "statusbar")
        self._dot = Dot("border_strong")
        self._service = Label("", "small", "muted")
        self._job = ElidedLabel("", "small", "muted")
        self._bar = Bar(0, width=64)
        self._left = Label("", "small", "muted")
        self._failed = Button("", "link", "error", self.jobs_wanted.emit, small=True)
        self._failed.set_icon("error", "bad")
        self._failed.setProperty("state", "bad")
        self._where = Label("", "small", "muted")
        self._machine = Label("", "small", "muted")
        box = row(
            self._dot, self._service, 10, self._job, self._bar, self._left, self._failed, None, spacing=6
        )
        box.addWidget(self._where)
        box.addSpacing(10)
        box.addWidget(self._machine)
        box.setContentsMargins(12, 0, 12, 0)
        self.setLayout(box)
        self._restyle()
        theme().changed.connect(self._restyle)
        self.show_state(ShellState())

    def show_state(self, state: ShellState) -> None:
        """Show another state."""
        self._dot.show_colour(_DOTS[state.service])
        self._service.setText(state.service_words)
        running = state.running
        if running:
            job = running[0]
            self._job.set_text(f"{job.title} — {job.detail}" if job.detail else job.title)
            self._bar.show_share(job.share)
            self._left.setText(self.tr("Cancelling...") if job.cancelling else job.left)
        else:
            self._job.set_text(state.note or self.tr("no job running"))
        for part in (self._bar, self._left):
            set_shown(part, bool(running))
        failed = len(state.failed)
        words = self.tr("1 failed job") if failed == 1 else self.tr("{} failed jobs").format(failed)
        self._failed.set_text(words)
        set_shown(self._failed, failed > 0)
        self._where.setText(state.where)
        self._machine.setText(state.machine_words)
        set_shown(self._where, bool(state.where))

    def _restyle(self) -> None:
        self.setFixedHeight(theme().size("status_bar"))
