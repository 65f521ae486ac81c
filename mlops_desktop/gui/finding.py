"""What "open anything" finds in a project: data sets, runs, models, schedules. No Qt."""

from __future__ import annotations

from typing import Any

from .places import Place
from .shell.shell_state import Finding

MOST_OF_A_KIND = 8


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
    return found
