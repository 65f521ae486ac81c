"""The sample project: the whole loop by the app's own verbs, on real data shipped with it.

Bike rentals by the hour, 2011 to 2012, month by month as they came: import, compare, promote, export, score, and a
retraining that runs by itself; beside it German credit for classification. It is a client's script like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .client import create_project, open_project
from .domain.datasets import Role
from .domain.errors import ConflictError, NotFoundError
from .domain.runs import Run, Split
from .project import Project

BIKE_ROLES: dict[str, Role] = {"date": "time", "casual": "ignore", "registered": "ignore"}
"""Casual and registered riders add up to the rentals: a leak, so they are left out."""
CREDIT_ROLES: dict[str, Role] = {"sex": "sensitive", "age": "sensitive"}
LAST_FOR_TRAINING = "2012-10"
BY_TIME = Split(method="time", test_period=LAST_FOR_TRAINING)
SIX_MONTHS = Split(method="time", test_period=LAST_FOR_TRAINING, train_window="6 months")

Say = Callable[[str], None]


def samples_folder() -> Path:
    """Where the sample tables lie: inside the wheel, or beside the package in a checkout."""
    here = Path(__file__).parent
    for folder in (here / "resources" / "samples", here.parent / "resources" / "samples"):
        if folder.is_dir():
            return folder
    raise NotFoundError("The sample data is not installed.", remedy="Install the package again.")


def make_sample(path: str, *, credit: bool = False, say: Say = lambda text: None) -> Path:
    """Make the sample project in the folder `path`; what it exports lies beside it.

    Parameters
    ----------
    path : str
        The project's folder; ``.mlops`` is added where it is missing.
    credit : bool
        German credit alone.
    say : callable
        Told of each step.

    Raises
    ------
    ConflictError
        Something is in the folder already.
    """
    folder = create_project(path, "German credit" if credit else "Bike rentals")
    with open_project(folder, client="sample") as project:
        if credit:
            _credit(project, say)
        else:
            out = _free(folder.with_name(f"{folder.stem}-exported"))
            _bikes(project, out, say)
            _credit(project, say)
        say(f"Done: {folder}")
    return folder


def _bikes(project: Project, out: Path, say: Say) -> None:
    files = sorted((samples_folder() / "bikes").glob("bikes_*.csv"))
    before = [f for f in files if f.stem[-7:] <= LAST_FOR_TRAINING]
    after = [f for f in files if f.stem[-7:] > LAST_FOR_TRAINING]
    for number, file in enumerate(before, 1):
        say(f"Import {file.name} ({number} of {len(files)})")
        _import_month(project, file, first=number == 1)
    say("Train: baseline, linear, random forest and LightGBM, tested on October 2012")
    jobs = [
        project.runs.start("bikes", algorithm="baseline", split=BY_TIME, name="Mean of all hours"),
        project.runs.start("bikes", algorithm="linear", split=SIX_MONTHS, name="Linear, last 6 months"),
        project.runs.start(
            "bikes", algorithm="random_forest", split=SIX_MONTHS, name="Random forest, last 6 months"
        ),
        project.runs.start("bikes", algorithm="lightgbm", split=BY_TIME, name="LightGBM, all months"),
        project.runs.start("bikes", algorithm="lightgbm", split=SIX_MONTHS, name="LightGBM, last 6 months"),
    ]
    runs: list[Run] = [job.wait() for job in jobs]
    for run in runs:
        say(f"  run {run.run_id}, {run.name}: MAE {run.metrics['mae']:.1f}")
    whole, recent = runs[-2], runs[-1]
    compared = project.runs.compare([whole.run_id, recent.run_id]).metrics[0].others[0]
    say(
        f"Compare run {recent.run_id} with {whole.run_id}: {compared.verdict}, {compared.low:.1f} to {compared.high:.1f}"
    )
    say("Register both, promote the better one")
    project.models.set_alias(project.models.register(whole.run_id, "rentals").ref, "challenger")
    champion = project.models.register(recent.run_id, "rentals").ref
    project.models.set_alias(champion, "champion")
    say(f"Export {champion} to {out / 'bundle'}")
    out.mkdir()
    project.bundles.export("rentals@champion", str(out / "bundle")).wait()
    for number, file in enumerate(after, len(before) + 1):
        say(f"Import {file.name} ({number} of {len(files)})")
        _import_month(project, file, first=False)
    say("Score November 2012 with the champion")
    project.models.score("rentals@champion", str(after[0]), str(out / "scored_2012-11.csv")).wait()
    project.schedules.add("weekly", "tuesday 18:00", recent.run_id)
    say("Set a retraining for every Tuesday at 18:00")


def _import_month(project: Project, file: Path, *, first: bool) -> None:
    mode, roles = ("new", BIKE_ROLES) if first else ("append", {})
    project.datasets.import_file(
        str(file),
        "bikes",
        mode,
        target="rentals" if first else "",
        roles=roles,
        message=file.stem.removeprefix("bikes_"),
    ).wait()


def _credit(project: Project, say: Say) -> None:
    say("Import German credit, and train on it")
    file = samples_folder() / "credit" / "german_credit.csv"
    project.datasets.import_file(
        str(file), "credit", target="risk", roles=CREDIT_ROLES, message="1,000 loans"
    ).wait()
    jobs = [
        project.runs.start("credit", algorithm=a, split=Split(method="stratified"))
        for a in ("linear", "lightgbm")
    ]
    for job in jobs:
        run = job.wait()
        say(f"  run {run.run_id}, {run.name}: ROC AUC {run.metrics['roc_auc']:.3f}")


def _free(folder: Path) -> Path:
    if folder.exists():
        raise ConflictError(
            f"“{folder}” exists already.",
            reason="The sample's bundle goes there.",
            remedy="Choose another folder.",
        )
    return folder


__all__ = ["make_sample", "samples_folder"]
