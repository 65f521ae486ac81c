"""Parts of the page of one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.chart_cards import GROWN_HEIGHT
from mlops_desktop.gui.screens.runs.run_state import MetricTile, RunState
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button, Tabs
from mlops_desktop.gui.widgets.card_grid import CardGrid
from mlops_desktop.gui.widgets.cards import Card, NumberCard
from mlops_desktop.gui.widgets.code import CodeBlock, LogView
from mlops_desktop.gui.widgets.labels import Chip, Label
from mlops_desktop.gui.widgets.layouts import FlowLayout, clear, column, row, set_shown
from mlops_desktop.gui.widgets.progress import ProgressRow, time_left


class ProgressCard(Card):
    """Stage, bar, time left and Cancel, while a run works."""

    def __init__(self, on_cancel: Callable[[], object]) -> None:
        super().__init__()
        self._row = ProgressRow()
        self._row.cancelled.connect(lambda: on_cancel())
        self.add(self._row)

    def show_progress(self, state: RunState) -> None:
        """Show where the run stands."""
        stage, fraction, seconds = state.progress
        left = time_left(seconds) if seconds is not None else ""
        self._row.show_progress(stage, fraction, left, cancelling=state.cancelling)


class ProblemCard(Card):
    """Why a run did not end well: what, why, what to do."""

    def __init__(self) -> None:
        super().__init__(
            tr("It did not end well"),
            actions=[Button(tr("Copy details"), icon="copy", small=True, on_click=self._copy)],
        )
        self.set_state("bad")
        self._text = Label("", "card_title", wrap=True)
        self._why = Label("", wrap=True)
        self._remedy = Label("", wrap=True)
        self.add(self._text, self._why, self._remedy)

    def show_problem(self, state: RunState) -> None:
        """Show the error of the run, if there is one."""
        error = state.error
        if error is None:
            return
        self.set_title(
            tr("The run was interrupted") if state.state == "interrupted" else tr("The run failed")
        )
        self._text.setText(error.message)
        self._why.setText(error.reason)
        self._remedy.setText(error.remedy)
        set_shown(self._why, bool(error.reason))
        set_shown(self._remedy, bool(error.remedy))

    def _copy(self) -> None:
        parts = (self._text.text(), self._why.text(), self._remedy.text())
        QGuiApplication.clipboard().setText("\n".join(p for p in parts if p))


class MetricStrip(CardGrid):
    """Final metrics as large numbers, the main one first."""

    def __init__(self) -> None:
        super().__init__(least=120, most=9)
        self._tiles: dict[str, NumberCard] = {}

    def show_tiles(self, tiles: Sequence[MetricTile]) -> None:
        """Show these metrics."""
        if list(self._tiles) != [t.name for t in tiles]:
            self._tiles = {t.name: NumberCard(t.title) for t in tiles}
            self.set_cards(list(self._tiles.values()))
        for tile in tiles:
            self._tiles[tile.name].show_number(
                tile.text, tile.note or (tr("main metric") if tile.main else "")
            )


class LogCard(Card):
    """The log of a run; it follows its end while one is there."""

    def __init__(self) -> None:
        self._all = Button(tr("Copy log"), "link", "copy", self._copy, small=True)
        super().__init__(tr("Log"), tr("times in UTC"), actions=[self._all])
        self.count = 0
        """Lines shown."""
        self._view = LogView()
        self._view.setAccessibleName(tr("Log"))
        self._view.setMinimumHeight(theme().px(224))
        self.setMaximumHeight(theme().px(GROWN_HEIGHT))
        self.add(self._view)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these lines instead."""
        self.count = len(lines)
        self._view.show_lines(shown_line(line) for line in lines)

    def add_lines(self, lines: Sequence[str]) -> None:
        """Add lines below."""
        if lines:
            self.count += len(lines)
            self._view.add_lines([shown_line(line) for line in lines])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._view.toPlainText())


def shown_line(line: str) -> str:
    """A line of the log without its date: ``21:58.10  stage  data: bikes@22``, in UTC as it was written."""
    head, _, rest = line.partition(" ")
    moment, _, words = rest.partition(" ")
    is_date = len(head) == 10 and head[4:5] == "-"
    return f"{moment.removesuffix('Z')} {words}" if is_date and moment[:2].isdigit() else line


class WordsCard(Card):
    """Tags, notes and warnings of a run."""

    def __init__(self, on_tags: Callable[[], object], on_notes: Callable[[], object]) -> None:
        super().__init__(
            tr("Notes and warnings"),
            actions=[
                Button(tr("Tags..."), icon="tag", small=True, on_click=on_tags),
                Button(tr("Notes..."), icon="note", small=True, on_click=on_notes),
            ],
        )
        self.head_tools.insertStretch(0, 1)
        self._tags = QWidget()
        self._flow = FlowLayout(self._tags, 6)
        self._notes = Label("", wrap=True).set_selectable()
        self._warnings = column(spacing=6)
        self.add(self._tags, self._notes, self._warnings, None)
        self._shown: tuple[object, ...] = ()

    def show_words(self, tags: Sequence[str], notes: str, warnings: Sequence[str]) -> None:
        """Show them."""
        shown = (tuple(tags), notes, tuple(warnings))
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._flow)
        for tag in tags:
            self._flow.addWidget(Chip(tag, "neutral"))
        set_shown(self._tags, bool(tags))
        self._notes.setText(notes or tr("No notes yet."))
        self._notes.set_role("text" if notes else "muted")
        clear(self._warnings)
        for warning in warnings:
            line = QWidget()
            words = Label(warning, wrap=True)
            line.setLayout(row(Chip(tr("look"), "warn"), words, spacing=8))
            line.layout().setStretch(1, 1)  # type: ignore[union-attr]
            self._warnings.addWidget(line)
        if not warnings:
            self._warnings.addWidget(Label(tr("Nothing to warn of."), "base", "muted"))


class CodeCard(Card):
    """The run as Python and as a command, with Copy."""

    def __init__(self) -> None:
        self._codes = {"python": "", "command": ""}
        self._tabs = Tabs([("python", tr("As Python")), ("command", tr("As command"))])
        self._tabs.choose("python")
        super().__init__(actions=[self._tabs])
        self.head_tools.addStretch(1)
        self._tabs.chosen.connect(self._show)
        self._block = CodeBlock(framed=False)
        self.add(self._block, None)

    @property
    def shown(self) -> str:
        """The code that is shown."""
        return self._block.code

    def show_code(self, python: str, command: str) -> None:
        """Show other code."""
        codes = {"python": python, "command": command}
        if codes != self._codes:
            self._codes = codes
            self._show()

    def _show(self) -> None:
        self._block.show_code(self._codes[self._tabs.choice or "python"])
