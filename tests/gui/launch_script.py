"""Runs the application as its command does, on the project named, and closes it once the project is shown.

    python launch_script.py PROJECT SECTION ...
    python launch_script.py PROJECT import:FILE

With a file, its import is begun and the window is closed 200 ms later.
Prints one JSON object: seconds from the start of this process to the first paint and to the open project, the
packages in the process then, and the seconds that closing took. The exit status is the application's. If it isn't
through after 50 s it says what stands in the window and what its threads do, and ends with 3.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
from typing import Any

STARTED = time.monotonic()
GIVES_UP_S = 50.0
facts: dict[str, Any] = {}


def main() -> int:
    """Run it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QDialog, QLabel

    from mlops_desktop.gui.application import make_application
    from mlops_desktop.gui.launch import run_application
    from mlops_desktop.gui.main_window import MainWindow
    from mlops_desktop.gui.places import Place

    app = make_application(sys.argv[:1])
    places = list(sys.argv[2:])
    timer = QTimer()

    def give_up() -> None:
        shown = [
            label.text()
            for label in QApplication.allWidgets()
            if isinstance(label, QLabel) and label.isVisible()
        ]
        print(
            f"not through after {GIVES_UP_S:.0f} s: {facts}, {places}; shown: {shown}",
            file=sys.stderr,
            flush=True,
        )
        faulthandler.dump_traceback()
        os._exit(3)

    def look() -> None:
        if time.monotonic() - STARTED > GIVES_UP_S:
            give_up()
        window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)), None)
        if window is None or not window.isVisible():
            return
        facts.setdefault("shown_s", time.monotonic() - STARTED)
        if not window.state.project_title or window.session.tasks.busy:
            return
        facts.setdefault("opened_s", time.monotonic() - STARTED)
        if places and places[0].startswith("import:"):
            file = places.pop().removeprefix("import:")
            facts["job"] = window.session.project.datasets.import_file(file, "table").job_id
            timer.setInterval(200)
            return
        if places:
            window.go(Place(places.pop(0)))
            return
        timer.stop()
        facts["packages"] = sorted({name.partition(".")[0] for name in sys.modules})
        facts["closed_at"] = time.monotonic()
        window.close()
        if window.isVisible():  # it says first, and once, that work goes on without it
            next(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()).close()
            window.close()

    timer.timeout.connect(look)
    timer.start(10)
    code = run_application(sys.argv[1])
    facts["closing_s"] = time.monotonic() - facts.pop("closed_at")
    print(json.dumps(facts), flush=True)
    del app
    return code


if __name__ == "__main__":
    sys.exit(main())
