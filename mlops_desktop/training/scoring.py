"""Scores a whole table in a child: CSV by `bundle.tables`, Parquet here, both through `bundle.scorer`."""

from __future__ import annotations

import csv
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mlops_desktop import system
from mlops_desktop.bundle.errors import InputError, NewerModelError
from mlops_desktop.bundle.files import PathFiles
from mlops_desktop.bundle.preparation import Observed
from mlops_desktop.bundle.scorer import Scored, Scorer, shown
from mlops_desktop.bundle.tables import (
    BLOCK_ROWS,
    Summary,
    harmless,
    output_cells,
    output_names,
    score_csv_file,
)
from mlops_desktop.bundle.values import Array, Columns, Input, from_text, unfit
from mlops_desktop.domain.errors import FileError, RefusedError, Where
from mlops_desktop.domain.messages import InputColumn, ScoreWork
from mlops_desktop.domain.models import ScoredFile
from mlops_desktop.training.reading import Arrow, shown_type, to_values
from mlops_desktop.training.reporting import Reporter

_NUMBERS = ("integer", "decimal")
_MOMENTS = ("date", "timestamp")


def loaded(model_files: Mapping[str, str]) -> Scorer:
    """The model in these files.

    Raises
    ------
    RefusedError
        A later version of the program wrote it.
    """
    try:
        return Scorer.load(PathFiles(model_files))
    except NewerModelError as error:
        raise RefusedError(
            "A newer version of the program made this model.",
            reason=str(error),
            remedy="Use the newer version.",
        ) from error


def score_table(work: ScoreWork, reporter: Reporter) -> ScoredFile:
    """Score `work.input` into `work.output`, which appears once it is whole.

    Raises
    ------
    FileError
        A column is missing or a value does not fit; `where` has row and column.
    ResourceError
        The disk is full, or the folder of the output can't be written.
    """
    began = time.monotonic()
    reporter.stage("Score")
    scorer = loaded(work.model_files)
    source, target = Path(work.input), Path(work.output)
    try:
        if source.suffix.lower() == ".parquet":
            summary = _score_parquet(scorer, work, reporter)
        else:
            size = max(1, source.stat().st_size)
            summary = score_csv_file(scorer, source, target, lambda rows: _told(reporter, rows, size))
    except InputError as error:
        where = Where(file=work.source_name or source.name, row=error.row, column=error.column)
        raise FileError(error.message, remedy="Correct the file and score it again.", where=where) from error
    except OSError as error:
        told = system.resource_error(error, target)
        if told is None:
            raise
        raise told from error
    for note in summary.notes:
        reporter.log("info", note)
    reporter.stage_done("Score", work.model, f"{summary.rows:,} rows")
    return ScoredFile(
        work.output, summary.rows, work.model, round(time.monotonic() - began, 3), summary.notes
    )


def _told(reporter: Reporter, rows: int, size_bytes: int) -> None:
    """Progress through a text whose number of rows isn't known: by a guess of 50 bytes a row."""
    reporter.progress(min(0.99, rows * 50 / size_bytes), "Score")


