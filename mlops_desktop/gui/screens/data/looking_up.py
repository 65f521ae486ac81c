"""What the page of data sets asks of the project, in one go. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlops_desktop.domain.datasets import Dataset, DatasetVersion
from mlops_desktop.domain.errors import UserError

from .data_intent import DataIntent
from .data_state import chosen_dataset


def looked_up(
    project: Any, intent: DataIntent
) -> tuple[list[Dataset], list[Dataset], list[DatasetVersion], DatasetVersion | None, UserError | None]:
    """Data sets, those in the trash, versions of the one that is meant, the one shown, and why there is none.

    Called off the GUI thread.
    """
    ask: Callable[..., list[Dataset]] = project.datasets.list
    datasets, trashed = ask(), ask(trashed=True)
    dataset = chosen_dataset(intent, datasets)
    if intent.trash:
        return datasets, trashed, [], None, None
    name = dataset.name if dataset else intent.dataset
    if not name or (dataset is not None and dataset.newest is None):
        return datasets, trashed, [], None, None
    try:
        versions = project.datasets.versions(name)
        ref = f"{name}@{intent.version}" if intent.version else name
        return datasets, trashed, versions, project.datasets.show(ref), None
    except UserError as error:
        return datasets, trashed, [], None, error
