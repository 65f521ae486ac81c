"""A place to drop files on, or to choose one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from mlops_desktop.gui.theme import set_style
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import IconLabel, Label
from mlops_desktop.gui.widgets.layouts import column


def dropped_files(data: QMimeData) -> list[Path]:
    """The local files that are dragged, in order; nothing for text or remote addresses."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropArea(QFrame):
    """A dashed area that takes files.

    Parameters
    ----------
    title, note : str
        "Drop a file here", and what is taken.
    link : (str, callable), optional
        Words and what a click does ("Choose a file...").
    """

    dropped = Signal(list)
    """List of `Path`."""

    def __init__(self, title: str, note: str, link: tuple[str, Callable[[], object]] | None = None) -> None:
        super().__init__()
        self.setProperty("kind", "drop")
        self.setAcceptDrops(True)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        words = Label(note, "base", "muted").set_wrap_width(330)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        parts: list[QWidget] = [IconLabel("download", "accent", 20), Label(title, "card_title"), words]
        if link is not None:
            parts.append(Button(link[0], "link", on_click=link[1]))
        box = column(spacing=8, margins=(14, 14, 14, 14))
        box.addStretch(1)
        for part in parts:
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self.setLayout(box)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show that a drop would be taken."""
        if dropped_files(event.mimeData()):
            set_style(self, state="over")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm again."""
        set_style(self, state="")

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the files."""
        set_style(self, state="")
        event.acceptProposedAction()
        self.dropped.emit(dropped_files(event.mimeData()))
