"""Verbs of bundles."""

from __future__ import annotations

from mlops_desktop.domain.bundles import Bundle, Runtime
from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.references import LocalFile, ModelRef

from .verb import Group, List, verb


class Bundles(Group, group="bundles"):
    """What deploys anywhere: a folder, and one file, that score and serve without this program."""

    @verb(right="view")
    def list(self) -> List[Bundle]:
        """Bundles that were exported, newest first."""
        return self.store.bundles.all()

    @verb(right="edit")
    def export(self, model: ModelRef, folder: LocalFile, runtime: Runtime = "own") -> Job[Bundle]:
        """Export a model version; it counts as done once the folder alone has scored the recorded rows again.

        Parameters
        ----------
        model : str
            The version, as ``churn@champion``.
        folder : str
            Where the bundle goes; must not exist, or be empty.
        runtime : {"own", "fastest"}
            What scores in it: the library that trained it, with bit-equal answers, or ONNX Runtime where that is faster
            and thousands of rows of the training data agree.
        """
        version = self.store.models.version(model)
        return self.begin(
            "export", f"Export {version.ref}", self.store.model_files.export(version, folder, runtime)
        )
