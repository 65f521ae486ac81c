"""A file to score, as a child can read it: every kind that can be imported becomes one Parquet file."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from mlops_desktop.domain.imports import ColumnType, ImportOptions, column_type
from mlops_desktop.domain.messages import InputColumn

from .reading import preview, stage
from .watching import watched

if TYPE_CHECKING:
    from .work import Work

TEXT_FORMAT: Final = "delimited text"


@contextmanager
def scoring_input(work: Work, source: str) -> Generator[tuple[Path, list[InputColumn]]]:
    """The rows of `source` as a Parquet file, for the length of the block.

    The values of a text file stay text: the bundle's own code reads them as numbers or dates, so that a file scored
    here and the same file scored by an exported bundle give equal answers and equal refusals.

    Parameters
    ----------
    work : Work
        The job; told of progress.
    source : str
        The file, of any kind that can be imported.
    """
    session = work.session
    cursor, path = session.cursor, Path(source)
    found = preview(cursor, path, ImportOptions())
    options = ImportOptions()
    if found.format.startswith(TEXT_FORMAT):
        types = {c.name: ColumnType.TEXT for c in found.columns}
        options = msgspec.structs.replace(found.options, types=types)
    target = session.versions.temp_path()

    def physical(names: Sequence[str]) -> Sequence[str]:
        return [f"c{n}" for n in range(len(names))]

    try:
        with watched(cursor, work, "Read") as progress:
            staged = stage(cursor, path, options, target, physical, progress)
        columns = [
            InputColumn(name, stored, column_type(kind).value)
            for name, stored, kind in zip(staged.names, staged.physical, staged.types, strict=True)
        ]
        yield target, columns
    finally:
        target.unlink(missing_ok=True)
