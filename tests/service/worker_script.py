"""A small real worker for the tests of children: reads a run folder from stdin and does what its job.json says.

``{"do": [["say", TEXT], ["torn", TEXT], ["print", TEXT], ["spawn"], ["orphan"], ["eat", MB], ["stubborn"], ["hang"],
["await", FILE], ["exit", CODE]]}``
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def main() -> int:
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        return 0
    folder = Path(line)
    kept: list[object] = []
    with (folder / "events.jsonl").open("ab", buffering=0) as events:
        for what, *arguments in json.loads((folder / "job.json").read_text())["do"]:
            code = step(folder, events, what, arguments, kept)
            if code is not None:
                return code
    return 0


def step(folder, events, what, arguments, kept) -> int | None:
    if what == "say":
        events.write(json.dumps(arguments[0]).encode() + b"\n")
    elif what == "torn":
        events.write(arguments[0].encode())
    elif what == "print":
        print(arguments[0], flush=True)
    elif what == "pids":
        events.write(json.dumps([os.getpid(), os.nice(0)]).encode() + b"\n")
    elif what == "spawn":
        child = subprocess.Popen(SLEEP)
        kept.append(child)
        events.write(json.dumps(child.pid).encode() + b"\n")
    elif what == "orphan":
        pid = subprocess.check_output(["sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!"])
        events.write(pid.strip() + b"\n")
    elif what == "eat":
        kept.append(bytearray(os.urandom(1 << 20) * arguments[0]))
    elif what == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif what == "hang":
        threading.Event().wait()
    elif what == "await":
        while not (folder / arguments[0]).exists():
            threading.Event().wait(0.01)
    elif what == "exit":
        return arguments[0]
    return None


if __name__ == "__main__":
    sys.exit(main())
