"""Cards of the page that sets up a training: what is judged, what is learned from, and what to look at before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from mlops_desktop.gui.charts.handle_strip import HandleStrip
from mlops_desktop.gui.charts.painted import StripBar
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.training_state import (
    SPLIT_METHODS,
    FeatureLine,
    FindingLine,
    SplitView,
    TrainingState,
    sorted_features,
)
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button, SegmentedControl
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.cells import Cell, Value
from mlops_desktop.gui.widgets.forms import Field, Select, TextField
from mlops_desktop.gui.widgets.labels import Chip, Dot, IconLabel, KeyCap, Label, Line
from mlops_desktop.gui.widgets.layouts import FlowLayout, clear, column, row, set_shown
from mlops_desktop.gui.widgets.long_table import LongTable
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn

_MOST_ROWS = 18
_MOST_AT_HAND = 400
"""Features of which each has its cells made at once."""


class DataCard(Card):
    """Data, target, task and metric."""

    changed = Signal(str, str)
    """Field ("data", "target", "metric") and what was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._data, self._target, self._metric = Select(), Select(), Select()
        for name, select in (("data", self._data), ("target", self._target), ("metric", self._metric)):
            select.chosen.connect(partial(self.changed.emit, name))
            select.setMinimumContentsLength(18 if name == "data" else 4)
            select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._task = Label("", "card_title")
        self._guess = Chip()
        task = QWidget()
        task.setLayout(row(self._task, self._guess, None, spacing=6))
        task.setMinimumHeight(theme().px(31))
        line = row(
            Field(tr("Data"), self._data), Field(tr("Target"), self._target), Field(tr("Task"), task),
            Field(tr("Metric"), self._metric), spacing=12,
        )  # fmt: skip
        for place, share in enumerate((5, 3, 4, 3)):
            line.setStretch(place, share)
        self.add(line)

    def show_state(self, state: TrainingState) -> None:
        """Show the choices."""
        self._data.set_options(state.data, state.data_choice)
        self._target.set_options(
            [("", tr("choose...")), *state.targets] if not state.target else state.targets, state.target
        )
        self._target.choose(state.target)
        self._task.setText(state.task)
        set_shown(self._guess, bool(state.task_note))
        self._guess.show_status(state.task_note, "neutral", "")
        self._metric.set_options(state.metrics, state.metric)
        self._metric.choose(state.metric)


