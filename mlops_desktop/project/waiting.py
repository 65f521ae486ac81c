"""`NotYet`: how the body of a verb that waits says that there is nothing to tell so far."""

from __future__ import annotations

from typing import Any


class NotYet(Exception):
    """Ask again when there is news.

    Parameters
    ----------
    answer : object
        What to answer when the time is up before there is news.
    """

    def __init__(self, answer: Any) -> None:
        super().__init__("nothing new so far")
        self.answer = answer
