"""A file to score, as a child can read it: every kind that can be imported becomes one Parquet file."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from mlops_desktop.domain.evaluations import SignatureInput
from mlops_desktop.domain.imports import ColumnType, FilePreview, ImportOptions, column_type
from mlops_desktop.domain.messages import InputColumn

from .reading import preview, stage
from .watching import watched

if TYPE_CHECKING:
    from .work import Work

TEXT_FORMAT: Final = "delimited text"


_NUMBERS: Final = {ColumnType.INTEGER, ColumnType.BIG_INTEGER, ColumnType.DECIMAL, ColumnType.EXACT_DECIMAL}
_MOMENTS: Final = {ColumnType.DATE, ColumnType.TIMESTAMP}
_READ_AS: Final = {
    **dict.fromkeys(("integer", "decimal"), _NUMBERS),
    **dict.fromkeys(("date", "timestamp"), _MOMENTS),
}
"""What an input of a model may be read as before the bundle's own code sees it."""


class ScoringInput(msgspec.Struct, frozen=True):
    """A file to score as a child reads it."""

    path: Path
    columns: list[InputColumn]
    notes: list[str]
    """How numbers and dates were read that are written as in some country."""


@contextmanager
def scoring_input(work: Work, source: str, inputs: Sequence[SignatureInput]) -> Generator[ScoringInput]:
    """The rows of `source` as a Parquet file, for the length of the block.

    The values of a text file stay text: the bundle's own code reads them as numbers or dates, so that a file scored
    here and the same file scored by an exported bundle give equal answers and equal refusals. Only what the bundle's
    code doesn't take, a decimal comma or the day before the month, is read as an import reads it, and said: a file of
    the form that was trained on can be scored.

    Parameters
    ----------
    work : Work
        The job; told of progress.
    source : str
        The file, of any kind that can be imported.
    inputs : sequence of SignatureInput
        What the model takes.
    """
    session = work.session
    cursor, path = session.cursor, Path(source)
    found = preview(cursor, path, ImportOptions())
    options = ImportOptions()
    marked: dict[str, str] = {}
    if found.format.startswith(TEXT_FORMAT):
        marked = _written_as_in_a_country(found, inputs)
        types = {c.name: ColumnType.TEXT for c in found.columns if c.name not in marked}
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
        yield ScoringInput(target, columns, [f"{name}: {why}" for name, why in marked.items()])
    finally:
        target.unlink(missing_ok=True)


def _written_as_in_a_country(found: FilePreview, inputs: Sequence[SignatureInput]) -> dict[str, str]:
    """Inputs whose numbers or dates are written as in some country, with how they are read."""
    wanted = {entry.name: _READ_AS.get(entry.type, set[ColumnType]()) for entry in inputs}
    kinds = {column.name: column.type for column in found.columns}
    return {
        decision.about: decision.why
        for decision in found.decisions
        if decision.is_local and kinds[decision.about] in wanted.get(decision.about, ())
    }
