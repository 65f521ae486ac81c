#!/usr/bin/env python3
"""Breaks the product in ten places, one at a time, and shows that a test turns red each time: mutate.py [NAME ...]

Each mutant is a line of the code replaced in a copy of the checkout; the tests that should notice run on the copy.
Prints a line per mutant; exit status 0 if every one was noticed. A text that is not found any more is a failure too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Mutant:
    """One way to break the product."""

    name: str
    file: str
    text: str
    instead: str
    tests: str
    """What pytest is called with: the tests that must notice."""


MUTANTS = (
    Mutant(
        "a verb without its transaction",
        "store/database.py", 'cursor.execute("begin")', "pass",
        "tests/project/test_seam.py tests/service/test_undo.py",
    ),
    Mutant(
        "a dropped fsync",
        "system/durable.py", "            _fsync_file(temp, platform)\n", "            pass\n",
        "tests/test_system.py",
    ),
    Mutant(
        "Qt in a state",
        "gui/screens/overview/overview_state.py", "from __future__ import annotations\n",
        "from __future__ import annotations\n\nfrom PySide6.QtCore import Qt  # noqa: F401\n",
        "tests/test_architecture.py",
    ),
    Mutant(
        "a swallowed error",
        "store/artifacts.py", "        except BaseException:\n            temp.unlink(missing_ok=True)\n            raise\n",
        "        except BaseException: pass\n",
        "tests/test_architecture.py",
    ),
    Mutant(
        "a skipped round-trip check",
        "store/reading/proofs.py", 'return self.proof.replace("{v}", text).replace("{x}", value)', 'return "true"',
        "tests/store/reading",
    ),
    Mutant(
        "rows without their order",
        "store/versions_read.py", "order by _k, _at", "order by hash(_at)",
        "tests/store/test_versions.py",
    ),
    Mutant(
        "any token opens the door",
        "service/http.py", "not hmac.compare_digest(given.encode(), token.encode())", "not given",
        "tests/service/test_http.py",
    ),
    Mutant(
        "an undo over somebody's later change",
        "store/taking_back.py", "        if any(now[column] != row.after[column] for column in changed):\n", "        if False:\n",
        "tests/service/test_undo.py",
    ),
    Mutant(
        "a schedule that forgets what it decided",
        "store/schedules.py", "update schedule_mark set decided_until = ? where schedule_id = ?",
        "update schedule_mark set decided_until = decided_until where ? is not null and schedule_id = ?",
        "tests/service/test_scheduler.py",
    ),
    Mutant(
        "a request that is done twice",
        "service/local.py", "            if answered is not None:\n", "            if False:\n",
        "tests/project/test_seam.py",
    ),
    Mutant(
        "leading zeros taken for numbers",
        "store/reading/types.py", '(("leading zero", "Leading zeros"), ("plus", "Plus signs"))', '(("plus", "Plus signs"),)',
        "tests/store/reading",
    ),
    Mutant(
        "another seed each time",
        "training/fitting.py", "random_state=given.seed", "random_state=None",
        "tests/training",
    ),
)  # fmt: skip


def noticed(mutant: Mutant, copy: Path) -> tuple[bool, str]:
    """Whether a test turns red on the broken copy, and the last line that pytest printed."""
    path = copy / "mlops_desktop" / mutant.file
    whole = path.read_text(encoding="utf-8")
    if mutant.text not in whole:
        return False, f"its text is not in {mutant.file} any more"
    path.write_text(whole.replace(mutant.text, mutant.instead), encoding="utf-8")
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-p",
                "no:cacheprovider",
                "-m",
                "not slow and not bare",
                *mutant.tests.split(),
            ],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    finally:
        path.write_text(whole, encoding="utf-8")
    lines = done.stdout.strip().splitlines() or ["nothing was printed"]
    red = next((line for line in lines if line.startswith(("FAILED", "ERROR"))), lines[-1])
    return done.returncode == 1, red[:160]


def main() -> int:
    """Try the mutants; the exit status."""
    wanted = sys.argv[1:]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "checkout"
        ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".pytest_cache", "*.mlops")
        shutil.copytree(ROOT, copy, ignore=ignored)
        for mutant in MUTANTS:
            if wanted and not any(word in mutant.name for word in wanted):
                continue
            seen, why = noticed(mutant, copy)
            missed += not seen
            print(f"{'noticed' if seen else 'MISSED '}  {mutant.name}: {why}", flush=True)
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} noticed" if not wanted else f"{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
