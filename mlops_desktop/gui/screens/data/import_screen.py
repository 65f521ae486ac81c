"""The import page: from a file to a version, looked at before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mlops_desktop.domain.datasets import Dataset, DatasetVersion
from mlops_desktop.domain.errors import CancelledError, UserError, from_message, to_message
from mlops_desktop.domain.imports import ColumnType, FilePreview
from mlops_desktop.domain.jobs import Job, JobRow
from mlops_desktop.gui.job_watch import JobWatch
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.shell.notices import ErrorPanel, describe
from mlops_desktop.gui.theme import follow_look, theme
from mlops_desktop.gui.widgets.buttons import Button, Tabs
from mlops_desktop.gui.widgets.cards import Card, PageHeader
from mlops_desktop.gui.widgets.code import CodeBlock
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.drop_area import DropArea
from mlops_desktop.gui.widgets.file_dialogs import choose_file
from mlops_desktop.gui.widgets.labels import ElidedLabel, Label
from mlops_desktop.gui.widgets.layouts import Page, column, row, set_shown
from mlops_desktop.gui.words import file_name

from .column_menus import open_role_menu, open_type_menu
from .data_intent import DataIntent
from .import_cards import DecisionsCard, FileCard, FormatCard
from .import_command import as_command, as_script
from .import_format import option_value
from .import_intent import (
    MORE_DECISIONS,
    ImportIntent,
    View,
    proposed,
    ways_out,
    with_option,
    with_remedy,
    with_role,
    with_type,
    without_choices,
)
from .import_problems import ProblemsCard
from .import_state import ColumnView, ImportAnswers, ImportState, resolve
from .import_table import PreviewTable
from .import_target import TargetCard

FILTERS = (
    "Tables (*.csv *.tsv *.tab *.txt *.parquet *.pq *.xlsx *.json *.jsonl *.ndjson *.arrow *.feather *.ipc"
    " *.gz *.zst *.zip);;All files (*)"
)
_SLOW_MS = 1000
"""A preview that takes longer says so."""


class ImportPage:
    """The page; a part of the data screen."""

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._intent = ImportIntent()
        self._answers = ImportAnswers()
        self._state: ImportState | None = None
        self._job: Job[DatasetVersion] | None = None
        self._job_intent = self._intent
        self._shown_tabs: tuple[tuple[str, str], ...] = ()
        self._shown_error: object = None
        self._build()
        self._connect()
        self._watch = JobWatch(host.session.tasks, self._page)
        self._watch.moved.connect(self._on_job_moved)
        self._watch.ended.connect(self._on_job_ended)
        self._slow = QTimer(self._page)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(self._on_slow)

    def _build(self) -> None:
        self.command_button = Button(tr("Show as command"), icon="terminal", on_click=self.show_command)
        self._header = PageHeader("Import", buttons=[self.command_button])
        self._error = ErrorPanel()
        self._file = FileCard(self.choose_file, self._forget_file)
        self._format = FormatCard()
        self._decisions = DecisionsCard()
        left = QWidget()
        left.setLayout(_filled(self._file, self._format, self._decisions, stretched=2))
        self._left = left
        self._tabs = Tabs()
        self._note = ElidedLabel("", "small", "muted")
        self.table = PreviewTable()
        self.table.setMinimumHeight(theme().px(150))
        head = row(self._tabs, None, self._note, spacing=16, margins=(14, 4, 14, 0))
        self._table_card = Card(flush=True)
        self._table_card.body.setSpacing(0)
        self._table_card.add(head, self.table)
        self.problems = ProblemsCard()
        self.target = TargetCard()
        self._right = QWidget()
        self._right.setLayout(_filled(self._error, self._table_card, self.problems, self.target, stretched=1))
        self._work = QWidget()
        work = row(left, self._right, spacing=theme().space("gap"))
        work.setStretch(1, 1)
        self._work.setLayout(work)
        self._drop = DropArea(
            tr("Drop a file here"),
            tr(
                "CSV, TSV, Parquet, Excel, JSON, Arrow; text also as .gz, .zst or .zip. You see a preview first."
            ),
            (tr("Choose a file..."), self.choose_file),
        )
        self._page = Page(self._header, self._work, self._drop)
        self._page.body.setStretch(1, 1)
        self._page.body.setStretch(2, 1)
        follow_look(self._left, self._fit)
        self._fit()

    def _connect(self) -> None:
        self._format.changed.connect(self._on_format)
        self._format.reset.connect(self._on_reset)
        self._decisions.change_wanted.connect(self._on_change_wanted)
        self._decisions.more_wanted.connect(self._on_more)
        self._tabs.chosen.connect(self._on_view)
        self.table.type_wanted.connect(self._offer_types)
        self.table.role_wanted.connect(self._offer_roles)
        self.problems.remedy_chosen.connect(self._on_remedy)
        self.problems.place_wanted.connect(self._on_place_wanted)
        self._drop.dropped.connect(self._on_dropped)
        target = self.target
        target.kind_chosen.connect(self._on_kind)
        target.name_typed.connect(self._on_name)
        target.dataset_chosen.connect(self._on_dataset)
        target.mode_chosen.connect(self._on_mode)
        target.key_chosen.connect(self._on_key)
        target.message_typed.connect(self._on_message)
        target.cancelled.connect(self.leave)
        target.import_wanted.connect(self.start_import)
        target.stop_wanted.connect(self._stop)

    # ---------------------------------------------------------------------------------------- what is asked for

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def intent(self) -> ImportIntent:
        """What the person said so far."""
        return self._intent

    @property
    def state(self) -> ImportState | None:
        """What is shown."""
        return self._state

    def show_intent(self, intent: ImportIntent) -> None:
        """Show a file as it was left."""
        if intent.path != self._intent.path:
            self._answers = ImportAnswers(datasets=self._answers.datasets, job=self._answers.job)
        self._intent = intent
        self._look()
        self._show()

    def refresh(self) -> None:
        """Data sets have changed: one may have a newer version, or another name."""
        project = self._host.session.project
        if project is not None:
            self._host.session.tasks.run(
                lambda: project.datasets.list(), self._on_datasets, owner=self._page, key="datasets"
            )

    def choose_file(self) -> None:
        """Choose a file by the dialog of the desktop."""
        start = Path(self._intent.path).parent if self._intent.path else Path.home()
        choose_file(self._page, tr("Import a file"), FILTERS, lambda path: self.open_file(str(path)), start)

    def open_file(self, path: str) -> None:
        """Look at another file; a place of its own in the history."""
        kept = self._intent if self._intent.settled and not self._intent.path else ImportIntent()
        self._host.go(Place("data", replace(kept, path=path)))

    def leave(self) -> None:
        """Back to the data sets; an import under way goes on."""
        self._host.go(Place("data", DataIntent(self._intent.dataset if self._intent.mode != "new" else "")))

    def show_command(self) -> None:
        """Show the import as a command line and as a script."""
        folder = str(getattr(self._host.session, "path", None) or "PROJECT.mlops")
        command = as_command(self._intent, folder)
        body = QWidget()
        body.setLayout(
            column(
                Label(tr("In a terminal"), "small", "muted"),
                CodeBlock(command),
                Label(tr("In Python"), "small", "muted"),
                CodeBlock(as_script(self._intent, folder)),
            )
        )
        body.setMinimumWidth(theme().px(620))
        copy = tr("Copy command")
        dialog = Dialog(
            self._page, tr("This import as a command"), body, copy, lambda: _to_clipboard(command)
        )
        dialog.open()

    def start_import(self) -> None:
        """Write it: the one step that does."""
        intent, state, project = self._intent, self._state, self._host.session.project
        if state is None or state.target is None or not state.target.can_import:
            return
        name = state.target.name
        self._answers = replace(self._answers, error=None, import_failed=False)
        self.target.import_button.setEnabled(False)

        def begin() -> Job[DatasetVersion]:
            return project.datasets.import_file(
                intent.path,
                dataset=name,
                mode=intent.mode,
                key=list(intent.key) if intent.mode == "merge" else [],
                roles=dict(intent.roles),
                options=intent.options,
                message=intent.message,
            )

        self._host.session.tasks.run(
            begin, self._on_begun, owner=self._page, key="import", failed=self._on_import_failed
        )

    # ---------------------------------------------------------------------------------------------- what is said

    def _go(self, intent: ImportIntent) -> None:
        """The person said something: keep it with the place, ask again if the answer depends on it."""
        self._intent = intent
        self._host.amend_intent("data", intent)
        self._look()
        self._show()

    def _on_reset(self) -> None:
        self._go(without_choices(self._intent))

    def _on_more(self) -> None:
        self._go(replace(self._intent, decisions=self._intent.decisions + MORE_DECISIONS))

    def _on_view(self, view: View) -> None:
        self._go(replace(self._intent, view=view))

    def _on_remedy(self, problem: str, remedy: str) -> None:
        self._go(with_remedy(self._intent, problem, remedy))

    def _on_dropped(self, files: list[Path]) -> None:
        self.open_file(str(files[0]))

    def _on_name(self, name: str) -> None:
        self._go(replace(self._intent, dataset=name, settled=True))

    def _on_dataset(self, name: str) -> None:
        self._go(replace(self._intent, dataset=name, key=()))

    def _on_key(self, key: tuple[str, ...]) -> None:
        self._go(replace(self._intent, key=key))

    def _on_message(self, text: str) -> None:
        self._go(replace(self._intent, message=text))

    def _on_format(self, key: str, choice: str) -> None:
        self._go(with_option(self._intent, key, option_value(key, choice)))

    def _on_change_wanted(self, about: str, is_column: bool, at: QPoint) -> None:
        if is_column:
            self._offer_types(about, at)
            return
        field = self._format.widget_of(about)
        field.setFocus()
        show_popup: Callable[[], None] | None = getattr(field, "showPopup", None)
        if show_popup is not None:
            show_popup()

    def _offer_types(self, name: str, at: QPoint) -> None:
        view = self._column(name)
        if view is not None and view.types:
            kinds = (view.type, *view.types)
            chosen = name in self._intent.options.types
            open_type_menu(
                self._page, at, kinds, chosen, lambda k: self._go(with_type(self._intent, name, k))
            )

    def _offer_roles(self, name: str, at: QPoint) -> None:
        view = self._column(name)
        if view is not None:
            open_role_menu(self._page, at, view.role, lambda r: self._go(with_role(self._intent, name, r)))

    def _column(self, name: str) -> ColumnView | None:
        return next((c for c in self._state.columns if c.name == name), None) if self._state else None

    def _on_place_wanted(self, number: int, name: str) -> None:
        if (
            self._intent.view != "problems"
            and self._state
            and ("problems", "Around problems") in self._state.tabs
        ):
            self._go(replace(self._intent, view="problems"))
        self.table.show_place(number, name)

    def _on_kind(self, is_version: bool) -> None:
        names = [d.name for d in self._answers.datasets]
        if not is_version:
            self._go(replace(self._intent, mode="new", dataset="", key=(), settled=True))
            return
        dataset = self._intent.dataset if self._intent.dataset in names else names[0] if names else ""
        self._go(replace(self._intent, mode="append", dataset=dataset, settled=True))

    def _on_mode(self, mode: str) -> None:
        if mode not in ("append", "replace", "merge"):
            return
        key = self._intent.key
        if mode == "merge" and not key and self._state:
            key = tuple(c.name for c in self._state.columns if c.role == "id")
        self._go(replace(self._intent, mode=mode, key=key))

    def _forget_file(self) -> None:
        self._host.go(Place("data", ImportIntent()))

    # ------------------------------------------------------------------------------------------ what is answered

    def _look(self) -> None:
        """Ask for a preview where the one at hand is of another question."""
        intent, project = self._intent, self._host.session.project
        if not intent.path or project is None or self._answers.question == intent.question:
            return
        path, options, dataset, mode = question = intent.question
        self._slow.start()
        self._host.session.tasks.run(
            lambda: (project.datasets.preview_file(path, options, dataset, mode), project.datasets.list()),
            lambda found: self._on_preview(question, *found),
            owner=self._page,
            key="preview",
            failed=lambda error: self._on_no_preview(question, error),
            always=self._slow.stop,
        )

    def _on_preview(self, question: object, preview: FilePreview, datasets: list[Dataset]) -> None:
        if question != self._intent.question:
            return
        self._answers = replace(
            self._answers,
            preview=preview,
            question=self._intent.question,
            datasets=tuple(datasets),
            error=None,
        )
        settled = proposed(self._intent, [c.name for c in preview.columns], datasets)
        if settled != self._intent:
            self._intent = settled
            self._host.amend_intent("data", settled)
            if self._answers.question != settled.question:
                self._look()
                return
        self._show()

    def _on_no_preview(self, question: object, error: UserError) -> None:
        if question == self._intent.question:
            self._answers = replace(
                self._answers, error=to_message(error), question=self._intent.question, import_failed=False
            )
            self._show()

    def _on_datasets(self, datasets: list[Dataset]) -> None:
        self._answers = replace(self._answers, datasets=tuple(datasets))
        self._show()

    def _on_slow(self) -> None:
        self._header.show_text("Import", file_name(self._intent.path), tr("Looking at the file ..."))

    def _on_begun(self, job: Job[DatasetVersion]) -> None:
        self._job, self._job_intent = job, self._intent
        self._on_job_moved(job.row)
        self._watch.follow(self._host.session.project, job.job_id)

    def _on_job_moved(self, row: JobRow) -> None:
        self._answers = replace(self._answers, job=row)
        self._show()

    def _on_job_ended(self, row: JobRow) -> None:
        job, self._job = self._job, None
        self._answers = replace(self._answers, job=None)
        if job is None:
            return
        job.row = row
        try:
            version = job.result()
        except CancelledError:
            self._host.say(tr("Cancelled: nothing was written."))
            self._show()
        except UserError as error:
            self._on_import_failed(error)
        else:
            self._on_imported(version)

    def _on_imported(self, version: DatasetVersion) -> None:
        """Show the version, if the person still waits for it here; the window tells it in any case."""
        if self._page.isVisible() and self._job_intent.path == self._intent.path:
            self._host.go(Place("data", DataIntent(version.dataset)))
        self._answers = replace(self._answers, preview=None, question=None)

    def _on_import_failed(self, error: UserError) -> None:
        self._answers = replace(
            self._answers, error=to_message(error), question=self._intent.question, import_failed=True
        )
        self._show()

    def _stop(self) -> None:
        project, job_id = self._host.session.project, self._watch.job_id
        if job_id is not None:
            self._host.session.tasks.run(
                lambda: project.jobs.cancel(job_id), self._on_job_moved, owner=self._page, key="cancel"
            )

    # ------------------------------------------------------------------------------------------------ what is shown

    def _show(self) -> None:
        """Apply what the state says."""
        has_file = bool(self._intent.path)
        set_shown(self._work, has_file)
        set_shown(self._drop, not has_file)
        set_shown(self.command_button, has_file)
        state = self._state = resolve(self._intent, self._answers, self._state)
        self._header.show_text(
            tr("Import"),
            state.file,
            tr("Nothing is written until you import. The file stays as it is."),
        )
        self._show_error(state)
        if not has_file:
            return
        self._file.show_state(state)
        self._format.show_state(state)
        self._decisions.show_state(state)
        if [key for key, _ in state.tabs] and state.tabs != self._shown_tabs:
            self._tabs.set_options(state.tabs)
            self._shown_tabs = state.tabs
        if state.tabs:
            self._tabs.choose(state.tab)
        set_shown(self._table_card, bool(state.columns))
        set_shown(self._decisions, bool(state.columns))
        self._note.set_text(state.table_note)
        self.table.show_state(state)
        self.problems.show_problems(state.problems)
        set_shown(self.target, state.target is not None)
        if state.target is not None:
            self.target.show_target(state.target, self._intent.message, state.job)

    def _show_error(self, state: ImportState) -> None:
        if state.error == self._shown_error:
            return
        self._shown_error = state.error
        if state.error is None:
            self._error.hide()
            return
        buttons: list[tuple[str, Callable[[], object]]] = [
            (tr(words), partial(self._go, way))
            for words, way in ways_out(self._intent, state.error.where.field)
        ]
        place = state.error.where.column
        if place and any(c.name == place for c in state.columns):
            buttons.append(
                (
                    tr("Import {} as text").format(place[:40]),
                    lambda: self._go(with_type(self._intent, place, ColumnType.TEXT)),
                )
            )
        self._error.show_error(describe(from_message(state.error)), tr("nothing was written"), buttons)

    def _fit(self) -> None:
        self._left.setFixedWidth(theme().px(286))


def _filled(*parts: QWidget, stretched: int) -> QVBoxLayout:
    """Parts one below the other; one takes what room there is, and while it is hidden nothing does."""
    box = column(*parts, spacing=theme().space("gap"))
    box.setStretch(stretched, 1)
    box.addStretch(0)
    return box


def _to_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
