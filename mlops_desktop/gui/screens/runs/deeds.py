"""What a person does with runs: each deed asks what it must, calls the facade, and says what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from mlops_desktop.domain.jobs import Job
from mlops_desktop.domain.models import Model, ModelVersion
from mlops_desktop.domain.run_pages import RunPage
from mlops_desktop.domain.runs import Run, Split
from mlops_desktop.domain.schedules import Schedule
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.run_dialogs import choose_run, register_model, schedule_training
from mlops_desktop.gui.screens.runs.run_select import TRAININGS, like_filter, offered_runs
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent, TrainingDraft, draft_like
from mlops_desktop.gui.theme import set_font, theme
from mlops_desktop.gui.widgets.dialogs import Dialog, ask_text
from mlops_desktop.gui.widgets.forms import Field, TextField
from mlops_desktop.project import Project

T = TypeVar("T")
MOST_COMPARED = 10


class RunDeeds:
    """Deeds of runs, for actions, buttons and menus alike.

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

    def window(self) -> QWidget:
        """What dialogs stand over."""
        if isinstance(self._host, QWidget):
            return self._host
        return QApplication.activeWindow() or QApplication.topLevelWidgets()[0]

    def call(
        self, call: Callable[[], T], done: Callable[[T], object], always: Callable[[], None] | None = None
    ) -> None:
        """Run `call` off the GUI thread, then `done`; a failure is shown by the window."""
        owner = cast(QObject, self._host if isinstance(self._host, QObject) else self.window())
        self._host.session.tasks.run(call, lambda answer: _drop(done(answer)), owner=owner, always=always)

    # Going to places.

    def open(self, run: int) -> None:
        """Show the page of a run."""
        self._host.go(Place("runs", RunsIntent(page="run", run=run)))

    def compare(self, runs: Sequence[int]) -> None:
        """Show runs side by side; the first of them is what the others are held against."""
        if len(runs) > MOST_COMPARED:
            self._host.say(tr("Up to ten runs can be compared; these are {}.").format(len(runs)))
            return
        self._host.go(Place("runs", RunsIntent(page="compare", runs=tuple(runs))))

    def compare_with(self, run: int) -> None:
        """Ask for a run to compare with."""
        self.add_to_comparison([run])

    def add_to_comparison(self, runs: Sequence[int]) -> None:
        """Ask for one more run to compare; those that predict the same thing stand first."""

        def ask() -> tuple[str, RunPage]:
            first = like_filter(self.project.runs.show(runs[0]))
            return first, offered_runs(self.project, "", first=first)

        def show(found: tuple[str, RunPage]) -> None:
            title = tr("Compare run #{} with").format(runs[0])
            choose_run(
                self._host,
                title,
                found[1],
                lambda other: self.compare([*runs, other]),
                first=found[0],
                without=runs,
            )

        self.call(ask, show)

    def new_training(self, draft: TrainingDraft | None = None) -> None:
        """Show the page that sets up a training."""
        self._host.go(Place("runs", RunsIntent(page="training", draft=draft)))

    def like(self, run: int) -> None:
        """Set up a training like a run, on newer data."""
        self.call(lambda: self.project.runs.show(run), lambda found: self.new_training(draft_like(found)))

    def like_a_run(self) -> None:
        """Ask for the run to start from."""

        def show(found: RunPage) -> None:
            if not found.lines:
                self._host.say(tr("There is no training to start from yet."))
                return
            choose_run(self._host, tr("Start from a run"), found, self.like, among=TRAININGS)

        self.call(lambda: offered_runs(self.project, TRAININGS), show)

    # Trainings.

    def reproduce(self, run: int) -> None:
        """Train the same again."""
        self.call(lambda: self.project.runs.reproduce(run), self._on_started)

    def retrain(self, run: int) -> None:
        """Train as a run did, on the newest version of its data."""
        self.call(lambda: self.project.runs.retrain(run), self._on_started)

    def cancel(self, run: int) -> None:
        """Cancel a training; its processes end within five seconds."""
        self.call(lambda: self.project.runs.cancel(run), lambda found: None)

    def start(
        self,
        calls: Sequence[dict[str, object]],
        then: Callable[[list[int]], object],
        always: Callable[[], None],
    ) -> None:
        """Start trainings; `then` takes their numbers, `always` is called in any case."""

        def begin() -> list[int]:
            return [run_of(_start(self.project, call)) for call in calls]

        self.call(begin, then, always)

    def start_and_schedule(self, call: dict[str, object]) -> None:
        """Ask when to train by itself; the first training is begun at once, those to come follow it."""

        def accept(name: str, every: str) -> None:
            def begin() -> tuple[int, Schedule]:
                run = run_of(_start(self.project, call))
                return run, self.project.schedules.add(name, every, run)

            self.call(begin, done)

        def done(made: tuple[int, Schedule]) -> None:
            run, schedule = made
            said = tr("Run #{} has begun; “{}” trains like it: {}.").format(
                run, schedule.name, schedule.timetable
            )
            self._host.say(said, lambda: self._undo_schedule(schedule.name))
            self.open(run)

        schedule_training(self.window(), self._host, self.project, accept)

    def schedule(self, run: int) -> None:
        """Ask when to train like a run by itself."""
        schedule_training(
            self.window(), self._host, self.project, lambda name, every: self._add_schedule(name, every, run)
        )

    def _add_schedule(self, name: str, every: str, run: int) -> None:
        self.call(
            lambda: self.project.schedules.add(name, every, run),
            lambda made: self._host.say(
                tr("“{}” trains {}.").format(made.name, made.timetable),
                lambda: self._undo_schedule(made.name),
            ),
        )

    def _undo_schedule(self, name: str) -> None:
        self.call(lambda: self.project.schedules.remove(name), lambda gone: None)

    def _on_started(self, job: Job[Run]) -> None:
        self.open(run_of(job))

    # Models.

    def register(self, run: int) -> None:
        """Ask for the model that a run's result becomes a version of."""

        def show(models: list[Model]) -> None:
            register_model(self.window(), run, models, lambda name, notes: self._register(run, name, notes))

        self.call(lambda: list(self.project.models.list()), show)

    def _register(self, run: int, name: str, notes: str) -> None:
        def done(made: ModelVersion) -> None:
            self._host.say(tr("Run #{} is {} now.").format(run, made.ref))

        self.call(lambda: self.project.models.register(run, name, notes), done)

    # Words about runs.

    def rename(self, run: int) -> None:
        """Ask for another name."""

        def show(found: Run) -> None:
            title = tr("Rename run #{}").format(run)
            ask_text(
                self.window(),
                title,
                tr("Name"),
                found.name,
                tr("Rename"),
                lambda name: self._rename(found, name),
            )

        self.call(lambda: self.project.runs.show(run), show)

    def _rename(self, run: Run, name: str) -> None:
        def done(found: Run) -> None:
            self._host.say(
                tr("Run #{} is “{}” now.").format(run.run_id, name), lambda: self._rename_back(run)
            )

        self.call(lambda: self.project.runs.rename(run.run_id, name), done)

    def _rename_back(self, run: Run) -> None:
        self.call(lambda: self.project.runs.rename(run.run_id, run.name), lambda found: None)

    def edit_notes(self, run: int) -> None:
        """Ask for what people should know of a run."""

        def show(found: Run) -> None:
            text = QPlainTextEdit(found.notes)
            text.setTabChangesFocus(True)
            text.setMinimumSize(theme().px(420), theme().px(150))
            set_font(text, "base")
            title = tr("Notes of run #{}").format(run)
            body = Field(tr("Notes"), text)
            Dialog(
                self.window(),
                title,
                body,
                tr("Save notes"),
                lambda: self._set_notes(found, text.toPlainText()),
            ).open()
            text.setFocus()

        self.call(lambda: self.project.runs.show(run), show)

    def _set_notes(self, run: Run, notes: str) -> None:
        def back() -> None:
            self.call(lambda: self.project.runs.set_notes(run.run_id, run.notes), lambda found: None)

        said = tr("Saved the notes of run #{}.").format(run.run_id)
        self.call(
            lambda: self.project.runs.set_notes(run.run_id, notes), lambda found: self._host.say(said, back)
        )

    def edit_tags(self, runs: Sequence[int]) -> None:
        """Ask for the tags of runs; of several, those that all have are shown."""

        def show(found: list[Run]) -> None:
            shared = [t for t in found[0].tags if all(t in r.tags for r in found)]
            title = (
                tr("Tags of run #{}").format(runs[0])
                if len(runs) == 1
                else tr("Tags of {} runs").format(len(runs))
            )
            name = tr("Tags, with commas between")
            ask_tags(self.window(), title, name, shared, lambda tags: self._set_tags(found, shared, tags))

        self.call(lambda: [self.project.runs.show(run) for run in runs], show)

    def _set_tags(self, runs: list[Run], shared: list[str], tags: list[str]) -> None:
        def put(back: bool) -> None:
            for run in runs:
                rest = [t for t in run.tags if t not in shared]
                self.project.runs.set_tags(
                    run.run_id, run.tags if back else [*rest, *(t for t in tags if t not in rest)]
                )

        def undo() -> None:
            self.call(lambda: put(back=True), lambda none: None)

        self.call(lambda: put(back=False), lambda none: self._host.say(tr("Changed the tags."), undo))

    def trash(self, runs: Sequence[int]) -> None:
        """Put runs into the trash, and offer Undo."""
        numbers = list(runs)

        def done(gone: list[Run]) -> None:
            said = tr("Moved {} to the trash.").format(named(numbers))
            self._host.say(said, lambda: self.restore(numbers))

        self.call(lambda: list(self.project.runs.trash(numbers)), done)

    def restore(self, runs: Sequence[int]) -> None:
        """Take runs out of the trash."""
        numbers = list(runs)
        said = tr("{} is back.") if len(numbers) == 1 else tr("{} are back.")
        self.call(
            lambda: list(self.project.runs.restore(numbers)),
            lambda found: self._host.say(said.format(named(numbers)[:1].upper() + named(numbers)[1:])),
        )


