"""The application: a window, the project open in it, what it remembers, and what it says.

`run_window` is reached by way of `launch.run_application`, which starts the project's service before Qt is loaded.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from mlops_desktop.client import open_project, user
from mlops_desktop.domain.changes import Change
from mlops_desktop.domain.errors import BusyError, UserError
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.known_projects import known_projects

from .actions import ActionRegistry
from .application import make_application, watch_exceptions
from .collecting import GuiCollector
from .ended_jobs import ended_job, took_long
from .language import speak, tr
from .main_window import MainWindow
from .places import Place
from .preferences import Preferences
from .project_actions import project_actions
from .project_session import ProjectSession
from .reading_ahead import ReadingAhead
from .screens.overview.overview_facts import overview_facts
from .screens.overview.overview_state import needs_you
from .screens.start.beginning import begin_with_file
from .sections import all_sections, section_actions
from .shell.shell_state import Notice, ShellState
from .tasks import Tasks
from .theme import SchemeChoice, theme
from .widgets.desktop import open_folder
from .widgets.dialogs import Dialog
from .widgets.drop_area import dropped_files
from .widgets.labels import Label
from .window_memory import WindowMemory, load_memory, logs_folder, save_memory

if TYPE_CHECKING:
    from .launch import ServiceOnItsWay

log = logging.getLogger(__name__)

TRANSLATIONS = "window"
"""The context of its sentences in translation files."""
MOST_RECENT = 8
"""Projects offered in the menu of projects."""
SWITCH_S = 0.0005
"""A thread of calls lets go of the interpreter this soon: the GUI thread asks for it at nearly each call of Qt."""
FLASH_MS = 1000
"""How long the text cursor takes to come and go, unless less motion is wanted."""
END_PATIENCE_S = 0.5
"""How long calls under way are waited for when the window has closed."""
NEEDS_TOPICS = frozenset(
    {"run", "model", "model_version", "alias", "bundle", "schedule", "firing", "dataset_version"}
)


class ProjectWindow(QObject):
    """One window: its session, its commands, what it remembers and what it says.

    Parameters
    ----------
    memory : WindowMemory
        What was remembered of the last life.
    """

    def __init__(self, memory: WindowMemory) -> None:
        super().__init__()
        self.preferences = Preferences(memory)
        self.tasks = Tasks()
        self.session = ProjectSession(self.tasks, user(), f"window-{uuid.uuid4().hex}")
        self.registry = ActionRegistry(keys=dict(memory.shortcuts))
        self._notices: tuple[Notice, ...] = ()
        self._place: Path | str | None = None
        self._closing_agreed = False
        self.registry.add(project_actions(self))
        sections = all_sections(self.preferences)
        self._section_ids = {s.id for s in sections}
        self.window = MainWindow(self.session, sections, self.registry)
        self.registry.add(section_actions(self.window))
        self.registry.install_shortcuts(self.window)
        self.window.restore_geometry(memory.geometry)
        self.window.installEventFilter(self)
        self.window.setAcceptDrops(True)
        self._connect()
        self._show_state(self.session.state)

    def _connect(self) -> None:
        session, window = self.session, self.window
        session.topics_moved.connect(self._on_topics_moved)
        session.state_changed.connect(self._show_state)
        session.opened.connect(self._on_opened)
        session.job_ended.connect(self._on_job_ended)
        window.place_changed.connect(self._on_place_changed)
        window.projects_asked.connect(self._fill_recent)
        window.side_panel.jobs.asked.connect(self._on_job_asked)
        self.registry.shortcuts_changed.connect(self._on_shortcuts_changed)
        theme().changed.connect(self._on_look_changed)
        self.preferences.changed.connect(apply_look)
        self.preferences.not_saved.connect(self.say_failed)

    # Projects.

    def open_project(self, folder: Path | str, service: ServiceOnItsWay | None = None) -> None:
        """Open a project in this window, letting go of the one before.

        Parameters
        ----------
        folder : Path or str
            Its folder, or the address of its service.
        service : ServiceOnItsWay, optional
            Its service, if it is being started already.
        """
        if service is None:
            self.session.open(folder)
            return
        self._show_state(replace(self.session.state, service="starting", project_title=""))
        self.tasks.run(service.wait, lambda _: self.session.open(folder), owner=self, key="service")

    def close_project(self) -> None:
        """Let the project go and show the start screen; its service stays while something needs it."""
        self.session.close()

    def stop_service(self) -> None:
        """Let the project go and end its service; refused while jobs are at work.

        The session's own calls would start the service again, so they end first.
        """
        place, name = self._place, self.session.state.project_title
        if place is None:
            return
        if self.session.state.running:
            self.say_failed(
                BusyError(tr("Jobs are at work."), remedy=tr("Cancel them first, or let them end."))
            )
            return

        def stop() -> None:
            with open_project(place) as project:
                project.stop()

        self.close_project()

        def told(nothing: None) -> None:
            self.window.say(tr("The service of {} has ended.").format(name))
            self.window.tell_changes({"projects"})

        self.tasks.run(stop, told, owner=self, key="stop")

    def undo(self, *, redo: bool = False) -> None:
        """Take back the newest change of this window, or do it again."""
        project = self.session.project
        if project is None:
            return
        call = project.activity.redo if redo else project.activity.undo

        def told(change: Change) -> None:
            back = (tr("Redo"), self._redo) if not redo else (tr("Undo"), self.undo)
            first = tr("Did again: {}") if redo else tr("Took back: {}")
            self.window.toasts.say(first.format(change.summary), "good", back)

        self.tasks.run(call, told, owner=self, key="undo", failed=self.say_failed)

    def _redo(self) -> None:
        self.undo(redo=True)

    def say_failed(self, error: UserError) -> None:
        """Say in a notice why something could not be done."""
        self.window.toasts.say(str(error), "warn")

    # What it remembers.

    @property
    def memory(self) -> WindowMemory:
        """What is remembered now."""
        return self.preferences.memory

    def _on_look_changed(self) -> None:
        look = theme()
        wanted = {"theme": look.choice, "zoom": str(round(look.scale * 100))}
        if any(self.memory.settings.get(k) != v for k, v in wanted.items()):
            self.preferences.remember(
                msgspec.structs.replace(self.memory, settings={**self.memory.settings, **wanted})
            )

    def _on_shortcuts_changed(self) -> None:
        self.preferences.remember(
            msgspec.structs.replace(self.memory, shortcuts=self.registry.chosen_shortcuts())
        )

    def _on_place_changed(self, place: Place) -> None:
        path = self.session.path
        if path is not None and self.memory.sections.get(str(path)) != place.section:
            self.preferences.remember(self.memory.with_section(path, place.section))

    # News.

    def _show_state(self, state: ShellState) -> None:
        self.window.show_state(replace(state, notices=self._notices))

    def _on_topics_moved(self, topics: frozenset[str]) -> None:
        self.window.tell_changes(topics)
        if topics & NEEDS_TOPICS:
            self._ask_needs()

    def _ask_needs(self) -> None:
        project = self.session.project
        if project is not None:
            self.tasks.run(
                lambda: overview_facts(project),
                lambda f: self._on_needs(needs_you(f)),
                owner=self,
                key="needs",
            )

    def _on_needs(self, notices: tuple[Notice, ...]) -> None:
        if self.session.project is not None and notices != self._notices:
            self._notices = notices
            self._show_state(self.session.state)

    def _on_opened(self, path: Path | str | None) -> None:
        self._notices, self._place = (), path
        self.window.forget_screens()
        self._show_state(self.session.state)
        if path is None:
            self.window.go(Place("start"))
            return
        wanted = self.memory.sections.get(str(path), "overview")
        self.window.go(Place(wanted if wanted in self._section_ids else "overview"))
        self._ask_needs()

    def _on_job_ended(self, job: JobRow) -> None:
        told = ended_job(job)
        if told is None:
            return
        button: tuple[str, Callable[[], object]] | None = None
        if told.failed:
            button = (tr("Show"), lambda: self.window.side_panel.open_panel("jobs"))
        elif told.place is not None:
            button = (tr("Show"), lambda place=told.place: self.window.go(place))
        elif told.folder is not None:
            button = (tr("Open folder"), lambda folder=told.folder: open_folder(folder))
        self.window.toasts.say(told.text, "bad" if told.failed else "good", button)
        if took_long(job) and not self.window.isActiveWindow():
            QApplication.alert(self.window)

    def _on_job_asked(self, job_id: str, what: str) -> None:
        job = next((j for j in self.session.jobs if str(j.job_id) == job_id), None)
        if job is None:
            return
        told = ended_job(job)
        if what == "show" and told is not None and told.place is not None:
            self.window.go(told.place)
        elif what == "copy" and job.error is not None:
            error = job.error
            parts = (job.title, error.message, error.reason, error.remedy)
            QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    def _fill_recent(self, menu: QMenu) -> None:
        here = self.session.path
        for known in known_projects()[:MOST_RECENT]:
            folder = Path(known.path)
            action = menu.addAction(known.name, lambda folder=folder: self.open_project(folder))
            action.setToolTip(known.path)
            action.setEnabled(folder != here and folder.is_dir())
        menu.addSeparator()

    # The end.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before the window closes, say once what goes on without it; take files that are dropped on it."""
        if event.type() == QEvent.Type.Close and not self._may_close():
            event.ignore()
            return True
        if isinstance(event, QDragEnterEvent) and dropped_files(event.mimeData()):
            event.acceptProposedAction()
            return True
        if (
            isinstance(event, QDropEvent)
            and event.type() == QEvent.Type.Drop
            and dropped_files(event.mimeData())
        ):
            event.acceptProposedAction()
            begin_with_file(self.window, dropped_files(event.mimeData())[0])
            return True
        return False

    def _may_close(self) -> bool:
        words = goes_on_words(self.session)
        if not words or self.memory.told_background or self._closing_agreed:
            return True
        self._tell_background(words)
        return False

    def _tell_background(self, words: str) -> None:
        def close() -> None:
            self._closing_agreed = True
            QTimer.singleShot(0, self.window.close)

        self.preferences.remember(msgspec.structs.replace(self.memory, told_background=True))
        body = Label(words, wrap=True)
        dialog = Dialog(
            self.window, tr("The work goes on without the window"), body, tr("Close the window"), close
        )
        dialog.setObjectName("goes_on")
        dialog.open()

    def end(self) -> bool:
        """Remember the window, let it and the project go, and the calls end; says whether they all did."""
        self.session.opened.disconnect(self._on_opened)
        try:
            save_memory(msgspec.structs.replace(self.memory, geometry=self.window.geometry_state()))
        except UserError as error:  # a full disk: there is nobody left to tell, and the end must go on
            log.warning("the window could not be remembered: %s", error)
        self.session.close()
        ended = self.tasks.close(END_PATIENCE_S)
        self.window.deleteLater()
        return ended


