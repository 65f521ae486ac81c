"""The panel at the right: inspector of what is chosen, or the jobs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from mlops_desktop.gui.shell.shell_state import JobLine
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import IconLabel, KeyCap, Label, Line
from mlops_desktop.gui.widgets.layouts import column, row, set_shown
from mlops_desktop.gui.widgets.progress import ProgressRow

_MARKS = {
    "queued": ("hourglass", "text_muted"),
    "running": ("hourglass", "accent"),
    "done": ("check", "good"),
    "failed": ("error", "bad"),
    "cancelled": ("x", "text_muted"),
}


class JobRow(QWidget):
    """One job: mark, title, when, detail, and bar or buttons."""

    asked = Signal(str, str)
    """Job id, and "cancel" or the key of a button."""

    def __init__(self, job: JobLine) -> None:
        super().__init__()
        self._id = job.id
        self._mark = IconLabel("hourglass")
        self._title = Label("", "card_title", wrap=True)
        self._at = Label("", "small", "muted")
        self._detail = Label("", "small", "muted", wrap=True)
        self._progress = ProgressRow(can_cancel=job.can_cancel)
        self._progress.cancelled.connect(lambda: self.asked.emit(self._id, "cancel"))
        self._buttons = row(spacing=8)
        self._made: tuple[tuple[str, str], ...] = ()
        head = row(self._title, self._at)
        head.setStretch(0, 1)
        body = column(head, self._detail, self._progress, self._buttons, spacing=3)
        line = row(self._mark, body, spacing=9, margins=(0, 10, 0, 10))
        line.setStretch(1, 1)
        line.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.show_job(job)

    def show_job(self, job: JobLine) -> None:
        """Show where it stands now."""
        self._mark.show_icon(*_MARKS[job.state])
        self._title.setText(job.title)
        self._at.setText(job.at)
        self._detail.setText(job.detail)
        set_shown(self._detail, bool(job.detail))
        running = job.state in ("queued", "running")
        set_shown(self._progress, running)
        if running:
            self._progress.show_progress("", job.share, job.left, cancelling=job.cancelling)
        if job.buttons != self._made:
            self._show_buttons(job.buttons)

    def _show_buttons(self, buttons: tuple[tuple[str, str], ...]) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for key, words in buttons:
            button = Button(words, small=True, icon="copy" if key == "copy" else "")
            button.clicked.connect(lambda _=False, key=key: self.asked.emit(self._id, key))
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._made = buttons


class JobsView(QWidget):
    """All jobs, newest first."""

    asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, JobRow] = {}
        self._list: QVBoxLayout = column(spacing=0)
        self._foot = Label(
            self.tr("Jobs go on when this window closes. A failed job waits here; nothing pops up."),
            "small",
            "muted",
            wrap=True,
        )
        self.setLayout(column(self._list, self._foot, None, spacing=12))

    def show_jobs(self, jobs: Sequence[JobLine]) -> None:
        """Show these jobs; rows that stay are changed, not made anew."""
        if [j.id for j in jobs] != list(self._rows):
            for old in self._rows.values():
                self._list.removeWidget(old)
                old.hide()
                old.deleteLater()
            while (item := self._list.takeAt(0)) is not None:
                line = item.widget()
                if line is not None:
                    line.deleteLater()
            self._rows = {}
            for job in jobs:
                made = JobRow(job)
                made.asked.connect(self.asked)
                self._rows[job.id] = made
                self._list.addWidget(made)
                self._list.addWidget(Line())
        for job in jobs:
            self._rows[job.id].show_job(job)


class SidePanel(QFrame):
    """The panel at the right; shows one thing at a time.

    Parameters
    ----------
    inspector_keys, jobs_keys : str
        Key caps shown in the head.
    """

    closed = Signal()

    def __init__(self, inspector_keys: str, jobs_keys: str) -> None:
        super().__init__()
        self.setProperty("kind", "inspector")
        self._keys = {"inspector": inspector_keys, "jobs": jobs_keys}
        self._what = ""
        self.jobs = JobsView()
        self._name = Label("", "small", "muted")
        self._cap = KeyCap("")
        self._close = Button(self.tr("Close"), "icon", "x", self.close_panel, small=True)
        self._title = Label("", "subtitle", wrap=True)
        self._nothing = Label(
            self.tr("Choose something to see its details here."), "base", "muted", wrap=True
        )
        self._content: QWidget | None = None
        self._body: QVBoxLayout = column(self._title, self._nothing, self.jobs, spacing=8)
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        inner.setLayout(column(self._body, None, margins=(18, 0, 18, 14)))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        head = row(self._name, None, self._cap, self._close, spacing=4, margins=(18, 14, 12, 6))
        self.setLayout(column(head, scroll, spacing=0))
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def what(self) -> str:
        """What it shows: "inspector", "jobs", or "" while it is closed."""
        return self._what if not self.isHidden() else ""

    def open_panel(self, what: str) -> None:
        """Show "inspector" or "jobs"."""
        self._what = what
        is_jobs = what == "jobs"
        self._name.setText(self.tr("Jobs") if is_jobs else self.tr("Inspector"))
        self._cap.setText(self._keys[what])
        set_shown(self.jobs, is_jobs)
        self._show_parts()
        self.show()

    def close_panel(self) -> None:
        """Hide it."""
        self.hide()
        self.closed.emit()

    def toggle(self, what: str) -> None:
        """Open it with `what`, or close it if that is shown."""
        if self.what == what:
            self.close_panel()
        else:
            self.open_panel(what)

    def inspect(self, title: str, content: QWidget | None) -> None:
        """Show the details of what is chosen; the old content is deleted."""
        if self._content is not None:
            self._body.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._title.setText(title)
        if content is not None:
            self._body.insertWidget(1, content)
        self._show_parts()

    def sizeHint(self) -> QSize:
        """Width of the design."""
        return QSize(theme().size("inspector"), 400)

    def _show_parts(self) -> None:
        inspects = self._what == "inspector"
        set_shown(self._title, inspects and bool(self._title.text()))
        set_shown(self._nothing, inspects and self._content is None)
        if self._content is not None:
            set_shown(self._content, inspects)

    def _restyle(self) -> None:
        self.setFixedWidth(theme().size("inspector"))
