"""Columns of runs as SQL: what a filter of people is held against, and what runs are sorted by.

A run's own words stand in its row, what it was asked and what it found as JSON in ``spec`` and ``facts``; metrics
and parameters are joined in, each that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from mlops_desktop.domain.algorithms import ALGORITHMS
from mlops_desktop.domain.errors import InvalidInputError, Where
from mlops_desktop.domain.run_filters import RunCondition, field_key, refused
from mlops_desktop.domain.run_pages import METRIC, PARAM
from mlops_desktop.domain.runs import METRICS

from .pieces_columns import literal


@dataclass(frozen=True, slots=True)
class RunColumn:
    """A column as SQL over the row of a run; a value is a number, else a text, else missing."""

    number: str = ""
    text: str = ""
    words: tuple[str, ...] = ()
    """SQL of texts any of which may be meant (name and id); the first is sorted by."""
    word_list: str = ""
    """SQL of a list of texts any of which may be meant."""
    exact: str = ""
    """SQL of the value as an integer of any size, where a number may be one: breaks the ties of the number."""


def _of_spec(path: str) -> str:
    return f"json_extract_string(spec, '$.{path}')"


_TITLES = " ".join(f"when {literal(a.algorithm_id)} then {literal(a.title)}" for a in ALGORITHMS)
_ALGORITHM_ID = f"coalesce({_of_spec('algorithm')}, 'logged')"
_ALGORITHM = f"case {_ALGORITHM_ID} {_TITLES} else {_ALGORITHM_ID} end"
_DATASET = _of_spec("data.dataset")
_REF: Final = f"{_DATASET} || '@' || {_of_spec('data.version')}"
TASK: Final = f"coalesce(json_extract_string(facts, '$.facts.task'), {_of_spec('task')})"
_TAGS = "from_json(tags, '[\"varchar\"]')"
_SECONDS = "(epoch_us(finished_at) - epoch_us(started_at)) / 1e6"
_TRAIN_ROWS = "try_cast(json_extract_string(facts, '$.facts.train_rows') as bigint)"
_WORDS: Final = (
    f"concat_ws(' ', '#' || run_id, name, {_ALGORITHM}, {_REF}, {_of_spec('target')}, state, "
    f"array_to_string({_TAGS}, ' '))"
)

_PLAIN: Final[dict[str, RunColumn]] = {
    "run": RunColumn(number="run_id"),
    "name": RunColumn(text="name"),
    "algorithm": RunColumn(words=(_ALGORITHM, _ALGORITHM_ID)),
    "data": RunColumn(words=(_REF, _DATASET)),
    "target": RunColumn(text=_of_spec("target")),
    "task": RunColumn(text=TASK),
    "state": RunColumn(text="state"),
    "by": RunColumn(text="created_by"),
    "time": RunColumn(number=_SECONDS),
    "started": RunColumn(number="epoch_us(created_at)"),
    "tags": RunColumn(word_list=_TAGS),
    "train_rows": RunColumn(number=_TRAIN_ROWS),
    "warnings": RunColumn(number="json_array_length(facts, '$.warnings')"),
}
_OTHER_NAMES: Final = {"tag": "tags", "seconds": "time", "rows_in_training": "train_rows"}
_ZERO_IS_NONE: Final = ("warnings", "train_rows")
"""Columns whose zero is shown as nothing, and so is sorted."""
_KNOWN_METRICS: Final = {key for m in METRICS for key in (field_key(m.name), field_key(m.title))}
_LAST: Final = "arg_max(value, step::hugeint * 1099511627776 + rowid)"
"""The value of the last step, and of one step the one that came last: 2**40 rows are more than a run has."""


@dataclass
class RunColumns:
    """Finds columns and joins what they need.

    Parameters
    ----------
    metrics, params : list of str
        Names that any run has.
    """

    metrics: list[str]
    params: list[str]
    joins: list[str] = field(default_factory=list[str])
    """SQL that the columns found so far need beside the table of runs."""

    def condition(self, condition: RunCondition) -> str:
        """SQL that holds where the condition does.

        Raises
        ------
        InvalidInputError
            There is no such column.
        """
        sql = (
            _compared(self._filtered_by(condition.field), condition)
            if condition.field
            else f"contains(lower({_WORDS}), {_lower(condition.text)})"
        )
        return f"{'not ' if condition.negated else ''}coalesce({sql}, false)"

    def order(self, key: str, *, descending: bool) -> str:
        """What to sort by: missing values last both ways, then the newest first.

        Raises
        ------
        InvalidInputError
            There is no such column.
        """
        way, newest = "desc" if descending else "asc", "run_id desc"
        if key == "run":
            return f"run_id {way}"
        column = self._sorted_by(key)
        if column.word_list:
            return f"nullif(lower(array_to_string({column.word_list}, ', ')), '') {way} nulls last, {newest}"
        text = column.words[0] if column.words else column.text
        if not column.number:
            return f"nullif(lower({text}), '') {way} nulls last, {newest}"
        number = f"case when isfinite(({column.number})::double) then {column.number} end"
        if key in _ZERO_IS_NONE:
            number = f"nullif({number}, 0)"
        if not column.text:
            return f"{number} {way} nulls last, {newest}"
        kind = f"case when {number} is not null then 0 when {text} is not null then 1 end"
        return (
            f"{kind} {way} nulls last, {number} {way} nulls last, {column.exact} {way} nulls last,"
            f" lower({text}) {way}, {newest}"
        )

    def _filtered_by(self, key: str) -> RunColumn:
        key = _OTHER_NAMES.get(key, key)
        if key in _PLAIN:
            return _PLAIN[key]
        found = self._named(key)
        if found is None and key not in _KNOWN_METRICS:
            raise refused(f"No run has “{key}”.")
        return found or RunColumn(number="null::double")

    def _sorted_by(self, key: str) -> RunColumn:
        if key in _PLAIN:
            return _PLAIN[key]
        if key.startswith(METRIC):
            return self._metric([key.removeprefix(METRIC)])
        if key.startswith(PARAM):
            return self._param([key.removeprefix(PARAM)])
        found = self._named(field_key(key))
        if found is None:
            raise InvalidInputError(
                f"Runs have no column “{key}” to sort by.",
                remedy=f"Name a metric, a parameter, or one of {', '.join(_PLAIN)}.",
                where=Where(field="sort"),
            )
        return found

    def _named(self, key: str) -> RunColumn | None:
        """The metric, or where a run has none of that name, the parameter."""
        titles = {m.name: field_key(m.title) for m in METRICS}
        metrics = [n for n in self.metrics if key in (field_key(n), titles.get(n))]
        params = [n for n in self.params if key == field_key(n)]
        if not metrics or not params:
            return self._metric(metrics) if metrics else self._param(params) if params else None
        metric, param = self._metric(metrics), self._param(params)
        missing = f"{metric.number} is null"
        return RunColumn(
            f"coalesce({metric.number}, {param.number})",
            f"case when {missing} then {param.text} end",
            exact=f"case when {missing} then {param.exact} end",
        )

    def _metric(self, names: list[str]) -> RunColumn:
        named = f"name in ({', '.join(map(literal, names))})"
        return RunColumn(
            self._joined(
                f"select run_id, arg_max(value, rowid) as value from run_metric where {named} group by run_id "
                f"union all select run_id, {_LAST} from metric where {named} "
                f"and run_id in (select run_id from run where kind = 'logged') "
                f"and run_id not in (select run_id from run_metric where {named}) group by run_id",
                "case when not isnan({0}.value) then {0}.value end",
            )
        )

    def _param(self, names: list[str]) -> RunColumn:
        named = f"name in ({', '.join(map(literal, names))})"
        sql = f"select run_id, arg_max(value, rowid) as value from run_param where {named} group by run_id"
        for name in names:
            if name.isidentifier():  # a training that has not ended has only those it was asked for
                sql += (
                    f" union all select run_id, json_extract(spec, '$.params.{name}')::varchar from run "
                    "where kind = 'training' and run_id not in (select run_id from run_param)"
                )
        value = self._joined(sql, "{0}.value")
        quoted = f"starts_with({value}, '\"')"
        return RunColumn(
            number=f"try_cast({value} as double)",
            text=f"case when {quoted} then json_extract_string({value}, '$') when {value} <> 'null' then {value} end",
            exact=f"try_cast({value} as hugeint)",
        )

    def _joined(self, sql: str, value: str) -> str:
        alias = f"j{len(self.joins)}"
        self.joins.append(f"left join ({sql}) {alias} using (run_id)")
        return value.format(alias)


def _compared(column: RunColumn, condition: RunCondition) -> str:
    operator, text = condition.operator, _lower(condition.text)
    if column.word_list or column.words:
        found = (
            f"list_contains(list_transform({column.word_list}, lambda x: lower(x)), {text})"
            if column.word_list
            else f"{text} in ({', '.join(f'lower({w})' for w in column.words)})"
        )
        found = f"coalesce({found}, false)"
        return found if operator == "=" else f"not {found}" if operator == "!=" else "false"
    unequal = "true" if operator == "!=" else "false"
    number = condition.number
    by_number = "false" if number is None else f"{column.number} {operator} '{number!r}'::double"
    by_text = f"lower({column.text}) {operator} {text}"
    if column.number and number is not None and operator not in ("=", "!="):
        by_text = "false"  # a word is neither over nor under a number
    cases = f"when {column.number} is not null then {by_number} " if column.number else ""
    cases += f"when {column.text} is not null then {by_text} " if column.text else ""
    return f"case {cases}else {unequal} end"


def _lower(text: str) -> str:
    return f"lower({literal(text)})"
