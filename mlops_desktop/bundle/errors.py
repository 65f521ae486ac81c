"""What can be wrong with a request or a bundle."""

from __future__ import annotations


class InputError(Exception):
    """A table or request that can't be scored.

    Parameters
    ----------
    message : str
        One sentence, which names row and column.
    row : int, optional
        Data row, from 1.
    column : str, optional
        Name of the column.
    """

    def __init__(self, message: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


class DamagedBundleError(Exception):
    """A file of the bundle is not the one that was exported."""


class NewerModelError(Exception):
    """The model is of a format that a later version writes, and what it says more would be lost."""
