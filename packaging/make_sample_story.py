"""Makes resources/samples/bikes_story.json: the mean error by month of a model that never learns again, and of one that does.

The start screen draws it. Every number comes from the app's own verbs on the months that are shipped:

    python packaging/make_sample_story.py

Retrained: for each month a LightGBM run on the six months before it, tested on that month. Never retrained: the run
that learned from January to June 2011, registered, scores each month's file.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

from mlops_desktop import open_project
from mlops_desktop.client import create_project
from mlops_desktop.domain.runs import Split
from mlops_desktop.known_projects import forget_project
from mlops_desktop.sample import BIKE_ROLES, samples_folder

FIRST = "2011-07"
WINDOW = "6 months"


def main() -> None:
    """Make the file."""
    target = samples_folder() / "bikes_story.json"
    files = sorted((samples_folder() / "bikes").glob("bikes_*.csv"))
    months = [f.stem[-7:] for f in files if f.stem[-7:] >= FIRST]
    with tempfile.TemporaryDirectory() as folder:
        path = create_project(Path(folder) / "story.mlops")
        with open_project(path, client="story") as project:
            for number, file in enumerate(files):
                mode, roles = ("append", {}) if number else ("new", BIKE_ROLES)
                project.datasets.import_file(
                    str(file), "bikes", mode, target="" if number else "rentals", roles=roles
                ).wait()
            retrained: list[float] = []
            for month in months:
                split = Split(method="time", test_period=month, train_window=WINDOW)
                run = project.runs.start("bikes", algorithm="lightgbm", split=split).wait()
                retrained.append(round(run.metrics["mae"], 1))
                if month == FIRST:
                    project.models.register(run.run_id, "first")
                sys.stderr.write(f"{month}: {run.metrics['mae']:.1f}\n")
            never = [_error_of("first", project, month, Path(folder)) for month in months]
            project.stop(force=True)
        forget_project(path)
    story = {"unit": "rentals an hour", "months": months, "never": never, "retrained": retrained}
    target.write_text(json.dumps(story, indent=1) + "\n", encoding="utf-8")


def _error_of(model: str, project: object, month: str, folder: Path) -> float:
    """Mean error of `model` in the file of a month."""
    scored = folder / f"{month}.csv"
    file = samples_folder() / "bikes" / f"bikes_{month}.csv"
    project.models.score(model, str(file), str(scored)).wait()  # type: ignore[attr-defined]
    with scored.open(encoding="utf-8", newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if r["rentals"]]
    column = next(name for name in rows[0] if "predict" in name)
    return round(sum(abs(float(r["rentals"]) - float(r[column])) for r in rows) / len(rows), 1)


if __name__ == "__main__":
    main()
