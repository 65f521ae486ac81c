"""What the page of a data set shows, without a window."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mlops_desktop.domain.datasets import (
    Column,
    ColumnProfile,
    Condition,
    Count,
    Dataset,
    DatasetDifference,
    DatasetVersion,
)
from mlops_desktop.gui.screens.data.data_intent import (
    DataIntent,
    condition_words,
    intent_of,
    operators_of,
    with_condition,
    without_condition,
)
from mlops_desktop.gui.screens.data.data_state import (
    DataAnswers,
    bars,
    compared_version,
    resolve,
    version_change,
)
from mlops_desktop.gui.screens.data.rows_source import page_rows

NOW = datetime(2026, 11, 25, 9, 8, tzinfo=UTC)
BIKES = DataIntent("bikes")
COLUMNS = [Column("hour", "integer", "BIGINT"), Column("weather", "text", "VARCHAR")]


def version(number: int = 2, **fields: object) -> DatasetVersion:
    told: dict[str, object] = {
        "message": "",
        "new_rows": 212,
        "source": "nov.csv",
        "size_bytes": 412_000,
        **fields,
    }
    return DatasetVersion(
        number, 7, "bikes", number, 1337, COLUMNS, created_at=NOW, created_by="ann", mode="append", **told  # type: ignore[arg-type]
    )  # fmt: skip


def dataset(name: str = "bikes", newest: DatasetVersion | None = None) -> Dataset:
    return Dataset(7, name, "", ["city"], NOW, 2, newest or version())


def answers(**fields: object) -> DataAnswers:
    told: dict[str, object] = {
        "datasets": (dataset(),),
        "versions": (version(), version(1)),
        "shown": version(),
        **fields,
    }
    return DataAnswers(**told)  # type: ignore[arg-type]


def profile(name: str = "hour", **fields: object) -> ColumnProfile:
    told: dict[str, object] = {
        "rows": 100,
        "missing": 0,
        "distinct": 24,
        "exact": True,
        "type": "integer",
        **fields,
    }
    return ColumnProfile(name, **told)  # type: ignore[arg-type]


def shown(intent: DataIntent = BIKES, **fields: object):
    return resolve(intent, answers(**fields), NOW)


def test_a_version_says_where_it_came_from() -> None:
    state = shown()
    assert (state.title, state.suffix) == ("bikes", "v2")
    assert state.facts == "1,337 rows · 2 columns · 412 KB · appended today 09:08 by ann from nov.csv"


def test_before_the_first_answer_it_waits_and_without_data_it_is_empty() -> None:
    assert resolve(DataIntent(), DataAnswers(), NOW).waits
    assert resolve(DataIntent(), DataAnswers(datasets=()), NOW).empty
    assert not resolve(DataIntent(), DataAnswers(datasets=(), trashed=(dataset(),)), NOW).empty


def test_the_version_of_another_data_set_is_not_shown_under_this_name() -> None:
    other = Dataset(8, "credit", "", [], NOW, 1, None)
    state = resolve(DataIntent("credit"), answers(datasets=(dataset(), other)), NOW)
    assert state.title == "credit" and state.waits and not state.ref


def test_profiles_of_another_version_are_not_shown() -> None:
    profiles = {"hour": profile(missing=7)}
    assert shown(profiles=profiles, profiles_of="bikes@1").columns[0].missing is None
    assert shown(profiles=profiles, profiles_of="bikes@2").columns[0].missing_words == "7 %"


def test_a_sample_is_marked() -> None:
    column = shown(profiles={"hour": profile(exact=False, missing=5)}, profiles_of="bikes@2").columns[0]
    assert not column.exact and column.missing_words == "≈5 %"


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"missing": 100, "distinct": 0}, "all missing"),
        ({"distinct": 1}, "one value only"),
        ({"distinct": 100}, "each value once"),
        ({"distinct": 100, "exact": False}, ""),
    ],
)
def test_what_is_odd_about_a_column_is_noted(fields: dict[str, object], note: str) -> None:
    assert shown(profiles={"hour": profile(**fields)}, profiles_of="bikes@2").columns[0].note == note


def test_bars_are_heights_and_values_that_never_repeat_have_none() -> None:
    assert bars(profile(counts=[1, 4, 2], edges=[0, 1, 2, 3])) == (0.25, 1, 0.5)
    assert bars(profile(top=[Count("a", 1), Count("b", 1)], distinct=100)) == ()
    assert bars(profile(counts=[0, 0], edges=[0, 1, 2])) == ()


def test_roles_are_those_of_the_data_set_today() -> None:
    newest = version(3)
    now = [Column("hour", "integer", "BIGINT", "target"), COLUMNS[1]]
    state = shown(datasets=(dataset(newest=DatasetVersion(**{**_fields(newest), "columns": now})),))
    assert state.columns[0].role == "target" and not state.is_newest


def _fields(value: DatasetVersion) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def test_changes_are_held_against_the_version_before() -> None:
    versions = [version(n) for n in (5, 4, 2)]
    assert compared_version(DataIntent(), versions, 5) == 4
    assert compared_version(DataIntent(against=2), versions, 5) == 2
    assert compared_version(DataIntent(), versions, 2) == 4
    assert compared_version(DataIntent(), [version(1)], 1) is None


def test_a_difference_of_other_versions_is_not_shown() -> None:
    difference = DatasetDifference("bikes@1", "bikes@2", 212, 3, 0, ["wind"], [], [])
    changes = shown(difference=difference).changes
    assert changes is not None and dict(changes.facts)["New columns"] == "wind"
    other = DatasetDifference("bikes@0", "bikes@2", 1, 0, 0, [], [], [])
    assert shown(difference=other).changes.facts == ()  # type: ignore[union-attr]


def test_the_only_version_has_no_changes() -> None:
    state = shown(DataIntent("bikes", tab="changes"), versions=(version(),))
    assert state.tab == "table" and all(key != "changes" for key, _ in state.tabs)


def test_a_version_says_what_it_brought() -> None:
    assert version_change(version(changed_rows=3, removed_rows=1)) == "+212 rows, 3 changed, −1"
    assert version_change(version(new_rows=0)) == "no row changed"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("bikes", DataIntent("bikes")),
        ("bikes@3", DataIntent("bikes", 3)),
        ("bikes@gold", DataIntent("bikes")),
        ("@", DataIntent()),
    ],
)
def test_a_reference_is_a_place(text: str, intent: DataIntent) -> None:
    assert intent_of(text) == intent


def test_filters_are_added_once_and_taken_away() -> None:
    first, second = Condition("hour", ">=", "7"), Condition("weather", "is missing")
    intent = with_condition(with_condition(with_condition(DataIntent(), first), second), first)
    assert intent.where == (first, second)
    assert without_condition(intent, 0).where == (second,)
    assert [condition_words(c) for c in intent.where] == ["hour ≥ 7", "weather is missing"]


def test_operators_fit_the_type() -> None:
    assert operators_of("text")[0][0] == "contains"
    assert "contains" not in dict(operators_of("integer")) and ">=" in dict(operators_of("date"))
    assert set(dict(operators_of("nested"))) == {"is missing", "is not missing"}


def test_pages_of_wide_tables_have_fewer_rows() -> None:
    assert (page_rows(10), page_rows(1000), page_rows(5000)) == (500, 100, 20)
