"""Dialogs of schedules: a new one, other times; what is typed is read by the service while one types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QWidget
from shiboken6 import isValid

from mlops_desktop.domain.errors import ConflictError, UserError
from mlops_desktop.domain.run_pages import RunPage
from mlops_desktop.domain.schedules import MOST_RETRIES, Preview
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.run_select import FINISHED, RunSelect
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import Debounce, Field, NumberField, Select, TextField
from mlops_desktop.gui.widgets.labels import IconLabel, Label
from mlops_desktop.gui.widgets.layouts import clear, column, row, set_shown

from .automation_state import preview_words

EXAMPLE = "tuesday 18:00"
TIMES_SHOWN = 5
Refused = Callable[[Exception], None]
Made = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Times:
    """When, and by which clock."""

    every: str
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What `schedules.add` takes."""

    name: str
    every: str
    like: int
    timezone: str
    if_missed: Literal["run_once", "skip"]
    catch_up_h: float
    if_running: Literal["skip", "queue_one"]
    retries: int


class TimesFields(QWidget):
    """Field for times and field for the zone, with what they mean below: words, the next times, what is odd.

    Parameters
    ----------
    host : ScreenHost
        The window.
    times : Times
        What stands in the fields at first.
    """

    def __init__(self, host: ScreenHost, times: Times) -> None:
        super().__init__()
        self._host = host
        self._every = TextField(times.every)
        self.every_field = Field(
            tr("Every"), self._every, tr("As “tuesday 18:00”, “daily 02:30”, “every 6 hours”, or cron.")
        )
        self._zone = TextField(times.timezone, tr("As the settings say"))
        self.zone_field = Field(tr("Time zone"), self._zone)
        self._words = Label("", "card_title", wrap=True)
        self._times = column(spacing=3)
        fields = row(self.every_field, self.zone_field, spacing=10)
        fields.setStretch(0, 3)
        fields.setStretch(1, 2)
        fields.setAlignment(self.every_field, Qt.AlignmentFlag.AlignTop)
        fields.setAlignment(self.zone_field, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setMinimumHeight(theme().px(128))
        holder.setLayout(column(self._words, self._times, None, spacing=6))
        self.setLayout(column(fields, holder, spacing=10))
        self._typing = Debounce(self, 200)
        self._typing.fired.connect(self.ask)
        self._every.textChanged.connect(self._typing.poke)
        self._zone.textChanged.connect(self._typing.poke)
        host.session.tasks.run(lambda: sorted(available_timezones()), self._offer_zones, owner=self)
        self.ask()

    @property
    def times(self) -> Times:
        """What stands in the fields."""
        return Times(self._every.text().strip(), self._zone.text().strip())

    @property
    def told(self) -> str:
        """The words that are shown."""
        return self._words.text()

    def focus(self) -> None:
        """Let the person type times."""
        self._every.setFocus()
        self._every.selectAll()

    def ask(self) -> None:
        """Ask the service what the fields mean."""
        project, times = self._host.session.project, self.times
        self._host.session.tasks.run(
            lambda: project.schedules.preview(times.every, times.timezone, TIMES_SHOWN),
            self._show,
            owner=self,
            key="preview",
            failed=self.show_error,
        )

    def show_error(self, error: Exception) -> None:
        """Say at the field what can't be taken."""
        if not isinstance(error, UserError):
            return
        message = " ".join(p for p in (error.message, error.reason, error.remedy) if p)
        of_zone = error.where.field == "timezone"
        self.zone_field.show_error(message if of_zone else "")
        self.every_field.show_error("" if of_zone else message)
        self._words.setText("")
        clear(self._times)

    def _show(self, preview: Preview) -> None:
        self.every_field.show_error("")
        self.zone_field.show_error("")
        told = preview_words(preview)
        self._words.setText(told.words)
        clear(self._times)
        for rule in told.rules:
            self._times.addLayout(_line(rule, "", odd=True))
        for i, (time, note) in enumerate(told.times):
            self._times.addLayout(
                _line(tr("next  {}").format(time) if i == 0 else time, note, odd=bool(note))
            )

    def _offer_zones(self, zones: list[str]) -> None:
        completer = QCompleter(zones, self._zone)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._zone.setCompleter(completer)


def _line(text: str, note: str, *, odd: bool) -> QHBoxLayout:
    """A time, or what holds for all of them; what is odd carries a mark beside its colour."""
    if not odd:
        return row(Label(text, "small", "muted"), None)
    words = Label(" · ".join(p for p in (text, note) if p), "small", "warn", wrap=True)
    line = row(IconLabel("warning", "warn", 14), words, spacing=6)
    line.setStretch(1, 1)
    return line


def ask_new_schedule(
    host: ScreenHost,
    runs: RunPage,
    like: str,
    on_accept: Callable[[NewSchedule, Refused, Made], object],
) -> Dialog:
    """Ask for a new schedule; the dialog closes once the service has taken it.

    Parameters
    ----------
    runs : RunPage
        Finished trainings that are offered at first.
    like : str
        Number of the one chosen then, if it is among them.
    on_accept : callable
        Takes what was asked for, what to call with a refusal, and what to call when it was taken.
    """
    form = _NewForm(host, runs, like)

    def accept() -> object:
        wanted = form.wanted()
        if wanted is not None:
            on_accept(wanted, *_answers(host, dialog, form.show_error))
        return False

    dialog = Dialog(host.window(), tr("New schedule"), form, tr("Set schedule"), accept)
    dialog.setMinimumWidth(theme().px(560))
    dialog.open()
    form.name.setFocus()
    return dialog


def ask_times(
    host: ScreenHost,
    name: str,
    times: Times,
    on_accept: Callable[[str, Times, Refused, Made], object],
) -> Dialog:
    """Ask for other times of a schedule; the dialog closes once the service has taken them."""
    fields = TimesFields(host, times)

    def accept() -> object:
        on_accept(name, fields.times, *_answers(host, dialog, fields.show_error))
        return False

    dialog = Dialog(host.window(), tr("When “{}” trains").format(name), fields, tr("Set times"), accept)
    dialog.setMinimumWidth(theme().px(520))
    dialog.open()
    fields.focus()
    return dialog


def _answers(host: ScreenHost, dialog: Dialog, show_error: Refused) -> tuple[Refused, Made]:
    """What to call with a refusal and with success; the person may have closed the dialog meanwhile."""
    dialog.accept_button.setEnabled(False)

    def refused(error: Exception) -> None:
        if isValid(dialog):
            dialog.accept_button.setEnabled(True)
            show_error(error)
        else:
            host.show_error(error)

    def made() -> None:
        if isValid(dialog):
            dialog.close()

    return refused, made


class _NewForm(QWidget):
    """All fields of a new schedule."""

    def __init__(self, host: ScreenHost, runs: RunPage, like: str) -> None:
        super().__init__()
        self.name = TextField("")
        self._name_field = Field(tr("Name"), self.name)
        self._like = RunSelect(host, runs, among=FINISHED, first=f"run = {like}" if like else "")
        self._like.choose(like)
        self._times = TimesFields(host, Times(EXAMPLE))
        self._missed = Select([("run_once", tr("Run once, late")), ("skip", tr("Leave it out"))])
        self._missed.chosen.connect(self._on_missed)
        self._hours = NumberField(12, 0, 24 * 366, tr("h"))
        self._running = Select([("skip", tr("Leave the time out")), ("queue_one", tr("Wait for its end"))])
        self._retries = NumberField(0, 0, MOST_RETRIES)
        self._hours_field = Field(tr("Within"), self._hours)
        like_field = Field(
            tr("Train like"), self._like, tr("The same set-up, on the newest version of its data set.")
        )
        policies = row(
            Field(tr("If a time was missed"), self._missed),
            self._hours_field,
            Field(tr("If the run before goes on"), self._running),
            Field(tr("Retries"), self._retries),
            spacing=10,
        )
        self.setLayout(column(self._name_field, like_field, self._times, policies, spacing=12))

    def wanted(self) -> NewSchedule | None:
        """What was filled in; None while something is missing, which is said at its field."""
        name = self.name.text().strip()
        self._name_field.show_error("" if name else tr("Give it a name."))
        if not name:
            self.name.setFocus()
            return None
        times = self._times.times
        return NewSchedule(
            name=name,
            every=times.every,
            like=int(self._like.choice),
            timezone=times.timezone,
            if_missed="skip" if self._missed.choice == "skip" else "run_once",
            catch_up_h=float(self._hours.value()),
            if_running="queue_one" if self._running.choice == "queue_one" else "skip",
            retries=self._retries.value(),
        )

    def show_error(self, error: Exception) -> None:
        """Say a refusal at the field that it is about."""
        of_name = isinstance(error, ConflictError) or (
            isinstance(error, UserError) and error.where.field == "name"
        )
        if of_name:
            self._name_field.show_error(str(error))
            self.name.setFocus()
        else:
            self._times.show_error(error)

    def _on_missed(self, choice: str) -> None:
        set_shown(self._hours_field, choice == "run_once")
