"""Runs by the page: filtered, sorted and counted in the database, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.run_filters import parse_filter
from mlops_desktop.domain.run_pages import METRIC, PARAM, RunLine, RunPage, RunQuery, line_of
from mlops_desktop.domain.runs import METRICS

from .run_columns import TASK, RunColumns

if TYPE_CHECKING:
    from .session import Session

LOOKED_AT: Final = 1000
"""Runs, the first that match, whose tasks and tags decide which columns fit."""
LED_BY: Final = 20
"""Runs, the first that match, whose metrics lead."""


class RunPages:
    """Pages of the project's runs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self, query: RunQuery, offset: int, limit: int, columns: Sequence[str] = (), *, numbers: bool = False
    ) -> RunPage:
        """A page of the runs that match.

        Parameters
        ----------
        offset : int
            Runs to leave out at the beginning.
        limit : int
            How many lines at most.
        columns : list of str
            Metrics and parameters that come along, as ``metric:mae``; empty: all.
        numbers : bool
            Whether the numbers of all that match come too.

        Raises
        ------
        InvalidInputError
            The filter can't be understood, there is no such column, or a number is negative.
        """
        for name, value in (("offset", offset), ("limit", limit)):
            if value < 0:
                raise InvalidInputError(f"{name} is under 0.", where=Where(field=name))
        trash = "is not null" if query.trashed else "is null"
        metrics, params = self._metric_names(), self._param_names(trash)
        order = self._order(query, trash, RunColumns(metrics, params))
        tasks, tagged = self._looks(order[:LOOKED_AT])
        return RunPage(
            self.lines(order[offset : offset + limit], columns),
            offset,
            len(order),
            int(self._session.value(f"select count(*) from run where trashed_at {trash}")),
            metrics,
            params,
            tasks,
            [] if tasks else self._leading(order[:LED_BY]),
            tagged,
            order if numbers else [],
        )

    def lines(self, run_ids: Sequence[int], columns: Sequence[str] = ()) -> list[RunLine]:
        """The lines of these runs in the order asked for; one that there is not is left out."""
        metrics = [c.removeprefix(METRIC) for c in columns if c.startswith(METRIC)]
        params = [c.removeprefix(PARAM) for c in columns if c.startswith(PARAM)]
        runs = self._session.runs.of_ids_with(run_ids, *((metrics, params) if columns else (None, None)))
        found = {run.run_id: line_of(run) for run in runs}
        return [found[i] for i in run_ids if i in found]

    def _order(self, query: RunQuery, trash: str, columns: RunColumns) -> list[int]:
        """Numbers of all that match, in order."""
        conditions = [f"trashed_at {trash}", *map(columns.condition, parse_filter(query.filter))]
        order = columns.order(query.sort, descending=query.descending)
        sql = f"select run_id from run {' '.join(columns.joins)} where {' and '.join(conditions)} order by {order}"
        return [row[0] for row in self._session.cursor.execute(sql).fetchall()]

    def _metric_names(self) -> list[str]:
        """Names of metrics: those that trainings give first, then by name."""
        rows = self._session.cursor.execute("select name from run_metric union select name from metric")
        names = {row[0] for row in rows.fetchall()}
        known = [m.name for m in METRICS if m.name in names]
        return known + sorted(names.difference(known))

    def _param_names(self, trash: str) -> list[str]:
        rows = self._session.cursor.execute(
            "select name from run_param where run_id in (select run_id from run "
            f"where trashed_at {trash}) group by name order by min(rowid)"
        )
        return [row[0] for row in rows.fetchall()]

    def _looks(self, run_ids: list[int]) -> tuple[list[str], bool]:
        """Tasks in order of appearance, and whether there is a tag."""
        if not run_ids:
            return [], False
        rows = self._session.cursor.execute(
            f"select run_id, {TASK}, tags <> '[]' from run where run_id in (select unnest(?::bigint[]))",
            [run_ids],
        ).fetchall()
        tasks = {run_id: task for run_id, task, _ in rows}
        found = dict.fromkeys(task for i in run_ids if (task := tasks.get(i)))
        return list(found), any(tagged for _, _, tagged in rows)

    def _leading(self, run_ids: list[int]) -> list[str]:
        found = {run.run_id: run for run in self._session.runs.of_ids_with(run_ids, None, [])}
        return list(dict.fromkeys(name for i in run_ids for name in found[i].metrics))
