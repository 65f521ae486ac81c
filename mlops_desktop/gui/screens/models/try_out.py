"""The form that scores one row while one types."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QGridLayout, QSizePolicy, QWidget

from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.evaluations import Signature
from mlops_desktop.domain.models import Prediction
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import set_style
from mlops_desktop.gui.widgets.cards import Card
from mlops_desktop.gui.widgets.forms import Debounce, Select, TextField
from mlops_desktop.gui.widgets.labels import ElidedLabel, Label
from mlops_desktop.gui.widgets.layouts import clear, column, row, set_shown
from mlops_desktop.gui.widgets.progress import Bar

from .try_out_state import Answer, FormField, answer_of, form_fields, row_of

WAIT_MS = 250


class TryOutCard(Card):
    """A field for each column that the model looks at, and what it says of the row.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    def __init__(self, host: ScreenHost) -> None:
        super().__init__(tr("What if"), tr("the answer follows as you type"))
        self._host = host
        self._ref = ""
        self._signature: Signature | None = None
        self._fields: tuple[FormField, ...] = ()
        self._inputs: dict[str, TextField | Select] = {}
        self._typing = Debounce(self, WAIT_MS)
        self._typing.fired.connect(self._ask)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(6)
        self._grid.setHorizontalSpacing(10)
        self._title = Label("", "small", "muted")
        self._value = Label("—", "number").set_selectable()
        self._value.setAccessibleName(tr("Prediction"))
        self._shares = column(spacing=4)
        self._notes = Label("", "small", "muted", wrap=True)
        answer = QWidget()
        answer.setLayout(column(self._title, self._value, self._shares, self._notes, spacing=3))
        answer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.add(answer, self._grid, None)

    @property
    def answer_words(self) -> str:
        """What the model says now, as shown."""
        return self._value.text()

    def field(self, name: str) -> TextField | Select:
        """The field of a column."""
        return self._inputs[name]

    def show_model(self, ref: str, signature: Signature | None, importance: Sequence[str]) -> None:
        """Show the form of a version; None: it has none."""
        if ref == self._ref and signature == self._signature:
            return
        self._ref, self._signature = ref, signature
        self._fields = form_fields(signature, importance) if signature is not None else ()
        set_shown(self, bool(self._fields))
        self._make_fields()
        self._show(Answer("", "..."))
        if self._fields:
            self._ask()

    def _make_fields(self) -> None:
        clear(self._grid)
        self._inputs = {}
        half = -(-len(self._fields) // 2)
        for i, field in enumerate(self._fields):
            made = self._make(field)
            made.setAccessibleName(field.name)
            made.setToolTip(field.note)
            self._inputs[field.name] = made
            line, place = (i, 0) if i < half else (i - half, 2)
            self._grid.addWidget(ElidedLabel(field.name, "small", "muted"), line, place)
            self._grid.addWidget(made, line, place + 1)
        for place, stretch in ((0, 2), (1, 3), (2, 2), (3, 3)):
            self._grid.setColumnStretch(place, stretch)

    def _make(self, field: FormField) -> TextField | Select:
        if field.kind == "choice":
            select = Select([("", tr("missing")), *((c, c) for c in field.choices)], field.value, small=True)
            select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            select.setMinimumContentsLength(4)
            select.chosen.connect(self._typing.poke)
            return select
        line = TextField(field.value, tr("missing"), small=True)
        line.setMinimumWidth(60)
        if field.choices:
            completer = QCompleter(list(field.choices), line)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            line.setCompleter(completer)
        line.textChanged.connect(self._typing.poke)
        return line

    def _ask(self) -> None:
        project, signature = self._host.session.project, self._signature
        if project is None or signature is None:
            return
        typed = {n: f.choice if isinstance(f, Select) else f.text() for n, f in self._inputs.items()}
        sent, ref = row_of(self._fields, typed), self._ref

        def take(prediction: Prediction) -> None:
            self._mark("")
            self._show(answer_of(signature, prediction))

        self._host.session.tasks.run(
            lambda: project.models.score_row(ref, sent),
            take,
            owner=self,
            key="score_row",
            failed=self._on_failed,
        )

    def _on_failed(self, error: UserError) -> None:
        self._mark(error.where.column or error.where.field or "")
        self._show(Answer("", "—", notes=(str(error),)))

    def _mark(self, column_name: str) -> None:
        """Show at the field that it is the one that is wrong."""
        for name, made in self._inputs.items():
            wanted = "bad" if name == column_name else ""
            if (made.property("state") or "") != wanted:
                set_style(made, state=wanted)

    def _show(self, answer: Answer) -> None:
        self._title.setText(answer.title)
        self._value.setText(answer.value)
        self._notes.setText("\n".join(answer.notes))
        set_shown(self._notes, bool(answer.notes))
        set_shown(self._title, bool(answer.title))
        clear(self._shares)
        for label, share in answer.shares:
            name = ElidedLabel(label, "small")
            name.setFixedWidth(90)
            line = row(name, Bar(share), Label(f"{share:.3f}", "small", "muted"))
            line.setStretch(1, 1)
            self._shares.addLayout(line)
