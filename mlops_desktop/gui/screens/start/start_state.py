"""What the start screen shows: projects used last, the sample's steps and its story. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from mlops_desktop.gui.language import tr
from mlops_desktop.gui.words import when_words
from mlops_desktop.known_projects import KnownProject

ProjectState = Literal["open", "running", "resting", "gone"]

SAMPLE_STEPS: tuple[tuple[str, str], ...] = (
    ("Import", "Import 24 months, each as a version"),
    ("Train", "Train five models and compare them"),
    ("Register", "Promote one, export it"),
    ("Score", "Score new months with it"),
    ("Set", "Set a retraining that runs by itself"),
)
"""First word of the line that the sample prints, and what the person reads of this step."""
SAMPLE_FOLDER = "bikes.mlops"
_COUNTED = re.compile(r"\((\d+) of (\d+)\)")
_SHARES = {
    "Import": (0.0, 0.6),
    "Train": (0.6, 0.8),
    "Register": (0.8, 0.84),
    "Score": (0.9, 0.94),
    "Set": (0.94, 1.0),
}


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project used before."""

    path: str
    name: str
    where: str
    """Its folder, the home folder shortened."""
    opened: str
    state: ProjectState

    @property
    def state_words(self) -> str:
        """The state in words."""
        return {
            "open": tr("open here"),
            "running": tr("service running"),
            "resting": tr("not running"),
            "gone": tr("folder not found"),
        }[self.state]


def recent_projects(
    known: Sequence[KnownProject],
    now: datetime,
    exists: Callable[[Path], bool],
    serves: Callable[[Path], bool],
    here: Path | None = None,
    home: Path | None = None,
) -> tuple[RecentProject, ...]:
    """Projects as they are listed.

    Parameters
    ----------
    known : sequence of KnownProject
        The one used last first.
    exists, serves : callable
        Whether there is a project in a folder, and whether its service runs.
    here, home : Path, optional
        The project open in this window, and the person's home folder.
    """
    found: list[RecentProject] = []
    for project in known:
        path = Path(project.path)
        state: ProjectState = "gone"
        if exists(path):
            state = "open" if path == here else "running" if serves(path) else "resting"
        found.append(
            RecentProject(
                project.path, project.name, short_path(path, home), when_words(project.opened_at, now), state
            )
        )
    return tuple(found)


def short_path(path: Path, home: Path | None) -> str:
    """A path with the home folder as ``~``."""
    if home is not None and path.is_relative_to(home):
        return str(Path("~") / path.relative_to(home))
    return str(path)


@dataclass(frozen=True, slots=True)
class SampleProgress:
    """Where the making of the sample stands."""

    step: int = 0
    """Index into `SAMPLE_STEPS`."""
    share: float = 0.0
    """0 to 1."""
    text: str = ""
    """The line that was printed last."""


def after_line(before: SampleProgress, line: str) -> SampleProgress:
    """The progress after the sample has printed `line`."""
    text = line.strip()
    if not text:
        return before
    words = [w for w, _ in SAMPLE_STEPS]
    step = next((i for i, word in enumerate(words) if text.startswith(word)), before.step)
    step = max(step, before.step)
    low, high = _SHARES[words[step]]
    counted = _COUNTED.search(text)
    part = int(counted[1]) / int(counted[2]) if counted and step == 0 else 0.0
    return SampleProgress(step, max(before.share, low + (high - low) * part), text)


def project_folder(name: str, parent: Path) -> Path:
    """The folder that a project of this name gets: ``Bike rentals 2013`` gives ``bike-rentals-2013.mlops``."""
    words = re.sub(r"[^\w]+", "-", name.strip().lower(), flags=re.UNICODE).strip("-_")
    return parent / f"{words or 'project'}.mlops"


def name_of_folder(folder: Path) -> str:
    """A name for a project in this folder: ``bike-rentals.mlops`` gives ``Bike rentals``."""
    words = folder.name.removesuffix(".mlops").replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
