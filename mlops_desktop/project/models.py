"""Verbs of models."""

from __future__ import annotations

from typing import Any

from mlops_desktop.domain.evaluations import Signature
from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.models import AliasMove, Model, ModelVersion, Prediction, ScoredFile
from mlops_desktop.domain.references import LocalFile, ModelRef

from .verb import Group, List, verb


class Models(Group, group="models"):
    """Registered models: versions that never change, and aliases that move."""

    @verb(right="view")
    def list(self, trashed: bool = False) -> List[Model]:
        """Models by name, with their versions and aliases.

        Parameters
        ----------
        trashed : bool
            Those in the trash instead.
        """
        return self.store.models.all(trashed=trashed)

    @verb(right="view")
    def show(self, model: ModelRef) -> ModelVersion:
        """One version of a model.

        Parameters
        ----------
        model : str
            ``churn`` (newest), ``churn@2`` or ``churn@champion``.
        """
        return self.store.models.version(model)

    @verb(right="edit", undoable=True)
    def register(self, run: int, name: str, notes: str = "") -> ModelVersion:
        """Register a run's model under a name, as its next version.

        Parameters
        ----------
        run : int
            Number of a training that has finished.
        name : str
            Name of the model; a new one is made.
        notes : str
            What people should know of this version.
        """
        return self.store.models.register(self.store.runs.find(run), name, notes)

    @verb(right="approve", undoable=True)
    def set_alias(self, model: ModelRef, alias: str) -> ModelVersion:
        """Let an alias point at a version, as ``champion``; the history keeps who moved it when.

        Parameters
        ----------
        model : str
            The version, as ``churn@2``.
        alias : str
            One word: ``champion``, ``challenger`` or any other.
        """
        return self.store.models.set_alias(model, alias)

    @verb(right="approve", undoable=True)
    def remove_alias(self, model: ModelRef, alias: str) -> Model:
        """Let an alias point at nothing.

        Parameters
        ----------
        model : str
            Name of the model.
        alias : str
            The alias.
        """
        self.store.models.remove_alias(model, alias)
        return self.store.models.find(model)

    @verb(right="view")
    def history(self, model: ModelRef) -> List[AliasMove]:
        """Which version had which alias when, and who moved it; newest first.

        Parameters
        ----------
        model : str
            Name of the model.
        """
        return self.store.models.history(model)

    @verb(right="view")
    def signature(self, model: ModelRef) -> Signature:
        """What the model takes and gives: inputs with types, categories, ranges and an example.

        Parameters
        ----------
        model : str
            The version.
        """
        return self.store.model_files.signature(self.store.models.version(model))

    @verb(right="edit")
    def score(self, model: ModelRef, source: LocalFile, target: LocalFile) -> Job[ScoredFile]:
        """Predict every row of a file and write them, with the rows, to another.

        Parameters
        ----------
        model : str
            The version that predicts.
        source : str
            The file to score, of any kind that can be imported.
        target : str
            The file to write: ``.csv`` or ``.parquet``; one that exists is not overwritten.
        """
        version = self.store.models.version(model)
        return self.begin(
            "score", f"Score with {version.ref}", self.store.model_files.score_file(version, source, target)
        )

    @verb(right="view")
    def score_row(self, model: ModelRef, row: dict[str, Any]) -> Prediction:
        """Predict one row.

        Parameters
        ----------
        model : str
            The version that predicts.
        row : dict
            Value by column; a column that is left out is missing.
        """
        version = self.store.models.version(model)
        known = {i.name: None for i in self.store.model_files.signature(version).inputs if i.required}
        return self._backend.predict(self.store.model_files.serve_work(version), {**known, **row})

    @verb(right="edit", undoable=True)
    def rename(self, model: ModelRef, name: str) -> Model:
        """Give a model another name; versions and aliases stay.

        Parameters
        ----------
        model : str
            Name of the model.
        name : str
            Its new name.
        """
        return self.store.models.rename(model, name)

    @verb(right="edit", undoable=True)
    def set_notes(self, model: ModelRef, notes: str) -> Model:
        """Write what people should know of a model.

        Parameters
        ----------
        model : str
            Name of the model.
        notes : str
            The text.
        """
        self.store.say(f"Changed the notes of model {model}")
        return self.store.models.change(model, notes=notes)

    @verb(right="edit", undoable=True)
    def trash(self, model: ModelRef) -> Model:
        """Put a model into the trash; `activity undo` or `restore` brings it back.

        Parameters
        ----------
        model : str
            Name of the model.
        """
        return self.store.models.trash(model)

    @verb(right="edit", undoable=True)
    def restore(self, model: ModelRef) -> Model:
        """Take a model out of the trash.

        Parameters
        ----------
        model : str
            Name of the model.
        """
        return self.store.models.restore(model)
