"""A service of its own for the tests of children, to be killed.

``FOLDER warm`` prints the warm worker's process; ``FOLDER RUN`` that of the run, once it has said something;
``FOLDER RUN now`` prints a line and starts the run right then.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import psutil

from mlops_desktop.service.children import Children

WORKER = [sys.executable, str(Path(__file__).with_name("worker_script.py"))]


def main(folder: Path, what: str, now: bool) -> None:
    children = Children(folder, command=WORKER, poll_s=0.05)
    first = threading.Event()
    if what == "warm" or now:
        children.warm()
        print(psutil.Process().children()[0].pid, flush=True)
    if what != "warm":
        child = children.run(folder / "runs" / what, lambda lines, offset: first.set())
    if what != "warm" and not now:
        first.wait(20)
        assert child.who is not None
        print(child.who.pid, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], now=len(sys.argv) > 3)
