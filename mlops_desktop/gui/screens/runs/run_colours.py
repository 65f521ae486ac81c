"""The one colour that a run has in all tables and charts of a window."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from mlops_desktop.gui.charts.series import SeriesColours
from mlops_desktop.gui.session import Session

_COLOURS: WeakKeyDictionary[Session, SeriesColours] = WeakKeyDictionary()


def colours_of(session: Session) -> SeriesColours:
    """The colours of the runs of a window; other screens that show runs take them too. Keys are numbers as text."""
    found = _COLOURS.get(session)
    if found is None:
        found = _COLOURS[session] = SeriesColours()
    return found


def assigned(session: Session, runs: tuple[int, ...]) -> dict[int, int]:
    """Run to index of colour, all different; runs seen before keep theirs where that is possible."""
    keys = [str(run) for run in runs]
    indices = colours_of(session).assign(keys)
    return {run: indices[key] for run, key in zip(runs, keys, strict=True)}
