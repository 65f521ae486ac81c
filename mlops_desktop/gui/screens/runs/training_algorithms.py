"""Algorithms with their parameters, seed and threads, on the page that sets up a training."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from mlops_desktop.domain.algorithms import Param, algorithm, resolved_params
from mlops_desktop.domain.errors import InvalidInputError
from mlops_desktop.domain.runs import ParamValue
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.training_state import AlgorithmLine, ParamField
from mlops_desktop.gui.widgets.buttons import Tabs
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.forms import Field, Select, TextField, Toggle
from mlops_desktop.gui.widgets.layouts import clear, row, set_shown
from mlops_desktop.gui.widgets.simple_table import SimpleTable, TableColumn


class AlgorithmsCard(Card):
    """The catalogue; each that is ticked starts a run of its own."""

    toggled = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Algorithms"), tr("each that is ticked is a run"), flush=True)
        columns = [TableColumn("on", stretch=1), TableColumn("typical", right=True)]
        self._table = SimpleTable(columns, fits_rows=True)
        self._table.setAccessibleName(tr("Algorithms"))
        self._table.clicked_cell.connect(self.toggled)
        self._table.activated_row.connect(self.toggled)
        self.add(self._table)

    def show_algorithms(self, lines: tuple[AlgorithmLine, ...]) -> None:
        """Show these algorithms."""
        self._table.set_rows(
            [
                (
                    line.algorithm_id,
                    (
                        Cell(line.title, strong=True, checked=line.checked, below=line.description),
                        Cell(line.typical, role="muted", tip=tr("how long it took last on this data")),
                    ),
                )
                for line in lines
            ]
        )


class ParamsCard(Card):
    """Parameters of the algorithms that are ticked, a tab each; seed and threads for all."""

    param_set = Signal(str, object, object)
    """Algorithm, its `Param`, and the value."""
    changed = Signal(str, str)
    """Field ("seed", "threads", "positive_class") and its text."""

    def __init__(self) -> None:
        super().__init__(tr("Parameters"))
        self._tabs = Tabs()
        self._tabs.chosen.connect(self._show_fields)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._lines: dict[str, AlgorithmLine] = {}
        self._made: tuple[str, tuple[ParamField, ...]] = ("", ())
        self._boxes: dict[str, Field] = {}
        self._common: dict[str, TextField] = {}
        self._fields: dict[str, Field] = {}
        line = row(spacing=12)
        for key, words, hint in (
            ("seed", tr("Seed"), "0"),
            ("threads", tr("Threads"), tr("as the settings say")),
            ("positive_class", tr("Class looked for"), tr("the rarer one")),
        ):
            field = TextField(hint=hint, small=True)
            field.editingFinished.connect(
                lambda key=key: self.changed.emit(key, self._common[key].text().strip())
            )
            self._common[key] = field
            self._fields[key] = Field(words, field)
            line.addWidget(self._fields[key])
        self.add(row(self._tabs, None), self._holder, line)

    def show_params(
        self, lines: tuple[AlgorithmLine, ...], texts: dict[str, str], *, two_classes: bool
    ) -> None:
        """Show the fields of the algorithms that are ticked; `texts` is what stands in the common ones."""
        self._lines = {line.algorithm_id: line for line in lines if line.checked}
        self._tabs.set_options([(line.algorithm_id, line.title) for line in self._lines.values()])
        if self._lines and self._tabs.choice not in self._lines:
            self._tabs.choose(next(iter(self._lines)))
        set_shown(self._tabs, len(self._lines) > 1)
        self._show_fields()
        for key, field in self._common.items():
            if not field.hasFocus() and field.text() != texts[key]:
                field.setText(texts[key])
        set_shown(self._fields["positive_class"], two_classes)

    def show_error(self, field: str, message: str) -> None:
        """Say at a common field what is wrong with it."""
        self._fields[field].show_error(message)

    def _show_fields(self) -> None:
        chosen = self._tabs.choice
        line = self._lines.get(chosen)
        wanted = (chosen, line.params if line else ())
        if wanted == self._made:
            return
        focused = next((name for name, box in self._boxes.items() if box.field.hasFocus()), "")
        self._made = wanted
        clear(self._grid)
        self._boxes = {}
        for place, param in enumerate(wanted[1]):
            self._boxes[param.param.name] = box = self._field(chosen, param)
            self._grid.addWidget(box, place // 2, place % 2)
        set_shown(self._holder, bool(self._boxes))
        if focused in self._boxes:
            self._boxes[focused].field.setFocus()

    def _field(self, owner: str, field: ParamField) -> Field:
        param = field.param
        title = param.name.replace("_", " ").capitalize()
        if param.type == "boolean":
            box = Toggle("", bool(field.value), lambda on: self.param_set.emit(owner, param, on))
            made = Field(title, box)
        elif param.type == "choice":
            select = Select([(c, c) for c in param.choices], str(field.value), small=True)
            select.chosen.connect(partial(self.param_set.emit, owner, param))
            made = Field(title, select)
        else:
            text = TextField(
                ""
                if field.value is None
                else f"{field.value:g}"
                if isinstance(field.value, float)
                else str(field.value),
                tr("none"),
                small=True,
            )
            made = Field(title, text)
            text.editingFinished.connect(lambda: self._on_text(owner, param, made))
        made.setToolTip(param.help + (f" {tr('Default')}: {param.default}" if field.changed else ""))
        made.field.setAccessibleDescription(param.help)
        return made

    def _on_text(self, owner: str, param: Param, box: Field) -> None:
        field = box.field
        if not isinstance(field, TextField):
            return
        try:
            value = value_of_text(owner, param, field.text())
        except InvalidInputError as error:
            box.show_error(f"{error.reason or error.message}")
            return
        box.show_error("")
        self.param_set.emit(owner, param, value)


def value_of_text(owner: str, param: Param, text: str) -> ParamValue:
    """The value that a person typed for a parameter; nothing is the default.

    Raises
    ------
    InvalidInputError
        It is no number, or out of range.
    """
    tidy = text.strip().replace("−", "-")
    if not tidy:
        return param.default
    try:
        value: ParamValue = float(tidy)
    except ValueError:
        value = tidy
    return resolved_params(algorithm(owner), {param.name: value})[param.name]