class SplitCard(Card):
    """How rows are held back: a method, and where there is time, periods with handles."""

    method_chosen = Signal(str)
    handle_moved = Signal(int, int)
    """Handle 0 (train from), 1 (test from) or 2 (test to), and its place."""
    changed = Signal(str, str)
    """Field ("test_share", "test_period", "train_window", "folds", "group") and its text."""

    def __init__(self) -> None:
        self._methods = SegmentedControl([(key, tr(words)) for key, words in SPLIT_METHODS])
        super().__init__(tr("Split"), " ", actions=[self._methods])
        self._methods.chosen.connect(self.method_chosen)
        self._strip = HandleStrip(tr("Periods"), [tr("train from"), tr("test from"), tr("test to")])
        self._strip.moved.connect(self.handle_moved)
        self._strip.setFixedHeight(theme().px(92))
        self._legend = QWidget()
        self._legend_flow = FlowLayout(self._legend, 16)
        self._legend_words: tuple[str, ...] = ()
        theme().changed.connect(self._restyle)
        self._fields: dict[str, TextField] = {}
        self._boxes: dict[str, Field] = {}
        self._group = Select(small=True)
        self._group.chosen.connect(partial(self.changed.emit, "group"))
        self._boxes["group"] = Field(tr("Keep together"), self._group)
        self.add(self._strip, self._legend, self._field_row())

    def _field_row(self) -> QWidget:
        holder = QWidget()
        line = row(spacing=12)
        for key, words, hint in (
            ("test_share", tr("Test, % of rows"), "20"),
            ("test_period", tr("Test on"), tr("the last 20 %")),
            ("train_window", tr("Train on"), tr("all before")),
            ("folds", tr("Folds"), tr("none")),
        ):
            field = TextField(hint=hint, small=True)
            field.editingFinished.connect(lambda key=key: self._on_edited(key))
            field.setFixedWidth(theme().px(150))
            self._fields[key] = field
            self._boxes[key] = Field(words, field)
            line.addWidget(self._boxes[key])
        line.addWidget(self._boxes["group"])
        line.addStretch(1)
        holder.setLayout(line)
        return holder

    def show_split(self, view: SplitView, columns: Sequence[str], texts: dict[str, str]) -> None:
        """Show a split; `texts` is what stands in the fields."""
        self.set_title(tr("Split"), view.words)
        self._methods.choose(view.method)
        self._show_strip(view)
        shown = {
            "time": ("test_period", "train_window", "folds")
            if texts["test_period"]
            else ("test_share", "train_window", "folds"),
            "cross_validation": ("folds", "group"),
        }.get(view.method, ("test_share", "group"))
        if view.method == "time":
            shown = ("test_period", "train_window", "folds")
        for key, box in self._boxes.items():
            set_shown(box, key in shown)
        for key, field in self._fields.items():
            if not field.hasFocus() and field.text() != texts[key]:
                field.setText(texts[key])
        self._group.set_options([("", tr("nothing")), *((c, c) for c in columns)], texts["group"])
        self._group.choose(texts["group"])

    def show_error(self, field: str, message: str) -> None:
        """Say at a field what is wrong with it."""
        for key, box in self._boxes.items():
            box.show_error(message if key == field else "")

    def _show_strip(self, view: SplitView) -> None:
        set_shown(self._strip, bool(view.bars))
        places = view.places
        colours: list[int | str] = [
            "chart_ghost"
            if places is None or not places.train_from <= i < places.test_to
            else 0
            if i < places.test_from
            else 1
            for i in range(len(view.bars))
        ]
        bars = [
            StripBar(height, label, colour, key=str(i))
            for i, ((label, height), colour) in enumerate(zip(view.bars, colours, strict=True))
        ]
        self._strip.show_strip(bars, (places.train_from, places.test_from, places.test_to) if places else ())
        set_shown(self._legend, bool(view.bars))
        self._show_legend((*view.legend, view.bar_words if view.bars else ""))

    def _show_legend(self, words: tuple[str, ...]) -> None:
        """What the colours mean, then what the bars are; made anew only when the words are others."""
        if words == self._legend_words:
            return
        self._legend_words = words
        clear(self._legend_flow)
        look = theme()
        inks = (look.series_colour(0), look.series_colour(1), look.colour("chart_ghost"))
        for text, ink in zip(words[:-1], inks, strict=True):
            if text:
                entry = QWidget()
                entry.setLayout(row(Dot(ink), Label(text, "small"), spacing=6))
                self._legend_flow.addWidget(entry)
        if words[-1]:
            self._legend_flow.addWidget(Label(words[-1], "small", "muted"))

    def _restyle(self) -> None:
        """The dots of the legend take the colours of the other scheme."""
        words, self._legend_words = self._legend_words, ()
        self._show_legend(words)

    def _on_edited(self, key: str) -> None:
        self.changed.emit(key, self._fields[key].text().strip())


class FeaturesCard(Card):
    """Columns with role, missing values and a note; a tick learns from them."""

    toggled = Signal(str)
    """Name of the column whose box was clicked."""
    all_toggled = Signal(bool)

    def __init__(self) -> None:
        self._filter = TextField(hint=tr("Filter"), icon="search", small=True)
        self._filter.setFixedWidth(theme().px(130))
        super().__init__(tr("Features"), " ", actions=[self._filter], flush=True)
        self._lines: tuple[FeatureLine, ...] = ()
        columns = [
            TableColumn("on", tr("Column")),
            TableColumn("type", tr("Type")),
            TableColumn("role", tr("Role")),
            TableColumn("missing", tr("Missing"), right=True),
            TableColumn("note", tr("Note"), stretch=1),
        ]
        self._long = LongFeatures(columns)
        self._long.toggled.connect(self.toggled)
        set_shown(self._long, False)
        self._table = SimpleTable(columns, dense=True)
        self._table.setAccessibleName(tr("Features"))
        self._table.clicked_cell.connect(self.toggled)
        self._filter.textChanged.connect(lambda: self._show_rows())
        self.add(self._table, self._long)

    def show_features(self, lines: tuple[FeatureLine, ...], words: str) -> None:
        """Show these columns."""
        self.set_title(tr("Features"), words)
        if lines != self._lines:
            self._lines = lines
            self._show_rows()

    def _show_rows(self) -> None:
        wanted = self._filter.text().strip().lower()
        rows = [
            line
            for line in self._lines
            if wanted in f"{line.name} {line.role} {line.type} {line.note}".lower()
        ]
        is_long = len(self._lines) > _MOST_AT_HAND
        self._long.show_features(rows if is_long else ())
        self._table.set_rows([] if is_long else [(line.name, _feature_cells(line)) for line in rows])
        set_shown(self._table, not is_long)
        set_shown(self._long, is_long)
        shown = min(max(len(self._lines), 4), _MOST_ROWS)
        for table in (self._table, self._long):
            table.setMinimumHeight(theme().size("table_row_dense") * shown + theme().px(34))


