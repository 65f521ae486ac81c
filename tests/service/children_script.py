"""A service of its own for the tests of children, to be killed: FOLDER warm | FOLDER RUN. Prints a process."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import psutil

from mlops_desktop.service.children import Children

WORKER = [sys.executable, str(Path(__file__).with_name("worker_script.py"))]


def main(folder: Path, what: str) -> None:
    children = Children(folder, command=WORKER, poll_s=0.05)
    if what == "warm":
        children.warm()
        print(psutil.Process().children()[0].pid, flush=True)
    else:
        first = threading.Event()
        child = children.run(folder / "runs" / what, lambda lines, offset: first.set())
        first.wait(20)
        assert child.who is not None
        print(child.who.pid, flush=True)
    threading.Event().wait()


main(Path(sys.argv[1]), sys.argv[2])
