"""`Table`: rows on their way to a window, a terminal or a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Table(msgspec.Struct, frozen=True):
    """A page of rows, held by column.

    Values are `None`, `bool`, `int`, `float`, `str` or `bytes`; dates, times, decimals and nested values
    are text in ISO or DuckDB form, exactly as stored, and `types` says what they are.
    """

    names: list[str]
    types: list[str]
    columns: list[list[Any]]
    """One list per column, all of the same length."""
    first_row: int = 0
    """Position of the first row in the whole table, from 0."""
    total_rows: int = 0
    """Rows of the whole table, of which this is a page."""

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Row after row, as tuples."""
        return zip(*self.columns, strict=True)

    def column(self, name: str) -> Sequence[Any]:
        """The values of the column `name`."""
        return self.columns[self.names.index(name)]

    def to_arrow(self) -> pa.Table:  # pyright: ignore[reportUnknownParameterType] - pyarrow has no types
        """The same rows as a `pyarrow.Table` (imports pyarrow on first use)."""
        import pyarrow as pa

        return pa.table([pa.array(c) for c in self.columns], names=self.names)

    def to_pandas(self) -> pd.DataFrame:
        """The same rows as a `pandas.DataFrame` (imports pandas on first use)."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame
