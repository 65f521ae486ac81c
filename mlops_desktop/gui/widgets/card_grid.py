"""Cards side by side in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from mlops_desktop.gui.theme import theme


class CardGrid(QWidget):
    """Cards of the same width, in rows.

    Parameters
    ----------
    least : int
        Narrowest card in px at 100 %.
    most : int
        Most cards in a row.
    """

    def __init__(self, least: int = 330, most: int = 3) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._cards: list[QWidget] = []
        self._shape: tuple[int, int] = (0, 0)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme().space("gap"))

    @property
    def cards(self) -> tuple[QWidget, ...]:
        """The cards shown, in order."""
        return tuple(self._cards)

    def set_cards(self, cards: Sequence[QWidget]) -> None:
        """Show these cards; those that are shown no more are deleted."""
        for card in self._cards:
            self._grid.removeWidget(card)
            if card not in cards:
                card.hide()
                card.deleteLater()
        self._cards, self._shape = list(cards), (0, 0)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """One card: the grid can always fold."""
        hints = [c.minimumSizeHint() for c in self._cards]
        return QSize(max((h.width() for h in hints), default=0), self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self._cards)
        if not count:
            return
        room = max(1, self.width() // max(theme().px(self._least), 1))
        per_row = min(room, self._most, count)
        if count > per_row:  # five cards as 3 + 2, four as 2 + 2
            rows = -(-count // per_row)
            per_row = -(-count // rows)
        if (count, per_row) == self._shape:
            return
        self._shape = (count, per_row)
        for card in self._cards:
            self._grid.removeWidget(card)
        last = count - (count - 1) // per_row * per_row
        span = _common(per_row, last)
        for place, card in enumerate(self._cards):
            line, column = divmod(place, per_row)
            each = span // (last if place >= count - last else per_row)
            self._grid.addWidget(card, line, column * each, 1, each)
            card.show()
        for column in range(max(span, self._grid.columnCount())):
            self._grid.setColumnStretch(column, 1 if column < span else 0)


def _common(first: int, second: int) -> int:
    """Lowest common multiple: columns that both a full and the last row fill."""
    return next(n for n in range(first, first * second + 1) if n % first == 0 and n % second == 0)
