"""What the bars around the screens show, as one frozen value. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from mlops_desktop.gui.places import Place

ServiceState = Literal["running", "starting", "stopped", "lost"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as the window shows it."""

    id: str
    title: str
    state: JobState = "running"
    detail: str = ""
    """What it does now, or how it ended; shown below the title."""
    share: float | None = None
    """0 to 1; None while unknown."""
    left: str = ""
    """Time left in words."""
    at: str = ""
    """When it ended, in words."""
    cancelling: bool = False
    can_cancel: bool = True
    buttons: tuple[tuple[str, str], ...] = ()
    """(key, words) of what can be done about it: ("show", "Show"), ("log", "Log")."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pinned thing in the sidebar."""

    title: str
    icon: str
    place: Place


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that needs the person, in the menu of the bell."""

    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class ShellState:
    """All that the top bar, sidebar, status bar and jobs show."""

    project_title: str = ""
    """Empty while no project is open."""
    service: ServiceState = "stopped"
    service_text: str = ""
    """Replaces the words for the state, for example "2 services running"."""
    where: str = ""
    """"local project", "team server forecast"."""
    note: str = ""
    """After the service: "next schedule today 18:00"."""
    jobs: tuple[JobLine, ...] = ()
    notices: tuple[Notice, ...] = ()
    person: str = ""
    """Initials."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """Section to how many it holds."""
    alerts: frozenset[str] = frozenset()
    """Sections that get a dot."""
    pinned: tuple[Pinned, ...] = ()
    cpu_share: float | None = None
    """Of one core, 0 to number of cores."""
    memory_bytes: int | None = None

    @property
    def running(self) -> tuple[JobLine, ...]:
        """Jobs that are queued or running."""
        return tuple(j for j in self.jobs if j.state in ("queued", "running"))

    @property
    def failed(self) -> tuple[JobLine, ...]:
        """Jobs that failed."""
        return tuple(j for j in self.jobs if j.state == "failed")

    @property
    def service_words(self) -> str:
        """State of the service in words."""
        return (
            self.service_text
            or {
                "running": "service running",
                "starting": "service starting",
                "stopped": "service not running",
                "lost": "service lost, reconnecting",
            }[self.service]
        )

    @property
    def machine_words(self) -> str:
        """CPU and memory in words, empty while unknown."""
        parts: list[str] = []
        if self.cpu_share is not None:
            parts.append(f"CPU {self.cpu_share * 100:.0f} %")
        if self.memory_bytes is not None:
            parts.append(f"{self.memory_bytes / 1e9:.1f} GB")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing that the palette found: a data set, a run, a help page."""

    title: str
    group: str
    icon: str
    place: Place | None = None
    """Where it is, or..."""
    run: Callable[[], object] | None = None
    """...what choosing it does."""
    detail: str = ""
    aside: str = ""
    words: tuple[str, ...] = ()
    """Other words that find it."""
