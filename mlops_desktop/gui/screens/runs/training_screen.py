"""The page that sets up a training: what to predict, how to judge it, what to learn from, and what to look at before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.algorithms import Param
from mlops_desktop.domain.datasets import Dataset
from mlops_desktop.domain.errors import UserError
from mlops_desktop.domain.run_pages import METRIC
from mlops_desktop.domain.runs import ParamValue
from mlops_desktop.domain.training_checks import TrainingCheck
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.run_parts import CodeCard
from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent, TrainingDraft
from mlops_desktop.gui.screens.runs.scripts import as_command, as_python
from mlops_desktop.gui.screens.runs.training_actions import SELECTION
from mlops_desktop.gui.screens.runs.training_algorithms import AlgorithmsCard, ParamsCard
from mlops_desktop.gui.screens.runs.training_parts import (
    DataCard,
    FeaturesCard,
    FindingsCard,
    RunCard,
    SplitCard,
)
from mlops_desktop.gui.screens.runs.training_state import (
    TrainingState,
    start_arguments,
    training_state,
    typical_seconds,
    with_algorithm,
    with_feature,
    with_param,
    with_places,
)
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import EmptyState, PageHeader
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import Debounce
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, column, set_shown
from mlops_desktop.project import Project

MOST_LOOKED_AT = 200
"""Newest finished runs on the data that tell how long an algorithm takes."""


class TrainingPage:
    """The page that sets up a training.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"dataset", "dataset_version"})

    def __init__(self, host: ScreenHost) -> None:
        self._host, self._deeds = host, RunDeeds(host)
        self._draft = TrainingDraft()
        self._datasets: list[Dataset] | None = None
        self._check: TrainingCheck | None = None
        self._checked: tuple[object, ...] = ()
        self._typical: dict[str, float] = {}
        self._busy = False
        self._page = self._build()
        self._state = training_state(None, None, self._draft, {})
        self._soon = Debounce(self._page, 200)
        self._soon.fired.connect(self._ask_check)

    def _build(self) -> Page:
        script = Button(tr("Show as script"), icon="terminal", on_click=self.show_script)
        like = Button(tr("Start from a run..."), on_click=self._deeds.like_a_run)
        self._header = PageHeader(tr("New training"), buttons=[like, script])
        self._data, self._split = DataCard(), SplitCard()
        self._features, self._algorithms = FeaturesCard(), AlgorithmsCard()
        self._params, self._findings = ParamsCard(), FindingsCard()
        self._run = RunCard(self._host.actions_registry.shortcut_text("training.run"))
        right = QWidget()
        right.setLayout(column(self._algorithms, self._params, None, spacing=14))
        left = QWidget()
        lower = FoldingRow([(self._features, 3), (right, 2)], 700)
        left.setLayout(column(self._data, self._split, lower, None, spacing=14))
        side = QWidget()
        side.setLayout(column(self._run, self._findings, None, spacing=14))
        self._whole = FoldingRow([(left, 7), (side, 3)], 860)
        self._empty = EmptyState(
            "data",
            tr("A training learns from a data set. Import a file first; its columns are looked at here."),
            (tr("Import data..."), lambda: self._host.go(Place("data"))),
            button_icon="download",
        )
        set_shown(self._empty, False)
        self._connect()
        return Page(self._header, self._whole, self._empty, None)

    def _connect(self) -> None:
        self._data.changed.connect(self._on_choice)
        self._split.method_chosen.connect(self._on_method)
        self._split.handle_moved.connect(self._on_handle)
        self._split.changed.connect(self._on_split_text)
        self._features.toggled.connect(self._on_feature)
        self._algorithms.toggled.connect(self._on_algorithm)
        self._params.param_set.connect(self._on_param)
        self._params.changed.connect(self._on_common)
        self._findings.remedy_wanted.connect(self._on_remedy)
        self._run.run_wanted.connect(self.run)
        self._run.schedule_wanted.connect(self.schedule)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    @property
    def draft(self) -> TrainingDraft:
        """What is set up."""
        return self._draft

    @property
    def state(self) -> TrainingState:
        """What is shown."""
        return self._state

    def show_intent(self, intent: RunsIntent) -> None:
        """Show this draft."""
        self._draft = intent.draft or TrainingDraft()
        deeds = (("run", self.run), ("script", self.show_script), ("schedule", self.schedule))
        self._host.set_selection(SELECTION, deeds)
        self._apply()
        self.refresh()

    def refresh(self) -> None:
        """Data sets have changed: ask for them, and look at the data again."""
        self._checked = ()
        project = cast(Project, self._host.session.project)

        def ask() -> tuple[list[Dataset], dict[str, float]]:
            datasets = list(project.datasets.list())
            name = self._draft.data.partition("@")[0] or (datasets[0].name if datasets else "")
            finished = f'data = "{name}" and state = finished'
            lines = project.runs.page(finished, limit=MOST_LOOKED_AT, columns=[METRIC]).lines if name else []
            return datasets, typical_seconds(lines, name)

        self._host.session.tasks.run(ask, self._on_datasets, owner=self._page, key="datasets")

    def _on_datasets(self, found: tuple[list[Dataset], dict[str, float]]) -> None:
        self._datasets, self._typical = found
        self._apply()
        self._ask_check()

    def _ask_check(self) -> None:
        """Ask what the service says of the draft, if it is another one than it has spoken of."""
        draft, data = self._draft, self._state.data_choice
        wanted = (data, draft.target, draft.ignored, draft.split)
        if not data or wanted == self._checked:
            return
        self._checked = wanted
        project = cast(Project, self._host.session.project)
        self._host.session.tasks.run(
            lambda: project.runs.check(data, draft.target, list(draft.ignored), draft.split),
            self._on_check, owner=self._page, key="check", failed=self._on_check_failed,
        )  # fmt: skip

    def _on_check(self, check: TrainingCheck) -> None:
        self._check = check
        self._apply()

    def _on_check_failed(self, error: UserError) -> None:
        if error.where.field in ("test_period", "train_window", "folds", "test_share"):
            self._split.show_error(error.where.field, str(error))
        else:
            self._host.show_error(error)

    def _apply(self) -> None:
        state = training_state(self._datasets, self._check, self._draft, self._typical)
        self._state, draft = state, self._draft
        self._header.show_text(tr("New training"), "", state.subtitle)
        set_shown(self._whole, state.empty != "no_data")
        set_shown(self._empty, state.empty == "no_data")
        self._data.show_state(state)
        test, window = draft.test_period, draft.train_window
        texts = {
            "test_share": f"{draft.test_share * 100:g}", "test_period": test, "train_window": window,
            "folds": str(state.split.folds) if state.split.folds else "", "group": draft.group,
        }  # fmt: skip
        self._split.show_split(state.split, state.columns, texts)
        self._features.show_features(state.features, state.features_words)
        self._algorithms.show_algorithms(state.algorithms)
        common = {
            "seed": str(draft.seed),
            "threads": str(draft.threads or ""),
            "positive_class": draft.positive_class,
        }
        binary = self._check is not None and self._check.task == "binary"
        self._params.show_params(state.algorithms, common, two_classes=binary)
        self._findings.show_findings(state)
        self._run.show_state(state, busy=self._busy)

    # What the person changes.

    def _change(self, **changes: object) -> None:
        self._set(replace(self._draft, **changes))  # type: ignore[arg-type]

    def _set(self, draft: TrainingDraft) -> None:
        if draft == self._draft:
            return
        self._draft = draft
        self._host.amend_intent("runs", RunsIntent(page="training", draft=draft))
        self._apply()
        self._soon.poke()

    def _on_choice(self, field: str, key: str) -> None:
        if field == "data" and key != self._state.data_choice:
            self._check, self._checked = None, ()
            draft = replace(
                self._draft, data=key, target="", metric="", ignored=(), method=None, test_period=""
            )
            self._set(replace(draft, train_window="", group="", positive_class="", like=0))
            self.refresh()
        elif field == "target":
            self._change(target=key, metric="", positive_class="")
        elif field == "metric":
            self._change(metric=key)

    def _on_method(self, key: str) -> None:
        self._change(method=key)

    def _on_handle(self, handle: int, place: int) -> None:
        places, check = self._state.split.places, self._check
        if places is not None and check is not None:
            self._set(with_places(self._draft, check, places.moved(handle, place, len(check.periods))))

    def _on_split_text(self, field: str, text: str) -> None:
        try:
            value = split_value(field, text)
        except ValueError as error:
            self._split.show_error(field, str(error))
            return
        self._split.show_error(field, "")
        self._change(**{field: value})

    def _on_feature(self, name: str) -> None:
        line = next((f for f in self._state.features if f.name == name), None)
        if line is None or line.role == "target":
            return
        if line.role in ("feature", "sensitive"):
            self._set(with_feature(self._draft, name, not line.checked))
        else:
            self._make_feature(name, line.role)

    def _make_feature(self, name: str, before: str) -> None:
        """A column whose role keeps it out: the role belongs to the data set, so it is changed there, with Undo."""
        project = cast(Project, self._host.session.project)
        dataset = self._state.data_choice.partition("@")[0]

        def undo() -> None:
            self._deeds.call(lambda: project.datasets.set_role(dataset, name, before), lambda made: None)  # type: ignore[arg-type]

        said = tr("“{}” is a feature of {} now, it was: {}.").format(name, dataset, before)
        self._deeds.call(
            lambda: project.datasets.set_role(dataset, name, "feature"),
            lambda made: self._host.say(said, undo),
        )

    def _on_algorithm(self, algorithm_id: str) -> None:
        self._set(with_algorithm(self._draft, algorithm_id, algorithm_id not in self._draft.algorithms))

    def _on_param(self, algorithm_id: str, param: Param, value: ParamValue) -> None:
        self._set(with_param(self._draft, algorithm_id, param, value))

    def _on_common(self, field: str, text: str) -> None:
        if field == "positive_class":
            self._change(positive_class=text)
            return
        if text and not text.isdecimal():
            self._params.show_error(field, tr("A whole number from 0 on."))
            return
        self._params.show_error(field, "")
        self._change(**{field: int(text or 0)})

    def _on_remedy(self, columns: list[str]) -> None:
        draft = self._draft
        for name in columns:
            draft = with_feature(draft, name, on=False)
        self._set(draft)

    # What the page does.

    def run(self) -> None:
        """Start a run for each algorithm that is ticked."""
        if self._state.problem or self._busy:
            return
        self._busy = True
        self._run.show_state(self._state, busy=True)
        calls = start_arguments(self._draft, self._state)
        self._deeds.start(calls, self._on_started, self._on_start_ended)

    def _on_started(self, runs: list[int]) -> None:
        if len(runs) == 1:
            self._deeds.open(runs[0])
        else:
            self._host.go(Place("runs", RunsIntent(chosen=tuple(runs))))

    def _on_start_ended(self) -> None:
        self._busy = False
        self._run.show_state(self._state, busy=False)

    def schedule(self) -> None:
        """Run it now, and by itself from then on."""
        if not self._state.problem:
            self._deeds.start_and_schedule(start_arguments(self._draft, self._state)[0])

    def show_script(self) -> None:
        """Show the training as Python and as a command line."""
        calls: Sequence[dict[str, object]] = start_arguments(self._draft, self._state)
        path = str(getattr(self._host.session, "path", None) or "project.mlops")
        card = CodeCard()
        python = as_python(path, list(calls))
        card.show_code(python, as_command(path, list(calls)))
        card.setMinimumWidth(620)
        Dialog(
            self._deeds.window(), tr("This training as a script"), card, tr("Copy"),
            lambda: QGuiApplication.clipboard().setText(card.shown),
        ).open()  # fmt: skip


def split_value(field: str, text: str) -> object:
    """The value of a field of the split that a person typed.

    Raises
    ------
    ValueError
        It is no number of the kind that the field takes; the text says what it should be.
    """
    if field == "test_share":
        percent = float(text.rstrip(" %")) if text.rstrip(" %").replace(".", "", 1).isdecimal() else 0.0
        if not 0 < percent < 100:
            raise ValueError(tr("A share over 0 and under 100 %."))
        return percent / 100
    if field == "folds":
        if text and not (text.isdecimal() and int(text) >= 2):
            raise ValueError(tr("A whole number from 2 on, or nothing."))
        return int(text) if text else None
    return text