def ask_tags(
    parent: QWidget, title: str, name: str, tags: Sequence[str], on_tags: Callable[[list[str]], object]
) -> None:
    """Ask for tags; nothing takes all of them away."""
    line = TextField(", ".join(tags))
    field = Field(name, line)
    Dialog(parent, title, field, tr("Set tags"), lambda: _drop(on_tags(tags_of(line.text())))).open()
    line.setFocus()


def tags_of(text: str) -> list[str]:
    """Tags as they were typed: commas between, none twice."""
    return list(dict.fromkeys(t.strip() for t in text.split(",") if t.strip()))


def named(runs: Sequence[int]) -> str:
    """``run #3``, ``runs #3 and #4``, ``12 runs``."""
    if len(runs) == 1:
        return f"run #{runs[0]}"
    if len(runs) > 4:
        return f"{len(runs)} runs"
    return f"runs {', '.join(f'#{r}' for r in runs[:-1])} and #{runs[-1]}"


def run_of(job: Job[Run]) -> int:
    """Number of the run that a job trains."""
    return int(job.row.subject.partition(":")[2])


def _start(project: Project, call: dict[str, object]) -> Job[Run]:
    arguments = dict(call)
    split = cast("dict[str, object]", arguments.pop("split", {}))
    return project.runs.start(split=Split(**split), **arguments)  # type: ignore[arg-type]


def _drop(value: object) -> None:
    """An answer that nobody needs."""
