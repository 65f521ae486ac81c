"""Which pages of a long table are held, wanted and on their way. No Qt."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

P = TypeVar("P")

PAGE_ROWS = 500
PAGES_KEPT = 40
PAGES_UNDER_WAY = 2
"""More at once would only queue in the service behind pages that have scrolled away."""


class PageCache(Generic[P]):
    """Pages by number, the least recently shown forgotten first.

    Parameters
    ----------
    page_rows, kept, under_way : int
        Rows of a page, pages held, pages asked for at the same time.
    """

    def __init__(
        self, page_rows: int = PAGE_ROWS, kept: int = PAGES_KEPT, under_way: int = PAGES_UNDER_WAY
    ) -> None:
        self.page_rows = page_rows
        self._kept = kept
        self._under_way = under_way
        self._pages: OrderedDict[int, P] = OrderedDict()
        self._asked: set[int] = set()
        self._shown: tuple[int, int] = (0, 0)

    def __len__(self) -> int:
        return len(self._pages)

    def clear(self) -> None:
        """Forget everything: another source, sort or filter."""
        self._pages.clear()
        self._asked.clear()

    def get(self, page: int) -> P | None:
        """The page with that number, None while it is not here."""
        return self._pages.get(page)

    def look_at(self, first_row: int, last_row: int) -> None:
        """Rows `first_row` to `last_row` are on screen now; what is wanted follows from it."""
        self._shown = (first_row // self.page_rows, max(last_row, first_row) // self.page_rows)
        for page in range(self._shown[0], self._shown[1] + 1):
            if page in self._pages:
                self._pages.move_to_end(page)

    def is_shown(self, page: int) -> bool:
        """Whether a row of the page is on screen."""
        return self._shown[0] <= page <= self._shown[1]

    def next_to_ask(self) -> list[int]:
        """Pages to ask for now: those on screen that are not here or on their way.

        What was wanted earlier and has scrolled away is not asked for.
        """
        free = self._under_way - len(self._asked)
        missing = [
            page
            for page in range(self._shown[0], self._shown[1] + 1)
            if page not in self._pages and page not in self._asked
        ]
        taken = missing[: max(free, 0)]
        self._asked.update(taken)
        return taken

    def put(self, page: int, rows: P) -> None:
        """A page has come."""
        self._asked.discard(page)
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > self._kept:
            self._pages.popitem(last=False)

    def give_up(self, page: int) -> None:
        """A page could not be had; it is asked for again when it is next on screen."""
        self._asked.discard(page)
