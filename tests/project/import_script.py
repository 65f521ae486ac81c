"""A process that imports a file into a project and may be killed on the way: ``import_script.py PROJECT FILE NAME MODE``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mlops_desktop.project.project import Project
from mlops_desktop.service.host import Host
from mlops_desktop.store.session import Caller
from mlops_desktop.system import CRASH_VARIABLE

if __name__ == "__main__":
    folder, file, name, mode = sys.argv[1:5]
    moment = os.environ.pop(CRASH_VARIABLE)
    host = Host(Path(folder))
    project = Project(host.local(Caller("ann", "window-1")))
    os.environ[CRASH_VARIABLE] = moment  # from here on: the start of a service has moments of its own
    key = ["k"] if mode == "merge" else []
    print(project.datasets.import_file(file, name, mode, key).wait(60).ref, flush=True)  # type: ignore[arg-type]
    host.close()
