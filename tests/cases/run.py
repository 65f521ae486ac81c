#!/usr/bin/env python3
"""Drives the command line over the import cases and prints a line each: run.py FILES [--judge judge.py] [--only ID ...]

FILES is a folder with `expected.json` and the inputs it names. Each input is imported by `mlops-desktop datasets
import`, exported as Parquet by `datasets export`, and judged by `judge.py`, together with what the program said; what
was refused is judged by its message. The last line sums up: right, refused as accepted, and the rest with its reason.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

LONGEST_S = 60.0
ORDER = ("wrong", "hang", "bug", "error!", "error-", "unsaid", "error+", "right")
ACCEPTED = ("right", "error+")


class Program:
    """The command line on one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "MLOPS_PROJECT": str(folder / "cases.mlops"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self("projects", "create", str(folder / "cases.mlops"))

    def __call__(self, *words: str) -> tuple[int, str]:
        """Exit status and everything that was printed."""
        command = [sys.executable, "-m", "mlops_desktop", *words]
        done = subprocess.run(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_S,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")


def judge_file(program: Program, judge: Path, files: Path, case: str, name: str) -> tuple[str, str]:
    """Verdict and reason for one input of a case."""
    said, exported = program.folder / f"{case}.txt", program.folder / f"{case}.parquet"
    exported.unlink(missing_ok=True)
    label = f"{case}-{time.monotonic_ns()}"
    try:
        status, text = program("datasets", "import", str(files / name), "--dataset", label)
    except subprocess.TimeoutExpired:
        return "hang", f"over {LONGEST_S:.0f} s"
    said.write_text(text.replace(label, ""), encoding="utf-8")
    if status not in (0, 1):
        return "bug", text.strip().splitlines()[-1][:200]
    if status == 1:
        return _judged(judge, "refused", files, case, ["--message", str(said)])
    status, text = program("datasets", "export", label, str(exported))
    if status:
        return "bug", text.strip()[-200:]
    return _judged(judge, "table", files, case, [str(exported), "--message", str(said)])


def _judged(judge: Path, what: str, files: Path, case: str, rest: list[str]) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, str(judge), what, str(files), case, *rest],
        capture_output=True,
        text=True,
        check=False,
    )
    verdict, _, why = done.stdout.strip().partition(" ")
    return (verdict, why) if verdict else ("bug", done.stderr.strip()[-200:])


def main() -> int:
    """Run the cases; returns 0 if none is wrong, hangs or is a bug."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path)
    parser.add_argument("--judge", type=Path, default=None)
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    judge = asked.judge or asked.files.parent / "judge.py"
    expected = json.loads((asked.files / "expected.json").read_text(encoding="utf-8"))
    wanted = [
        case
        for case, one in expected.items()
        if any(a["outcome"] in ("import", "refuse") for a in one["accept"])
        and (not asked.only or case in asked.only)
    ]
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="cases-") as folder:
        program = Program(Path(folder))
        for case in wanted:
            verdicts = [
                judge_file(program, judge, asked.files, case, name) for name in expected[case]["files"]
            ]
            verdict, why = min(verdicts, key=lambda v: ORDER.index(v[0]) if v[0] in ORDER else 0)
            counts[verdict] += 1
            print(f"{case}  {verdict:7} {why}", flush=True)
        program("stop", "--force")
    good = sum(counts[v] for v in ACCEPTED)
    print(
        f"{good} of {len(wanted)} right or refused as accepted ({good / max(1, len(wanted)):.1%}); {dict(counts)}"
    )
    return 1 if counts["wrong"] or counts["hang"] or counts["bug"] else 0


if __name__ == "__main__":
    sys.exit(main())
