"""Things to look at: what in the file does not fit, where, and what is done about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from mlops_desktop.domain.imports import Severity
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button, SegmentedControl
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.forms import Select
from mlops_desktop.gui.widgets.labels import ElidedLabel, IconLabel, Label, Line
from mlops_desktop.gui.widgets.layouts import clear, column, row, set_shown

from .import_state import ProblemView

_MARKS: dict[Severity, tuple[str, str]] = {
    "error": ("error", "bad"),
    "warning": ("warning", "warn"),
    "note": ("info", "muted"),
}
_MOST = 60
"""Problems shown one by one; a file with more has a problem of another kind."""
_ROW = 33
_FOLDS_BELOW = 720
"""Px of width below which remedies are chosen from a list."""
_ROWS_SHOWN = 4


class _Remedies(QWidget):
    """The ways to deal with a problem: segments, or a list to choose from where there is no room."""

    chosen = Signal(str)

    def __init__(self, problem: ProblemView) -> None:
        super().__init__()
        self.segments = SegmentedControl(problem.remedies)
        self.segments.choose(problem.chosen)
        self.select = Select(problem.remedies, problem.chosen, small=True)
        for part in (self.segments, self.select):
            part.setAccessibleName(f"{problem.place}: {problem.what}")
            part.chosen.connect(self.chosen)
        self.setLayout(row(self.segments, self.select, spacing=0))

    def fold(self, narrow: bool) -> None:
        """Show the one that fits."""
        set_shown(self.segments, not narrow)
        set_shown(self.select, narrow)


class _ProblemList(QScrollArea):
    """A list as high as its rows, up to a few; then it scrolls."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.folding: list[_Remedies] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(self.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rows = 0
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        """As high as the rows, up to a few."""
        return QSize(300, theme().px(_ROW) * min(self.rows, _ROWS_SHOWN) + 3)

    def minimumSizeHint(self) -> QSize:
        """Two rows; the rest scrolls."""
        return QSize(120, min(self.sizeHint().height(), theme().px(_ROW) * 2 + 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Remedies fold where there is no room for segments."""
        super().resizeEvent(event)
        for remedies in self.folding:
            remedies.fold(self.is_narrow)

    @property
    def is_narrow(self) -> bool:
        """Whether segments would not fit."""
        return self.width() < theme().px(_FOLDS_BELOW)


class ProblemsCard(Card):
    """Problems with their remedies as segments."""

    remedy_chosen = Signal(str, str)
    """Key of the problem and of the remedy."""
    place_wanted = Signal(int, str)
    """Row and column of a problem whose place was clicked."""

    def __init__(self) -> None:
        super().__init__(tr("Things to look at"), flush=True)
        self._list = column(spacing=0)
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        inner.setLayout(column(self._list, None))
        self._scroll = _ProblemList(inner)
        self.add(self._scroll)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._shown: tuple[ProblemView, ...] | None = None

    def show_problems(self, problems: tuple[ProblemView, ...]) -> None:
        """Show them; without any the card is not there."""
        if problems == self._shown:
            return
        self._shown = problems
        set_shown(self, bool(problems))
        count = len(problems)
        title = tr("1 thing to look at") if count == 1 else tr("{} things to look at").format(count)
        able = any(len(p.remedies) > 1 for p in problems)
        self.set_title(title, tr("the first remedy is taken unless you choose another") if able else "")
        clear(self._list)
        self._scroll.folding = []
        for i, problem in enumerate(problems[:_MOST]):
            if i:
                self._list.addWidget(Line())
            self._list.addWidget(self._line(problem))
        if count > _MOST:
            self._list.addWidget(Label(tr("and {} more").format(count - _MOST), "small", "muted"))
        self._scroll.rows = min(count, _MOST)
        self._scroll.updateGeometry()

    def _line(self, problem: ProblemView) -> QWidget:
        icon, ink = _MARKS[problem.severity]
        holder = QWidget()
        place = self._place(problem, ink)
        place.setFixedWidth(theme().px(152))
        what = ElidedLabel(problem.what, "base")
        words = QWidget()
        line = row(IconLabel(icon, "text_muted" if ink == "muted" else ink), place, what, spacing=8)
        line.setStretch(2, 1)
        words.setLayout(line)
        words.setMinimumHeight(theme().px(_ROW - 1))
        parts: list[QWidget] = [words]
        if problem.remedies:
            remedies = _Remedies(problem)
            remedies.chosen.connect(partial(self.remedy_chosen.emit, problem.key))
            self._scroll.folding.append(remedies)
            remedies.fold(self._scroll.is_narrow)
            parts.append(remedies)
        box = row(*parts, margins=(14, 0, 14, 0))
        box.setStretch(0, 1)
        holder.setLayout(box)
        return holder

    def _place(self, problem: ProblemView, ink: str) -> QWidget:
        if problem.row is None or problem.column is None:
            return ElidedLabel(problem.place, "card_title", ink)
        label = ElidedLabel(problem.place, "card_title", ink)
        button = Button(tr("Show {}").format(problem.place), "icon", "search", small=True)
        button.clicked.connect(lambda: self.place_wanted.emit(problem.row or 1, problem.column or ""))
        holder = QWidget()
        line = row(label, button, spacing=2)
        line.setStretch(0, 1)
        holder.setLayout(line)
        return holder
