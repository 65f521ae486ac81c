"""What the inspector says of chosen runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.run_pages import RunLine
from mlops_desktop.domain.runs import Run
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screens.runs.deeds import RunDeeds
from mlops_desktop.gui.screens.runs.run_state import run_state
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import KeyValueList
from mlops_desktop.gui.widgets.labels import Chip, Label
from mlops_desktop.gui.widgets.layouts import FlowLayout, column


def run_details(run: Run, deeds: RunDeeds) -> QWidget:
    """Details of one run, and what can be done with it."""
    state = run_state(run, None, "", datetime.now().astimezone())
    rows: list[tuple[str, str | QWidget]] = [
        (tr("Name"), state.name),
        (tr("State"), Chip(tr(state.state), state.status)),
    ]
    rows += [(tile.title, f"{tile.text}  {tile.note}".strip()) for tile in state.tiles[:6]]
    rows += [
        (tr(name), value)
        for name, value in state.facts
        if name in ("Data", "Algorithm", "Split", "Left out", "Seed")
    ]
    if state.tags:
        rows.append((tr("Tags"), ", ".join(state.tags)))
    if state.notes:
        rows.append((tr("Notes"), state.notes))
    if state.error is not None:
        rows.append((tr("Error"), " ".join(p for p in (state.error.message, state.error.remedy) if p)))
    buttons = QWidget()
    flow = FlowLayout(buttons, 6)
    flow.addWidget(Button(tr("Open"), small=True, on_click=lambda: deeds.open(run.run_id)))
    flow.addWidget(Button(tr("Rename..."), small=True, on_click=lambda: deeds.rename(run.run_id)))
    flow.addWidget(Button(tr("Tags..."), small=True, on_click=lambda: deeds.edit_tags([run.run_id])))
    flow.addWidget(Button(tr("Notes..."), small=True, on_click=lambda: deeds.edit_notes(run.run_id)))
    if state.can_reproduce:
        flow.addWidget(
            Button(tr("New training like this..."), small=True, on_click=lambda: deeds.like(run.run_id))
        )
    content = QWidget()
    content.setLayout(column(KeyValueList(rows), buttons, spacing=12))
    return content


MOST_NAMED = 20
"""Of several runs, so many are named."""


def runs_details(lines: Sequence[RunLine], count: int) -> QWidget:
    """Several runs in a few words.

    Parameters
    ----------
    lines : list of RunLine
        The first of them, which are named.
    count : int
        How many they are.
    """
    content = QWidget()
    listed = "\n".join(f"#{line.run_id} {line.name}" for line in lines)
    more = "\n" + tr("and {:,} more").format(count - len(lines)) if count > len(lines) else ""
    hint = Label(tr("Compare them with Ctrl+Shift+M."), "small", "muted", wrap=True)
    content.setLayout(column(Label(listed + more, wrap=True), hint, spacing=10))
    return content
