#!/usr/bin/env python3
"""Writes a picture of every section, light and dark, at 1440x900 and 1024x700: screens.py [--out FOLDER] [--project P]

The window is the real one, on the sample project (made first where there is none), run under Xvfb or a real display.
`--pictures` writes those of the README into docs/pictures instead.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
SIZES = ((1440, 900), (1024, 700))
SCHEMES = ("light", "dark")
SETTLE_MS = 400
"""Quiet time after the last call has been answered, for a chart's first paint."""
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Shot:
    """One picture: where to go, and what to do there."""

    name: str
    section: str
    intent: Any = None
    act: Callable[[Any], None] | None = None


def shots(project: Any, samples: Path) -> list[Shot]:
    """Every section and its pages, on what the sample project has."""
    from mlops_desktop.gui.screens.data.data_intent import DataIntent
    from mlops_desktop.gui.screens.data.import_intent import ImportIntent
    from mlops_desktop.gui.screens.runs.runs_intent import RunsIntent

    runs = [r.run_id for r in project.runs.list(100) if r.state == "finished"]
    regressions = [r for r in runs if "mae" in project.runs.show(r).metrics]
    classifiers = [r for r in runs if "roc_auc" in project.runs.show(r).metrics]
    best = min(regressions, key=lambda r: project.runs.show(r).metrics["mae"])
    other = next(r for r in regressions if r != best)
    found = [
        Shot("start", "start"),
        Shot("overview", "overview"),
        Shot("data", "data", DataIntent(dataset="bikes")),
        Shot(
            "import",
            "data",
            ImportIntent(path=str(samples / "bikes" / "bikes_2012-12.csv"), dataset="bikes", mode="append"),
        ),
        Shot("runs", "runs"),
        Shot("training", "runs", RunsIntent(page="training")),
        Shot("run", "runs", RunsIntent(page="run", run=best)),
        Shot("compare", "runs", RunsIntent(page="compare", runs=(best, other))),
        Shot("models", "models"),
        Shot("deployments", "deployments"),
        Shot("monitoring", "monitoring"),
        Shot("automation", "automation"),
        Shot("activity", "activity"),
        Shot("settings", "settings"),
        Shot("help", "help"),
        Shot("palette", "overview", act=lambda window: window.open_palette("train")),
        Shot("jobs", "overview", act=lambda window: window.side_panel.open_panel("jobs")),
    ]
    if classifiers:
        found.append(Shot("run-classification", "runs", RunsIntent(page="run", run=classifiers[0])))
    return found


def settled(made: Any) -> None:
    """Run the event loop until no call is under way and a moment has passed since."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, quiet = QEventLoop(), QTimer()
    quiet.setSingleShot(True)
    quiet.setInterval(SETTLE_MS)

    def look() -> None:
        if made.tasks.busy:
            quiet.start()
        else:
            loop.quit()

    quiet.timeout.connect(look)
    made.tasks.busy_changed.connect(lambda _: quiet.start())
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    quiet.start()
    loop.exec()


def take(
    folder: Path, project_path: Path, wanted: set[str], schemes: tuple[str, ...], sizes: Any
) -> Iterator[Path]:
    """Write the pictures, and give their paths."""
    from PySide6.QtCore import QEventLoop

    from mlops_desktop.gui.application import make_application
    from mlops_desktop.gui.places import Place
    from mlops_desktop.gui.theme import theme
    from mlops_desktop.gui.window import ProjectWindow
    from mlops_desktop.gui.window_memory import WindowMemory

    make_application(["screens"], "light")
    made = ProjectWindow(WindowMemory())
    made.window.show()
    opened = QEventLoop()
    made.session.opened.connect(lambda _: opened.quit())
    made.session.tasks.failed.connect(lambda error: opened.exit(1))
    made.open_project(project_path)
    if opened.exec():
        made.end()
        raise SystemExit(f"{project_path} can't be opened")
    settled(made)
    for scheme in schemes:
        theme().set_choice(scheme)
        for width, height in sizes:
            made.window.resize(width, height)
            for shot in shots(made.session.project, ROOT / "resources" / "samples"):
                if wanted and shot.name not in wanted:
                    continue
                made.window.go(Place(shot.section, shot.intent))
                settled(made)
                if shot.act is not None:
                    shot.act(made.window)
                    settled(made)
                path = folder / f"{shot.name}-{scheme}-{width}x{height}.png"
                made.window.grab().save(str(path))
                made.window.palette_box.close_palette()
                made.window.side_panel.close_panel()
                yield path
    made.window.close()
    made.end()


def main() -> int:
    """Write the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "screens")
    parser.add_argument("--project", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--pictures", action="store_true", help="those of the README, into docs/pictures")
    asked = parser.parse_args()
    out = ROOT / "docs" / "pictures" if asked.pictures else asked.out
    out.mkdir(parents=True, exist_ok=True)
    schemes, sizes = (("light",), SIZES[:1]) if asked.pictures else (SCHEMES, SIZES)
    with tempfile.TemporaryDirectory(prefix="screens-") as folder:
        os.environ.setdefault("XDG_STATE_HOME", folder)
        os.environ.setdefault("XDG_CONFIG_HOME", folder)
        path = asked.project
        if path is None:
            from mlops_desktop.sample import make_sample

            path = make_sample(str(Path(folder) / "bikes.mlops"), say=print)
        for picture in take(out, path.absolute(), set(asked.only), schemes, sizes):
            if asked.pictures:
                picture = picture.rename(out / f"{picture.stem.split('-light')[0]}.png")
            print(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
