"""Models: versions at the left; the one chosen with its origin, what drives it, a form, and its aliases' history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.gui.charts.painted import Bar, BarChart
from mlops_desktop.gui.job_progress import JobProgress
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.theme import theme
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import Card, EmptyState, PageHeader
from mlops_desktop.gui.widgets.cells import Cell
from mlops_desktop.gui.widgets.chain import Box, Chain
from mlops_desktop.gui.widgets.labels import Label
from mlops_desktop.gui.widgets.layouts import FoldingRow, Page, column, set_shown
from mlops_desktop.gui.widgets.simple_table import Row, SimpleTable, TableColumn

from .models_actions import ALIAS_MENU, MENU, TRASH_MENU
from .models_deeds import ModelDeeds
from .models_state import (
    ModelFacts,
    ModelsIntent,
    ModelsState,
    alias_status,
    intent_of,
    model_facts,
    models_state,
    version_of,
)
from .try_out import TryOutCard


class ModelsScreen:
    """The screen of the section.

    Parameters
    ----------
    host : ScreenHost
        The window.
    """

    topics = frozenset({"model", "model_version", "alias", "bundle", "run"})

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._deeds = ModelDeeds(host)
        self._intent = ModelsIntent()
        self._facts = ModelFacts(self._intent)
        self._state = ModelsState()
        self._make_head()
        self._make_list()
        self._make_parts()
        right = QWidget()
        gap = theme().space("gap")
        middle = FoldingRow([(self._drivers_card, 50), (self.try_out, 50)])
        lower = FoldingRow([(self._metrics_card, 50), (self._history_card, 50)])
        right.setLayout(
            column(
                self._job_card,
                self._trouble,
                self._lineage_card,
                middle,
                lower,
                self._notes_card,
                None,
                spacing=gap,
            )
        )
        self._body = FoldingRow([(self._list_card, 20), (right, 80)], folds_below=620)
        self._empty = EmptyState(
            "models",
            tr("A model is a name for what predicts; each version of it is the result of a run."),
            (tr("Register a run..."), self._deeds.register),
            (tr("See it in the sample project"), lambda: host.go(Place("start", "sample"))),
            "plus",
        )
        self._page = Page(self._header, self._body, self._empty, None)
        self._show(ModelsState())

    def _make_head(self) -> None:
        self._aliases = Button(tr("Aliases"), icon="tag")
        self._aliases.set_menu(lambda menu: self._host.actions_registry.fill_menu(menu, ALIAS_MENU))
        self._score = Button(tr("Score a file..."), icon="table", on_click=self._on_score)
        self._export = Button(tr("Export bundle..."), "primary", "deployments", self._on_export)
        self._restore = Button(tr("Take out of the trash"), icon="undo", on_click=self._on_restore)
        self._back = Button(tr("Back from the trash"), icon="arrow-left", on_click=self._on_back)
        self._register = Button(tr("Register a run..."), icon="plus", on_click=self._deeds.register)
        self._header = PageHeader(
            tr("Models"),
            buttons=[self._back, self._restore, self._register, self._aliases, self._score, self._export],
        )

    def _make_list(self) -> None:
        columns = [TableColumn("version", sortable=False), TableColumn("alias", stretch=1, sortable=False),
                   TableColumn("value", right=True, sortable=False)]  # fmt: skip
        self._list = SimpleTable(columns, fits_rows=True)
        self._list.setAccessibleName(tr("Versions of models"))
        self._list.chosen_changed.connect(self._on_chosen)
        self._list.menu_wanted.connect(self._on_menu)
        self._list_card = Card(tr("Versions"), flush=True).add(self._list, None)

    def _make_parts(self) -> None:
        self._job = JobProgress(self._host)
        self._job.ended.connect(self._on_job_ended)
        self._job_card = Card().add(self._job)
        self._trouble = Label("", "base", "warn", wrap=True)
        self._chain = Chain()
        self._chain.opened.connect(self._on_station)
        self._lineage_card = Card(tr("Lineage")).add(self._chain)
        self._drivers = BarChart(tr("What drives it"), lying=True, decimals=1)
        self._drivers_card = Card(tr("What drives it")).add(self._drivers)
        self.try_out = TryOutCard(self._host)
        self._metrics = SimpleTable(
            [TableColumn("metric", tr("Metric")), TableColumn("value", tr("Value"), right=True),
             TableColumn("meaning", tr("Meaning"), stretch=1)], fits_rows=True,
        )  # fmt: skip
        self._metrics.setAccessibleName(tr("How good it is"))
        self._metrics_card = Card(tr("How good it is"), tr("on rows that it had not seen"), flush=True).add(
            self._metrics, None
        )
        self._history = SimpleTable(
            [TableColumn("alias", tr("Alias")), TableColumn("move", tr("From, to")), TableColumn("when", tr("When"), stretch=1),
             TableColumn("who", tr("By")), TableColumn("how", tr("How"))], fits_rows=True,
        )  # fmt: skip
        self._history.setAccessibleName(tr("History of the aliases"))
        self._no_history = Label(tr("No alias was ever set."), "base", "muted")
        self._no_history.setContentsMargins(14, 0, 14, 8)
        self._history_card = Card(tr("Aliases"), tr("who moved them"), flush=True).add(
            self._history, self._no_history, None
        )
        self._notes = Label("", wrap=True).set_selectable()
        edit = Button(tr("Edit notes..."), "link", on_click=self._on_notes, small=True)
        edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._notes_card = Card(tr("Notes"), actions=[edit]).add(self._notes)

    def widget(self) -> QWidget:
        """The page."""
        return self._page

    def show_intent(self, intent: Any) -> None:
        """Show a model, or one version of it."""
        self._intent = intent_of(intent)
        self._select()
        self.refresh()

    def mark_dirty(self) -> None:
        """Showing it asks again."""

    def refresh(self) -> None:
        """Ask for the models and the version shown."""
        project, intent = self._host.session.project, self._intent
        if project is not None:
            self._host.session.tasks.run(
                lambda: model_facts(project, intent), self._on_facts, owner=self._page, key="models"
            )

    def _on_facts(self, facts: ModelFacts) -> None:
        self._facts, self._intent = facts, facts.intent
        self._host.amend_intent("models", self._intent)
        self._show(models_state(facts, datetime.now().astimezone()))
        self._select()

    def _show(self, state: ModelsState) -> None:
        self._state = state
        known, trashed = bool(state.ref), self._intent.trashed
        self._header.show_text(state.title or tr("Models"), state.suffix, state.subtitle)
        self._header.set_chips(state.chips)
        for part in (self._aliases, self._score, self._export):
            set_shown(part, known and not trashed)
        set_shown(self._register, not trashed)
        set_shown(self._restore, known and trashed)
        set_shown(self._back, trashed)
        set_shown(self._body, bool(state.lines))
        set_shown(self._empty, not state.lines and not trashed)
        self._list.set_rows(
            [_list_row(line.key, line.band, line.number, line.aliases, line.value) for line in state.lines]
        )
        self._list.choose([state.ref])
        set_shown(self._job_card, bool(self._job.job))
        self._trouble.setText(state.trouble)
        set_shown(self._trouble, bool(state.trouble))
        self._chain.show_boxes([Box(b.key, b.title, b.below, b.current) for b in state.lineage])
        set_shown(self._lineage_card, bool(state.lineage))
        self._show_details(state)

    def _show_details(self, state: ModelsState) -> None:
        self._drivers.show_bars([Bar(name, share, key=name) for name, share in state.features])
        self._drivers_card.set_title(tr("What drives it"), state.features_note)
        self._drivers_card.setMinimumHeight(theme().px(60 + 26 * len(state.features)))
        set_shown(self._drivers_card, bool(state.features))
        self._metrics.set_rows(
            [(title, [title, value, Cell(meaning, role="muted")]) for title, value, meaning in state.metrics]
        )
        set_shown(self._metrics_card, bool(state.metrics))
        self._history.set_rows(
            [
                (h.key, [Cell(h.alias, chip=alias_status(h.alias), icon=""), h.move, h.when, h.actor, h.how])
                for h in state.history
            ]
        )
        set_shown(self._history, bool(state.history))
        set_shown(self._no_history, not state.history)
        set_shown(self._history_card, bool(state.ref))
        self._notes.setText(state.notes or tr("None yet."))
        set_shown(self._notes_card, bool(state.ref))
        importance = self._facts.evaluation.importance if self._facts.evaluation else None
        self.try_out.show_model(state.ref, self._facts.signature, importance.names if importance else ())

    def _select(self) -> None:
        ref = self._intent.ref if version_of(self._facts.models, self._intent) else ""
        self._host.set_selection("trashed model" if self._intent.trashed else "model", [ref] if ref else [])

    def _on_chosen(self, keys: list[str]) -> None:
        if keys and keys[0] != self._intent.ref and "@" in keys[0]:
            found = intent_of(keys[0])
            self._host.go(Place("models", ModelsIntent(found.model, found.number, self._intent.trashed)))

    def _on_menu(self, key: str, at: QPoint) -> None:
        menu = QMenu(self._list)
        self._host.actions_registry.fill_menu(menu, TRASH_MENU if self._intent.trashed else MENU)
        menu.popup(at)

    def _on_station(self, key: str) -> None:
        version = self._facts.version
        if version is None:
            return
        kind, _, number = key.partition(":")
        places: dict[str, Callable[[], Place]] = {
            "data": lambda: Place("data", version.data),
            "run": lambda: Place("runs", version.run_id),
            "bundle": lambda: Place("deployments", int(number)),
        }
        if kind in places:
            self._host.go(places[kind]())

    def _follow(self, job: JobRow) -> None:
        self._job.follow(job)
        set_shown(self._job_card, bool(self._job.job))

    def _on_job_ended(self, job: JobRow) -> None:
        set_shown(self._job_card, False)

    def _on_score(self) -> None:
        self._deeds.score_file(self._state.ref, self._follow)

    def _on_export(self) -> None:
        self._deeds.export(self._state.ref, self._follow)

    def _on_notes(self) -> None:
        self._deeds.edit_notes(self._state.ref)

    def _on_restore(self) -> None:
        self._deeds.restore(self._state.ref)

    def _on_back(self) -> None:
        self._host.go(Place("models"))


def _list_row(key: str, band: str, number: int, aliases: tuple[str, ...], value: str) -> Row:
    if band:
        return Row(key, band=band)
    first = aliases[0] if aliases else ""
    more = f" +{len(aliases) - 1}" if len(aliases) > 1 else ""
    chip = Cell(first + more, chip=alias_status(first), icon="", tip=", ".join(aliases)) if first else Cell()
    return Row(key, (Cell(f"v{number}", strong=True, sort=number), chip, Cell(value, role="muted")))