def goes_on_words(session: ProjectSession) -> str:
    """What goes on in the background once the window has closed, and how to stop it; empty when nothing does."""
    if session.path is None:
        return ""
    jobs, schedules = len(session.state.running), session.state.note
    if not jobs and not schedules:
        return ""
    what = [tr("{} jobs that are at work").format(jobs)] if jobs else []
    what += [tr("the schedules ({})").format(schedules)] if schedules else []
    return tr(
        "The project's service goes on in the background for {}. It ends by itself when nothing needs it. "
        "To stop it, take “Stop the service” from the menu of projects, or run: mlops-desktop --project {} stop"
    ).format(tr(" and ").join(what), session.path)


def apply_look(memory: WindowMemory) -> None:
    """Show theme, size of text and motion as remembered."""
    still = bool(memory.setting("reduced_motion"))
    QApplication.setCursorFlashTime(0 if still else FLASH_MS)
    for effect in (
        Qt.UIEffect.UI_AnimateMenu,
        Qt.UIEffect.UI_FadeMenu,
        Qt.UIEffect.UI_AnimateCombo,
        Qt.UIEffect.UI_FadeTooltip,
    ):
        QApplication.setEffectEnabled(effect, not still)
    theme().set_scale(float(memory.setting("zoom")) / 100)
    theme().set_choice(scheme_choice(memory))


