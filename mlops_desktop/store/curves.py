"""Metrics by step, for charts: which there are, and the points that draw their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlops_desktop.analysis.curves import moving_mean, thinned
from mlops_desktop.domain.curves import Curve, CurveName
from mlops_desktop.domain.errors import InvalidInputError, Where

if TYPE_CHECKING:
    from .session import Session

WIDEST_MEAN = 10_001
"""Most points that a mean is made of: more would keep the service busy."""


class Curves:
    """What was logged with steps."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def names(self, run_ids: Sequence[int]) -> list[CurveName]:
        """Metrics of these runs that have values at more than one step, by run and name."""
        rows = self._session.all(
            "select run_id, name, count(*) as points from metric"
            " where run_id in (select unnest(?::bigint[])) and step >= 0"
            " group by run_id, name having count(*) > 1 order by run_id, name",
            list(run_ids),
        )
        return [CurveName(r["run_id"], r["name"], r["points"]) for r in rows]

    def read(self, run_ids: Sequence[int], names: Sequence[str], most: int, smooth: int) -> list[Curve]:
        """Curves of these runs, by run and name; of all metrics where no `names` are given.

        Raises
        ------
        InvalidInputError
            `smooth` is no number of points that means can be made of.
        """
        if not 1 <= smooth <= WIDEST_MEAN:
            raise InvalidInputError(
                f"Means of {smooth:,} points can't be made.",
                remedy=f"Take 1 (no means) to {WIDEST_MEAN:,}.",
                where=Where(field="smooth"),
            )
        wanted = list(names) or sorted({c.name for c in self.names(run_ids)})
        found = self._points(run_ids, wanted)
        runs, codes, steps, values = (found[key] for key in ("run_id", "code", "step", "value"))
        changes = np.flatnonzero((np.diff(runs) != 0) | (np.diff(codes) != 0)) + 1
        curves: list[Curve] = []
        if len(runs):
            for begin, end in zip([0, *changes], [*changes, len(runs)], strict=True):
                name = wanted[int(codes[begin])]
                curves.append(
                    _curve(int(runs[begin]), name, steps[begin:end], values[begin:end], most, smooth)
                )
        return curves

    def _points(self, run_ids: Sequence[int], names: list[str]) -> dict[str, Any]:
        """Points with the place of their name in `names`: texts of a million rows would take a second."""
        sql = (
            "select run_id, code, step, value from metric join"
            " (select unnest(?::varchar[]) as name, unnest(range(?)) as code) using (name)"
            " where run_id in (select unnest(?::bigint[])) and step >= 0 order by run_id, code, step, metric.rowid"
        )
        found = self._session.cursor.execute(sql, [names, len(names), list(run_ids)]).fetchnumpy()
        return {key: np.ma.getdata(column) for key, column in found.items()}


def _curve(run: int, name: str, steps: Any, values: Any, most: int, smooth: int) -> Curve:
    finite = np.isfinite(values)
    shown = moving_mean(values, smooth)
    kept = thinned(shown, most)
    return Curve(
        run,
        name,
        steps[kept].tolist(),
        shown[kept].tolist(),
        len(values),
        int(len(values) - np.count_nonzero(finite)),
        int(np.count_nonzero(finite & (shown <= 0))),
        smooth,
    )
