"""Notices inside the window: a toast with Undo, and the panel of an error."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from mlops_desktop.domain.errors import UserError
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.labels import IconLabel, Label, Status
from mlops_desktop.gui.widgets.layouts import column, row, set_shown

TOAST_MS = 10_000
_MOST_TOASTS = 3
_ICONS: dict[Status, tuple[str, str]] = {
    "good": ("check", "good"),
    "warn": ("warning", "warn"),
    "bad": ("error", "bad"),
    "accent": ("info", "accent_text"),
    "neutral": ("info", "text_muted"),
}


class Toast(QFrame):
    """One notice; goes after ten seconds, or while the pointer is on it when that leaves."""

    gone = Signal(object)

    def __init__(
        self, text: str, status: Status, button: tuple[str, Callable[[], object]] | None, life_ms: int
    ) -> None:
        super().__init__()
        self.setProperty("kind", "toast")
        self.setAccessibleName(text)
        icon, ink = _ICONS[status]
        self._text = Label(text, wrap=len(text) > 60)
        parts: list[QWidget] = [IconLabel(icon, ink), self._text]
        self._run: Callable[[], object] | None = None
        if button is not None:
            self._run = button[1]
            parts.append(Button(button[0], "link", on_click=self._on_button))
        parts.append(Button(self.tr("Dismiss"), "icon", "x", self.leave, small=True))
        line = row(*parts, spacing=10, margins=(12, 7, 7, 7))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.setMaximumWidth(theme().px(440))
        self._life = QTimer(self)
        self._life.setSingleShot(True)
        self._life.setInterval(life_ms)
        self._life.timeout.connect(self.leave)
        self._life.start()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def enterEvent(self, event: object) -> None:
        """Stay while the pointer is here."""
        self._life.stop()

    def leaveEvent(self, event: object) -> None:
        """The time runs again."""
        self._life.start()

    def leave(self) -> None:
        """Go."""
        self._life.stop()
        self.gone.emit(self)

    def _on_button(self) -> None:
        if self._run is not None:
            self._run()
        self.leave()


class ToastArea(QObject):
    """The toasts of a window, stacked at its lower right."""

    def __init__(self, window: QWidget, bottom: int = 38) -> None:
        super().__init__(window)
        self._window = window
        self._bottom = bottom
        self._toasts: list[Toast] = []
        window.installEventFilter(self)

    @property
    def texts(self) -> list[str]:
        """What is said now, oldest first."""
        return [toast.text for toast in self._toasts]

    def say(
        self,
        text: str,
        status: Status = "good",
        button: tuple[str, Callable[[], object]] | None = None,
        life_ms: int = TOAST_MS,
    ) -> Toast:
        """Show a notice, with a button if something can be done about it."""
        while len(self._toasts) >= _MOST_TOASTS:
            self._toasts[0].leave()
        toast = Toast(text, status, button, life_ms)
        toast.setParent(self._window)
        toast.gone.connect(self._on_gone)
        self._toasts.append(toast)
        toast.show()
        toast.raise_()
        self._place()
        return toast

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _on_gone(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        y = self._window.height() - theme().px(self._bottom)
        for toast in reversed(self._toasts):
            toast.adjustSize()
            y -= toast.height()
            toast.move(self._window.width() - toast.width() - theme().px(16), y)
            y -= theme().px(8)


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error in words: what happened, where, why, what to do, and the details to copy."""

    message: str
    where: str = ""
    reason: str = ""
    remedy: str = ""
    details: str = ""
    is_bug: bool = False


def describe(error: BaseException) -> ErrorText:
    """`error` in words; one that is no `UserError` is a bug and carries its trace."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, UserError):
        return ErrorText(error.message, place_words(error), error.reason, error.remedy, details)
    return ErrorText(
        "Something went wrong inside the app.",
        reason=f"{type(error).__name__}: {error}",
        remedy="Your data is safe. Copy the details and report them; the log has them too.",
        details=details,
        is_bug=True,
    )


def place_words(error: UserError) -> str:
    """Where an error is, in words: "bikes.csv, row 403 (line 404), column weather"."""
    where = error.where
    row_words = f"row {where.row:,}" if where.row is not None else ""
    if where.line is not None:
        row_words = f"{row_words} (line {where.line:,})" if row_words else f"line {where.line:,}"
    parts = (where.file, row_words, f"column {where.column}" if where.column else "", where.field)
    return ", ".join(part for part in parts if part)


class ErrorPanel(Card):
    """What happened, where, why, what to do; beside the work, never over it.

    `show_error` opens it, its x closes it.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__(flush=True)
        self.set_state("bad")
        self._details = ""
        self._headline = Label("", "card_title", wrap=True)
        self._aside = Label("", "base", "bad")
        close = Button(self.tr("Close"), "icon", "x", self.close_panel, small=True)
        band = QFrame()
        band.setProperty("kind", "band")
        band.setProperty("state", "bad")
        head = row(IconLabel("error", "bad"), self._headline, self._aside, close, spacing=10)
        head.setStretch(1, 1)
        head.setContentsMargins(13, 8, 8, 8)
        band.setLayout(head)
        self._facts: dict[str, tuple[QWidget, Label]] = {}
        facts = row(spacing=24, margins=(13, 2, 13, 0))
        for name in (self.tr("Where"), self.tr("Why"), self.tr("What to do")):
            holder, words = QWidget(), Label("", wrap=True).set_selectable()
            holder.setLayout(column(Label(name, "small", "muted"), words, None, spacing=2))
            facts.addWidget(holder, 1)
            self._facts[name] = (holder, words)
        self._buttons = row(margins=(13, 0, 13, 10))
        self._copy = Button(self.tr("Copy details"), icon="copy", on_click=self._on_copy)
        self.add(band, facts, self._buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def message(self) -> str:
        """What happened, as shown."""
        return self._headline.text()

    def show_error(
        self,
        text: ErrorText,
        aside: str = "",
        buttons: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Open it.

        Parameters
        ----------
        aside : str
            At the right of the head: "nothing was written".
        buttons : sequence of (str, callable)
            Remedies; the first is the primary one.
        """
        self._headline.setText(text.message)
        self._aside.setText(aside)
        self._details = text.details or text.message
        for (holder, words), value in zip(
            self._facts.values(), (text.where, text.reason, text.remedy), strict=True
        ):
            words.setText(value)
            set_shown(holder, bool(value))
        self._copy.setParent(None)
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for i, (words, run) in enumerate(buttons):
            self._buttons.addWidget(Button(words, "secondary" if i else "primary", on_click=run))
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._copy)
        self._copy.show()
        self.show()

    def close_panel(self) -> None:
        """Close it."""
        self.hide()
        self.closed.emit()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
