"""What a person does with models: each deed asks what it must, calls the facade, and says what it did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from PySide6.QtWidgets import QPlainTextEdit

from mlops_desktop.domain.bundles import Runtime
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.domain.models import Model, ModelVersion
from mlops_desktop.domain.references import parse_ref
from mlops_desktop.domain.run_pages import RunPage
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.run_dialogs import choose_run, register_model
from mlops_desktop.gui.screens.runs.run_select import FINISHED, offered_runs
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.dialogs import Dialog, ask_text
from mlops_desktop.gui.widgets.file_dialogs import choose_file, choose_new_file
from mlops_desktop.gui.widgets.forms import Field
from mlops_desktop.project import Project

T = TypeVar("T")
TABLES = "Tables (*.csv *.tsv *.txt *.parquet *.xlsx *.json *.jsonl *.arrow *.feather *.gz *.zst *.zip);;All files (*)"
TARGETS = "CSV (*.csv);;Parquet (*.parquet)"


class ModelDeeds:
    """Deeds of models, for actions, buttons and menus alike.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    def __init__(self, host: ScreenHost) -> None:
        self._host = host

    @property
    def project(self) -> Project:
        """The facade."""
        return cast(Project, self._host.session.project)

    def call(self, call: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run `call` off the GUI thread, then `done`; a failure is shown by the window."""

        def take(answer: T) -> None:
            done(answer)

        self._host.session.tasks.run(call, take, owner=self._host.window())

    def change(self, call: Callable[[], T], words: str) -> None:
        """Run a call that changes something, then say so, with Undo."""
        self.call(call, lambda answer: self._host.say(words, self._undo))

    def _undo(self) -> None:
        self._host.actions_registry.trigger("edit.undo")

    # Aliases.

    def set_alias(self, ref: str, alias: str) -> None:
        """Let an alias point at a version."""
        self.change(
            lambda: self.project.models.set_alias(ref, alias), tr("{} is the {} now.").format(ref, alias)
        )

    def ask_alias(self, ref: str) -> None:
        """Ask for any other alias."""
        title = tr("Alias of {}").format(ref)
        ask_text(
            self._host.window(),
            title,
            tr("One word"),
            "",
            tr("Set alias"),
            lambda alias: self.set_alias(ref, alias),
        )

    def remove_alias(self, ref: str, alias: str) -> None:
        """Let an alias point at nothing."""
        name = parse_ref(ref).name
        self.change(
            lambda: self.project.models.remove_alias(name, alias), tr("{} has no {} now.").format(name, alias)
        )

    # Versions.

    def register(self) -> None:
        """Ask for a run, then for the model that its result becomes a version of."""

        def show(found: tuple[RunPage, list[Model]]) -> None:
            page, models = found
            if not page.lines:
                self._host.say(tr("There is no finished training to register yet."))
                return
            choose_run(
                self._host,
                tr("Register the model of a run"),
                page,
                lambda run: self.register_run(run, models),
                among=FINISHED,
            )

        self.call(lambda: (offered_runs(self.project, FINISHED), list(self.project.models.list())), show)

    def register_run(self, run: int, models: list[Model]) -> None:
        """Ask for the model that the result of a run becomes a version of."""

        def accept(name: str, notes: str) -> None:
            self.call(lambda: self.project.models.register(run, name, notes), self._on_registered)

        register_model(self._host.window(), run, models, accept)

    def _on_registered(self, made: ModelVersion) -> None:
        self._host.say(tr("Run #{} is {} now.").format(made.run_id, made.ref), self._undo)
        self._host.go(Place("models", made.ref))

    def score_file(self, ref: str, began: Callable[[JobRow], object] | None = None) -> None:
        """Ask for a file and for where its predictions go; `began` takes the job."""
        window = self._host.window()

        def start(source: Path, target: Path) -> None:
            self.call(lambda: self.project.models.score(ref, str(source), str(target)).row, began or _drop)

        def ask_target(source: Path) -> None:
            wanted = source.with_name(f"{source.name.partition('.')[0]}-scored.csv")
            choose_new_file(
                window, tr("Where the predictions go"), TARGETS, lambda target: start(source, target), wanted
            )

        choose_file(window, tr("Score a file with {}").format(ref), TABLES, ask_target, Path.home())

    def export(
        self, ref: str, began: Callable[[JobRow], object] | None = None, runtime: Runtime = "own"
    ) -> None:
        """Ask for a folder and export a bundle into it; `began` takes the job."""
        path = self._host.session.path
        wanted = (path.parent if path else Path.home()) / ref.replace("@", "-")

        def start(folder: Path) -> None:
            self.call(lambda: self.project.bundles.export(ref, str(folder), runtime).row, began or _drop)

        choose_new_file(self._host.window(), tr("The new folder of the bundle"), "", start, wanted)

    # Models.

    def rename(self, ref: str) -> None:
        """Ask for another name of the model."""
        name = parse_ref(ref).name
        title = tr("Rename {}").format(name)

        def accept(wanted: str) -> None:
            self.change(
                lambda: self.project.models.rename(name, wanted),
                tr("{} is called {} now.").format(name, wanted),
            )

        ask_text(self._host.window(), title, tr("Name"), name, tr("Rename"), accept)

    def edit_notes(self, ref: str) -> None:
        """Ask for what people should know of the model."""
        name = parse_ref(ref).name

        def show(models: list[Model]) -> None:
            model = next((m for m in models if m.name == name), None)
            if model is not None:
                self._ask_notes(model)

        self.call(lambda: list(self.project.models.list()), show)

    def _ask_notes(self, model: Model) -> None:
        text = QPlainTextEdit(model.notes)
        text.setTabChangesFocus(True)
        text.setMinimumSize(theme().px(420), theme().px(150))
        set_font(text, "base")

        def accept() -> None:
            notes = text.toPlainText()
            self.change(
                lambda: self.project.models.set_notes(model.name, notes),
                tr("Saved the notes of {}.").format(model.name),
            )

        title = tr("Notes of {}").format(model.name)
        Dialog(self._host.window(), title, Field(tr("Notes"), text), tr("Save notes"), accept).open()
        text.setFocus()

    def trash(self, ref: str) -> None:
        """Put the model with all its versions into the trash."""
        name = parse_ref(ref).name
        self.change(lambda: self.project.models.trash(name), tr("Moved {} to the trash.").format(name))

    def restore(self, ref: str) -> None:
        """Take the model out of the trash."""
        name = parse_ref(ref).name
        self.change(lambda: self.project.models.restore(name), tr("{} is back.").format(name))


def _drop(job: JobRow) -> None:
    """The job is shown among the jobs."""
