"""What is said of a table before a training: of its rows as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlops_desktop.project import Project

HEADER = "age,plan,spend,churned\n"
ROWS = [f"{20 + n % 50},{'abc'[n % 3]},{n}.5,{'yes' if n % 2 else 'no'}\n" for n in range(100)]


@pytest.fixture
def found(project: Project, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Findings of a table with the target `churned`: code to text."""

    def check(text: str) -> dict[str, str]:
        (tmp_path / "table.csv").write_text(text, encoding="utf-8")
        project.datasets.import_file(str(tmp_path / "table.csv"), "table", target="churned").wait(30)
        return {f.code: f.text for f in project.runs.check("table").findings}

    return check


def test_a_table_that_is_fit_has_nothing_said_of_its_rows(found: Callable[[str], dict[str, str]]) -> None:
    assert {"few_rows", "wide", "duplicates", "infinite"}.isdisjoint(found(HEADER + "".join(ROWS)))


def test_too_few_rows_are_said_before_the_training(found: Callable[[str], dict[str, str]]) -> None:
    assert found(HEADER)["few_rows"].startswith("0 rows")
    assert found(HEADER + ROWS[0])["few_rows"].startswith("1 row; at least 10")


def test_more_columns_than_rows_are_said_with_both_numbers(found: Callable[[str], dict[str, str]]) -> None:
    header = ",".join(f"g{n}" for n in range(40))
    rows = "".join(
        ",".join(str((n * m) % 997) for n in range(1, 41)) + f",{'ab'[m % 2]}\n" for m in range(1, 31)
    )
    said = found(f"{header},churned\n{rows}")
    assert said["wide"].startswith("40 columns, 30 rows")
    assert said["few_rows"].startswith("30 rows")


def test_rows_that_are_all_the_same_are_counted(found: Callable[[str], dict[str, str]]) -> None:
    said = found(HEADER + "30,plus,50.0,no\n" * 200)
    assert said["duplicates"].startswith("199 of 200 rows repeat")
    assert "no" in said["one_class"]


def test_rows_alike_are_counted_beside_others(found: Callable[[str], dict[str, str]]) -> None:
    assert found(HEADER + "".join(ROWS) + "".join(ROWS[:30]))["duplicates"].startswith(
        "30 of 130 rows repeat"
    )


@pytest.mark.parametrize("value", ["2012-10-{:02d}", "{:02d}:30"])
def test_a_target_of_days_or_times_is_refused_before_the_training(
    found: Callable[[str], dict[str, str]], value: str
) -> None:
    rows = "".join(f"{n},{value.format(1 + n % 23)}\n" for n in range(60))
    assert "neither numbers nor classes" in found("age,churned\n" + rows)["not_a_target"]


def test_numbers_that_all_differ_are_no_leak_of_each_other(found: Callable[[str], dict[str, str]]) -> None:
    rows = "".join(f"{n}.5,{n * n % 997}.25\n" for n in range(60))
    assert "leak" not in found("age,churned\n" + rows)


def test_a_target_of_too_many_classes_is_said_before_the_training(
    found: Callable[[str], dict[str, str]],
) -> None:
    said = found("age,churned\n" + "".join(f"{n},k{n}\n" for n in range(300)))
    assert said["many_classes"].startswith("300 different values; at most 200")


def test_a_column_with_a_value_for_each_class_is_named_as_a_leak(
    project: Project, found: Callable[[str], dict[str, str]]
) -> None:
    rows = "".join(f"{n % 7},{'no' if n % 3 else 'gone'},{'b' if n % 3 else 'a'}\n" for n in range(60))
    assert "leak" in found("age,left,churned\n" + rows)
    assert next(f for f in project.runs.check("table").findings if f.code == "leak").columns == ["left"]


@pytest.mark.parametrize(
    ("values", "task"),
    [("1.0 2.0 3.0", "multiclass"), ("1.5 2.0 3.0", "regression"), ("1.0 inf 3.0", "binary")],
)
def test_the_task_is_told_as_a_training_guesses_it(
    project: Project, found: Callable[[str], dict[str, str]], values: str, task: str
) -> None:
    found("age,churned\n" + "".join(f"{n % 7},{values.split()[n % 3]}\n" for n in range(60)))
    assert project.runs.check("table").task == task


def test_infinite_values_are_named_with_their_column_and_number(
    found: Callable[[str], dict[str, str]],
) -> None:
    rows = [row.replace(f",{n}.5,", ",inf,") if n < 5 else row for n, row in enumerate(ROWS)]
    assert found(HEADER + "".join(rows))["infinite"].startswith("spend: 5 infinite values")


def test_columns_of_nothing_but_different_values_are_no_leak_of_such_a_target(
    found: Callable[[str], dict[str, str]],
) -> None:
    rows = "".join(f"{n * 7919 % 101}.5,{n * 31 % 97}.25,{n * 17 % 89}.125\n" for n in range(60))
    assert "leak" not in found("a,b,churned\n" + rows)


@pytest.mark.slow
def test_a_retraining_names_the_columns_that_are_gone_or_of_another_type(
    project: Project, found: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    found(HEADER + "".join(ROWS))
    run = project.runs.start("table", algorithm="linear").wait(60)
    changed = "age,spend,churned\n" + "".join(
        f"{'abc'[n % 3]},{n}.5,{'yes' if n % 2 else 'no'}\n" for n in range(60)
    )
    (tmp_path / "table.csv").write_text(changed, encoding="utf-8")
    project.datasets.import_file(str(tmp_path / "table.csv"), "table", mode="replace").wait(30)
    said = [w.text for w in project.runs.retrain(run.run_id).wait(60).warnings]
    assert "“plan” is gone: run 1 learned from it." in said
    assert "“age” is text now; run 1 had it as integer." in said
