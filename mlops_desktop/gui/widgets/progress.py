"""Progress: a thin bar, and a row with stage, bar, time left and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.labels import ElidedLabel, Label
from mlops_desktop.gui.widgets.layouts import row, set_shown


class Bar(QWidget):
    """A bar 4 px high.

    Parameters
    ----------
    share : float or None
        0 to 1; None while nobody knows how much there is (a third of the bar is shown, standing still).
    role : str
        Colour token.
    """

    def __init__(self, share: float | None = 0.0, role: str = "accent", width: int = 0) -> None:
        super().__init__()
        self._share, self._role, self._wanted = share, role, width
        policy = QSizePolicy.Policy.Fixed if width else QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float | None, role: str = "accent") -> None:
        """Show another share of the whole."""
        self._share, self._role = share, role
        self.setAccessibleName("" if share is None else f"{share:.0%}")
        self.update()

    def sizeHint(self) -> QSize:
        """Four px high."""
        return QSize(theme().px(self._wanted or 80), theme().px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and share."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(self.rect())
        painter.setBrush(theme().colour("border"))
        painter.drawRoundedRect(rect, 2, 2)
        share = 0.33 if self._share is None else min(max(self._share, 0.0), 1.0)
        painter.setBrush(theme().colour(self._role))
        painter.setOpacity(0.5 if self._share is None else 1.0)
        painter.drawRoundedRect(QRectF(0, 0, rect.width() * share, rect.height()), 2, 2)


class ProgressRow(QWidget):
    """Stage, bar, time left and Cancel in one line."""

    cancelled = Signal()
    """The person wants it to stop; the button says "Cancelling..." until `show_progress` is called with `cancelling` off."""

    def __init__(self, stage: str = "", *, can_cancel: bool = True) -> None:
        super().__init__()
        self._stage = ElidedLabel(stage, "small", "muted")
        self._bar = Bar(None)
        self._left = Label("", "small", "muted")
        self._cancel = Button("Cancel", small=True, on_click=self._on_cancel)
        set_shown(self._cancel, can_cancel)
        box = row(self._stage, self._bar, self._left, self._cancel, spacing=8)
        box.setStretch(1, 1)
        self.setLayout(box)

    def show_progress(
        self, stage: str, share: float | None, left: str = "", *, cancelling: bool = False
    ) -> None:
        """Show where it stands; `left` is the time left in words ("3 s left")."""
        self._stage.set_text(stage)
        set_shown(self._stage, bool(stage))
        self._bar.show_share(share)
        self._left.setText("" if cancelling else left)
        self._cancel.setEnabled(not cancelling)
        self._cancel.set_text("Cancelling..." if cancelling else "Cancel")

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._cancel.set_text("Cancelling...")
        self.cancelled.emit()


def time_left(seconds: float) -> str:
    """Seconds in words: "3 s left", "2 min left", "1 h 10 min left"."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min left"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min left" if rest else f"{hours} h left"
