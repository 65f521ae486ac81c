"""The window with made-up things in it: `python tests/gui/window.py [light|dark] picture.png WIDTHxHEIGHT [palette|error|jobs|start]`."""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.errors import FileError, Where
from mlops_desktop.gui.actions import Action, ActionContext, ActionRegistry, has_project
from mlops_desktop.gui.application import make_application
from mlops_desktop.gui.main_window import MainWindow
from mlops_desktop.gui.places import Place
from mlops_desktop.gui.screen import ScreenHost, Section
from mlops_desktop.gui.shell.shell_state import Finding, JobLine, Notice, Pinned, ShellState
from mlops_desktop.gui.tasks import Tasks
from mlops_desktop.gui.widgets.buttons import Button
from mlops_desktop.gui.widgets.cards import EmptyState, KeyValueList, PageHeader
from mlops_desktop.gui.widgets.layouts import Page

SECTIONS = ("Overview", "Data", "Runs", "Models", "Deployments", "Monitoring", "Automation", "Activity")


class PlainSession:
    """A session that finds three things."""

    def __init__(self, tasks: Tasks, project: Any = "bikes") -> None:
        self.tasks = tasks
        self.project = project
        self.asked: list[tuple[str, str]] = []

    @property
    def context(self) -> ActionContext:
        return ActionContext(has_project=self.project is not None)

    def find(self, text: str) -> list[Finding]:
        return [
            Finding(
                "bikes v22",
                "Data sets",
                "data",
                Place("data", "bikes"),
                detail="95 % complete",
                aside="today 10:12",
            ),
            Finding(
                "#27 LightGBM",
                "Runs",
                "runs",
                Place("runs", 27),
                detail="note: compare again",
                aside="MAE 43.1",
            ),
            Finding(
                "Comparing runs fairly", "Help", "book", run=lambda: None, detail="same rows, same folds"
            ),
        ]

    def on_job(self, job_id: str, what: str) -> None:
        self.asked.append((job_id, what))


class PlainScreen:
    """A screen that remembers what it was told."""

    def __init__(self, host: ScreenHost, title: str, topics: frozenset[str]) -> None:
        self.topics = topics
        self.told: list[Any] = []
        self.host = host
        button = Button("New training...", "primary")
        header = PageHeader(
            title, subtitle="33 runs · 3 chosen to compare", buttons=[Button("Columns"), button]
        )
        empty = EmptyState(
            "monitoring",
            "Once a model answers requests or scores files, this place shows how it does on new data.",
            ("Deploy rentals v1...", lambda: host.say("Deployed rentals v1")),
            ("See it in the sample project", lambda: None),
            "deployments",
        )
        self._widget = Page(header, empty)

    def widget(self) -> QWidget:
        return self._widget

    def show_intent(self, intent: Any) -> None:
        self.told.append(("intent", intent))

    def mark_dirty(self) -> None:
        self.told.append("dirty")

    def refresh(self) -> None:
        self.told.append("refresh")


def sections() -> list[Section]:
    def builder(title: str) -> Any:
        return lambda host: PlainScreen(host, title, frozenset({title.lower()}))

    made = [
        Section(t.lower(), t, t.lower(), builder(t), shortcut=f"Ctrl+{i + 1}") for i, t in enumerate(SECTIONS)
    ]
    start = Section("start", "Start", "home", builder("Start"), needs_project=False)
    settings = Section(
        "settings", "Settings", "gear", builder("Settings"), needs_project=False, shortcut="Ctrl+,"
    )
    return [start, settings, *made]


STATE = ShellState(
    project_title="Bike rentals",
    service="running",
    where="local project",
    person="AN",
    counts={"data": 2, "runs": 33, "models": 1, "deployments": 5, "monitoring": 1, "automation": 3},
    alerts=frozenset({"monitoring"}),
    pinned=(
        Pinned("bikes", "data", Place("data", "bikes")),
        Pinned("rentals", "models", Place("models", "rentals")),
    ),
    notices=(
        Notice("tenure shifted", Place("monitoring")),
        Notice("churn v6 waits for you", Place("models")),
    ),
    cpu_share=0.04,
    memory_bytes=300_000_000,
)
JOBS = (
    JobLine(
        "3",
        "Import bikes_2012-11.csv",
        "failed",
        "Row 403, weather: 16 values, 15 columns.",
        at="10:41",
        buttons=(("show", "Show"), ("copy", "Copy details")),
    ),
    JobLine("2", "Train run #35", "running", "Random forest, fold 4 of 5", 0.68, "3 s left"),
    JobLine("1", "Import bikes_2012-10.csv", "done", "bikes v22, +708 rows", at="10:12"),
)
ACTIONS = (
    Action(
        "runs.compare",
        "Compare selected runs",
        lambda c: None,
        "Ctrl+Shift+M",
        icon="chart",
        enabled_when=has_project,
    ),
    Action(
        "data.compare", "Compare versions of bikes...", lambda c: None, icon="data", enabled_when=has_project
    ),
    Action(
        "runs.export",
        "Export comparison...",
        lambda c: None,
        "Ctrl+E",
        icon="download",
        enabled_when=has_project,
    ),
    Action(
        "project.open", "Open project...", lambda c: None, "Ctrl+O", icon="folder", places=("project.menu",)
    ),
)


def make_window(tasks: Tasks, state: ShellState = STATE) -> MainWindow:
    registry = ActionRegistry()
    registry.add(ACTIONS)
    session = PlainSession(tasks, state.project_title or None)
    window = MainWindow(session, sections(), registry)
    window.show_state(state)
    window.go(Place("monitoring" if state.project_title else "start"))
    return window


def show_extra(window: MainWindow, what: str) -> None:
    """Bring the window into the state of a picture."""
    if what == "palette":
        window.open_palette("comp")
        window.palette_box.show_findings(window.session.find("comp"))
    if what in ("jobs", "error"):
        window.show_state(ShellState(**{f: getattr(STATE, f) for f in STATE.__slots__} | {"jobs": JOBS}))
        window.side_panel.open_panel("jobs")
    if what == "error":
        window.show_error(
            FileError(
                "Import stopped at row 403: 16 values, but the header names 15 columns",
                reason="A comma inside a value without quotes: Light Rain, Mist. All after it moved one column.",
                remedy="Put the value in quotes, or take one of the ways below.",
                where=Where(file="bikes_2012-11.csv", row=403, line=404, column="weather"),
            ),
            "nothing was written",
            [("Join as “Light Rain, Mist” and go on", lambda: None), ("Leave out row 403", lambda: None)],
        )
        window.say("Moved run #19 to the trash", lambda: None)
    if what == "inspector":
        window.inspect(
            "Alias champion moved",
            KeyValueList([("Who", "analyst-1, this window"), ("Reason", "better on October")]),
        )
        window.side_panel.open_panel("inspector")


def main() -> None:
    app = make_application(sys.argv[:1], "dark" if "dark" in sys.argv else "light")
    what = sys.argv[4] if len(sys.argv) > 4 else ""
    tasks = Tasks()
    window = make_window(
        tasks,
        ShellState(note="bikes.mlops: next schedule today 18:00", person="AN") if what == "start" else STATE,
    )
    width, height = (int(n) for n in (sys.argv[3] if len(sys.argv) > 3 else "1440x900").split("x"))
    window.resize(width, height)
    window.show()
    show_extra(window, what)
    if len(sys.argv) > 2:
        window.grab()
        window.grab().save(sys.argv[2])
    else:
        app.exec()
    tasks.close()


if __name__ == "__main__":
    main()