def scheme_choice(memory: WindowMemory) -> SchemeChoice:
    """The theme that the person chose."""
    wanted = memory.setting("theme")
    return "light" if wanted == "light" else "dark" if wanted == "dark" else "system"


def run_window(folder: Path | str | None, service: ServiceOnItsWay | None) -> int:
    """Open the window and run it; returns the exit status.

    Parameters
    ----------
    folder : Path or str, optional
        The project to open, or the address of its service; None shows the start screen.
    service : ServiceOnItsWay, optional
        The project's service, if it is being started already.
    """
    memory = load_memory()
    speak(lambda text: QCoreApplication.translate(TRANSLATIONS, text))
    app = make_application(
        sys.argv[:1], scheme_choice(memory), float(memory.setting("zoom")) / 100, logs_folder()
    )
    apply_look(memory)
    made = ProjectWindow(memory)
    watched = watch_exceptions(made.window.show_error)
    made.window.go(Place("start"))
    made.window.show()
    if folder is not None:
        made.open_project(folder, service)
    sys.setswitchinterval(SWITCH_S)
    collector = GuiCollector()
    ahead = ReadingAhead(lambda: made.tasks.busy == 0)
    code = app.exec()
    ahead.stop()
    collector.stop()
    watched()
    if not made.end():
        logging.shutdown()
        os._exit(code)  # a call that nobody waits for any more would hold the process
    return code


__all__ = ["ProjectWindow", "apply_look", "goes_on_words", "run_window"]
