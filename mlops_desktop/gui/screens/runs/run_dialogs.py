"""Dialogs of runs: register a model, choose another run, train by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QCompleter, QPlainTextEdit, QWidget

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.models import Model
from mlops_desktop.domain.run_pages import RunPage
from mlops_desktop.domain.schedules import Preview
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.run_select import RunSelect
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import Debounce, Field, TextField
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import column
from mlops_desktop.project import Project


def register_model(
    parent: QWidget, run: int, models: Sequence[Model], on_accept: Callable[[str, str], object]
) -> Dialog:
    """Ask for a model's name and notes; names that there are complete themselves."""
    names = [m.name for m in models]
    name = TextField(names[0] if len(names) == 1 else "", tr("Name of the model"))
    name.setCompleter(QCompleter(names, name))
    field, notes = Field(tr("Model"), name), _notes_field()
    hint = Label(_version_words(models, name.text()), "small", "muted", wrap=True)
    name.textChanged.connect(lambda: hint.setText(_version_words(models, name.text())))

    def accept() -> object:
        if not name.text().strip():
            field.show_error(tr("Give the model a name."))
            return False
        return on_accept(name.text().strip(), notes.toPlainText().strip())

    body = QWidget()
    body.setLayout(column(field, hint, Field(tr("Notes"), notes), spacing=8))
    title = tr("Register the model of run #{}").format(run)
    dialog = Dialog(parent, title, body, tr("Register model"), accept)
    dialog.open()
    name.setFocus()
    return dialog


def _notes_field() -> QPlainTextEdit:
    notes = QPlainTextEdit()
    notes.setTabChangesFocus(True)
    notes.setFixedHeight(theme().px(90))
    set_font(notes, "base")
    return notes


def _version_words(models: Sequence[Model], typed: str) -> str:
    """Which version it would become."""
    name = typed.strip()
    if not name:
        return tr("Its next version, or a new model.")
    found = next((m for m in models if m.name == name), None)
    return tr("Version {} of it.").format(len(found.versions) + 1) if found else tr("A new model, version 1.")


def choose_run(
    host: ScreenHost,
    title: str,
    page: RunPage,
    on_accept: Callable[[int], object],
    *,
    among: str = "",
    first: str = "",
    without: Sequence[int] = (),
) -> Dialog:
    """Ask for a run; see `RunSelect` for what is offered.

    Parameters
    ----------
    title : str
        Title of the dialog.
    page : RunPage
        Those that are offered at first.
    """
    select = RunSelect(host, page, among=among, first=first, without=without)
    field = Field(tr("Run"), select, "" if select.offered else tr("There is no other run yet."))

    def accept() -> object:
        return on_accept(int(select.choice)) if select.choice else False

    button = tr("Compare") if without else tr("Take this run")
    dialog = Dialog(host.window(), title, field, button, accept)
    dialog.setMinimumWidth(theme().px(480))
    dialog.open()
    select.setFocus()
    return dialog


class _TimesField(QWidget):
    """When to train, with the next times below while one types."""

    def __init__(self, host: ScreenHost, project: Project) -> None:
        super().__init__()
        self._host, self._project = host, project
        self.every = TextField("tuesday 18:00", tr("tuesday 18:00, daily 02:30, every 6 hours"))
        self._when = Field(tr("When"), self.every)
        self._times = Label("", "small", "muted", wrap=True)
        self.setLayout(column(self._when, self._times, spacing=10))
        typing = Debounce(self, 250)
        typing.fired.connect(self.ask)
        self.every.textChanged.connect(typing.poke)

    def ask(self) -> None:
        """Ask for the next times."""
        text = self.every.text()
        self._host.session.tasks.run(
            lambda: self._project.schedules.preview(text),
            self._show,
            owner=self,
            key="preview",
            failed=self._fail,
        )

    def _show(self, found: Preview) -> None:
        self._when.show_error("")
        nexts = [" · ".join(part for part in (t.local, t.note) if part) for t in found.times]
        self._times.setText("\n".join([found.words, *found.rules, tr("Next:"), *nexts]))

    def _fail(self, error: UserError) -> None:
        self._when.show_error(" ".join(p for p in (error.message, error.remedy) if p))
        self._times.setText("")


def schedule_training(
    parent: QWidget, host: ScreenHost, project: Project, on_accept: Callable[[str, str], object]
) -> Dialog:
    """Ask for a name and times; the next ones are shown while one types."""
    name, times = TextField(tr("weekly")), _TimesField(host, project)
    field = Field(tr("Name"), name)
    body = QWidget()
    body.setLayout(column(field, times, spacing=10))

    def accept() -> object:
        if not name.text().strip():
            field.show_error(tr("Give it a name."))
            return False
        return on_accept(name.text().strip(), times.every.text().strip())

    dialog = Dialog(parent, tr("Train by itself"), body, tr("Set schedule"), accept)
    times.ask()
    dialog.open()
    name.setFocus()
    return dialog
