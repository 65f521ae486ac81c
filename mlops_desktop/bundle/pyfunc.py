"""The model as MLflow's ``python_function``: `_load_pyfunc` is what MLflow calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .files import InFolder, open_bundle
from .scorer import Scorer


class Model:
    """Scores data frames.

    Parameters
    ----------
    scorer : Scorer
        The loaded model.
    """

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer

    def predict(self, model_input: Any, params: Any = None) -> list[Any]:
        """Predictions for the rows of a pandas data frame, in order; `params` is not used."""
        names = [str(name) for name in model_input.columns]
        rows = [[_plain(value) for value in row] for row in model_input.itertuples(index=False, name=None)]
        return self.scorer.score(self.scorer.from_rows(names, rows), len(rows)).values


def _plain(value: Any) -> Any:
    """A cell of a data frame as JSON would have it."""
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _load_pyfunc(path: str) -> Model:  # pyright: ignore[reportUnusedFunction]
    """Load the bundle in the folder `path`."""
    return Model(Scorer.load(InFolder(open_bundle(Path(path)), "model/")))
