"""Picks what this process is: window, service, worker, or one verb; imports nothing else."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """The entry point ``mlops-desktop``; returns the exit code."""
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else ""
    if first == "service":
        from .service.process import main as serve

        return serve(arguments[1])
    if first == "create":
        from .service.creating import main as create

        return create(arguments[1], arguments[2])
    if first == "worker":
        from .training.worker import main as work

        status = work()
        sys.stdout.flush()
        sys.stderr.flush()
        # All is written and synced; taking scikit-learn's modules down would take another second.
        os._exit(status)
    from .cli import main as command

    return command(arguments)


if __name__ == "__main__":
    sys.exit(main())
