"""What "open anything" finds: data sets, runs, models and schedules of a project, terms and pages of the help. No Qt."""

from __future__ import annotations

import functools
from typing import Any

from mlops_desktop.domain.datasets import Dataset
from mlops_desktop.domain.models import Model
from mlops_desktop.domain.run_pages import METRIC, RunLine
from mlops_desktop.domain.runs import Run
from mlops_desktop.domain.schedules import Schedule

from .language import tr
from .places import Place
from .resources import resource
from .screens.help.help_state import Entry, HelpIntent, PageName, parse_page
from .shell.shell_state import Finding
from .words import counted

MOST_OF_A_KIND = 8
LONGEST_DETAIL = 70
SEARCHED: tuple[PageName, ...] = ("glossary", "loop", "errors")
"""Pages of the help whose entries are found."""


def things_that_match(project: Any, text: str) -> list[Finding]:
    """Things whose name, number or tag has `text` in it.

    Parameters
    ----------
    project : Project
        The facade.
    text : str
        What a person typed; empty finds the newest of each kind.
    """
    wanted = text.strip().lower().lstrip("#")

    def fits(*words: str) -> bool:
        return not wanted or any(wanted in word.lower() for word in words)

    datasets = [d for d in project.datasets.list() if fits(d.name, *d.tags)]
    models = [m for m in project.models.list() if fits(m.name, *m.tags)]
    schedules = [s for s in project.schedules.list() if fits(s.name)]
    found = [
        *map(_dataset, datasets[:MOST_OF_A_KIND]),
        *map(_run, _runs(project, wanted)),
        *map(_model, models[:MOST_OF_A_KIND]),
        *map(_schedule, schedules[:MOST_OF_A_KIND]),
    ]
    return [*found, *help_that_matches(text)]


def _dataset(one: Dataset) -> Finding:
    rows = counted(one.newest.rows, "1 row", "{:,} rows") if one.newest else ""
    return Finding(one.name, tr("Data sets"), "data", Place("data", one.name), detail=rows)


def _runs(project: Any, wanted: str) -> list[Run | RunLine]:
    """The newest that match; before them the run with that very number."""
    found: list[Run | RunLine] = list(project.runs.list(limit=MOST_OF_A_KIND, matching=wanted))
    if not wanted.isdecimal():
        return found
    exact = project.runs.page(f"run = {wanted}", limit=1, columns=[METRIC]).lines
    return [*exact, *(run for run in found if run.run_id != int(wanted))][:MOST_OF_A_KIND]


def _run(one: Run | RunLine) -> Finding:
    title = tr("Run #{} {}").format(one.run_id, one.name)
    return Finding(
        title, tr("Runs"), "runs", Place("runs", one.run_id), detail=one.state, words=tuple(one.tags)
    )


def _model(one: Model) -> Finding:
    versions = counted(len(one.versions), "1 version", "{:,} versions")
    return Finding(one.name, tr("Models"), "models", Place("models", one.name), detail=versions)


def _schedule(one: Schedule) -> Finding:
    place = Place("automation", one.name)
    return Finding(one.name, tr("Schedules"), "automation", place, detail=one.timetable)


def help_that_matches(text: str) -> list[Finding]:
    """Terms of the glossary and pages of the help that are named so; nothing for an empty text."""
    wanted = text.strip().lower().lstrip("?").strip()
    if not wanted:
        return []
    entries: list[tuple[PageName, Entry]] = [(page, e) for page in SEARCHED for e in help_entries(page)]
    named: list[tuple[PageName, Entry]] = [(page, e) for page, e in entries if wanted in e.title.lower()]
    return [
        Finding(
            e.title, tr("Help"), "book",
            Place("help", HelpIntent("glossary", e.title) if page == "glossary" else HelpIntent(page)),
            detail=e.text[:LONGEST_DETAIL],
        )
        for page, e in named[:MOST_OF_A_KIND]
    ]  # fmt: skip


@functools.cache
def help_entries(page: PageName) -> tuple[Entry, ...]:
    """The entries of a page of the help that is shipped."""
    return parse_page(resource("help", f"{page}.md").read_text("utf-8"))
