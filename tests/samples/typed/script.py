# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What a type checker knows of a person's script; the lines with an ignore must be errors."""

from typing import assert_type

from mlops_desktop import open_project
from mlops_desktop.domain.datasets import Dataset, DatasetVersion
from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.runs import Run
from mlops_desktop.domain.tables import Table

with open_project("bikes.mlops") as project:
    job = project.datasets.import_file("bikes.csv", target="rentals")
    assert_type(job, Job[DatasetVersion])
    assert_type(job.wait(), DatasetVersion)
    assert_type(project.datasets.list(), list[Dataset])
    assert_type(project.datasets.rows("bikes@1", limit=10), Table)
    assert_type(project.runs.start("bikes", algorithm="lightgbm"), Job[Run])
    with project.runs.log("mine") as run:
        run.metric("loss", 0.5, step=1)

    project.datasets.import_file(3)  # pyright: ignore[reportArgumentType]
    project.datasets.import_file("bikes.csv", targt="rentals")  # pyright: ignore[reportCallIssue]
    project.datasets.rename("bikes")  # pyright: ignore[reportCallIssue]
    project.datasets.no_such_verb()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