def _score_parquet(scorer: Scorer, work: ScoreWork, reporter: Reporter) -> Summary:
    file = pq.ParquetFile(work.input)
    columns = list(work.columns) or [InputColumn(name, name) for name in file.schema_arrow.names]
    names = [column.name for column in columns]
    target = Path(work.output)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}{system.TEMP_SUFFIX}")
    total = Observed()
    try:
        with _Writer(partial, target.suffix.lower(), scorer, names) as writer:
            for batch in _batches(file, columns):
                typed = typed_columns(scorer, names, batch, total.rows + 1)
                scored = scorer.score(typed, batch.num_rows)
                writer.write(batch, scored)
                total.add(scored.observed)
                reporter.progress(0.99 * total.rows / max(1, file.metadata.num_rows), "Score")
        system.publish(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return Summary(total.rows, scorer.notes(total, names))


def _batches(file: Any, columns: Sequence[InputColumn]) -> Iterator[Any]:
    """Blocks of rows under the written names; one without rows if the file has none."""
    stored = [column.stored for column in columns]
    empty = True
    for batch in file.iter_batches(BLOCK_ROWS, columns=stored):
        empty = False
        yield pa.table([batch.column(name) for name in stored], names=[column.name for column in columns])
    if empty:
        table = file.schema_arrow.empty_table()
        yield pa.table([table.column(name) for name in stored], names=[column.name for column in columns])


def typed_columns(scorer: Scorer, names: Sequence[str], table: Any, first_row: int) -> Columns:
    """The model's inputs out of an Arrow table, in the form of `bundle.values`.

    Raises
    ------
    InputError
        A column is missing or doubled, or a value does not fit.
    """
    positions = scorer.positions(names)
    return {
        entry.name: _typed(table.column(positions[entry.name]), entry, first_row)
        for entry in scorer.used_inputs
    }


def _typed(column: Arrow, wanted: Input, first_row: int) -> Array:
    """One input; text is read as a CSV's, whole numbers may stand for text."""
    kind = shown_type(column.type)
    same = kind == wanted.type or all(k in _NUMBERS for k in (kind, wanted.type))
    if same or all(k in _MOMENTS for k in (kind, wanted.type)):
        return to_values(column, kind)
    if pa.types.is_null(column.type) or column.null_count == len(column):
        return from_text([None] * len(column), wanted, first_row)
    if kind == "text":
        return from_text(column.to_pylist(), wanted, first_row)
    if kind == "integer" and wanted.type == "text":
        return from_text([None if v is None else str(v) for v in column.to_pylist()], wanted, first_row)
    values = column.to_pylist()
    row = next(i for i, value in enumerate(values) if value is not None)
    raise unfit(values[row], wanted, first_row + row)


class _Writer:
    """Writes scored rows as CSV, or as Parquet if the name says so."""

    def __init__(self, path: Path, suffix: str, scorer: Scorer, names: Sequence[str]) -> None:
        self._path = path
        self._parquet = suffix == ".parquet"
        self._scorer = scorer
        self._added = output_names(scorer, names)
        self._names = [*names, *self._added]
        self._file: Any = None
        self._rows: Any = None

    def __enter__(self) -> _Writer:
        if not self._parquet:
            self._file = self._path.open("w", encoding="utf-8", newline="")
            self._rows = csv.writer(self._file, lineterminator="\n")
            self._rows.writerow([harmless(name) for name in self._names])
        return self

    def __exit__(self, *failure: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, table: Any, scored: Scored) -> None:
        """Append the rows of `table` with what was predicted."""
        if not self._parquet:
            columns = [cells_of(column) for column in table.columns]
            added = output_cells(self._scorer, scored)
            self._rows.writerows(
                [*row, *more] for row, more in zip(zip(*columns, strict=True), added, strict=True)
            )
            return
        whole = pa.table([*table.columns, *self._predicted(scored)], names=self._names)
        if self._file is None:
            self._file = pq.ParquetWriter(self._path, whole.schema, compression="zstd")
        self._file.write_table(whole)

    def _predicted(self, scored: Scored) -> list[Any]:
        values = pa.array(scored.values, pa.float64() if self._scorer.task == "regression" else None)
        if not len(scored.values) and self._scorer.labels:
            values = pa.array(self._scorer.labels).slice(0, 0)
        return [values, *(pa.array(scored.outputs[:, i]) for i in range(len(self._added) - 1))]


def cells_of(column: Arrow) -> list[str]:
    """The values of a column as cells of a CSV file: every digit, dates in ISO form, nothing where missing."""
    kind = shown_type(column.type)
    if kind in _MOMENTS:
        whole = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
        moments = to_values(whole, kind)
        if _is_far(moments):
            days_or_times = moments.astype("datetime64[D]" if kind == "date" else "datetime64[us]")
            return ["" if np.isnat(v) else str(v) for v in days_or_times]
    values: list[Any] = column.to_pylist()
    if kind == "text":
        return ["" if v is None else harmless(v) for v in values]
    if kind == "boolean":
        return ["" if v is None else shown(v) for v in values]
    if kind == "other":
        return ["" if v is None else harmless(_nested(v)) for v in values]
    return ["" if v is None else (repr(v) if isinstance(v, float) else str(v)) for v in values]


def _is_far(moments: Array) -> bool:
    """Whether some are in years that Python's dates don't reach."""
    years = moments[~np.isnat(moments)].astype("datetime64[Y]").astype(np.int64) + 1970
    return bool(len(years)) and not 1 < years.min() <= years.max() < 9999


def _nested(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.hex() if isinstance(value, bytes) else str(value)
