"""The report of a check of the whole project."""

from __future__ import annotations

from mlops_desktop.domain.projects import DoctorReport
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.labels import Chip, IconLabel, Label
from mlops_desktop.gui.widgets.layouts import clear, column, row, set_shown

from .check_state import check_words


class CheckCard(Card):
    """Says that a check is under way, then what it found; hidden until one was asked for."""

    def __init__(self) -> None:
        super().__init__(tr("Check"))
        self._chip = Chip()
        close = Button(tr("Close the report"), "icon", "x", lambda: set_shown(self, False), small=True)
        for part in (self._chip, close):
            self.head_tools.addWidget(part)
        self._counts = Label("", "base", "muted", wrap=True)
        self._findings = column(spacing=6)
        self.add(self._counts, self._findings)
        set_shown(self, False)

    @property
    def text(self) -> str:
        """What was checked, in words."""
        return self._counts.text()

    def show_working(self) -> None:
        """A check has begun."""
        self.set_title(tr("Checking everything"))
        self._counts.setText(tr("Files by their hashes, rows by what they refer to, changes by their chain."))
        self._chip.show_status(tr("at work"), "accent", "hourglass")
        clear(self._findings)
        set_shown(self, True)

    def show_report(self, report: DoctorReport) -> None:
        """Show what was found."""
        words = check_words(report)
        self.set_title(words.title, words.took)
        self._chip.show_status(words.chip, words.status)
        self._counts.setText(words.checked)
        clear(self._findings)
        for finding in words.findings:
            mark = IconLabel("error" if finding.bad else "info", "bad" if finding.bad else "text_muted")
            mark.setAccessibleName(tr("Error") if finding.bad else tr("Note"))
            text = column(Label(finding.what, wrap=True), spacing=2)
            if finding.remedy:
                text.addWidget(Label(finding.remedy, "small", "muted", wrap=True))
            line = row(mark, text, spacing=8)
            line.setStretch(1, 1)
            self._findings.addLayout(line)
        set_shown(self, True)

    def show_failed(self) -> None:
        """The check did not come to an end; the window says why."""
        set_shown(self, False)