class LongFeatures(LongTable):
    """Thousands of features: cells are made as they come on screen. A click on a box, or Enter, toggles it."""

    toggled = Signal(str)
    """Name of the column."""

    def __init__(self, columns: Sequence[TableColumn]) -> None:
        super().__init__(tr("Features"))
        self._columns = tuple(columns)
        self._lines: tuple[FeatureLine, ...] = ()
        self._sorted: tuple[str, bool] | None = None
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.clicked.connect(self._on_clicked)
        self.activated_row.connect(self.toggled)
        self.sort_wanted.connect(self._on_sort)

    def show_features(self, lines: Sequence[FeatureLine]) -> None:
        """Show these, in the order that the person chose."""
        self._lines = tuple(sorted_features(lines, self._sorted))
        keys = tuple(line.name for line in self._lines)
        self.show_rows(
            self._columns, keys, lambda row: _feature_cells(self._lines[row]), sorted_by=self._sorted
        )

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self.toggled.emit(self._lines[index.row()].name)

    def _on_sort(self, key: str) -> None:
        self._sorted = (key, self._sorted == (key, False))
        self.show_features(self._lines)


def _feature_cells(line: FeatureLine) -> list[Value]:
    missing = Cell(line.missing, sort=line.missing_share)
    if line.role == "target":
        name = Cell(line.name, strong=True, icon="flag", tip=line.fixed)
    else:
        name = Cell(
            line.name,
            strong=line.checked,
            role="text" if line.checked else "muted",
            checked=line.checked,
            tip=line.fixed,
        )
    return [
        name,
        Cell(line.type, role="muted"),
        Cell(tr(line.role), chip=line.status, icon=""),
        missing,
        Cell(line.note, role=line.note_role, tip=line.note),
    ]


class FindingsCard(Card):
    """Before you run: what was found, each with its remedy."""

    remedy_wanted = Signal(list)
    """Columns to leave out."""

    def __init__(self) -> None:
        self._alarm = Chip()
        super().__init__(tr("Before you run"), actions=[self._alarm])
        self._list = column(spacing=10)
        self.add(self._list, None)
        self._shown: tuple[FindingLine, ...] | None = None

    def show_findings(self, state: TrainingState) -> None:
        """Show these findings."""
        words, status = state.alarm
        set_shown(self._alarm, bool(words))
        self._alarm.show_status(words, status, None if status in ("good", "bad", "warn") else "")
        if state.findings == self._shown:
            return
        self._shown = state.findings
        clear(self._list)
        for place, finding in enumerate(state.findings):
            if place:
                self._list.addWidget(Line())
            self._list.addWidget(self._line(finding))

    def _line(self, finding: FindingLine) -> QWidget:
        mark = IconLabel(finding.icon, finding.role)
        parts: list[QWidget] = [
            Label(finding.title, "card_title", wrap=True),
            Label(finding.text, "small", "muted", wrap=True),
        ]
        box = column(*parts, spacing=3)
        if finding.remedy:
            remedy = Button(
                finding.remedy, small=True, on_click=lambda: self.remedy_wanted.emit(list(finding.columns))
            )
            box.addLayout(row(remedy, None))
        line = row(mark, box, spacing=8)
        line.setStretch(1, 1)
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setLayout(line)
        return holder


class RunCard(Card):
    """How much there is to do, and the button that does it."""

    run_wanted = Signal()
    schedule_wanted = Signal()

    def __init__(self, keys: str) -> None:
        super().__init__(tr("Run"))
        self._estimate = Label("", "small", "muted", wrap=True)
        self._run = Button(tr("Run"), "primary", "play", self.run_wanted.emit)
        self._schedule = Button(tr("Schedule..."), icon="calendar", on_click=self.schedule_wanted.emit)
        buttons = row(self._run, self._schedule)
        buttons.setStretch(0, 1)
        self._problem = Label("", "small", "bad", wrap=True)
        foot = row(self._problem, KeyCap(keys.replace("Return", "Enter")))
        foot.setStretch(0, 1)
        self.add(self._estimate, buttons, foot)

    def show_state(self, state: TrainingState, *, busy: bool) -> None:
        """Show whether it can be run."""
        self._estimate.setText(state.estimate)
        self._run.set_text(tr("Starting...") if busy else state.run_words)
        able = not state.problem and not busy
        self._run.setEnabled(able)
        self._schedule.setEnabled(able)
        self._problem.setText(state.problem or state.warning)
        self._problem.set_role("bad" if state.warning and not state.problem else "muted")
