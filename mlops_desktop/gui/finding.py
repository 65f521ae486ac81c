"""What "open anything" finds: data sets, runs, models and schedules of a project, terms and pages of the help. No Qt."""

from __future__ import annotations

import functools
from typing import Any

from .language import tr
from .places import Place
from .resources import resource
from .screens.help.help_state import Entry, HelpIntent, PageName, parse_page
from .shell.shell_state import Finding

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

    found = [
        Finding(
            d.name,
            "Data sets",
            "data",
            Place("data", d.name),
            detail=f"{d.newest.rows:,} rows" if d.newest else "",
        )
        for d in project.datasets.list()
        if fits(d.name, *d.tags)
    ][:MOST_OF_A_KIND]
    found += [
        Finding(
            f"Run #{r.run_id} {r.name}",
            "Runs",
            "runs",
            Place("runs", r.run_id),
            detail=r.state,
            words=tuple(r.tags),
        )
        for r in project.runs.list(limit=500)
        if fits(str(r.run_id), r.name, *r.tags)
    ][:MOST_OF_A_KIND]
    found += [
        Finding(m.name, "Models", "models", Place("models", m.name), detail=f"{len(m.versions)} versions")
        for m in project.models.list()
        if fits(m.name, *m.tags)
    ][:MOST_OF_A_KIND]
    found += [
        Finding(s.name, "Schedules", "automation", Place("automation", s.name), detail=s.timetable)
        for s in project.schedules.list()
        if fits(s.name)
    ][:MOST_OF_A_KIND]
    return [*found, *help_that_matches(text)]


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
