"""What the page of data sets asks of the project, in one go. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlops_desktop.domain.datasets import Dataset, DatasetVersion
from mlops_desktop.domain.errors import NotFoundError, UserError
from mlops_desktop.gui.language import tr

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
        there = intent.version is None or any(v.number == intent.version for v in versions)
        shown = project.datasets.show(f"{name}@{intent.version}" if intent.version and there else name)
    except UserError as error:
        return datasets, trashed, [], None, error
    gone = None
    if not there:
        gone = NotFoundError(
            tr("There is no version {} of “{}”: this is the newest.").format(intent.version, name),
            reason=tr("It was never made, or was taken back."),
        )
    return datasets, trashed, versions, shown, gone
