"""Where the person is and was. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the window: a section and what the person wants to see there.

    `intent` is a frozen value of the section (filters, selection, open thing), or None for its start.
    """

    section: str
    intent: Any = None


class History:
    """Places visited, with back and forward.

    Parameters
    ----------
    most : int
        Places kept; the oldest are forgotten first.
    """

    def __init__(self, most: int = 100) -> None:
        self._places: list[Place] = []
        self._at = -1
        self._most = most

    @property
    def here(self) -> Place | None:
        """The place shown, None before the first."""
        return self._places[self._at] if self._places else None

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier place."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a later place."""
        return self._at < len(self._places) - 1

    def visit(self, place: Place) -> None:
        """Go to a new place; what was ahead is forgotten."""
        if place == self.here:
            return
        self._places = [*self._places[: self._at + 1], place][-self._most :]
        self._at = len(self._places) - 1

    def amend(self, place: Place) -> None:
        """The place shown is another now (a filter typed), without a step in the history."""
        if self._places:
            self._places[self._at] = place
        else:
            self.visit(place)

    def back(self) -> Place | None:
        """Step back; None at the oldest."""
        if not self.can_go_back:
            return None
        self._at -= 1
        return self._places[self._at]

    def forward(self) -> Place | None:
        """Step forward; None at the newest."""
        if not self.can_go_forward:
            return None
        self._at += 1
        return self._places[self._at]
