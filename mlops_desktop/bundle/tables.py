"""CSV files in and out: read row by row, scored in blocks, so that a file of any length fits in memory."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .errors import InputError
from .preparation import Observed
from .scorer import Scored, Scorer, shown

BLOCK_ROWS = 20_000
LONGEST_CELL = 64 << 20
MOST_PROBABILITIES = 50
"""Classes that get a column of probabilities each."""
_DELIMITERS = ",;\t|"
_HEAD_BYTES = 1 << 20
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Summary:
    """What was scored."""

    rows: int
    notes: list[str]


class CsvTable:
    """The header and the rows of a CSV text, with their line numbers.

    Parameters
    ----------
    stream : text file
        Opened with ``newline=""``.
    expected : sequence of str
        Names of the model's inputs: the separator is the one under which most of them are found.
    """

    def __init__(self, stream: IO[str], expected: Sequence[str]) -> None:
        csv.field_size_limit(LONGEST_CELL)
        head = stream.read(_HEAD_BYTES)
        self._reader = csv.reader(_Joined(head, stream), delimiter=_delimiter(head, expected), strict=True)
        self.names = unique_names(self._next() or [])
        if not self.names:
            raise InputError("The table is empty: it has no header.")
        if head.lstrip()[:1] in ("{", "[") and not set(self.names) & set(expected):
            raise InputError(
                "This is JSON, not CSV: send it to the server's /invocations, or save it as CSV."
            )

    def blocks(self, rows: int = BLOCK_ROWS) -> Iterator[list[list[str]]]:
        """The rows, at most `rows` at a time.

        Raises
        ------
        InputError
            A row has more or fewer values than the header, or a quote is not closed.
        """
        block: list[list[str]] = []
        number = 0
        while (row := self._next()) is not None:
            if not row and len(self.names) > 1:
                continue
            number += 1
            if len(row) != len(self.names):
                raise InputError(
                    f"Row {number} (line {self._reader.line_num}) has {len(row)} values, but the header has "
                    f"{len(self.names)} columns.",
                    row=number,
                )
            block.append(row)
            if len(block) == rows:
                yield block
                block = []
        if block:
            yield block

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise InputError(f"Line {self._reader.line_num} can't be read as CSV: {error}.") from None
        except UnicodeDecodeError as error:
            text = (
                f"The text after line {self._reader.line_num} is not UTF-8: {error.reason}. Save it as UTF-8."
            )
            raise InputError(text) from None


class _Joined:
    """Lines of what was read already, then of the rest."""

    def __init__(self, head: str, stream: IO[str]) -> None:
        self._head = io.StringIO(head, newline="")
        self._stream = stream

    def __iter__(self) -> Iterator[str]:
        for line in self._head:
            if line.endswith(("\n", "\r")):
                yield line
            else:  # the head ends within this line
                yield line + self._stream.readline()
        yield from self._stream


def _delimiter(head: str, expected: Sequence[str]) -> str:
    """The separator under which the header has most of the `expected` names."""

    def found(delimiter: str) -> tuple[int, int]:
        try:
            names = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
        except csv.Error:
            return 0, 0
        return len(set(names) & set(expected)), len(names)

    return max(_DELIMITERS, key=found)


def unique_names(written: Sequence[str]) -> list[str]:
    """Names for a header as an import gives them: an empty one after its place, a repeated one with a number.

    So a file that was trained on can be scored as it is: ``a,,a`` are ``a``, ``column 2`` and ``a_2``. Names that
    differ only in their case count as equal.
    """
    taken = {name.lower() for name in written if name.strip()}
    names: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(written, start=1):
        given = name if name.strip() else f"column {place}"
        chosen = given
        if given.lower() in (seen if name.strip() else taken):
            number = 2
            while (chosen := f"{given}_{number}").lower() in taken | seen:
                number += 1
        seen.add(chosen.lower())
        names.append(chosen)
    return names


def free_names(wanted: Sequence[str], taken: Iterable[str]) -> list[str]:
    """`wanted`, each with a number behind it if it is `taken` already."""
    used = set(taken)
    names: list[str] = []
    for name in wanted:
        free, number = name, 1
        while free in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        names.append(free)
    return names


def output_names(scorer: Scorer, taken: Sequence[str]) -> list[str]:
    """Names of the columns that scoring adds: ``prediction``, and ``probability_<label>`` for each class."""
    labels = scorer.labels if len(scorer.labels) <= MOST_PROBABILITIES else []
    return free_names(["prediction", *(f"probability_{shown(label)}" for label in labels)], taken)


def output_cells(scorer: Scorer, scored: Scored) -> list[list[str]]:
    """The cells that scoring adds to each row."""
    with_probabilities = 0 < len(scorer.labels) <= MOST_PROBABILITIES
    cells: list[list[str]] = []
    for row, value in enumerate(scored.values):
        added = [harmless(shown(value)) if scorer.labels else repr(float(value))]
        if with_probabilities:
            added += [repr(float(p)) for p in scored.outputs[row]]
        cells.append(added)
    return cells


def harmless(cell: str) -> str:
    """`cell`, with an apostrophe before it if a spreadsheet would run it; a number stays as it is."""
    if cell and cell[0] in "=+-@\t\r" and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def score_csv(scorer: Scorer, source: IO[str], target: IO[str], progress: Progress | None = None) -> Summary:
    """Score a CSV text and write it with the predictions behind its own columns.

    Parameters
    ----------
    source, target : text files
        Opened with ``newline=""``.
    progress : callable, optional
        Called with the number of rows after each block.
    """
    table = CsvTable(source, [entry.name for entry in scorer.used_inputs])
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([harmless(name) for name in [*table.names, *output_names(scorer, table.names)]])
    total = Observed()
    for block in table.blocks():
        scored = scorer.score(scorer.from_cells(table.names, block, total.rows + 1), len(block))
        for row, added in zip(block, output_cells(scorer, scored), strict=True):
            writer.writerow([*map(harmless, row), *added])
        total.add(scored.observed)
        if progress is not None:
            progress(total.rows)
    if not total.rows:
        scorer.from_cells(table.names, [])  # a table without rows must still have the columns
    return Summary(total.rows, scorer.notes(total, table.names))


def score_csv_file(scorer: Scorer, source: Path, target: Path, progress: Progress | None = None) -> Summary:
    """Score the CSV file `source` into `target`, which appears once it is whole and on the disk."""
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with (
            source.open(encoding="utf-8-sig", newline="") as reading,
            partial.open("w", encoding="utf-8", newline="") as writing,
        ):
            summary = score_csv(scorer, reading, writing, progress)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return summary


def score_csv_text(scorer: Scorer, text: str) -> tuple[list[Any], Any, list[str]]:
    """Predictions, outputs and notes of a CSV text."""
    table = CsvTable(io.StringIO(text, newline=""), [entry.name for entry in scorer.used_inputs])
    rows = [row for block in table.blocks() for row in block]
    scored = scorer.score(scorer.from_cells(table.names, rows), len(rows))
    return scored.values, scored.outputs, scorer.notes(scored.observed, table.names)
