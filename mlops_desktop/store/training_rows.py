"""What the rows of a training table are like as a whole: how many, how many alike, how many infinite values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mlops_desktop.domain.datasets import ColumnProfile, DatasetVersion
from mlops_desktop.domain.training_checks import CheckFinding, ColumnCheck

if TYPE_CHECKING:
    from .session import Session

FEWEST_ROWS: Final = 10
"""Rows with a target under which no training begins."""
FEW_ROWS: Final = 50
"""Rows under which scores are mostly chance."""
COMPARED_ROWS: Final = 200_000
"""Rows of a longer table that are looked at for rows alike."""
MOST_COLUMNS_COMPARED: Final = 500
"""A wider table isn't looked at for rows alike: that would take seconds."""


def row_findings(
    session: Session, version: DatasetVersion, target: str, columns: Sequence[ColumnCheck]
) -> list[CheckFinding]:
    """Too few rows, more columns than rows, and rows alike."""
    used = [c.name for c in columns if c.used]
    found: list[CheckFinding] = []
    if version.rows < FEW_ROWS:
        found.append(_few(version.rows))
    if len(used) > version.rows:
        text = f"{len(used):,} columns, {version.rows:,} rows: a model can fit them by chance."
        found.append(CheckFinding("wide", "warning", "More columns than rows", text))
    compared = [c.name for c in columns if c.used or (c.role == "feature" and "left out" in c.note)]
    if target and len(compared) <= MOST_COLUMNS_COMPARED:
        found += _alike(session, version, [*compared, target])
    return found


def infinite_findings(columns: Sequence[ColumnCheck], facts: dict[str, ColumnProfile]) -> list[CheckFinding]:
    """Columns with infinite values, each with how many."""
    counts = {c.name: facts[c.name].infinite for c in columns if c.used and c.name in facts}
    words = [f"{name}: {count:,} infinite values" for name, count in counts.items() if count]
    if not words:
        return []
    text = f"{'; '.join(words)}. They are taken as missing."
    return [CheckFinding("infinite", "warning", "Infinite values", text)]


def _few(rows: int) -> CheckFinding:
    count = "1 row" if rows == 1 else f"{rows:,} rows"
    if rows < FEWEST_ROWS:
        text = f"{count}; at least {FEWEST_ROWS} with a target are needed to train and to judge a model."
        return CheckFinding("few_rows", "error", "Too few rows", text)
    return CheckFinding("few_rows", "warning", "Few rows", f"{count}: scores vary much by chance.")


def _alike(session: Session, version: DatasetVersion, names: Sequence[str]) -> list[CheckFinding]:
    """Rows that say again what another said, in every feature and the target."""
    schema = {c.name: c for c in session.versions.schema(session.cursor, version.version_id)}
    values = ", ".join(schema[name].sql for name in names)
    source = session.versions.scan(session.cursor, version.version_id, names)
    rows, distinct = session.cursor.execute(
        f"select count(*), count(distinct h) from (select hash(row({values})) as h from ({source}) limit {COMPARED_ROWS})"
    ).fetchall()[0]
    again = rows - distinct
    if not again:
        return []
    among = f"the first {rows:,} rows" if version.rows > rows else f"{rows:,} rows"
    text = (
        f"{again:,} of {among} repeat another in every feature and the target. Where both sides of a split have them, "
        "scores are too good."
    )
    return [CheckFinding("duplicates", "warning" if again > rows / 10 else "note", "Rows alike", text)]
