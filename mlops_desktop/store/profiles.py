"""What is known of the values of a version's columns: counted by SQL, kept as JSON in the project's `cache`.

Two queries per hundred columns: one for counts, range, mean and the most frequent values, one for the histogram
between the range's ends. A large version is looked at by a sample of its rows first; then everything is marked as such
and counts are carried over to all rows.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from mlops_desktop.domain.datasets import ColumnProfile, Count
from mlops_desktop.domain.imports import ColumnType, column_type
from mlops_desktop.system import make_private_folder, write_bytes

from .datasets import shown_type
from .pieces_columns import Column, found_column, is_float, literal
from .times import from_json, to_json
from .versions_patches import temp_table

if TYPE_CHECKING:
    from .session import Session

SAMPLED_FROM: Final = 1_000_000
"""Rows over which a version is sampled unless exact figures are asked for."""
SAMPLE_BLOCKS: Final = 16
BLOCK_ROWS: Final = 12_500
"""Neighbouring rows of which the sample consists: a read skips what lies between."""
COLUMNS_AT_ONCE: Final = 100
CELLS_AT_ONCE: Final = 10_000_000
"""Values over which fewer columns are looked at together: exact distinct counts hold every value in memory."""
CELLS_COPIED: Final = 5_000_000
"""Values up to which both queries read a temporary table instead of the files."""
BINS: Final = 24
TOP: Final = 10
LONGEST: Final = 200
"""Letters of a value that are kept."""

_FORM: Final = 2
"""Goes up when figures are found otherwise, so that what was kept before is found anew."""
_NUMBERS: Final = (ColumnType.INTEGER, ColumnType.BIG_INTEGER, ColumnType.DECIMAL, ColumnType.EXACT_DECIMAL)
_TIMES: Final = (ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.INSTANT)


_UNITS: Final = {ColumnType.INTEGER: 1.0, ColumnType.BIG_INTEGER: 1.0, ColumnType.DATE: 86_400.0}
"""Distance between two neighbouring values, where there is one."""


class _Look(msgspec.Struct):
    """One column, and what the first query said of it."""

    column: Column
    missing: int = 0
    infinite: int = 0
    distinct: int = 0
    minimum: str | None = None
    maximum: str | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    deviation: float | None = None
    top: list[str] = []

    @property
    def kind(self) -> ColumnType:
        return column_type(self.column.sql_type)

    @property
    def number(self) -> str:
        """SQL: the value as a double, times in seconds since 1970; null where it has none."""
        if self.kind in _NUMBERS:
            double = f"cast({self.column.sql} as double)"
            return (
                f"case when isfinite({double}) then {double} end"
                if is_float(self.column.sql_type)
                else double
            )
        if self.kind in _TIMES:
            return f"case when isfinite({self.column.sql}) then epoch({self.column.sql}) end"
        return "cast(null as double)"

    def distinct_in(self, rows: int, seen: int) -> int:
        """Distinct values of all `rows`, where `seen` were looked at: a column of ids goes on being one."""
        present = seen - self.missing
        distinct = min(self.distinct, present)
        return round(distinct * rows / seen) if seen < rows and distinct > 0.9 * present else distinct

    @property
    def has_top(self) -> bool:
        return self.kind in (ColumnType.TEXT, ColumnType.BOOLEAN)


class Profiles:
    """Profiles of the project's versions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def columns(self, reference: str, columns: Sequence[str] | None, exact: bool) -> list[ColumnProfile]:
        """Profiles of columns, in the order asked for or of the version.

        Parameters
        ----------
        reference : str
            The version.
        columns : sequence of str, optional
            Written names; None: all.
        exact : bool
            Look at every row of a version of more than a million, too.
        """
        session = self._session
        version = session.versions.version(session.cursor, session.datasets.version_id(reference))
        sampled = version.rows > SAMPLED_FROM and not exact
        wanted = (
            list(version.columns) if columns is None else [found_column(version.columns, n) for n in columns]
        )
        kept = self._kept(version.version_id, sampled)
        if sampled:
            kept |= self._kept(
                version.version_id, False
            )  # who asked for exact figures once has them from then on
        todo = [c for c in dict.fromkeys(wanted) if c.physical not in kept]
        looked_at = SAMPLE_BLOCKS * BLOCK_ROWS if sampled else max(version.rows, 1)
        at_once = max(1, min(COLUMNS_AT_ONCE, CELLS_AT_ONCE // looked_at))
        for start in range(0, len(todo), at_once):
            some = todo[start : start + at_once]
            for column, profile in zip(
                some, self._profiled(version.version_id, version.rows, some, sampled), strict=True
            ):
                kept[column.physical] = profile
        if todo:
            self._keep(version.version_id, sampled, kept)
        return [kept[c.physical] for c in wanted]

    def forget(self, version_id: int) -> None:
        """Delete what is kept of a version."""
        for sampled in (True, False):
            self._path(version_id, sampled).unlink(missing_ok=True)

    # -------------------------------------------------------------------------------------------- kept

    def _path(self, version_id: int, sampled: bool) -> Path:
        name = f"{version_id}{'-sampled' if sampled else ''}-{_FORM}.json"
        return self._session.folder / "cache" / "profiles" / name

    def _kept(self, version_id: int, sampled: bool) -> dict[str, ColumnProfile]:
        try:
            return from_json(self._path(version_id, sampled).read_text("utf-8"), dict[str, ColumnProfile])
        except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
            return {}  # whatever is in the cache may be deleted or cut at any time; it is made anew

    def _keep(self, version_id: int, sampled: bool, profiles: dict[str, ColumnProfile]) -> None:
        path = self._path(version_id, sampled)
        make_private_folder(path.parent)
        write_bytes(path, to_json(profiles).encode())

    # ------------------------------------------------------------------------------------------ looking

    def _profiled(
        self, version_id: int, rows: int, columns: Sequence[Column], sampled: bool
    ) -> Iterator[ColumnProfile]:
        looks = [_Look(c) for c in columns]
        with self._source(version_id, rows, columns, sampled) as source:
            seen = self._look(source, looks)
            shapes = self._shapes(source, looks)
        scale = rows / seen if sampled and seen else 1.0
        for look, (edges, counts, top) in zip(looks, shapes, strict=True):
            yield ColumnProfile(
                name=look.column.name,
                type=shown_type(look.column.type),
                rows=rows,
                missing=round(look.missing * scale),
                distinct=look.distinct_in(rows, seen),
                exact=not sampled,
                minimum=look.minimum,
                maximum=look.maximum,
                mean=look.mean,
                standard_deviation=look.deviation,
                edges=edges,
                counts=[round(n * scale) for n in counts],
                top=[Count(v, round(n * scale)) for v, n in top],
                infinite=round(look.infinite * scale),
            )

    @contextmanager
    def _source(self, version_id: int, rows: int, columns: Sequence[Column], sampled: bool) -> Generator[str]:
        """What to read the columns from."""
        cursor, names = self._session.cursor, [c.name for c in columns]
        if sampled:
            middles = [rows * (2 * block + 1) // (2 * SAMPLE_BLOCKS) for block in range(SAMPLE_BLOCKS)]
            spans = [(middle - BLOCK_ROWS // 2, middle + BLOCK_ROWS // 2) for middle in middles]
            select = self._session.versions.spans(cursor, version_id, spans, names)
        else:
            select = self._session.versions.scan(cursor, version_id, names)
        if sampled or rows * len(columns) <= CELLS_COPIED:
            with temp_table(cursor, select) as table:
                yield table
        else:
            yield f"({select})"

    def _look(self, source: str, looks: Sequence[_Look]) -> int:
        """Fill in the first query's answers; returns the rows looked at."""
        items = ["count(*)"]
        for look in looks:
            c, number = look.column.sql, look.number
            text = look.column.text_sql
            ordered = (
                look.column.sql
                if look.kind not in (ColumnType.NESTED, ColumnType.BINARY)
                else "cast(null as varchar)"
            )
            items += [
                f"count({c})",
                f"count(distinct {text if look.kind is ColumnType.NESTED else c})",
                f"left(cast(min({ordered}) as varchar), {LONGEST})",
                f"left(cast(max({ordered}) as varchar), {LONGEST})",
                f"min({number})",
                f"max({number})",
                f"avg({number})" if look.kind in _NUMBERS else "null",
                f"stddev_samp({number})" if look.kind in _NUMBERS else "null",
                f"approx_top_k({text}, {TOP})" if look.has_top else "null",
                f"count_if(not isfinite({c}))" if is_float(look.column.sql_type) else "0",
            ]
        found = self._session.cursor.execute(f"select {', '.join(items)} from {source}").fetchone()
        assert found is not None
        rows = int(found[0])
        for place, look in enumerate(looks):
            values: tuple[Any, ...] = found[1 + 10 * place : 11 + 10 * place]
            look.missing, look.distinct = rows - int(values[0]), int(values[1])
            look.minimum, look.maximum, look.low, look.high, look.mean, look.deviation = values[2:8]
            look.top = [v for v in values[8] or [] if v is not None]
            look.infinite = int(values[9])
        return rows

    def _shapes(self, source: str, looks: Sequence[_Look]) -> list[_Shape]:
        """The second query: bins between the ends of the ranges, and counts of the most frequent values."""
        edges = [bin_edges(look) for look in looks]
        items = ["count(*)"]  # so that a table without rows answers with a row, too
        for look, found in zip(looks, edges, strict=True):
            text = look.column.text_sql
            if found:
                items.append(f"map_values(histogram({look.number}, [{', '.join(map(_double, found[1:]))}]))")
            elif look.top:
                items.append(f"histogram_exact({text}, [{', '.join(literal(v) for v in look.top)}])")
            else:
                items.append("null")
        row = self._session.cursor.execute(f"select {', '.join(items)} from {source}").fetchone()
        assert row is not None
        return [_shape(look, found, value) for look, found, value in zip(looks, edges, row[1:], strict=True)]


_Shape = tuple[list[float], list[int], list[tuple[str, int]]]
"""Edges and counts of the bins, and the most frequent values with their counts."""


def bin_edges(look: _Look) -> list[float]:
    """Edges of equal bins over the column's range; none where there is no range.

    Whole numbers and dates get bins of a whole width, so that each bin holds equally many of them.
    """
    if look.low is None or look.high is None:
        return []
    low, high = look.low, look.high
    unit = _UNITS.get(look.kind, 0)
    if unit and high - low < unit * 2**50:
        count = (high - low) / unit + 1
        width = math.ceil(count / BINS)
        edges = [low + unit * (width * i - 0.5) for i in range(math.ceil(count / width) + 1)]
    else:
        step = high / BINS - low / BINS
        edges = [*(low + step * i for i in range(BINS)), high]
    return sorted(set(edges)) if edges[0] < edges[-1] else [low, high]


def _double(number: float) -> str:
    """SQL of exactly this number: without an exponent DuckDB reads a decimal first, and may miss the last digit."""
    text = repr(number)
    return text if "e" in text else f"{text}e0"


def _shape(look: _Look, edges: list[float], value: Any) -> _Shape:
    if value is None:
        return edges, [], []
    if edges:
        return edges, [int(n) for n in value][: len(edges) - 1], []
    counts = [(v, int(value.get(v, 0))) for v in look.top]
    return [], [], sorted(((v[:LONGEST], n) for v, n in counts), key=lambda pair: (-pair[1], pair[0]))
