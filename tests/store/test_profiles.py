"""Profiles: what is known of the values of a column, counted in the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_desktop.domain.datasets import ColumnProfile
from mlops_desktop.domain.errors import NotFoundError
from mlops_desktop.project.project import Project

Write = Callable[..., str]


def profile(project: Project, name: str, *, exact: bool = False) -> ColumnProfile:
    return project.datasets.profile("table", [name], exact)[0]


@pytest.fixture(scope="module")
def table(looked_at: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """1,000 rows: ids, decimals with infinities, days, words, yes and no, and a column without values."""
    file = tmp_path_factory.mktemp("files") / "table.csv"
    lines = [
        f"{i},{'inf' if i == 7 else i / 4},2024-01-{i % 28 + 1:02d},{'' if i % 10 == 0 else 'abcdef'[i % 3]},"
        f"{'yes' if i % 4 else 'no'},,{2**62 + i}"
        for i in range(1000)
    ]
    file.write_text("\n".join(["id,x,day,word,ok,empty,large", *lines]) + "\n", encoding="utf-8")
    looked_at.datasets.import_file(str(file)).wait(30)
    return looked_at


def test_numbers_have_range_mean_and_bins_that_add_up(table: Project) -> None:
    found = profile(table, "id")
    assert (found.minimum, found.maximum, found.mean, found.distinct, found.missing) == (
        "0",
        "999",
        499.5,
        1000,
        0,
    )
    assert found.standard_deviation == pytest.approx(288.8194, abs=1e-4)
    assert sum(found.counts) == 1000 and len(found.edges) == len(found.counts) + 1
    assert set(found.counts[:-1]) == {42}


def test_an_infinite_value_is_no_part_of_bins_and_mean(table: Project) -> None:
    found = profile(table, "x")
    assert (found.maximum, sum(found.counts)) == ("inf", 999)
    assert found.mean is not None and found.mean < 250
    assert (found.infinite, found.missing) == (1, 0)


def test_infinite_values_are_counted_apart_from_missing_ones(project: Project, write: Write) -> None:
    project.datasets.import_file(write("spend.csv", "spend,n", "inf,1", "-inf,2", "0.5,3", ",4"), "t").wait()
    spend, n = project.datasets.profile("t")
    assert (spend.infinite, spend.missing, n.infinite) == (2, 1, 0)
    project.datasets.import_file(write("all.csv", "spend,n", "inf,1", "inf,2"), "all").wait()
    assert project.datasets.profile("all")[0].infinite == 2


def test_a_table_without_rows_has_a_profile(project: Project, write: Write) -> None:
    project.datasets.import_file(write("none.csv", "x,y"), "none").wait()
    assert [(c.rows, c.distinct, c.missing) for c in project.datasets.profile("none")] == [(0, 0, 0)] * 2


def test_the_largest_number_is_in_the_last_bin_and_not_infinite(project: Project, write: Write) -> None:
    project.datasets.import_file(write("n.csv", "x", "0.1", "0.5", "1.8442"), "n").wait()
    (found,) = project.datasets.profile("n")
    assert (sum(found.counts), found.infinite) == (3, 0)


def test_days_are_binned_by_whole_days(table: Project) -> None:
    found = profile(table, "day")
    assert (found.minimum, found.maximum, found.distinct) == ("2024-01-01", "2024-01-28", 28)
    assert sum(found.counts) == 1000 and max(found.counts) - min(found.counts) <= 2


def test_words_have_their_most_frequent_values(table: Project) -> None:
    found = profile(table, "word")
    assert (found.missing, found.distinct) == (100, 3)
    assert [(c.value, c.count) for c in found.top] == [("a", 300), ("b", 300), ("c", 300)]


def test_yes_and_no_are_counted_in_the_words_of_the_file(table: Project) -> None:
    assert {c.value: c.count for c in profile(table, "ok").top} == {"yes": 750, "no": 250}


def test_a_column_without_values_has_none(table: Project) -> None:
    found = profile(table, "empty")
    assert (found.type, found.missing, found.distinct, found.minimum, found.counts) == (
        "no value yet",
        1000,
        0,
        None,
        [],
    )


def test_numbers_that_a_double_cannot_tell_apart_are_still_counted(table: Project) -> None:
    found = profile(table, "large")
    assert (found.minimum, found.maximum) == (str(2**62), str(2**62 + 999))
    assert (found.distinct, sum(found.counts)) == (1000, 1000)


def test_an_unknown_column_is_named(table: Project) -> None:
    with pytest.raises(NotFoundError, match="height"):
        profile(table, "height")


def test_a_profile_is_kept_and_made_anew_when_the_cache_is_damaged(
    project: Project, write: Write, project_folder: Path
) -> None:
    project.datasets.import_file(write("table.csv", "x", "1", "2")).wait(30)
    first = profile(project, "x")
    (kept,) = (project_folder / "cache" / "profiles").glob("*.json")
    for damage in (b"", kept.read_bytes()[:20], b"[]"):
        kept.write_bytes(damage)
        assert profile(project, "x") == first


@pytest.mark.slow
def test_a_large_version_is_sampled_unless_exact_figures_are_asked_for(
    project: Project, tmp_path: Path
) -> None:
    rows = 1_200_000
    (tmp_path / "table.csv").write_text(
        "id,k\n" + "".join(f"{i},{i % 4}\n" for i in range(rows)), encoding="utf-8"
    )
    project.datasets.import_file(str(tmp_path / "table.csv")).wait(60)
    sampled, exact = profile(project, "id"), profile(project, "id", exact=True)
    assert (sampled.exact, exact.exact, exact.distinct) == (False, True, rows)
    assert sampled.distinct == pytest.approx(rows, rel=0.1) and sampled.mean == pytest.approx(
        rows / 2, rel=0.05
    )
    assert profile(project, "k").distinct == 4


@pytest.mark.slow
def test_five_thousand_columns_are_profiled_within_twenty_seconds(project: Project, tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(5000))
    lines = [
        ",".join(f"v{i * r % 7}" if i % 3 else str(i * r % 1000) for i in range(5000)) for r in range(60)
    ]
    (tmp_path / "wide.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    project.datasets.import_file(str(tmp_path / "wide.csv")).wait(120)
    began = time.monotonic()
    assert len(project.datasets.profile("wide")) == 5000
    assert time.monotonic() - began < 20
